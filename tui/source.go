package tui

import (
	"fmt"
	"time"
)

// viewSource is what stands in the mirror's place without Open vSwitch: whether
// packets come, how many, and what was lost.
func (m *model) viewSource(width, height int) []string {
	v := m.sourceVerdict()
	here := m.tap.store() != nil
	c := m.tap.meter.counters
	lines := m.wrapped(v.sign, v.text, v.style, width, max(1, min(2, height-3)))
	lines = append(lines, m.countLine("total", here, c.Packets, c.Bytes, m.lastMinute(), width))
	return fill(append(lines, m.viewFlow(width, height-len(lines))...), width, height)
}

// span is from when to when the packets in the buffer are.
func (m *model) span() string {
	s := m.tap.store()
	if s == nil {
		return m.st.Signs.Dash
	}
	first, next := s.Range()
	oldest, ok := s.Read(first, nil)
	if !ok || next == 0 {
		return m.st.Signs.Dash
	}
	newest, ok := s.Read(next-1, nil)
	if !ok {
		newest = oldest
	}
	const layout = "2006-01-02 15:04:05.000"
	local := m.now().Location()
	return fmt.Sprintf("%s, and %v on", oldest.Time.In(local).Format(layout), newest.Time.Sub(oldest.Time).Round(time.Millisecond))
}

// sourceVerdict says in words whether packets come.
func (m *model) sourceVerdict() verdict {
	t := &m.tap
	now := m.now()
	signs := m.st.Signs
	switch {
	case t.ended && t.failed != nil:
		return verdict{stateNotDelivering, signs.Wrong, m.st.Say(t.failed.Error()), m.st.Bad}
	case t.ended:
		return verdict{stateStopped, signs.Up, "read to its end", m.st.Good}
	case t.failed != nil:
		return verdict{stateNotDelivering, signs.Wrong, m.st.Say(t.failed.Error()) + "; trying again", m.st.Bad}
	case t.capture == nil:
		return verdict{stateNotKnown, signs.Down, "opening " + m.cfg.Capture.Title, m.st.Dim}
	case m.ofFile():
		return verdict{stateCopying, signs.Down, "reading", m.st.Text}
	case t.meter.arriving(now):
		return verdict{stateCopying, signs.Up, "packets arrive", m.st.Good}
	case t.away():
		return verdict{stateNotDelivering, signs.Wrong, m.interfaceTrouble(), m.st.Bad}
	case !t.meter.arrived.IsZero():
		return verdict{stateIdle, signs.Down, "quiet: the last packet came " + ago(now.Sub(t.meter.arrived)) + " ago", m.st.Dim}
	}
	return verdict{stateNotKnown, signs.Down, "waiting for the first packet", m.st.Dim}
}

// whyOff is why what belongs to Open vSwitch is of no use without it.
func (m *model) whyOff() string {
	return "there is no Open vSwitch here, only " + m.cfg.Capture.Title
}
