package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ovscope/ovs/lab"
)

// tagStacks are what a trunk guest sends in turn: untagged, 802.1Q, priority-tagged
// with a TCI of 0 and with a priority, DEI, QinQ, and triple-tagged frames.
func tagStacks() [][]lab.Tag {
	const c, s = 0x8100, 0x88a8
	return [][]lab.Tag{
		nil,
		{{TPID: c, VID: 10}},
		{{TPID: c, VID: 10, PCP: 5}},
		{{TPID: c, VID: 4095, PCP: 7, DEI: true}},
		{{TPID: c}},
		{{TPID: c, PCP: 6}},
		{{TPID: s, VID: 100, PCP: 3}, {TPID: c, VID: 200, PCP: 1}},
		{{TPID: s}, {TPID: c, VID: 5, DEI: true}},
		{{TPID: s, VID: 1, PCP: 1}, {TPID: c, VID: 2, PCP: 2}, {TPID: c, VID: 3, PCP: 3}},
	}
}

// recordLab records what passes two guests of the lab: one with frames of every
// stack of tags, and one with TCP and UDP.
func recordLab(t *testing.T, l *lab.Lab) []string {
	t.Helper()
	stacks := tagStacks()
	mac := func(n byte) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, n} }
	if _, err := l.AddGuest("tagger", "br0", lab.GuestOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := l.SendFrames("tagger", 5*time.Millisecond, func(n int) []byte {
		return lab.EchoRequest(mac(1), mac(2), stacks[n%len(stacks)], netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), 7, uint16(n))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.AddGuest("six", "br0", lab.GuestOptions{IPv6: true, Addr: "2001:db8::5/64", Tag: 77}); err != nil {
		t.Fatal(err)
	}
	var files []string
	for iface, count := range map[string]int{"tagger": 200, "tap5": 60, "tap4": 20, "six": 2} {
		file := filepath.Join(l.Dir, iface+".pcapng")
		r := ovscope(t, "dump", "--interface", iface, "-c", strconv.Itoa(count), "-w", file)
		if r.code != exitDone {
			t.Fatalf("recording %s: code %d\n%s", iface, r.code, r.stderr)
		}
		files = append(files, file)
	}
	all := filepath.Join(l.Dir, "all.pcapng")
	if out, err := exec.CommandContext(t.Context(), "mergecap", append([]string{"-w", all}, files...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return append(files, all)
}

// jsonPacket is what the test compares of dump --json.
type jsonPacket struct {
	EthSrc  string  `json:"eth_src"`
	EthDst  string  `json:"eth_dst"`
	EthType *uint16 `json:"eth_type"`
	IPSrc   string  `json:"ip_src"`
	IPDst   string  `json:"ip_dst"`
	IPProto *int    `json:"ip_proto"`
	SrcPort *int    `json:"src_port"`
	DstPort *int    `json:"dst_port"`
	VLANs   []struct {
		TPID uint16 `json:"tpid"`
		VID  int    `json:"vid"`
		PCP  int    `json:"pcp"`
		DEI  bool   `json:"dei"`
	} `json:"vlans"`
}

// fields are the packet as tshark prints the same fields.
func (p *jsonPacket) fields() []string {
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	var vid, pcp, dei []string
	types := []string{}
	for i, v := range p.VLANs {
		vid = append(vid, strconv.Itoa(v.VID))
		pcp = append(pcp, strconv.Itoa(v.PCP))
		dei = append(dei, map[bool]string{true: "1", false: "0"}[v.DEI])
		if i == 0 {
			types = append(types, fmt.Sprintf("0x%04x", v.TPID))
		}
	}
	if len(types) == 0 && p.EthType != nil {
		types = append(types, fmt.Sprintf("0x%04x", *p.EthType))
	}
	return []string{
		strings.Join(vid, ","), strings.Join(pcp, ","), strings.Join(dei, ","),
		p.EthSrc, p.EthDst, strings.Join(types, ","), p.IPSrc, p.IPDst, number(p.IPProto), number(p.SrcPort), number(p.DstPort),
	}
}

// sharkFields asks tshark for the same fields of every packet. It keeps 802.1ad
// tags under a name of their own, and addresses by IP version.
func sharkFields(t *testing.T, file string) [][]string {
	t.Helper()
	names := []string{
		"ieee8021ad.id", "vlan.id", "ieee8021ad.priority", "vlan.priority", "ieee8021ad.dei", "vlan.dei",
		"eth.src", "eth.dst", "eth.type", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "ip.proto", "ipv6.nxt", "ipv6.hopopts.nxt",
		"tcp.srcport", "udp.srcport", "tcp.dstport", "udp.dstport",
	}
	args := []string{"-n", "-r", file, "-T", "fields", "-E", "separator=;", "-o", "tcp.desegment_tcp_streams:FALSE"}
	for _, n := range names {
		args = append(args, "-e", n)
	}
	out, err := exec.CommandContext(t.Context(), "tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]string
	for line := range strings.SplitSeq(strings.TrimRight(string(out), "\n"), "\n") {
		f := strings.Split(line, ";")
		for i := range 6 { // of each ID, priority and DEI, 802.1ad's is the outer
			f[i] = strings.NewReplacer("True", "1", "False", "0").Replace(f[i])
		}
		both := func(i int) string { return strings.Trim(f[i]+","+f[i+1], ",") }
		first := func(i int) string { s, _, _ := strings.Cut(both(i), ","); return s }
		// ip_proto is what comes after the extension headers.
		proto := f[13]
		if f[14] != "" {
			proto = f[14]
		}
		if f[15] != "" {
			proto = f[15]
		}
		packets = append(packets, []string{
			both(0), both(2), both(4), f[6], f[7], f[8], first(9), first(11), proto, both(16), both(18),
		})
	}
	return packets
}

// Every field is equal to tshark's, packet by packet.
func TestFieldsAreTsharksOnARecordingOfTheLab(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	seen := map[string]int{}
	for _, file := range recordLab(t, l) {
		r := ovscope(t, "dump", "-r", file, "--json")
		if r.code != exitDone {
			t.Fatalf("%s: code %d\n%s", file, r.code, r.stderr)
		}
		lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
		shark := sharkFields(t, file)
		if len(lines) != len(shark) {
			t.Fatalf("%s: %d packets, tshark has %d", file, len(lines), len(shark))
		}
		for i, line := range lines {
			var p jsonPacket
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatal(err)
			}
			ours := p.fields()
			seen[ours[0]+" "+ours[1]+" "+ours[2]]++
			// eth.type is the first TPID where there are tags; tshark repeats the
			// field for the types inside in some versions.
			shark[i][5], _, _ = strings.Cut(shark[i][5], ",")
			for n, name := range []string{"VID", "PCP", "DEI", "source MAC", "destination MAC", "type", "source", "destination", "protocol", "source port", "destination port"} {
				if ours[n] != shark[i][n] {
					t.Errorf("%s, packet %d: %s is %q, tshark says %q\n%s", filepath.Base(file), i+1, name, ours[n], shark[i][n], line)
				}
			}
		}
	}
	for _, stack := range tagStacks() {
		var vid, pcp, dei []string
		for _, tag := range stack {
			vid, pcp = append(vid, strconv.Itoa(int(tag.VID))), append(pcp, strconv.Itoa(int(tag.PCP)))
			dei = append(dei, map[bool]string{true: "1", false: "0"}[tag.DEI])
		}
		if key := strings.Join(vid, ",") + " " + strings.Join(pcp, ",") + " " + strings.Join(dei, ","); seen[key] == 0 {
			t.Errorf("the recording has no frame with VID, PCP and DEI %q", key)
		}
	}
}
