package tui

import (
	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/layout"
)

// onKey carries out what a key means now: for the dialog when there is one, else
// for the page on top, else for the panes.
func (m *model) onKey(msg tea.KeyPressMsg) tea.Cmd {
	m.toast.Text = ""
	key := msg.String()
	m.pressed = keymap.Label(key)
	action, known := m.keys.Lookup(key)
	if known && msg.Text != "" && m.typing() {
		action, known = keymap.Action{}, false // it is a letter
	}
	if cmd, ok := m.always(action.ID); ok {
		return cmd
	}
	switch {
	case m.question != nil:
		return m.answer(key, action.ID)
	case m.save != nil:
		return m.typeSave(msg)
	case m.packets.prompt != nil && m.page == nil:
		return m.typeFilter(msg)
	case m.packets.line != nil && m.page == nil:
		return m.typeLine(msg)
	case m.typist() != nil:
		return m.typist().typed(m, msg, action.ID)
	case m.finding():
		return m.typeFind(msg, action.ID)
	case m.page != nil:
		return m.page.press(m, action.ID)
	case !known:
		m.say("nothing happens on " + m.pressed + "; " + m.label(keymap.Help) + " lists the keys")
		return nil
	}
	return m.do(action)
}

// typing reports whether keys are text now.
func (m *model) typing() bool {
	return m.question == nil && (m.save != nil || m.typist() != nil || m.finding() || m.page == nil && (m.packets.prompt != nil || m.packets.line != nil))
}

// paste takes text from the terminal's clipboard.
func (m *model) paste(text string) {
	m.pressed = "pasted text"
	switch {
	case !m.typing():
	case m.save != nil:
		m.save.input.Insert(text)
	case m.typist() != nil:
		m.typist().typed(m, tea.KeyPressMsg{Text: text}, "")
	case m.packets.line != nil:
		m.packets.line.input.Insert(text)
	case m.finding():
		m.bridges.finder.insert(text)
	default:
		m.packets.prompt.input.Insert(text)
		m.packets.prompt.check()
	}
}

// do carries out an action on the panes, or says why it is of no use now.
func (m *model) do(a keymap.Action) tea.Cmd {
	if why := m.unavailable(a); why != "" {
		m.say(m.label(a.ID) + ": " + why)
		return nil
	}
	switch a.ID {
	case keymap.Up:
		return m.move(-1)
	case keymap.Down:
		return m.move(1)
	case keymap.PageUp:
		return m.move(-m.pageRows())
	case keymap.PageDown:
		return m.move(m.pageRows())
	case keymap.Top:
		return m.move(-farAway)
	case keymap.Bottom:
		if m.focus == layout.Packets {
			m.packets.follow()
			return nil
		}
		return m.move(farAway)
	case keymap.NextPane:
		m.focus = m.layoutState().Next(1)
	case keymap.PrevPane:
		m.focus = m.layoutState().Next(-1)
	case keymap.Open:
		m.open()
	case keymap.Expand:
		m.bridges.fold(false)
	case keymap.Collapse:
		m.bridges.fold(true)
	case keymap.Zoom:
		m.zoomed = !m.zoomed
	case keymap.Sort:
		m.sortPorts()
	case keymap.Find:
		if m.focus == layout.Packets || m.alone() {
			m.askSearch()
			return nil
		}
		m.askFind()
	case keymap.Egress:
		return m.toggle(ovs.Egress)
	case keymap.Ingress:
		return m.toggle(ovs.Ingress)
	case keymap.Both:
		return m.toggle(ovs.Egress, ovs.Ingress)
	case keymap.NextMirror:
		return m.nextMirror()
	case keymap.AllMirrors:
		m.showMirrors()
	case keymap.Undo:
		return m.undo()
	case keymap.NewMirror:
		return m.newMirror()
	case keymap.EditMirror:
		return m.changeMirror(aimEdit)
	case keymap.Output:
		return m.changeMirror(aimOutput)
	case keymap.Detach:
		return m.changeMirror(aimDetach)
	case keymap.DetachAll:
		return m.sweep()
	case keymap.Pause:
		m.packets.togglePause(m.tap.store(), m.packetRows())
	case keymap.Filter:
		m.askFilter()
	case keymap.Mark:
		return m.mark()
	case keymap.Jump:
		m.askJump()
	case keymap.Conversations:
		return m.showConversations()
	case keymap.NextHit:
		return m.nextHit(false)
	case keymap.PrevHit:
		return m.nextHit(true)
	case keymap.Suggest:
		m.showSuggestions()
	case keymap.Columns:
		m.showColumns()
	case keymap.TimeFormat:
		m.nextTimeFormat()
	case keymap.Save:
		return m.askSave()
	case keymap.Statistics:
		return m.showStatistics()
	case keymap.Log:
		m.showLog()
	case keymap.Copy, keymap.CopyHex:
		return m.copySelected(a.ID == keymap.CopyHex)
	case keymap.NextPacket:
		m.packets.move(1, m.tap.store(), m.packetRows())
	case keymap.PrevPacket:
		m.packets.move(-1, m.tap.store(), m.packetRows())
	case keymap.Help:
		m.showHelp()
	case keymap.Palette:
		m.showPalette()
	case keymap.Quit:
		return m.quit()
	case keymap.Close:
		if !m.cancelSearch() {
			m.zoomed = false
		}
	case keymap.Abort, keymap.Suspend, keymap.Redraw, keymap.Apply:
	}
	return nil
}

// farAway is further than any list goes.
const farAway = 1 << 30

// move moves the cursor of the pane that has the focus.
func (m *model) move(delta int) tea.Cmd {
	switch m.focus {
	case layout.Ports:
		m.bridges.list.Move(delta, len(m.bridges.rows), m.treeRows())
		return m.retarget()
	case layout.Packets:
		m.packets.move(delta, m.tap.store(), m.packetRows())
	case layout.Mirror:
	}
	return nil
}

