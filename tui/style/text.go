package style

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Style is how a piece of text looks; the zero Style is plain. It is a value: the
// methods return another one.
//
// It does what lipgloss.Style does to a text without newlines and tabs, and that is
// all that the screen needs; but it makes the escape sequence once, not for every
// text: a frame has hundreds of them, and that was two thirds of its cost.
type Style struct {
	on string // the sequence that turns it on, "" for plain text

	foreground, background   color.Color
	bold, underline, reverse bool
}

// Foreground colours the text.
func (s Style) Foreground(c color.Color) Style {
	s.foreground = c
	return s.made()
}

// Background colours the cells behind the text.
func (s Style) Background(c color.Color) Style {
	s.background = c
	return s.made()
}

// Bold makes the text bold or not.
func (s Style) Bold(on bool) Style {
	s.bold = on
	return s.made()
}

// Underline underlines the text or not.
func (s Style) Underline(on bool) Style {
	s.underline = on
	return s.made()
}

// Reverse swaps the colours of text and background or not.
func (s Style) Reverse(on bool) Style {
	s.reverse = on
	return s.made()
}

func (s Style) made() Style {
	var sgr ansi.Style
	if s.bold {
		sgr = sgr.Bold()
	}
	if s.underline {
		sgr = sgr.Underline(true)
	}
	if s.reverse {
		sgr = sgr.Reverse(true)
	}
	if s.foreground != nil {
		sgr = sgr.ForegroundColor(s.foreground)
	}
	if s.background != nil {
		sgr = sgr.BackgroundColor(s.background)
	}
	s.on = ""
	if len(sgr) > 0 {
		s.on = sgr.String()
	}
	return s
}

// Render returns a text, which has no newlines, with the sequences that make it
// look so.
func (s Style) Render(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + ansi.ResetStyle
}

// Sequences are what Render puts before and after a text.
func (s Style) Sequences() (on, off string) {
	if s.on == "" {
		return "", ""
	}
	return s.on, ansi.ResetStyle
}
