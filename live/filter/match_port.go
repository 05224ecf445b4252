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

func (p portProtocols) has(number byte) bool {
	switch number {
	case numberTCP:
		return p&tcpPorts != 0
	case numberUDP:
		return p&udpPorts != 0
	case numberSCTP:
		return p&sctpPorts != 0
	}
	return false
}

// port compiles a port or a range of ports.
func (c *compiler) port(n *portNode) (test, error) {
	ports := portTest{n.protocols, n.direction, n.low, n.high}
	network := c.versions()
	return func(f frame) verdict {
		version, ok := network.version(f)
		switch {
		case !ok:
			return outside
		case version == 4:
			return ports.matchIPv4(f, network.at)
		case version == 6:
			return ports.matchIPv6(f, network.at)
		}
		return no
	}, nil
}

type portTest struct {
	protocols portProtocols
	direction direction
	low, high uint16
}

// matchIPv6 expects the ports right behind the fixed header.
func (t *portTest) matchIPv6(f frame, network int) verdict {
	next, ok := f.u8(network + ipv6Next)
	if !ok {
		return outside
	}
	if !t.protocols.has(next) {
		return no
	}
	return t.match(f, network+ipv6Bytes)
}

func (t *portTest) matchIPv4(f frame, network int) verdict {
	number, ok := f.u8(network + ipv4Protocol)
	if !ok {
		return outside
	}
	if !t.protocols.has(number) {
		return no
	}
	fragment, ok := f.u16(network + ipv4Fragment)
	if !ok {
		return outside
	}
	if fragment&offsetMask != 0 {
		return no
	}
	first, ok := f.u8(network) // was there if the others were
	if !ok {
		return outside
	}
	return t.match(f, network+int(first&15)*4)
}

// match compares the ports at an offset, source first.
func (t *portTest) match(f frame, at int) verdict {
	if t.direction != destination {
		port, ok := f.u16(at)
		if !ok {
			return outside
		}
		if v := verdictOf(t.low <= port && port <= t.high); (pair{direction: t.direction}).decides(v) {
			return v
		}
	}
	port, ok := f.u16(at + 2)
	if !ok {
		return outside
	}
	return verdictOf(t.low <= port && port <= t.high)
}
