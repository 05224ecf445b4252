package ovs_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// Two ovscopes and ovs-vsctl toggle different ports of one mirror, all at once: no
// source of anybody's is lost, none is left over.
func TestTogglingFromThreeSidesAtOnce(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	a, b := dial(t, l), dial(t, l)
	m := create(t, a, "br0", ovs.MirrorSpec{Name: "m", Sources: both(t, a.Snapshot(), "tap5"), Output: ovs.Output{New: &ovs.NewPort{Name: "out"}}})
	eventually(t, b, "the mirror", func(s *ovs.Snapshot) bool { return s.Mirror(m.UUID) != nil })
	const times = 500
	toggle := func(c *ovs.Client, name string, n int) error {
		change := ovs.SetSources{Mirror: m.UUID}
		list := both(t, a.Snapshot(), name)
		if n%2 == 0 {
			change.Add = list
		} else {
			change.Remove = list
		}
		// Its own last change may not be in the snapshot yet.
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for s := c.Snapshot(); ; {
			if m := s.Mirror(m.UUID); m.Lists(list[0].Port, ovs.Egress) == (n%2 == 1) {
				plan, err := ovs.NewPlan(s, change)
				if err == nil {
					_, err = c.Apply(ctx, plan)
				}
				return err
			}
			var err error
			if s, err = c.Next(ctx, s.Generation); err != nil {
				return err
			}
		}
	}
	sides := map[string]func(int) error{
		"tap1": func(n int) error { return toggle(a, "tap1", n) },
		"tap2": func(n int) error { return toggle(b, "tap2", n) },
		"tap3": func(n int) error {
			verb := []string{"add", "remove"}[n%2]
			_, err := l.Vsctl("--no-wait", "--", "--id=@p", "get", "Port", "tap3", "--", verb, "Mirror", string(m.UUID), "select_src_port", "@p")
			return err
		},
	}
	var all sync.WaitGroup
	for name, once := range sides {
		all.Go(func() {
			for n := range times + 1 { // it ends switched on
				if err := once(n); err != nil {
					t.Errorf("%s, toggle %d: %v", name, n, err)
					return
				}
			}
		})
	}
	all.Wait()
	eventually(t, a, "all are on", func(s *ovs.Snapshot) bool {
		m := s.Mirror(m.UUID)
		return len(m.Egress) == 4 && len(m.Ingress) == 3 && m.Lists(port(t, s, "tap5").UUID, ovs.Ingress)
	})
}

// Another program changes the mirror between plan and commit: nothing is lost.
func TestEditNoticesAChangeAtTheLastMoment(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	m := create(t, c, "br0", ovs.MirrorSpec{Name: "m", Sources: both(t, c.Snapshot(), "tap1"), Output: ovs.Output{New: &ovs.NewPort{Name: "out"}}})
	s := c.Snapshot()
	m = s.Mirror(m.UUID)
	for name, test := range map[string]struct {
		edit  func(*ovs.MirrorSpec)
		vsctl []string
		undo  []string
	}{
		"output":  {func(m *ovs.MirrorSpec) { m.Output = ovs.Output{VLAN: 111} }, []string{"set", "Mirror", "m", "output_vlan=7"}, []string{"clear", "Mirror", "m", "output_vlan"}},
		"snaplen": {func(m *ovs.MirrorSpec) { m.SnapLen = 100 }, []string{"set", "Mirror", "m", "snaplen=64"}, []string{"clear", "Mirror", "m", "snaplen"}},
		"select":  {func(m *ovs.MirrorSpec) { m.SelectAll = true; m.Name = "x" }, []string{"set", "Mirror", "m", "select_all=true"}, []string{"set", "Mirror", "m", "select_all=false"}},
		"name":    {func(m *ovs.MirrorSpec) { m.Name = "x" }, []string{"set", "Mirror", "m", "name=y"}, []string{"set", "Mirror", "y", "name=m"}},
	} {
		want := m.Spec()
		test.edit(&want)
		plan, err := ovs.NewPlan(s, ovs.EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want})
		if err != nil {
			t.Fatal(err)
		}
		vsctl(t, l, test.vsctl...)
		before := rows(t, l)
		var changed *ovs.ChangedError
		if _, err := c.Apply(t.Context(), plan); !errors.As(err, &changed) {
			t.Errorf("%s: got %v, want a ChangedError", name, err)
		}
		if diff := cmp.Diff(before, rows(t, l)); diff != "" {
			t.Errorf("%s: something was written:\n%s", name, diff)
		}
		vsctl(t, l, test.undo...)
	}
}

