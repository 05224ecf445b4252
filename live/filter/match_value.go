package filter

import "fmt"

// number is a compiled value. It is false when that cannot be calculated: the
// bytes are not there, or a division by zero.
type number func(frame) (uint32, bool)

// relation compiles a comparison. First come the protocols whose bytes it looks
// at, then the bytes.
func (c *compiler) relation(n *relationNode) (test, error) {
	var protocols []test
	left, err := c.number(n.left, &protocols)
	if err != nil {
		return nil, err
	}
	right, err := c.number(n.right, &protocols)
	if err != nil {
		return nil, err
	}
	holds := comparisonOf(n.operator)
	compare := func(f frame) verdict {
		l, ok := left(f)
		if !ok {
			return outside
		}
		r, ok := right(f)
		if !ok {
			return outside
		}
		return verdictOf(holds.between(l, r))
	}
	if constant, ok := n.right.(numberValue); ok {
		compare = func(f frame) verdict {
			l, ok := left(f)
			if !ok {
				return outside
			}
			return verdictOf(holds.between(l, uint32(constant)))
		}
	}
	return all(append(protocols, compare)...), nil
}

type comparison uint8

const (
	equal comparison = iota
	unequal
	less
	atMost
	greater
	atLeast
)

func comparisonOf(operator string) comparison {
	switch operator {
	case "=":
		return equal
	case "!=":
		return unequal
	case "<":
		return less
	case "<=":
		return atMost
	case ">":
		return greater
	default:
		return atLeast
	}
}

func (c comparison) between(l, r uint32) bool {
	switch c {
	case equal:
		return l == r
	case unequal:
		return l != r
	case less:
		return l < r
	case atMost:
		return l <= r
	case greater:
		return l > r
	default:
		return l >= r
	}
}

// number compiles a value and adds the tests that it needs.
func (c *compiler) number(v value, protocols *[]test) (number, error) {
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

func (c *compiler) binary(v *binaryValue, protocols *[]test) (number, error) {
	left, err := c.number(v.left, protocols)
	if err != nil {
		return nil, err
	}
	// tcpdump looks at the protocols of the left side only, so ip[8] - tcp[0] does
	// with any IPv4 packet.
	right, err := c.number(v.right, &[]test{})
	if err != nil {
		return nil, err
	}
	operator := v.operator
	if mask, ok := v.right.(numberValue); ok && operator == bitAnd { // the most usual
		return func(f frame) (uint32, bool) {
			l, ok := left(f)
			return l & uint32(mask), ok
		}, nil
	}
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
func (c *compiler) load(v *loadValue, protocols *[]test) (number, error) {
	index, err := c.number(v.index, protocols)
	if err != nil {
		return nil, err
	}
	base := c.at.network()
	switch v.protocol {
	case ether:
		base = c.at.linkHeader
	case ip, ip6, arp, rarp:
		is, err := c.name(&nameNode{v.from, v.protocol})
		if err != nil {
			return nil, err
		}
		*protocols = append(*protocols, is)
	case icmp6:
		link, err := c.link(v.from, etherTypeIP6)
		if err != nil {
			return nil, err
		}
		*protocols = append(*protocols, nextHeaderTest(link, base, numberICMP6))
		base += ipv6Bytes
	default:
		return c.loadTransport(v, index, protocols)
	}
	size := v.size
	if constant, ok := v.index.(numberValue); ok {
		// Added up now, as tcpdump does: ip[-2:2] is the EtherType before it.
		at := uint32(base) + uint32(constant)
		return func(f frame) (uint32, bool) { return f.load(0, at, size) }, nil
	}
	return func(f frame) (uint32, bool) {
		i, ok := index(f)
		if !ok {
			return 0, false
		}
		return f.load(base, i, size)
	}, nil
}

// loadTransport compiles the bytes after an IPv4 header, of the first fragment.
func (c *compiler) loadTransport(v *loadValue, index number, protocols *[]test) (number, error) {
	link, err := c.link(v.from, etherTypeIP)
	if err != nil {
		return nil, err
	}
	base := c.at.network()
	wanted, _ := numberOf(v.protocol)
	*protocols = append(*protocols, firstFragmentTest(link, base, wanted))
	size := v.size
	return func(f frame) (uint32, bool) {
		i, ok := index(f)
		if !ok {
			return 0, false
		}
		first, ok := f.u8(base)
		if !ok {
			return 0, false
		}
		return f.load(base, uint32(first&15)*4+i, size)
	}, nil
}

func firstFragmentTest(link linkTest, network int, wanted uint32) test {
	is := ipv4ProtocolTest(link, network, wanted)
	return func(f frame) verdict {
		if v := is(f); v != yes {
			return v
		}
		fragment, ok := f.u16(network + ipv4Fragment)
		if !ok {
			return outside
		}
		return verdictOf(fragment&offsetMask == 0)
	}
}

// nextHeaderTest looks at the fixed IPv6 header only.
func nextHeaderTest(link linkTest, network int, wanted byte) test {
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		next, ok := f.u8(network + ipv6Next)
		if !ok {
			return outside
		}
		return verdictOf(next == wanted)
	}
}
