package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/layout"
	"ovscope/tui/tuitest"
)

func TestFirstKeyMakesAMirrorAndShowsItsPackets(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Expect("Nothing is copied on br0")
	u.Press("e")
	u.Expect("Mirror ovscope3f9a0001, ours", "ok in 12 ms, flows purged", "ovs-vsctl -- ", "1 mirror to remove on quit")
	u.ExpectMarks("tap1", "→ ")
	if len(u.sources) != 1 {
		t.Fatalf("%d taps were opened", len(u.sources))
	}
	u.Expect("Listening on ovscope3f9a0001")
	u.Pings(1, 3, tuitest.Tag(10))
	u.Wait(fastTick) // the next tick, no more
	u.Expect("10.0.0.1 → 10.0.0.2", "echo request", "copying, and packets arrive here")
}

func TestDirectionsToggle(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	for _, step := range []struct{ key, marks string }{
		{"e", "→ "}, {"i", "→←"}, {"e", " ←"}, {"b", "→←"}, {"b", "  "}, {"i", " ←"}, {"b", "→←"},
	} {
		u.Press(step.key)
		u.ExpectMarks("tap1", step.marks)
	}
	u.Press("b")
	u.Expect("stopping: watching ovscope3f9a0001")
	if len(u.sources) != 1 {
		t.Errorf("the tap was opened %d times", len(u.sources))
	}
}

func TestKeysPressedDuringAChangeWait(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Hold()
	u.Press("e", "i", "e")
	u.Expect("applying")
	u.Release()
	u.ExpectMarks("tap1", " ←")
	if n := len(u.sw.Applied()); n != 3 {
		t.Errorf("%d changes were applied", n)
	}
}

func TestBondMembersStandForTheirBond(t *testing.T) {
	u := start(t)
	u.Select("eth1")
	u.Press("e")
	u.ExpectMarks("bond0", "→ ")
}

func TestBridgeRowSaysWhyNothingIsCopied(t *testing.T) {
	u := start(t)
	u.Press("home", "e")
	u.Expect("e: select a port first")
	if len(u.sw.Applied()) != 0 {
		t.Error("something was applied")
	}
}

func TestForeignMirrorAsksFirst(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m", "e")
	u.Expect("Mirror span0 is not ours", "belongs to somebody else", "copy vnet1 → into span0", "ovs-vsctl -- ",
		"▸ 1  make my own mirror instead", "2  change mirror span0", "3  cancel")

	u.Press("esc")
	u.ExpectNot("is not ours")
	u.Press("e", "3")
	if len(u.sw.Applied()) != 0 {
		t.Fatal("cancelling applied something")
	}

	u.Press("e", "enter")
	u.Expect("Mirror ovscope3f9a0001, ours", "1 mirror to remove on quit")
	if m := u.sw.Snapshot().Mirror("span0"); len(m.Egress) != 1 {
		t.Error("the foreign mirror was changed")
	}
}

func TestForeignMirrorIsChangedWhenToldTo(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m", "e", "down", "enter")
	if m := u.sw.Snapshot().Mirror("span0"); !m.Lists("vnet1", ovs.Egress) {
		t.Fatal("the mirror was not changed")
	}
	u.Press("i") // agreed once
	u.ExpectNot("is not ours")
	if m := u.sw.Snapshot().Mirror("span0"); !m.Lists("vnet1", ovs.Ingress) {
		t.Fatal("the second change asked or failed")
	}
	u.Press("u", "u")
	if m := u.sw.Snapshot().Mirror("span0"); m.Lists("vnet1", ovs.Egress) || m.Lists("vnet1", ovs.Ingress) {
		t.Error("undo did not undo")
	}
}

func TestOVNMirrorIsNeverChanged(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("e")
	u.Expect("Mirror ovn-m1 is not ours", "belongs to OVN", "ovscope never changes it", "▸ 1  make my own mirror instead", "2  cancel")
	u.ExpectNot("change mirror ovn-m1")
	u.Press("1")
	u.Expect("Mirror ovscope3f9a0001, ours")
}

