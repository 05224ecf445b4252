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

// pair tests two places of a frame as a direction says, the source first.
type pair struct {
	direction direction
	src, dst  int
}

// host compiles an IPv4 host or net. Without a protocol it is also that of ARP and RARP.
func (c *compiler) host(n *hostNode) (test, error) {
	if n.protocol == anyProtocol && c.at.labels == 0 {
		return c.hostOfAny(n), nil
	}
	var etherType uint32
	src, dst := arpSrc, arpDst
	switch n.protocol {
	case arp:
		etherType = etherTypeARP
	case rarp:
		etherType = etherTypeRARP
	default: // also if none was named: MPLS cannot carry ARP
		etherType, src, dst = etherTypeIP, ipv4Src, ipv4Dst
	}
	link, err := c.link(n.from, etherType)
	addresses := addressTest{pair{n.direction, c.at.network() + src, c.at.network() + dst}, n.addr, n.mask}
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		return addresses.match(f)
	}, err
}

// hostOfAny is host in IP, ARP or RARP, whose types are in the same two bytes.
func (c *compiler) hostOfAny(n *hostNode) test {
	at, network := c.at.linkType, c.at.network()
	typeIP := uint16(etherTypeIP)
	if c.at.ppp {
		typeIP = pppIP
	}
	inIP := addressTest{pair{n.direction, network + ipv4Src, network + ipv4Dst}, n.addr, n.mask}
	inARP := addressTest{pair{n.direction, network + arpSrc, network + arpDst}, n.addr, n.mask}
	return func(f frame) verdict {
		t, ok := f.u16(at)
		if !ok {
			return outside
		}
		switch t {
		case typeIP:
			return inIP.match(f)
		case etherTypeARP, etherTypeRARP:
			return inARP.match(f)
		}
		return no
	}
}

// addressTest compares IPv4 addresses.
type addressTest struct {
	at         pair
	addr, mask uint32
}

func (t *addressTest) match(f frame) verdict {
	if t.mask == 0 {
		return yes // tcpdump's optimizer leaves out the loads
	}
	if t.at.direction != destination {
		a, ok := f.u32(t.at.src)
		if !ok {
			return outside
		}
		if v := verdictOf(a&t.mask == t.addr); t.at.decides(v) {
			return v
		}
	}
	a, ok := f.u32(t.at.dst)
	if !ok {
		return outside
	}
	return verdictOf(a&t.mask == t.addr)
}

// decides reports whether what the source is decides without the destination.
func (p pair) decides(src verdict) bool {
	switch p.direction {
	case source:
		return true
	case bothWays:
		return src != yes
	default:
		return src != no
	}
}

// host6 compiles an IPv6 host or net.
func (c *compiler) host6(n *host6Node) (test, error) {
	link, err := c.link(n.from, etherTypeIP6)
	at := pair{n.direction, c.at.network() + ipv6Src, c.at.network() + ipv6Dst}
	addr, mask := n.addr, n.mask
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		if at.direction != destination {
			if v := matchWords(f, at.src, &addr, &mask); v == outside || at.decides(v) {
				return v
			}
		}
		return matchWords(f, at.dst, &addr, &mask)
	}, err
}

// matchWords compares an IPv6 address from its beginning on, as far as it must.
func matchWords(f frame, at int, addr, mask *[4]uint32) verdict {
	for i := range addr {
		if mask[i] == 0 {
			continue
		}
		w, ok := f.u32(at + 4*i)
		if !ok {
			return outside
		}
		if w&mask[i] != addr[i] {
			return no
		}
	}
	return yes
}

// name compiles a protocol's name standing alone.
func (c *compiler) name(n *nameNode) (test, error) {
	var etherType uint32
	switch n.protocol {
	case ip:
		etherType = etherTypeIP
	case ip6:
		etherType = etherTypeIP6
	case arp:
		etherType = etherTypeARP
	case rarp:
		etherType = etherTypeRARP
	case stp:
		etherType = sapSTP
	default:
		number, over := numberOf(n.protocol)
		return c.proto(&protocolNode{n.from, over, number})
	}
	link, err := c.link(n.from, etherType)
	return link.match, err
}

// proto compiles "proto", with what is before it.
func (c *compiler) proto(n *protocolNode) (test, error) {
	switch n.protocol {
	case ether:
		link, err := c.link(n.from, n.number)
		return link.match, err
	case ip:
		link, err := c.link(n.from, etherTypeIP)
		return ipv4ProtocolTest(link, c.at.network(), n.number), err
	case ip6:
		link, err := c.link(n.from, etherTypeIP6)
		return ipv6ProtocolTest(link, c.at.network(), n.number), err
	default:
		return c.protoOfAny(n.number), nil
	}
}

// protoOfAny is proto in IPv4 or IPv6.
func (c *compiler) protoOfAny(number uint32) test {
	network := c.versions()
	return func(f frame) verdict {
		version, ok := network.version(f)
		switch {
		case !ok:
			return outside
		case version == 4:
			return ipv4Is(f, network.at, number)
		case version == 6:
			return ipv6Is(f, network.at, number)
		}
		return no
	}
}

func ipv4ProtocolTest(link linkTest, network int, number uint32) test {
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		return ipv4Is(f, network, number)
	}
}

func ipv4Is(f frame, network int, number uint32) verdict {
	n, ok := f.u8(network + ipv4Protocol)
	if !ok {
		return outside
	}
	return verdictOf(uint32(n) == number)
}

func ipv6ProtocolTest(link linkTest, network int, number uint32) test {
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		return ipv6Is(f, network, number)
	}
}

// ipv6Is looks at the next header, and behind a fragment header.
func ipv6Is(f frame, network int, number uint32) verdict {
	n, ok := f.u8(network + ipv6Next)
	if !ok {
		return outside
	}
	if uint32(n) == number {
		return yes
	}
	if n != numberFragment {
		return no
	}
	if n, ok = f.u8(network + ipv6Bytes); !ok {
		return outside
	}
	return verdictOf(uint32(n) == number)
}
