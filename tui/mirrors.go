package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// mirrorsPage lists the mirrors of all bridges, with what is known of the selected
// one below; enter goes there.
type mirrorsPage struct {
	at     ovs.UUID // the selected mirror
	list   widget.List
	height int // rows on screen when it was last drawn
}

func (m *model) showMirrors() {
	p := &mirrorsPage{height: 1}
	if mirror := m.mirror(); mirror != nil {
		p.at = mirror.UUID
	}
	m.page = p
}

// hostMirror is a mirror and the bridge it is on.
type hostMirror struct {
	*ovs.Mirror
	on *ovs.Bridge
}

// mirrors are those of all bridges, with the selected one found again.
func (p *mirrorsPage) mirrors(m *model) []hostMirror {
	var all []hostMirror
	for _, b := range m.snap.Bridges {
		for _, mirror := range b.Mirrors {
			if mirror.UUID == p.at {
				p.list.Cursor = len(all)
			}
			all = append(all, hostMirror{mirror, b})
		}
	}
	p.list.Clamp(len(all), p.height)
	if len(all) > 0 {
		p.at = all[p.list.Cursor].UUID
	}
	return all
}

func (p *mirrorsPage) press(m *model, id keymap.ID) tea.Cmd {
	all := p.mirrors(m)
	move := func(delta int) {
		p.list.Move(delta, len(all), p.height)
		if len(all) > 0 {
			p.at = all[p.list.Cursor].UUID
		}
	}
	switch id {
	case keymap.Up:
		move(-1)
	case keymap.Down:
		move(1)
	case keymap.PageUp:
		move(-max(1, p.height-1))
	case keymap.PageDown:
		move(max(1, p.height-1))
	case keymap.Top:
		move(-farAway)
	case keymap.Bottom:
		move(farAway)
	case keymap.Open:
		if len(all) > 0 {
			return m.goTo(all[p.list.Cursor])
		}
	case keymap.Close, keymap.Quit, keymap.AllMirrors:
		m.page = nil
	case keymap.Help:
		m.showHelp()
	default:
		m.useless()
	}
	return nil
}

// goTo shows a mirror: on its bridge, with the cursor on its first source.
func (m *model) goTo(mirror hostMirror) tea.Cmd {
	m.page = nil
	m.choose(mirror.Mirror)
	row := treeRow{bridge: mirror.on}
	for _, source := range mirror.Sources() {
		if port := mirror.on.Port(source.Port); port != nil {
			row.port = port
			break
		}
	}
	m.bridges.reveal(row)
	m.focus = layout.Mirror
	return m.retarget()
}

func (p *mirrorsPage) keys(m *model) string {
	return m.label(keymap.Up) + m.label(keymap.Down) + " mirrors   " + m.label(keymap.Open) + " go to it   " + m.label(keymap.Close) + " back"
}

func (p *mirrorsPage) tick(*model, time.Time) tea.Cmd { return nil }

func (p *mirrorsPage) view(m *model, width, height int) []string {
	inside := min(width-4, 150)
	if inside < 20 || height < 4 {
		return nil
	}
	all := p.mirrors(m)
	tail := m.st.Signs.Ellipsis
	var below []string // what is known of the selected one
	if len(all) > 0 && height >= 12 {
		mirror := all[p.list.Cursor].Mirror
		below = append(below, widget.Spaces(inside))
		below = append(below, m.mirrorState(mirror, inside, 2)...)
		below = append(below, m.mirrorFacts(mirror, inside)[:factLines-1]...) // but for what is seen here
	}
	room := height - 2 - 1 - len(below)
	p.height = min(room, max(1, len(all)))
	p.list.Clamp(len(all), p.height)
	c := mirrorColumnsFor(inside, all)
	lines := []string{c.heading(m, inside)}
	if len(all) == 0 {
		lines = append(lines, widget.NewLine(inside, tail).Put(m.st.Dim, "No bridge has a mirror any more.").String())
	}
	for i := p.list.Offset; i < min(len(all), p.list.Offset+p.height); i++ {
		lines = append(lines, c.row(m, all[i], inside, i == p.list.Cursor))
	}
	lines = append(lines, below...)
	right := m.label(keymap.Close) + " closes"
	if len(all) > p.height {
		right = fmt.Sprintf("%d of %d, %s", p.list.Cursor+1, len(all), right)
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1,
		Title:   m.st.TitleFocus.Render(widget.Cut(m.st.Say("All mirrors of "+orElse(m.hostname(), "this host")), inside/2, tail)),
		Right:   m.st.Dim.Render(right),
		Bottom:  m.st.Dim.Render(widget.Cut("packets a second by OVS's counters, every "+m.snap.StatsInterval.String(), inside-4, tail)),
		Content: lines,
	}
	return box.Draw(inside+4, len(lines)+2)
}

