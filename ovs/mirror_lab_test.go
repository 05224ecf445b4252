package ovs_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// rows are all rows that a change of mirrors can touch, by name: UUIDs of ports are
// replaced by their names, those of mirrors left out.
func rows(t *testing.T, l *lab.Lab) string {
	t.Helper()
	text := strings.Join([]string{
		vsctl(t, l, "--columns=name,select_all,select_src_port,select_dst_port,select_vlan,output_port,output_vlan,snaplen,external_ids", "list", "Mirror"),
		vsctl(t, l, "--columns=name,tag,trunks,vlan_mode,external_ids", "list", "Port"),
		vsctl(t, l, "--columns=name,type,options,mtu_request,external_ids", "list", "Interface"),
		vsctl(t, l, "--columns=name,ports,flood_vlans,external_ids", "list", "Bridge"),
	}, "\n\n")
	var names []string
	for line := range strings.Lines(vsctl(t, l, "--bare", "--format=csv", "--no-headings", "--columns=_uuid,name", "list", "Port")) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), ",")
		names = append(names, id, name)
	}
	text = strings.NewReplacer(names...).Replace(text)
	records := strings.Split(text, "\n\n")
	for i, r := range records {
		lines := strings.Split(r, "\n")
		for j, line := range lines {
			if key, list, ok := strings.Cut(line, ": ["); ok { // a set has no order
				items := strings.Split(strings.TrimSuffix(list, "]"), ", ")
				slices.Sort(items)
				lines[j] = key + ": [" + strings.Join(items, ", ") + "]"
			}
		}
		records[i] = strings.Join(lines, "\n")
	}
	slices.Sort(records)
	return strings.Join(records, "\n\n")
}

// everyKind are mirrors of every kind on br0 of the scene.
func everyKind(s *ovs.Snapshot) map[string]ovs.CreateMirror {
	id := func(name string) ovs.UUID { return s.PortByName(name).UUID }
	br0, br1 := s.BridgeByName("br0").UUID, s.BridgeByName("br1").UUID
	tap1 := []ovs.Source{{Port: id("tap1"), Direction: ovs.Egress}, {Port: id("tap1"), Direction: ovs.Ingress}, {Port: id("tap3"), Direction: ovs.Egress}}
	v4, v6 := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("2001:db8::9")
	tunnel := func(t ovs.Tunnel) ovs.Output { return ovs.Output{New: &ovs.NewPort{Name: "tun0", Tunnel: t}} }
	all := map[string]ovs.CreateMirror{}
	for name, spec := range map[string]ovs.MirrorSpec{
		"internal":     {Sources: tap1, Output: ovs.Output{New: &ovs.NewPort{Name: "span0"}}},
		"access":       {Sources: tap1, Output: ovs.Output{New: &ovs.NewPort{Name: "span0", Tag: 10}}},
		"guest":        {Sources: tap1, Output: ovs.Output{Port: id("tap6")}, SnapLen: 64, VLANs: []int{10, 20}},
		"whole bridge": {SelectAll: true, Output: ovs.Output{New: &ovs.NewPort{Name: "span0"}}},
		"RSPAN":        {Sources: tap1, Output: ovs.Output{VLAN: 111}},
		"GRE":          {Sources: tap1, Output: tunnel(ovs.Tunnel{Kind: ovs.GRE, Remote: v4, Key: ovs.Key{Set: true, Value: 7}})},
		"GRE, IPv6":    {Sources: tap1, Output: tunnel(ovs.Tunnel{Kind: ovs.GRE, Remote: v6})},
		"ERSPAN II":    {Sources: tap1, Output: tunnel(ovs.Tunnel{Kind: ovs.ERSPAN1, Remote: v4, Key: ovs.Key{Set: true, Value: 30}, Index: 26})},
		"ERSPAN III":   {Sources: tap1, Output: tunnel(ovs.Tunnel{Kind: ovs.ERSPAN2, Remote: v6, Key: ovs.Key{Set: true, Value: 31}, Direction: 1, HardwareID: 10})},
	} {
		spec.Name = "m: it's \"" + name + "\""
		all[name] = ovs.CreateMirror{Bridge: br0, MirrorSpec: spec, Lease: ovs.NewLeaseID()}
	}
	rspan := all["RSPAN"]
	rspan.Flood = []ovs.UUID{br0, br1}
	all["RSPAN"] = rspan
	return all
}

