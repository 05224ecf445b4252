package ovs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// Names are not unique (F9): of two that make a mirror of one name on what they saw
// before, the second one must not.
func TestTwoMirrorsOfOneNameAtOnceMakeOne(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	a, b := dial(t, l), dial(t, l)
	plan := func(c *ovs.Client, bridge, output string) *ovs.Plan {
		t.Helper()
		s := c.Snapshot()
		p, err := ovs.NewPlan(s, ovs.CreateMirror{
			Bridge: s.BridgeByName(bridge).UUID, Lease: ovs.NewLeaseID(),
			MirrorSpec: ovs.MirrorSpec{Name: "ids", SelectAll: true, Output: ovs.Output{New: &ovs.NewPort{Name: output}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first, second := plan(a, "br0", "ids"), plan(b, "br0", "ids2")
	if _, err := a.Apply(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	var changed *ovs.ChangedError
	if _, err := b.Apply(t.Context(), second); !errors.As(err, &changed) || !strings.Contains(err.Error(), "a mirror called ids was made") {
		t.Errorf("got %v, want a ChangedError", err)
	}
	if n := strings.Count(vsctl(t, l, "--columns=name", "list", "Mirror"), "ids"); n != 1 {
		t.Errorf("%d mirrors are called ids", n)
	}
	// Who knows of the first may make a second on another bridge, and remove it.
	eventually(t, b, "the mirror", func(s *ovs.Snapshot) bool { return len(s.Mirrors()) == 1 })
	third := plan(b, "br1", "ids3")
	if _, err := b.Apply(t.Context(), third); err != nil {
		t.Errorf("on another bridge: %v", err)
	}
	apply(t, b, third.Undo)
}

// Leases that share an RSPAN VLAN are removed and made at the same time: it is
// flooded as long as one needs it, and not longer.
func TestSharedFloodingSurvivesWhoRemovesAtOnce(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	before := rows(t, l)
	const sides = 4
	var clients [sides]*ovs.Client
	for i := range clients {
		clients[i] = dial(t, l)
	}
	release := func(c *ovs.Client, lease string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := c.Insist(ctx, func(s *ovs.Snapshot) (*ovs.Plan, error) { return ovs.NewPlan(s, ovs.ReleaseLease{Lease: lease}) })
		return err
	}
	for round := range 5 {
		var leases [sides]string
		at := func(do func(i int) error) {
			t.Helper()
			var all sync.WaitGroup
			errs := make([]error, sides)
			for i := range clients {
				all.Go(func() { errs[i] = do(i) })
			}
			all.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
		rspan := func(i int) error {
			leases[i] = ovs.NewLeaseID()
			_, err := clients[i].Insist(t.Context(), func(s *ovs.Snapshot) (*ovs.Plan, error) {
				br0 := s.BridgeByName("br0").UUID
				return ovs.NewPlan(s, ovs.CreateMirror{
					Bridge: br0, Lease: leases[i], Flood: []ovs.UUID{br0},
					MirrorSpec: ovs.MirrorSpec{Name: fmt.Sprint("r", i), SelectAll: true, Output: ovs.Output{VLAN: 111}},
				})
			})
			return err
		}
		at(rspan)
		for i, c := range clients {
			eventually(t, c, "all leases", func(s *ovs.Snapshot) bool { return len(s.Leases()) == sides })
			_ = i
		}
		// All but the first go, while the first is made anew.
		old := leases[0]
		at(func(i int) error {
			if i == 0 {
				return errors.Join(release(clients[0], old), rspan(0))
			}
			return release(clients[i], leases[i])
		})
		if got := vsctl(t, l, "get", "Bridge", "br0", "flood_vlans"); got != "[111]" {
			t.Fatalf("round %d: flood_vlans is %s, and one lease needs 111", round, got)
		}
		if err := release(clients[0], leases[0]); err != nil {
			t.Fatal(err)
		}
		if after := rows(t, l); after != before {
			t.Fatalf("round %d: something is left:\n%s\n%s", round, before, after)
		}
		for _, c := range clients {
			eventually(t, c, "no leases", func(s *ovs.Snapshot) bool { return len(s.Leases()) == 0 })
		}
	}
}

// Somebody removes our RSPAN with ovs-vsctl, which knows nothing of its flooding.
func TestFloodingOfARemovedMirrorEndsWithTheRun(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "add", "Bridge", "br0", "flood_vlans", "112") // somebody else's
	before := rows(t, l)
	c := dial(t, l)
	br0 := c.Snapshot().BridgeByName("br0").UUID
	apply(t, c, ovs.CreateMirror{
		Bridge: br0, Lease: ovs.NewLeaseID(), Owner: c.Self(), Flood: []ovs.UUID{br0},
		MirrorSpec: ovs.MirrorSpec{Name: "rspan", SelectAll: true, Output: ovs.Output{VLAN: 111}},
	})
	vsctl(t, l, "clear", "Bridge", "br0", "mirrors")
	if err := c.ReleaseAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := rows(t, l); after != before {
		t.Errorf("left:\n%s\nwant:\n%s", after, before)
	}
}
