package capture

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/net/bpf"
)

// Tunnel picks the packets of one GRE or ERSPAN tunnel among all that pass an
// interface, by their outer addresses and headers. The zero value picks all.
type Tunnel struct {
	// Remote is the outer destination.
	Remote netip.Addr
	// Protocol is GRE's protocol type: GREProtocol, ERSPAN2Protocol or ERSPAN3Protocol.
	Protocol uint16
	// Keyed reports that Key must be GRE's key (RFC 2890), or ERSPAN's session id.
	Keyed bool
	Key   uint32
}

// GRE protocol types (RFC 1701, draft-foschiano-erspan §4).
const (
	GREProtocol     = 0x6558 // Ethernet
	ERSPAN2Protocol = 0x88be
	ERSPAN3Protocol = 0x22eb
)

// Offsets in an Ethernet frame without tags, which is how the kernel shows it to a
// filter (F21), and numbers of IANA's.
const (
	etherTypeAt     = 12
	ipAt            = 14
	ipv4FragmentAt  = ipAt + 6
	ipv4ProtocolAt  = ipAt + 9
	ipv4TargetAt    = ipAt + 16
	ipv6NextAt      = ipAt + 6
	ipv6TargetAt    = ipAt + 24
	ipv6PayloadAt   = ipAt + 40
	ipv6OptionsSize = 8 // Linux's tunnel encapsulation limit (RFC 2473 §4.1.1)

	etherTypeIPv4, etherTypeIPv6 = 0x0800, 0x86dd
	protocolGRE, protocolOptions = 47, 60

	greKeyBit, greChecksumBit = 0x2000, 0x8000
	sessionMask               = 0x3ff
)

// Matches reports whether a frame without a tag is the tunnel's.
func (t Tunnel) Matches(frame []byte) bool {
	vm, err := bpf.NewVM(t.program([]bpf.Instruction{bpf.RetConstant{Val: wholeFrame}}))
	if err != nil {
		return false
	}
	n, err := vm.Run(frame)
	return err == nil && n > 0
}

// program is a filter that goes on to pass for the tunnel's packets and drops others.
func (t Tunnel) program(pass []bpf.Instruction) []bpf.Instruction {
	if t == (Tunnel{}) {
		return pass
	}
	var p checks
	if t.Remote.Is4() {
		remote := t.Remote.As4()
		p.equal(bpf.LoadAbsolute{Off: etherTypeAt, Size: 2}, 0, etherTypeIPv4)
		p.equal(bpf.LoadAbsolute{Off: ipv4ProtocolAt, Size: 1}, 0, protocolGRE)
		p.equal(bpf.LoadAbsolute{Off: ipv4FragmentAt, Size: 2}, 0x1fff, 0) // others have no GRE header
		p.equal(bpf.LoadAbsolute{Off: ipv4TargetAt, Size: 4}, 0, binary.BigEndian.Uint32(remote[:]))
		p = append(p, bpf.LoadMemShift{Off: ipAt})
	} else {
		remote := t.Remote.As16()
		p.equal(bpf.LoadAbsolute{Off: etherTypeAt, Size: 2}, 0, etherTypeIPv6)
		for i := 0; i < len(remote); i += 4 {
			p.equal(bpf.LoadAbsolute{Off: uint32(ipv6TargetAt + i), Size: 4}, 0, binary.BigEndian.Uint32(remote[i:]))
		}
		// X is the distance from an IPv4 header's beginning, as above.
		p = append(p,
			bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6PayloadAt - ipAt},
			bpf.LoadAbsolute{Off: ipv6NextAt, Size: 1},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolGRE, SkipTrue: 4})
		p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolOptions, SkipFalse: drop})
		p.equal(bpf.LoadAbsolute{Off: ipv6PayloadAt, Size: 1}, 0, protocolGRE)
		p = append(p, bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6PayloadAt + ipv6OptionsSize - ipAt})
	}
	p.equal(bpf.LoadIndirect{Off: ipAt + 2, Size: 2}, 0, uint32(t.Protocol))
	switch {
	case t.Keyed && t.Protocol == GREProtocol:
		p.equal(bpf.LoadIndirect{Off: ipAt, Size: 2}, greKeyBit|greChecksumBit, greKeyBit)
		p.equal(bpf.LoadIndirect{Off: ipAt + 4, Size: 4}, 0, t.Key)
	case t.Keyed: // a sequence number comes before ERSPAN's header
		p.equal(bpf.LoadIndirect{Off: ipAt + 8 + 2, Size: 2}, sessionMask, t.Key)
	}
	return p.before(pass)
}

// checks are instructions of which some jump to the end of the program to drop the frame.
type checks []bpf.Instruction

// drop marks a jump to the end while the distance is not known.
const drop = 0xff

// equal goes on only if what is loaded, under the mask if there is one, is the value.
func (c *checks) equal(load bpf.Instruction, mask, value uint32) {
	*c = append(*c, load)
	if mask != 0 {
		*c = append(*c, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: mask})
	}
	*c = append(*c, bpf.JumpIf{Cond: bpf.JumpEqual, Val: value, SkipFalse: drop})
}

// before is the checks, then pass, then the end that drops.
func (c checks) before(pass []bpf.Instruction) []bpf.Instruction {
	end := len(c) + len(pass)
	for i, in := range c {
		if jump, ok := in.(bpf.JumpIf); ok && jump.SkipFalse == drop {
			jump.SkipFalse = uint8(end - i - 1)
			c[i] = jump
		}
	}
	return append(append([]bpf.Instruction(c), pass...), bpf.RetConstant{Val: 0})
}
