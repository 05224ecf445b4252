package main

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// A cell in pixels, and the room around the screen.
const (
	cellWidth  = 8.4
	cellHeight = 18
	fontSize   = 14
	margin     = 14
	titleBar   = 28
)

// What a terminal without colours of its own looks like.
const (
	background = "#16181d"
	foreground = "#d8dbe2"
)

// svg draws a screen of styled lines as a terminal window.
func svg(title, screen string, columns, lines int) string {
	var b strings.Builder
	window(&b, title, columns, lines)
	for y, l := range drawnLines(screen, columns, lines) {
		if l != "" {
			fmt.Fprintf(&b, `<g transform="translate(0 %d)">`+"\n%s</g>\n", y*cellHeight, l)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// window begins a picture with an empty terminal window.
func window(b *strings.Builder, title string, columns, lines int) {
	width, height := float64(columns)*cellWidth+2*margin, float64(lines)*cellHeight+2*margin+titleBar
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.1f %.1f" font-family="'DejaVu Sans Mono','Menlo','Consolas','Liberation Mono',monospace" font-size="%d">`+"\n",
		width, height, width, height, fontSize)
	fmt.Fprintf(b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	for i, fill := range []string{"#e0605a", "#dfb14a", "#5db35d"} {
		fmt.Fprintf(b, `<circle cx="%d" cy="16" r="5" fill="%s"/>`, 18+i*18, fill)
	}
	fmt.Fprintf(b, `<text x="50%%" y="20" text-anchor="middle" fill="#8b909c" font-size="12">%s</text>`+"\n", escape(title))
}

// drawnLines are a screen's lines, each drawn at the place of the first one.
func drawnLines(screen string, columns, lines int) []string {
	buffer := uv.NewScreenBuffer(columns, lines)
	uv.NewStyledString(screen).Draw(buffer, buffer.Bounds())
	drawn := make([]string, lines)
	for y := range drawn {
		var b strings.Builder
		for _, r := range stretches(buffer, y, columns) {
			r.draw(&b)
		}
		drawn[y] = b.String()
	}
	return drawn
}

// stretch is a row of cells of one style on one line.
type stretch struct {
	start, cells int
	text         string
	style        uv.Style
}

func stretches(buffer uv.ScreenBuffer, y, columns int) []stretch {
	var all []stretch
	for x := 0; x < columns; {
		cell := buffer.CellAt(x, y)
		width, content, style := 1, " ", uv.Style{}
		if cell != nil && cell.Width > 0 {
			width, content, style = cell.Width, cell.Content, cell.Style
		}
		last := len(all) - 1
		if last >= 0 && bare(content, style) && bare(" ", all[last].style) {
			style = all[last].style // what colour a blank has depends on what was there before
		}
		if last >= 0 && all[last].style.Equal(&style) && all[last].start+all[last].cells == x {
			all[last].text += content
			all[last].cells += width
		} else {
			all = append(all, stretch{x, width, content, style})
		}
		x += width
	}
	return all
}

// bare reports whether only the background is seen of a cell.
func bare(content string, style uv.Style) bool {
	return content == " " && style.Bg == nil && style.Underline == 0 && style.Attrs&(uv.AttrReverse|uv.AttrStrikethrough) == 0
}

func (r stretch) draw(b *strings.Builder) {
	front, back := hex(r.style.Fg, foreground), hex(r.style.Bg, background)
	if r.style.Attrs&uv.AttrReverse != 0 {
		front, back = back, front
	}
	x, top := margin+float64(r.start)*cellWidth, titleBar+margin
	if back != background {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x, top, float64(r.cells)*cellWidth, cellHeight, back)
	}
	text := strings.TrimRight(r.text, " ")
	if strings.TrimSpace(text) == "" {
		return
	}
	cells := r.cells - (len(r.text) - len(text))
	attributes := ""
	if r.style.Attrs&uv.AttrBold != 0 {
		attributes += ` font-weight="bold"`
	}
	if r.style.Attrs&uv.AttrItalic != 0 {
		attributes += ` font-style="italic"`
	}
	if r.style.Attrs&uv.AttrFaint != 0 {
		attributes += ` opacity="0.6"`
	}
	// textLength keeps the columns straight whatever font the viewer has.
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s" textLength="%.1f" xml:space="preserve"%s>%s</text>`+"\n",
		x, top+cellHeight-5, front, float64(cells)*cellWidth, attributes, escape(text))
}

// palette is how the picture's terminal shows the 16 basic colours.
func palette() [16]string {
	return [16]string{
		"#20242c", "#e0605a", "#6fbf6b", "#dfb14a", "#5b9bd8", "#c07ad0", "#4fc1c9", "#d8dbe2",
		"#7a808c", "#f0827c", "#8fd68b", "#f0c96a", "#7db5ea", "#d59ae2", "#74d8df", "#ffffff",
	}
}

func hex(c color.Color, otherwise string) string {
	switch c := c.(type) {
	case nil:
		return otherwise
	case ansi.BasicColor:
		return palette()[c&15]
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
