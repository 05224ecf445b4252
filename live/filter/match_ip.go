package filter

// Offsets in the headers of IPv4 (RFC 791 §3.1), IPv6 (RFC 8200 §3) and ARP
// (RFC 826, with Ethernet and IPv4 addresses).
const (
	ipv4Fragment = 6
	ipv4Protocol = 9
	ipv4Src      = 12
	ipv4Dst      = 16
	offsetMask   = 0x1fff // of the fragment offset

	ipv6Next  = 6
	ipv6Src   = 8
	ipv6Dst   = 24
	ipv6Bytes = 40

	arpSrc = 14
	arpDst = 24
)

// host compiles an IPv4 host or net. Without a protocol it is also that of ARP
// and RARP, which MPLS cannot carry.
func (c *compiler) host(n *hostNode) (block, error) {
	at := c.at.network()
	inIP := n.addresses(at+ipv4Src, at+ipv4Dst)
	inARP := n.addresses(at+arpSrc, at+arpDst)
	etherType, addresses := uint32(etherTypeIP), inIP
	switch n.protocol {
	case arp:
		etherType, addresses = etherTypeARP, inARP
	case rarp:
		etherType, addresses = etherTypeRARP, inARP
	default:
	}
	is, err := c.link(n.from, etherType)
	if err != nil || n.protocol != anyProtocol || c.at.labels > 0 {
		return all(is, addresses), err
	}
	isARP, err := c.link(n.from, etherTypeARP)
	if err != nil {
		return block{}, err
	}
	isRARP, err := c.link(n.from, etherTypeRARP)
	return choose(is, inIP, all(anyOf(isARP, isRARP), inARP)), err
}

// addresses compares those at two offsets.
func (n *hostNode) addresses(src, dst int) block {
	if n.mask == 0 {
		return always() // tcpdump's optimizer leaves out the loads
	}
	return ofDirection(n.direction, headerBlock(src, 4, n.mask).is(n.addr), headerBlock(dst, 4, n.mask).is(n.addr))
}

// host6 compiles an IPv6 host or net.
func (c *compiler) host6(n *host6Node) (block, error) {
	is, err := c.link(n.from, etherTypeIP6)
	at := c.at.network()
	return all(is, ofDirection(n.direction, n.address(at+ipv6Src), n.address(at+ipv6Dst))), err
}

// address compares the one at an offset, from its beginning on.
func (n *host6Node) address(at int) block {
	var words []block
	for i, mask := range n.mask {
		if mask != 0 {
			words = append(words, headerBlock(at+4*i, 4, mask).is(n.addr[i]))
		}
	}
	return all(words...)
}

// name compiles a protocol's name standing alone.
func (c *compiler) name(n *nameNode) (block, error) {
	switch n.protocol {
	case ip:
		return c.link(n.from, etherTypeIP)
	case ip6:
		return c.link(n.from, etherTypeIP6)
	case arp:
		return c.link(n.from, etherTypeARP)
	case rarp:
		return c.link(n.from, etherTypeRARP)
	case stp:
		return c.link(n.from, sapSTP)
	default:
		number, over := numberOf(n.protocol)
		return c.proto(&protocolNode{n.from, over, number})
	}
}

// proto compiles "proto", with what is before it.
func (c *compiler) proto(n *protocolNode) (block, error) {
	if n.protocol == ether {
		return c.link(n.from, n.number)
	}
	isIP, err := c.link(n.from, etherTypeIP)
	if err != nil {
		return block{}, err
	}
	isIP6, err := c.link(n.from, etherTypeIP6)
	if err != nil {
		return block{}, err
	}
	inIP, inIP6 := c.ipv4Protocol(n.number), c.ipv6Protocol(n.number)
	switch n.protocol {
	case ip:
		return all(isIP, inIP), nil
	case ip6:
		return all(isIP6, inIP6), nil
	default:
		return choose(isIP, inIP, all(isIP6, inIP6)), nil
	}
}

func (c *compiler) ipv4Protocol(number uint32) block {
	return headerBlock(c.at.network()+ipv4Protocol, 1, 0xff).is(number)
}

// ipv6Protocol looks at the next header, and behind a fragment header.
func (c *compiler) ipv6Protocol(number uint32) block {
	next := headerBlock(c.at.network()+ipv6Next, 1, 0xff)
	behind := headerBlock(c.at.network()+ipv6Bytes, 1, 0xff)
	return anyOf(next.is(number), all(next.is(numberFragment), behind.is(number)))
}

// firstFragment looks whether an IPv4 packet is whole or a first fragment.
func (c *compiler) firstFragment() block {
	return headerBlock(c.at.network()+ipv4Fragment, 2, offsetMask).is(0)
}
