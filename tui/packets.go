package tui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"ovscope/live"
	"ovscope/live/decode"
	"ovscope/live/filter"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// packetsPane is the list of packets. It follows the newest, or is paused and
// stays still by sequence number whatever comes.
type packetsPane struct {
	paused bool
	top    uint64 // first row on screen while paused
	cursor uint64 // selected row while paused, or the next one that is listed
	since  uint64 // the next sequence number when it was paused

	// filter is what the list shows, nil for everything; matches is what it found
	// in the store on screen, nil before anybody looked.
	filter  *filter.Filter
	matches *matches
	history []string // filters of this run, oldest first
	prompt  *filterPrompt
	line    *linePrompt // what else is asked for, nil for nothing
	marks   marks
	search  *search // nil until somebody looks for something

	// rows are decoded packets by sequence number: those on screen and a few
	// more, which a paused view keeps when the store has overwritten them.
	rows    map[uint64]packetRow
	buf     []byte
	visible []uint64  // rows when last drawn
	drawn   time.Time // when new rows were last drawn
	shown   uint64    // up to which sequence number
	fresh   int       // how many rows the screen has
	// needs is what the widest packets so far take: the columns only grow, so that
	// nothing jumps.
	needs packetNeeds
	// origin is when the first packet came, from which relative times count.
	origin time.Time
}

// packetRow is a decoded packet.
type packetRow struct {
	seq    uint64
	time   time.Time
	length int
	line   decode.Line
	since  string // its time, if not the absolute one; only of rows on screen
	gone   bool   // overwritten before it was decoded
}

// reset forgets the packets of the last store; the filter stays in force.
func (p *packetsPane) reset() {
	*p = packetsPane{fresh: p.fresh, filter: p.filter, history: p.history, prompt: p.prompt}
}

// list is what there is to show of a store.
func (p *packetsPane) list(s *live.Store) listing {
	if s == nil || p.filter != nil && p.matches == nil {
		return everything{}
	}
	first, next := s.Range()
	low := first
	if p.paused { // rows that are still on screen, though overwritten
		low = min(first, p.top)
	}
	if p.matches != nil {
		p.matches.oldest = low
		return p.matches
	}
	return everything{low, first, next}
}

func (p *packetsPane) hasRows(s *live.Store) bool {
	_, ok := p.list(s).step(0, 0)
	return ok
}

// floodPause is the least time between two screens of entirely new rows: nobody
// reads faster, and a slow line has to carry them.
const floodPause = 250 * time.Millisecond

// due reports whether the list should be drawn again because packets came.
func (p *packetsPane) due(now time.Time, s *live.Store) bool {
	if s == nil || p.paused {
		return false // how many came since is shown with the rates
	}
	fresh := p.list(s).since(p.shown)
	if fresh == 0 {
		return false
	}
	flood := p.shown > 0 && fresh > uint64(max(1, p.fresh))
	return !flood || now.Sub(p.drawn) >= floodPause
}

// stay shows the oldest from now on.
func (p *packetsPane) stay() { p.paused, p.top, p.cursor, p.since = true, 0, 0, 0 }

// follow shows the newest from now on.
func (p *packetsPane) follow() { p.paused = false }

// pause holds the list as it is, with height rows on screen.
func (p *packetsPane) pause(s *live.Store, height int) {
	if s == nil || p.paused {
		return
	}
	_, next := s.Range()
	rows := p.visible // what is on screen, not what has come since
	if n := len(rows); n == 0 || rows[n-1] >= next {
		rows = p.list(s).newest(height)
	}
	p.paused, p.since, p.top, p.cursor = true, next, next, next
	if n := len(rows); n > 0 {
		p.top, p.cursor, p.since = rows[0], rows[n-1], rows[n-1]+1
	}
}

func (p *packetsPane) togglePause(s *live.Store, height int) {
	if p.paused {
		p.follow()
		return
	}
	p.pause(s, height)
}

// move moves the cursor, which pauses the list.
func (p *packetsPane) move(delta int, s *live.Store, height int) {
	if !p.hasRows(s) {
		return
	}
	if !p.paused {
		if delta > 0 {
			return // already at the newest
		}
		p.pause(s, height)
	}
	p.cursor, _ = p.list(s).step(p.cursor, delta)
	p.reveal(s, height)
}

// reveal scrolls a paused list so that its cursor is on screen, and returns the rows there.
func (p *packetsPane) reveal(s *live.Store, height int) []uint64 {
	l := p.list(s)
	height = max(1, height)
	cursor, ok := l.step(p.cursor, 0)
	if !ok {
		return nil
	}
	if cursor < p.top {
		p.top = cursor
	}
	rows := l.from(p.top, height)
	if n := len(rows); n > 0 && (n < height || rows[n-1] < cursor) {
		// Behind the last row, or there is room for rows before.
		end := max(cursor, rows[n-1])
		if top, _ := l.step(end, 1-height); n < height && top < p.top || rows[n-1] < cursor {
			p.top = top
			rows = l.from(p.top, height)
		}
	}
	return rows
}

// window is the rows that are on screen.
func (p *packetsPane) window(s *live.Store, height int) []uint64 {
	if p.paused {
		return p.reveal(s, height)
	}
	return p.list(s).newest(height)
}

// selected is the row under the cursor, or the newest; false when there is none.
func (p *packetsPane) selected(s *live.Store) (uint64, bool) {
	l := p.list(s)
	if p.paused {
		return l.step(p.cursor, 0)
	}
	return l.step(math.MaxUint64, 0)
}

