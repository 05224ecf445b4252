package filter

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// id makes a condition of a token that has been taken and the words before it.
func (p *parser) id(q qualifiers, t token) (node, error) {
	switch q.kind {
	case portKind, portrangeKind:
		return p.port(q, t)
	case protoKind:
		return p.proto(q, t)
	default:
		return p.address(q, t)
	}
}

// address makes a condition of the address of a host or net.
func (p *parser) address(q qualifiers, t token) (node, error) {
	version4 := q.protocol != ip6
	version6 := q.protocol == ip6 || q.protocol == anyProtocol
	switch {
	case t.kind == macToken && q.protocol == ether:
		return &macNode{from: t, direction: q.direction, mac: t.mac}, nil
	case t.kind == macToken:
		return nil, p.wrong(t, "an IP address, or ether before host")
	case q.protocol == ether:
		return nil, p.wrong(t, "an Ethernet address such as 02:00:00:00:00:01")
	case t.kind == numberToken && version4:
		return p.shortNet(q, t), nil
	case t.kind == ipv4Token && version4:
		return p.net(q, t)
	case t.kind == ipv6Token && version6:
		return p.net6(q, t)
	}
	return nil, p.wrong(t, wantedAddress(q))
}

func wantedAddress(q qualifiers) string {
	var what string
	switch q.protocol {
	case anyProtocol:
		what = "an IP address"
	case ip6:
		what = "an IPv6 address"
	default:
		what = "an IPv4 address"
	}
	if q.kind == netKind {
		what += " or network"
	}
	return what + " (names are not looked up)"
}

// shortNet makes "net 10" what it means, 10.0.0.0/8; "host 10" is 0.0.0.10.
func (p *parser) shortNet(q qualifiers, t token) node {
	n := &hostNode{from: t, protocol: q.protocol, direction: q.direction, addr: t.number, mask: 0xffffffff}
	if q.kind == netKind {
		for n.addr != 0 && n.addr>>24 == 0 {
			n.addr <<= 8
			n.mask <<= 8
		}
	}
	return n
}

// net parses what may come after an IPv4 address: a prefix length or a mask.
func (p *parser) net(q qualifiers, t token) (node, error) {
	n := &hostNode{from: t, protocol: q.protocol, direction: q.direction, addr: t.number, mask: ones(t.bits)}
	switch {
	case p.peek().is("/"):
		bits, err := p.prefix(q, 32)
		if err != nil {
			return nil, err
		}
		n.mask = ones(bits)
	case p.peek().is("mask"):
		if q.kind != netKind {
			return nil, p.expected("net before an address with a mask")
		}
		p.next()
		mask := p.next()
		if mask.kind != ipv4Token {
			return nil, p.wrong(mask, "a mask such as 255.255.255.0")
		}
		n.mask = mask.number
	default:
		return n, nil
	}
	if n.addr&^n.mask != 0 {
		return nil, p.wrong(t, "a network whose address is 0 outside of its mask")
	}
	return n, nil
}

func (p *parser) net6(q qualifiers, t token) (node, error) {
	n := &host6Node{from: t, direction: q.direction, addr: words(t.addr)}
	bits := 128
	if p.peek().is("/") {
		var err error
		if bits, err = p.prefix(q, 128); err != nil {
			return nil, err
		}
	}
	for i := range n.mask {
		n.mask[i] = ones(min(max(bits-32*i, 0), 32))
		if n.addr[i]&^n.mask[i] != 0 {
			return nil, p.wrong(t, "a network whose address is 0 outside of its mask")
		}
	}
	return n, nil
}

// prefix parses a slash and a prefix length.
func (p *parser) prefix(q qualifiers, most uint32) (int, error) {
	slash := p.next()
	bits := p.peek()
	if bits.kind != numberToken || bits.number > most {
		return 0, p.expected("a prefix length from 0 to " + strconv.Itoa(int(most)))
	}
	if q.kind != netKind && bits.number != most {
		return 0, p.wrong(slash, "net before an address with a prefix length")
	}
	p.next()
	return int(bits.number), nil
}

// ones returns a mask with so many bits, 0 to 32, at the top.
func ones(bits int) uint32 { return ^uint32(0) << (32 - bits) }

func words(addr netip.Addr) (w [4]uint32) {
	b := addr.As16()
	for i := range w {
		w[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return w
}

// proto makes a condition of a protocol's number or name. Here a keyword is a name.
func (p *parser) proto(q qualifiers, t token) (node, error) {
	n := &protocolNode{from: t, protocol: q.protocol, number: t.number}
	wanted, lookup := "an IP protocol number or name", lookupProtocol
	if q.protocol == ether {
		wanted, lookup = "an EtherType as a number or name", lookupEtherType
	}
	ok := t.kind == numberToken
	if t.kind == nameToken || t.kind == keywordToken {
		n.number, ok = lookup(t.text)
	}
	if !ok {
		return nil, p.wrong(t, wanted)
	}
	return n, nil
}

const (
	wantedPort  = "a port number or service name"
	wantedPorts = "a range of ports such as 6000-6008"
)

// port makes a condition of a port's number or name, or of a range of them.
func (p *parser) port(q qualifiers, t token) (node, error) {
	wanted := wantedPort
	if q.kind == portrangeKind {
		wanted = wantedPorts
	}
	n := &portNode{from: t, direction: q.direction}
	var low, high service
	ok := false
	switch {
	case t.kind == numberToken && t.number > 0xffff:
		return nil, p.wrong(t, "a port number from 0 to 65535")
	case t.kind == numberToken:
		low = service{port: uint16(t.number), tcp: true, udp: true}
		high, ok = low, true
	case t.kind == nameToken, t.kind == keywordToken:
		low, ok = lookupPort(t.text)
		high = low
		if !ok && q.kind == portrangeKind {
			low, high, ok = lookupPorts(t.text)
		}
	}
	if !ok {
		return nil, p.wrong(t, wanted)
	}
	n.low, n.high = min(low.port, high.port), max(low.port, high.port)
	if low.tcp != high.tcp || low.udp != high.udp {
		low.tcp, low.udp = true, true
	}
	if n.protocols = portProtocolsOf(q.protocol, low); n.protocols == 0 {
		return nil, p.wrong(t, "a port of the protocol before it")
	}
	return n, nil
}

// lookupPort reads a port's number or name.
func lookupPort(s string) (service, bool) {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return service{port: uint16(n), tcp: true, udp: true}, true
	}
	return lookupService(s)
}

// lookupPorts reads two ports with a dash between, which names may have inside.
func lookupPorts(s string) (low, high service, ok bool) {
	for i, c := range s {
		if c != '-' {
			continue
		}
		if low, ok = lookupPort(s[:i]); ok {
			if high, ok = lookupPort(strings.TrimPrefix(s[i:], "-")); ok {
				return low, high, true
			}
		}
	}
	return low, high, false
}
