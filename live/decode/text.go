package decode

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how many bytes of one text field are shown.
const maxText = 256

// clean makes text from the wire fit for a terminal: characters that control it,
// change the direction of writing or take no room of their own are escaped, as are bytes
// that are no UTF-8. Long text is cut and ends in "...".
func clean(b []byte) string {
	cut := len(b) > maxText
	if cut {
		b = b[:maxText]
	}
	var s strings.Builder
	for len(b) > 0 {
		c, size := utf8.DecodeRune(b)
		switch {
		case c == utf8.RuneError && size == 1 && cut && len(b) < utf8.UTFMax:
			b = b[:1] // a character that the cut split
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&s, `\x%02x`, b[0])
		case visible(c):
			s.WriteRune(c)
		case c < 0x100:
			fmt.Fprintf(&s, `\x%02x`, c)
		default:
			fmt.Fprintf(&s, `\u{%x}`, c)
		}
		b = b[size:]
	}
	if cut {
		s.WriteString("...")
	}
	return s.String()
}

// visible reports whether a character takes room on the screen and does nothing else.
func visible(c rune) bool {
	switch {
	case c < 0x7f:
		return c >= ' '
	case c >= 0x1160 && c <= 0x11ff: // Hangul vowels that join the letter before
		return false
	}
	return unicode.IsPrint(c) && !unicode.In(c, unicode.Mn, unicode.Me, unicode.Other_Default_Ignorable_Code_Point)
}

// shorten cuts clean text to at most n bytes, "..." included.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("...")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
