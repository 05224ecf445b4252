package tui

import (
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

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
