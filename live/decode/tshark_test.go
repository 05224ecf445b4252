package decode

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// tsharkFields has tshark read frames and print fields of them, a row per frame.
// The first of several occurrences counts.
func tsharkFields(t *testing.T, frames [][]byte, occurrence string, fields ...string) [][]string {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
			t.Fatal("tshark is not installed, and OVSCOPE_TEST_ALL=1 lets nothing be skipped")
		}
		t.Skip("tshark is not installed; apt-get install tshark")
	}
	name := filepath.Join(t.TempDir(), "frames.pcap")
	var file bytes.Buffer
	w := pcapgo.NewWriter(&file)
	must(w.WriteFileHeader(1<<18, layers.LinkTypeEthernet))
	for i, frame := range frames {
		must(w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: len(frame), Length: len(frame)}, frame))
	}
	must(os.WriteFile(name, file.Bytes(), 0o600))
	// Without its own state tshark sees each packet as we do: alone.
	args := []string{
		"-n", "-r", name, "-T", "fields", "-E", "occurrence=" + occurrence, "-E", "separator=/t",
		"-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE",
		"-o", "tcp.analyze_sequence_numbers:FALSE",
	}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running tshark: %v\n%s", err, stderr.String())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(frames) {
		t.Fatalf("tshark printed %d rows for %d frames", len(lines), len(frames))
	}
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = strings.Split(line, "\t")
	}
	return rows
}

// TestSamplesMeanToTsharkWhatTheyMeanToUs keeps our samples honest: they are of
// the protocol they claim, and sound.
func TestSamplesMeanToTsharkWhatTheyMeanToUs(t *testing.T) {
	all := samples()
	frames := make([][]byte, len(all))
	for i, s := range all {
		frames[i] = s.frame
	}
	rows := tsharkFields(t, frames, "a", "frame.protocols", "_ws.malformed", "_ws.col.Info")
	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			row := rows[i]
			if !strings.Contains(row[0], s.tshark) || row[1] != "" || strings.Contains(row[2], "Malformed") {
				t.Errorf("tshark sees %q, want %q in it; malformed %q; info %q", row[0], s.tshark, row[1], row[2])
			}
		})
	}
}

// TestAddressesAndTagsAreThoseOfTshark compares what scripts rely on, at every
// level of a tunnel. tshark prints the quote of an ICMP error as one level more,
// which is why it may have more to say.
func TestAddressesAndTagsAreThoseOfTshark(t *testing.T) {
	fields := []string{
		"eth.src", "eth.dst", "eth.type", "vlan.id", "vlan.priority", "vlan.dei",
		"ieee8021ad.id", "ieee8021ad.priority", "ieee8021ad.dei",
		"ip.src", "ip.dst", "ip.proto", "ipv6.src", "ipv6.dst",
		"tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
	}
	all := samples()
	frames := make([][]byte, len(all))
	for i, s := range all {
		frames[i] = s.frame
	}
	rows := tsharkFields(t, frames, "a", fields...)
	for i, s := range all {
		if s.name == "MPLS pseudowire" {
			continue // nothing in it says what it carries; tshark guesses by the MACs' vendors
		}
		t.Run(s.name, func(t *testing.T) {
			ours := tsharkOf(s.frame)
			for j, field := range fields {
				theirs := numbers(rows[i][j])
				if strings.Contains(s.info, " for UDP ") && len(theirs) > len(ours[field]) {
					theirs = theirs[:len(ours[field])]
				}
				if !slices.Equal(ours[field], theirs) {
					t.Errorf("%s is %v, tshark says %v", field, ours[field], theirs)
				}
			}
		})
	}
}

// numbers splits tshark's list and writes numbers in decimal.
func numbers(list string) []string {
	if list == "" {
		return nil
	}
	values := strings.Split(list, ",")
	for i, v := range values {
		if n, err := strconv.ParseUint(v, 0, 64); err == nil {
			values[i] = strconv.FormatUint(n, 10)
		}
	}
	return values
}

// tsharkOf puts a Line and the ones around it under tshark's names, outermost first.
func tsharkOf(frame []byte) map[string][]string {
	fields := map[string][]string{}
	add := func(field string, value any) { fields[field] = append(fields[field], fmt.Sprint(value)) }
	line := Summarize(frame, len(frame))
	var levels []*Line
	for l := &line; l != nil; l = l.Outer {
		levels = append(levels, l)
	}
	slices.Reverse(levels)
	for _, l := range levels {
		if l.Outer == nil || l.EthSrc != l.Outer.EthSrc { // an Ethernet header of its own
			addEthernet(add, l)
		}
		family := "ip"
		if strings.Contains(l.IPSrc, ":") {
			family = "ipv6"
		}
		if l.HasIP {
			add(family+".src", l.IPSrc)
			add(family+".dst", l.IPDst)
		}
		if l.HasIP && family == "ip" {
			add("ip.proto", l.IPProto)
		}
		if l.HasPorts && (l.IPProto == protoTCP || l.IPProto == protoUDP) {
			family := strings.ToLower(ipProtocol(l.IPProto))
			add(family+".srcport", l.SrcPort)
			add(family+".dstport", l.DstPort)
		}
	}
	return fields
}

func addEthernet(add func(field string, value any), l *Line) {
	add("eth.src", l.EthSrc)
	add("eth.dst", l.EthDst)
	switch {
	case len(l.VLANs) > 0:
		add("eth.type", l.VLANs[0].TPID)
	case l.EtherType != 0:
		add("eth.type", l.EtherType)
	}
	for _, v := range l.VLANs {
		family := "vlan"
		if v.TPID == typeQinQ {
			family = "ieee8021ad"
		}
		add(family+".id", v.VID)
		add(family+".priority", v.PCP)
		dei := 0
		if v.DEI {
			dei = 1
		}
		add(family+".dei", dei)
	}
}
