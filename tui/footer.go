package tui

import (
	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// viewLog is the line above the keys: a message if there is one, else the last
// entry of the command log.
func (m *model) viewLog(width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	if m.toast.Text != "" {
		return line.Put(m.st.Warn, m.toast.Text).String()
	}
	if text := m.saveProgress(); text != "" {
		return line.Put(m.st.Text, text).String()
	}
	e := m.log.last()
	switch {
	case e == nil && m.alone():
		return line.Put(m.st.Dim, "Without Open vSwitch: "+m.cfg.Capture.Title+".").String()
	case e == nil && m.leftovers() != "":
		return line.Put(m.st.Warn, capital(m.leftovers())+".").String()
	case e == nil && m.cfg.ReadOnly:
		return line.Put(m.st.Dim, "Read-only: mirrors and their packets can be watched, nothing is changed.").String()
	case e == nil:
		return line.Put(m.st.Dim, "No change made yet. What changes Open vSwitch is shown here as its ovs-vsctl command.").String()
	}
	text, st := m.outcome(e)
	line.Put(st, text).Space(2)
	if e.err == nil && len(e.commands) > 0 {
		line.Put(m.st.Dim, "$ ").Put(m.st.Command, m.st.Say(e.commands[0]))
	}
	return line.String()
}

// viewKeys lists the keys that make sense now.
func (m *model) viewKeys(width int) string {
	if text := m.keysOnTop(); text != "" {
		return widget.NewLine(width, m.st.Signs.Ellipsis).Put(m.st.Text, m.st.Say(text)).String()
	}
	type hint struct{ key, text string }
	var hints, always []hint
	for _, a := range m.hinted() {
		h := hint{m.label(a.ID), m.st.Say(m.short(a))}
		switch {
		case a.ID == keymap.Help || a.ID == keymap.Quit:
			always = append(always, h)
		case m.unavailable(a) == "":
			hints = append(hints, h)
		}
	}
	size := func(h hint) int { return widget.Width(h.key) + 1 + widget.Width(h.text) + 2 }
	room := width
	for _, h := range always {
		room -= size(h)
	}
	line := widget.NewLine(width, "")
	put := func(h hint) { line.Put(m.st.Key, h.key).Space(1).Put(m.st.Text, h.text).Space(2) }
	for _, h := range hints {
		if size(h) > room {
			continue
		}
		room -= size(h)
		put(h)
	}
	for _, h := range always {
		put(h)
	}
	return line.String()
}

// keysOnTop are the keys of what lies on top of the panes, or is typed into them;
// "" when they have the keys themselves.
func (m *model) keysOnTop() string {
	switch {
	case m.question != nil:
		return m.question.Hint
	case m.save != nil:
		return "type a file's name; enter writes, esc cancels"
	case m.page != nil:
		return m.page.keys(m)
	case m.packets.prompt != nil:
		return "type a filter; " + m.promptKeys()
	case m.packets.line != nil:
		return "type what is asked for; enter takes it, esc cancels"
	case m.finding():
		return "type some letters; " + findKeys
	}
	return ""
}

// hinted are the actions for the bottom line: what this tool is for comes first,
// and what the pane in focus is for.
func (m *model) hinted() []keymap.Action {
	order := []keymap.Group{keymap.Mirrors, keymap.Ports, keymap.Moving, keymap.Packets}
	switch m.focus {
	case layout.Mirror:
		order = []keymap.Group{keymap.Mirrors, keymap.Moving, keymap.Packets, keymap.Ports}
	case layout.Packets:
		order = []keymap.Group{keymap.Packets, keymap.Moving, keymap.Mirrors, keymap.Ports}
	case layout.Ports:
	}
	var list []keymap.Action
	for _, g := range append(order, keymap.Program) {
		for _, a := range m.keys.Actions() {
			if a.Group == g && a.Short != "" && len(a.Keys) > 0 {
				list = append(list, a)
			}
		}
	}
	return list
}

// short is an action's name for the bottom line as things are now.
func (m *model) short(a keymap.Action) string {
	switch a.ID {
	case keymap.Pause:
		if m.packets.paused {
			return "follow"
		}
	case keymap.Zoom:
		if m.zoomed {
			return "all panes"
		}
	case keymap.Open:
		row := m.bridges.selected()
		switch {
		case m.focus != layout.Ports || !row.expandable():
			return "details"
		case m.bridges.folded[row.id()]:
			return "expand"
		}
		return "collapse"
	default:
	}
	return a.Short
}

// legend explains the arrows, once on every screen.
func (m *model) legend(width int) string {
	text := m.st.Signs.From + " from guest (" + ovs.Egress.Column() + ")  " +
		m.st.Signs.To + " to guest (" + ovs.Ingress.Column() + ")"
	if widget.Width(text) > width {
		text = m.st.Signs.From + " from guest " + ovs.Egress.Column() + "  " +
			m.st.Signs.To + " to guest " + ovs.Ingress.Column()
	}
	return widget.Cut(text, width, m.st.Signs.Ellipsis)
}
