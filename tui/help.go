package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// page is something on top of the panes that takes the keys until it is closed.
type page interface {
	// view draws it in at most width × height cells.
	view(m *model, width, height int) []string
	// press carries out an action, which may be unknown ("").
	press(m *model, id keymap.ID) tea.Cmd
	// keys says which keys do something.
	keys(m *model) string
	// tick lets it follow what changes by itself.
	tick(m *model, now time.Time) tea.Cmd
}

// typist is a page that is typed into: letters are text for it, not keys.
type typist interface {
	page
	// typing reports whether letters are text now.
	typing() bool
	// typed takes a key, or pasted text, with the action that it would do: none for
	// letters.
	typed(m *model, msg tea.KeyPressMsg, id keymap.ID) tea.Cmd
}

// typist is the page on top if it is being typed into, else nil.
func (m *model) typist() typist {
	if t, ok := m.page.(typist); ok && t.typing() {
		return t
	}
	return nil
}

// textPage is a text to scroll through: help, or something in full.
type textPage struct {
	title  string
	lines  []pageLine
	offset int
	height int // rows on screen when it was last drawn
}

// pageLine is "label  text"; either may be empty. drawn is a line instead that is
// ready, in the page's width.
type pageLine struct {
	label, text string
	style       style.Style
	drawn       string
}

func (p *textPage) add(label, text string, st style.Style) {
	p.lines = append(p.lines, pageLine{label: label, text: text, style: st})
}

func (p *textPage) tick(*model, time.Time) tea.Cmd { return nil }

// raw adds a line that has been drawn.
func (p *textPage) raw(line string) { p.lines = append(p.lines, pageLine{drawn: line}) }

func (p *textPage) keys(m *model) string {
	return m.label(keymap.Up) + m.label(keymap.Down) + " scroll   " + m.label(keymap.Close) + " closes"
}

// press scrolls or closes the page.
func (p *textPage) press(m *model, id keymap.ID) tea.Cmd {
	switch id {
	case keymap.Up:
		p.offset--
	case keymap.Down:
		p.offset++
	case keymap.PageUp:
		p.offset -= max(1, p.height-1)
	case keymap.PageDown, keymap.Pause:
		p.offset += max(1, p.height-1)
	case keymap.Top:
		p.offset = 0
	case keymap.Bottom:
		p.offset = farAway
	case keymap.Copy:
		return m.copy("this page, "+plural(len(p.lines), "line"), p.text(m))
	case keymap.Close, keymap.Open, keymap.Quit, keymap.Help:
		m.page = nil
	default:
		m.useless()
	}
	return nil
}

// pageInside is how many cells a page of text has inside its frame.
func pageInside(width int) int { return min(width-4, 110) }

func (p *textPage) view(m *model, width, height int) []string {
	inside := pageInside(width)
	if inside < 10 || height < 4 {
		return nil
	}
	label := 0
	for _, l := range p.lines {
		if l.text != "" {
			label = max(label, widget.Width(l.label))
		}
	}
	label = min(label, inside/2)
	tail := m.st.Signs.Ellipsis
	var lines []string
	for _, l := range p.lines {
		if l.drawn != "" {
			lines = append(lines, l.drawn)
			continue
		}
		if l.text == "" {
			lines = append(lines, widget.NewLine(inside, tail).Put(l.style, l.label).String())
			continue
		}
		for i, part := range widget.Wrap(l.text, inside-label-2) {
			line := widget.NewLine(inside, tail)
			if i == 0 {
				line.Col(m.st.Key, l.label, label).Space(2)
			} else {
				line.Space(label + 2)
			}
			lines = append(lines, line.Put(l.style, part).String())
		}
	}
	p.height = min(height-2, len(lines))
	p.offset = max(0, min(p.offset, len(lines)-p.height))
	right := m.label(keymap.Close) + " closes"
	if p.height < len(lines) {
		right = fmt.Sprintf("%d-%d of %d, %s", p.offset+1, p.offset+p.height, len(lines), right)
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1,
		Title: m.st.TitleFocus.Render(widget.Cut(p.title, inside/2, tail)), Right: m.st.Dim.Render(right),
		Content: lines[p.offset : p.offset+p.height],
	}
	return box.Draw(inside+4, p.height+2)
}

