package tui

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/live/filter"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// suggestion is a filter made from a packet.
type suggestion struct {
	label string
	text  string
	not   bool // it hides the packet
}

// suggestPage offers filters made from the selected packet.
type suggestPage struct {
	list   widget.List
	packet live.Packet
	all    []suggestion
	narrow bool // both the filter in force and the chosen one
}

// showSuggestions opens the page for the packet under the cursor.
func (m *model) showSuggestions() {
	s := m.tap.store()
	m.packets.pause(s, m.packetRows())
	seq, ok := m.packets.selected(s)
	if ok {
		var p live.Packet
		if p, ok = s.Read(seq, nil); ok {
			page := &suggestPage{packet: p, narrow: m.packets.filter != nil}
			page.all = suggestions(&p)
			m.page = page
			return
		}
	}
	m.say("this packet has been overwritten by newer ones")
}

// suggestions are the filters that a packet suggests, each of which finds it, or
// hides it.
func suggestions(p *live.Packet) []suggestion {
	var list []suggestion
	add := func(not bool, label, text string) {
		f, err := filter.Parse(text)
		if text != "" && err == nil && f.Match(p.Data, p.Length) != not {
			list = append(list, suggestion{label, text, not})
		}
	}
	c, vlans, ok := p.Conversation()
	if !ok {
		return nil
	}
	from, to := c.A, c.B
	if src, _ := p.Addresses(); src.IsValid() {
		if from.IP != src {
			from, to = to, from
		}
	} else if from.MAC != [6]byte(p.Data[6:12]) {
		from, to = to, from
	}
	conversation := conversationFilter(c, vlans)
	add(false, "this conversation", conversation)
	add(false, "this host, the sender", hostFilter(from))
	add(false, "this host, the receiver", hostFilter(to))
	for _, port := range []uint16{min(c.APort, c.BPort), max(c.APort, c.BPort)} {
		if port != 0 {
			add(false, "this port", fmt.Sprintf("port %d", port))
		}
	}
	kind := protocolFilter(c.Protocol)
	if kind == "" && p.Headers.EtherType != 0 {
		kind = etherTypeFilter(c.Protocol, live.VLANs{})
	}
	add(false, "this protocol", kind)
	if vlans.Tags > 0 {
		add(false, "this VLAN", strings.Join(vlanTerms(vlans), " and "))
		add(false, "this outer VLAN", vlanTerms(vlans)[0])
	} else {
		add(false, "without a VLAN tag", "not vlan")
	}
	if src, dst := p.Addresses(); src.IsValid() {
		for _, a := range []netip.Addr{src, dst} {
			add(false, "this network", "net "+network(a).String())
		}
	}
	add(true, "not this conversation", "not ("+conversation+")")
	add(true, "not this host, the sender", "not "+hostFilter(from))
	add(true, "not this host, the receiver", "not "+hostFilter(to))
	add(true, "not this protocol", "not "+kind)
	if vlans.Tags > 0 {
		add(true, "not this VLAN", "not "+vlanTerms(vlans)[0])
		add(true, "only without a VLAN tag", "not vlan")
	} else {
		add(true, "only with a VLAN tag", "vlan")
	}
	return unlike(list)
}

// network is an address's /24 or /64.
func network(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	return p
}

// unlike drops suggestions whose filter is there already.
func unlike(list []suggestion) []suggestion {
	seen := map[string]bool{}
	kept := list[:0]
	for _, s := range list {
		if !seen[s.text] {
			seen[s.text] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// filter is what choosing a suggestion comes to; false when it cannot be joined
// with the one in force, and stands alone.
//
// In this language a vlan moves on what stands to its right, so which comes first
// matters: the packet itself tells.
func (p *suggestPage) filter(m *model, s *suggestion) (text string, joined bool) {
	if !p.narrow || m.packets.filter == nil {
		return s.text, true
	}
	old := strings.TrimSpace(m.packets.filter.String())
	tagged := strings.Contains(s.text, "vlan") || strings.Contains(old, "vlan")
	if s.not {
		if tagged {
			return s.text, false
		}
		return brackets(old) + " and " + s.text, true
	}
	for _, text := range []string{brackets(old) + " and " + s.text, s.text + " and " + brackets(old)} {
		if f, err := filter.Parse(text); err == nil && f.Match(p.packet.Data, p.packet.Length) {
			return text, true
		}
	}
	return s.text, false
}

// brackets are put around what has an "or" in it.
func brackets(text string) string {
	if strings.Contains(text, "or") || strings.Contains(text, "|") {
		return "(" + text + ")"
	}
	return text
}

func (p *suggestPage) press(m *model, id keymap.ID) tea.Cmd {
	n := len(p.all)
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
		if m.packets.filter == nil {
			m.say("there is no filter in force to keep")
			return nil
		}
		p.narrow = !p.narrow
	case keymap.Open, keymap.Filter:
		if p.list.Cursor >= n {
			m.say("this packet suggests nothing")
			return nil
		}
		text, _ := p.filter(m, &p.all[p.list.Cursor])
		m.page = nil
		if id == keymap.Filter {
			m.askFilter()
			m.packets.prompt.input.Set(text)
			m.packets.prompt.check()
			return nil
		}
		f, err := filter.Parse(text)
		if err != nil {
			m.say("the filter is not changed: " + err.Error())
			return nil
		}
		m.focus = layout.Packets
		return m.applyFilter(f)
	case keymap.Close, keymap.Quit, keymap.Suggest:
		m.page = nil
	default:
		m.useless()
	}
	return nil
}

func (p *suggestPage) keys(m *model) string {
	text := fmt.Sprintf("%s choose   %s applies   %s edits it first", m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.Open), m.label(keymap.Filter))
	if m.packets.filter != nil {
		text += fmt.Sprintf("   %s instead or narrower", m.label(keymap.Pause))
	}
	return text + "   " + m.label(keymap.Close) + " closes"
}

func (p *suggestPage) view(m *model, width, height int) []string {
	inside := min(width-4, 112)
	rows := min(height-2, max(1, len(p.all)))
	if inside < 20 || rows < 1 {
		return nil
	}
	tail := m.st.Signs.Ellipsis
	p.list.Clamp(len(p.all), rows)
	var lines []string
	bottom := "instead of the filter in force"
	if m.packets.filter == nil {
		bottom = "" // there is none
	}
	for i := p.list.Offset; i < min(len(p.all), p.list.Offset+rows); i++ {
		s := &p.all[i]
		line := widget.NewLine(inside, tail)
		if i == p.list.Cursor {
			line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
			if _, joined := p.filter(m, s); p.narrow && joined {
				bottom = "and " + strings.TrimSpace(m.packets.filter.String()) + ", the filter in force"
			} else if p.narrow {
				bottom = "instead of the filter in force: VLANs cannot be joined with it"
			}
		} else {
			line.Space(1)
		}
		line.Col(m.st.Dim, s.label, min(28, inside/2)).Space(1).Put(m.st.Text, s.text)
		lines = append(lines, line.String())
	}
	if len(p.all) == 0 {
		lines = append(lines, widget.NewLine(inside, tail).Put(m.st.Dim, "This packet was cut in its addresses; it suggests nothing.").String())
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1, Content: lines,
		Title:  m.st.TitleFocus.Render(widget.Cut("Filters from packet "+count(p.packet.Seq+1), inside-4, tail)),
		Bottom: m.st.Text.Render(widget.Cut(bottom, inside-2, tail)),
	}
	return box.Draw(inside+4, rows+2)
}

func (p *suggestPage) tick(*model, time.Time) tea.Cmd { return nil }
