package lab

import (
	"encoding/binary"
	"net"
	"net/netip"
)

// Tag is an 802.1Q or 802.1ad tag.
type Tag struct {
	TPID uint16 // 0x8100 or 0x88a8
	VID  uint16 // 0–4095
	PCP  uint8  // 0–7
	DEI  bool
}

// tci is the tag without its TPID (IEEE 802.1Q §9.6).
func (t Tag) tci() uint16 {
	tci := uint16(t.PCP)<<13 | t.VID&0xfff
	if t.DEI {
		tci |= 1 << 12
	}
	return tci
}

// EchoRequest builds an Ethernet frame with an ICMP echo request (RFC 792) of 56
// bytes of data, behind the given tags, outermost first.
func EchoRequest(src, dst net.HardwareAddr, tags []Tag, from, to netip.Addr, id, seq uint16) []byte {
	frame := append(append(make([]byte, 0, 128), dst...), src...)
	for _, t := range tags {
		frame = binary.BigEndian.AppendUint16(frame, t.TPID)
		frame = binary.BigEndian.AppendUint16(frame, t.tci())
	}
	frame = binary.BigEndian.AppendUint16(frame, 0x0800)

	const data = 56
	ip := []byte{0x45, 0, 0, 20 + 8 + data, 0, 0, 0, 0, 64, 1, 0, 0}
	ip = append(append(ip, from.AsSlice()...), to.AsSlice()...)
	binary.BigEndian.PutUint16(ip[10:], checksum(ip))

	icmp := make([]byte, 8+data)
	icmp[0] = 8 // echo request
	binary.BigEndian.PutUint16(icmp[4:], id)
	binary.BigEndian.PutUint16(icmp[6:], seq)
	for i := range data {
		icmp[8+i] = byte(i)
	}
	binary.BigEndian.PutUint16(icmp[2:], checksum(icmp))
	return append(append(frame, ip...), icmp...)
}

// checksum is the Internet checksum of an even number of bytes (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
