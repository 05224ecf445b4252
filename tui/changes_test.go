package tui

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"ovscope/ovs"
)

func TestFailedUndoCanBeTriedAgain(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i")
	u.sw.Fail = errors.New("OVSDB refused the transaction")
	u.Press("u")
	u.Expect("could not stop")
	u.ExpectMarks("tap1", "→←")
	u.sw.Fail = nil
	u.Press("u")
	u.Expect("undone: copy")
	u.ExpectMarks("tap1", "→ ")
}

func TestUndoOfWhatIsGoneIsDropped(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i")
	u.sw.Fail = &ovs.GoneError{Kind: "mirror", Name: "ovscope3f9a0001"}
	u.Press("u")
	u.Expect("is gone or was replaced")
	u.sw.Fail = nil
	u.Edit(func(s *ovs.Snapshot) { own(s).Ingress = nil })
	u.Press("u")
	u.Expect("undone: copy")
	u.Expect("Nothing is copied on br0")
}

func TestChangeInDoubtCanBeTakenBack(t *testing.T) {
	for name, err := range map[string]error{
		"not applied": &ovs.NotAppliedError{Reason: "ovs-vswitchd did not take it up"},
		"no answer":   context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			u := start(t)
			u.Resize(200, 50)
			u.Select("vnet1")
			u.sw.FailAfter = err
			u.Press("m", "e", "2")
			u.Expect("it may be in the database yet, u takes it back")
			u.sw.FailAfter = nil
			u.Press("u")
			if u.sw.Snapshot().Mirror("span0").Lists("vnet1", ovs.Egress) {
				t.Error("it is still there")
			}
			if len(u.m.undos) != 0 {
				t.Error("there is more to undo")
			}
		})
	}
}

func TestQuitTakesBackWhatIsInDoubt(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.sw.FailAfter = context.DeadlineExceeded
	u.Press("m", "e", "2")
	u.sw.FailAfter = nil
	u.Press("q")
	u.Expect("These changes failed, but are in the database:", "copy vnet1 → into span0", "r  take back and quit")
	u.Press("r")
	if !u.quit || u.sw.Snapshot().Mirror("span0").Lists("vnet1", ovs.Egress) {
		t.Error("it was not taken back")
	}
}

func TestQuitTakesBackEditsOfOthersMirrors(t *testing.T) {
	for _, c := range []struct {
		key      string
		there    bool
		question string
	}{{"q", false, "r  take back and quit"}, {"r", false, "r  take back and quit"}, {"K", true, "K  leave it so and quit"}} {
		u := start(t)
		u.Select("vnet1")
		u.Press("m", "e", "2")
		u.Expect("1 change to take back on quit")
		u.Press("q")
		u.Expect("This run has changed:", "vnet1 → was added to span0 (foreign)", c.question)
		u.ExpectNot("This run has made")
		u.Press(c.key)
		if got := u.sw.Snapshot().Mirror("span0").Lists("vnet1", ovs.Egress); !u.quit || got != c.there || u.sw.Left() != c.there {
			t.Errorf("%s: quit %v, still changed %v, left %v", c.key, u.quit, got, u.sw.Left())
		}
	}
}

func TestQuitKeepsLeasesAndEdits(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m", "e", "2")
	u.Select("tap1")
	u.Press("e")
	u.Expect("1 mirror to remove, 1 change to take back on quit")
	u.Press("q")
	u.Expect("r  remove, take back and quit", "K  keep everything as it is and quit")
	u.Press("K")
	if !u.quit || !u.sw.Left() || len(u.sw.Snapshot().LeasesOf(ovs.Kept)) != 1 {
		t.Error("not everything was kept")
	}
}

func TestUndoneEditsNeedNoQuestion(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m", "e", "2", "u")
	u.Expect("undone: copy vnet1 → into span0, ok in 12 ms", "$ ovs-vsctl")
	u.ExpectNot("to take back")
	u.Press("q")
	if !u.quit {
		t.Error("q asked")
	}
}

func TestKeepingNothingIsSaidSo(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "e", "q")
	u.Expect("K  keep and quit, though it copies nothing now")
}

func TestTabDoesNotAnswer(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m", "e", "tab", "right", "enter")
	u.Expect("Mirror ovscope3f9a0001, ours") // the first answer
}

func TestWholeBridgeMirrorOffersNoSource(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").SelectAll = true })
	u.Select("vnet1")
	u.Press("m", "e")
	u.Expect("copies the whole bridge (select_all), so adding or removing a port changes nothing", "2  cancel")
	u.ExpectNot("change mirror span0")
}

