package filter

import (
	"encoding/binary"
	"fmt"
)

const (
	maxBytes = 4096 // of a filter
	maxDepth = 100  // of parentheses, nots, brackets in each other
)

// Filter tells which frames are wanted. The zero value wants all.
type Filter struct {
	source string
	wants  *program // nil: all
	tagged bool     // the filter says vlan: frames are seen with their tags
}

// Parse reads an expression. One that is empty, or nothing but blanks, matches
// every frame. All errors are of type *SyntaxError.
func Parse(expression string) (*Filter, error) {
	f := &Filter{source: expression}
	if len(expression) > maxBytes {
		return nil, newError(expression, maxBytes, fmt.Sprintf("a filter of at most %d bytes", maxBytes), "…")
	}
	p := parser{source: expression, tokens: lex(expression)}
	tree, err := p.filter()
	if err != nil {
		return nil, err
	}
	if tree == nil {
		return f, nil
	}
	f.tagged = p.vlan
	c := compiler{source: expression, at: ethernet()}
	wanted, err := c.block(tree)
	if err != nil {
		return nil, err
	}
	f.wants = &program{}
	f.wants.entry = f.wants.add(wanted, accept, reject)
	return f, nil
}

// String returns the expression as it was given to Parse.
func (f *Filter) String() string { return f.source }

// Match reports whether a frame is wanted: its captured bytes from the
// destination MAC on, tags included, and its length on the wire.
func (f *Filter) Match(data []byte, wireLen int) bool {
	if f.wants == nil {
		return true
	}
	view := frame{data: data, wireLen: wireLen}
	if !f.tagged {
		view.tags = tagBytes(data)
	}
	return f.wants.run(view)
}

// tagBytes returns how many bytes the frame's tags take.
func tagBytes(data []byte) int {
	n := 0
	for n < maxTags*tagSize && len(data) >= macBytes+n+tagSize && isTag(binary.BigEndian.Uint16(data[macBytes+n:])) {
		n += tagSize
	}
	return n
}

func isTag(etherType uint16) bool {
	return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100
}
