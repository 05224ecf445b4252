// Package widget holds the parts that panes are drawn with: text that fits its
// cells, lines and boxes of exact size, a list's cursor, a sparkline, a dialog.
//
// Everything that a widget returns is exactly as wide and high as it was asked to
// be, whatever the text: that is what keeps hostile names from breaking the
// screen.
package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a text takes, escape sequences not counted.
func Width(s string) int {
	if n, ok := cells(s); ok {
		return n
	}
	return ansi.StringWidth(s)
}

// cells counts the characters of a text if each takes one cell and is safe, and
// reports whether that is so. Nearly all texts are like that, and it costs a
// twentieth of looking at clusters.
func cells(s string) (n int, ok bool) {
	for i := 0; i < len(s); n++ {
		if s[i] >= ' ' && s[i] <= '~' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !narrow(r) {
			return 0, false
		}
		i += size
	}
	return n, true
}

// narrow reports whether a character takes one cell everywhere and never joins with
// the one before it: Latin letters and most of our own signs. There are others.
func narrow(r rune) bool {
	return r >= 0xc0 && r <= 0x24f || // letters of Latin-1 and Latin Extended
		r >= 0x2190 && r <= 0x2193 || r >= 0x2500 && r <= 0x259f || // arrows, lines and blocks
		r == '·' || r == '×' || r == '–' || r == '…' || r == '●' || r == '○'
}

// Fit makes an unstyled text exactly w cells wide: cut with tail at its end when
// it is too long, else filled up with spaces.
func Fit(s string, w int, tail string) string {
	s = Cut(s, w, tail)
	return s + Spaces(w-Width(s))
}

// FitRight is Fit with the text at the right end.
func FitRight(s string, w int, tail string) string {
	s = Cut(s, w, tail)
	return Spaces(w-Width(s)) + s
}

// Cut makes an unstyled text at most w cells wide, ending in tail when something
// was cut off.
func Cut(s string, w int, tail string) string {
	if w <= 0 {
		return ""
	}
	if most := (w + 2) * bytesPerCell; len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") // the rest can never be seen
	}
	n, simple := cells(s)
	if !simple {
		s = Safe(s)
		n = Width(s)
	}
	if n <= w {
		return s
	}
	if Width(tail) > w {
		tail = ""
	}
	if !simple {
		return ansi.Truncate(s, w, tail)
	}
	left := w - Width(tail)
	for i := range s {
		if left == 0 {
			return s[:i] + tail
		}
		left--
	}
	return s
}

// bytesPerCell is more than any sensible text has: a letter and some marks.
const bytesPerCell = 24

// Spaces returns n spaces, "" when n is not positive.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

const blank = "                                                                                                                                "

// maxMarks is how many combining marks are left on one character.
const maxMarks = 2

// Safe takes out of a text what terminals do not agree on: characters that turn
// the reading direction or have no width of their own, heaps of combining marks,
// and clusters whose width depends on how new the terminal is. Plain text comes
// back as it is.
func Safe(s string) string {
	if _, ok := cells(s); ok {
		return s
	}
	var b strings.Builder
	marks := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r), unicode.IsControl(r):
			continue
		case r == unicode.ReplacementChar:
			r = '?'
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > maxMarks || b.Len() == 0 {
				continue
			}
		default:
			marks = 0
		}
		b.WriteRune(r)
	}
	// Clusters that newer terminals draw in fewer cells than the sum of their
	// parts: keep the parts' first character.
	rest := b.String()
	b = strings.Builder{}
	for rest != "" {
		cluster, width := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		rest = rest[len(cluster):]
		if ansi.StringWidthWc(cluster) == width {
			b.WriteString(cluster)
			continue
		}
		first := string([]rune(cluster)[:1])
		if ansi.StringWidthWc(first) == ansi.StringWidth(first) {
			b.WriteString(first)
		} else {
			b.WriteByte('?')
		}
	}
	return b.String()
}

// Wrap breaks an unstyled text into lines of at most w cells, at spaces where it
// can. Nothing but the spaces there is left out: commands can be read off.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrap(Safe(paragraph), w)...)
	}
	return lines
}

func wrap(s string, w int) []string {
	var lines []string
	line, used := "", 0
	for rest := s; rest != ""; {
		word := strings.TrimLeft(rest, " ")
		gap := len(rest) - len(word)
		if end := strings.IndexByte(word, ' '); end >= 0 {
			word = word[:end]
		}
		rest = rest[gap+len(word):]
		size := Width(word)
		if used+gap+size <= w {
			line, used = line+Spaces(gap)+word, used+gap+size
			continue
		}
		if used > 0 {
			lines = append(lines, line)
		}
		for size > w { // too long for any line
			head := ansi.Truncate(word, w, "")
			if head == "" {
				return append(lines, "") // a character wider than the line
			}
			lines = append(lines, head)
			word = word[len(head):]
			size = Width(word)
		}
		line, used = word, size
	}
	return append(lines, strings.TrimRight(line, " "))
}

// ASCII replaces all other characters by as many question marks as they take cells.
func ASCII(s string) string {
	var b strings.Builder
	for rest := s; rest != ""; {
		if rest[0] < 0x80 {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		rest = rest[len(cluster):]
		b.WriteString(strings.Repeat("?", max(0, width)))
	}
	return b.String()
}

// Overlay puts a box of lines on top of other lines, its left upper corner at
// column x, row y. All lines of base are width cells wide, and stay so.
func Overlay(base, box []string, x, y, width int) []string {
	out := append([]string(nil), base...)
	for i, line := range box {
		if y+i < 0 || y+i >= len(out) {
			continue
		}
		w := Width(line)
		if x <= 0 && w >= width { // nothing of it is left
			out[y+i] = line
			continue
		}
		left := ansi.Truncate(out[y+i], x, "")
		left += Spaces(x - Width(left))
		right := ansi.TruncateLeft(out[y+i], x+w, "")
		for over := x + w; Width(right) > width-x-w && over <= width; { // a wide character in the way
			over++
			right = ansi.TruncateLeft(out[y+i], over, "")
		}
		out[y+i] = left + reset + line + reset + Spaces(width-x-w-Width(right)) + right
	}
	return out
}

const reset = "\x1b[m"
