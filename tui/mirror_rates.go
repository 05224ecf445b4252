package tui

import (
	"time"

	"ovscope/ovs"
)

// mirrorRates are packets a second of mirrors by OVS's own counters, as far as these
// have been seen to change.
type mirrorRates map[ovs.UUID]mirrorRate

type mirrorRate struct {
	at      time.Time // when the counter was first seen to be so
	packets uint64
	rate    float64 // of the interval before that
	known   bool    // there was a reading before
}

// see takes a snapshot's counters. OVS refreshes them all at once (F4), so what is new
// since a counter stood still for long came in the last interval.
func (r mirrorRates) see(s *ovs.Snapshot) {
	here := map[ovs.UUID]bool{}
	for _, mirror := range s.Mirrors() {
		stats := mirror.Statistics
		if stats == nil {
			continue
		}
		here[mirror.UUID] = true
		last, seen := r[mirror.UUID]
		switch d := s.Time.Sub(last.at); {
		case !seen || stats.Packets < last.packets: // built anew
			r[mirror.UUID] = mirrorRate{at: s.Time, packets: stats.Packets}
		case stats.Packets > last.packets && d > 0:
			if d > s.StatsInterval*3/2 && s.StatsInterval > 0 {
				d = s.StatsInterval
			}
			r[mirror.UUID] = mirrorRate{s.Time, stats.Packets, float64(stats.Packets-last.packets) / d.Seconds(), true}
		}
	}
	for id := range r {
		if !here[id] {
			delete(r, id)
		}
	}
}

// rate is what a mirror copies now, false while that is not known. A counter that
// stands still for two intervals says: nothing.
func (r mirrorRates) rate(id ovs.UUID, s *ovs.Snapshot, now time.Time) (pps float64, known bool) {
	last, seen := r[id]
	switch still := now.Sub(last.at); {
	case !seen || s.Stale():
		return 0, false
	case still >= 2*s.StatsInterval:
		return 0, true
	}
	return last.rate, last.known
}
