package tui

import (
	"strings"

	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// directions tells of a packet whether a guest that is copied sent or received
// it. The tap says nothing about that: every copy passes it the same way.
type directions struct {
	mirror     ovs.UUID
	generation uint64 // of the snapshot that it was made from

	// guests are the MAC addresses of the sources, by which directions are copied.
	guests map[string]ways
	// only is the direction of every packet, because the mirror has never copied
	// another since its packets began, and nothing else comes out of its output.
	only  ways
	mixed bool // it has, at some time
}

// ways is a set of directions.
type ways uint8

const (
	fromGuest ways = 1 << iota
	toGuest
)

// look takes the sources of the selected mirror from the snapshot.
func (d *directions) look(s *ovs.Snapshot, mirror *ovs.Mirror) {
	if s == nil || mirror == nil {
		if mirror == nil {
			*d = directions{}
		}
		return
	}
	if d.mirror == mirror.UUID && d.generation == s.Generation {
		return
	}
	first := d.mirror != mirror.UUID
	before, mixed := d.only, d.mixed
	*d = directions{mirror: mirror.UUID, generation: s.Generation, guests: map[string]ways{}}
	d.only = onlyWay(s, mirror)
	d.mixed = !first && (mixed || before != d.only)
	if d.mixed {
		d.only = 0
	}
	b := s.Bridge(mirror.Bridge)
	if b == nil {
		return
	}
	add := func(p *ovs.Port, w ways) {
		if p != nil {
			for _, mac := range p.GuestMACs() {
				d.guests[mac] |= w
			}
		}
	}
	if mirror.SelectAll {
		for _, p := range b.Ports {
			if p.GuestName() != "" { // not the switch's own
				add(p, fromGuest|toGuest)
			}
		}
		return
	}
	for _, r := range mirror.Egress {
		add(b.Port(r.UUID), fromGuest)
	}
	for _, r := range mirror.Ingress {
		add(b.Port(r.UUID), toGuest)
	}
}

// onlyWay is the one direction that comes out of a mirror's output, 0 for more.
func onlyWay(s *ovs.Snapshot, mirror *ovs.Mirror) ways {
	if mirror.SelectAll || mirror.OutputPort == nil || len(mirror.Egress) > 0 == (len(mirror.Ingress) > 0) {
		return 0
	}
	for _, other := range s.Mirrors() {
		if other.UUID != mirror.UUID && other.OutputPort != nil && other.OutputPort.UUID == mirror.OutputPort.UUID {
			return 0
		}
	}
	if len(mirror.Egress) > 0 {
		return fromGuest
	}
	return toGuest
}

// known reports whether any packet's direction can be told.
func (d *directions) known() bool { return d.only != 0 || len(d.guests) > 0 }

// of is a packet's directions: both when one source sends it to another, 0 when
// they are not known.
func (d *directions) of(src, dst string) ways {
	if d.only != 0 {
		return d.only
	}
	return d.guests[src]&fromGuest | d.guests[dst]&toGuest
}

// putDirection draws a packet's direction in two cells.
func (m *model) putDirection(line *widget.Line, r *packetRow) {
	signs := m.st.Signs
	switch m.directions.of(r.line.EthSrc, r.line.EthDst) {
	case fromGuest:
		line.Col(m.st.Egress, signs.From, 2)
	case toGuest:
		line.Put(m.st.Text, strings.Repeat(" ", 2-widget.Width(signs.To))).Put(m.st.Ingress, signs.To)
	case fromGuest | toGuest:
		line.Col(m.st.Egress, both(signs), 2)
	default:
		line.Space(2)
	}
}

// both is the sign for both directions, in two cells.
func both(signs style.Signs) string {
	if widget.Width(signs.From) > 1 {
		return "<>"
	}
	return signs.From + signs.To
}
