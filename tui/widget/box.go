package widget

import (
	"strings"

	"ovscope/tui/style"
)

// Box is a frame around lines.
type Box struct {
	Border  style.Border
	Style   style.Style // of the frame
	Title   string      // styled, on the left of the upper edge
	Right   string      // styled, on the right of the upper edge; left out before Title is cut
	Bottom  string      // styled, on the left of the lower edge
	Pad     int         // blank cells between frame and lines
	Blank   style.Style // of the padding
	Content []string    // each exactly as wide as the inside less the padding
}

// Draw returns the box in exactly width × height cells.
func (b Box) Draw(width, height int) []string {
	if width < 2 || height < 2 {
		return nil
	}
	inside := width - 2
	lines := make([]string, 0, height)
	lines = append(lines, b.edge(b.Border.TopLeft, b.Border.TopRight, b.Title, b.Right, inside))
	side := b.Style.Render(b.Border.Vertical)
	pad := b.Blank.Render(Spaces(b.Pad))
	for i := range height - 2 {
		content := Spaces(inside - 2*b.Pad)
		if i < len(b.Content) {
			content = b.Content[i]
		}
		lines = append(lines, side+pad+content+pad+side)
	}
	return append(lines, b.edge(b.Border.BottomLeft, b.Border.BottomRight, b.Bottom, "", inside))
}

// edge draws an upper or lower edge with titles in it: "╭─ left ──── right ─╮".
func (b Box) edge(from, to, left, right string, inside int) string {
	l, r := Width(left), Width(right)
	if l > 0 && l+4 > inside {
		left, l = "", 0
	}
	if r > 0 && l+r+6 > inside {
		right, r = "", 0
	}
	var out strings.Builder
	rest := inside
	out.WriteString(b.Style.Render(from))
	if l > 0 {
		out.WriteString(b.Style.Render(b.Border.Horizontal) + " " + left + " ")
		rest -= l + 3
	}
	if r > 0 {
		rest -= r + 3
	}
	out.WriteString(b.Style.Render(strings.Repeat(b.Border.Horizontal, max(0, rest))))
	if r > 0 {
		out.WriteString(" " + right + " " + b.Style.Render(b.Border.Horizontal))
	}
	out.WriteString(b.Style.Render(to))
	return out.String()
}