func TestOtherRunsMirrorAsksAndNamesItsProcess(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		s.Mirror("span0").Owner = ovs.Owner{Kind: ovs.OtherRun, Lease: "x", Process: ovs.Process{PID: 815}}
	})
	u.Select("vnet1")
	u.Press("m", "e")
	u.Expect("belongs to another ovscope, process 815", "2  change mirror span0")
}

func TestOwnMirrorIsUsedInsteadOfASecondOne(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("e", "1", "m", "m") // own mirror made, then on to span0
	u.Expect("Mirror span0")
	u.Press("i")
	u.Expect("use my own mirror ovscope3f9a0001 instead")
	u.Press("enter")
	u.Expect("Mirror ovscope3f9a0001")
	u.ExpectMarks("vnet1", "→←")
	if n := len(u.m.held()); n != 1 {
		t.Errorf("%d leases are held", n)
	}
}

func TestMirrorsOfTheBridgeAreCycledThrough(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Expect("Mirror ovn-m1, OVN's", "1 of 2")
	u.ExpectMarks("vnet1", "→ ")
	u.ExpectMarks("vnet2", "›‹") // another mirror copies it
	u.Press("m")
	u.Expect("Mirror span0, foreign", "2 of 2")
	u.ExpectMarks("vnet1", "› ")
	u.ExpectMarks("vnet2", "→←")
	u.Press("m")
	u.Expect("Mirror ovn-m1")
	u.Select("tap1")
	u.Press("m")
	u.Expect("m: there is no mirror on this bridge")
}

func TestTapFollowsTheSelectedMirror(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	first := u.sources[0]
	u.Pings(1, 2)
	u.Wait(fastTick)
	u.Select("vnet1")
	if !first.Closed() {
		t.Error("the first tap is still open")
	}
	u.Expect("cannot be captured here", "is a patch port to another bridge")
	u.Press("m")
	u.Expect("Listening on mon0")
	u.Select("tap1")
	u.Expect("Listening on ovscope3f9a0001. Nothing has come yet.")
	if n := len(u.sources); n != 3 {
		t.Errorf("%d taps were opened, want 3", n)
	}
}

func TestLateTapIsDroppedAndClosed(t *testing.T) {
	u := start(t)
	u.Hold()
	u.Select("vnet1")
	u.Press("m")     // the tap of span0 is being opened …
	u.Select("tap1") // … when it is no longer wanted
	u.Release()
	for _, s := range u.sources {
		if !s.Closed() {
			t.Fatal("the late tap was not closed")
		}
	}
	if u.m.tap.capture != nil {
		t.Error("the late tap is shown")
	}
	u.Expect("Packets appear here once something is copied.")
}

func TestTapErrorStaysOnScreenAndIsRetried(t *testing.T) {
	u := start(t)
	u.openErr = errors.New("operation not permitted; run as root")
	u.Select("tap1")
	u.Press("e")
	u.Wait(30 * time.Second)
	u.Expect("Capturing on ovscope3f9a0001 does not work: operation not permitted")
	u.openErr = nil
	u.Wait(retryMax + time.Second)
	u.Expect("Listening on ovscope3f9a0001")
}

func TestCaptureThatBreaksKeepsItsPacketsAndComesBack(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 2, tuitest.Tag(10))
	u.Wait(fastTick)
	u.openErr = errors.New("no such device")
	capture := u.m.tap.capture
	u.sources[0].Break(errors.New("the interface went away"))
	<-capture.done
	u.Wait(fastTick)
	u.Expect("stopped: the interface went away", "seq=2")
	u.Wait(time.Second)
	u.Expect("stopped: no such device", "seq=2")
	u.openErr = nil
	u.Wait(retryMax + time.Second)
	u.Pings(3, 1, tuitest.Tag(10))
	u.Wait(fastTick)
	u.ExpectNot("stopped")
	u.Expect("seq=2", "seq=3")
}

