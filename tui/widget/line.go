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
func NewLine(width int, tail string) *Line { return &Line{left: max(0, width), tail: tail} }

// Over changes every style of the line, for selected rows.
func (l *Line) Over(change func(style.Style) style.Style) *Line {
	l.over = change
	return l
}

// Left is how many cells are still free.
func (l *Line) Left() int { return l.left }

// Put adds text as wide as it is.
func (l *Line) Put(st style.Style, text string) *Line {
	return l.emit(st, Cut(text, l.left, l.tail))
}

// Col adds text in a column of w cells.
func (l *Line) Col(st style.Style, text string, w int) *Line {
	w = min(w, l.left)
	return l.emit(st, Fit(text, w, l.tail))
}

// ColRight adds text at the right end of a column of w cells.
func (l *Line) ColRight(st style.Style, text string, w int) *Line {
	w = min(w, l.left)
	return l.emit(st, FitRight(text, w, l.tail))
}

// Space adds n blank cells.
func (l *Line) Space(n int) *Line {
	return l.emit(style.Style{}, Spaces(min(n, l.left)))
}

func (l *Line) emit(st style.Style, text string) *Line {
	if text == "" {
		return l
	}
	l.left -= Width(text)
	if l.over != nil {
		st = l.over(st)
	}
	l.b.WriteString(st.Render(text))
	return l
}

// String is the line, filled up to its width.
func (l *Line) String() string {
	l.emit(style.Style{}, Spaces(l.left))
	return l.b.String()
}
