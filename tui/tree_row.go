package tui

import (
	"slices"
	"strconv"
	"strings"

	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// treeLine is a row of the tree in exactly width cells; l is what it carries, nil
// while that is not known.
func (m *model) treeLine(r *treeRow, l *load, c treeColumns, width int, selected, focused bool) string {
	signs := m.st.Signs
	line := widget.NewLine(width, signs.Ellipsis)
	if selected {
		line.Over(m.st.Row(focused)).Put(m.st.Accent, signs.Cursor)
	} else {
		line.Space(1)
	}
	switch {
	case r.member != nil:
		m.memberLine(line, r, l, c)
	case r.port != nil:
		m.portLine(line, r, l, c)
	default:
		m.bridgeLine(line, r)
	}
	return line.String()
}

func (m *model) bridgeLine(line *widget.Line, r *treeRow) {
	b := r.bridge
	line.Put(m.st.Accent, m.foldSign(b.UUID)).Space(1).Put(m.st.Bold, b.Name)
	facts := []string{plural(len(b.Ports), "port")}
	if n := len(b.Mirrors); n > 0 {
		facts = append(facts, plural(n, "mirror"))
	}
	if b.DatapathType == "netdev" {
		facts = append(facts, b.DatapathType)
	}
	line.Space(2).Put(m.st.Dim, strings.Join(facts, ", "))
}

func (m *model) portLine(line *widget.Line, r *treeRow, l *load, c treeColumns) {
	p := r.port
	line.Space(1)
	if p.IsBond() {
		line.Put(m.st.Accent, m.foldSign(p.UUID))
	} else {
		line.Space(1)
	}
	sign, st := m.linkSign(p.Error(), p.LinkState())
	line.Put(st, sign).Space(1)
	if p.Owner.Lease != "" && p.Error() == "" && widget.Width(p.Name) > c.name-portIndent {
		note, st := m.note(r.bridge, p)
		line.Put(m.st.Text, m.hide(p.Name)).Space(2).Put(st, note)
		return
	}
	line.Col(m.st.Text, m.hide(p.Name), c.name-portIndent).Space(1)
	m.marks(line, r.bridge, p)
	vlan := m.st.Dim
	if p.Tag != nil || len(p.Trunks) > 0 {
		vlan = m.st.VLAN
	}
	line.Space(1).Col(vlan, vlanMode(p), c.vlan)
	if fault := p.Error(); fault != "" { // which carries nothing
		line.Space(1).Put(m.st.Bad, fault)
		return
	}
	m.rateCells(line, l, c)
	if c.kind > 0 {
		line.Space(1).Col(m.st.Dim, portType(r.bridge, p), c.kind-1)
		m.linkCell(line, p.LinkState(), linkSpeed(p.Interfaces), c)
	}
	if c.note > 0 {
		note, st := m.note(r.bridge, p)
		if c.kind > 0 && note == portType(r.bridge, p) {
			note = "" // there is a column for it
		}
		switch {
		case widget.Width(note) <= c.note:
		case strings.HasPrefix(note, "output of"):
			note = "output"
		case strings.Contains(p.Name, note):
			note = "" // what little there is room for is in the name
		}
		line.Space(1).Put(st, note)
	}
}

func (m *model) memberLine(line *widget.Line, r *treeRow, l *load, c treeColumns) {
	branch := m.st.Signs.Branch
	if r.last {
		branch = m.st.Signs.LastBranch
	}
	sign, st := m.linkSign(interfaceError(r.member), r.member.LinkState)
	line.Space(3).Put(m.st.Dim, branch).Put(st, sign).Space(1).Col(m.st.Text, m.hide(r.member.Name), c.name-memberIndent)
	line.Space(1).Space(c.marks).Space(1).Space(c.vlan)
	m.rateCells(line, l, c)
	if c.kind > 0 {
		line.Space(1).Col(m.st.Dim, orElse(r.member.Type, "system"), c.kind-1)
		m.linkCell(line, r.member.LinkState, r.member.LinkSpeed, c)
	}
	if c.note > 0 {
		text, st := m.linkNote(interfaceError(r.member), r.member.LinkState)
		line.Space(1).Put(st, text)
	}
}

// linkCell is a link's speed, or why there is none.
func (m *model) linkCell(line *widget.Line, state string, speed int, c treeColumns) {
	text, st := orElse(state, m.st.Signs.Dash), m.st.Dim
	switch {
	case state == "down":
		st = m.st.Warn
	case state == "up" && speed > 0:
		text = compact(float64(speed))
	}
	line.Space(1).ColRight(st, text, c.link-1)
}

// linkSpeed is the sum of what the links that are up can carry, in bit/s.
func linkSpeed(list []*ovs.Interface) int {
	sum := 0
	for _, i := range list {
		if i.LinkState == "up" {
			sum += i.LinkSpeed
		}
	}
	return sum
}

// portType is what kind of port one is.
func portType(b *ovs.Bridge, p *ovs.Port) string {
	switch {
	case p.Name == b.Name:
		return "local"
	case p.IsBond():
		return "bond"
	case len(p.Interfaces) == 1 && p.Interfaces[0].Type != "":
		return p.Interfaces[0].Type
	}
	return "system"
}

func (m *model) foldSign(id ovs.UUID) string {
	if m.bridges.folded[id] {
		return m.st.Signs.Collapsed
	}
	return m.st.Signs.Expanded
}

// linkSign is the one-cell state of a port or interface.
func (m *model) linkSign(fault, link string) (string, style.Style) {
	signs := m.st.Signs
	switch {
	case fault != "":
		return signs.Wrong, m.st.Bad
	case link == "up":
		return signs.Up, m.st.Good
	case link == "down":
		return signs.Down, m.st.Warn
	}
	return signs.Off, m.st.Dim
}

func (m *model) linkNote(fault, link string) (string, style.Style) {
	switch {
	case fault != "":
		return fault, m.st.Bad
	case link == "down":
		return "link down", m.st.Warn
	}
	return "", m.st.Dim
}

// note is the most important thing to know about a port: its error (F25), that
// it is a mirror's output, who is behind it, that its link is down, its type.
func (m *model) note(b *ovs.Bridge, p *ovs.Port) (string, style.Style) {
	if fault := p.Error(); fault != "" {
		return fault, m.st.Bad
	}
	for _, mirror := range b.Mirrors {
		if mirror.OutputPort != nil && mirror.OutputPort.UUID == p.UUID {
			if mirror.Name == p.Name {
				return "output", m.st.Dim
			}
			return "output of " + m.hide(mirror.Name), m.st.Dim
		}
	}
	if guest := p.GuestName(); guest != "" {
		return guest, m.st.Dim
	}
	if text, st := m.linkNote("", p.LinkState()); text != "" {
		return text, st
	}
	if kind := portType(b, p); kind != "system" {
		return kind, m.st.Dim
	}
	return "", m.st.Dim
}

// marks shows which directions of a port are copied: by the mirror on screen, or
// else, with other signs, by another mirror of the bridge.
func (m *model) marks(line *widget.Line, b *ovs.Bridge, p *ovs.Port) {
	signs := m.st.Signs
	shown := m.mirrorOf(b)
	mark := func(d ovs.Direction, sign, elsewhere string, st style.Style) {
		switch {
		case shown == nil:
			line.Space(widget.Width(sign))
		case shown.Selects(p.UUID, d):
			line.Put(st, sign)
		case slices.ContainsFunc(b.Mirrors, func(other *ovs.Mirror) bool { return other.Selects(p.UUID, d) }):
			line.Put(m.st.Elsewhere, elsewhere)
		default:
			line.Space(widget.Width(sign))
		}
	}
	mark(ovs.Egress, signs.From, signs.FromElse, m.st.Egress)
	mark(ovs.Ingress, signs.To, signs.ToElse, m.st.Ingress)
}

// vlanMode is a port's VLANs in a few cells: "10" for an access port, "trunk" or
// the VLANs it carries, "10+20,30" for a trunk with a native VLAN, "q10" for
// dot1q-tunnel.
func vlanMode(p *ovs.Port) string {
	tag := ""
	if p.Tag != nil {
		tag = strconv.Itoa(*p.Tag)
	}
	switch p.Mode() {
	case "access":
		return tag
	case "dot1q-tunnel":
		return "q" + tag
	case "native-tagged", "native-untagged":
		if len(p.Trunks) == 0 {
			return tag + "+all"
		}
		return tag + "+" + ovs.Ranges(p.Trunks)
	}
	if len(p.Trunks) == 0 {
		return "trunk"
	}
	return ovs.Ranges(p.Trunks)
}

// interfaceError is why one interface does not work, "" when it does (F25).
func interfaceError(i *ovs.Interface) string {
	return (&ovs.Port{Interfaces: []*ovs.Interface{i}}).Error()
}
