package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// parser reads JSON from front to back. After an error, which stays in err, all
// methods return zero values.
type parser struct {
	b   []byte
	at  int
	err error
	// known are short strings that were read before: the same keys and states stand
	// in every row.
	known map[string]string
}

func (p *parser) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("want %s at byte %d of %d", want, p.at, len(p.b))
		p.at = len(p.b)
	}
}

// peek is the next byte that is not a space, 0 at the end.
func (p *parser) peek() byte {
	for ; p.at < len(p.b); p.at++ {
		switch ch := p.b[p.at]; ch {
		case ' ', '\n', '\r', '\t':
		default:
			return ch
		}
	}
	return 0
}

func (p *parser) expect(ch byte) {
	if p.peek() != ch {
		p.fail(strconv.QuoteRune(rune(ch)))
		return
	}
	p.at++
}

// object calls value for each key; value must read what belongs to it.
func (p *parser) object(value func(key string)) {
	p.expect('{')
	for first := true; p.err == nil && p.peek() != '}'; first = false {
		if !first {
			p.expect(',')
		}
		key := p.string()
		p.expect(':')
		if p.err != nil {
			return
		}
		value(key)
	}
	p.expect('}')
}

// array calls value for each element; value must read it.
func (p *parser) array(value func()) {
	p.expect('[')
	for first := true; p.err == nil && p.peek() != ']'; first = false {
		if !first {
			p.expect(',')
		}
		if p.err != nil {
			return
		}
		value()
	}
	p.expect(']')
}

// longestKnown is how long strings are that are worth remembering.
const longestKnown = 20

func (p *parser) string() string {
	raw := p.quoted()
	if bytes.IndexByte(raw, '\\') >= 0 {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			p.fail("a string")
		}
		return s
	}
	if len(raw) < 2 {
		return ""
	}
	raw = raw[1 : len(raw)-1]
	if p.known == nil || len(raw) > longestKnown {
		return string(raw)
	}
	if s, ok := p.known[string(raw)]; ok {
		return s
	}
	s := string(raw)
	p.known[s] = s
	return s
}

// quoted is a string as it stands there, with its quotes.
func (p *parser) quoted() []byte {
	p.expect('"')
	if p.err != nil {
		return nil
	}
	start := p.at - 1
	for p.at < len(p.b) {
		i := bytes.IndexByte(p.b[p.at:], '"')
		if i < 0 {
			break
		}
		end := p.at + i
		slashes := 0
		for p.b[end-1-slashes] == '\\' { // the opening quote ends it
			slashes++
		}
		p.at = end + 1
		if slashes%2 == 0 {
			return p.b[start:p.at]
		}
	}
	p.fail("the end of a string")
	return nil
}

// scalar is a number or a literal as it stands there.
func (p *parser) scalar() []byte {
	p.peek()
	start := p.at
	for p.at < len(p.b) {
		ch := p.b[p.at]
		if ch == ',' || ch == ']' || ch == '}' || ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r' {
			break
		}
		p.at++
	}
	return p.b[start:p.at]
}

func (p *parser) int() int {
	raw := p.scalar()
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		// OVSDB's integers are whole, but JSON may write 1e3.
		f, ferr := strconv.ParseFloat(string(raw), 64)
		if ferr != nil {
			p.fail("an integer")
		}
		return int(f)
	}
	return n
}

func (p *parser) bool() bool {
	switch string(p.scalar()) {
	case "true":
		return true
	case "false":
		return false
	}
	p.fail("true or false")
	return false
}

// raw is any value as it stands there.
func (p *parser) raw() []byte {
	p.peek()
	start := p.at
	depth := 0
	for p.err == nil {
		switch ch := p.peek(); ch {
		case '"':
			p.quoted()
		case '{', '[':
			depth++
			p.at++
			continue
		case '}', ']':
			depth--
			p.at++
		case ',', ':':
			p.at++
			continue
		case 0:
			p.fail("a value")
		default:
			p.scalar()
		}
		if depth <= 0 {
			break
		}
	}
	if p.err != nil {
		return nil
	}
	return p.b[start:p.at]
}
