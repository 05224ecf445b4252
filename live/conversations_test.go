package live

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

// talk is an empty UDP datagram in a VLAN.
func talk(at int64, vlan uint16, from, to string) Frame {
	src, dst := netip.MustParseAddrPort(from), netip.MustParseAddrPort(to)
	b := make([]byte, 14, 64)
	b[12], b[13] = 0x08, 0x00
	b = append(b, 0x45, 0, 0, 28, 0, 1, 0x40, 0, 64, 17, 0, 0)
	b = append(b, src.Addr().AsSlice()...)
	b = append(b, dst.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, src.Port())
	b = binary.BigEndian.AppendUint16(b, dst.Port())
	b = append(b, 0, 8, 0, 0)
	return Frame{Time: at, Length: 100, Data: b, HasTag: vlan != 0, Tag: Tag{0x8100, vlan}}
}

func TestConversationsBothWaysAndByVLAN(t *testing.T) {
	s := NewStore(1 << 20)
	s.Add(talk(1, 10, "10.0.0.1:1000", "10.0.0.2:53"))
	s.Add(talk(2, 10, "10.0.0.2:53", "10.0.0.1:1000"))
	s.Add(talk(3, 20, "10.0.0.1:1000", "10.0.0.2:53"))
	s.Add(talk(4, 0, "10.0.0.1:1001", "10.0.0.2:53"))
	s.Add(Frame{Time: 5, Length: 64, Data: []byte{1, 2, 3}})
	s.Add(talk(6, 10, "10.0.0.1:1000", "10.0.0.2:53"))
	c := s.Conversations(0, 6, 100, nil)
	if len(c.List) != 3 || c.Total != (Tally{6, 564}) || c.Unlisted != (Tally{1, 64}) {
		t.Fatalf("%+v", c)
	}
	e := c.List[0]
	if e.Tally != (Tally{3, 300}) || e.VLANs != (VLANs{1, 10, 0}) || e.APort != 1000 || e.BPort != 53 || e.A.String() != "10.0.0.1" ||
		!e.First.Equal(time.Unix(0, 1)) || !e.Last.Equal(time.Unix(0, 6)) {
		t.Errorf("%+v", e)
	}
	p, _ := s.Read(1, nil)
	if conversation, vlans, ok := p.Conversation(); !ok || conversation != e.Conversation || vlans != e.VLANs {
		t.Errorf("packet 1 is of %v %v", conversation, vlans)
	}
	if c := s.Conversations(2, 4, 1, nil); len(c.List) != 1 || c.Total.Packets != 2 || c.Unlisted.Packets != 1 {
		t.Errorf("with room for one: %+v", c)
	}
}

func BenchmarkConversations(b *testing.B) {
	s := NewStore(64 << 20)
	for i := range 400_000 {
		s.Add(talk(int64(i), 10, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8 & 3), byte(i)}), 1000).String(), "10.0.0.2:53"))
	}
	first, next := s.Range()
	for b.Loop() {
		s.Conversations(first, next, 10000, nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(next-first), "ns/packet")
}
