package ovs_test

import (
	"errors"
	"strings"
	"testing"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// The way back is still there after the connection was lost, unless a colleague has
// built upon the change.
func TestUndoAcrossARestartOfOVSDB(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	before := rows(t, l)
	plan, _ := apply(t, c, lease(c.Snapshot(), c.Self(), both(t, c.Snapshot(), "tap1")...))
	undo := ovs.NewUndo(plan, c.Snapshot())
	restarted := func() *ovs.Snapshot {
		t.Helper()
		lost := c.Snapshot().Generation + 1
		if err := l.RestartOVSDB(); err != nil {
			t.Fatal(err)
		}
		return eventually(t, c, "connected again", func(s *ovs.Snapshot) bool { return s.Generation > lost && !s.Stale() })
	}

	restarted()
	name := ovs.LeaseName(plan.Change.(ovs.CreateLease).Lease)
	vsctl(t, l, "--", "--id=@p", "get", "Port", "tap5", "--", "add", "Mirror", name, "select_src_port", "@p")
	s := eventually(t, c, "the colleague's source", func(s *ovs.Snapshot) bool { return len(s.Mirrors()[0].Egress) == 2 })
	var changed *ovs.ChangedError
	if _, err := undo.Plan(s); !errors.As(err, &changed) || !strings.Contains(err.Error(), "mirror "+name+" meanwhile: tap5 → was added") {
		t.Errorf("got %v, want a ChangedError that names tap5", err)
	}
	vsctl(t, l, "--", "--id=@p", "get", "Port", "tap5", "--", "remove", "Mirror", name, "select_src_port", "@p")
	eventually(t, c, "without it", func(s *ovs.Snapshot) bool { return len(s.Mirrors()[0].Egress) == 1 })

	back, err := undo.Plan(restarted())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apply(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if after := rows(t, l); after != before {
		t.Errorf("left:\n%s\nwant:\n%s", after, before)
	}
	var undone *ovs.UndoneError
	if _, err := undo.Plan(c.Snapshot()); !errors.As(err, &undone) {
		t.Errorf("a second time: got %v, want an UndoneError", err)
	}
}
