package ovs_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

func process(t *testing.T) ovs.Process {
	t.Helper()
	p, err := ovs.ThisProcess()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dial connects to the lab; change the config before with with.
func dial(t *testing.T, l *lab.Lab, with ...func(*ovs.Config)) *ovs.Client {
	t.Helper()
	cfg := ovs.Config{Endpoint: l.Endpoint(), Self: process(t)}
	for _, f := range with {
		f(&cfg)
	}
	c, err := ovs.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// eventually waits for a snapshot in which the condition holds.
func eventually(t *testing.T, c *ovs.Client, what string, holds func(*ovs.Snapshot) bool) *ovs.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for s := c.Snapshot(); ; {
		if holds(s) {
			return s
		}
		var err error
		if s, err = c.Next(ctx, s.Generation); err != nil {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// apply plans a change on the newest snapshot and applies it.
func apply(t *testing.T, c *ovs.Client, change ovs.Change) (*ovs.Plan, ovs.Result) {
	t.Helper()
	plan, err := ovs.NewPlan(c.Snapshot(), change)
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Apply(t.Context(), plan)
	if err != nil {
		t.Fatalf("applying %q: %v", plan.Title, err)
	}
	return plan, result
}

func port(t *testing.T, s *ovs.Snapshot, name string) *ovs.Port {
	t.Helper()
	p := s.PortByName(name)
	if p == nil {
		t.Fatalf("no port %s", name)
	}
	return p
}

func vsctl(t *testing.T, l *lab.Lab, args ...string) string {
	t.Helper()
	out, err := l.Vsctl(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lease is a new lease on br0.
func lease(s *ovs.Snapshot, self ovs.Process, sources ...ovs.Source) ovs.CreateLease {
	return ovs.CreateLease{Bridge: s.BridgeByName("br0").UUID, Sources: sources, Lease: ovs.NewLeaseID(), Owner: self}
}

func TestSnapshotShowsTheSwitchAsItIs(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()

	var bridges []string
	for _, b := range s.Bridges {
		bridges = append(bridges, b.Name+" "+b.DatapathType)
	}
	if diff := cmp.Diff([]string{"br0 netdev", "br1 netdev"}, bridges); diff != "" {
		t.Error(diff)
	}
	if s.BridgeByName("br0").Ports[0].Name != "br0" {
		t.Error("the local port does not come first")
	}
	tap1, tap3 := port(t, s, "tap1"), port(t, s, "tap3")
	if tap1.Mode() != "access" || tap1.Tag == nil || *tap1.Tag != 10 {
		t.Errorf("tap1: mode %s, tag %v", tap1.Mode(), tap1.Tag)
	}
	if diff := cmp.Diff([]int{10, 20}, tap3.Trunks); diff != "" || tap3.Mode() != "trunk" {
		t.Errorf("tap3: mode %s, trunks %s", tap3.Mode(), diff)
	}
	if tap1.LinkState() != "up" || tap1.Interfaces[0].MAC == "" || tap1.Interfaces[0].OFPort == nil {
		t.Errorf("tap1's interface: %+v", tap1.Interfaces[0])
	}
	if s.OVSVersion == "" || s.SchemaVersion == "" || s.BridgeByName("br0").MTU() != 1500 {
		t.Errorf("version %q, schema %q, MTU %d", s.OVSVersion, s.SchemaVersion, s.BridgeByName("br0").MTU())
	}
}

func TestLeaseIsMadeAndLeavesNothingBehind(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	before := vsctl(t, l, "show")
	change := lease(c.Snapshot(), c.Self(), ovs.Source{Port: port(t, c.Snapshot(), "tap1").UUID, Direction: ovs.Egress})

	plan, result := apply(t, c, change)
	t.Logf("created in %v", result.Took)
	if !result.Purged {
		t.Errorf("OVS %s does not revalidate mirrors, yet nothing was purged (F1): %q", c.Snapshot().OVSVersion, result.Warning)
	}
	name := ovs.LeaseName(change.Lease)
	if len(name) > 15 {
		t.Errorf("%q is too long for an interface (F26)", name)
	}
	if got, want := vsctl(t, l, "get", "Mirror", name, "select_src_port"), "["+string(change.Sources[0].Port)+"]"; got != want {
		t.Errorf("select_src_port = %s, want %s", got, want)
	}
	if got := vsctl(t, l, "get", "Mirror", name, "select_dst_port"); got != "[]" {
		t.Errorf("select_dst_port = %s, want none", got)
	}
	link, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	if link.Attrs().Flags&1 == 0 || link.Attrs().MTU != 1500 {
		t.Errorf("flags %v, MTU %d: want up and the bridge's 1500", link.Attrs().Flags, link.Attrs().MTU)
	}
	if off, _ := os.ReadFile("/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6"); strings.TrimSpace(string(off)) == "0" {
		t.Error("IPv6 is still on (F24)")
	}
	m := c.Snapshot().LeasesOf(ovs.ThisRun)
	if len(m) != 1 || len(m[0].Mirrors) != 1 || len(m[0].Ports) != 1 {
		t.Fatalf("the snapshot does not show the lease: %+v", m)
	}
	if tap, err := c.Snapshot().TapPoint(m[0].Mirrors[0]); err != nil || tap != (ovs.TapPoint{Interface: name, Direction: ovs.Incoming}) {
		t.Errorf("tap point %v, %v", tap, err)
	}

	apply(t, c, plan.Undo)
	if after := vsctl(t, l, "show"); after != before {
		t.Errorf("something is left:\n%s", cmp.Diff(before, after))
	}
	if got := vsctl(t, l, "list", "Mirror"); got != "" {
		t.Errorf("a mirror is left: %s", got)
	}
}

func TestTogglingIsUndone(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()
	apply(t, c, lease(s, c.Self()))
	m := c.Snapshot().LeasesOf(ovs.ThisRun)[0].Mirrors[0]
	columns := func() string {
		return vsctl(t, l, "--columns=select_src_port,select_dst_port", "list", "Mirror", m.Name)
	}
	empty := columns()

	tap2 := port(t, s, "tap2").UUID
	plan, _ := apply(t, c, ovs.SetSources{Mirror: m.UUID, Add: []ovs.Source{{Port: tap2, Direction: ovs.Egress}, {Port: tap2, Direction: ovs.Ingress}}})
	if got := c.Snapshot().Mirror(m.UUID); !got.Lists(tap2, ovs.Egress) || !got.Lists(tap2, ovs.Ingress) {
		t.Errorf("sources are %v", got.Sources())
	}
	_, result := apply(t, c, plan.Undo)
	if !result.Purged {
		t.Error("OFF without a purge may go on copying (F1)")
	}
	if got := columns(); got != empty {
		t.Errorf("undo left %s", got)
	}
}

func TestForeignMirrorIsListedAndStaysAsItIs(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "--", "add-port", "br0", "mon0", "--", "set", "Interface", "mon0", "type=internal",
		"--", "--id=@s", "get", "Port", "tap3", "--", "--id=@o", "get", "Port", "mon0",
		"--", "--id=@m", "create", "Mirror", "name=theirs", "select_src_port=@s", "output_port=@o", "external_ids:who=them",
		"--", "add", "Bridge", "br0", "mirrors", "@m")
	// _version changes with every write to the row, and ephemeral columns such as
	// statistics do not count for it: so this compares byte for byte.
	row := func() string {
		return shell(t, l, []string{`ovsdb-client transact '` + l.Endpoint() + `' '["Open_vSwitch",{"op":"select","table":"Mirror","where":[["name","==","theirs"]],"columns":["_uuid","_version","name","select_all","select_src_port","select_dst_port","select_vlan","output_port","output_vlan","snaplen","external_ids"]}]'`})
	}
	before := row()
	c := dial(t, l)
	s := c.Snapshot()
	theirs := s.BridgeByName("br0").Mirrors[0]
	if theirs.Name != "theirs" || theirs.Owner.Kind != ovs.Foreign || theirs.OutputPort.Name != "mon0" || theirs.Egress[0].Name != "tap3" {
		t.Errorf("their mirror reads %+v", theirs)
	}
	change := lease(s, c.Self(), ovs.Source{Port: port(t, s, "tap3").UUID, Direction: ovs.Egress})
	apply(t, c, change)
	apply(t, c, ovs.ReleaseLease{Lease: change.Lease})
	if after := row(); after != before {
		t.Errorf("their mirror changed:\n%s", cmp.Diff(before, after))
	}
}

func TestChangeToAPortThatIsGoneChangesNothing(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()
	change := lease(s, c.Self(), ovs.Source{Port: port(t, s, "tap2").UUID, Direction: ovs.Egress})
	plan, err := ovs.NewPlan(s, change)
	if err != nil {
		t.Fatal(err)
	}
	// The guest restarts: the same name, another row (F19).
	vsctl(t, l, "del-port", "tap2", "--", "add-port", "br0", "tap2", "--", "set", "Interface", "tap2", "type=internal")
	before := vsctl(t, l, "show")
	var gone *ovs.GoneError
	if _, err := c.Apply(t.Context(), plan); !errors.As(err, &gone) {
		t.Errorf("got %v, want a GoneError", err)
	}
	if after := vsctl(t, l, "show"); after != before {
		t.Error(cmp.Diff(before, after))
	}
}

type noLinks struct{}

func (noLinks) Prepare(context.Context, string, int) error { return os.ErrNotExist }

func TestLeaseWhosePortDoesNotComeIsTakenBack(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l, func(cfg *ovs.Config) { cfg.Links = noLinks{} })
	before := vsctl(t, l, "show")
	plan, err := ovs.NewPlan(c.Snapshot(), lease(c.Snapshot(), c.Self()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apply(t.Context(), plan)
	var notApplied *ovs.NotAppliedError
	if !errors.As(err, &notApplied) || !notApplied.RolledBack || !strings.Contains(err.Error(), "nsenter") {
		t.Errorf("got %v, want a NotAppliedError that was rolled back and names nsenter (F27)", err)
	}
	if after := vsctl(t, l, "show"); after != before {
		t.Error(cmp.Diff(before, after))
	}
}

// A name that an interface of the host has already: the port cannot be made, and
// what has the name, somebody's uplink, stays as it is.
func TestNewPortLeavesAnInterfaceOfThatNameAlone(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "uplink9", MTU: 1400}, PeerName: "wire9"}); err != nil {
		t.Fatal(err)
	}
	c := dial(t, l)
	before := vsctl(t, l, "show")
	s := c.Snapshot()
	change := ovs.CreateMirror{
		Bridge: s.BridgeByName("br0").UUID, Lease: ovs.NewLeaseID(),
		MirrorSpec: ovs.MirrorSpec{Name: "m9", SelectAll: true, Output: ovs.Output{New: &ovs.NewPort{Name: "uplink9"}}},
	}
	plan, err := ovs.NewPlan(s, change)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apply(t.Context(), plan)
	var notApplied *ovs.NotAppliedError
	if !errors.As(err, &notApplied) || !notApplied.RolledBack || !strings.Contains(err.Error(), "uplink9") {
		t.Errorf("got %v, want a NotAppliedError that was rolled back", err)
	}
	if after := vsctl(t, l, "show"); after != before {
		t.Error(cmp.Diff(before, after))
	}
	link, err := netlink.LinkByName("uplink9")
	if err != nil {
		t.Fatal(err)
	}
	ipv6, err := os.ReadFile("/proc/sys/net/ipv6/conf/uplink9/disable_ipv6")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(ipv6)) == "1" || link.Attrs().MTU != 1400 || link.Attrs().Flags&net.FlagUp != 0 {
		t.Errorf("it was changed: %+v, disable_ipv6 %s", link.Attrs(), ipv6)
	}

	facts, err := c.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = ovs.NewPlan(c.Snapshot().With(facts), change)
	var refused *ovs.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "interface uplink9 already") {
		t.Errorf("with facts: %v, want a refusal", err)
	}
}

func TestKeptLeaseOutlivesTheRun(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()
	kept, released := lease(s, c.Self()), lease(s, c.Self())
	apply(t, c, kept)
	apply(t, c, released)
	apply(t, c, ovs.KeepLease{Lease: kept.Lease})
	if err := c.ReleaseAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = eventually(t, c, "only the kept lease is left", func(s *ovs.Snapshot) bool { return len(s.Leases()) == 1 })
	if l := s.Leases()[0]; l.ID != kept.Lease || l.Owner.Kind != ovs.Kept || len(l.Ports) != 1 {
		t.Errorf("left is %+v", l)
	}
}

// What was changed in somebody else's mirror goes back when the run ends, unless
// the user wants it to stay.
func TestEditsOfOtherMirrorsAreTakenBack(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "--", "--id=@o", "get", "Port", "tap2", "--", "--id=@s", "get", "Port", "tap5", "--",
		"--id=@m", "create", "Mirror", "name=theirs", "output_port=@o", "select_src_port=@s", "--", "add", "Bridge", "br0", "mirrors", "@m")
	row := func() string {
		return vsctl(t, l, "--columns=select_src_port,select_dst_port", "list", "Mirror", "theirs")
	}
	before := row()
	c := dial(t, l)
	theirs := c.Snapshot().Mirrors()[0].UUID
	tap1, tap5 := port(t, c.Snapshot(), "tap1").UUID, port(t, c.Snapshot(), "tap5").UUID
	add := ovs.SetSources{Mirror: theirs, Add: []ovs.Source{{Port: tap1, Direction: ovs.Egress}}, Remove: []ovs.Source{{Port: tap5, Direction: ovs.Egress}}}

	plan, _ := apply(t, c, add)
	want := []ovs.EditMirror{{Mirror: theirs, Seen: ovs.MirrorSpec{Sources: add.Add}, Want: ovs.MirrorSpec{Sources: add.Remove}}}
	if diff := cmp.Diff(want, c.Edits()); diff != "" {
		t.Error(diff)
	}
	apply(t, c, plan.Undo)
	if len(c.Edits()) != 0 {
		t.Errorf("after the undo there is still %v to take back", c.Edits())
	}
	apply(t, c, add)
	if err := c.ReleaseAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := row(); after != before {
		t.Errorf("left changed:\n%s", cmp.Diff(before, after))
	}
	apply(t, c, add)
	changed := row()
	c.LeaveEdits()
	if err := c.ReleaseAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := row(); after != changed {
		t.Errorf("the user wanted it to stay:\n%s", cmp.Diff(changed, after))
	}
}

