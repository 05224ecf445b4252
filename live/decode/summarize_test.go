package decode

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

func TestSummarizeSamples(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			l := Summarize(s.frame, len(s.frame))
			if l.Protocol != s.protocol || l.Info != s.info {
				t.Errorf("shows %q %q\nwant  %q %q", l.Protocol, l.Info, s.protocol, s.info)
			}
			checkLine(t, &l)
		})
	}
}

func TestCutFramesAreTruncatedNotMalformed(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			for n := range len(s.frame) {
				l := Summarize(s.frame[:n], len(s.frame))
				checkLine(t, &l)
				checkTree(t, Tree(s.frame[:n], len(s.frame)), 0, n)
				if strings.Contains(l.Info, "malformed") {
					t.Errorf("%d of %d bytes: %s %s", n, len(s.frame), l.Protocol, l.Info)
				}
				if n < 14 && !strings.HasSuffix(l.Info, "[truncated]") {
					t.Errorf("%d of %d bytes: %s %s, want [truncated]", n, len(s.frame), l.Protocol, l.Info)
				}
			}
		})
	}
}

func TestMalformedFramesSayWhat(t *testing.T) {
	badPacket := func(at int, value string) []byte {
		frame := overUDP(1000, 2000, text("hello"))
		copy(frame[at:], raw(value))
		return frame
	}
	badSegment := func(at int, value string) []byte {
		segment := tcp(1000, 2000)
		segment.Options = []layers.TCPOption{{OptionType: 2, OptionLength: 4, OptionData: []byte{5, 180}}}
		frame := overIP4(protoTCP, segment)
		copy(frame[at:], raw(value))
		return frame
	}
	for _, c := range []struct {
		name, protocol, info string
		frame                []byte
	}{
		{"length or type", "802.3", "[malformed: Ethernet length or type 0x05dd is neither]", raw("020000000002 020000000001 05dd 0000")},
		{"802.3 length", "LLC", "dsap=0x0a ssap=0x0a control=0x03 [malformed: Ethernet length 100, 3 bytes left]", raw("020000000002 020000000001 0064 0a0a03")},
		{"too many tags", "Ethernet", "[malformed: 802.1Q tag more than 32 tags]", append(raw("020000000002 020000000001"), raw(strings.Repeat("81000001", 100))...)},
		{"IP version", "IPv4", "[malformed: IPv4 version 5]", badPacket(14, "55")},
		{"IP header length", "IPv4", "protocol UDP [malformed: IPv4 header length 16]", badPacket(14, "44")},
		{"IP total length below the header", "IPv4", "protocol UDP [malformed: IPv4 total length 10 in a header of 20]", badPacket(16, "000a")},
		{"IP total length beyond the frame", "UDP", "len=5 [malformed: IPv4 total length 280, 26 bytes left]", badPacket(16, "012c")},
		{"UDP length below the header", "UDP", "[malformed: UDP length 7]", badPacket(38, "0007")},
		{"UDP length beyond the packet", "UDP", "len=5 [malformed: UDP length 91, 5 bytes left]", badPacket(38, "0063")},
		{"TCP header length", "TCP", "[malformed: TCP header length 16]", badSegment(46, "40")},
		{"TCP header beyond the packet", "TCP", "[ACK] seq=1000 ack=2000 win=502 len=0 mss=1460 [malformed: TCP Options of 40 bytes, 4 left]", badSegment(46, "f0")},
		{"TCP option of no length", "TCP", "[ACK] seq=1000 ack=2000 win=502 len=0 [malformed: TCP option length 0]", badSegment(54, "0200")},
		{"TCP option beyond the header", "TCP", "[ACK] seq=1000 ack=2000 win=502 len=0 [malformed: TCP ends before Data]", badSegment(54, "0209")},
		{"NDP option of no length", "ICMPv6", "router solicitation [malformed: ICMPv6 option length 0]", overIP6(protoICMPv6, raw("85 00 0000 00000000 01 00"))},
		{"DNS name that loops", "DNS", "query [malformed: DNS name pointer that does not lead back]", overUDP(1000, 53, raw("0001 0100 0001 0000 0000 0000 c00c 0001 0001"))},
		{"DNS label type", "DNS", "query [malformed: DNS label type 0x80]", overUDP(1000, 53, raw("0001 0100 0001 0000 0000 0000 80 00 0001 0001"))},
		{"DNS with fewer records than it counts", "DNS", "query [malformed: DNS ends before Name]", overUDP(1000, 53, raw("0001 0100 0001 0000 0000 0000"))},
		{"VXLAN without VNI", "VXLAN", "[malformed: VXLAN has no VNI]", overUDP(1000, 4789, raw("00000000 000000 00 0102"))},
		{"tunnels in tunnels", "IPv4", "", func() []byte {
			parts := []gopacket.SerializableLayer{ethernet(typeIPv4)}
			for range 100 {
				parts = append(parts, ip4(protoIPv4))
			}
			return build(parts...)
		}()},
		{"BGP message length", "BGP", "[malformed: BGP message length 18]", overTCP(1000, 179, raw(strings.Repeat("ff", 16)+"0012 04"))},
		{"ERSPAN cut inside", "ERSPAN II", "[malformed: ERSPAN II ends before Index]", overIP4(protoGRE, raw("1000 88be 00000001 100a 1864"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := Summarize(c.frame, len(c.frame))
			checkLine(t, &l)
			checkTree(t, Tree(c.frame, len(c.frame)), 0, len(c.frame))
			if c.info == "" {
				if !strings.HasSuffix(l.Info, "more than 48 headers]") {
					t.Errorf("shows %q %q", l.Protocol, l.Info)
				}
				return
			}
			if l.Protocol != c.protocol || l.Info != c.info {
				t.Errorf("shows %q %q\nwant  %q %q", l.Protocol, l.Info, c.protocol, c.info)
			}
		})
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "GET /", "GET /"},
		{"other scripts", "Größe 日本 שלום", "Größe 日本 שלום"},
		{"escape sequence", "\x1b[2J", `\x1b[2J`},
		{"one-byte escape sequence", "\u009b2J", `\x9b2J`},
		{"bell and backspace", "a\a\b", `a\x07\x08`},
		{"tab and line feed", "a\tb\n", `a\x09b\x0a`},
		{"not UTF-8", "a\xff", `a\xff`},
		{"right-to-left override", "a\u202eb", `a\u{202e}b`},
		{"isolates", "\u2066a\u2069", `\u{2066}a\u{2069}`},
		{"zero width", "a\u200bb\ufeff\u00ad", `a\u{200b}b\u{feff}\xad`},
		{"combining marks", "a\u0301\u20dd", `a\u{301}\u{20dd}`},
		{"variation selector", "a\ufe0f\U000e0100", `a\u{fe0f}\u{e0100}`},
		{"tags", "\U000e0041", `\u{e0041}`},
		{"line separator", "a\u2028b", `a\u{2028}b`},
		{"private use", "\ue000", `\u{e000}`},
		{"long", strings.Repeat("a", 300), strings.Repeat("a", 256) + "..."},
		{"cut in a character", strings.Repeat("a", 255) + "é", strings.Repeat("a", 255) + "..."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean([]byte(c.in)); got != c.want {
				t.Errorf("shows %q, want %q", got, c.want)
			}
		})
	}
}

