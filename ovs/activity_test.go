package ovs

import (
	"testing"
	"time"
)

func TestActivityOfSources(t *testing.T) {
	at := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	passed := func(rx, tx uint64) Counters {
		return Counters{
			Before: Traffic{RxPackets: 70, TxPackets: 30}, Now: Traffic{RxPackets: 70 + rx, TxPackets: 30 + tx},
			At: at, Over: 5 * time.Second,
		}
	}
	for name, test := range map[string]struct {
		tap1, tap2     Counters
		known1, known2 bool
		change         func(*Mirror)
		busy, quiet    bool
		rate           float64
		busiest        string
	}{
		"both quiet":             {passed(0, 9), passed(9, 0), true, true, func(*Mirror) {}, false, true, 0, ""},
		"the guest sends":        {passed(50, 0), passed(0, 0), true, true, func(*Mirror) {}, true, false, 10, "tap1"},
		"the other receives":     {passed(0, 0), passed(0, 100), true, true, func(*Mirror) {}, true, false, 20, "tap2"},
		"both":                   {passed(50, 0), passed(0, 100), true, true, func(*Mirror) {}, true, false, 30, "tap2"},
		"LLDP":                   {passed(1, 0), passed(0, 2), true, true, func(*Mirror) {}, false, true, 0, ""},
		"one is not known":       {passed(0, 0), Counters{}, true, false, func(*Mirror) {}, false, false, 0, ""},
		"one is busy, that does": {passed(50, 0), Counters{}, true, false, func(*Mirror) {}, true, false, 10, "tap1"},
		"counted once":           {Counters{At: at}, Counters{At: at}, true, true, func(*Mirror) {}, false, false, 0, ""},
		"no source":              {passed(50, 50), passed(50, 50), true, true, func(m *Mirror) { m.Egress, m.Ingress = nil, nil }, false, false, 0, ""},
		"whole bridge":           {passed(0, 50), passed(50, 0), true, true, func(m *Mirror) { m.SelectAll = true }, true, false, 10, "tap2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture()
			s.Counters = map[UUID]Counters{}
			for _, p := range s.Bridges[0].Ports {
				p.Interfaces[0].UUID = "if-" + p.UUID
			}
			if test.known1 {
				s.Counters["if-"+id('a', '1')] = test.tap1
			}
			if test.known2 {
				s.Counters["if-"+id('a', '2')] = test.tap2
			}
			m := s.Mirror(id('c', '1'))
			m.Ingress = []PortRef{{id('a', '2'), "tap2"}}
			test.change(m)
			a := s.Activity(m)
			if a.Busy() != test.busy || a.Quiet() != test.quiet || a.Rate != test.rate || a.Busiest != test.busiest {
				t.Errorf("got %+v, busy %v, quiet %v", a, a.Busy(), a.Quiet())
			}
			if a.Known && (a.To != at || a.From != at.Add(-5*time.Second)) {
				t.Errorf("from %v to %v", a.From, a.To)
			}
		})
	}
}
