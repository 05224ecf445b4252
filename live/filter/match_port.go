package filter

// portProtocols is a set of the protocols that have ports.
type portProtocols uint8

const (
	tcpPorts portProtocols = 1 << iota
	udpPorts
	sctpPorts
)

// portProtocolsOf returns in which protocols a service is meant when the filter
// names this one; none if the service is not one of it.
func portProtocolsOf(p protocol, s service) portProtocols {
	switch {
	case p == tcp && s.tcp:
		return tcpPorts
	case p == udp && s.udp:
		return udpPorts
	case p == sctp && s.tcp && s.udp:
		return sctpPorts
	case p != anyProtocol:
		return 0
	case s.tcp && s.udp:
		return tcpPorts | udpPorts | sctpPorts
	case s.tcp:
		return tcpPorts
	default:
		return udpPorts
	}
}

// in compiles whether the number at an offset is one of the set.
func (p portProtocols) in(at int) block {
	number := headerBlock(at, 1, 0xff)
	var numbers []block
	if p&sctpPorts != 0 {
		numbers = append(numbers, number.is(numberSCTP))
	}
	if p&tcpPorts != 0 {
		numbers = append(numbers, number.is(numberTCP))
	}
	if p&udpPorts != 0 {
		numbers = append(numbers, number.is(numberUDP))
	}
	return anyOf(numbers...)
}

// port compiles a port or a range of ports. In IPv6 they are expected right
// behind the fixed header, in IPv4 in a first fragment.
func (c *compiler) port(n *portNode) (block, error) {
	isIP, err := c.link(n.from, etherTypeIP)
	if err != nil {
		return block{}, err
	}
	isIP6, err := c.link(n.from, etherTypeIP6)
	if err != nil {
		return block{}, err
	}
	at := c.at.network()
	low, high := uint32(n.low), uint32(n.high)
	inIP6 := all(
		n.protocols.in(at+ipv6Next),
		ofDirection(n.direction,
			headerBlock(at+ipv6Bytes, 2, 0xffff).within(low, high),
			headerBlock(at+ipv6Bytes+2, 2, 0xffff).within(low, high)))
	inIP := all(
		n.protocols.in(at+ipv4Protocol),
		c.firstFragment(),
		ofDirection(n.direction,
			transportBlock(at, 0, 2, 0xffff).within(low, high),
			transportBlock(at, 2, 2, 0xffff).within(low, high)))
	return choose(isIP6, inIP6, all(isIP, inIP)), nil
}
