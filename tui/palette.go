package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// helpGroups are the groups of actions, those of the focused pane first, and how
// many these are.
func (m *model) helpGroups() (groups []keymap.Group, own int) {
	switch m.focus {
	case layout.Ports:
		groups = []keymap.Group{keymap.Mirrors, keymap.Ports}
	case layout.Mirror:
		groups = []keymap.Group{keymap.Mirrors}
	case layout.Packets:
		groups = []keymap.Group{keymap.Packets}
	}
	own = len(groups)
	for _, g := range keymap.Groups() {
		if !slices.Contains(groups[:own], g) {
			groups = append(groups, g)
		}
	}
	return groups, own
}

// queryWords are the words that somebody looks for, in small letters.
func queryWords(text string) []string { return strings.Fields(strings.ToLower(text)) }

// mentions reports whether an action has all words in its name, keys, group or help.
func (m *model) mentions(a keymap.Action, words []string) bool {
	text := strings.ToLower(strings.Join(append(a.Labels(), string(a.ID), string(a.Group), a.Help, m.st.Say(a.Help)), " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// palettePage is every action by its name, with its key and why it is of no use
// now; enter does the selected one.
type palettePage struct {
	query widget.Input
	list  widget.List
	rows  int // on screen when it was last drawn
}

// whyLines are for why the selected action is of no use now.
const whyLines = 2

func (m *model) showPalette() { m.page = &palettePage{} }

// actions are those that match what was typed. One whose key or name it is comes
// first.
func (p *palettePage) actions(m *model) []keymap.Action {
	query := strings.TrimSpace(p.query.Text())
	words := queryWords(query)
	var exact, begins, rest []keymap.Action
	groups, _ := m.helpGroups()
	for _, g := range groups {
		for _, a := range m.keys.Actions() {
			switch {
			case a.Group != g || a.ID == keymap.Palette || !m.mentions(a, words):
			case query != "" && (string(a.ID) == query || slices.Contains(a.Labels(), query)):
				exact = append(exact, a)
			case query != "" && strings.HasPrefix(string(a.ID), strings.ToLower(query)):
				begins = append(begins, a)
			default:
				rest = append(rest, a)
			}
		}
	}
	return slices.Concat(exact, begins, rest)
}

func (p *palettePage) typing() bool { return true }

func (p *palettePage) typed(m *model, msg tea.KeyPressMsg, id keymap.ID) tea.Cmd {
	switch key := msg.String(); {
	case msg.Text != "":
		p.query.Insert(msg.Text)
		p.list.Cursor = 0
	case key == "enter":
		return p.take(m)
	case p.moves(m, id):
	case id == keymap.Close:
		m.page = nil
	case p.query.Key(key):
		p.list.Cursor = 0
	default:
		m.useless()
	}
	return nil
}

// moves moves the cursor, if the action is one that does.
func (p *palettePage) moves(m *model, id keymap.ID) bool {
	count, page := len(p.actions(m)), max(1, p.rows-1)
	delta, ok := map[keymap.ID]int{
		keymap.Up: -1, keymap.Down: 1, keymap.NextPane: 1, keymap.PrevPane: -1, keymap.PageUp: -page, keymap.PageDown: page,
	}[id]
	p.list.Move(delta, count, p.rows)
	return ok
}

// take does the selected action. One that is of no use now leaves the palette open
// and says why.
func (p *palettePage) take(m *model) tea.Cmd {
	all := p.actions(m)
	p.list.Clamp(len(all), p.rows)
	if len(all) == 0 {
		m.say("there is no such action")
		return nil
	}
	a := all[p.list.Cursor]
	if why := m.unavailable(a); why != "" {
		m.say(string(a.ID) + ": " + why)
		return nil
	}
	m.page = nil
	if cmd, ok := m.always(a.ID); ok {
		return cmd
	}
	return m.do(a)
}

// always is what actions do that work in every state of the screen.
func (m *model) always(id keymap.ID) (tea.Cmd, bool) {
	switch id {
	case keymap.Abort:
		return tea.Quit, true
	case keymap.Suspend:
		if why := m.whyNoSuspend(); why != "" {
			m.say(m.label(id) + ": " + why)
			return nil, true
		}
		return tea.Suspend, true
	case keymap.Redraw:
		return tea.ClearScreen, true
	default:
	}
	return nil, false
}

func (p *palettePage) tick(*model, time.Time) tea.Cmd { return nil }

// press is for what is not typed: nothing, for all of it is.
func (p *palettePage) press(*model, keymap.ID) tea.Cmd { return nil }

func (p *palettePage) keys(m *model) string {
	return m.label(keymap.Up) + m.label(keymap.Down) + " choose   " + m.label(keymap.Open) + " does it   " +
		m.label(keymap.Close) + " closes   type to search"
}

func (p *palettePage) view(m *model, width, height int) []string {
	inside := pageInside(width)
	if inside < 10 || height < 4+whyLines {
		return nil
	}
	all := p.actions(m)
	p.rows = max(1, height-4-whyLines)
	p.list.Clamp(len(all), p.rows)
	key, tail := 0, m.st.Signs.Ellipsis
	for _, a := range m.keys.Actions() { // of all, so that nothing jumps
		key = max(key, widget.Width(m.keysOf(a)))
	}
	key = min(key, inside/4)
	const label = "do "
	lines := []string{
		widget.NewLine(len(label), "").Put(m.st.Key, label).String() + p.query.Draw(inside-len(label), m.st),
		widget.Spaces(inside),
	}
	var reason string
	for i := p.list.Offset; i < min(len(all), p.list.Offset+p.rows); i++ {
		a := all[i]
		line := widget.NewLine(inside, tail)
		sign, text, note := " ", m.st.Text, ""
		why := m.unavailable(a)
		if why != "" {
			text, note = m.st.Dim, "  not now"
		}
		if i == p.list.Cursor {
			line.Over(m.st.Row(true))
			sign, reason = m.st.Signs.Cursor, why
		}
		line.Put(m.st.Accent, sign).Space(1).Col(m.st.Key, m.keysOf(a), key).Space(2)
		lines = append(lines, line.Col(text, m.st.Say(a.Help), line.Left()-len(note)).Put(m.st.Dim, note).String())
	}
	if len(all) == 0 {
		lines = append(lines, widget.NewLine(inside, tail).Put(m.st.Dim, "There is no such action.").String())
	}
	lines = fill(lines, inside, p.rows+2)
	if reason != "" {
		for _, l := range widget.Wrap("Not now: "+m.st.Say(reason)+".", inside) {
			lines = append(lines, widget.NewLine(inside, tail).Put(m.st.Warn, l).String())
		}
	}
	right := plural(len(all), "action")
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1,
		Title: m.st.TitleFocus.Render("Actions"), Right: m.st.Dim.Render(right), Content: fill(lines, inside, p.rows+2+whyLines),
	}
	return box.Draw(inside+4, p.rows+4+whyLines)
}

// keysOf are an action's keys as they can be printed here.
func (m *model) keysOf(a keymap.Action) string { return m.st.Say(strings.Join(a.Labels(), " ")) }