// Whatever kind of mirror: the plan's commands do the same in a shell, undo takes
// all of it back, and undoing that brings it again.
func TestEveryKindOfMirrorByPlanAndByCommand(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "add", "Bridge", "br1", "flood_vlans", "111,112") // somebody else's
	c := dial(t, l)
	before := rows(t, l)
	for name, create := range everyKind(c.Snapshot()) {
		t.Run(name, func(t *testing.T) {
			made, _ := apply(t, c, create)
			byPlan := rows(t, l)
			m := eventually(t, c, "the mirror", func(s *ovs.Snapshot) bool { return s.LeaseMirror(create.Lease) != nil }).LeaseMirror(create.Lease)
			if m.Owner.Kind != ovs.Kept {
				t.Errorf("owner %v: a mirror that is to stay must count as kept", m.Owner)
			}
			for what, remove := range map[string]ovs.Change{
				"undo": made.Undo, "detach": ovs.DetachMirror{},
				"detach ours": ovs.DetachOurs{Bridge: create.Bridge}, "clear": ovs.ClearMirrors{Bridge: create.Bridge},
			} {
				if _, one := remove.(ovs.DetachMirror); one {
					remove = ovs.DetachMirror{Mirror: m.UUID} // it is made anew all the time
				}
				removed, result := apply(t, c, remove)
				if diff := cmp.Diff(before, rows(t, l)); diff != "" {
					t.Fatalf("%s leaves something:\n%s", what, diff)
				}
				if !result.Purged {
					t.Errorf("%s does not purge (F1)", what)
				}
				again, _ := apply(t, c, removed.Undo)
				if diff := cmp.Diff(byPlan, rows(t, l)); diff != "" {
					t.Fatalf("undoing %s does not bring the same:\n%s", what, diff)
				}
				m = c.Snapshot().LeaseMirror(create.Lease)
				if _, one := remove.(ovs.DetachMirror); one {
					remove = ovs.DetachMirror{Mirror: m.UUID}
				}
				removed, err := ovs.NewPlan(c.Snapshot(), remove)
				if err != nil {
					t.Fatal(err)
				}
				shell(t, l, removed.Commands)
				if diff := cmp.Diff(before, rows(t, l)); diff != "" {
					t.Fatalf("the command for %s leaves something:\n%s\n%s", what, removed.Commands, diff)
				}
				eventually(t, c, "removed", func(s *ovs.Snapshot) bool { return s.LeaseMirror(create.Lease) == nil })
				shell(t, l, again.Commands)
				if diff := cmp.Diff(byPlan, rows(t, l)); diff != "" {
					t.Fatalf("plan (-) and command (+) differ:\n%s\n%s", again.Commands, diff)
				}
				s := eventually(t, c, "made again", func(s *ovs.Snapshot) bool { return s.LeaseMirror(create.Lease) != nil })
				m = s.LeaseMirror(create.Lease)
			}
			apply(t, c, ovs.DetachMirror{Mirror: m.UUID})
		})
	}
}

