package filter

import (
	"testing"

	"ovscope/live"
)

// fullStore returns a store of the default size, full of 64-byte frames as a
// busy port has them: TCP with and without a tag, and now and then a ping.
func fullStore() *live.Store {
	frame := func(protocol int, payload []byte) []byte {
		f := etherFrame(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", protocol, 0, nil, payload))
		return append(f, make([]byte, 60)...)[:60]
	}
	frames := [][]byte{
		frame(6, tcpSegment(40000, 80, 0x10)),
		tag(frame(6, tcpSegment(40000, 80, 0x02)), 0x8100_000a),
		frame(17, udpDatagram(53, 40000)),
		tag(frame(6, tcpSegment(443, 40001, 0x10)), 0x8100_0014),
		append(etherFrame(macB, macA, 0x86dd, ipv6("2001:db8::1", "2001:db8::2", 6, nil)), make([]byte, 6)...),
		tag(frame(1, []byte{8, 0, 0, 0, 0, 0, 0, 0}), 0x88a8_0064, 0x8100_000a),
	}
	s := live.NewStore(live.DefaultStoreBytes)
	for i := range 1_000_000 {
		f := frames[i%len(frames)]
		s.Add(live.Frame{Data: f, Length: len(f)})
	}
	return s
}

// BenchmarkScan is what a change of the filter costs: every packet of a full store.
func BenchmarkScan(b *testing.B) {
	s := fullStore()
	first, next := s.Range()
	for _, expression := range []string{
		"",
		"icmp",
		"tcp",
		"port 53",
		"vlan 10 and tcp port 80",
		"tcp[tcpflags] & tcp-syn != 0",
		"host 10.0.0.1 or host 10.0.0.2",
		"host 10.0.0.7 or host 10.0.0.8 or host 10.0.0.9",
		"not (tcp port 22 or arp or icmp6) and len > 60",
	} {
		b.Run(expression, func(b *testing.B) {
			f, err := Parse(expression)
			if err != nil {
				b.Fatal(err)
			}
			matches := 0
			b.ReportAllocs()
			for b.Loop() {
				s.Scan(first, next, func(p live.Packet) bool {
					if f.Match(p.Data, p.Length) {
						matches++
					}
					return true
				})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(next-first), "ns/packet")
			b.ReportMetric(float64(next-first), "packets")
		})
	}
}