func TestPausedListStaysStill(t *testing.T) {
	u := start(t)
	u.Resize(120, 25)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 50)
	u.Wait(time.Second)
	u.Expect("Packets, following", "seq=50")
	u.Press("space")
	u.Expect("Packets, paused", "0 came since")
	u.Pings(51, 30)
	u.Wait(time.Second)
	u.Expect("30 came since", "seq=50")
	u.ExpectNot("seq=51")
	u.Press("space")
	u.Expect("Packets, following", "seq=80")
}

func TestPausedListSaysWhatWasOverwritten(t *testing.T) {
	u := start(t, func(c *Config) { c.StoreBytes = 64 << 10 })
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 40)
	u.Wait(time.Second)
	u.Press("space")
	u.Expect("seq=40")
	u.Pings(100, 900)
	u.Wait(time.Second)
	u.Expect("900 came since", "overwritten", "seq=40") // still to be read
	u.Press("tab", "tab", "end")
	u.Expect("seq=999")
}

func TestPacketsScroll(t *testing.T) {
	u := start(t)
	u.Resize(80, 24)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 100)
	u.Wait(time.Second)
	u.Press("tab", "tab", "g")
	u.Expect("Packets, paused")
	u.ExpectRow("seq=1 ")
	u.Press("pgdown")
	u.ExpectRow("seq=8 ")
	u.Press("down", "down")
	u.ExpectRow("seq=10 ")
	u.Press("pgup", "up")
	u.ExpectRow("seq=2 ")
	u.Press("G")
	u.Expect("Packets, following")
	u.ExpectRow("seq=100 ")
}

func TestTreeFolds(t *testing.T) {
	u := start(t)
	u.Select("bond0")
	u.Expect("eth0")
	u.Press("enter")
	u.ExpectNot("eth0")
	u.Press("right")
	u.Expect("eth0")
	u.Select("tap2")
	u.Press("left")
	u.ExpectNot("tap2", "bond0")
	u.Expect("vnet1")
	u.Press("enter")
	u.Expect("tap2")
}

func TestCursorStaysOnItsPort(t *testing.T) {
	u := start(t)
	u.Select("tap2")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = append([]*ovs.Port{b.Ports[0], {UUID: "new", Name: "aaa", Bridge: b.UUID}}, b.Ports[1:]...)
	})
	if p := u.m.bridges.selected().port; p == nil || p.Name != "tap2" {
		t.Errorf("the cursor is on %+v", u.m.bridges.selected())
	}
}

func TestBrokenPortsShowTheirError(t *testing.T) {
	u := start(t)
	u.Resize(200, 50)
	u.ExpectIn("vhost7", "! vhost7", "could not open")
	u.Select("vhost7")
	u.Press("enter")
	u.Expect("could not open network device vhost7 (Address family not supported by protocol)", "ofport", "-1")
}

func TestQuitWithoutLeasesLeavesAtOnce(t *testing.T) {
	u := start(t)
	u.Press("q")
	if !u.quit {
		t.Error("q did not quit")
	}
}

func TestQuitRemovesByDefault(t *testing.T) {
	for _, key := range []string{"q", "enter", "1"} {
		u := start(t)
		u.Select("tap1")
		u.Press("b", "q")
		u.Expect("This run has made:", "mirror ovscope3f9a0001 on br0, copies 1 port", "port ovscope3f9a0001", "▸ r  remove and quit")
		if u.quit {
			t.Fatal("q did not ask")
		}
		u.Press(key)
		if !u.quit {
			t.Errorf("%s did not quit", key)
		}
		if s := u.sw.Snapshot(); len(s.Leases()) != 0 {
			t.Errorf("%s left %v", key, s.Leases())
		}
	}
}

func TestQuitKeepsWhenToldTo(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "q", "down", "enter")
	if !u.quit {
		t.Fatal("it did not quit")
	}
	if kept := u.sw.Snapshot().LeasesOf(ovs.Kept); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}

func TestQuitStaysWhenKeepingFails(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.sw.Fail = errors.New("OVSDB refused the transaction")
	u.Press("q", "2")
	if u.quit {
		t.Fatal("it quit, and the lease would be removed")
	}
	u.Expect("It could not be kept", "OVSDB refused the transaction", "remove and quit")
}