func TestEditsByPlanAndByCommand(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()
	create := everyKind(s)["internal"]
	apply(t, c, create)
	mirror := func() *ovs.Mirror { return c.Snapshot().LeaseMirror(create.Lease) }
	tap5 := ovs.Source{Port: port(t, s, "tap5").UUID, Direction: ovs.Ingress}
	for _, step := range []struct {
		name string
		edit func(*ovs.MirrorSpec)
	}{
		{"name", func(m *ovs.MirrorSpec) { m.Name = "another name" }},
		{"whole bridge", func(m *ovs.MirrorSpec) { m.SelectAll = true }},
		{"only some ports", func(m *ovs.MirrorSpec) { m.SelectAll, m.Sources = false, append(m.Sources[1:], tap5) }},
		{"VLANs", func(m *ovs.MirrorSpec) { m.VLANs = []int{10, 20} }},
		{"other VLANs", func(m *ovs.MirrorSpec) { m.VLANs = []int{20, 30} }},
		{"snaplen", func(m *ovs.MirrorSpec) { m.SnapLen = 100 }},
		{"no snaplen", func(m *ovs.MirrorSpec) { m.SnapLen = 0 }},
		{"into a VLAN", func(m *ovs.MirrorSpec) { m.Output = ovs.Output{VLAN: 111} }},
		{"into another VLAN", func(m *ovs.MirrorSpec) { m.Output = ovs.Output{VLAN: 112} }},
		{"to a port whose name a shell and sysctl could take apart", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "mon.0;>x$(id)"}}
		}},
		{"to a guest", func(m *ovs.MirrorSpec) { m.Output = ovs.Output{Port: port(t, s, "tap6").UUID} }},
		{"to a tunnel", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "gre0", Tunnel: ovs.Tunnel{Kind: ovs.GRE, Remote: netip.MustParseAddr("192.0.2.9")}}}
		}},
		{"another key of the same tunnel", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "gre0", Tunnel: ovs.Tunnel{Kind: ovs.GRE, Remote: netip.MustParseAddr("192.0.2.9"), Key: ovs.Key{Set: true, Value: 9}}}}
		}},
		{"another kind of tunnel with the same name", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "gre0", Tunnel: ovs.Tunnel{Kind: ovs.ERSPAN1, Remote: netip.MustParseAddr("2001:db8::9"), Index: 26}}}
		}},
		{"the tunnel to another address", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "gre0", Tunnel: ovs.Tunnel{Kind: ovs.GRE, Remote: netip.MustParseAddr("192.0.2.10"), Key: ovs.Key{Set: true, Value: 7}}}}
		}},
		{"the tunnel of another kind", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "gre0", Tunnel: ovs.Tunnel{Kind: ovs.ERSPAN1, Remote: netip.MustParseAddr("2001:db8::9"), Index: 26}}}
		}},
		{"to a port of its own", func(m *ovs.MirrorSpec) { m.Output = ovs.Output{New: &ovs.NewPort{Name: "span1"}} }},
		{"another tag of that port", func(m *ovs.MirrorSpec) { m.Output = ovs.Output{New: &ovs.NewPort{Name: "span1", Tag: 20}} }},
		{"that port with a tag", func(m *ovs.MirrorSpec) {
			m.Output = ovs.Output{New: &ovs.NewPort{Name: "span1", Tag: 10}}
		}},
		{"all at once", func(m *ovs.MirrorSpec) {
			*m = ovs.MirrorSpec{Name: "x", Sources: []ovs.Source{tap5}, VLANs: []int{20}, SnapLen: 64, Output: ovs.Output{Port: port(t, s, "tap6").UUID}}
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			before := rows(t, l)
			change := ovs.EditMirror{
				Mirror: mirror().UUID, Seen: mirror().Spec(), Want: mirror().Spec(),
				Flood: []ovs.UUID{s.BridgeByName("br0").UUID, s.BridgeByName("br1").UUID},
			}
			step.edit(&change.Want)
			plan, _ := apply(t, c, change)
			after := rows(t, l)
			if after == before {
				t.Fatal("nothing changed")
			}
			if again, err := ovs.NewPlan(c.Snapshot(), change); err != nil || !again.Empty() {
				t.Errorf("a second time: %v, %v", err, again)
			}
			undo, _ := apply(t, c, plan.Undo)
			if diff := cmp.Diff(before, rows(t, l)); diff != "" {
				t.Fatalf("undo does not bring back the same:\n%s\n%s", undo.Commands, diff)
			}
			// The output port may be another one by now.
			if plan, _ = ovs.NewPlan(c.Snapshot(), undo.Undo); plan == nil || plan.Empty() {
				t.Fatal("the undo cannot be undone")
			}
			shell(t, l, plan.Commands)
			if diff := cmp.Diff(after, rows(t, l)); diff != "" {
				t.Fatalf("plan (-) and command (+) differ:\n%s\n%s", plan.Commands, diff)
			}
			sync := ovs.SetSources{Mirror: mirror().UUID, Add: []ovs.Source{tap5}}
			if p, _ := ovs.NewPlan(c.Snapshot(), sync); !p.Empty() {
				apply(t, c, sync)
			}
		})
	}
}

// An RSPAN that is there and crosses one more bridge.
func TestOneMoreBridgeFloodsTheVLANOfAMirror(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	untouched := rows(t, l)
	s := c.Snapshot()
	create := everyKind(s)["RSPAN"]
	create.Flood = create.Flood[:1]
	apply(t, c, create)
	before := rows(t, l)
	m := c.Snapshot().LeaseMirror(create.Lease)
	change := ovs.EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: m.Spec(), Flood: []ovs.UUID{s.BridgeByName("br0").UUID, s.BridgeByName("br1").UUID}}
	plan, _ := apply(t, c, change)
	after := rows(t, l)
	if s := c.Snapshot(); !s.BridgeByName("br0").Floods(111) || !s.BridgeByName("br1").Floods(111) {
		t.Fatalf("not flooded:\n%s", after)
	}
	if !strings.Contains(plan.Title, "bridge br1 floods VLAN 111") || strings.Contains(plan.Title, "br0") {
		t.Errorf("title %q", plan.Title)
	}
	if again, err := ovs.NewPlan(c.Snapshot(), change); err != nil || !again.Empty() {
		t.Errorf("a second time: %v, %v", err, again)
	}
	undo, _ := apply(t, c, plan.Undo)
	if diff := cmp.Diff(before, rows(t, l)); diff != "" {
		t.Fatalf("undo does not bring back the same:\n%s", diff)
	}
	apply(t, c, undo.Undo)
	if diff := cmp.Diff(after, rows(t, l)); diff != "" {
		t.Fatalf("undoing that:\n%s", diff)
	}
	apply(t, c, ovs.DetachMirror{Mirror: m.UUID})
	if diff := cmp.Diff(untouched, rows(t, l)); diff != "" {
		t.Fatalf("left:\n%s", diff)
	}
}
