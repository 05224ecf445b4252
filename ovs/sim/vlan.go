package sim

import "encoding/binary"

// vlanMode is a port's vlan_mode (ovs-vswitchd.conf.db(5)).
type vlanMode int

const (
	modeTrunk vlanMode = iota
	modeAccess
	modeNativeTagged
	modeNativeUntagged
	modeTunnel // dot1q-tunnel
)

const (
	tpidCustomer = 0x8100 // 802.1Q
	tpidService  = 0x88a8 // 802.1ad
)

// tag is one VLAN tag; tci has PCP in bits 15–13, DEI in 12 and VID in 11–0.
type tag struct{ tpid, tci uint16 }

func (t tag) vid() int { return int(t.tci & 0xfff) }

// stack is a frame's tags, the outermost first. OVS looks at no more than two;
// a frame in a tunnel can have one more on its way.
type stack struct {
	tags [3]tag
	n    int
}

func (s stack) vid() int {
	if s.n == 0 {
		return 0
	}
	return s.tags[0].vid()
}

func (s stack) push(t tag) stack {
	out := stack{n: min(s.n+1, len(s.tags))}
	out.tags[0] = t
	copy(out.tags[1:], s.tags[:])
	return out
}

func (s stack) pop() stack {
	if s.n == 0 {
		return s
	}
	out := stack{n: s.n - 1}
	copy(out.tags[:], s.tags[1:])
	return out
}

// packet is a frame inside the switch: addresses, tags, and everything from the
// EtherType on. The slices belong to whoever sent it.
type packet struct {
	addresses []byte // 12 bytes: destination, source
	tags      stack
	rest      []byte
}

func (p *packet) length() int { return len(p.addresses) + 4*p.tags.n + len(p.rest) }

func (p *packet) destination() [6]byte { return [6]byte(p.addresses) }

func (p *packet) source() [6]byte { return [6]byte(p.addresses[6:]) }

// split takes a frame of at least 14 bytes apart.
func split(frame []byte) packet {
	p := packet{addresses: frame[:12], rest: frame[12:]}
	for p.tags.n < 2 && len(p.rest) >= 6 {
		tpid := binary.BigEndian.Uint16(p.rest)
		if tpid != tpidCustomer && tpid != tpidService {
			break
		}
		p.tags.tags[p.tags.n] = tag{tpid, binary.BigEndian.Uint16(p.rest[2:])}
		p.tags.n++
		p.rest = p.rest[4:]
	}
	return p
}

// appendTo puts the frame together behind buf, cut to limit bytes unless that is 0.
func (p *packet) appendTo(buf []byte, limit int) []byte {
	start := len(buf)
	buf = append(buf, p.addresses...)
	for _, t := range p.tags.tags[:p.tags.n] {
		buf = binary.BigEndian.AppendUint16(buf, t.tpid)
		buf = binary.BigEndian.AppendUint16(buf, t.tci)
	}
	buf = append(buf, p.rest...)
	if limit > 0 && len(buf)-start > limit {
		buf = buf[:start+limit]
	}
	return buf
}

// carries reports whether the port is in the VLAN; 0 means untagged.
func (p *port) carries(vlan int) bool {
	switch p.mode {
	case modeAccess, modeTunnel:
		return vlan == p.tag
	case modeNativeTagged, modeNativeUntagged:
		return vlan == p.tag || len(p.trunks) == 0 || p.trunks[vlan]
	default:
		return len(p.trunks) == 0 || p.trunks[vlan]
	}
}

// enter gives a frame that came in at the port the tags it has inside the
// switch. It reports false when the port's VLAN settings forbid the frame
// (xvlan_input_translate and input_vid_is_valid in ofproto-dpif-xlate.c).
func (p *port) enter(tags stack) (stack, bool) {
	vid := tags.vid()
	switch p.mode {
	case modeAccess:
		if vid != 0 {
			return tags, false
		}
		return p.native(tags), true
	case modeNativeTagged, modeNativeUntagged:
		if vid == 0 {
			return p.native(tags), true
		}
	case modeTunnel:
		if len(p.cvlans) > 0 && !p.cvlans[vid] {
			return tags, false
		}
		return tags.push(tag{p.qinqType, uint16(p.tag)}), true
	case modeTrunk:
	}
	return tags, p.carries(vid)
}

// native tags an untagged frame with the port's VLAN; a priority tag's PCP stays.
func (p *port) native(tags stack) stack {
	t := tag{tpidCustomer, uint16(p.tag)}
	if tags.n > 0 {
		t.tci |= tags.tags[0].tci &^ 0xfff
		tags = tags.pop()
	}
	if p.tag == 0 {
		return tags
	}
	return tags.push(t)
}

// leave gives a frame the tags it has when it leaves by the port
// (xvlan_output_translate): an access port strips them all (F8).
func (p *port) leave(tags stack) stack {
	switch p.mode {
	case modeAccess:
		return stack{}
	case modeTunnel:
		return tags.pop()
	case modeNativeUntagged:
		if tags.vid() == p.tag {
			return tags.pop()
		}
	case modeTrunk, modeNativeTagged:
	}
	if tags.n > 0 && tags.vid() == 0 {
		return tags.pop() // priority tags are not kept (other_config:priority-tags)
	}
	return tags
}
