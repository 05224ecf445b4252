package tui

import (
	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// wheelRows is how far a notch of the mouse's wheel goes.
const wheelRows = 3

// onMouse selects what is clicked and scrolls what the wheel turns over. What is
// on top of the panes takes the wheel as the keys up and down.
func (m *model) onMouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft && m.onPanes() {
			return m.click(at.X, at.Y)
		}
	case tea.MouseWheelMsg:
		switch at.Button {
		case tea.MouseWheelUp:
			return m.wheel(at.X, at.Y, -1)
		case tea.MouseWheelDown:
			return m.wheel(at.X, at.Y, 1)
		default:
		}
	}
	return nil
}

// onPanes reports that nothing is on top of the panes, and nothing typed into them.
func (m *model) onPanes() bool { return m.question == nil && m.page == nil && !m.typing() }

// click gives the focus to the pane under the mouse and selects its row there.
func (m *model) click(x, y int) tea.Cmd {
	if p, ok := m.tabAt(x, y); ok {
		m.focus = p
		return nil
	}
	p, ok := m.paneAt(x, y)
	if !ok {
		return nil
	}
	m.focus = p
	m.toast.Text = ""
	in := m.screen.Inner(p)
	row := y - in.Y
	switch p {
	case layout.Ports:
		b := &m.bridges
		row -= treeHeading(in.W, in.H)
		if i := b.list.Offset + row; row >= 0 && y < in.Y+in.H && i < len(b.rows) {
			b.list.Cursor = i
			return m.retarget()
		}
	case layout.Packets:
		if row--; row >= 0 && row < len(m.packets.visible) { // below the heading
			m.packets.point(m.packets.visible[row], m.tap.store(), m.packetRows())
		}
	case layout.Mirror:
	}
	return nil
}

// wheel scrolls by one notch, up (-1) or down (1).
func (m *model) wheel(x, y, step int) tea.Cmd {
	id := keymap.Down
	if step < 0 {
		id = keymap.Up
	}
	switch {
	case m.question != nil:
		return m.answer("", id)
	case m.typist() != nil:
		return m.typist().typed(m, tea.KeyPressMsg{}, id)
	case m.page != nil:
		return m.page.press(m, id)
	case m.typing():
		return nil
	}
	p, _ := m.paneAt(x, y)
	switch p {
	case layout.Ports:
		b := &m.bridges
		b.list.Scroll(step*wheelRows, len(b.rows), m.treeRows())
		return m.retarget()
	case layout.Packets:
		m.packets.scroll(step*wheelRows, m.tap.store(), m.packetRows(), !m.ofFile())
	case layout.Mirror:
	}
	return nil
}

// paneAt is the pane on screen in a cell; Mirror, which does not scroll, and false
// where there is none.
func (m *model) paneAt(x, y int) (layout.Pane, bool) {
	for _, p := range []layout.Pane{layout.Ports, layout.Mirror, layout.Packets} {
		if m.screen.Pane(p).Has(x, y) {
			return p, true
		}
	}
	return layout.Mirror, false
}

// tabAt is the pane whose name is in a cell of the line of tabs.
func (m *model) tabAt(x, y int) (layout.Pane, bool) {
	r := m.screen.Tabs
	if !r.Has(x, y) {
		return 0, false
	}
	for _, p := range m.tabs() {
		r.W = widget.Width(m.paneTitle(p)) + 2
		if r.Has(x, y) {
			return p, true
		}
		r.X += r.W + 1
	}
	return 0, false
}

// tabs are the panes that have a name in the line of tabs.
func (m *model) tabs() []layout.Pane {
	if m.alone() {
		return []layout.Pane{layout.Mirror, layout.Packets}
	}
	return []layout.Pane{layout.Ports, layout.Mirror, layout.Packets}
}

// point puts the cursor on a row that is on screen, which pauses the list.
func (p *packetsPane) point(seq uint64, s *live.Store, height int) {
	p.pause(s, height)
	p.cursor = seq
}

// scroll moves what is on screen by delta rows, and the cursor with it, which
// pauses the list. Beyond the newest it follows again where more may come.
func (p *packetsPane) scroll(delta int, s *live.Store, height int, more bool) {
	if !p.hasRows(s) || !p.paused && delta > 0 {
		return
	}
	p.pause(s, height)
	l := p.list(s)
	at, _ := l.step(p.cursor, 0)
	to, _ := l.step(p.cursor, delta)
	p.top, _ = l.step(p.top, delta)
	p.cursor = to
	if more && delta > 0 && at == to {
		p.follow()
	}
}
