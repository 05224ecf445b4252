package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// selfPause is the least time between two frames for what changes by itself: ten a
// second. Keys are answered at once.
const selfPause = 100 * time.Millisecond

// pace holds back what changes by itself.
type pace struct {
	drawn   time.Time // when something was drawn that nobody had asked for
	waiting bool      // a paceMsg is on its way
}

// paceMsg says that it is time to draw what has changed meanwhile.
type paceMsg struct{}

// changed draws what has changed by itself, now or when it is time. The first
// packet after a change has somebody waiting for it.
func (m *model) changed() tea.Cmd {
	now := m.now()
	wait := m.pace.drawn.Add(selfPause).Sub(now)
	if wait <= 0 || wait > selfPause || m.tap.capture != nil && m.tap.meter.awaited(now) {
		m.onPace()
		return nil
	}
	if m.pace.waiting {
		return nil
	}
	m.pace.waiting = true
	return m.clock.after(wait, paceMsg{})
}

func (m *model) onPace() {
	m.pace = pace{drawn: m.now()}
	m.redraw = true
}
