package live

import (
	"math"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1+math.Abs(b)) }

func TestMeterShowsTheRateOfTheLastSecond(t *testing.T) {
	var m Meter
	if pps, bps := m.Rate(); pps != 0 || bps != 0 {
		t.Errorf("rate is %v, %v before any sample", pps, bps)
	}
	var c Counters
	at := epoch
	tick := func(step time.Duration, packets uint64) {
		at = at.Add(step)
		c.Packets += packets
		c.Bytes += packets * 100
		m.Sample(at, c)
	}
	want := func(when string, pps float64) {
		t.Helper()
		gotPPS, gotBPS := m.Rate()
		if math.Abs(gotPPS-pps) > 0.1*pps || math.Abs(gotBPS-gotPPS*800) > 1e-6*(1+gotBPS) {
			t.Errorf("%s: rate is %v packets/s and %v bit/s, want %v", when, gotPPS, gotBPS, pps)
		}
	}
	tick(0, 500) // from before we looked: not part of any rate
	want("after one sample", 0)
	tick(100*time.Millisecond, 100)
	want("after 100 ms", 1000)
	for range 30 {
		tick(100*time.Millisecond, 10)
	}
	want("slower for 3 s", 100)
	for range 2000 {
		tick(time.Millisecond, 3)
	}
	want("sampled every millisecond", 3000)
	tick(7*time.Second, 7000)
	want("after a pause", 1000)
	for range 12 {
		tick(100*time.Millisecond, 0)
	}
	want("after silence", 0)
	m.Sample(at.Add(time.Second), Counters{Packets: 1})
	want("counters started anew", 0)
	m.Sample(at, Counters{Packets: 5})
	want("clock went back", 0)
}

func TestMeterHistoryIsEvenHoweverOftenItIsSampled(t *testing.T) {
	for _, step := range []time.Duration{7 * time.Millisecond, 100 * time.Millisecond, 1300 * time.Millisecond, time.Minute} {
		m := Meter{Interval: 250 * time.Millisecond}
		for i := range 1000 {
			m.Sample(epoch.Add(time.Duration(i)*step), Counters{Packets: uint64(i) * uint64(step/time.Millisecond), Bytes: uint64(i) * uint64(step/time.Millisecond) * 60})
		}
		history := m.History(1000)
		if want := min(int(999*step/m.Interval), 511); len(history) != want {
			t.Errorf("every %v: %d values, want %d", step, len(history), want)
		}
		for i, r := range history {
			if !near(r.PPS, 1000) || !near(r.BPS, 480_000) {
				t.Errorf("every %v: value %d is %v, want 1000 packets/s and 480,000 bit/s", step, i, r)
				break
			}
		}
		if got := m.History(3); len(got) != 3 {
			t.Errorf("every %v: asked for 3 values, got %d", step, len(got))
		}
		if got := m.History(-1); len(got) != 0 {
			t.Errorf("every %v: asked for -1 values, got %d", step, len(got))
		}
	}
}

func TestMeterHistoryShowsBurstsWhereTheyWere(t *testing.T) {
	m := Meter{Interval: time.Second}
	var c Counters
	for i := range 50 {
		if i >= 20 && i < 30 {
			c.Packets += 40
			c.Bytes += 400
		}
		m.Sample(epoch.Add(time.Duration(i)*100*time.Millisecond), c)
	}
	got := m.History(10)
	if len(got) != 4 || got[0] != (Rate{}) || !near(got[1].PPS, 40) || !near(got[1].BPS, 3200) || !near(got[2].PPS, 360) || got[3] != (Rate{}) {
		t.Errorf("history is %v", got)
	}
}
