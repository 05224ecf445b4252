package ovs_test

import (
	"context"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/ovs/lab"
	"ovscope/ovs/sim"
)

// until waits for a snapshot that is as wanted.
func until(t *testing.T, c *ovs.Client, what string, wanted func(*ovs.Snapshot) bool) *ovs.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s := c.Snapshot()
	for !wanted(s) {
		var err error
		if s, err = c.Next(ctx, s.Generation); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	return s
}

func TestOnlyWatchedInterfacesHaveCounters(t *testing.T) {
	demo, err := sim.Start(t.Context(), sim.Options{Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Close()
	c, err := ovs.Dial(t.Context(), ovs.Config{Endpoint: demo.Endpoint(), Self: ovs.Process{Host: "h", Boot: "b", PIDNS: "p", PID: 1, Start: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	first := c.Snapshot()
	if len(first.Counters) > 0 {
		t.Fatalf("counters that nobody asked for: %v", first.Counters)
	}
	var ports []*ovs.Port
	for _, b := range first.Bridges {
		for _, p := range b.Ports {
			if p.GuestName() != "" && len(ports) < 2 {
				ports = append(ports, p)
			}
		}
	}
	demo.Step(5 * time.Second) // statistics are there
	port := ports[0]
	c.Watch([]ovs.UUID{port.Interfaces[0].UUID})
	s := until(t, c, "waiting for counters", func(s *ovs.Snapshot) bool { return len(s.Counters) > 0 })
	before, known := s.PortCounters(port)
	if _, rated := before.Rate(ovs.Egress); !known || rated {
		t.Errorf("after one look: %+v, %v", before, known)
	}
	demo.Step(5 * time.Second)
	s = until(t, c, "waiting for a rate", func(s *ovs.Snapshot) bool {
		c, _ := s.PortCounters(port)
		_, rated := c.Rate(ovs.Egress)
		return rated
	})
	counters, _ := s.PortCounters(port)
	rate, _ := counters.Rate(ovs.Egress)
	if want := float64(counters.Now.RxPackets-before.Now.RxPackets) / 5; rate.Packets != want || want <= 0 {
		t.Errorf("%v packets/s, want %v", rate.Packets, want)
	}
	if _, known := s.PortCounters(ports[1]); known {
		t.Errorf("%s has counters, and nobody watches it", ports[1].Name)
	}
	if len(s.Bridges) == 0 || s.Bridges[0] != c.Snapshot().Bridges[0] {
		t.Error("new counters have made everything else anew")
	}
	c.Watch(nil)
	until(t, c, "waiting for no counters", func(s *ovs.Snapshot) bool { return len(s.Counters) == 0 })
}

func TestCountersGoOnAfterOVSDBRestarts(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	c := dial(t, l)
	port := port(t, c.Snapshot(), "tap1")
	c.Watch([]ovs.UUID{port.Interfaces[0].UUID})
	rated := func(s *ovs.Snapshot) bool {
		c, _ := s.PortCounters(port)
		rate, known := c.Rate(ovs.Egress)
		return known && rate.Packets > 0 && !s.Stale()
	}
	until(t, c, "waiting for the first rate", rated)
	if err := l.StopOVSDB(); err != nil {
		t.Fatal(err)
	}
	until(t, c, "waiting for the loss of the connection", (*ovs.Snapshot).Stale)
	if err := l.StartOVSDB(); err != nil {
		t.Fatal(err)
	}
	back := until(t, c, "reconnecting", func(s *ovs.Snapshot) bool { return !s.Stale() })
	counters, _ := back.PortCounters(port)
	until(t, c, "waiting for counters after the restart", func(s *ovs.Snapshot) bool {
		c, _ := s.PortCounters(port)
		return c.At.After(counters.At) && rated(s)
	})
}

func TestAllInterfacesCanBeWatched(t *testing.T) {
	demo, err := sim.Start(t.Context(), sim.Options{Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Close()
	c, err := ovs.Dial(t.Context(), ovs.Config{Endpoint: demo.Endpoint(), Self: ovs.Process{Host: "h", Boot: "b", PIDNS: "p", PID: 1, Start: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	demo.Step(5 * time.Second) // statistics are there
	c.WatchAll()
	s := until(t, c, "waiting for counters", func(s *ovs.Snapshot) bool { return len(s.Counters) > 0 })
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			counters, known := s.PortCounters(p)
			if known != (p.Error() == "") {
				t.Errorf("%s: counters known: %v", p.Name, known)
			}
			if known && !p.IsBond() && counters.All["rx_packets"] != counters.Now.RxPackets {
				t.Errorf("%s: all counters are %v, but %+v", p.Name, counters.All, counters.Now)
			}
		}
	}
	one := s.Bridges[0].Ports[0].Interfaces[0].UUID
	c.Watch([]ovs.UUID{one})
	until(t, c, "waiting for the counters of one", func(s *ovs.Snapshot) bool { _, is := s.Counters[one]; return is && len(s.Counters) == 1 })
}
