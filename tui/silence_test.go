package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ovscope/ovs"
)

// purges counts the purges that the screen asks for.
func (u *ui) purges() *int {
	n := 0
	u.sw.Purged = func() error { n++; return nil }
	return &n
}

// Passed sets what passed ports in the last interval, in packets, up to now.
func (u *ui) Passed(packets map[string]uint64) {
	u.Edit(func(s *ovs.Snapshot) {
		counters := map[ovs.UUID]ovs.Counters{}
		for _, b := range s.Bridges {
			for _, p := range b.Ports {
				n, set := packets[p.Name]
				for _, i := range p.Interfaces {
					if set {
						now := ovs.Traffic{RxPackets: 1000 + n, TxPackets: 1000 + n}
						counters[i.UUID] = ovs.Counters{Now: now, Before: ovs.Traffic{RxPackets: 1000, TxPackets: 1000}, At: u.clock, Over: 5 * time.Second}
					}
				}
			}
		}
		s.Counters = counters
	})
}

// switchedOff copies tap1, sees packets, and turns it off again.
func switchedOff(t *testing.T, change ...func(*Config)) *ui {
	u := start(t, change...)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Expect("copying, and packets arrive here")
	u.Press("e")
	u.Expect("○ stopping: watching ovscope3f9a0001 for late copies")
	return u
}

func TestOffIsCheckedAtTheTapPoint(t *testing.T) {
	u := switchedOff(t)
	n := u.purges()
	u.Pings(4, 1) // was on its way
	u.Wait(settling / 2)
	u.Expect("stopping")
	u.Wait(proof + settling)
	u.Expect("○ stopped: silent for 2 s on ovscope3f9a0001")
	u.Passed(map[string]uint64{"tap1": 100})
	u.Expect("stopped: silent for 2 s on ovscope3f9a0001, while tap1 passed 20/s")
	u.Passed(map[string]uint64{"tap1": 0})
	u.Expect("; its sources are quiet, too")
	if *n != 0 {
		t.Errorf("%d purges for a tap point that is silent", *n)
	}
}

func TestCopiesThatStillFlowArePurgedOnceAndNamed(t *testing.T) {
	u := switchedOff(t)
	u.Resize(200, 50)
	n := u.purges()
	for i := range 100 { // a switch that goes on whatever it is told
		u.Pings(10+i, 1)
		u.Wait(fastTick)
	}
	if *n != 1 {
		t.Fatalf("%d purges, want one", *n)
	}
	u.Expect("! copies still flow, though no source is on and flows were purged; the last came 0 s ago")
	u.Press("L")
	u.Expect("purge flows, because copies into ovscope3f9a0001 still arrive after it was switched off: ok in 1 ms",
		"$  ovs-appctl revalidator/purge", "copies into ovscope3f9a0001 still flow, though no source is on")
	u.Press("esc")
	u.Wait(longProof - time.Second)
	u.Expect("copies still flow")
	u.Wait(2 * time.Second)
	u.Expect("○ stopped: silent for 1")
	if *n != 1 {
		t.Errorf("%d purges, want one", *n)
	}
}

func TestPurgeThatHelpsIsEnough(t *testing.T) {
	u := switchedOff(t)
	n := u.purges()
	u.Wait(time.Second)
	u.Pings(10, 1)
	u.Wait(fastTick)
	if *n != 1 {
		t.Fatalf("%d purges, want one", *n)
	}
	u.Expect("stopping", "flows purged")
	u.Wait(proof + settling)
	u.Expect("○ stopped: silent for")
	u.ExpectNot("still flow")
}

func TestPurgeThatFailsIsSaid(t *testing.T) {
	u := switchedOff(t)
	u.Resize(200, 50)
	u.sw.Purged = func() error {
		return errors.New("purging datapath flows: ovs-vswitchd runs on another host")
	}
	u.Wait(time.Second)
	u.Pings(10, 1)
	u.Wait(time.Second)
	u.Expect("! copies still flow, though no source is on; the last came 0 s ago, and there was no purge: purging datapath flows:")
}

// The check goes on though the screen has turned to another mirror, and is over
// when it is.
func TestOffIsCheckedThoughAnotherMirrorIsShown(t *testing.T) {
	u := switchedOff(t)
	n := u.purges()
	u.Select("vnet2")
	u.Press("m")
	u.Wait(time.Second)
	var guards int
	for _, s := range u.sources[1:] {
		if !s.Closed() {
			guards++
		}
	}
	if guards != 2 {
		t.Fatalf("%d captures are open, want that of span0 and the sentry", guards)
	}
	sentry := u.m.silences[own(u.sw.Snapshot()).UUID].sentry
	u.sources[2].Feed()
	for i := range u.sources {
		if u.sources[i] == sentry.source {
			u.Feed() // not the newest
			u.sources[i].Feed(ping(u, 20))
		}
	}
	u.Wait(fastTick)
	if *n != 1 {
		t.Fatalf("%d purges, want one", *n)
	}
	u.Wait(proof + 2*settling)
	u.Select("tap1")
	u.Wait(fastTick)
	u.Expect("stopped: ovscope3f9a0001 was silent when last looked")
	open := 0
	for _, s := range u.sources {
		if !s.Closed() {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d captures are open", open)
	}
	u.Wait(proof + 2*settling)
	u.Expect("stopped: silent for")
}

// Off and on and off again, before anybody has looked, leaves one watcher.
func TestOffAgainRelievesTheSentryOfBefore(t *testing.T) {
	u := switchedOff(t)
	u.Select("vnet2")
	u.Press("m")
	u.Wait(time.Second)
	if u.m.silences[own(u.sw.Snapshot()).UUID].sentry == nil {
		t.Fatal("nobody watches the tap point")
	}
	u.Select("tap1")
	u.Press("e", "e")
	u.Wait(time.Second)
	open := 0
	for _, s := range u.sources {
		if !s.Closed() {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d captures are open, want that of the screen", open)
	}
}

func TestOffThatNobodyCanCheckSaysSo(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Edit(func(s *ovs.Snapshot) {
		m := *own(s)
		m.UUID, m.Name, m.Owner, m.Egress = "other", "other", ovs.Owner{}, []ovs.PortRef{{UUID: "tap2", Name: "tap2"}}
		b := s.BridgeByName("br0")
		b.Mirrors = append(b.Mirrors, &m)
	})
	u.Press("e")
	u.Wait(5 * time.Second)
	u.Expect("○ stopped, says OVS; not checked: mirror other copies to the same output")

	u = start(t)
	u.openErr = errors.New("operation not permitted")
	u.Select("tap1")
	u.Press("e", "e")
	u.Wait(5 * time.Second)
	u.Expect("○ stopped, says OVS; not checked: operation not permitted")
}

func TestSwitchingOnAgainEndsTheCheck(t *testing.T) {
	u := switchedOff(t)
	n := u.purges()
	u.Press("e")
	u.Wait(time.Second)
	u.Pings(10, 1)
	u.Wait(time.Second)
	u.Expect("copying, and packets arrive here")
	if *n != 0 || len(u.m.silences) != 0 {
		t.Errorf("%d purges, %d checks", *n, len(u.m.silences))
	}
}

// Nobody can look at a port that is gone, and nothing can arrive there.
func TestRemovedMirrorIsProvenByItsPort(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "u", "L")
	u.Expect("its port ovscope3f9a0001 is gone, so that nothing can be copied there any more")
	if strings.Contains(u.Screen(), "stopping") {
		t.Error("it looks for copies on a port that is gone")
	}
}