func TestQuitCancels(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "q", "esc")
	u.ExpectNot("This run has made")
	u.Press("q", "3")
	u.ExpectNot("This run has made")
	if u.quit || len(u.m.held()) != 1 {
		t.Error("cancelling did something")
	}
}

func TestControlCLeavesAtOnce(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "ctrl+c")
	if !u.quit {
		t.Error("it asked")
	}
}

func TestUndoTakesChangesBackInTurn(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("u")
	u.Expect("u: nothing was changed yet")
	u.Press("e", "i", "u")
	u.Expect("undone: copy")
	u.ExpectMarks("tap1", "→ ")
	u.Press("u")
	u.Expect("Nothing is copied on br0")
	u.ExpectNot("to remove on quit")
	u.Press("u")
	u.Expect("u: nothing is left to undo")
}

func TestUndoSaysWhyItCannot(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i")
	u.Edit(func(s *ovs.Snapshot) { s.BridgeByName("br0").Mirrors = nil })
	u.Press("u")
	u.Expect("cannot undo")
}

func TestReadOnlySaysWhyKeysAreOff(t *testing.T) {
	u := start(t, func(c *Config) { c.ReadOnly = true })
	u.Select("tap1")
	u.Expect(" read-only ")
	for _, key := range []string{"e", "i", "b", "u"} {
		u.Press(key)
		u.Expect(key + ": read-only")
	}
	u.ExpectNot("from guest  i")
	u.Select("vnet1")
	u.Press("m")
	u.Expect("Listening on mon0") // watching is allowed
	if len(u.sw.Applied()) != 0 {
		t.Error("something was applied")
	}
}

func TestStaleSaysSinceWhenAndWhy(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		s.StaleSince, s.StaleReason = u.clock.Add(-12*time.Second), "the server closed the connection"
	})
	u.Expect("stale since 12 s: the server closed the connection, reconnecting")
	u.ExpectNot("connected")
	u.Select("tap1")
	u.Press("e")
	u.Expect("e: the connection to Open vSwitch is lost")
	u.Wait(3500 * time.Millisecond)
	u.Expect("stale since 15 s")
}

func TestFailedChangeSaysWhatWasTried(t *testing.T) {
	u := start(t)
	u.sw.Fail = errors.New("OVSDB refused the transaction: constraint violation")
	u.Select("tap1")
	u.Press("e", "esc")
	u.Expect("failed: OVSDB refused the transaction: constraint violation")
	u.sw.Fail = nil
	u.Press("e")
	u.Expect("ok in 12 ms")
}

func TestWarningsAreShown(t *testing.T) {
	u := start(t)
	u.sw.Result = ovs.Result{Warning: "no control socket: running flows may go on being copied"}
	u.Select("tap1")
	u.Press("e")
	u.Expect("no control socket: running flows may go on being copied")
	u.Press("tab")
	u.Expect("warning: no control socket")
}

func TestLossesAreShown(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 1)
	u.Wait(time.Second)
	u.Expect("lost         nothing")
	u.sources[0].KernelDrops, u.sources[0].Freezes = 1234, 2
	u.Wait(time.Second)
	u.Expect("1,234 in the kernel, its ring was full 2 times")
}

func TestGuestRestartLooksBroken(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { m := s.Mirror("span0"); m.Egress, m.Ingress = nil, nil })
	u.Select("vnet1")
	u.Press("m")
	u.Expect("! not delivering: no source is left")
}

func TestHelpListsTheKeysAndCloses(t *testing.T) {
	for _, closing := range []string{"esc", "q", "?", "enter"} {
		u := start(t)
		u.Resize(120, 100)
		u.Press("?")
		u.Expect("Help", "next mirror of the bridge", "another mirror of the bridge does", "^c")
		u.Press(closing)
		u.ExpectNot("another mirror of the bridge does")
		if u.quit {
			t.Errorf("%s quit", closing)
		}
	}
	u := start(t)
	u.Resize(60, 15)
	u.Press("?", "end")
	u.Expect("than 8100")
}

func TestUnknownKeysSayWhereHelpIs(t *testing.T) {
	u := start(t)
	u.Press("#")
	u.Expect("nothing happens on #; ? lists the keys")
}

