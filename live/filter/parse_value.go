package filter

// arithmeticOf returns the operator that a symbol is.
func arithmeticOf(t token) arithmetic {
	if t.kind != symbolToken {
		return noArithmetic
	}
	switch t.text {
	case "+":
		return add
	case "-":
		return subtract
	case "*":
		return multiply
	case "/":
		return divide
	case "%":
		return modulo
	case "&":
		return bitAnd
	case "|":
		return bitOr
	case "^":
		return bitXor
	case "<<":
		return shiftLeft
	case ">>":
		return shiftRight
	}
	return noArithmetic
}

const (
	tightest = 5
	minusOne = numberValue(1<<32 - 1)
)

// precedence tells how tightly an operator binds.
func (a arithmetic) precedence() int {
	switch a {
	case bitOr:
		return 1
	case bitAnd:
		return 2
	case shiftLeft, shiftRight:
		return 3
	case add, subtract:
		return 4
	default:
		return tightest
	}
}

// loose operators have no precedence in tcpdump's grammar: they take whatever is
// to their right, and are taken by whatever is to their left.
func (a arithmetic) loose() bool { return a == modulo || a == bitXor }

// arithmeticOperand parses what can be nothing but a value.
func (p *parser) arithmeticOperand(least int) (operand, error) {
	o, err := p.arithmetic(qualifiers{}, least)
	if err == nil && o.node != nil {
		err = p.wrong(o.from, wantedValue)
	}
	return o, err
}

func (p *parser) arithmeticValue(least int) (value, error) {
	o, err := p.arithmeticOperand(least)
	return o.value, err
}

// arithmetic parses operators that bind at least so tightly, and what is between.
func (p *parser) arithmetic(q qualifiers, least int) (operand, error) {
	left, err := p.unary(q)
	for err == nil && left.node == nil {
		operator := arithmeticOf(p.peek())
		if operator == noArithmetic || (operator.precedence() < least && !operator.loose()) {
			break
		}
		p.next()
		least := operator.precedence() + 1
		if operator.loose() {
			least = 0
		}
		if err := p.deeper(); err != nil {
			return left, err
		}
		right, err := p.arithmeticOperand(least)
		if err != nil {
			return left, err
		}
		p.depth--
		if err := p.checkOperand(operator, right); err != nil {
			return left, err
		}
		left = operand{value: fold(operator, left.value, right.value), from: left.from}
	}
	return left, err
}

// checkOperand refuses numbers with which nothing can be calculated. What is
// calculated itself may be such a number: then no frame matches.
func (p *parser) checkOperand(operator arithmetic, right operand) error {
	n, _ := right.value.(numberValue)
	switch {
	case !right.number:
	case n == 0 && (operator == divide || operator == modulo):
		return p.wrong(right.from, "a number other than 0 to divide by")
	case n > 31 && (operator == shiftLeft || operator == shiftRight):
		return p.wrong(right.from, "at most 31 bits to shift by")
	}
	return nil
}

// fold calculates what does not depend on the frame.
func fold(operator arithmetic, left, right value) value {
	if l, ok := left.(numberValue); ok {
		if r, ok := right.(numberValue); ok {
			if n, ok := calculate(operator, uint32(l), uint32(r)); ok {
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
		return operand{value: fold(multiply, v, minusOne), from: t}, err
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
	return operand{}, p.expected(wantedValue)
}

// wantedInside is the error that a parenthesis goes on with what it cannot.
func (p *parser) wantedInside(o operand) error {
	if o.node == nil && !o.number {
		return p.expected(wantedComparison + ` or ")"`)
	}
	return p.expected(wantedClose)
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
		return operand{}, p.expected(`"]", or ":" and the number of bytes`)
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
