package live

import (
	"encoding/binary"
	"net/netip"
)

// Headers is what the Store finds out about a frame while adding it: where its
// outer headers are and the numbers that lists, filters and statistics ask for
// most. The zero value says that nothing was recognised. Tunnels are not opened.
type Headers struct {
	// Network is the offset in Packet.Data of what follows the EtherType, and
	// Transport that of what IP carries. They are 0 when that is not there: cut
	// off, malformed, not IP, or a fragment that is not the first.
	Network, Transport uint16
	// EtherType is the one after all tags; 0 for 802.3 frames, which have a
	// length there (IEEE 802.3 §3.2.6), and for frames cut before it.
	EtherType uint16
	// SrcPort and DstPort are TCP's, UDP's or SCTP's; 0 when HasPorts is not set.
	SrcPort, DstPort uint16
	// Tags is the number of 802.1Q and 802.1ad tags, 0 to 16; see Packet.Tag.
	Tags uint8
	// Protocol is the IP protocol number, after IPv6 extension headers; only if
	// EtherType is EtherTypeIPv4 or EtherTypeIPv6 and Network is not 0.
	Protocol uint8
	HasPorts bool
	// Fragment is set for all pieces of a fragmented IP packet, the first included.
	Fragment bool
}

// EtherTypes that statistics and filters ask for (IEEE 802 numbers registry).
const (
	EtherTypeIPv4 = 0x0800
	EtherTypeARP  = 0x0806
	EtherTypeIPv6 = 0x86dd
)

// IP protocol numbers that have ports, and those of IPv6 extension headers (IANA protocol numbers).
const (
	protocolTCP  = 6
	protocolUDP  = 17
	protocolSCTP = 132

	extensionHopByHop    = 0
	extensionRouting     = 43
	extensionFragment    = 44
	extensionAH          = 51
	extensionDestination = 60
)

const (
	// maxTags and maxExtensions bound the work that a hostile frame can ask for.
	maxTags       = 16
	maxExtensions = 16

	ipv4Bytes = 20
	ipv6Bytes = 40

	minEtherType = 0x0600 // below: an 802.3 length
)

// IsIP reports whether there is a sound IPv4 or IPv6 header at Network.
func (h *Headers) IsIP() bool {
	return h.Network != 0 && (h.EtherType == EtherTypeIPv4 || h.EtherType == EtherTypeIPv6)
}

// Tag returns tag i of the frame, the outermost being 0. It must be below Headers.Tags.
func (p *Packet) Tag(i int) Tag {
	b := p.Data[macBytes+tagBytes*i:]
	return Tag{TPID: binary.BigEndian.Uint16(b), TCI: binary.BigEndian.Uint16(b[2:])}
}

// Addresses returns the outer IP addresses; both are the zero Addr when there are none.
func (p *Packet) Addresses() (src, dst netip.Addr) {
	if !p.Headers.IsIP() {
		return src, dst
	}
	b := p.Data[p.Headers.Network:]
	if p.Headers.EtherType == EtherTypeIPv4 {
		return netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	}
	return netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
}

// isTag reports whether an EtherType is that of a tag (IEEE 802.1Q §9.5; 0x9100
// is what older switches use for the outer one).
func isTag(etherType uint16) bool {
	return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100
}

// dissect finds the headers of a frame. It looks at the headers only, whatever
// the frame's size, and never allocates.
func dissect(data []byte) (h Headers) {
	at := macBytes
	if len(data) < at+2 {
		return h
	}
	etherType := binary.BigEndian.Uint16(data[at:])
	for isTag(etherType) && h.Tags < maxTags {
		if len(data) < at+tagBytes {
			return h
		}
		h.Tags++
		at += tagBytes
		if len(data) < at+2 {
			return h
		}
		etherType = binary.BigEndian.Uint16(data[at:])
	}
	at += 2
	if etherType >= minEtherType {
		h.EtherType = etherType
	}
	if len(data) == at {
		return h
	}
	switch etherType {
	case EtherTypeIPv4:
		h.ipv4(data, at)
	case EtherTypeIPv6:
		h.ipv6(data, at)
	default:
		h.Network = uint16(at)
	}
	return h
}

// ipv4 reads an IPv4 header (RFC 791 §3.1).
func (h *Headers) ipv4(data []byte, at int) {
	b := data[at:]
	if len(b) < ipv4Bytes || b[0]>>4 != 4 {
		return
	}
	size := int(b[0]&15) * 4
	if size < ipv4Bytes {
		return
	}
	h.Network = uint16(at)
	h.Protocol = b[9]
	fragment := binary.BigEndian.Uint16(b[6:])
	h.Fragment = fragment&0x3fff != 0 // more fragments, or an offset
	if fragment&0x1fff != 0 {
		return
	}
	// Super-frames that the kernel has yet to segment may have a total length of 0.
	if total := int(binary.BigEndian.Uint16(b[2:])); total != 0 && at+total < len(data) {
		data = data[:at+max(total, size)] // the rest is padding
	}
	h.transport(data, at+size)
}

// ipv6 reads an IPv6 header and its extension headers (RFC 8200 §3, §4).
func (h *Headers) ipv6(data []byte, at int) {
	b := data[at:]
	if len(b) < ipv6Bytes || b[0]>>4 != 6 {
		return
	}
	h.Network = uint16(at)
	h.Protocol = b[6]
	// A length of 0 is a jumbogram or a super-frame yet to be segmented.
	if payload := int(binary.BigEndian.Uint16(b[4:])); payload != 0 && at+ipv6Bytes+payload < len(data) {
		data = data[:at+ipv6Bytes+payload]
	}
	at += ipv6Bytes
	for range maxExtensions {
		if len(data) < at+8 {
			break // not room for any extension header; maybe for ports
		}
		b := data[at:]
		switch h.Protocol {
		case extensionHopByHop, extensionRouting, extensionDestination:
			at += 8 + int(b[1])*8
		case extensionAH: // RFC 4302 §2.2
			at += 8 + int(b[1])*4
		case extensionFragment:
			at += 8
			fragment := binary.BigEndian.Uint16(b[2:])
			h.Fragment = h.Fragment || fragment&0xfff9 != 0
			if fragment&0xfff8 != 0 {
				h.Protocol = b[0]
				return
			}
		default:
			h.transport(data, at)
			return
		}
		h.Protocol = b[0]
	}
	switch h.Protocol {
	case extensionHopByHop, extensionRouting, extensionDestination, extensionAH, extensionFragment:
		return // cut off, or too many
	}
	h.transport(data, at)
}

// transport reads the ports, which TCP, UDP and SCTP have at the same place.
func (h *Headers) transport(data []byte, at int) {
	if at >= len(data) {
		return
	}
	h.Transport = uint16(at)
	if h.Protocol != protocolTCP && h.Protocol != protocolUDP && h.Protocol != protocolSCTP {
		return
	}
	if len(data) < at+4 {
		return
	}
	h.HasPorts = true
	h.SrcPort = binary.BigEndian.Uint16(data[at:])
	h.DstPort = binary.BigEndian.Uint16(data[at+2:])
}
