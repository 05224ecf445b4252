package filter

import (
	"fmt"
	"strconv"
)

const (
	wantedPrimitive  = "a primitive such as host, port, tcp or vlan"
	wantedEnd        = `"and", "or" or the end`
	wantedClose      = `"and", "or" or ")"`
	wantedValue      = "a number, len or bytes such as ip[8]"
	wantedComparison = `a comparison such as "= 1"`
)

// parser makes a tree of tokens by recursive descent.
type parser struct {
	source string
	tokens []token // the last one is an end or bad token
	at     int
	depth  int
	vlan   bool // the word has been seen
}

func (p *parser) peek() token { return p.tokens[p.at] }

// peekNext is the token after the next one.
func (p *parser) peekNext() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

// next takes a token. The last one stays.
func (p *parser) next() token {
	t := p.tokens[p.at]
	p.at = min(p.at+1, len(p.tokens)-1)
	return t
}

// expected is the error that something else should be where the parser is.
func (p *parser) expected(what string) error { return p.wrong(p.peek(), what) }

// wrong is the error that something else should be where the token is.
func (p *parser) wrong(t token, what string) error {
	if t.kind == badToken && t.wanted != "" {
		what = t.wanted
	}
	return newError(p.source, t.at, what, t.raw)
}

// deeper guards every recursion; p.depth-- ends it.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return p.expected(fmt.Sprintf("a filter nested at most %d deep", maxDepth))
	}
	return nil
}

// take takes a symbol that must be there.
func (p *parser) take(symbol string) error {
	if !p.peek().is(symbol) {
		return p.expected(strconv.Quote(symbol))
	}
	p.next()
	return nil
}

// filter parses all of the source. It returns nil for an empty one.
func (p *parser) filter() (node, error) {
	if p.peek().kind == endToken {
		return nil, nil
	}
	o, err := p.expression(qualifiers{})
	if err != nil {
		return nil, err
	}
	n, err := p.condition(o, qualifiers{})
	if err != nil {
		return nil, err
	}
	if p.peek().kind != endToken {
		return nil, p.expected(wantedEnd)
	}
	return n, nil
}

// operand is what "and" and "or" join, or what an arithmetic operator does. A
// parenthesis may hold either, which only what comes after it can tell.
type operand struct {
	node  node  // a condition, or nil
	value value // a value, if it is no condition
	// after is what an id that stands alone after the condition takes over.
	after qualifiers
	// number is set if the value is but a number, which after qualifiers is an id.
	number bool
	from   token
}

// expression parses operands joined by "and" and "or". The qualifiers are those
// that an id takes over which comes first.
func (p *parser) expression(q qualifiers) (operand, error) {
	left, err := p.operand(q)
	if err != nil {
		return left, err
	}
	for p.peek().is("and") || p.peek().is("or") {
		leftNode, err := p.condition(left, q)
		if err != nil {
			return left, err
		}
		if left.node != nil {
			q = left.after
		}
		operator := p.next()
		right, err := p.operand(q)
		if err != nil {
			return left, err
		}
		rightNode, err := p.condition(right, q)
		if err != nil {
			return left, err
		}
		if right.node != nil {
			q = right.after
		}
		left = operand{node: join(operator, leftNode, rightNode), after: q, from: left.from}
	}
	return left, nil
}

// condition makes a condition of an operand: of a number after qualifiers, it is an id.
func (p *parser) condition(o operand, q qualifiers) (node, error) {
	switch {
	case o.node != nil:
		return o.node, nil
	case o.number && q.given:
		return p.id(q, o.from)
	case o.number:
		if p.peek().kind == endToken || p.peek().is("and") || p.peek().is("or") {
			return nil, p.wrong(o.from, wantedPrimitive)
		}
	}
	return nil, p.expected(wantedComparison)
}

func (p *parser) operand(q qualifiers) (operand, error) {
	t := p.peek()
	switch {
	case t.kind == nameToken, t.kind == ipv4Token, t.kind == ipv6Token, t.kind == macToken:
		if !q.given {
			return operand{}, p.expected(wantedBefore(t))
		}
		n, err := p.id(q, p.next())
		return operand{node: n, after: q, from: t}, err
	case t.is("not"):
		if err := p.deeper(); err != nil {
			return operand{}, err
		}
		p.next()
		o, err := p.operand(q)
		if err != nil {
			return o, err
		}
		p.depth--
		n, err := p.condition(o, q)
		if o.node == nil {
			o.after = q
		}
		return operand{node: &notNode{n}, after: o.after, from: t}, err
	case t.kind == numberToken, t.is("("), t.is("-"), t.is("len"), t.is("length"), p.peekNext().is("["):
		return p.relation(q)
	case t.kind == keywordToken:
		return p.primitive()
	}
	return operand{}, p.expected(wantedPrimitive)
}

// wantedBefore says what to write where an id stands alone.
func wantedBefore(t token) string {
	switch t.kind {
	case macToken:
		return "ether host, ether src or ether dst before an Ethernet address"
	case ipv4Token, ipv6Token:
		return "host, net, src or dst before an address"
	default:
		return wantedPrimitive
	}
}

// relation parses a value, and what it is compared with if that comes next. A
// parenthesis around a condition comes this way too.
func (p *parser) relation(q qualifiers) (operand, error) {
	left, err := p.arithmetic(q, 0)
	if err != nil || left.node != nil {
		return left, err
	}
	operator := p.peek()
	if !isComparison(operator) {
		return left, nil
	}
	p.next()
	right, err := p.arithmeticValue(0)
	if err != nil {
		return left, err
	}
	return operand{node: &relationNode{operator.text, left.value, right}, from: left.from}, nil
}

func isComparison(t token) bool {
	switch t.text {
	case "=", "!=", "<", "<=", ">", ">=":
		return t.kind == symbolToken
	}
	return false
}
