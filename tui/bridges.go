package tui

import (
	"slices"

	"ovscope/ovs"
	"ovscope/tui/widget"
)

// bridgesPane is the tree of bridges, their ports, and the members of bonds.
type bridgesPane struct {
	list widget.List
	rows []treeRow
	// folded are the bridges and bonds whose children are not shown.
	folded map[ovs.UUID]bool
	snap   *ovs.Snapshot
	order  portOrder
	finder *finder // the prompt that finds ports, nil for none
	widths treeWidths
	// few are all interfaces if there are few enough to count them all.
	few []ovs.UUID
	// busiest is the rate that a full bar stood for when last drawn, in bit/s.
	busiest float64
	// needs is how many cells the widest row has taken so far; it only grows, so
	// that nothing jumps.
	needs int
	// needsWithRates is the same with rates in numbers, and with guests' names of
	// any length.
	needsWithRates int
}

// treeWidths are what the columns of the tree need to be read in full, in cells.
type treeWidths struct{ name, vlan, kind, note int }

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
		p.measure()
		p.refind()
	}
	if !same || p.order == byRate {
		p.rebuild()
	}
}

// fewInterfaces is how many can be counted without anybody noticing.
const fewInterfaces = 128

// measure finds out what the columns need.
func (p *bridgesPane) measure() {
	var w treeWidths
	p.few = p.few[:0]
	total := 0
	for _, b := range p.snap.Bridges {
		w.name = max(w.name, bridgeIndent+widget.Width(b.Name))
		for _, port := range b.Ports {
			if total += len(port.Interfaces); total <= fewInterfaces {
				p.few = append(p.few, interfacesOf(port)...)
			}
			if port.Owner.Lease != "" {
				continue // our own come and go, and must not move the columns
			}
			w.name = max(w.name, portIndent+widget.Width(port.Name))
			w.vlan = max(w.vlan, widget.Width(vlanMode(port)))
			w.kind = max(w.kind, len(portType(b, port)))
			w.note = max(w.note, min(widget.Width(port.GuestName()), maxNote))
			if !port.IsBond() {
				continue
			}
			for _, member := range port.Interfaces {
				w.name = max(w.name, memberIndent+widget.Width(member.Name))
			}
		}
	}
	p.widths = w
	if total > fewInterfaces {
		p.few = nil
	}
	const gaps = 1 + 1 + 2 + 1 + 1 + 1 // the cursor's cell, gaps, two arrows
	rest := min(w.vlan, maxVLAN) + w.note + gaps
	p.needs = max(p.needs, w.name+barsWidth+rest)
	p.needsWithRates = max(p.needsWithRates, numbersFrom, max(w.name, portIndent+ownName)+numbersWidth+rest-w.note+maxNote)
}

// rebuild lists the rows that are not folded away.
func (p *bridgesPane) rebuild() {
	var at ovs.UUID
	if row := p.selected(); row != nil {
		at = row.id()
	}
	p.rows = p.rows[:0]
	for _, b := range p.snap.Bridges {
		p.rows = append(p.rows, treeRow{bridge: b})
		if p.folded[b.UUID] {
			continue
		}
		for _, port := range p.sorted(b.Ports) {
			p.rows = append(p.rows, treeRow{bridge: b, port: port})
			if !port.IsBond() || p.folded[port.UUID] {
				continue
			}
			for i, member := range port.Interfaces {
				p.rows = append(p.rows, treeRow{b, port, member, i == len(port.Interfaces)-1})
			}
		}
	}
	if at != "" {
		if i := p.index(at); i >= 0 {
			// What is selected stays where it is on screen.
			p.list.Offset += i - p.list.Cursor
			p.list.Cursor = i
		}
	}
	p.list.Clamp(len(p.rows), 0)
}

// index is the row of an object, -1 when it is not listed.
func (p *bridgesPane) index(id ovs.UUID) int {
	return slices.IndexFunc(p.rows, func(r treeRow) bool { return r.id() == id })
}

// reveal puts the cursor on an object, unfolding what it is in.
func (p *bridgesPane) reveal(row treeRow) {
	delete(p.folded, row.bridge.UUID)
	if row.member != nil {
		delete(p.folded, row.port.UUID)
	}
	p.rebuild()
	if i := p.index(row.id()); i >= 0 {
		p.list.Cursor = i
	}
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
		if i := p.index(id); i >= 0 {
			p.list.Cursor = i
		}
	}
	p.rebuild()
}