// A foreign mirror on the same bridge is the same row before and after all that
// can be done to ours.
func TestForeignMirrorSurvivesEveryKindOfChange(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "--", "--id=@s", "get", "Port", "tap3", "--", "--id=@o", "get", "Port", "tap4",
		"--", "--id=@m", "create", "Mirror", "name=theirs", "select_src_port=@s", "output_port=@o", "external_ids:who=them",
		"--", "add", "Bridge", "br0", "mirrors", "@m")
	row := func() string {
		return shell(t, l, []string{`ovsdb-client transact '` + l.Endpoint() + `' '["Open_vSwitch",{"op":"select","table":"Mirror","where":[["name","==","theirs"]],"columns":["_uuid","_version","name","select_all","select_src_port","select_dst_port","select_vlan","output_port","output_vlan","snaplen","external_ids"]}]'`})
	}
	before := row()
	c := dial(t, l)
	for name, change := range everyKind(c.Snapshot()) {
		apply(t, c, change)
		m := eventually(t, c, name, func(s *ovs.Snapshot) bool { return s.LeaseMirror(change.Lease) != nil }).LeaseMirror(change.Lease)
		want := m.Spec()
		want.SnapLen = 200
		apply(t, c, ovs.EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want})
		apply(t, c, ovs.DetachOurs{Bridge: change.Bridge})
		if after := row(); after != before {
			t.Fatalf("%s: their mirror changed:\n%s", name, cmp.Diff(before, after))
		}
	}
}

// The daemons are restarted while changes are made: what was asked is there once,
// or not at all, and the next change works.
func TestRestartsInTheMiddleOfChanges(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	before := vsctl(t, l, "show")
	for name, restart := range map[string]func() error{
		"ovsdb-server": l.RestartOVSDB,
		"ovs-vswitchd": func() error { return errors.Join(l.StopVswitchd(), l.StartVswitchd()) },
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, l)
			done := make(chan error)
			go func() { done <- restart() }()
			for restarted := false; !restarted; {
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					restarted = true
				default:
				}
				s := c.Snapshot()
				change := lease(s, c.Self(), both(t, s, "tap1")...)
				plan, err := ovs.NewPlan(s, change)
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Apply(t.Context(), plan)
				if err != nil && !restarted {
					time.Sleep(20 * time.Millisecond)
				}
			}
			s := eventually(t, c, "connected", func(s *ovs.Snapshot) bool { return !s.Stale() })
			apply(t, c, lease(s, c.Self(), both(t, s, "tap1")...))
			seen := map[string]bool{}
			for _, m := range c.Snapshot().Mirrors() {
				if seen[m.Name] {
					t.Errorf("mirror %s is there twice", m.Name)
				}
				seen[m.Name] = true
			}
			if err := c.ReleaseAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			eventually(t, c, "all released", func(s *ovs.Snapshot) bool { return len(s.Leases()) == 0 })
			if after := vsctl(t, l, "show"); after != before {
				t.Errorf("something is left:\n%s", cmp.Diff(before, after))
			}
		})
	}
}

// The source's guest restarts, or somebody deletes the output: shown as broken
// with the reason, and still to be removed.
func TestMirrorThatLostItsPortsIsBrokenAndCanBeRemoved(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	change := lease(c.Snapshot(), c.Self(), both(t, c.Snapshot(), "tap2")...)
	apply(t, c, change)
	vsctl(t, l, "del-port", "tap2", "--", "add-port", "br0", "tap2", "--", "set", "Interface", "tap2", "type=internal")
	health := func(want ovs.Health) {
		t.Helper()
		s := eventually(t, c, fmt.Sprint(want), func(s *ovs.Snapshot) bool {
			h, reason := s.Health(s.LeaseMirror(change.Lease), time.Now())
			return h == want && reason != ""
		})
		if m := s.LeaseMirror(change.Lease); len(m.Sources()) > 0 && want == ovs.SelectsNothing {
			t.Errorf("sources %v", m.Sources())
		}
	}
	health(ovs.SelectsNothing)
	apply(t, c, ovs.SetSources{Mirror: c.Snapshot().LeaseMirror(change.Lease).UUID, Add: both(t, c.Snapshot(), "tap2")})
	vsctl(t, l, "del-port", ovs.LeaseName(change.Lease))
	health(ovs.NoOutput)
	apply(t, c, ovs.ReleaseLease{Lease: change.Lease})
	if got := vsctl(t, l, "list", "Mirror"); got != "" {
		t.Errorf("left:\n%s", got)
	}
}

// The facts name who would be hurt: an address on the host's port, and a port whose
// guest is sending.
func TestFactsOfTheSwitch(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	shell(t, l, []string{"ip addr add 192.0.2.1/24 dev br0 && ip link set br0 up"})
	c := dial(t, l)
	facts, err := c.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := facts.Interfaces["br0"].Addresses; len(a) != 1 || a[0].String() != "192.0.2.1/24" {
		t.Errorf("br0 has the addresses %v", a)
	}
	if f := facts.Interfaces["tap5"]; !f.Measured || !f.Receiving || f.Rate <= 0 || f.LinkSpeed == 0 {
		t.Errorf("tap5 sends all the time: %+v", f)
	}
	if f := facts.Interfaces["tap8"]; f.Receiving && f.Rate <= 0 {
		t.Errorf("tap8: %+v", f)
	}
	if facts.NoControl != "" {
		t.Errorf("no control socket: %s", facts.NoControl)
	}
	if err := l.StopVswitchd(); err != nil {
		t.Fatal(err)
	}
	if facts, err = c.Facts(t.Context()); err != nil || facts.NoControl == "" {
		t.Errorf("without ovs-vswitchd: %v, %+v", err, facts)
	}
}
