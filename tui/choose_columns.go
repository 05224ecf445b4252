package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/tui/widget"
)

// columnsPage is where the user chooses the columns of the packets' list and
// their order. The list shows every step at once; esc goes back to how it was.
type columnsPage struct {
	list   widget.List
	names  []string // all columns: those that are shown first, in their order
	shown  int      // how many of them
	before []string // as it was
}

func (m *model) showColumns() {
	p := &columnsPage{names: slices.Clone(m.columns), shown: len(m.columns), before: m.columns}
	for _, name := range ColumnNames() {
		if !slices.Contains(p.names, name) {
			p.names = append(p.names, name)
		}
	}
	m.page = p
}

func (p *columnsPage) press(m *model, id keymap.ID) tea.Cmd {
	n := len(p.names)
	switch id {
	case keymap.Up:
		p.list.Move(-1, n, 0)
	case keymap.Down:
		p.list.Move(1, n, 0)
	case keymap.Top, keymap.PageUp:
		p.list.Move(-farAway, n, 0)
	case keymap.Bottom, keymap.PageDown:
		p.list.Move(farAway, n, 0)
	case keymap.Pause:
		p.toggle(m)
	case keymap.Collapse:
		p.shift(m, -1)
	case keymap.Expand:
		p.shift(m, 1)
	case keymap.Open, keymap.Columns:
		m.page = nil
	case keymap.Close, keymap.Quit:
		m.columns = p.before
		m.page = nil
	default:
		m.useless()
	}
	return nil
}

// toggle shows the column under the cursor, as the last, or no longer.
func (p *columnsPage) toggle(m *model) {
	at := p.list.Cursor
	name := p.names[at]
	if at < p.shown && p.shown == 1 {
		m.say("the list needs a column")
		return
	}
	p.names = slices.Delete(p.names, at, at+1)
	if at < p.shown {
		p.shown--
		p.names = slices.Insert(p.names, p.shown, name)
	} else {
		p.names = slices.Insert(p.names, p.shown, name)
		p.shown++
	}
	p.list.Cursor = slices.Index(p.names, name)
	m.columns = slices.Clone(p.names[:p.shown])
}

// shift moves the column under the cursor to the left or right on the list.
func (p *columnsPage) shift(m *model, by int) {
	at := p.list.Cursor
	to := at + by
	if at >= p.shown {
		m.say("only columns that are shown have a place; " + m.label(keymap.Pause) + " shows this one")
		return
	}
	if to < 0 || to >= p.shown {
		m.say("it cannot go further")
		return
	}
	p.names[at], p.names[to] = p.names[to], p.names[at]
	p.list.Cursor = to
	m.columns = slices.Clone(p.names[:p.shown])
}

func (p *columnsPage) keys(m *model) string {
	return fmt.Sprintf("%s choose   %s show or hide   %s move left and right   %s done   %s as before",
		m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.Pause), m.label(keymap.Collapse)+m.label(keymap.Expand),
		m.label(keymap.Open), m.label(keymap.Close))
}

func (p *columnsPage) view(m *model, width, height int) []string {
	inside := min(width-4, 84)
	if inside < 20 || height < 4 {
		return nil
	}
	var lines []string
	rows := min(height-2, len(p.names))
	p.list.Clamp(len(p.names), rows)
	for i := p.list.Offset; i < p.list.Offset+rows; i++ {
		line := widget.NewLine(inside, m.st.Signs.Ellipsis)
		if i == p.list.Cursor {
			line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
		} else {
			line.Space(1)
		}
		mark, st := "   ", m.st.Dim
		if i < p.shown {
			mark, st = fmt.Sprintf("%2d ", i+1), m.st.Text
		}
		name := p.names[i]
		help := m.st.Say(columnHelp(name))
		if i < p.shown && !slices.Contains(m.columnsShown(), name) {
			help += " (nothing is known about it here)"
		}
		line.Put(m.st.Key, mark).Col(st, name, 8).Space(1).Put(st, help)
		lines = append(lines, line.String())
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1, Content: lines,
		Title:  m.st.TitleFocus.Render(widget.Cut("Columns of the packets", inside-4, m.st.Signs.Ellipsis)),
		Bottom: m.st.Text.Render(widget.Cut("config: columns = "+quoted(p.names[:p.shown]), inside-2, m.st.Signs.Ellipsis)),
	}
	return box.Draw(inside+4, rows+2)
}

func (p *columnsPage) tick(*model, time.Time) tea.Cmd { return nil }

// quoted is a list as TOML writes it.
func quoted(names []string) string {
	return `["` + strings.Join(names, `", "`) + `"]`
}

// columnsShown are the chosen columns less those about which nothing can be known.
func (m *model) columnsShown() []string {
	if !slices.Contains(m.columns, colDir) || m.directions.known() {
		return m.columns
	}
	return slices.DeleteFunc(slices.Clone(m.columns), func(name string) bool { return name == colDir && len(m.columns) > 1 })
}