// On top of the panes the line below has the keys already.
func TestUnknownKeysInFormsAndQuestionsSaySo(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n", "Q")
	u.Expect("nothing happens on Q here")
	if n := strings.Count(u.Screen(), "↑↓ field"); n != 1 {
		t.Errorf("the form's keys are on screen %d times:\n%s", n, u.Screen())
	}
	u.Press("esc", "b", "q", "#")
	u.Expect("nothing happens on # here")
	u.Press("esc", "esc")
	u.Resize(40, 10) // no line for keys
	u.Press("n", "Q")
	u.ExpectNot("nothing happens")
	u.Expect("↑↓ field")
}

// Where the mirror's pane is narrow, the sparkline stands where there is room.
func TestEightyColumnsShowNamesAndTheSparkline(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		p := s.Bridges[0].PortByName("tap2")
		p.ExternalIDs = map[string]string{"vm-name": "accounting"}
		p.Name = "tapd41d8cd9-8f"
	})
	u.Select("tap1")
	u.Press("b")
	for i := range 20 {
		u.Pings(i+1, 1)
		u.Wait(time.Second)
	}
	u.Resize(80, 24)
	u.Press("home", "down", "down", "down", "down")
	u.Expect("tapd41d8cd9-8f", "acco")
	now := u.Row("now ")
	if bars := strings.Count(now, "█"); bars < 6 {
		t.Errorf("%d bars in %q", bars, now)
	}
}

// A whole bridge has no sources by name, and yet all of it is copied.
func TestQuitSaysThatAWholeBridgeIsCopied(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Edit(func(s *ovs.Snapshot) {
		for _, mirror := range s.Bridges[0].Mirrors {
			if mirror.Name == "ovscope3f9a0001" {
				mirror.SelectAll, mirror.Egress, mirror.Ingress = true, nil, nil
			}
		}
	})
	u.Press("q")
	u.Expect("on br0, copies the whole bridge", "K  keep and quit; it goes on copying")
}

func TestEightyColumnsSayWhoseOneOfTwoMirrorsIs(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("b", "enter")
	u.Resize(80, 24)
	u.Expect("ovscope3f9a0001, ours", "3 of 3")
	u.Press("tab")
	u.Expect("ovscope3f9a0001, ours", "3 of 3")
}

func TestPaneTabs(t *testing.T) {
	u := start(t)
	u.Resize(60, 20)
	u.Expect("[Ports]")
	u.Press("tab")
	u.Expect("[Mirror]")
	u.Press("tab")
	u.Expect("[Packets]")
	u.Press("tab", "shift+tab", "shift+tab")
	u.Expect("[Mirror]")
}

func TestPacketAndMirrorInFull(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Feed(tuitest.Ping(u.clock, 1, live.Tag{TPID: 0x88a8, TCI: 100}, live.Tag{TPID: 0x8100, TCI: 5<<13 | 1<<12 | 10}))
	u.Wait(time.Second)
	u.Expect("88a8:100.10/p5/d")
	u.Press("tab", "tab", "enter")
	u.Expect("Packet 1, 2026-03-14 15:09:26.000000000 +00:00, → from guest", "802.1ad tag: VLAN 100, priority 0", "802.1Q tag: VLAN 10, priority 5", "Drop eligible (DEI): set")
	u.Press("esc", "shift+tab", "enter")
	u.Expect("Changes made in this run", "$", "add-port br0 ovscope3f9a0001")
}

func TestNothingThereYet(t *testing.T) {
	u := start(t, func(c *Config) {
		c.Switch = tuitest.NewSwitch(nil, time.Now)
		c.Hostname = "hv9"
	})
	u.Expect("hv9", "connecting", "Connecting to Open vSwitch")
	u.Press("e", "up", "down", "enter", "m", "space", "left", "right", "tab", "enter", "tab", "enter", "u", "?")
	u.Press("esc", "q")
	if !u.quit {
		t.Error("q did not quit")
	}
}

