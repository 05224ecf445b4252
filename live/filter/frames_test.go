package filter

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
)

// sample is a captured frame of the recording that tests filter.
type sample struct {
	data    []byte
	wireLen int
}

func mac(s string) []byte {
	m, ok := parseMAC(s)
	if !ok {
		panic("no MAC: " + s)
	}
	return m[:]
}

func concat(parts ...[]byte) (b []byte) {
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

const (
	macA    = "02:00:00:00:00:01"
	macB    = "02:00:00:00:00:02"
	macAll  = "ff:ff:ff:ff:ff:ff"
	macMany = "01:00:5e:00:00:01"
	macSTP  = "01:80:c2:00:00:00"
)

func etherFrame(src, dst string, etherType int, payload []byte) []byte {
	return concat(mac(dst), mac(src), be16(etherType), payload)
}

// ipv4 makes an IPv4 packet; fragment is the flags and offset field.
func ipv4(src, dst string, protocol, fragment int, options, payload []byte) []byte {
	size := 20 + len(options)
	return concat([]byte{byte(0x40 | size/4), 0}, be16(size+len(payload)), be16(7), be16(fragment), []byte{64, byte(protocol), 0, 0},
		netip.MustParseAddr(src).AsSlice(), netip.MustParseAddr(dst).AsSlice(), options, payload)
}

func ipv6(src, dst string, next int, payload []byte) []byte {
	return concat([]byte{0x60, 0, 0, 0}, be16(len(payload)), []byte{byte(next), 64},
		netip.MustParseAddr(src).AsSlice(), netip.MustParseAddr(dst).AsSlice(), payload)
}

func tcpSegment(src, dst, flags int, payload ...byte) []byte {
	return concat(be16(src), be16(dst), be32(1000), be32(0), []byte{0x50, byte(flags)}, be16(512), be32(0), payload)
}

func udpDatagram(src, dst int, payload ...byte) []byte {
	return concat(be16(src), be16(dst), be16(8+len(payload)), be16(0), payload)
}

func sctpPacket(src, dst int) []byte {
	return concat(be16(src), be16(dst), be32(1), be32(2), []byte{1, 0, 0, 4})
}

func arpPacket(operation int, src, dst string) []byte {
	return concat(be16(1), be16(0x0800), []byte{6, 4}, be16(operation), mac(macA), netip.MustParseAddr(src).AsSlice(),
		mac("00:00:00:00:00:00"), netip.MustParseAddr(dst).AsSlice())
}

// untagged returns frames of all sorts, before tags.
func untagged() (frames [][]byte) {
	add := func(src, dst string, etherType int, payload []byte) {
		frames = append(frames, etherFrame(src, dst, etherType, payload))
	}
	v4 := func(src, dst string, protocol int, payload []byte) {
		add(macA, macB, 0x0800, ipv4(src, dst, protocol, 0, nil, payload))
	}
	v6 := func(src, dst string, next int, payload []byte) {
		add(macB, macA, 0x86dd, ipv6(src, dst, next, payload))
	}
	// ARP and RARP
	add(macA, macAll, 0x0806, arpPacket(1, "10.0.0.1", "10.0.0.2"))
	add(macB, macA, 0x0806, arpPacket(2, "10.0.0.2", "10.0.0.1"))
	add(macB, macA, 0x0806, arpPacket(2, "192.168.1.9", "10.1.2.3"))
	add(macA, macAll, 0x8035, arpPacket(3, "0.0.0.0", "10.0.0.1"))
	// ICMP
	for _, kind := range []byte{0, 3, 5, 8, 11, 13} {
		v4("10.0.0.1", "10.0.0.2", 1, []byte{kind, kind % 4, 0, 0, 1, 2, 3, 4, 'p', 'i', 'n', 'g'})
	}
	v4("10.0.0.2", "10.0.0.1", 1, []byte{0, 0, 0, 0, 1, 2, 3, 4})
	v4("172.16.5.4", "192.168.1.9", 1, make([]byte, 1400))
	frames[len(frames)-1][22] = 1 // time to live
	v4("10.0.0.2", "10.0.0.1", 1, []byte{0, 0, 0, 0, 1, 2, 3, 4})
	frames[len(frames)-1][22] = 9
	// TCP with all flags
	for flags := range 64 {
		v4("10.0.0.1", "10.0.0.2", 6, tcpSegment(40000+flags, 80, flags))
	}
	v4("10.0.0.2", "10.0.0.1", 6, tcpSegment(443, 50000, 0x18, 0x16, 3, 1, 0, 100))
	v4("10.0.0.2", "10.1.2.3", 6, tcpSegment(22, 22, 0xd0, []byte("SSH-2.0-x")...))
	v4("10.0.0.2", "10.1.2.3", 6, tcpSegment(6003, 6010, 0x10, make([]byte, 1440)...))
	v4("224.0.0.5", "255.255.255.255", 6, tcpSegment(25, 179, 0x02))
	// UDP
	for _, ports := range [][2]int{{53, 33333}, {33333, 53}, {68, 67}, {6000, 6008}, {5999, 6009}, {123, 123}, {161, 1}, {0, 65535}, {80, 443}, {4789, 514}, {83, 1}} {
		v4("192.168.1.9", "10.0.0.1", 17, udpDatagram(ports[0], ports[1], make([]byte, ports[0]%200)...))
	}
	add(macA, macAll, 0x0800, ipv4("0.0.0.0", "255.255.255.255", 17, 0, nil, udpDatagram(68, 67, make([]byte, 240)...)))
	add(macA, macMany, 0x0800, ipv4("10.0.0.1", "224.0.0.1", 2, 0, []byte{148, 4, 0, 0}, []byte{0x11, 0, 0, 0, 0, 0, 0, 0}))
	add(macA, macMany, 0x0800, ipv4("10.0.0.1", "239.1.1.1", 17, 0, nil, udpDatagram(5353, 5353, 1, 2, 3)))
	// Other protocols
	v4("10.0.0.1", "10.0.0.2", 132, sctpPacket(80, 3868))
	v4("10.0.0.1", "10.0.0.2", 132, sctpPacket(5672, 5672))
	for _, protocol := range []int{4, 9, 47, 50, 51, 89, 103, 112, 255} {
		v4("10.0.0.1", "10.0.0.2", protocol, []byte{0, 0, 8, 0, 0x45, 0, 0, 20, 0, 80, 0, 80})
	}
	// IP options
	for _, options := range []int{4, 8, 40} {
		add(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", 6, 0, make([]byte, options), tcpSegment(40000, 80, 0x02)))
		add(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", 17, 0x4000, make([]byte, options), udpDatagram(53, 53)))
	}
	// Fragments
	for _, fragment := range []int{0x2000, 0x2001, 0x0001, 0x4000, 0x1fff} {
		v4frag := func(protocol int, payload []byte) {
			add(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", protocol, fragment, nil, payload))
		}
		v4frag(1, []byte{8, 0, 0, 0, 0, 0, 0, 0})
		v4frag(6, tcpSegment(40000, 80, 0x12))
		v4frag(17, udpDatagram(53, 53))
		v4frag(132, sctpPacket(53, 53))
	}
	// IPv6
	const a, b, many = "2001:db8::1", "2001:db8:1::2", "ff02::1"
	for _, kind := range []byte{1, 2, 3, 128, 129, 133, 134, 135, 136} {
		v6(a, b, 58, []byte{kind, 0, 0, 0, 0, 0, 0, 0})
	}
	add(macA, "33:33:00:00:00:01", 0x86dd, ipv6("fe80::1", many, 58, []byte{135, 0, 0, 0, 0, 0, 0, 0}))
	for _, flags := range []int{0x02, 0x12, 0x10, 0x11, 0x04} {
		v6(a, b, 6, tcpSegment(40000, 80, flags))
	}
	v6(b, a, 17, udpDatagram(53, 40000))
	v6(b, a, 17, udpDatagram(6004, 546, make([]byte, 900)...))
	v6(b, a, 132, sctpPacket(80, 81))
	v6(b, a, 47, []byte{0, 0, 8, 0, 1, 2, 3, 4})
	v6(b, a, 59, nil)
	hopByHop := func(next int) []byte { return []byte{byte(next), 0, 5, 2, 0, 0, 1, 0} }
	fragment := func(next, at int) []byte { return concat([]byte{byte(next), 0}, be16(at), be32(9)) }
	for _, next := range []int{6, 17, 58} {
		payload := tcpSegment(80, 53, 0x02)
		v6(a, b, 0, concat(hopByHop(next), payload))
		v6(a, b, 60, concat(hopByHop(next), payload))
		v6(a, b, 44, concat(fragment(next, 1), payload))
		v6(a, b, 44, concat(fragment(next, 8), payload))
		v6(a, b, 0, concat(hopByHop(44), fragment(next, 0), payload))
		v6(a, b, 51, concat([]byte{byte(next), 4, 0, 0}, make([]byte, 20), payload))
	}
	v6(a, b, 44, fragment(44, 0))
	// 802.3
	frames = append(frames, concat(mac(macSTP), mac(macA), be16(38), []byte{0x42, 0x42, 3}, make([]byte, 35)))
	frames = append(frames, concat(mac(macB), mac(macA), be16(20), []byte{0xaa, 0xaa, 3, 0, 0, 0xc, 0x20, 0}, make([]byte, 40)))
	frames = append(frames, concat(mac(macB), mac(macA), be16(60), []byte{0xfe, 0xfe, 3}, make([]byte, 57)))
	frames = append(frames, concat(mac(macB), mac(macA), be16(60), []byte{0xfe, 0xff, 3}, make([]byte, 57)))
	frames = append(frames, concat(mac(macB), mac(macA), be16(1500), []byte{0x06, 0x06, 3}, make([]byte, 1497)))
	frames = append(frames, concat(mac(macB), mac(macA), be16(1501), []byte{0x42, 0x42, 3}, make([]byte, 57)))
	// Other EtherTypes
	add(macA, "01:80:c2:00:00:0e", 0x88cc, []byte{2, 7, 4, 2, 0, 0, 0, 0, 1, 0, 0})
	add(macA, macB, 0x9000, make([]byte, 46))
	add(macA, macB, 0x88b5, make([]byte, 4))
	// MPLS
	label := func(label int, bottom bool) []byte {
		n := label<<12 | 64
		if bottom {
			n |= 0x100
		}
		return be32(n)
	}
	inner4, inner6 := ipv4("10.0.0.1", "10.0.0.2", 6, 0, nil, tcpSegment(40000, 80, 2)), ipv6(a, b, 17, udpDatagram(53, 53))
	for _, inner := range [][]byte{inner4, inner6, arpPacket(1, "10.0.0.1", "10.0.0.2")} {
		add(macA, macB, 0x8847, concat(label(100, true), inner))
		add(macA, macB, 0x8847, concat(label(16, false), label(100, true), inner))
		add(macA, macB, 0x8847, concat(label(1048575, false), label(16, false), label(3, true), inner))
		add(macA, macB, 0x8848, concat(label(100, true), inner))
	}
	// PPPoE
	add(macA, macAll, 0x8863, []byte{0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0})
	for session, payload := range [][]byte{
		concat([]byte{0, 0x21}, inner4), concat([]byte{0, 0x57}, inner6),
		{0xc0, 0x21, 1, 1, 0, 4},
		concat([]byte{0x02, 0x81}, label(100, true), inner4),
	} {
		add(macA, macB, 0x8864, concat([]byte{0x11, 0}, be16(session), be16(len(payload)), payload))
	}
	return frames
}

// tag puts tags, TPID and TCI each, into a frame.
func tag(frame []byte, tags ...uint32) []byte {
	b := append([]byte(nil), frame[:12]...)
	for _, t := range tags {
		b = binary.BigEndian.AppendUint32(b, t)
	}
	return append(b, frame[12:]...)
}

// recording returns the frames with tags of all sorts, padded, cut and damaged.
func recording() (samples []sample) {
	add := func(frame []byte, captured int) {
		samples = append(samples, sample{frame[:captured], len(frame)})
	}
	random := rand.New(rand.NewPCG(1, 2))
	stacks := [][]uint32{
		nil,
		{0x8100_000a}, // 10
		{0x8100_a014}, // 20, PCP 5
		{0x8100_0000}, // priority tag
		{0x8100_1000}, // DEI only
		{0x88a8_0064},
		{0x9100_0064},
		{0x88a8_0064, 0x8100_00c8},
		{0x8100_000a, 0x8100_0014},
		{0x9100_0001, 0x88a8_0002, 0x8100_0003},
		{0x8100_000a, 0x8100_000a, 0x8100_000a, 0x8100_000a},
	}
	for i, frame := range untagged() {
		if len(frame) < 60 && i%3 > 0 {
			frame = append(frame, make([]byte, 60-len(frame))...)
		}
		for j, stack := range stacks {
			if i%2 == 1 && j > 7 {
				continue
			}
			f := tag(frame, stack...)
			add(f, len(f))
			switch random.IntN(4) {
			case 0:
				add(f, random.IntN(len(f)))
			case 1:
				add(f, min(len(f), random.IntN(80)))
			case 2:
				f = append([]byte(nil), f...)
				for range 1 + random.IntN(3) {
					f[random.IntN(min(len(f), 80))] = byte(random.Uint32())
				}
				add(f, len(f))
			}
		}
	}
	// Every possible end of a few.
	for _, frame := range [][]byte{
		etherFrame(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", 6, 0, make([]byte, 4), tcpSegment(40000, 80, 0x12))),
		etherFrame(macA, macB, 0x86dd, ipv6("2001:db8::1", "2001:db8::2", 17, udpDatagram(53, 80))),
		etherFrame(macA, macAll, 0x0806, arpPacket(1, "10.0.0.1", "10.0.0.2")),
	} {
		for _, stack := range stacks[:9] {
			f := tag(frame, stack...)
			for n := 1; n < len(f); n++ {
				add(f, n)
			}
		}
	}
	return samples
}

// stripped returns the frame without its tags, as "sees each frame as if it had none" means it.
func (s sample) stripped() sample {
	for len(s.data) >= 16 {
		switch binary.BigEndian.Uint16(s.data[12:]) {
		case 0x8100, 0x88a8, 0x9100:
			s.data = concat(s.data[:12], s.data[16:])
			s.wireLen -= 4
			continue
		}
		break
	}
	return s
}
