package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/ovs"
)

// tap is where the packets on screen come from: the selected mirror's tap point,
// or without Open vSwitch the one source that there is.
type tap struct {
	// generation numbers what was asked for; answers to an older one are late.
	generation int
	mirror     ovs.UUID // "" when no mirror is selected
	name       string   // of the mirror
	// gone is the name of a mirror that somebody deleted: packets are its last, and
	// no mirror is selected. "" if that is not so.
	gone  string
	point ovs.TapPoint
	// unseen is why the copies cannot be seen at all (TapPoint), nil if they can.
	unseen error
	// failed is why there is no capture though there is a tap point, nil if
	// there is one. It is tried again at retryAt.
	failed   error
	failures int
	retryAt  time.Time
	opening  bool // somebody is at it
	// ended is set for a file that has been read; failed is why not all of it.
	ended bool

	capture *recording // nil while there is none
	packets *live.Store
	stats   *live.Stats // of those, kept by the capture
	traffic traffic     // as the screen shows it
	meter   meter
	opened  time.Time     // when the capture began
	state   capture.State // of the interface, as it was last seen; zero if not known
	back    time.Time     // when the interface came back, zero if it was never away
}

// store holds the packets, nil when there are none.
func (t *tap) store() *live.Store { return t.packets }

// seen is what is known of a mirror's packets, for another tap that goes on with them.
func (t *tap) seen() tap {
	return tap{packets: t.packets, stats: t.stats, traffic: t.traffic, meter: t.meter}
}

// look makes what is shown of the rates and of the traffic, when it is time to.
func (t *tap) look(now time.Time) bool {
	if !t.meter.due(now) {
		return false
	}
	t.traffic.look(t.stats, now)
	return true
}

// poll looks at the counters and at the interface, and reports whether anything came.
func (m *model) poll(now time.Time) bool {
	t := &m.tap
	if t.packets == nil {
		return false
	}
	c := t.packets.Counters()
	c.KernelDrops, c.Freezes = m.recorder.lost()
	if t.capture != nil {
		t.inspect()
	}
	return t.meter.add(now, c)
}

// inspect asks the source what its interface is doing, if it knows.
func (t *tap) inspect() {
	source, ok := t.capture.source.(interface{ State() capture.State })
	if !ok {
		t.state = capture.State{}
		return
	}
	state := source.State()
	if t.away() && state.Phase == capture.Running {
		t.back = state.Since
	}
	t.state = state
}

// away reports whether the interface was down or gone when last looked at.
func (t *tap) away() bool { return t.state.Phase != capture.Running }

// retarget makes the capture follow the selected mirror. It does nothing when it
// does so already.
func (m *model) retarget() tea.Cmd {
	if m.alone() {
		return nil
	}
	mirror := m.mirror()
	m.directions.look(m.snap, mirror)
	if mirror == nil {
		if m.tap.mirror == "" {
			return nil
		}
		var next tap
		if m.deletedByOthers() && stored(m.tap.packets) {
			next = m.tap.seen()
			next.gone = m.tap.name
		} else {
			m.forgetPackets()
		}
		next.generation = m.tap.generation + 1
		m.tap = next
		return tea.Batch(m.closeTap(), m.tick())
	}
	point, unseen := m.realTapPoint(mirror)
	same := m.tap.mirror == mirror.UUID
	if same && point == m.tap.point && (unseen == nil) == (m.tap.unseen == nil) {
		m.tap.unseen = unseen
		return nil
	}
	var next tap
	if same {
		next = m.tap.seen()
	} else {
		m.forgetPackets()
	}
	next.generation = m.tap.generation + 1
	next.mirror, next.name, next.point, next.unseen = mirror.UUID, mirror.Name, point, unseen
	next.opening = unseen == nil
	m.tap = next
	if unseen != nil {
		return tea.Batch(m.closeTap(), m.tick())
	}
	return m.openTap()
}

// forgetPackets makes the screen ready for those of another mirror.
func (m *model) forgetPackets() {
	m.packets.reset()
	m.save = nil
}

// deletedByOthers reports whether the mirror of the tap is gone, and not because
// this run gave it up.
func (m *model) deletedByOthers() bool {
	if m.snap == nil || m.snap.Mirror(m.tap.mirror) != nil {
		return false
	}
	for lease := range m.released {
		if ovs.LeaseName(lease) == m.tap.name {
			return false
		}
	}
	return !m.released[string(m.tap.mirror)]
}

func (m *model) onTapOpened(msg tapOpenedMsg) tea.Cmd {
	if msg.generation != m.tap.generation {
		return nil // the recorder ends it for the one that is wanted
	}
	t := &m.tap
	t.opening = false
	if msg.err != nil {
		m.fail(msg.err)
		return m.tick()
	}
	fresh := t.packets == nil
	t.capture, t.packets, t.stats, t.opened = msg.capture, msg.capture.store, msg.capture.stats, m.now()
	t.failed, t.failures, t.ended = nil, 0, false
	t.state, t.back = capture.State{}, time.Time{}
	if fresh {
		t.meter = newMeter(m.now())
		if m.ofFile() {
			m.packets.stay()
		}
	}
	m.poll(m.now())
	return tea.Batch(m.scan(), m.tick())
}

// fail notes why there is no capture, and when to try again.
func (m *model) fail(err error) {
	t := &m.tap
	t.failed = err
	if m.ofFile() {
		t.ended = true
		return
	}
	t.retryAt = m.now()
	if t.failures > 0 {
		t.retryAt = m.now().Add(min(retryMin<<t.failures, retryMax))
	}
	t.failures = min(t.failures+1, 10)
}

const (
	retryMin = 100 * time.Millisecond // doubled every time; the first is at once
	retryMax = 5 * time.Second
)

// retry opens the tap again after a failure, once it is time, and notices when
// the capture has ended by itself.
func (m *model) retry(now time.Time) tea.Cmd {
	t := &m.tap
	if t.capture != nil {
		ended, err := t.capture.ended()
		if !ended {
			return nil
		}
		m.poll(now)
		t.capture, t.state = nil, capture.State{}
		m.redraw = true
		if m.ofFile() {
			t.ended, t.failed = true, err
			return m.closeTap()
		}
		if err == nil {
			err = errEnded
		}
		m.fail(err)
		return m.closeTap()
	}
	if t.failed == nil || t.ended || t.opening || now.Before(t.retryAt) {
		return nil
	}
	return m.reopen()
}

// reopen opens the tap again now. What went wrong stays on screen until it works.
func (m *model) reopen() tea.Cmd {
	m.tap.generation++
	m.tap.opening = true
	return m.openTap()
}

// errEnded is a source that returned without an error though nobody stopped it.
const errEnded = endedErr("the capture ended")

type endedErr string

func (e endedErr) Error() string { return string(e) }