// helpPage lists every action with its keys, and why it is of no use now: those
// of the focused pane first. What is typed narrows it down.
type helpPage struct {
	textPage
	below page // comes back when help is closed
	query widget.Input
}

func (m *model) showHelp() { m.page = &helpPage{textPage: textPage{title: "Help"}, below: m.page} }

func (p *helpPage) typing() bool { return true }

// typed narrows the list down by letters; without any, the keys that open help and
// quit close it.
func (p *helpPage) typed(m *model, msg tea.KeyPressMsg, id keymap.ID) tea.Cmd {
	blank := p.query.Text() == ""
	if a, ok := m.keys.Lookup(msg.String()); ok && blank {
		switch a.ID {
		case keymap.Help, keymap.Quit, keymap.Pause:
			id = a.ID
		default:
		}
	}
	switch {
	case id == keymap.Close && !blank:
		p.query.Set("")
	case msg.Text != "" && id == "":
		p.query.Insert(msg.Text)
	case id == "" || !blank && msg.String() == "backspace":
		p.query.Key(msg.String())
	default:
		return p.press(m, id)
	}
	p.offset = 0
	return nil
}

func (p *helpPage) press(m *model, id keymap.ID) tea.Cmd {
	cmd := p.textPage.press(m, id)
	if m.page == nil {
		m.page = p.below
	}
	return cmd
}

func (p *helpPage) keys(m *model) string { return p.textPage.keys(m) + "   type to search" }

func (p *helpPage) view(m *model, width, height int) []string {
	p.lines = nil
	if p.query.Text() != "" {
		const label = "search "
		if room := pageInside(width) - len(label); room > 0 {
			p.raw(widget.NewLine(len(label), "").Put(m.st.Key, label).String() + p.query.Draw(room, m.st))
		}
	}
	p.fill(m)
	return p.textPage.view(m, width, height)
}

// fill lists what matches the query.
func (p *helpPage) fill(m *model) {
	words := queryWords(p.query.Text())
	heading := func(text string) {
		if len(p.lines) > 0 {
			p.add("", "", m.st.Text)
		}
		p.add(text, "", m.st.Title)
	}
	if p.below != nil && len(words) == 0 {
		heading("This page")
		p.add(p.below.keys(m), "", m.st.Text)
	}
	groups, own := m.helpGroups()
	for i, g := range groups {
		first := true
		for _, a := range m.keys.Actions() {
			if a.Group != g || len(a.Keys) == 0 || !m.mentions(a, words) {
				continue
			}
			switch {
			case first && i < own && p.below == nil:
				heading(string(g) + ": the focused pane")
			case first:
				heading(string(g))
			}
			first = false
			text, st := m.st.Say(a.Help), m.st.Text
			if why := m.unavailable(a); why != "" && g != keymap.Moving {
				text, st = text+" (not now: "+m.st.Say(why)+")", m.st.Dim
			}
			p.add(m.st.Say(strings.Join(a.Labels(), " ")), text, st)
		}
	}
	if len(words) > 0 {
		if len(p.lines) == 1 {
			p.add("Nothing has these words in it.", "", m.st.Dim)
		}
		return
	}
	signs := m.st.Signs
	heading("Signs")
	for _, s := range [][2]string{
		{signs.From + " " + signs.To, "the mirror on screen copies what the guest sends, or receives"},
		{signs.FromElse + " " + signs.ToElse, "another mirror of the bridge does"},
		{signs.Up + " " + signs.Down + " " + signs.Wrong + " " + signs.Off, "link up, link down, does not work, not known"},
		{"10", "access port in VLAN 10; \"trunk\" carries all, \"10,20\" these, \"10+20\" VLAN 10 is native, \"q10\" dot1q-tunnel"},
		{"100.10", "a packet's VLAN tags, outermost first; /p5 priority, /d drop eligible, 88a8: another TPID than 8100"},
	} {
		p.add(s[0], s[1], m.st.Text)
	}
	if m.cfg.Version != "" {
		p.add("", "", m.st.Text)
		p.add("ovscope "+m.cfg.Version, "", m.st.Dim)
	}
}
