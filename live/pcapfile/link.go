package pcapfile

import (
	"encoding/binary"
	"fmt"

	"ovscope/live"
)

// LinkType is what a packet in a file begins with (https://www.tcpdump.org/linktypes.html).
type LinkType uint32

// Those that can be read.
const (
	linkNull     LinkType = 0 // BSD loopback
	linkEthernet LinkType = 1
	linkRaw12    LinkType = 12 // raw IP, as DLT_RAW is on most systems
	linkRaw14    LinkType = 14 // and on OpenBSD
	linkRaw      LinkType = 101
	linkLoop     LinkType = 108 // OpenBSD loopback
	linkSLL      LinkType = 113 // Linux cooked
	linkIPv4     LinkType = 228
	linkIPv6     LinkType = 229
	linkSLL2     LinkType = 276 // Linux cooked, version 2
)

const (
	ethernetBytes = 14

	// etherTypeUnknown is reserved (RFC 1701): it stands for a protocol that has no EtherType.
	etherTypeUnknown = 0xffff
	minEtherType     = 0x0600 // below: an 802.3 length
)

// String is the type in words, as far as it has a name here.
func (l LinkType) String() string {
	var name string
	switch l {
	case linkEthernet:
		return "Ethernet"
	case linkNull, linkLoop:
		return "loopback"
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		return "raw IP"
	case linkSLL:
		return "Linux cooked"
	case linkSLL2:
		return "Linux cooked v2"
	case 6:
		name = "Token Ring"
	case 9, 50, 51, 166:
		name = "PPP"
	case 104:
		name = "Cisco HDLC"
	case 105, 119, 127, 163:
		name = "IEEE 802.11 wireless"
	case 120, 122, 138:
		name = "Fibre Channel"
	case 187, 201, 251, 254:
		name = "Bluetooth"
	case 189, 220, 249:
		name = "USB"
	case 190, 227:
		name = "CAN bus"
	case 192:
		name = "PPI"
	case 195, 230, 215, 283:
		name = "IEEE 802.15.4"
	case 239:
		name = "Linux netfilter log"
	case 247:
		name = "InfiniBand"
	case 252:
		name = "Wireshark exported PDU"
	case 253:
		name = "Linux netlink"
	default:
		return fmt.Sprintf("link type %d", uint32(l))
	}
	return fmt.Sprintf("link type %d (%s)", uint32(l), name)
}

// check says whether packets of this type can be read.
func (l LinkType) check() error {
	switch l {
	case linkEthernet, linkNull, linkLoop, linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6, linkSLL, linkSLL2:
		return nil
	}
	return fmt.Errorf("%v is not supported: only Ethernet, Linux cooked, raw IP and loopback", l)
}

// frame makes an Ethernet frame of the packet in buf from at on. For that it
// overwrites what is before the packet; at is not less than headroom. Length is
// the packet's on the wire.
//
// Addresses that the file does not know are 0.
func (l LinkType) frame(buf []byte, at int, length uint32) live.Frame {
	f := live.Frame{Data: buf[at:], Length: int(min(length, 1<<30))}
	if l == linkEthernet {
		return f
	}
	b := buf[at:]
	header, etherType := 0, uint16(etherTypeUnknown)
	var src, dst [6]byte
	switch l {
	case linkNull, linkLoop:
		if header = 4; len(b) >= header {
			etherType = familyEtherType(binary.BigEndian.Uint32(b))
		}
	case linkSLL:
		if header = 16; len(b) >= header {
			f.Direction, dst = cookedDirection(uint8(binary.BigEndian.Uint16(b)))
			src = cookedAddress(binary.BigEndian.Uint16(b[4:]), b[6:])
			etherType = cookedEtherType(binary.BigEndian.Uint16(b[14:]), f.Length-header)
		}
	case linkSLL2:
		if header = 20; len(b) >= header {
			f.Direction, dst = cookedDirection(b[10])
			src = cookedAddress(uint16(b[11]), b[12:])
			etherType = cookedEtherType(binary.BigEndian.Uint16(b), f.Length-header)
		}
	default: // raw IP
		if len(b) > 0 && b[0]>>4 == 4 {
			etherType = live.EtherTypeIPv4
		} else if len(b) > 0 && b[0]>>4 == 6 {
			etherType = live.EtherTypeIPv6
		}
	}
	f.Length = max(f.Length-header, 0) + ethernetBytes
	if len(b) < header { // cut before anything is known
		f.Data = b[:0]
		return f
	}
	f.Data = buf[at+header-ethernetBytes:]
	copy(f.Data, dst[:])
	copy(f.Data[6:], src[:])
	binary.BigEndian.PutUint16(f.Data[12:], etherType)
	return f
}

// familyEtherType is the EtherType for an address family of the machine that
// captured, in its own byte order.
func familyEtherType(family uint32) uint16 {
	if family > 0xffff {
		family = family>>24 | family>>8&0xff00 // no family needs more
	}
	switch family {
	case 2:
		return live.EtherTypeIPv4
	case 10, 24, 28, 30: // Linux, NetBSD and OpenBSD, FreeBSD, macOS
		return live.EtherTypeIPv6
	}
	return etherTypeUnknown
}

// cookedDirection is for the packet type of packet(7).
func cookedDirection(kind uint8) (d live.Direction, dst [6]byte) {
	if kind == 1 { // to all
		dst = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	switch {
	case kind < 4:
		d = live.Incoming
	case kind == 4:
		d = live.Outgoing
	}
	return d, dst
}

func cookedAddress(size uint16, b []byte) (a [6]byte) {
	copy(a[:], b[:min(size, 6)])
	return a
}

// cookedEtherType is for the protocol type of a cooked header, and what is after it.
func cookedEtherType(protocol uint16, length int) uint16 {
	switch {
	case protocol >= minEtherType:
		return protocol
	case protocol == 1 || protocol == 4: // 802.3 without and with 802.2 LLC
		return uint16(max(min(length, minEtherType-1), 0))
	}
	return etherTypeUnknown // CAN and others that are no Ethernet
}