func TestLogPageShowsAllCommands(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i", "u", "u", "L")
	u.Expect("Log of this run", "copy tap1 ← into ovscope3f9a0001: ok in 12 ms", "undone: copy tap1 ←", "remove ovscope3f9a0001", "$")
	u.Press("esc")
	u.ExpectNot("Log of this run")
}

func TestMessagesAboutALostConnectionGoWithIt(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince, s.StaleReason = u.clock, "closed" })
	u.Select("tap1")
	u.Press("b")
	u.Expect("b: the connection to Open vSwitch is lost")
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince = time.Time{} })
	u.ExpectNot("is lost")
}

func TestWhatWasTakenBackNeedsNoUndo(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.sw.Fail = &ovs.NotAppliedError{Reason: "ovs-vswitchd did not take it up", RolledBack: true}
	u.Press("e")
	u.Expect("the change was taken back")
	u.ExpectNot("may be in the database")
	u.Press("u")
	u.Expect("nothing is left to undo")
}

// A mirror of ours whose output port somebody deleted shows nothing, whatever is
// changed in it: the next change makes it anew.
func TestOwnMirrorWithoutOutputIsMadeAnew(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = b.Ports[:len(b.Ports)-1]
		b.Mirrors[0].OutputPort = nil
	})
	u.Expect("not delivering: its output was deleted; e, i or b makes it anew")
	u.Select("tap2")
	u.Press("e")
	u.Expect("Mirror ovscope3f9a0002, ours", "1 mirror to remove on quit", "Listening on ovscope3f9a0002")
	u.ExpectMarks("tap1", "→←")
	u.ExpectMarks("tap2", "→ ")
	if m := u.sw.Snapshot().Mirrors()[0]; m.OutputPort == nil {
		t.Error("it has no output again")
	}
}

// A key that waited for a change is not forgotten when that change was the last of
// its mirror.
func TestKeyIsCarriedOutAfterTheLastSourceOfABrokenMirror(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = b.Ports[:len(b.Ports)-1]
		b.Mirrors[0].OutputPort = nil
	})
	u.Select("tap1")
	u.Hold()
	u.Press("e")
	u.Select("tap2")
	u.Press("e")
	u.Release()
	u.ExpectMarks("tap1", "  ")
	u.ExpectMarks("tap2", "→ ")
}

func TestQuitDialogTakesLetters(t *testing.T) {
	for key, left := range map[string]int{"r": 0, "K": 1} {
		u := start(t)
		u.Select("tap1")
		u.Press("b", "q", key)
		if kept := u.sw.Snapshot().LeasesOf(ovs.Kept); !u.quit || len(kept) != left {
			t.Errorf("%s: quit is %v, kept are %d", key, u.quit, len(kept))
		}
	}
	u := start(t)
	u.Select("tap1")
	u.Press("b", "q", "k", "j") // up and down, as anywhere
	u.Expect("This run has made", "▸ r  remove and quit")
	u.Press("c")
	u.ExpectNot("This run has made")
	if u.quit {
		t.Error("c quit")
	}
}

func TestWaitingDialogSaysHowToLeave(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Hold()
	u.Press("q", "r", "esc")
	u.Expect("Waiting for Open vSwitch", "still waiting for Open vSwitch; ^c quits at once")
	u.Release()
}

// The log may be a file on a slow disk: Update never writes to it.
func TestUpdateDoesNotLog(t *testing.T) {
	u := start(t)
	u.m.cfg.Log = slog.New(forbidden{slog.DiscardHandler, t})
	u.sw.Fail = errors.New("no")
	u.Select("tap1")
	u.Press("e")
	u.sw.Fail = nil
	u.Press("e")
	u.sw.Fail = errors.New("no")
	u.Press("u", "q", "r")
}

type forbidden struct {
	slog.Handler
	t *testing.T
}

func (f forbidden) Enabled(context.Context, slog.Level) bool { return true }

func (f forbidden) Handle(_ context.Context, r slog.Record) error {
	f.t.Errorf("logged: %s", r.Message)
	return nil
}

func TestBuiltMirrorClaimsNothing(t *testing.T) {
	u := start(t)
	u.openErr = errors.New("operation not permitted")
	u.Edit(func(s *ovs.Snapshot) {
		m := s.Mirror("span0")
		m.FirstSeen, m.LastMoved = u.clock, time.Time{}
	})
	u.Select("vnet2")
	u.Press("m")
	u.Expect("not known yet whether anything is copied: OVS counts every 5s")
	u.openErr = nil
	u.Wait(time.Second)
	u.Expect("waiting for the first packet")
}
