package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

func TestRateFallsToZeroWhenTheCaptureEnds(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	for i := range 30 {
		u.Pings(10*i, 10)
		u.Wait(fastTick)
	}
	u.ExpectIn("packets  ", "100/s")
	u.openErr = errors.New("no such device")
	c := u.m.tap.capture
	u.sources[0].Break(errors.New("the interface went away"))
	<-c.done
	u.Wait(2 * time.Second)
	u.ExpectIn("packets  ", " 0/s")
}

func TestFirstPacketsAreNoFlood(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 2)
	u.clock = u.clock.Add(eagerTick)
	u.Send(tickMsg{u.m.ticks})
	u.ExpectNot("100/s")
	u.Wait(rateRefresh)
	u.ExpectIn("packets  ", " 2.0/s")
}

func TestLossesOfEarlierCapturesStay(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 1)
	u.sources[0].KernelDrops, u.sources[0].Freezes = 40, 1
	u.Wait(time.Second)
	u.Expect("40 in the kernel, its ring was full once")
	c := u.m.tap.capture
	u.sources[0].Break(errors.New("the interface went away"))
	<-c.done
	u.Wait(time.Second)
	if len(u.sources) != 2 {
		t.Fatalf("%d captures", len(u.sources))
	}
	u.sources[1].KernelDrops, u.sources[1].Freezes = 2, 1
	u.Wait(time.Second)
	u.Expect("42 in the kernel, its ring was full 2 times")
	u.Select("vnet2") // another mirror starts anew
	u.Press("m")
	u.ExpectIn("lost ", "nothing")
}

// watched is a source that knows what its interface does.
type watched struct {
	*tuitest.Source
	state capture.State
}

func (w *watched) State() capture.State { return w.state }

// watching opens taps whose interface's state the test sets.
func watching(t *testing.T) (*ui, *watched) {
	w := &watched{Source: tuitest.NewSource()}
	u := start(t, func(c *Config) {
		c.OpenTap = func(_ context.Context, p ovs.TapPoint) (live.Source, error) {
			w.state.Interface = p.Interface
			return w, nil
		}
	})
	u.Select("vnet2")
	u.Press("m")
	return u, w
}

func TestInterfaceThatIsDownOrGoneIsNamed(t *testing.T) {
	u, w := watching(t)
	u.Expect("● copying, says OVS")
	w.state.Phase, w.state.Since = capture.Down, u.clock
	u.Wait(time.Second)
	u.Expect("! not delivering: mon0 is down: ip link set mon0 up")
	u.ExpectNot("copying")
	w.state.Phase, w.state.Since = capture.Gone, u.clock
	u.Wait(time.Second)
	u.Expect("! not delivering: mon0 is gone since 15:09:27")
	w.state.Phase, w.state.Since = capture.Running, u.clock
	u.Wait(time.Second)
	u.Expect("lost         nothing; mon0 is back since 15:09:28")
	u.ExpectNot("gone")
}

func TestOutputThatOVSKnowsIsDownIsNamed(t *testing.T) {
	u := start(t)
	u.openErr = errors.New("operation not permitted")
	u.Edit(func(s *ovs.Snapshot) { s.PortByName("mon0").Interfaces[0].AdminState = "down" })
	u.Select("vnet2")
	u.Press("m")
	u.Expect("! not delivering: mon0 is down: ip link set mon0 up")
	u.Edit(func(s *ovs.Snapshot) {
		i := s.PortByName("mon0").Interfaces[0]
		i.AdminState, i.LinkState = "up", "down"
	})
	u.Expect("! not delivering: the link of its output mon0 is down")
}

// OVS reports every five seconds what passed in the five before. Bursts further
// apart than our own idea of "now" must not make the verdict flap.
func TestVerdictDoesNotFlapWithOVSsRefresh(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m")
	u.Wait(20 * time.Second)
	for range 4 { // a burst every 5 s, and OVS tells of it 4 s later
		u.Pings(1, 3)
		for range 4 {
			u.Wait(time.Second)
			u.ExpectNot("none arrive")
		}
		u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").LastMoved = u.clock })
		u.ExpectNot("none arrive")
		u.Wait(time.Second)
		u.ExpectNot("none arrive")
	}
	for range 3 { // from now on nothing arrives here
		u.Wait(5 * time.Second)
		u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").LastMoved = u.clock })
	}
	u.Expect("! not delivering: OVS counts copies, but none arrive on mon0")
	u.Wait(4 * time.Second)
	u.Expect("! not delivering: OVS counts copies, but none arrive on mon0")
}

// 64 MiB of packets are there once, however many mirrors are looked at.
func TestOneStoreServesAllMirrors(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 5)
	u.Wait(time.Second)
	first := u.m.tap.store()
	u.Select("vnet2")
	u.Press("m")
	u.Expect("Listening on mon0. Nothing has come yet.")
	u.Pings(6, 1)
	u.Wait(time.Second)
	u.ExpectIn("seen here", "         1 pkt")
	u.Expect("seq=6", "1 so far")
	u.ExpectNot("seq=5")
	if u.m.tap.store() != first {
		t.Error("there is a second store")
	}
}
