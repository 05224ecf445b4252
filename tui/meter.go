package tui

import (
	"time"

	"ovscope/live"
)

// meter is a live.Meter whose rates are shown twice a second, so that they can be
// read, and that knows when packets last came.
type meter struct {
	rates live.Meter
	began time.Time // the first reading

	packets, bits float64 // per second, as shown
	counters      live.Counters
	shown         time.Time // when the rates were last made
	arrived       time.Time // when a packet last came, zero if never
	altered       time.Time // when a change was last applied
}

const (
	rateWindow  = time.Second // of live.Meter
	rateRefresh = 500 * time.Millisecond
	// historySeconds is how far back a sparkline can go.
	historySeconds = 300
)

// newMeter starts measuring now.
func newMeter(now time.Time) meter {
	return meter{rates: live.Meter{Interval: time.Second}, altered: now}
}

// add takes the counters of now and reports whether packets have come since the
// last time.
func (m *meter) add(now time.Time, c live.Counters) bool {
	if m.began.IsZero() {
		m.began = now
	}
	came := c.Packets > m.counters.Packets
	if came {
		m.arrived = now
	}
	m.counters = c
	m.rates.Sample(now, c)
	return came
}

// due reports whether it is time to show rates, and makes them.
func (m *meter) due(now time.Time) bool {
	if now.Sub(m.shown) < rateRefresh {
		return false
	}
	m.shown = now
	m.packets, m.bits = m.rates.Rate()
	// Ten packets in the first 20 ms are ten a second so far, not 500.
	if known := now.Sub(m.began); known < rateWindow {
		m.packets *= known.Seconds()
		m.bits *= known.Seconds()
	}
	return true
}

// history is what passed in each of the last seconds, oldest first.
func (m *meter) history(seconds int) []live.Rate {
	return m.rates.History(min(seconds, historySeconds))
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
