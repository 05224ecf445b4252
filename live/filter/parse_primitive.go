package filter

// primitive parses what begins with a keyword.
func (p *parser) primitive() (operand, error) {
	t := p.peek()
	var n node
	var err error
	switch t.text {
	case "src", "dst", "host", "net", "port", "portrange", "proto":
		return p.qualified(t, anyProtocol)
	case "less", "greater":
		n, err = p.length()
	case "vlan", "mpls", "pppoes":
		n, err = p.layer()
	case "pppoed":
		p.next()
		n = &protocolNode{from: t, protocol: ether, number: etherTypePPPoED}
	case "broadcast":
		p.next()
		n = &broadcastNode{from: t}
	case "multicast":
		p.next()
		n = &multicastNode{from: t}
	default:
		protocol, ok := protocolOf(t.text)
		if !ok && isForeign(t.text) {
			return operand{}, p.expected("a primitive that ovscope knows")
		}
		if !ok {
			return operand{}, p.expected(wantedPrimitive)
		}
		p.next()
		return p.withProtocol(t, protocol)
	}
	return operand{node: n, from: t}, err
}

// withProtocol parses what comes after a protocol's name, maybe nothing.
func (p *parser) withProtocol(t token, protocol protocol) (operand, error) {
	next := p.peek()
	if next.kind == keywordToken {
		switch next.text {
		case "src", "dst", "host", "net", "port", "portrange", "proto":
			return p.qualified(t, protocol)
		case "broadcast":
			if protocol != ether && protocol != ip {
				return operand{}, p.wrong(t, "broadcast, ether broadcast or ip broadcast")
			}
			p.next()
			return operand{node: &broadcastNode{t, protocol}, from: t}, nil
		case "multicast":
			if protocol != ether && protocol != ip && protocol != ip6 {
				return operand{}, p.wrong(t, "multicast, or ether, ip or ip6 before it")
			}
			p.next()
			return operand{node: &multicastNode{t, protocol}, from: t}, nil
		}
	}
	if protocol == ether {
		return operand{}, p.expected("host, src, dst, proto, broadcast, multicast or [ after " + t.text)
	}
	return operand{node: &nameNode{t, protocol}, from: t}, nil
}

// qualified parses from the direction on: "src or dst host" and the ids after it.
func (p *parser) qualified(from token, protocol protocol) (operand, error) {
	q := qualifiers{given: true, protocol: protocol, kind: hostKind}
	directed := p.peek().is("src") || p.peek().is("dst")
	if directed {
		q.direction = p.direction()
	}
	t := p.peek()
	switch {
	case t.is("host"):
	case t.is("net"):
		q.kind = netKind
	case t.is("port"):
		q.kind = portKind
	case t.is("portrange"):
		q.kind = portrangeKind
	case t.is("proto") && !directed:
		q.kind = protoKind
	case t.is("proto"):
		return operand{}, p.expected("host, net or port: proto has no direction")
	}
	if !fits(q.kind, protocol) {
		return operand{}, p.wrong(t, wantedAfter(protocol))
	}
	if t.is("host") || q.kind != hostKind {
		p.next()
	}
	n, err := p.ids(q)
	return operand{node: n, after: q, from: from}, err
}

// direction parses "src", "src or dst", "dst and src" …
func (p *parser) direction() direction {
	first := p.next()
	joined, second := p.peek(), p.peekNext()
	if (joined.is("or") || joined.is("and")) && (second.is("src") || second.is("dst")) && second.text != first.text {
		p.next()
		p.next()
		if joined.is("or") {
			return eitherWay
		}
		return bothWays
	}
	if first.is("src") {
		return source
	}
	return destination
}

// fits reports whether the protocol has such a thing.
func fits(k kind, p protocol) bool {
	switch k {
	case portKind, portrangeKind:
		return p == anyProtocol || p == tcp || p == udp || p == sctp
	case protoKind:
		return p == anyProtocol || p == ether || p == ip || p == ip6
	case netKind:
		return p == anyProtocol || p == ip || p == ip6 || p == arp || p == rarp
	default:
		return p == anyProtocol || p == ether || p == ip || p == ip6 || p == arp || p == rarp
	}
}

func wantedAfter(p protocol) string {
	switch p {
	case ether:
		return "host or proto after ether"
	case ip, ip6:
		return "host, net or proto after ip and ip6"
	case arp, rarp:
		return "host or net after arp and rarp"
	case tcp, udp, sctp:
		return "port or portrange after tcp, udp and sctp"
	default:
		return wantedEnd + ": this protocol has no hosts or ports of its own"
	}
}

// ids parses what the qualifiers apply to: one id, or several in parentheses.
func (p *parser) ids(q qualifiers) (node, error) {
	t := p.peek()
	switch {
	case t.is("not"):
		if err := p.deeper(); err != nil {
			return nil, err
		}
		p.next()
		n, err := p.ids(q)
		p.depth--
		return &notNode{n}, err
	case t.is("("):
		if err := p.deeper(); err != nil {
			return nil, err
		}
		p.next()
		n, err := p.ids(q)
		for err == nil && (p.peek().is("and") || p.peek().is("or")) {
			operator := p.next()
			var right node
			right, err = p.ids(q)
			n = join(operator, n, right)
		}
		if err != nil {
			return nil, err
		}
		p.depth--
		if !p.peek().is(")") {
			return nil, p.expected(wantedClose)
		}
		p.next()
		return n, nil
	}
	return p.id(q, p.next())
}

// length parses less and greater, which both include the number itself.
func (p *parser) length() (node, error) {
	t := p.next()
	if p.peek().kind != numberToken {
		return nil, p.expected("a length in bytes")
	}
	operator := "<="
	if t.is("greater") {
		operator = ">="
	}
	return &relationNode{operator, lengthValue{}, numberValue(p.next().number)}, nil
}

// layer parses vlan, mpls and pppoes with their number, which may have parentheses.
func (p *parser) layer() (node, error) {
	t := p.next()
	n := &layerNode{from: t}
	most, wanted := uint32(4095), "a VLAN id from 0 to 4095"
	switch t.text {
	case "vlan":
		p.vlan = true
	case "mpls":
		most, wanted = 1<<20-1, "an MPLS label from 0 to 1048575"
	case "pppoes":
		most, wanted = 0xffff, "a PPPoE session from 0 to 65535"
	}
	open := 0
	for p.peek().is("(") {
		p.next()
		open++
	}
	number := p.peek()
	if number.kind != numberToken {
		if open > 0 {
			return nil, p.expected(wanted)
		}
		return n, nil
	}
	if number.number > most {
		return nil, p.expected(wanted)
	}
	n.number, n.hasNumber = number.number, true
	p.next()
	for range open {
		if err := p.take(")"); err != nil {
			return nil, err
		}
	}
	return n, nil
}
