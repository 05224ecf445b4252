package live

import "encoding/binary"

// flows add up the packets of what runs lately, one flow for each direction, so
// that Stats have little to do for a packet: what a flow had is handed on to the
// counters of VLANs, protocols, talkers and conversations when another flow needs
// its place, or when somebody asks.
//
// It is a cache of flowSets × 2 places. A new flow takes the place of the one of its
// set that had fewer packets since the last time that somebody asked. So a flow
// that runs all the time keeps its place though a scan passes by, and the worst
// that a flood of ever new flows does is to have each handed on at once.
type flows struct {
	seed   uint64 // odd
	places [2 * flowSets]flow
}

const (
	flowSetBits = 10
	flowSets    = 1 << flowSetBits
)

// flow is a place: one line of the processor's cache.
type flow struct {
	key flowKey
	Tally
}

// flowKey is all that Stats tell packets apart by, but their length and time. Its
// fields are words, because copying what was just written in smaller pieces
// stalls the processor.
type flowKey struct {
	from, to address
	rest     uint64 // ports, EtherType, IP protocol and kind, from the top
	link     uint64 // where the VLAN is counted, and the cast
}

// cast is whom a frame is for.
type cast uint8

const (
	unicast cast = iota
	broadcast
	multicast
)

const castShift = 16 // in flowKey.link, above the VLAN

func (k *flowKey) vlan() int            { return int(k.link & (1<<castShift - 1)) }
func (k *flowKey) cast() cast           { return cast(k.link >> castShift) }
func (k *flowKey) kind() kind           { return kind(k.rest) }
func (k *flowKey) ipProtocol() uint8    { return uint8(k.rest >> 8) }
func (k *flowKey) etherType() uint16    { return uint16(k.rest >> 16) }
func (k *flowKey) fromPort() uint64     { return k.rest >> 48 }
func (k *flowKey) toPort() uint64       { return k.rest >> 32 & 0xffff }
func (k *flowKey) withoutPorts() uint64 { return k.rest & (1<<32 - 1) }

// set fills in the key of a frame.
func (k *flowKey) set(h *Headers, b []byte) {
	rest := uint64(h.SrcPort)<<48 | uint64(h.DstPort)<<32 | uint64(h.EtherType)<<16
	link := uint64(untagged)
	if h.Tags > 0 {
		link = uint64(binary.BigEndian.Uint16(b[macBytes+2:]) & maxVID)
	}
	if len(b) < macBytes { // cut in the addresses
		*k = flowKey{rest: rest | uint64(kindNobody), link: link}
		return
	}
	to := binary.BigEndian.Uint64(b) >> 16
	if to>>40&1 != 0 {
		if to == 1<<48-1 {
			link |= uint64(broadcast) << castShift
		} else {
			link |= uint64(multicast) << castShift
		}
	}
	k.link = link
	switch {
	case h.IsIP() && h.EtherType == EtherTypeIPv4:
		b = b[h.Network:][:ipv4Bytes]
		k.from = address{lo: uint64(binary.BigEndian.Uint32(b[12:]))}
		k.to = address{lo: uint64(binary.BigEndian.Uint32(b[16:]))}
		k.rest = rest | uint64(h.Protocol)<<8 | uint64(kindIPv4)
	case h.IsIP():
		b = b[h.Network:][:ipv6Bytes]
		k.from = address{binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])}
		k.to = address{binary.BigEndian.Uint64(b[24:]), binary.BigEndian.Uint64(b[32:])}
		k.rest = rest | uint64(h.Protocol)<<8 | uint64(kindIPv6)
	default:
		k.from = address{lo: binary.BigEndian.Uint64(b[4:]) & (1<<48 - 1)}
		k.to = address{lo: to}
		k.rest = rest | uint64(kindMAC)
	}
}

// place finds where a flow is counted, and reports whether it is there already; if
// not, what another had there is to be handed on first.
func (f *flows) place(k *flowKey) (p *flow, known bool) {
	h := (k.from.lo ^ k.to.lo<<32 ^ k.to.lo>>32 ^ k.rest>>16) * f.seed
	h ^= (k.from.hi ^ k.to.hi<<7 ^ k.link<<20 ^ k.rest<<48 ^ h>>29) * f.seed
	set := (*[2]flow)(f.places[h>>(64-flowSetBits)*2:])
	if set[0].key == *k {
		return &set[0], true
	}
	if set[1].key == *k {
		return &set[1], true
	}
	if set[1].Packets < set[0].Packets {
		return &set[1], false
	}
	return &set[0], false
}

// handOnAll hands on all that was added up. The flows keep their places.
func (f *flows) handOnAll(take func(*flow)) {
	for i := range f.places {
		take(&f.places[i])
		f.places[i].Tally = Tally{}
	}
}
