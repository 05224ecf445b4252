package filter

import (
	"fmt"
	"math"
)

// number is a compiled value. It is false when that cannot be calculated: the
// bytes are not there, or a division by zero.
type number func(frame) (uint32, bool)

// relation compiles a comparison. First come the protocols whose bytes it looks
// at, then the bytes.
func (c *compiler) relation(n *relationNode) (block, error) {
	var protocols []block
	left, err := c.number(n.left, &protocols)
	if err != nil {
		return block{}, err
	}
	right, err := c.number(n.right, &protocols)
	if err != nil {
		return block{}, err
	}
	constant, ok := n.right.(numberValue)
	if !ok {
		// Two values become one that is compared with 1.
		constant = 1
		left = order(left, right)
	}
	b, simple := block{}, false
	if ok {
		b, simple = c.simple(n.left)
	}
	if !simple {
		b = valueBlock(left)
	}
	return all(append(protocols, compared(b, n.operator, uint32(constant)))...), nil
}

// order is 0 if left is less than right, 1 if they are equal, 2 if it is greater.
func order(left, right number) number {
	return func(f frame) (uint32, bool) {
		l, ok := left(f)
		if !ok {
			return 0, false
		}
		r, ok := right(f)
		switch {
		case l < r:
			return 0, ok
		case l == r:
			return 1, ok
		default:
			return 2, ok
		}
	}
}

// compared has a block's number compared. Where no number can satisfy the operator
// it is read all the same: it may not be there.
func compared(b block, operator string, n uint32) block {
	switch operator {
	case "=":
		return b.is(n)
	case "!=":
		return not(b.is(n))
	case "<=":
		return b.within(0, n)
	case ">":
		return not(b.within(0, n))
	case ">=":
		return b.within(n, math.MaxUint32)
	default: // <
		return not(b.within(n, math.MaxUint32))
	}
}

// simple returns a block that reads a value without calculating: bytes at a fixed
// place, maybe with a mask, and len.
func (c *compiler) simple(v value) (block, bool) {
	mask := uint32(math.MaxUint32)
	if masked, ok := v.(*binaryValue); ok && masked.operator == bitAnd {
		if m, ok := masked.right.(numberValue); ok {
			v, mask = masked.left, uint32(m)
		}
	}
	if _, ok := v.(lengthValue); ok {
		return block{check: check{read: readLength, mask: mask}}, true
	}
	load, ok := v.(*loadValue)
	if !ok {
		return block{}, false
	}
	index, ok := load.index.(numberValue)
	if !ok || index > maxSimple {
		return block{}, false
	}
	network, at := c.at.network(), c.at.network()+int(index)
	switch load.protocol {
	case ip, ip6, arp, rarp:
	case icmp6:
		at += ipv6Bytes
	case ether:
		at = c.at.linkHeader + int(index)
		if at < macBytes {
			return macBlock(at, load.size, mask), at+load.size <= macBytes
		}
	default:
		return transportBlock(network, int(index), load.size, mask), true
	}
	return headerBlock(at, load.size, mask), true
}

// maxSimple is an offset that certainly is outside of any frame.
const maxSimple = 1 << 24

// number compiles a value and adds the conditions that it needs.
func (c *compiler) number(v value, protocols *[]block) (number, error) {
	switch v := v.(type) {
	case numberValue:
		return func(frame) (uint32, bool) { return uint32(v), true }, nil
	case lengthValue:
		return func(f frame) (uint32, bool) { return f.length(), true }, nil
	case *loadValue:
		return c.load(v, protocols)
	case *binaryValue:
		return c.binary(v, protocols)
	}
	return nil, fmt.Errorf("filter: no number for %T", v) // cannot be: the parser makes no other values
}

func (c *compiler) binary(v *binaryValue, protocols *[]block) (number, error) {
	left, err := c.number(v.left, protocols)
	if err != nil {
		return nil, err
	}
	// tcpdump looks at the protocols of the left side only, so ip[8] - tcp[0] does
	// with any IPv4 packet.
	right, err := c.number(v.right, &[]block{})
	if err != nil {
		return nil, err
	}
	operator := v.operator
	return func(f frame) (uint32, bool) {
		l, ok := left(f)
		if !ok {
			return 0, false
		}
		r, ok := right(f)
		if !ok {
			return 0, false
		}
		return calculate(operator, l, r)
	}, nil
}

// calculate does unsigned arithmetic modulo 2³². It is false for a division by zero.
func calculate(operator arithmetic, l, r uint32) (uint32, bool) {
	switch operator {
	case add:
		return l + r, true
	case subtract:
		return l - r, true
	case multiply:
		return l * r, true
	case divide:
		if r == 0 {
			return 0, false
		}
		return l / r, true
	case modulo:
		if r == 0 {
			return 0, false
		}
		return l % r, true
	case bitAnd:
		return l & r, true
	case bitOr:
		return l | r, true
	case bitXor:
		return l ^ r, true
	case shiftLeft:
		return l << r, true
	default:
		return l >> r, true
	}
}

// load compiles the bytes of a protocol's header.
func (c *compiler) load(v *loadValue, protocols *[]block) (number, error) {
	index, err := c.number(v.index, protocols)
	if err != nil {
		return nil, err
	}
	base := c.at.network()
	var is block
	switch v.protocol {
	case ether:
		base, is = c.at.linkHeader, always()
	case ip, ip6, arp, rarp:
		is, err = c.name(&nameNode{v.from, v.protocol})
	case icmp6: // in the fixed header only
		next := headerBlock(base+ipv6Next, 1, 0xff)
		is, err = c.link(v.from, etherTypeIP6)
		is = all(is, next.is(numberICMP6))
		base += ipv6Bytes
	default:
		return c.loadTransport(v, index, protocols)
	}
	*protocols = append(*protocols, is)
	size := v.size
	if constant, ok := v.index.(numberValue); ok {
		// Added up now, as tcpdump does: ip[-2:2] is the EtherType before it.
		at := uint32(base) + uint32(constant)
		return func(f frame) (uint32, bool) { return f.load(0, at, size) }, err
	}
	return func(f frame) (uint32, bool) {
		i, ok := index(f)
		if !ok {
			return 0, false
		}
		return f.load(base, i, size)
	}, err
}

// loadTransport compiles the bytes after an IPv4 header, of the first fragment.
func (c *compiler) loadTransport(v *loadValue, index number, protocols *[]block) (number, error) {
	is, err := c.link(v.from, etherTypeIP)
	if err != nil {
		return nil, err
	}
	wanted, _ := numberOf(v.protocol)
	*protocols = append(*protocols, is, c.ipv4Protocol(wanted), c.firstFragment())
	base, size := c.at.network(), v.size
	return func(f frame) (uint32, bool) {
		i, ok := index(f)
		if !ok {
			return 0, false
		}
		first, ok := f.load(base, 0, 1)
		if !ok {
			return 0, false
		}
		return f.load(base, (first&15)*4+i, size)
	}, nil
}
