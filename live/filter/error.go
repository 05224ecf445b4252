package filter

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// SyntaxError says where a filter is wrong and what would have been right there.
type SyntaxError struct {
	Column   int    // of Found, in characters, the first being 1
	Expected string // "a port number or service name"
	Found    string // as it was typed, the beginning if long; empty at the end of the filter
}

func (e *SyntaxError) Error() string {
	found := "the end of the filter"
	if e.Found != "" {
		found = strconv.Quote(e.Found)
	}
	return fmt.Sprintf("column %d: expected %s, found %s", e.Column, e.Expected, found)
}

const maxFoundRunes = 40

// newError returns the error about the text found at byte offset at of the source.
func newError(source string, at int, expected, found string) *SyntaxError {
	if utf8.RuneCountInString(found) > maxFoundRunes {
		found = string([]rune(found)[:maxFoundRunes]) + "…"
	}
	return &SyntaxError{
		Column:   utf8.RuneCountInString(source[:at]) + 1,
		Expected: expected,
		Found:    found,
	}
}