func TestSnapshotSaysItIsStaleAndRecovers(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	if err := l.StopOVSDB(); err != nil {
		t.Fatal(err)
	}
	s := eventually(t, c, "stale", (*ovs.Snapshot).Stale)
	if len(s.Bridges) != 2 || s.StaleReason == "" {
		t.Errorf("a stale snapshot should keep what was known: %d bridges, reason %q", len(s.Bridges), s.StaleReason)
	}
	plan, err := ovs.NewPlan(s, lease(s, c.Self()))
	if err != nil {
		t.Fatal(err)
	}
	var connect *ovs.ConnectError
	if _, err := c.Apply(t.Context(), plan); !errors.As(err, &connect) {
		t.Errorf("applying while away: got %v, want a ConnectError", err)
	}
	if err := l.StartOVSDB(); err != nil {
		t.Fatal(err)
	}
	eventually(t, c, "connected again", func(s *ovs.Snapshot) bool { return !s.Stale() })
	apply(t, c, lease(c.Snapshot(), c.Self()))
	if err := c.ReleaseAll(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestVswitchdThatIsAwayIsSaidAndNothingStays(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	if err := l.StopVswitchd(); err != nil {
		t.Fatal(err)
	}
	plan, err := ovs.NewPlan(c.Snapshot(), lease(c.Snapshot(), c.Self()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apply(t.Context(), plan)
	var notApplied *ovs.NotAppliedError
	if !errors.As(err, &notApplied) || !notApplied.RolledBack {
		t.Errorf("got %v, want a NotAppliedError that was rolled back", err)
	}
	eventually(t, c, "no lease", func(s *ovs.Snapshot) bool { return len(s.Leases()) == 0 })
}

// A colleague's mirror must not stay changed by a change that never took effect.
func TestToggleThatIsNotTakenUpIsTakenBack(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "--", "--id=@o", "get", "Port", "tap2", "--", "--id=@m", "create", "Mirror", "name=theirs", "output_port=@o", "--", "add", "Bridge", "br0", "mirrors", "@m")
	c := dial(t, l)
	theirs := c.Snapshot().Mirrors()[0]
	if err := l.StopVswitchd(); err != nil {
		t.Fatal(err)
	}
	plan, err := ovs.NewPlan(c.Snapshot(), ovs.SetSources{Mirror: theirs.UUID, Add: []ovs.Source{{Port: port(t, c.Snapshot(), "tap1").UUID}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apply(t.Context(), plan)
	var notApplied *ovs.NotAppliedError
	if !errors.As(err, &notApplied) || !notApplied.RolledBack {
		t.Errorf("got %v, want a NotAppliedError that was rolled back", err)
	}
	eventually(t, c, "as before", func(s *ovs.Snapshot) bool { return len(s.Mirror(theirs.UUID).Sources()) == 0 })
}

// The command that a plan shows must do what the plan does.
func TestCommandsDoTheSameAsThePlan(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l)
	s := c.Snapshot()
	tap1, tap3 := port(t, s, "tap1").UUID, port(t, s, "tap3").UUID
	create := lease(s, c.Self(), ovs.Source{Port: tap1, Direction: ovs.Egress}, ovs.Source{Port: tap3, Direction: ovs.Ingress}, ovs.Source{Port: tap1, Direction: ovs.Ingress})

	rows := func() string {
		name := ovs.LeaseName(create.Lease)
		return vsctl(t, l, "--columns=name,select_all,select_src_port,select_dst_port,select_vlan,output_vlan,snaplen,external_ids", "list", "Mirror") + "\n" +
			vsctl(t, l, "--columns=name,tag,trunks,external_ids", "list", "Port", name) + "\n" +
			vsctl(t, l, "--columns=name,type,mtu_request,external_ids", "list", "Interface", name) + "\n" +
			vsctl(t, l, "get", "Mirror", name, "output_port") + vsctl(t, l, "get", "Port", name, "_uuid")
	}
	plan, _ := apply(t, c, create)
	byPlan := dropUUIDs(rows())
	release, _ := apply(t, c, plan.Undo)

	shell(t, l, plan.Commands)
	if byShell := dropUUIDs(rows()); byShell != byPlan {
		t.Errorf("creating by plan (-) and by command (+) differ:\n%s", cmp.Diff(byPlan, byShell))
	}
	s = eventually(t, c, "the shell's lease", func(s *ovs.Snapshot) bool { return len(s.LeasesOf(ovs.ThisRun)) == 1 })
	toggle := ovs.SetSources{Mirror: s.Leases()[0].Mirrors[0].UUID, Add: []ovs.Source{{Port: tap3, Direction: ovs.Egress}}, Remove: []ovs.Source{{Port: tap1, Direction: ovs.Egress}}}
	plan, _ = apply(t, c, toggle)
	byPlan = rows()
	apply(t, c, plan.Undo)
	shell(t, l, plan.Commands)
	if byShell := rows(); byShell != byPlan {
		t.Errorf("toggling by plan (-) and by command (+) differ:\n%s", cmp.Diff(byPlan, byShell))
	}
	s = eventually(t, c, "toggled", func(s *ovs.Snapshot) bool { return s.Mirror(toggle.Mirror).Lists(tap3, ovs.Egress) })
	release, err := ovs.NewPlan(s, release.Change)
	if err != nil {
		t.Fatal(err)
	}
	shell(t, l, release.Commands)
	eventually(t, c, "released", func(s *ovs.Snapshot) bool { return len(s.Leases()) == 0 })
}

// shell runs the commands one after another and returns what they printed.
func shell(t *testing.T, l *lab.Lab, commands []string) string {
	t.Helper()
	var all strings.Builder
	for _, command := range commands {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		cmd.Env = l.Env()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
		all.Write(out)
	}
	return all.String()
}

// dropUUIDs leaves out the ids of the rows that are made anew.
func dropUUIDs(s string) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[:len(lines)-1], "\n")
}

func TestControlSocketIsFoundByRunDir(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	c := dial(t, l, func(cfg *ovs.Config) { cfg.RunDir = filepath.Join(l.Dir, "nowhere") })
	_, result := apply(t, c, lease(c.Snapshot(), c.Self()))
	if result.Purged || !strings.Contains(result.Warning, "seconds later") {
		t.Errorf("without a control socket: purged %v, warning %q", result.Purged, result.Warning)
	}
}