// row decodes a packet, or remembers it; false when it is no longer there.
func (p *packetsPane) row(s *live.Store, seq uint64) (packetRow, bool) {
	if r, ok := p.rows[seq]; ok {
		return r, true
	}
	packet, ok := s.Read(seq, p.buf)
	if !ok {
		return packetRow{}, false
	}
	p.buf = packet.Data[:0]
	r := packetRow{seq: seq, time: packet.Time, length: packet.Length, line: decode.Summarize(packet.Data, packet.Length)}
	p.needs.see(&r)
	if p.rows == nil {
		p.rows = map[uint64]packetRow{}
	}
	p.rows[seq] = r
	return r, true
}

// forget drops decoded rows that are not on screen, once there are many.
func (p *packetsPane) forget(visible []uint64) {
	if len(p.rows) <= 3*len(visible)+16 {
		return
	}
	keep := make(map[uint64]packetRow, len(visible))
	for _, seq := range visible {
		if r, ok := p.rows[seq]; ok {
			keep[seq] = r
		}
	}
	p.rows = keep
}

// packetRows is how many packets the pane has room for.
func (m *model) packetRows() int {
	if d := m.split(); d != nil {
		return d.listRows
	}
	rows := m.inner(layout.Packets).H - 1
	if m.packets.prompt != nil || m.packets.line != nil {
		rows -= promptLines
	}
	return max(1, rows)
}

// packetsTitle says what the list does, and how much there is.
func (m *model) packetsTitle() (title, right string) {
	s := m.tap.store()
	if s == nil {
		return m.withFilter("Packets"), ""
	}
	p := &m.packets
	first, next := s.Range()
	if next == 0 {
		return m.withFilter("Packets"), ""
	}
	var facts []string
	title = "Packets, paused"
	switch {
	case !p.paused:
		title = "Packets, following"
		if p.filter == nil {
			facts = append(facts, count(next)+" so far")
		}
	case m.ofFile():
		title = "Packets"
		if p.filter == nil {
			facts = append(facts, "row "+count(p.cursor+1)+" of "+count(next))
		}
	default:
		facts = append(facts, count(p.list(s).since(p.since))+" came since")
	}
	if p.filter != nil {
		facts = append(facts, m.matched(first, next))
	}
	if p.paused && !m.ofFile() && p.filter == nil {
		if gone := min(first, p.top+uint64(m.packetRows())); gone > p.top {
			facts = append(facts, plural(int(gone-p.top), "row")+" overwritten")
		}
	}
	if text := m.searching(); text != "" {
		facts = append(facts, text)
	}
	p.marks.forget(first)
	if n := len(p.marks); n > 0 {
		facts = append(facts, count(uint64(n))+" marked")
	}
	return m.withFilter(title), strings.Join(facts, ", ")
}

// matched says how many packets the filter lets through, and how far it has come.
func (m *model) matched(first, next uint64) string {
	x := m.packets.matches
	if x == nil {
		return "counting"
	}
	text := fmt.Sprintf("%s of %s match", count(x.since(first)), count(next-first))
	switch behind := x.behind(first, next); {
	case behind >= scanChunk:
		text += ", filter is " + count(behind) + " packets behind"
	case x.low > first:
		text += " so far"
	}
	return text
}

func (m *model) withFilter(title string) string {
	if f := m.packets.filter; f != nil {
		title += ", filter " + strings.TrimSpace(f.String())
	}
	return title
}

// viewPackets is the list, or why there is none, over the filter that is typed.
func (m *model) viewPackets(width, height int, focused bool) []string {
	if m.split() != nil {
		return fill(nil, width, height) // the page has the list, and its own height
	}
	prompt := m.viewPrompt(width)
	if height <= len(prompt) {
		return fill(prompt, width, height)
	}
	lines := m.viewList(width, height-len(prompt), focused)
	return append(lines, prompt...)
}

func (m *model) viewList(width, height int, focused bool) []string {
	p := &m.packets
	s := m.tap.store()
	p.visible = p.window(s, height-1)
	if len(p.visible) == 0 {
		p.fresh = height - 1
		return fill(m.noPackets(width), width, height)
	}
	rows := make([]packetRow, len(p.visible)) // decoded before the columns' widths are decided
	for i, seq := range p.visible {
		r, ok := p.row(s, seq)
		r.gone = !ok
		rows[i] = r
	}
	m.countTimes(s, rows, width)
	gutter := 1
	if len(p.marks) > 0 {
		gutter = 2
	}
	c := packetColumnsFor(width, m.columnsShown(), p.needs, m.timeFormat.clocks(width), gutter)
	lines := make([]string, 0, height)
	if trouble := m.captureTrouble(); trouble != "" {
		lines = append(lines, widget.NewLine(width, m.st.Signs.Ellipsis).Space(1).Put(m.st.Bad, trouble).String())
	} else {
		lines = append(lines, c.heading(width, m))
	}
	cursor, _ := p.selected(s)
	for i, seq := range p.visible {
		line := widget.NewLine(width, m.st.Signs.Ellipsis)
		if p.paused && seq == cursor {
			line.Over(m.st.Row(focused)).Put(m.st.Accent, m.st.Signs.Cursor)
		} else {
			line.Space(1)
		}
		switch {
		case p.marks.has(seq):
			line.Put(m.st.Warn, m.st.Signs.Mark)
		case c.marks:
			line.Space(1)
		}
		if rows[i].gone {
			line.Put(m.st.Dim, "overwritten by newer packets")
		} else {
			c.put(line, &rows[i], m)
		}
		lines = append(lines, line.String())
	}
	if !p.paused {
		p.shown, p.drawn = p.visible[len(p.visible)-1]+1, m.now()
	}
	p.fresh = height - 1
	p.forget(p.visible)
	return fill(lines, width, height)
}
