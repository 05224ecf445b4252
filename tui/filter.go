package tui

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live/filter"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// filterPrompt is the line that a filter is typed into. The one in force stays so
// until a valid one is confirmed.
type filterPrompt struct {
	input widget.Input
	err   *filter.SyntaxError // of what has been typed; nil when it is valid
	// at is where in the history the text comes from; draft is what was typed
	// before going there.
	at    int
	draft string
}

// promptLines is what the prompt takes of the packets pane.
const promptLines = 2

// maxFilters bounds the history of filters.
const maxFilters = 100

// askFilter opens the prompt with the filter in force.
func (m *model) askFilter() {
	p := &m.packets
	m.focus = layout.Packets
	p.prompt = &filterPrompt{at: len(p.history)}
	if p.filter != nil {
		p.prompt.input.Set(p.filter.String())
	}
	p.prompt.check()
}

func (f *filterPrompt) check() {
	_, err := filter.Parse(f.input.Text())
	f.err = nil
	if err != nil && !errors.As(err, &f.err) {
		f.err = &filter.SyntaxError{Column: 1, Expected: err.Error()}
	}
}

// recall puts the filter before (-1) or after (1) in the history into the prompt.
func (f *filterPrompt) recall(history []string, step int) {
	to := f.at + step
	if to < 0 || to > len(history) {
		return
	}
	if f.at == len(history) {
		f.draft = f.input.Text()
	}
	f.at = to
	if to == len(history) {
		f.input.Set(f.draft)
	} else {
		f.input.Set(history[to])
	}
}

// typeFilter gives a key to the prompt.
func (m *model) typeFilter(msg tea.KeyPressMsg) tea.Cmd {
	p := &m.packets
	f := p.prompt
	switch key := msg.String(); {
	case key == "enter":
		return m.setFilter()
	case key == "esc":
		p.prompt = nil
		return nil
	case key == "up":
		f.recall(p.history, -1)
	case key == "down":
		f.recall(p.history, 1)
	case msg.Text != "":
		f.input.Insert(msg.Text)
	case !f.input.Key(key):
		m.useless()
	}
	f.check()
	return nil
}

func (m *model) promptKeys() string {
	return m.st.Say("enter applies, esc cancels, ↑↓ earlier ones; empty shows all")
}

// setFilter puts what was typed in force, if it is valid.
func (m *model) setFilter() tea.Cmd {
	p := &m.packets
	f, err := filter.Parse(p.prompt.input.Text())
	if err != nil {
		m.say("the filter is not changed: " + err.Error())
		return nil
	}
	p.prompt = nil
	return m.applyFilter(f)
}

func (m *model) applyFilter(f *filter.Filter) tea.Cmd {
	p := &m.packets
	text := f.String()
	p.filter, p.matches, p.visible, p.shown = f, nil, nil, 0
	if isBlank(text) {
		p.filter = nil
		return nil
	}
	p.history = slices.DeleteFunc(p.history, func(old string) bool { return old == text })
	p.history = append(p.history, text)
	p.history = p.history[max(0, len(p.history)-maxFilters):]
	return m.scan()
}

func isBlank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
	}
	return true
}

// viewPrompt is the filter that is typed and, below it, what is wrong with it.
func (m *model) viewPrompt(width int) []string {
	f := m.packets.prompt
	switch {
	case m.packets.line != nil:
		return m.viewLine(width)
	case f == nil:
		return nil
	}
	const label = "filter "
	tail := m.st.Signs.Ellipsis
	room := max(1, width-1-len(label))
	text := widget.NewLine(1+len(label), tail).Space(1).Put(m.st.Key, label).String() + f.input.Draw(room, m.st)
	below := widget.NewLine(width, tail).Space(1 + len(label))
	switch {
	case f.err == nil && isBlank(f.input.Text()):
		below.Put(m.st.Dim, "all packets")
	case f.err == nil:
		below.Put(m.st.Good, "valid")
	default:
		at, ok := f.input.Cell(f.err.Column - 1)
		why := "column " + count(uint64(f.err.Column)) + ": expected " + f.err.Expected
		if !ok {
			below.Put(m.st.Bad, why)
			break
		}
		below.Put(m.st.Bad, widget.Caret(at, why, below.Left(), tail))
	}
	return []string{text, below.String()}
}

// scannedMsg is what a filter has found in a part of the store.
type scannedMsg struct {
	generation int
	from, to   uint64
	found      []uint64
}

// scan lets the filter look at the next packets, unless it is at it.
func (m *model) scan() tea.Cmd {
	p, s := &m.packets, m.tap.store()
	if p.filter == nil || s == nil {
		return nil
	}
	first, next := s.Range()
	if p.matches == nil {
		m.scans++
		p.matches = &matches{want: p.filter, generation: m.scans, low: next, high: next}
	}
	x := p.matches
	if x.scanning {
		return nil
	}
	from, to := x.next(first, next)
	if from >= to {
		return nil
	}
	x.scanning = true
	want, generation := x.want, x.generation
	return func() tea.Msg {
		return scannedMsg{generation, from, to, scan(s, want, from, to)}
	}
}

func (m *model) onScanned(msg scannedMsg) tea.Cmd {
	p, s := &m.packets, m.tap.store()
	x := p.matches
	if x == nil || x.generation != msg.generation || s == nil {
		return nil
	}
	x.scanning = false
	older := msg.from != x.high
	x.scanned(msg.from, msg.to, msg.found)
	first, next := s.Range()
	if p.paused && len(p.visible) > 0 {
		x.forget(first, p.visible[0], p.visible[len(p.visible)-1])
	} else {
		x.forget(first, next, next)
	}
	var drawing tea.Cmd
	if older || p.paused || p.due(m.now(), s) {
		drawing = m.changed()
	}
	if x.low > first || x.behind(first, next) >= scanChunk {
		return tea.Batch(m.scan(), drawing)
	}
	return drawing // the rest waits for the next tick
}

// filterUnavailable is why there is nothing to filter now.
func (m *model) filterUnavailable() string {
	if m.tap.store() == nil && m.packets.filter == nil {
		return "there are no packets; select a port and press " + m.label(keymap.Both)
	}
	return ""
}
