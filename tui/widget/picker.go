package widget

import (
	"fmt"
	"strings"

	"ovscope/tui/style"
)

// Picker is a list that is narrowed by what is typed. The zero value is ready for
// Narrow.
type Picker struct {
	Search Input
	list   List
	shown  []int // the items that match, as indices
	height int   // rows on screen when it was last drawn
}

// Narrow shows only the items whose texts contain every word that was typed,
// whatever their case. The cursor stays on its item if that is still there.
func (p *Picker) Narrow(texts []string) {
	at := p.At()
	words := strings.Fields(strings.ToLower(p.Search.Text()))
	p.shown = p.shown[:0]
	cursor := 0
	for i, text := range texts {
		text = strings.ToLower(text)
		matches := true
		for _, w := range words {
			matches = matches && strings.Contains(text, w)
		}
		if !matches {
			continue
		}
		if i == at {
			cursor = len(p.shown)
		}
		p.shown = append(p.shown, i)
	}
	p.list.Cursor = cursor
	p.list.Clamp(len(p.shown), p.height)
}

// Select puts the cursor on an item if it is shown.
func (p *Picker) Select(item int) {
	for at, i := range p.shown {
		if i == item {
			p.list.Cursor = at
		}
	}
	p.list.Clamp(len(p.shown), p.height)
}

// At is the item under the cursor, -1 when none is shown.
func (p *Picker) At() int {
	if p.list.Cursor < 0 || p.list.Cursor >= len(p.shown) {
		return -1
	}
	return p.shown[p.list.Cursor]
}

// Key moves the cursor, by bubbletea's name of a key. It reports whether the key
// means anything here.
func (p *Picker) Key(key string) bool {
	page := max(1, p.height-1)
	moves := map[string]int{
		"up": -1, "down": 1, "pgup": -page, "pgdown": page,
		"home": -len(p.shown), "end": len(p.shown),
	}
	delta, known := moves[key]
	if known {
		p.list.Move(delta, len(p.shown), p.height)
	}
	return known
}

// Draw returns the search and the rows that fit in exactly width × height cells;
// row writes an item into its line.
func (p *Picker) Draw(width, height int, st *style.Styles, row func(item int, line *Line)) []string {
	if height < 2 {
		return nil
	}
	p.height = height - 1
	p.list.Clamp(len(p.shown), p.height)
	label := "search "
	count := fmt.Sprintf(" %d of %d", min(p.list.Cursor+1, len(p.shown)), len(p.shown))
	room := width - Width(label) - Width(count)
	lines := []string{NewLine(Width(label), "").Put(st.Key, label).String() + p.Search.Draw(max(1, room), st) +
		NewLine(width-Width(label)-max(1, room), "").Put(st.Dim, count).String()}
	for i := p.list.Offset; i < len(p.shown) && len(lines) < height; i++ {
		line := NewLine(width, st.Signs.Ellipsis)
		if i == p.list.Cursor {
			line.Over(st.Row(true)).Put(st.Bold, st.Signs.Cursor).Space(1)
		} else {
			line.Space(2)
		}
		row(p.shown[i], line)
		lines = append(lines, line.String())
	}
	if len(p.shown) == 0 {
		lines = append(lines, NewLine(width, st.Signs.Ellipsis).Put(st.Dim, "  nothing matches").String())
	}
	for len(lines) < height {
		lines = append(lines, Spaces(width))
	}
	return lines
}
