package tui

import (
	"slices"
	"strconv"
	"strings"

	"ovscope/ovs"
	"ovscope/tui/layout"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// What columns of the tree ask for at most, in cells.
const (
	maxVLAN = 9
	maxNote = 16
)

// ownName is what the names of ports take that this program makes, see
// ovs.LeaseName. They come and go, and have their place where there is room.
const ownName = 15

// Cells before a name: signs and indentation.
const (
	bridgeIndent = 2
	portIndent   = 4
	memberIndent = 6
)

// Cells that rates take, with the gaps before them.
const (
	rateWidth    = 6                           // a number, and its heading
	barsWidth    = 1 + 2                       // a bar by direction
	numbersWidth = barsWidth + 2*(1+rateWidth) // and bits a second
	packetsPer   = 2 * (1 + rateWidth)         // packets a second
)

// Widths of the pane from which on there are more columns, and a heading.
const (
	numbersFrom = 56
	allFrom     = 100
)

// treeColumns are the widths of the tree's columns in cells; those that are not
// shown have none.
type treeColumns struct {
	name, marks, vlan, rates, packets, kind, link, note int
	// busiest is the greatest rate on screen in bit/s, which a full bar stands for.
	busiest float64
}

func (m *model) treeColumns(width int) treeColumns {
	signs := m.st.Signs
	needs := m.bridges.widths
	c := treeColumns{marks: widget.Width(signs.From) + widget.Width(signs.To), rates: barsWidth}
	c.vlan = min(max(2, needs.vlan), maxVLAN)
	if width < 40 {
		c.vlan = min(c.vlan, 6)
	}
	if width >= numbersFrom {
		c.rates = numbersWidth
	}
	if width >= allFrom {
		c.packets = packetsPer
		c.kind = 1 + min(max(4, needs.kind), 14)
		c.link = 1 + 5
	}
	rest := width - 1 - 1 - c.marks - 1 - c.vlan - c.rates - c.packets - c.kind - c.link // the cursor's cell and the gaps
	if own := portIndent + ownName; c.rates == numbersWidth && rest-1-own >= maxNote {
		needs.name = max(needs.name, own)
	}
	c.name = min(max(8, needs.name), max(8, rest))
	if c.name > 20 && rest-c.name < 12 { // long names leave room for a guest's
		c.name = max(20, rest-12)
	}
	c.note = max(0, rest-c.name-1)
	return c
}

// treeHeading is whether the ports pane has room for a heading over its columns.
func treeHeading(width, height int) int {
	if width >= numbersFrom && height >= 8 {
		return 1
	}
	return 0
}

// treeRows is how many rows of the tree are on screen.
func (m *model) treeRows() int {
	in := m.inner(layout.Ports)
	return max(1, in.H-treeHeading(in.W, in.H))
}

func (m *model) viewBridges(width, height int, focused bool) []string {
	p := &m.bridges
	if p.finder != nil {
		return m.viewFinder(width, height)
	}
	lines := make([]string, 0, height)
	if len(p.rows) == 0 {
		for _, l := range widget.Wrap(m.noBridges(), width-2) {
			lines = append(lines, widget.NewLine(width, "").Space(1).Put(m.st.Dim, l).String())
		}
		return fill(lines, width, height)
	}
	c := m.treeColumns(width)
	heading := treeHeading(width, height)
	if heading > 0 {
		lines = append(lines, m.treeHead(c, width))
	}
	p.list.Clamp(len(p.rows), height-heading)
	end := min(len(p.rows), p.list.Offset+height-heading)
	loads := p.loads(p.rows[p.list.Offset:end])
	for _, l := range loads {
		if l != nil {
			c.busiest = max(c.busiest, l[ovs.Egress].Bits, l[ovs.Ingress].Bits)
		}
	}
	p.busiest = c.busiest
	for i := p.list.Offset; i < end; i++ {
		lines = append(lines, m.treeLine(&p.rows[i], loads[i-p.list.Offset], c, width, i == p.list.Cursor, focused))
	}
	return fill(lines, width, height)
}

// load is what a port carries by direction, in a second.
type load [2]ovs.Rate

// loads are the rates of some rows, nil where they are not known.
func (p *bridgesPane) loads(rows []treeRow) []*load {
	list := make([]*load, len(rows))
	if p.snap.Stale() {
		return list
	}
	for i := range rows {
		if l, ok := p.load(&rows[i]); ok {
			list[i] = &l
		}
	}
	return list
}

// load is false while the rates of a row are not known, and for bridges.
func (p *bridgesPane) load(r *treeRow) (load, bool) {
	var c ovs.Counters
	known := false
	switch {
	case r.member != nil:
		c, known = p.snap.Counters[r.member.UUID]
	case r.port != nil:
		c, known = p.snap.PortCounters(r.port)
	}
	if !known {
		return load{}, false
	}
	return loadOf(c)
}

func loadOf(c ovs.Counters) (l load, known bool) {
	for _, d := range []ovs.Direction{ovs.Egress, ovs.Ingress} {
		if l[d], known = c.Rate(d); !known {
			return load{}, false
		}
	}
	return l, true
}

// portsTitle says how the ports are sorted, and where in the list the cursor is.
func (m *model) portsTitle() (title, right string) {
	p := &m.bridges
	if p.finder != nil {
		return "Ports", ""
	}
	if n := len(p.rows); n > m.treeRows() {
		right = count(uint64(p.list.Cursor+1)) + " of " + count(uint64(n))
	}
	return "Ports by " + p.order.String(), right
}

// barsLegend is what a full bar stands for, where numbers do not say it.
func (m *model) barsLegend() string {
	in := m.screen.Inner(layout.Ports)
	if p := &m.bridges; p.finder == nil && p.busiest > 0 && in.W < numbersFrom {
		return "bars up to " + bitrate(p.busiest)
	}
	return ""
}

// treeHead names the columns.
func (m *model) treeHead(c treeColumns, width int) string {
	signs := m.st.Signs
	line := widget.NewLine(width, signs.Ellipsis).Space(1).Col(m.st.Dim, "  name", c.name)
	line.Space(1+c.marks).Space(1).Col(m.st.Dim, "VLAN", c.vlan)
	heading := func(unit, short string) {
		for _, sign := range []string{signs.From, signs.To} {
			text := sign + unit
			if widget.Width(text) > rateWidth {
				text = sign + short
			}
			line.Space(1).ColRight(m.st.Dim, text, rateWidth)
		}
	}
	line.Space(barsWidth)
	heading("bit/s", "b/s")
	if c.packets > 0 {
		heading("pkt/s", "p/s")
	}
	if c.kind > 0 {
		line.Space(1).Col(m.st.Dim, "type", c.kind-1)
	}
	if c.link > 0 {
		line.Space(1).ColRight(m.st.Dim, "link", c.link-1)
	}
	return line.Space(1).Put(m.st.Dim, "guest").String()
}

// rateCells are a row's rates: bars, and numbers where there is room.
func (m *model) rateCells(line *widget.Line, l *load, c treeColumns) {
	line.Space(1)
	for d, st := range [2]style.Style{m.st.Egress, m.st.Ingress} {
		line.Put(st, m.bar(l, d, c.busiest))
	}
	if c.rates > barsWidth {
		m.numbers(line, l, func(r ovs.Rate) float64 { return r.Bits })
	}
	if c.packets > 0 {
		m.numbers(line, l, func(r ovs.Rate) float64 { return r.Packets })
	}
}

func (m *model) numbers(line *widget.Line, l *load, of func(ovs.Rate) float64) {
	for d := range 2 {
		if l == nil {
			line.Space(1).ColRight(m.st.Dim, m.st.Signs.Dash, rateWidth)
			continue
		}
		line.Space(1).ColRight(m.st.Text, compact(of(l[d])), rateWidth)
	}
}

// bar is one cell that shows a rate beside the busiest one; what flows at all is
// never drawn empty.
func (m *model) bar(l *load, d int, busiest float64) string {
	bars := m.st.Signs.Bars
	if l == nil || l[d].Bits <= 0 || busiest <= 0 {
		return bars[0]
	}
	top := len(bars) - 1
	return bars[max(1, min(top, int(l[d].Bits/busiest*float64(top)+0.5)))]
}

func (m *model) noBridges() string {
	switch {
	case m.loading() && m.loaded > 0:
		return capital(m.progress()) + m.st.Signs.Ellipsis
	case m.loading():
		return "Connecting to Open vSwitch" + m.st.Signs.Ellipsis
	}
	return "This Open vSwitch has no bridges."
}

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