func TestSourceAndDestination(t *testing.T) {
	for _, c := range []struct {
		name, src, dst string
		frame          []byte
	}{
		{"ports", "10.0.0.1:1000", "10.0.0.2:2000", overUDP(1000, 2000)},
		{"IPv6 ports", "[2001:db8::1]:1000", "[2001:db8::2]:2000", overIP6(protoUDP, udp(1000, 2000))},
		{"no ports", "10.0.0.1", "10.0.0.2", overIP4(protoICMP, raw("08 00 0000 0001 0001"))},
		{"no network address", "02:00:00:00:00:01", "02:00:00:00:00:02", build(ethernet(typeARP))},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := Summarize(c.frame, len(c.frame))
			if l.Source() != c.src || l.Destination() != c.dst {
				t.Errorf("%s -> %s, want %s -> %s", l.Source(), l.Destination(), c.src, c.dst)
			}
		})
	}
}

func TestTunnelShowsInnerAndKeepsOuter(t *testing.T) {
	for _, s := range tunnelSamples() {
		if s.name != "VXLAN" {
			continue
		}
		got := Summarize(s.frame, len(s.frame))
		want := Line{
			VLANs:  []VLAN{{TPID: 0x8100, VID: 10}},
			EthSrc: "02:00:00:00:00:0a", EthDst: "02:00:00:00:00:0b", EtherType: typeIPv4,
			IPSrc: "192.168.0.1", IPDst: "192.168.0.2", IPProto: protoICMP, HasIP: true,
			Protocol: "ICMP", Info: "VXLAN vni=5001 | echo request id=1 seq=9 len=0",
			Outer: &Line{
				EthSrc: "02:00:00:00:00:01", EthDst: "02:00:00:00:00:02", EtherType: typeIPv4,
				IPSrc: "10.0.0.1", IPDst: "10.0.0.2", IPProto: protoUDP, HasIP: true,
				SrcPort: 50000, DstPort: 4789, HasPorts: true,
				Protocol: "VXLAN", Info: "vni=5001",
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestTunnelCutBeforeTheInnerPacketShowsTheOuterOne(t *testing.T) {
	frame := overUDP(50000, 4789, raw("08000000 001389 00"), gopacket.Payload(make([]byte, 60)))
	l := Summarize(frame[:50], len(frame))
	if l.IPSrc != "10.0.0.1" || l.Protocol != "VXLAN" || l.Info != "VXLAN vni=5001 [truncated]" {
		t.Errorf("shows %+v", l)
	}
}

func TestRecordIsOneObjectWithTheFieldsOfTheManual(t *testing.T) {
	at := time.Date(2024, 5, 6, 7, 8, 9, 100, time.FixedZone("", 7200))
	arp := build(ethernet(typeQinQ), tag(typeARP, 5, 3, true), raw("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"))
	vxlan := overUDP(50000, 4789, raw("08000000 001389 00"), gopacket.Payload(build(ethernet(0x88b5), raw("00"))))
	for _, c := range []struct {
		name  string
		frame []byte
		want  string
	}{
		{"ARP in a tag", arp, `{"time":"2024-05-06T05:08:09.000000100Z","len":60,"caplen":60,` +
			`"vlans":[{"tpid":34984,"vid":5,"pcp":3,"dei":true}],` +
			`"eth_src":"02:00:00:00:00:01","eth_dst":"02:00:00:00:00:02","eth_type":2054,` +
			`"protocol":"ARP","info":"who has 10.0.0.2? tell 10.0.0.1"}`},
		{"UDP from port 0", overUDP(0, 9, text("x")), `{"time":"2024-05-06T05:08:09.000000100Z","len":60,"caplen":60,` +
			`"eth_src":"02:00:00:00:00:01","eth_dst":"02:00:00:00:00:02","eth_type":2048,` +
			`"ip_src":"10.0.0.1","ip_dst":"10.0.0.2","ip_proto":17,"src_port":0,"dst_port":9,"protocol":"UDP","info":"len=1"}`},
		{"VXLAN", vxlan, `{"time":"2024-05-06T05:08:09.000000100Z","len":110,"caplen":110,` +
			`"eth_src":"02:00:00:00:00:01","eth_dst":"02:00:00:00:00:02","eth_type":34997,` +
			`"protocol":"0x88b5","info":"VXLAN vni=5001 | 46 bytes","outer":{` +
			`"eth_src":"02:00:00:00:00:01","eth_dst":"02:00:00:00:00:02","eth_type":2048,` +
			`"ip_src":"10.0.0.1","ip_dst":"10.0.0.2","ip_proto":17,"src_port":50000,"dst_port":4789,` +
			`"protocol":"VXLAN","info":"vni=5001"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(NewRecord(at, len(c.frame), c.frame))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
