package tui

import (
	"sync"
	"time"
)

// shutdownPatience bounds how long quitting waits for what was already sent; its
// context is cancelled, so it should end at once.
const shutdownPatience = 2 * time.Second

// underway counts the commands that must not be cut off in the middle: changes to
// Open vSwitch and the opening of captures. The zero value is ready.
type underway struct {
	mu    sync.Mutex
	count int
	ended bool
	idle  chan struct{} // made by wait, closed when count falls to 0
}

// begin counts one more; false when the program is ending and nothing may start.
func (u *underway) begin() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return false
	}
	u.count++
	return true
}

func (u *underway) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count--
	if u.count == 0 && u.idle != nil {
		close(u.idle)
	}
}

// wait lets nothing start any more and waits for what runs. It reports whether
// all of it ended in time.
func (u *underway) wait(patience time.Duration) bool {
	u.mu.Lock()
	u.ended = true
	if u.count == 0 {
		u.mu.Unlock()
		return true
	}
	u.idle = make(chan struct{})
	idle := u.idle
	u.mu.Unlock()
	select {
	case <-idle:
		return true
	case <-time.After(patience):
		return false
	}
}

// shutdown stops what runs beside the screen and waits for it, but not forever.
// The model's context has ended.
func (m *model) shutdown() {
	if !m.underway.wait(shutdownPatience) {
		m.cfg.Log.Warn("something is still under way on quitting")
	}
	m.endSentries()
	m.recorder.shutdown()
}
