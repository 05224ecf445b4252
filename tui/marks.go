package tui

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
)

// marks are packets that the user marked, by sequence number: they stay marked
// wherever the list is, until they are overwritten.
type marks map[uint64]struct{}

// maxMarks bounds them; nobody marks as many by hand.
const maxMarks = 10_000

func (k marks) has(seq uint64) bool {
	_, ok := k[seq]
	return ok
}

// forget drops what the store has overwritten.
func (k marks) forget(first uint64) {
	if len(k) > 0 {
		maps.DeleteFunc(k, func(seq uint64, _ struct{}) bool { return seq < first })
	}
}

// span is the range of numbers that holds them all, 0 and 0 if there are none.
func (k marks) span() (from, to uint64) {
	if len(k) == 0 {
		return 0, 0
	}
	seqs := slices.Collect(maps.Keys(k))
	return slices.Min(seqs), slices.Max(seqs) + 1
}

// mark marks the packet under the cursor, or no longer. It pauses the list: what
// moves cannot be aimed at.
func (m *model) mark() tea.Cmd {
	p, s := &m.packets, m.tap.store()
	if s == nil { // of an opened packet, whose mirror is no longer on screen
		m.say("there is no packet to mark")
		return nil
	}
	p.pause(s, m.packetRows())
	seq, ok := p.selected(s)
	first, _ := s.Range()
	switch {
	case !ok:
		m.say("there is no packet to mark")
	case p.marks.has(seq):
		delete(p.marks, seq)
	case seq < first:
		m.say("this packet has been overwritten by newer ones")
	case len(p.marks) >= maxMarks:
		m.say(count(maxMarks) + " packets are marked already; save what a filter shows instead")
	default:
		if p.marks == nil {
			p.marks = marks{}
		}
		p.marks[seq] = struct{}{}
	}
	return nil
}

// marked takes the marks of packets that are still there, for somebody who works
// beside the screen.
func (p *packetsPane) marked(s *live.Store) marks {
	if s == nil {
		return nil
	}
	first, _ := s.Range()
	p.marks.forget(first)
	return maps.Clone(p.marks)
}
