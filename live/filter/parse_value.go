package filter

// precedence tells how tightly an arithmetic operator binds; 0 is no operator.
// loose ones are in tcpdump's grammar without a precedence: they take whatever is
// to their right, and are taken by whatever is to their left.
func precedence(t token) (binds int, loose bool) {
	if t.kind != symbolToken {
		return 0, false
	}
	switch t.text {
	case "|":
		return 1, false
	case "&":
		return 2, false
	case "<<", ">>":
		return 3, false
	case "+", "-":
		return 4, false
	case "*", "/":
		return tightest, false
	case "%", "^":
		return tightest, true
	}
	return 0, false
}

const (
	tightest = 5
	minusOne = numberValue(1<<32 - 1)
)

// arithmeticValue parses what can be nothing but a value.
func (p *parser) arithmeticValue(least int) (value, error) {
	o, err := p.arithmetic(qualifiers{}, least)
	if err != nil {
		return nil, err
	}
	if o.node != nil {
		return nil, p.wrong(o.from, "a number, len or bytes such as ip[8]")
	}
	return o.value, nil
}

// arithmetic parses operators that bind at least so tightly, and what is between.
func (p *parser) arithmetic(q qualifiers, least int) (operand, error) {
	left, err := p.unary(q)
	for err == nil && left.node == nil {
		operator := p.peek()
		binds, loose := precedence(operator)
		if binds == 0 || (binds < least && !loose) {
			break
		}
		p.next()
		least := binds + 1
		if loose {
			least = 0
		}
		if err := p.deeper(); err != nil {
			return left, err
		}
		from := p.peek()
		right, err := p.arithmeticValue(least)
		if err != nil {
			return left, err
		}
		p.depth--
		if err := p.checkOperand(operator, from, right); err != nil {
			return left, err
		}
		left = operand{value: fold(operator, left.value, right), from: left.from}
	}
	return left, err
}

// checkOperand refuses what can never be calculated.
func (p *parser) checkOperand(operator, from token, right value) error {
	n, constant := right.(numberValue)
	switch {
	case !constant:
	case n == 0 && (operator.text == "/" || operator.text == "%"):
		return p.wrong(from, "a number other than 0 to divide by")
	case n > 31 && (operator.text == "<<" || operator.text == ">>"):
		return p.wrong(from, "at most 31 bits to shift by")
	}
	return nil
}

// fold calculates what does not depend on the frame.
func fold(operator token, left, right value) value {
	if l, ok := left.(numberValue); ok {
		if r, ok := right.(numberValue); ok {
			if n, ok := calculate(operator.text, uint32(l), uint32(r)); ok {
				return numberValue(n)
			}
		}
	}
	return &binaryValue{operator, left, right}
}

func (p *parser) unary(q qualifiers) (operand, error) {
	t := p.peek()
	switch {
	case t.kind == numberToken:
		p.next()
		return operand{value: numberValue(t.number), number: true, from: t}, nil
	case t.is("len"), t.is("length"):
		p.next()
		return operand{value: lengthValue{}, from: t}, nil
	case t.is("-"):
		if err := p.deeper(); err != nil {
			return operand{}, err
		}
		p.next()
		v, err := p.arithmeticValue(tightest + 1)
		p.depth--
		// The left side, whose protocol is checked, is what the minus is before.
		return operand{value: fold(token{text: "*"}, v, minusOne), from: t}, err
	case t.is("("):
		if err := p.deeper(); err != nil {
			return operand{}, err
		}
		p.next()
		o, err := p.expression(q)
		if err != nil {
			return o, err
		}
		if !p.peek().is(")") {
			return o, p.wantedInside(o)
		}
		p.next()
		p.depth--
		if o.node != nil {
			o.after, o.from = q, t
		}
		return o, nil
	case p.peekNext().is("["):
		return p.load()
	}
	return operand{}, p.expected("a number, len or bytes such as ip[8]")
}

// wantedInside is the error that a parenthesis goes on with what it cannot.
func (p *parser) wantedInside(o operand) error {
	if o.node == nil && !o.number {
		return p.expected(wantedComparison + " or )")
	}
	return p.expected("and, or or )")
}

// load parses ip[8] and tcp[2:2].
func (p *parser) load() (operand, error) {
	t := p.peek()
	protocol, ok := protocolOf(t.text)
	if !ok || t.kind != keywordToken || !hasBytes(protocol) {
		return operand{}, p.expected("a protocol that has bytes to look at, such as ether, ip, tcp or udp")
	}
	if err := p.deeper(); err != nil {
		return operand{}, err
	}
	p.next()
	p.next() // [
	index, err := p.arithmeticValue(0)
	if err != nil {
		return operand{}, err
	}
	size := uint32(1)
	if p.peek().is(":") {
		p.next()
		size = p.peek().number
		if p.peek().kind != numberToken || (size != 1 && size != 2 && size != 4) {
			return operand{}, p.expected("1, 2 or 4 bytes")
		}
		p.next()
	} else if !p.peek().is("]") {
		return operand{}, p.expected("] or : and the number of bytes")
	}
	if err := p.take("]"); err != nil {
		return operand{}, err
	}
	p.depth--
	return operand{value: &loadValue{from: t, protocol: protocol, index: index, size: int(size)}, from: t}, nil
}

func hasBytes(p protocol) bool {
	switch p {
	case anyProtocol, ah, esp, gre, stp:
		return false
	default:
		return true
	}
}
