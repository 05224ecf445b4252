package tui

import (
	"ovscope/ovs"
	"ovscope/tui/layout"
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

func (m *model) noBridges() string {
	switch {
	case m.loading() && m.loaded > 0:
		return capital(m.progress()) + m.st.Signs.Ellipsis
	case m.loading():
		return "Connecting to Open vSwitch" + m.st.Signs.Ellipsis
	}
	return "This Open vSwitch has no bridges."
}
