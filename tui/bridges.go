package tui

import (
	"slices"
	"strconv"
	"strings"

	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// bridgesPane is the tree of bridges, their ports, and the members of bonds.
type bridgesPane struct {
	list widget.List
	rows []treeRow
	// folded are the bridges and bonds whose children are not shown.
	folded map[ovs.UUID]bool
	snap   *ovs.Snapshot
	// nameWidth is what the longest name takes with its indentation.
	nameWidth, vlanWidth int
	// needs is how many cells the widest row has taken so far; it only grows, so
	// that nothing jumps.
	needs int
}

// treeRow is one row: a bridge, a port of it, or a member of a bond.
type treeRow struct {
	bridge *ovs.Bridge
	port   *ovs.Port      // nil on a bridge's row
	member *ovs.Interface // nil but on a bond member's row
	last   bool           // the bond's last member
}

func (r *treeRow) expandable() bool {
	return r != nil && (r.port == nil || r.member == nil && r.port.IsBond())
}

// id is the row's object, by which the cursor finds it again.
func (r *treeRow) id() ovs.UUID {
	switch {
	case r.member != nil:
		return r.member.UUID
	case r.port != nil:
		return r.port.UUID
	}
	return r.bridge.UUID
}

// parent is what the row is folded into.
func (r *treeRow) parent() ovs.UUID {
	switch {
	case r.member != nil:
		return r.port.UUID
	case r.port != nil && r.port.IsBond():
		return r.port.UUID
	}
	return r.bridge.UUID
}

// setSnapshot rebuilds the rows, unless only counters are new, and keeps the
// cursor on what it was on.
func (p *bridgesPane) setSnapshot(s *ovs.Snapshot) {
	same := p.snap != nil && slices.Equal(p.snap.Bridges, s.Bridges)
	p.snap = s
	if !same {
		p.rebuild()
	}
}

func (p *bridgesPane) rebuild() {
	var at ovs.UUID
	if row := p.selected(); row != nil {
		at = row.id()
	}
	p.rows = p.rows[:0]
	p.nameWidth, p.vlanWidth = 0, 0
	note := 0
	for _, b := range p.snap.Bridges {
		p.rows = append(p.rows, treeRow{bridge: b})
		p.nameWidth = max(p.nameWidth, bridgeIndent+widget.Width(b.Name))
		for _, port := range b.Ports {
			if port.Owner.Lease == "" { // our own come and go, and must not move the columns
				p.nameWidth = max(p.nameWidth, portIndent+widget.Width(port.Name))
				p.vlanWidth = max(p.vlanWidth, widget.Width(vlanMode(port)))
				note = max(note, min(widget.Width(port.GuestName()), maxNote))
			}
			if p.folded[b.UUID] {
				continue
			}
			p.rows = append(p.rows, treeRow{bridge: b, port: port})
			if !port.IsBond() || p.folded[port.UUID] {
				continue
			}
			for i, member := range port.Interfaces {
				p.nameWidth = max(p.nameWidth, memberIndent+widget.Width(member.Name))
				p.rows = append(p.rows, treeRow{b, port, member, i == len(port.Interfaces)-1})
			}
		}
	}
	const gaps = 1 + 1 + 2 + 1 + 1 // the cursor's cell, gaps, two arrows
	p.needs = max(p.needs, p.nameWidth+min(p.vlanWidth, maxVLAN)+note+gaps)
	if at != "" {
		if i := slices.IndexFunc(p.rows, func(r treeRow) bool { return r.id() == at }); i >= 0 {
			// What is selected stays where it is on screen.
			p.list.Offset += i - p.list.Cursor
			p.list.Cursor = i
		}
	}
	p.list.Clamp(len(p.rows), 0)
}

// selected is the row under the cursor, nil when there is none.
func (p *bridgesPane) selected() *treeRow {
	if p.list.Cursor < 0 || p.list.Cursor >= len(p.rows) {
		return nil
	}
	return &p.rows[p.list.Cursor]
}

// toggle expands or collapses the selected bridge or bond.
func (p *bridgesPane) toggle() {
	if row := p.selected(); row.expandable() {
		p.fold(!p.folded[row.id()])
	}
}

// fold collapses or expands what the selected row belongs to.
func (p *bridgesPane) fold(folded bool) {
	row := p.selected()
	if row == nil {
		return
	}
	id := row.id()
	if folded && (!row.expandable() || p.folded[id]) {
		id = row.parent()
		if row.member == nil && p.folded[id] {
			id = row.bridge.UUID
		}
	}
	if p.folded == nil {
		p.folded = map[ovs.UUID]bool{}
	}
	p.folded[id] = folded
	if folded {
		if i := slices.IndexFunc(p.rows, func(r treeRow) bool { return r.id() == id }); i >= 0 {
			p.list.Cursor = i
		}
	}
	p.rebuild()
}

// What columns of the tree ask for at most, in cells.
const (
	maxVLAN = 9
	maxNote = 16
)

// Cells before a name: signs and indentation.
const (
	bridgeIndent = 2
	portIndent   = 4
	memberIndent = 6
)

// treeColumns are the widths of the tree's columns in cells.
type treeColumns struct{ name, marks, vlan, note int }

func (m *model) treeColumns(width int) treeColumns {
	signs := m.st.Signs
	c := treeColumns{marks: widget.Width(signs.From) + widget.Width(signs.To)}
	c.vlan = min(max(2, m.bridges.vlanWidth), maxVLAN)
	if width < 40 {
		c.vlan = min(c.vlan, 6)
	}
	rest := width - 1 - 1 - c.marks - 1 - c.vlan // the cursor's cell and the gaps
	c.name = min(max(8, m.bridges.nameWidth), max(8, rest))
	if c.name > 20 && rest-c.name < 12 { // long names leave room for a guest's
		c.name = max(20, rest-12)
	}
	c.note = max(0, rest-c.name-1)
	return c
}

func (m *model) viewBridges(width, height int, focused bool) []string {
	p := &m.bridges
	lines := make([]string, 0, height)
	if len(p.rows) == 0 {
		for _, l := range widget.Wrap(m.noBridges(), width-2) {
			lines = append(lines, widget.NewLine(width, "").Space(1).Put(m.st.Dim, l).String())
		}
		return fill(lines, width, height)
	}
	p.list.Clamp(len(p.rows), height)
	columns := m.treeColumns(width)
	for i := p.list.Offset; i < min(len(p.rows), p.list.Offset+height); i++ {
		lines = append(lines, m.treeLine(&p.rows[i], columns, width, i == p.list.Cursor, focused))
	}
	return fill(lines, width, height)
}

func (m *model) noBridges() string {
	if m.snap == nil {
		return "Connecting to Open vSwitch" + m.st.Signs.Ellipsis
	}
	return "This Open vSwitch has no bridges."
}

func (m *model) treeLine(r *treeRow, c treeColumns, width int, selected, focused bool) string {
	signs := m.st.Signs
	line := widget.NewLine(width, signs.Ellipsis)
	if selected {
		line.Over(m.st.Row(focused)).Put(m.st.Accent, signs.Cursor)
	} else {
		line.Space(1)
	}
	switch {
	case r.member != nil:
		m.memberLine(line, r, c)
	case r.port != nil:
		m.portLine(line, r, c)
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

func (m *model) portLine(line *widget.Line, r *treeRow, c treeColumns) {
	p := r.port
	line.Space(1)
	if p.IsBond() {
		line.Put(m.st.Accent, m.foldSign(p.UUID))
	} else {
		line.Space(1)
	}
	sign, st := m.linkSign(p.Error(), p.LinkState())
	line.Put(st, sign).Space(1)
	if p.Owner.Lease != "" && p.Error() == "" {
		note, st := m.note(r.bridge, p)
		line.Put(m.st.Text, p.Name).Space(2).Put(st, note)
		return
	}
	line.Col(m.st.Text, p.Name, c.name-portIndent).Space(1)
	m.marks(line, r.bridge, p)
	vlan := m.st.Dim
	if p.Tag != nil || len(p.Trunks) > 0 {
		vlan = m.st.VLAN
	}
	line.Space(1).Col(vlan, vlanMode(p), c.vlan)
	if c.note > 0 {
		note, st := m.note(r.bridge, p)
		if strings.HasPrefix(note, "output of") && widget.Width(note) > c.note {
			note = "output"
		}
		line.Space(1).Put(st, note)
	}
}

func (m *model) memberLine(line *widget.Line, r *treeRow, c treeColumns) {
	branch := m.st.Signs.Branch
	if r.last {
		branch = m.st.Signs.LastBranch
	}
	sign, st := m.linkSign(interfaceError(r.member), r.member.LinkState)
	line.Space(3).Put(m.st.Dim, branch).Put(st, sign).Space(1).Col(m.st.Text, r.member.Name, c.name-memberIndent)
	line.Space(1).Space(c.marks).Space(1).Space(c.vlan)
	if c.note > 0 {
		text, st := m.linkNote(interfaceError(r.member), r.member.LinkState)
		line.Space(1).Put(st, text)
	}
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
			return "output of " + mirror.Name, m.st.Dim
		}
	}
	if guest := p.GuestName(); guest != "" {
		return guest, m.st.Dim
	}
	if text, st := m.linkNote("", p.LinkState()); text != "" {
		return text, st
	}
	switch {
	case p.Name == b.Name:
		return "local", m.st.Dim
	case p.IsBond():
		return "bond", m.st.Dim
	case len(p.Interfaces) == 1:
		return p.Interfaces[0].Type, m.st.Dim
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
