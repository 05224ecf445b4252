package ovs

import (
	"math"
	"time"
)

// Traffic is what has passed an interface since it came up, as the switch sees
// it: Rx came in from the port, which is what its guest sent (→), Tx went out to
// it (←).
type Traffic struct {
	RxPackets, RxBytes, RxDropped, RxErrors uint64
	TxPackets, TxBytes, TxDropped, TxErrors uint64
}

// Counters are an interface's traffic at the last two times that ovs-vswitchd
// refreshed its statistics, which it does every StatsInterval.
type Counters struct {
	// Now was read at the time At.
	Now Traffic
	At  time.Time
	// Before is what Now was one refresh, or several, earlier: by the time Over,
	// which is zero while only one is known.
	Before Traffic
	Over   time.Duration
	// LinkSpeed is in bit/s, 0 when not known.
	LinkSpeed uint64
	// All are all counters at the time At, by their names in
	// ovs-vswitchd.conf.db(5); nil in sums.
	All map[string]uint64
}

// Rate is how much passes in a second.
type Rate struct {
	Packets, Bits float64
}

// Rate tells how much of one direction passed between the last two refreshes;
// false while that is not known.
func (c Counters) Rate(d Direction) (Rate, bool) {
	if c.Over <= 0 {
		return Rate{}, false
	}
	packets, bytes := c.Now.RxPackets-c.Before.RxPackets, c.Now.RxBytes-c.Before.RxBytes
	if d == Ingress {
		packets, bytes = c.Now.TxPackets-c.Before.TxPackets, c.Now.TxBytes-c.Before.TxBytes
	}
	seconds := c.Over.Seconds()
	return Rate{float64(packets) / seconds, 8 * float64(bytes) / seconds}, true
}

// PortCounters are the counters of a port's interfaces together; false unless
// those of all are known. Only watched interfaces have any, see Client.Watch.
func (s *Snapshot) PortCounters(p *Port) (Counters, bool) {
	var sum Counters
	for i, member := range p.Interfaces {
		c, known := s.Counters[member.UUID]
		if !known {
			return Counters{}, false
		}
		if i == 0 {
			sum = c
			if len(p.Interfaces) > 1 {
				sum.All = nil
			}
			continue
		}
		sum.Now, sum.Before = sum.Now.plus(c.Now), sum.Before.plus(c.Before)
		sum.LinkSpeed += c.LinkSpeed
		if c.At.After(sum.At) {
			sum.At = c.At
		}
		sum.Over = min(sum.Over, c.Over) // the refreshes are common to all
	}
	return sum, len(p.Interfaces) > 0
}

func (t Traffic) plus(u Traffic) Traffic {
	return Traffic{
		RxPackets: t.RxPackets + u.RxPackets, RxBytes: t.RxBytes + u.RxBytes,
		RxDropped: t.RxDropped + u.RxDropped, RxErrors: t.RxErrors + u.RxErrors,
		TxPackets: t.TxPackets + u.TxPackets, TxBytes: t.TxBytes + u.TxBytes,
		TxDropped: t.TxDropped + u.TxDropped, TxErrors: t.TxErrors + u.TxErrors,
	}
}

// grewTo reports whether u can be what t is later: no counter has begun anew.
func (t Traffic) grewTo(u Traffic) bool {
	return u.RxPackets >= t.RxPackets && u.RxBytes >= t.RxBytes && u.TxPackets >= t.TxPackets && u.TxBytes >= t.TxBytes
}

// gauge is one look at an interface's counters.
type gauge struct {
	Traffic
	linkSpeed uint64
	all       map[string]uint64
}

// counterBook makes Counters from looks at the statistics. Vswitchd refreshes those
// of all interfaces together, so that one that has changed tells of all others
// that they have been counted again; and as it does so in fixed intervals, what
// lies between two refreshes is known better than the times of our looks.
type counterBook struct {
	// refreshed is when a refresh was last seen; zero if never.
	refreshed time.Time
	counters  map[UUID]Counters
}

const (
	// lookEvery is how often the statistics are looked at when a refresh is due.
	lookEvery = 500 * time.Millisecond
	// lookEarly is how long before a refresh is due that begins.
	lookEarly = 200 * time.Millisecond
	// longestWait bounds the time between two looks, because intervals and phases
	// may change.
	longestWait = 10 * time.Second
)

// take notes what was seen at the time now of all interfaces that are of
// interest, and forgets the others. It reports whether there is something new.
func (b *counterBook) take(now time.Time, interval time.Duration, seen map[UUID]gauge) bool {
	refreshed := false
	for id, g := range seen {
		if c, known := b.counters[id]; known && c.Now != g.Traffic {
			refreshed = true
		}
	}
	// Nothing at all has passed anywhere: a refresh that changes nothing.
	if !refreshed && len(b.counters) > 0 && !b.refreshed.IsZero() && now.Sub(b.refreshed) > interval+2*lookEvery {
		refreshed = true
	}
	if refreshed {
		b.refreshed = now
	}
	next := make(map[UUID]Counters, len(seen))
	fresh := len(seen) != len(b.counters)
	for id, g := range seen {
		c, known := b.counters[id]
		switch {
		case !known:
			c = Counters{Now: g.Traffic, At: now}
			if !b.refreshed.IsZero() {
				c.At = b.refreshed
			}
			fresh = true
		case refreshed:
			c.Before, c.Over = c.Now, intervals(now.Sub(c.At), interval)
			if !c.Now.grewTo(g.Traffic) {
				c.Over = 0 // the interface was made anew
			}
			c.Now, c.At = g.Traffic, now
		}
		c.LinkSpeed, c.All = g.linkSpeed, g.all
		next[id] = c
	}
	b.counters = next
	return refreshed || fresh
}

// intervals is the time between two refreshes, of which d was seen: looks are late
// by up to lookEvery, and the first may be late by nearly an interval.
func intervals(d, interval time.Duration) time.Duration {
	n := max(1, math.Round(float64(d)/float64(interval)))
	whole := time.Duration(n) * interval
	if d > whole+2*lookEvery {
		return d // vswitchd was busy, or its interval has been changed
	}
	return whole
}

// wait is how long after a look at the time now the next one is due.
func (b *counterBook) wait(now time.Time, interval time.Duration) time.Duration {
	if b.refreshed.IsZero() {
		return lookEvery
	}
	due := b.refreshed.Add(interval - lookEarly).Sub(now)
	return min(max(due, lookEvery), longestWait)
}

// atOnce is how many interfaces are all looked at after each refresh; of more, it
// takes two refreshes or several, so that it costs a few percent of a core.
const atOnce = 6000

// waitForAll is wait for looks at all interfaces, which are too dear to come early.
func (b *counterBook) waitForAll(now time.Time, interval time.Duration) time.Duration {
	if b.refreshed.IsZero() {
		return lookEvery
	}
	refreshes := time.Duration(1 + len(b.counters)/atOnce)
	return max(b.refreshed.Add(refreshes*interval).Sub(now), lookEvery)
}
