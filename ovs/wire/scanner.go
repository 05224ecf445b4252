package wire

import (
	"bytes"
	"errors"
	"io"
)

// scanner cuts a stream into JSON objects, which follow each other without
// separators. It looks at brackets and quotes only.
type scanner struct {
	from io.Reader
	// rows, if not nil, hears how many rows of a table have come so far of an answer
	// to a monitor request.
	rows func(table string, n int)

	buffer []byte
	unread int // where in buffer the next message begins
}

const (
	readSize = 256 << 10
	// longestMessage is far more than the largest database; a peer that sends more
	// is none of OVSDB's.
	longestMessage = 1 << 30
	// rowsEvery is how many rows come between two reports.
	rowsEvery = 100
)

// Depths of brackets in an answer to a monitor request:
// {"result": {TABLE: {UUID: {"initial": {…}}}}}.
const (
	tableDepth = 3
	rowDepth   = 4
)

// next returns the next object. It is valid until the following call.
func (s *scanner) next() ([]byte, error) {
	rest := s.buffer[s.unread:]
	if cap(s.buffer) > 4*readSize && len(rest) < readSize {
		s.buffer = make([]byte, 0, 2*readSize) // the first message is much larger than all others
	}
	s.buffer = append(s.buffer[:0], rest...)
	s.unread = 0
	var depth, at, rows int
	var inString, escaped bool
	var key, keyEnd, opened int // where the last string is, and where the object began
	table := ""
	for {
		for ; at < len(s.buffer); at++ {
			switch ch := s.buffer[at]; {
			case escaped:
				escaped = false
			case inString:
				// Most bytes are in strings: on to what may end this one.
				skip := bytes.IndexAny(s.buffer[at:], `"\`)
				if skip < 0 {
					at = len(s.buffer) - 1
					continue
				}
				at += skip
				escaped = s.buffer[at] == '\\'
				inString = escaped
				keyEnd = at
			case ch == '"':
				inString, key = true, at+1
			case ch == '{' || ch == '[':
				if depth == 0 {
					opened = at
				}
				depth++
				switch {
				case ch == '{' && depth == tableDepth && s.rows != nil:
					table, rows = string(s.buffer[key:keyEnd]), 0
				case ch == '{' && depth == rowDepth && table != "":
					if rows++; rows%rowsEvery == 0 {
						s.rows(table, rows)
					}
				}
			case ch == '}' || ch == ']':
				depth--
				if depth == tableDepth-1 {
					table = ""
				}
				if depth == 0 {
					s.unread = at + 1
					return s.buffer[opened:s.unread], nil
				}
				if depth < 0 {
					return nil, errors.New("the server does not speak OVSDB")
				}
			case depth == 0 && ch != ' ' && ch != '\n' && ch != '\r' && ch != '\t':
				return nil, errors.New("the server does not speak OVSDB")
			}
		}
		if len(s.buffer) > longestMessage {
			return nil, errors.New("the server's message has no end")
		}
		if cap(s.buffer)-len(s.buffer) < readSize/2 {
			s.buffer = append(make([]byte, 0, 2*cap(s.buffer)+readSize), s.buffer...)
		}
		n, err := s.from.Read(s.buffer[len(s.buffer):cap(s.buffer)])
		s.buffer = s.buffer[:len(s.buffer)+n]
		if n == 0 && err != nil {
			return nil, err
		}
	}
}
