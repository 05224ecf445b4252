package widget

import (
	"strings"

	"ovscope/tui/style"
)

// Line builds one line of exact width out of pieces of text. Pieces that do not
// fit are cut; what is left is filled with spaces.
type Line struct {
	b    strings.Builder
	left int
	tail string
	over func(style.Style) style.Style
}

// NewLine starts a line of width cells; tail marks text that was cut.
func NewLine(width int, tail string) *Line {
	l := &Line{left: max(0, width), tail: tail}
	l.b.Grow(2 * l.left)
	return l
}

// Over changes every style of the line, for selected rows.
func (l *Line) Over(change func(style.Style) style.Style) *Line {
	l.over = change
	return l
}

// Left is how many cells are still free.
func (l *Line) Left() int { return l.left }

// Put adds text as wide as it is.
func (l *Line) Put(st style.Style, text string) *Line {
	text = Cut(text, l.left, l.tail)
	return l.emit(st, 0, text, 0)
}

// Col adds text in a column of w cells.
func (l *Line) Col(st style.Style, text string, w int) *Line {
	w = min(w, l.left)
	text = Cut(text, w, l.tail)
	return l.emit(st, 0, text, w-Width(text))
}

// ColRight adds text at the right end of a column of w cells.
func (l *Line) ColRight(st style.Style, text string, w int) *Line {
	w = min(w, l.left)
	text = Cut(text, w, l.tail)
	return l.emit(st, w-Width(text), text, 0)
}

// Space adds n blank cells.
func (l *Line) Space(n int) *Line {
	return l.emit(style.Style{}, min(n, l.left), "", 0)
}

// emit adds text, which fits, with blank cells before and after it.
func (l *Line) emit(st style.Style, before int, text string, after int) *Line {
	before, after = max(0, before), max(0, after)
	width := before + Width(text) + after
	if width == 0 && text == "" {
		return l
	}
	l.left -= width
	if l.over != nil {
		st = l.over(st)
	}
	on, off := st.Sequences()
	l.b.WriteString(on)
	l.spaces(before)
	l.b.WriteString(text)
	l.spaces(after)
	l.b.WriteString(off)
	return l
}

func (l *Line) spaces(n int) {
	for n > len(blank) {
		l.b.WriteString(blank)
		n -= len(blank)
	}
	l.b.WriteString(blank[:n])
}

// String is the line, filled up to its width.
func (l *Line) String() string {
	l.emit(style.Style{}, l.left, "", 0)
	return l.b.String()
}