// pageRows is how far page up and down go.
func (m *model) pageRows() int {
	rows := m.inner(m.focus).H
	switch m.focus {
	case layout.Ports:
		rows = m.treeRows()
	case layout.Packets:
		rows = m.packetRows()
	case layout.Mirror:
	}
	return max(1, rows-1)
}

// open expands or collapses what can be, and shows the rest in full.
func (m *model) open() {
	switch m.focus {
	case layout.Ports:
		row := m.bridges.selected()
		if row.expandable() {
			m.bridges.toggle()
			return
		}
		m.showPort(row)
	case layout.Mirror:
		m.showMirror(m.mirror())
	case layout.Packets:
		m.showPacket()
	}
}

// unavailable is why an action is of no use now, "" when it is of use.
func (m *model) unavailable(a keymap.Action) string {
	if m.alone() {
		switch {
		case a.Writes, a.ID == keymap.NextMirror, a.ID == keymap.AllMirrors, a.ID == keymap.Expand, a.ID == keymap.Collapse, a.ID == keymap.Sort:
			return m.whyOff()
		case a.ID == keymap.Open && m.focus == layout.Mirror:
			return "there is no more to show"
		}
	}
	if a.Writes {
		switch {
		case m.cfg.ReadOnly:
			return "read-only, by --read-only or the config file: nothing is changed"
		case m.snap == nil:
			return "Open vSwitch is not loaded yet"
		case m.snap.Stale():
			return "the connection to Open vSwitch is lost: " + m.snap.StaleReason
		}
	}
	row := m.bridges.selected()
	switch a.ID {
	case keymap.Egress, keymap.Ingress, keymap.Both:
		switch {
		case row == nil:
			return "there is no port"
		case row.port == nil:
			return "select a port first; this row is the whole bridge"
		}
	case keymap.Suspend:
		return m.whyNoSuspend()
	case keymap.Undo:
		switch {
		case len(m.undos) > 0:
		case len(m.log.entries) > 0:
			return "nothing is left to undo"
		default:
			return "nothing was changed yet"
		}
	case keymap.NewMirror, keymap.EditMirror, keymap.Output, keymap.Detach, keymap.DetachAll:
		return m.formUnavailable(a.ID)
	case keymap.Apply:
		return "it applies what a form shows; " + m.label(keymap.NewMirror) + " opens one"
	case keymap.AllMirrors:
		switch {
		case m.snap == nil:
			return "not connected to Open vSwitch yet"
		case len(m.snap.Mirrors()) == 0:
			return "no bridge has a mirror"
		}
	case keymap.NextMirror:
		switch b := m.bridge(); {
		case b == nil || len(b.Mirrors) == 0:
			return "there is no mirror on this bridge"
		case len(b.Mirrors) == 1:
			return "there is no other mirror on " + b.Name
		}
	case keymap.Copy, keymap.CopyHex:
		return m.uncopyable(a.ID == keymap.CopyHex)
	case keymap.Zoom:
		if c := m.layOut().Class; c != layout.Wide && c != layout.Normal {
			return "this pane has the whole screen already"
		}
	case keymap.NextHit, keymap.PrevHit:
		switch {
		case !stored(m.tap.store()):
			return "there are no packets"
		case m.packets.search == nil:
			return "nothing was looked for yet; " + m.label(keymap.Find) + " in the packets asks for a text"
		}
	case keymap.Suggest:
		if !m.packets.hasRows(m.tap.store()) {
			return "there are no packets to suggest filters from"
		}
	case keymap.Find, keymap.Sort:
		if a.ID == keymap.Find && (m.focus == layout.Packets || m.alone()) {
			if !stored(m.tap.store()) {
				return "there are no packets"
			}
			return ""
		}
		if row == nil {
			return "there is no port"
		}
	case keymap.Filter:
		return m.filterUnavailable()
	case keymap.Save:
		if why := m.whyMasked(); why != "" {
			return why
		}
		if !stored(m.tap.store()) {
			return "there are no packets to write"
		}
	case keymap.Pause, keymap.NextPacket, keymap.PrevPacket, keymap.Statistics, keymap.Conversations, keymap.Mark, keymap.Jump:
		if m.tap.store() == nil {
			return "there are no packets"
		}
	case keymap.Open:
		switch {
		case m.focus == layout.Ports && row == nil:
			return "there is nothing to open"
		case m.focus == layout.Mirror && m.mirror() == nil && !m.alone():
			return "there is no mirror to show"
		case m.focus == layout.Packets && !m.packets.hasRows(m.tap.store()):
			return "there are no packets"
		}
	case keymap.Expand, keymap.Collapse:
		if m.focus != layout.Ports {
			return "only bridges and bonds expand; they are in the ports pane"
		}
	default:
	}
	return ""
}

// stored reports whether there are packets in a store.
func stored(s *live.Store) bool {
	if s == nil {
		return false
	}
	first, next := s.Range()
	return first < next
}

// label is the first key of an action as it can be printed here.
func (m *model) label(id keymap.ID) string { return m.st.Say(m.keys.Key(id)) }

// say shows a message for a while.
func (m *model) say(text string) { m.toast.Show(m.hide(m.st.Say(text)), m.now().Add(toastTime)) }

// useless says that what was pressed does nothing in what lies on top of the panes.
// The keys that do something stand in the line below, where there is room for one.
func (m *model) useless() {
	text := "nothing happens on " + m.pressed + " here"
	if m.layOut().Keys.Empty() {
		text = m.keysOnTop()
	}
	m.say(text)
}
