package main

import (
	"sync"
	"time"
)

// clock stands still unless it is moved, and fires what waits for a moment when
// it gets there, so that a scene shows the same whatever the machine is doing.
type clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at   time.Time
	fire chan time.Time
}

func newClock(start time.Time) *clock { return &clock{now: start} }

// Now is the clock's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After is time.After by this clock.
func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := waiter{c.now.Add(d), make(chan time.Time, 1)}
	c.waiting = append(c.waiting, w)
	return w.fire
}

// move lets time pass.
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	left := c.waiting[:0]
	for _, w := range c.waiting {
		if w.at.After(c.now) {
			left = append(left, w)
			continue
		}
		w.fire <- c.now
	}
	c.waiting = left
}
