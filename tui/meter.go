package tui

import (
	"time"

	"ovscope/live"
)

// meter turns counters into rates. Rates are over the last second, shown twice a
// second so that they can be read, and kept once a second for the sparkline.
type meter struct {
	samples []sample  // of about the last second, oldest first
	history []float64 // packets per second, one value a second, oldest first
	bucket  sample    // where the running second began

	packets, bits float64 // per second, as shown
	counters      live.Counters
	shown         time.Time // when the rates were last made
	arrived       time.Time // when a packet last came, zero if never
	altered       time.Time // when a change was last applied
}

type sample struct {
	at       time.Time
	counters live.Counters
}

const (
	rateWindow  = time.Second
	rateRefresh = 500 * time.Millisecond
	// historySeconds is how far back a sparkline can go.
	historySeconds = 300
)

// add takes the counters of now and reports whether packets have come since the
// last time.
func (m *meter) add(now time.Time, c live.Counters) bool {
	came := c.Packets > m.counters.Packets
	if came {
		m.arrived = now
	}
	m.counters = c
	if m.bucket.at.IsZero() {
		m.bucket = sample{now, live.Counters{}}
	}
	m.samples = append(m.samples, sample{now, c})
	for len(m.samples) > 2 && now.Sub(m.samples[1].at) >= rateWindow {
		m.samples = m.samples[1:]
	}
	if d := now.Sub(m.bucket.at); d >= time.Second {
		rate := float64(c.Packets-m.bucket.counters.Packets) / d.Seconds()
		for range min(int(d/time.Second), historySeconds) {
			m.history = append(m.history, rate)
		}
		m.history = m.history[max(0, len(m.history)-historySeconds):]
		m.bucket = sample{now, c}
	}
	return came
}

// due reports whether it is time to show rates, and makes them.
func (m *meter) due(now time.Time) bool {
	if now.Sub(m.shown) < rateRefresh {
		return false
	}
	m.shown = now
	m.packets, m.bits = 0, 0
	if len(m.samples) > 1 {
		first, last := m.samples[0], m.samples[len(m.samples)-1]
		if d := last.at.Sub(first.at).Seconds(); d > 0 {
			m.packets = float64(last.counters.Packets-first.counters.Packets) / d
			m.bits = 8 * float64(last.counters.Bytes-first.counters.Bytes) / d
		}
	}
	return true
}

// changed notes that what is copied has just been changed.
func (m *meter) changed(now time.Time) { m.altered = now }

// awaited reports whether the first packet after a change has yet to come.
func (m *meter) awaited(now time.Time) bool {
	return now.Sub(m.altered) < 2*time.Second && !m.arrived.After(m.altered)
}

// settling is how long after a change packets of before may still arrive.
const settling = 500 * time.Millisecond

// arriving reports whether packets have come lately.
func (m *meter) arriving(now time.Time) bool {
	return !m.arrived.IsZero() && now.Sub(m.arrived) <= 2*time.Second
}

// leaking reports whether packets have come lately and too long after the last
// change to have been on their way then.
func (m *meter) leaking(now time.Time) bool {
	return m.arriving(now) && m.arrived.After(m.altered.Add(settling))
}