func TestNoBridges(t *testing.T) {
	u := start(t, func(c *Config) { c.Switch = tuitest.NewSwitch(tuitest.Empty(time.Now()), time.Now) })
	u.Expect("This Open vSwitch has no")
	u.Press("e")
	u.Expect("e: there is no port")
}

func TestEverySizeSaysWhatItCan(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	for _, c := range []struct {
		w, h int
		want string
	}{{200, 50, "select_dst_port"}, {120, 40, "select_dst_port"}, {80, 24, "select_dst_port"}, {60, 15, "select_dst_port"}, {40, 10, "tap1"}, {29, 20, "30×8"}, {10, 3, "ovscope"}} {
		u.Resize(c.w, c.h)
		u.Expect(c.want)
		u.ExpectFits()
		if n := strings.Count(u.Screen(), "from guest select") + strings.Count(u.Screen(), "from guest (select"); n > 1 {
			t.Errorf("%d×%d: the legend is there %d times", c.w, c.h, n)
		}
		for _, word := range []string{"egress", "ingress"} {
			u.ExpectNot(word)
		}
	}
}

func TestIdleScreenIsNotDrawnAgain(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Wait(2 * time.Second)
	before := u.m.frame
	u.clock = u.clock.Add(fastTick)
	u.m.tap.meter.shown = u.clock
	u.m.Update(tickMsg{u.m.ticks})
	if u.m.redraw {
		t.Error("a tick without news asks for a new frame")
	}
	if u.m.View().Content != before {
		t.Error("the frame changed")
	}
}

func TestFloodIsDrawnSlower(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	frames := 0
	for range 20 {
		u.Pings(1, 200)
		u.clock = u.clock.Add(fastTick)
		u.m.Update(tickMsg{u.m.ticks})
		if u.m.redraw {
			frames++
		}
		u.m.View()
	}
	if frames > 10 || frames < 4 {
		t.Errorf("%d frames in 2 s of a flood", frames)
	}
}

func TestSecondTickChainEnds(t *testing.T) {
	u := start(t)
	if u.m.onTick(tickMsg{u.m.ticks - 1}) != nil {
		t.Error("an old chain of ticks goes on")
	}
}

// ExpectMarks checks the two arrows of a port's row.
func (u *ui) ExpectMarks(port, marks string) {
	u.Helper()
	row := u.m.snap.PortByName(port)
	b := u.m.snap.Bridge(row.Bridge)
	line := newLine(80)
	u.m.marks(line, b, row)
	if got := strings.TrimRight(stripped(line), " "); got != strings.TrimRight(marks, " ") {
		u.Fatalf("the marks of %s are %q, want %q:\n%s", port, got, marks, u.Screen())
	}
	if m := strings.TrimSpace(marks); m != "" {
		u.ExpectIn("● "+port+" ", m)
	}
}

// ExpectIn checks the first line with a text for more texts.
func (u *ui) ExpectIn(line string, texts ...string) {
	u.Helper()
	row := u.Row(line)
	for _, text := range texts {
		if !strings.Contains(row, text) {
			u.Fatalf("%q is not in %q:\n%s", text, row, u.Screen())
		}
	}
}

// ExpectRow checks that the packet under the cursor, or the newest, is the one
// with a text in its info.
func (u *ui) ExpectRow(text string) {
	u.Helper()
	p := &u.m.packets
	seq, _ := p.selected(u.m.tap.store())
	if rows := p.window(u.m.tap.store(), u.m.packetRows()); !slices.Contains(rows, seq) {
		u.Fatalf("the cursor %d is not on screen, %v", seq, rows)
	}
	r, ok := p.row(u.m.tap.store(), seq)
	if info := r.line.Info + " "; !ok || !strings.Contains(info, text) {
		u.Fatalf("the cursor is on %q, want %q:\n%s", info, text, u.Screen())
	}
}

func TestFocusNames(t *testing.T) {
	m := start(t).m
	if got := fmt.Sprint(m.paneTitle(layout.Ports), m.paneTitle(layout.Mirror), m.paneTitle(layout.Packets)); got != "PortsMirrorPackets" {
		t.Error(got)
	}
}