// mirrorColumns are the widths of the page's columns in cells; those that are 0 are
// left out.
type mirrorColumns struct{ gap, bridge, name, whose, state, rate, sources, output int }

func mirrorColumnsFor(width int, all []hostMirror) mirrorColumns {
	c := mirrorColumns{gap: 2, bridge: 6, name: 6, whose: 7, state: widget.Width(string(stateNotDelivering)), rate: 9}
	bridge, name, whose := 0, 0, 0
	for _, mirror := range all {
		bridge = max(bridge, widget.Width(mirror.on.Name))
		name = max(name, widget.Width(mirror.Name))
		whose = max(whose, widget.Width(whoseInShort(mirror.Owner)))
	}
	c.name = min(max(c.name, name), max(12, width/4))
	c.bridge = min(max(c.bridge, bridge), max(6, width/8))
	c.whose = min(max(c.whose, whose), max(7, width/6))
	const signs, ends = 3, 12 // the cursor and the sign before, and least for sources and output
	used := signs + c.bridge + c.whose + c.state + c.rate + 4*c.gap
	if rest := width - used - c.name - c.gap - 1; rest >= 2*ends {
		c.sources = rest * 3 / 5
		c.output = rest - c.sources
		return c
	}
	c.gap = 1
	c.name = min(c.name, max(8, width-used+4))
	return c
}

func (c mirrorColumns) heading(m *model, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Space(3)
	line.Col(m.st.Dim, "bridge", c.bridge).Space(c.gap).Col(m.st.Dim, "mirror", c.name).Space(c.gap).Col(m.st.Dim, "whose", c.whose).Space(c.gap)
	line.Col(m.st.Dim, "state", c.state).Space(c.gap).ColRight(m.st.Dim, "packets/s", c.rate)
	if c.sources > 0 {
		line.Space(c.gap).Col(m.st.Dim, "sources", c.sources).Space(1).Put(m.st.Dim, "output")
	}
	return line.String()
}

func (c mirrorColumns) row(m *model, mirror hostMirror, width int, chosen bool) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	if chosen {
		line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
	} else {
		line.Space(1)
	}
	v := m.verdict(mirror.Mirror)
	line.Put(v.style, v.sign).Space(1)
	line.Col(m.st.Text, mirror.on.Name, c.bridge).Space(c.gap).Col(m.st.Bold, mirror.Name, c.name).Space(c.gap)
	line.Col(m.st.Dim, whoseInShort(mirror.Owner), c.whose).Space(c.gap)
	line.Col(v.style, string(v.state), c.state).Space(c.gap)
	rate := m.st.Signs.Dash
	if pps, known := m.mirrorRates.rate(mirror.UUID, m.snap, m.now()); known {
		rate = packetRate(pps)
	}
	line.ColRight(m.st.Text, rate, c.rate)
	if c.sources > 0 {
		line.Space(c.gap).Col(m.st.Text, m.st.Say(orElse(mirror.SourcesText(), "none")), c.sources).Space(1).Put(m.st.Text, m.outputText(mirror.Mirror))
	}
	return line.String()
}
