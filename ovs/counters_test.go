package ovs

import (
	"strconv"
	"testing"
	"time"
)

func TestCountersTellRatesFromRefreshes(t *testing.T) {
	const interval = 5 * time.Second
	start := time.Date(2026, 3, 14, 15, 0, 0, 0, time.UTC)
	type look struct {
		at      time.Duration
		a, b    uint64 // rx_packets, of 100 bytes each
		without string // an interface that is not watched at this look
	}
	for _, test := range []struct {
		name    string
		looks   []look
		a, b    float64 // packets/s at the end, -1 for not known
		publish bool    // of the last look
	}{
		{"one look tells no rate", []look{{0, 10, 10, ""}}, -1, -1, true},
		{"nothing new is not published", []look{{0, 10, 10, ""}, {time.Second, 10, 10, ""}}, -1, -1, false},
		{"the first refresh counts a whole interval, whenever the first look was", []look{{0, 0, 10, ""}, {700 * time.Millisecond, 500, 10, ""}}, 100, 0, true},
		{"a refresh that is seen late is not spread over the delay", []look{{0, 0, 0, ""}, {time.Second, 0, 1, ""}, {6400 * time.Millisecond, 500, 2, ""}}, 100, 0.2, true},
		{"two intervals without a look are two intervals", []look{{0, 0, 0, ""}, {time.Second, 0, 1, ""}, {11 * time.Second, 1000, 2, ""}}, 100, 0.1, true},
		{"silence everywhere is a rate of zero", []look{{0, 0, 0, ""}, {time.Second, 500, 0, ""}, {8 * time.Second, 500, 0, ""}}, 0, 0, true},
		{"silence within an interval keeps the rate", []look{{0, 0, 0, ""}, {time.Second, 500, 0, ""}, {5 * time.Second, 500, 0, ""}}, 100, 0, false},
		{"what is newly watched takes part in the next refresh", []look{{0, 0, 0, "b"}, {time.Second, 500, 0, "b"}, {4 * time.Second, 500, 0, ""}, {6 * time.Second, 1000, 50, ""}}, 100, 10, true},
		{"counters that begin anew tell no rate", []look{{0, 900, 0, ""}, {time.Second, 5, 1, ""}}, -1, 0.2, true},
		{"what is no longer watched is forgotten", []look{{0, 0, 0, ""}, {time.Second, 500, 500, ""}, {2 * time.Second, 500, 0, "b"}}, 100, -1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var book counterBook
			published := false
			for _, l := range test.looks {
				seen := map[UUID]gauge{}
				for id, n := range map[UUID]uint64{"a": l.a, "b": l.b} {
					if string(id) != l.without {
						seen[id] = gauge{Traffic: Traffic{RxPackets: n, RxBytes: 100 * n}}
					}
				}
				published = book.take(start.Add(l.at), interval, seen)
			}
			if published != test.publish {
				t.Errorf("published: %v", published)
			}
			for id, want := range map[UUID]float64{"a": test.a, "b": test.b} {
				rate, known := book.counters[id].Rate(Egress)
				if known != (want >= 0) || known && (rate.Packets != want || rate.Bits != 800*want) {
					t.Errorf("%s: %v, %v; want %v packets/s", id, rate, known, want)
				}
			}
		})
	}
}

func TestPortCountersAreThoseOfAllMembers(t *testing.T) {
	bond := &Port{Interfaces: []*Interface{{UUID: "a"}, {UUID: "b"}}}
	member := func(rx, tx uint64) Counters {
		return Counters{Now: Traffic{RxPackets: rx, RxBytes: 10 * rx, TxPackets: tx, TxBytes: 10 * tx}, Over: 5 * time.Second, LinkSpeed: 1e9}
	}
	s := &Snapshot{Counters: map[UUID]Counters{"a": member(50, 5)}}
	if c, known := s.PortCounters(bond); known {
		t.Errorf("known with one member of two: %+v", c)
	}
	s.Counters["b"] = member(100, 10)
	c, known := s.PortCounters(bond)
	if rate, ok := c.Rate(Egress); !known || !ok || rate != (Rate{30, 2400}) {
		t.Errorf("from the guest: %v, %v", rate, ok)
	}
	if rate, ok := c.Rate(Ingress); !ok || rate != (Rate{3, 240}) {
		t.Errorf("to the guest: %v, %v", rate, ok)
	}
	if c.LinkSpeed != 2e9 {
		t.Errorf("a bond of two links of 1 Gbit/s has %d bit/s", c.LinkSpeed)
	}
	if _, known := s.PortCounters(&Port{}); known {
		t.Error("a port without interfaces has counters")
	}
}

func TestLooksComeWhenARefreshIsDue(t *testing.T) {
	const interval = 5 * time.Second
	now := time.Date(2026, 3, 14, 15, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		ago  time.Duration // since the refresh; negative for never
		want time.Duration
	}{
		{"often until the first refresh", -1, lookEvery},
		{"not before the next is due", 0, interval - lookEarly},
		{"in the middle of an interval", 2 * time.Second, 3*time.Second - lookEarly},
		{"often when it is due", 5 * time.Second, lookEvery},
	} {
		var book counterBook
		if test.ago >= 0 {
			book.refreshed = now.Add(-test.ago)
		}
		if got := book.wait(now, interval); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	book := counterBook{refreshed: now}
	if got := book.wait(now, time.Hour); got != longestWait {
		t.Errorf("with an interval of an hour: %v", got)
	}
}

func TestLooksAtAllInterfacesDoNotComeEarly(t *testing.T) {
	at := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	for _, c := range []struct {
		name       string
		refreshed  time.Duration // before now
		interfaces int
		want       time.Duration
	}{
		{"just seen", 0, 100, 5 * time.Second},
		{"very many", 0, 10_000, 10 * time.Second},
		{"due", 5 * time.Second, 100, lookEvery},
		{"late", time.Minute, 100, lookEvery},
	} {
		b := counterBook{refreshed: at.Add(-c.refreshed), counters: map[UUID]Counters{}}
		for i := range c.interfaces {
			b.counters[UUID(strconv.Itoa(i))] = Counters{}
		}
		if got := b.waitForAll(at, 5*time.Second); got != c.want {
			t.Errorf("%s: waits %v, want %v", c.name, got, c.want)
		}
	}
	if got := (&counterBook{}).waitForAll(at, 5*time.Second); got != lookEvery {
		t.Errorf("before any refresh: waits %v", got)
	}
}
