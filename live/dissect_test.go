package live

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	macs      = "020000000002 020000000001 "
	v4udp     = "4500 0020 0000 0000 4011 0000 0a000001 0a000002 "
	v4head    = "4500 0020 0000 2000 4006 0000 0a000001 0a000002 "
	v4tail    = "4500 0020 0000 2001 4006 0000 0a000001 0a000002 "
	v4options = "4600 0024 0000 0000 4006 0000 0a000001 0a000002 01010101 "
	v6Ends    = "20010db8000000000000000000000001 20010db8000000000000000000000002 "
	ports     = "1234 0035 000c 0000 00000000 "
)

func TestHeadersAreFound(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		want        Headers
	}{
		{"nothing", "", Headers{}},
		{"cut in the addresses", "020000", Headers{}},
		{"cut in the EtherType", macs + "08", Headers{}},
		{"bare EtherType", macs + "0800", Headers{EtherType: 0x800}},
		{"802.3", macs + "0026 424203", Headers{Network: 14}},
		{"ARP", macs + "0806 0001", Headers{EtherType: 0x806, Network: 14}},
		{"IPv4 UDP", macs + "0800" + v4udp + ports, Headers{
			EtherType: 0x800, Network: 14, Transport: 34, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"tagged", macs + "8100 000a 0800" + v4udp + ports, Headers{
			EtherType: 0x800, Tags: 1, Network: 18, Transport: 38, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"three tags", macs + "88a8 0001 9100 0002 8100 0003 0806 00", Headers{EtherType: 0x806, Tags: 3, Network: 26}},
		{"tag cut in its TCI", macs + "8100 00", Headers{}},
		{"tag cut after its TCI", macs + "8100 0000 08", Headers{Tags: 1}},
		{"more tags than anybody has", macs + strings.Repeat("8100 0001", 20) + "0800", Headers{EtherType: 0x8100, Tags: 16, Network: 12 + 16*4 + 2}},
		{"IPv4 options", macs + "0800" + v4options + ports, Headers{
			EtherType: 0x800, Network: 14, Transport: 38, Protocol: 6, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"first fragment", macs + "0800" + v4head + ports, Headers{
			EtherType: 0x800, Network: 14, Transport: 34, Protocol: 6, Fragment: true, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"later fragment", macs + "0800" + v4tail + ports, Headers{EtherType: 0x800, Network: 14, Protocol: 6, Fragment: true}},
		{"IPv4 cut", macs + "0800 4500", Headers{EtherType: 0x800}},
		{"IPv4 of version 5", macs + "0800 5" + v4udp[1:], Headers{EtherType: 0x800}},
		{"IPv4 header too short", macs + "0800 44" + v4udp[2:], Headers{EtherType: 0x800}},
		{"IPv4 header longer than the frame", macs + "0800 4f" + v4udp[2:], Headers{EtherType: 0x800, Network: 14, Protocol: 17}},
		{"padding is not ports", macs + "0800 4500 0014" + v4udp[9:] + ports, Headers{EtherType: 0x800, Network: 14, Protocol: 17}},
		{"super-frame without a total length", macs + "0800 4500 0000" + v4udp[9:] + ports, Headers{
			EtherType: 0x800, Network: 14, Transport: 34, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"ports cut", macs + "0800" + v4udp + "1234 00", Headers{EtherType: 0x800, Network: 14, Transport: 34, Protocol: 17}},
		{"IPv6 ICMP", macs + "86dd 60000000 0008 3aff" + v6Ends + ports, Headers{EtherType: 0x86dd, Network: 14, Transport: 54, Protocol: 58}},
		{"IPv6 with extension headers", macs + "86dd 60000000 0020 0040" + v6Ends +
			"3c00 000000000000" + "2b00 000000000000" + "1100 000000000000" + ports, Headers{
			EtherType: 0x86dd, Network: 14, Transport: 78, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"IPv6 first fragment", macs + "86dd 60000000 0020 2c40" + v6Ends + "1100 0001 00000007" + ports, Headers{
			EtherType: 0x86dd, Network: 14, Transport: 62, Protocol: 17, Fragment: true, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"IPv6 later fragment", macs + "86dd 60000000 0020 2c40" + v6Ends + "1100 0008 00000007" + ports, Headers{
			EtherType: 0x86dd, Network: 14, Protocol: 17, Fragment: true,
		}},
		{"IPv6 atomic fragment", macs + "86dd 60000000 0020 2c40" + v6Ends + "1100 0000 00000007" + ports, Headers{
			EtherType: 0x86dd, Network: 14, Transport: 62, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"IPv6 AH", macs + "86dd 60000000 0020 3340" + v6Ends + "1101 0000 00000007 00000001" + ports, Headers{
			EtherType: 0x86dd, Network: 14, Transport: 66, Protocol: 17, HasPorts: true, SrcPort: 0x1234, DstPort: 53,
		}},
		{"IPv6 extension header cut", macs + "86dd 60000000 0020 0040" + v6Ends + "1100", Headers{EtherType: 0x86dd, Network: 14}},
		{"IPv6 extension header beyond the frame", macs + "86dd 60000000 0020 0040" + v6Ends + "11ff 000000000000", Headers{
			EtherType: 0x86dd, Network: 14, Protocol: 17,
		}},
		{"IPv6 endless extension headers", macs + "86dd 60000000 1000 0040" + v6Ends + strings.Repeat("0000 000000000000", 50), Headers{
			EtherType: 0x86dd, Network: 14,
		}},
		{"IPv6 cut", macs + "86dd 6000", Headers{EtherType: 0x86dd}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := NewStore(0)
			s.Add(Frame{Data: unhex(t, test.frame)})
			p, _ := s.Read(0, nil)
			if diff := cmp.Diff(test.want, p.Headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPacketTellsTagsAndAddresses(t *testing.T) {
	s := NewStore(0)
	s.Add(Frame{Data: unhex(t, macs+"8100 600a 0800"+v4udp), HasTag: true, Tag: Tag{TPID: 0x88a8, TCI: 0}})
	s.Add(Frame{Data: unhex(t, macs+"86dd 60000000 0008 3aff"+v6Ends)})
	s.Add(Frame{Data: unhex(t, macs+"0806 0001")})
	p, _ := s.Read(0, nil)
	if p.Headers.Tags != 2 || p.Tag(0) != (Tag{0x88a8, 0}) || p.Tag(1) != (Tag{0x8100, 0x600a}) {
		t.Errorf("tags are %v %v", p.Tag(0), p.Tag(1))
	}
	for seq, want := range []string{"10.0.0.1 10.0.0.2", "2001:db8::1 2001:db8::2", "invalid IP invalid IP"} {
		p, _ := s.Read(uint64(seq), nil)
		src, dst := p.Addresses()
		if got := src.String() + " " + dst.String(); got != want {
			t.Errorf("addresses are %s, want %s", got, want)
		}
	}
}

// FuzzDissect has hostile frames point outside of themselves.
func FuzzDissect(f *testing.F) {
	f.Add(unhex(f, macs+"8100 000a 0800"+v4udp+ports))
	f.Add(unhex(f, macs+"86dd 60000000 0020 0040"+v6Ends+"3c00 000000000000"+"1100 000000000000"+ports))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := Packet{Data: data, Headers: dissect(data)}
		h := p.Headers
		if int(h.Network) > len(data) || int(h.Transport) > len(data) || (h.Transport != 0 && h.Transport < h.Network) {
			t.Fatalf("outside of %d bytes: %+v", len(data), h)
		}
		for i := range int(h.Tags) {
			if !isTag(p.Tag(i).TPID) {
				t.Fatalf("tag %d is %v", i, p.Tag(i))
			}
		}
		if src, _ := p.Addresses(); src.IsValid() != h.IsIP() {
			t.Fatalf("addresses and headers differ: %+v", h)
		}
	})
}
