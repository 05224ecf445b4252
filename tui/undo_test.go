package tui

import (
	"testing"
	"time"

	"ovscope/ovs"
)

// own is the mirror that the run made first.
func own(s *ovs.Snapshot) *ovs.Mirror { return s.LeaseMirror("3f9a0001") }

func TestUndoWorksAcrossAReconnect(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i")
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince, s.StaleReason = u.clock, "the server closed the connection" })
	u.Press("u")
	u.Expect("u: the connection to Open vSwitch is lost")
	u.Wait(3 * time.Second)
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince, s.StaleReason = time.Time{}, "" })
	u.Press("u")
	u.ExpectMarks("tap1", "→ ")
	u.Press("u")
	u.Expect("undone: copy tap1 → into new ovscope3f9a0001", "Nothing is copied on br0")
}

// A colleague has begun to use our mirror: undo does not take it away from him,
// whenever he did that.
func TestUndoIsRefusedWhenSomebodyElseHasChangedTheMirror(t *testing.T) {
	u := start(t)
	u.Resize(200, 50)
	u.Select("tap1")
	u.Press("e")
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince, s.StaleReason = u.clock, "the server closed the connection" })
	u.Edit(func(s *ovs.Snapshot) {
		s.StaleSince = time.Time{}
		m := own(s)
		m.Ingress = append(m.Ingress, ovs.PortRef{UUID: "tap2", Name: "tap2"})
	})
	u.Press("u")
	u.Expect("somebody else has changed mirror ovscope3f9a0001 meanwhile: tap2 ← was added; nothing was changed")
	if n := len(u.sw.Applied()); n != 1 {
		t.Fatalf("%d changes were applied", n)
	}
	u.Edit(func(s *ovs.Snapshot) { own(s).Ingress = nil })
	u.Press("u") // he is done with it
	u.Expect("Nothing is copied on br0")
}

func TestUndoOfWhatSomebodyElseHasUndoneGoesOnToTheNext(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i")
	u.Edit(func(s *ovs.Snapshot) { own(s).Ingress = nil })
	u.Press("u")
	u.Expect(`"copy tap1 ← into ovscope3f9a0001" is undone already`)
	u.Press("u")
	u.Expect("Nothing is copied on br0")
}

// Undoing removes our output port, which a colleague's mirror uses by now.
func TestUndoThatHurtsSomebodyAsks(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		out := b.PortByName("ovscope3f9a0001").UUID
		b.Mirrors = append(b.Mirrors, &ovs.Mirror{UUID: "theirs", Name: "theirs", Bridge: b.UUID, OutputPort: &ovs.PortRef{UUID: out, Name: "ovscope3f9a0001"}})
	})
	u.Press("u")
	u.Expect("which mirror theirs (foreign) uses as its output")
	if n := len(u.sw.Applied()); n != 1 {
		t.Fatal("it did not wait for the answer")
	}
}
