package tui

import (
	tea "charm.land/bubbletea/v2"

	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// linePrompt is a line below the packets that something is typed into: where to
// jump to, what to find. For filters there is filterPrompt.
type linePrompt struct {
	label string
	input widget.Input
	// check says what the text means, or what is wrong with it.
	check func(text string) (note string, err error)
	enter func(text string) tea.Cmd
}

// askLine opens a prompt below the packets.
func (m *model) askLine(p *linePrompt) {
	m.focus = layout.Packets
	m.packets.line = p
}

// typeLine gives a key to the prompt.
func (m *model) typeLine(msg tea.KeyPressMsg) tea.Cmd {
	p := m.packets.line
	switch key := msg.String(); {
	case key == "enter":
		if _, err := p.check(p.input.Text()); err != nil {
			m.say(err.Error())
			return nil
		}
		m.packets.line = nil
		return p.enter(p.input.Text())
	case key == "esc":
		m.packets.line = nil
	case msg.Text != "":
		p.input.Insert(msg.Text)
	case !p.input.Key(key):
		m.useless()
	}
	return nil
}

// viewLine is what is typed and, below it, what it means.
func (m *model) viewLine(width int) []string {
	p := m.packets.line
	tail := m.st.Signs.Ellipsis
	label := p.label + " "
	indent := 1 + widget.Width(label)
	text := widget.NewLine(indent, tail).Space(1).Put(m.st.Key, label).String() + p.input.Draw(max(1, width-indent), m.st)
	below := widget.NewLine(width, tail).Space(indent)
	note, err := p.check(p.input.Text())
	switch {
	case p.input.Text() == "":
		below.Put(m.st.Dim, m.st.Say(note))
	case err != nil:
		below.Put(m.st.Bad, m.st.Say(err.Error()))
	default:
		below.Put(m.st.Good, m.st.Say(note))
	}
	return []string{text, below.String()}
}
