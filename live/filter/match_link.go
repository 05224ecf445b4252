package filter

// link compiles what the link layer says comes next: an EtherType, or an 802.2
// SAP, which is at most 1500.
func (c *compiler) link(from token, etherType uint32) (block, error) {
	if c.at.labels > 0 {
		switch etherType {
		case etherTypeIP:
			return c.labelled(4), nil
		case etherTypeIP6:
			return c.labelled(6), nil
		default:
			return block{}, c.wrong(from, "what MPLS can tell after mpls: IPv4 or IPv6")
		}
	}
	linkType := headerBlock(c.at.linkType, 2, 0xffff)
	switch {
	case c.at.ppp:
		return linkType.is(pppProtocol(etherType)), nil
	case etherType > maxLength:
		return linkType.is(etherType), nil
	case etherType == sapISO, etherType == sapIP, etherType == sapNetBEUI: // DSAP and SSAP
		return all(linkType.within(0, maxLength), headerBlock(c.at.payload, 2, 0xffff).is(etherType<<8|etherType)), nil
	default: // DSAP
		return all(linkType.within(0, maxLength), headerBlock(c.at.payload, 1, 0xff).is(etherType)), nil
	}
}

// labelled compiles what MPLS tells about its payload: the label is the last of
// the stack, and the first bits are those of that IP version.
func (c *compiler) labelled(version uint32) block {
	at := c.at.network()
	return all(headerBlock(at-2, 1, bottomMask).is(1), headerBlock(at, 1, 0xf0).is(version<<4))
}

// mac compares Ethernet addresses.
func (c *compiler) mac(n *macNode) (block, error) {
	if c.at.ppp {
		return block{}, c.wrong(n.from, "no Ethernet address after pppoes")
	}
	return ofDirection(n.direction, macIs(6, n.mac), macIs(0, n.mac)), nil
}

// macIs compares the address at an offset, like tcpdump its last bytes first.
func macIs(at int, mac [6]byte) block {
	high := uint32(mac[0])<<8 | uint32(mac[1])
	low := uint32(mac[2])<<24 | uint32(mac[3])<<16 | uint32(mac[4])<<8 | uint32(mac[5])
	return all(macBlock(at+2, 4, 0xffffffff).is(low), macBlock(at, 2, 0xffff).is(high))
}

// ofDirection makes one condition of that on the source and that on the destination.
func ofDirection(d direction, src, dst block) block {
	switch d {
	case source:
		return src
	case destination:
		return dst
	case bothWays:
		return all(src, dst)
	default:
		return anyOf(src, dst)
	}
}

func (c *compiler) broadcast(n *broadcastNode) (block, error) {
	if n.protocol == ip {
		link, err := c.link(n.from, etherTypeIP)
		dst := headerBlock(c.at.network()+ipv4Dst, 4, 0xffffffff)
		return all(link, anyOf(dst.is(0), dst.is(0xffffffff))), err
	}
	if c.at.ppp {
		return block{}, c.wrong(n.from, "no broadcast after pppoes, or ip broadcast")
	}
	return macIs(0, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), nil
}

func (c *compiler) multicast(n *multicastNode) (block, error) {
	switch n.protocol {
	case ip:
		link, err := c.link(n.from, etherTypeIP)
		return all(link, headerBlock(c.at.network()+ipv4Dst, 1, 0xff).within(0xe0, 0xff)), err
	case ip6:
		link, err := c.link(n.from, etherTypeIP6)
		return all(link, headerBlock(c.at.network()+ipv6Dst, 1, 0xff).is(0xff)), err
	default:
		if c.at.ppp {
			return block{}, c.wrong(n.from, "no multicast after pppoes, or ip or ip6 before it")
		}
		return macBlock(0, 1, 1).is(1), nil
	}
}

// PPP's numbers (IANA PPP numbers).
const (
	pppIP   = 0x0021
	pppIP6  = 0x0057
	pppMPLS = 0x0281
	pppSTP  = 0x0031
	pppISO  = 0x0023
)

// pppProtocol returns PPP's number of what has that EtherType or SAP.
func pppProtocol(etherType uint32) uint32 {
	switch etherType {
	case etherTypeIP:
		return pppIP
	case etherTypeIP6:
		return pppIP6
	case etherTypeMPLS:
		return pppMPLS
	case sapSTP:
		return pppSTP
	case sapISO:
		return pppISO
	}
	return etherType
}
