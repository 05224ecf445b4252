package tui

import (
	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/tui/widget"
)

// Where there is room, an opened packet leaves the list above it: moving in the list
// shows the packet there, and tab goes from the one to the other.

const (
	// splitHeight is from how many lines on the list stays.
	splitHeight = 28
	// splitList is the least that the list has, its border and heading included.
	splitList = 9
)

// split is the opened packet if the list is above it, else nil.
func (m *model) split() *packetPane {
	if d, ok := m.page.(*packetPane); ok && d.listRows > 0 {
		return d
	}
	return nil
}

// view draws the packet, below the list if there is room for both.
func (d *packetPane) view(m *model, width, height int) []string {
	d.listRows = 0
	if height < splitHeight || width < 40 {
		d.onList = false
		return d.viewPacket(m, width, height)
	}
	above := max(splitList, height/3)
	d.listRows = above - 3
	return append(d.viewAbove(m, width, above), d.viewPacket(m, width, height-above)...)
}

// viewAbove is the list.
func (d *packetPane) viewAbove(m *model, width, height int) []string {
	title, right := m.packetsTitle()
	frame, heading := m.st.Border, m.st.Title
	if d.onList {
		frame, heading = m.st.BorderFocus, m.st.TitleFocus
		title = m.st.Signs.Cursor + " " + title
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: frame, Content: m.viewList(width-2, height-2, d.onList),
		Title: heading.Render(widget.Cut(title, max(12, width-widget.Width(right)-10), m.st.Signs.Ellipsis)),
		Right: m.st.Dim.Render(widget.Safe(right)),
	}
	if !m.alone() {
		box.Bottom = m.st.Text.Render(m.legend(width - 6))
	}
	return box.Draw(width, height)
}

// pressSplit carries out what means something else while the list is above;
// false for the rest.
func (d *packetPane) pressSplit(m *model, id keymap.ID) (tea.Cmd, bool) {
	if d.listRows == 0 {
		return nil, false
	}
	page := max(1, d.listRows-1)
	switch {
	case id == keymap.NextPane, id == keymap.PrevPane:
		d.onList = !d.onList
	case !d.onList:
		return nil, false
	case id == keymap.Up:
		d.turn(m, -1)
	case id == keymap.Down:
		d.turn(m, 1)
	case id == keymap.PageUp:
		d.turn(m, -page)
	case id == keymap.PageDown, id == keymap.Pause:
		d.turn(m, page)
	case id == keymap.Top:
		d.turn(m, -farAway)
	case id == keymap.Bottom:
		d.turn(m, farAway)
	default:
		return nil, false
	}
	return nil, true
}

// pressList carries out what is done with the packet, or the list of which it is one.
func (d *packetPane) pressList(m *model, id keymap.ID) (tea.Cmd, bool) {
	switch id {
	case keymap.Mark:
		return m.mark(), true
	case keymap.TimeFormat:
		m.nextTimeFormat()
	case keymap.Suggest:
		m.showSuggestions()
	case keymap.NextHit, keymap.PrevHit:
		a, _ := m.keys.Action(id)
		return m.do(a), true
	default:
		return nil, false
	}
	return nil, true
}
