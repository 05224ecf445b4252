package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/ovs"
)

// capture is a source that runs, and the store that it fills.
type capture struct {
	source live.Source
	store  *live.Store
	stop   context.CancelFunc
	once   sync.Once
	done   chan struct{} // closed when Run has returned
	err    error         // of Run; valid once done is closed
}

func (m *model) startCapture(source live.Source, store *live.Store) *capture {
	ctx, stop := context.WithCancel(m.ctx)
	c := &capture{source: source, store: store, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		defer m.crash.catch()
		c.err = source.Run(ctx, store)
	}()
	return c
}

// close ends the capture and waits until nothing writes into the store any more.
func (c *capture) close() {
	c.stop()
	<-c.done
	c.once.Do(func() { _ = c.source.Close() })
}

// ended reports whether the source has stopped by itself, and why.
func (c *capture) ended() (bool, error) {
	select {
	case <-c.done:
		return true, c.err
	default:
		return false, nil
	}
}

// tap is where the selected mirror's packets come from.
type tap struct {
	// generation numbers what was asked for; answers to an older one are late.
	generation int
	mirror     ovs.UUID // "" when no mirror is selected
	point      ovs.TapPoint
	// unseen is why the copies cannot be seen at all (TapPoint), nil if they can.
	unseen error
	// failed is why there is no capture though there is a tap point, nil if
	// there is one. It is tried again at retryAt.
	failed   error
	failures int
	retryAt  time.Time
	opening  bool // somebody is at it

	capture *capture // nil while there is none
	kept    *live.Store
	meter   meter
}

// store holds the packets, nil when there are none.
func (t *tap) store() *live.Store {
	if t.capture != nil {
		return t.capture.store
	}
	return t.kept
}

// counters are the totals of the store with what the kernel lost.
func (t *tap) counters() live.Counters {
	var c live.Counters
	if s := t.store(); s != nil {
		c = s.Counters()
	}
	if t.capture != nil {
		c.KernelDrops, c.Freezes = t.capture.source.Drops()
	}
	return c
}

// poll looks at the counters and reports whether anything came.
func (t *tap) poll(now time.Time) bool {
	if t.capture == nil {
		return false
	}
	return t.meter.add(now, t.counters())
}

// retarget makes the capture follow the selected mirror. It does nothing when it
// does so already.
func (m *model) retarget() tea.Cmd {
	mirror := m.mirror()
	if mirror == nil {
		if m.tap.mirror == "" {
			return nil
		}
		old := m.tap.capture
		m.tap = tap{generation: m.tap.generation + 1}
		m.packets.reset()
		return tea.Batch(closeCapture(old), m.tick())
	}
	point, unseen := m.snap.TapPoint(mirror)
	same := m.tap.mirror == mirror.UUID
	if same && point == m.tap.point && (unseen == nil) == (m.tap.unseen == nil) {
		m.tap.unseen = unseen
		return nil
	}
	next := tap{generation: m.tap.generation + 1, mirror: mirror.UUID, point: point, unseen: unseen}
	old := m.tap.capture
	if same {
		next.kept, next.meter = m.tap.store(), m.tap.meter
	} else {
		m.packets.reset()
	}
	next.opening = unseen == nil
	m.tap = next
	if unseen != nil {
		return tea.Batch(closeCapture(old), m.tick())
	}
	return m.openTap(next.generation, point, next.kept, old)
}

func (m *model) onTapOpened(msg tapOpenedMsg) tea.Cmd {
	if msg.generation != m.tap.generation {
		return closeCapture(msg.capture)
	}
	m.tap.opening = false
	if msg.err != nil {
		m.tap.fail(msg.err, m.now())
		return m.tick()
	}
	m.tap.capture, m.tap.failed, m.tap.failures = msg.capture, nil, 0
	if m.tap.kept != msg.capture.store {
		m.tap.meter = meter{altered: m.now()}
	}
	m.tap.kept = nil
	m.tap.poll(m.now())
	return m.tick()
}

func (t *tap) fail(err error, now time.Time) {
	t.failed = err
	t.retryAt = now
	if t.failures > 0 {
		t.retryAt = now.Add(min(retryMin<<t.failures, retryMax))
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
		old := t.capture
		t.kept, t.capture = old.store, nil
		if err == nil {
			err = errEnded
		}
		t.fail(err, now)
		m.redraw = true
		return closeCapture(old)
	}
	if t.failed == nil || t.opening || now.Before(t.retryAt) {
		return nil
	}
	return m.reopen()
}

// reopen opens the tap again now. What went wrong stays on screen until it works.
func (m *model) reopen() tea.Cmd {
	m.tap.generation++
	m.tap.opening = true
	return m.openTap(m.tap.generation, m.tap.point, m.tap.kept, nil)
}

// errEnded is a source that returned without an error though nobody stopped it.
const errEnded = endedErr("the capture ended")

type endedErr string

func (e endedErr) Error() string { return string(e) }
