package live

import "time"

// Meter turns Counters, sampled now and then, into rates: what passes now, and
// how that went lately for a sparkline. It uses the clock that it is handed and
// memory of a fixed size. The zero value is ready for use.
//
// It is not safe for use by several goroutines at once.
type Meter struct {
	// Interval is what one value of History stands for; 500 ms if it is 0. It may
	// not change after the first Sample.
	Interval time.Duration

	// recent are samples of the last rateWindow, oldest first, at least
	// rateWindow/len apart, so that they always cover it.
	recent  [16]sample
	recents int
	last    sample

	// history[i%len] is packets and bits in interval number i since began; the one
	// at number current is still filling.
	began   time.Time
	current int
	history [512]Rate
}

type sample struct {
	at time.Time
	Counters
}

const (
	rateWindow      = time.Second
	historyInterval = 500 * time.Millisecond
)

func (m *Meter) interval() time.Duration {
	if m.Interval <= 0 {
		return historyInterval
	}
	return m.Interval
}

// Sample tells the meter what the counters are now. Counters that went down, as
// those of a new source do, and clocks that did, start it anew.
func (m *Meter) Sample(now time.Time, c Counters) {
	s := sample{now, c}
	if m.recents == 0 || now.Before(m.last.at) || c.Packets < m.last.Packets || c.Bytes < m.last.Bytes {
		*m = Meter{Interval: m.Interval, began: now, last: s, recents: 1}
		m.recent[0] = s
		return
	}
	m.record(m.last.at, now, Rate{float64(c.Packets - m.last.Packets), 8 * float64(c.Bytes-m.last.Bytes)})
	if now.Sub(m.recent[m.recents-1].at) >= rateWindow/time.Duration(len(m.recent)-2) {
		if m.recents == len(m.recent) {
			m.forget(1)
		}
		m.recent[m.recents] = s
		m.recents++
	}
	m.last = s
	// Keep one that is as old as the window, and none that is older than that one.
	n := 0
	for n+1 < m.recents && now.Sub(m.recent[n+1].at) >= rateWindow {
		n++
	}
	m.forget(n)
}

func (m *Meter) forget(n int) {
	copy(m.recent[:], m.recent[n:m.recents])
	m.recents -= n
}

// record spreads packets and bits evenly over the intervals between from and to.
func (m *Meter) record(from, to time.Time, came Rate) {
	step := m.interval()
	number := int(to.Sub(m.began) / step)
	if number-m.current >= len(m.history) { // The older ones are forgotten anyway.
		m.history = [len(m.history)]Rate{}
		m.current = number - len(m.history) + 1
	}
	total := to.Sub(from)
	for {
		start := m.began.Add(time.Duration(m.current) * step)
		end := start.Add(step)
		if total > 0 {
			if part := earlier(to, end).Sub(later(from, start)); part > 0 {
				share := float64(part) / float64(total)
				m.add(Rate{came.PPS * share, came.BPS * share})
			}
		} else {
			m.add(came)
		}
		if m.current >= number {
			return
		}
		m.current++
		m.history[m.current%len(m.history)] = Rate{}
	}
}

// add adds to the interval that is filling.
func (m *Meter) add(more Rate) {
	h := &m.history[m.current%len(m.history)]
	h.PPS += more.PPS
	h.BPS += more.BPS
}

// Rate returns packets and bits per second over the last second of samples, or
// as much of it as there is. Both are 0 before the second sample.
func (m *Meter) Rate() (pps, bps float64) {
	if m.recents == 0 {
		return 0, 0
	}
	base := m.recent[0]
	seconds := m.last.at.Sub(base.at).Seconds()
	if seconds <= 0 {
		return 0, 0
	}
	return float64(m.last.Packets-base.Packets) / seconds,
		float64(m.last.Bytes-base.Bytes) * 8 / seconds
}

// History returns what passed in the last n complete intervals, the oldest first.
// It is shorter while there are fewer, and never longer than 511.
func (m *Meter) History(n int) []Rate {
	n = max(min(n, m.current, len(m.history)-1), 0)
	out := make([]Rate, 0, n)
	seconds := m.interval().Seconds()
	for i := m.current - n; i < m.current; i++ {
		h := m.history[i%len(m.history)]
		out = append(out, Rate{h.PPS / seconds, h.BPS / seconds})
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
