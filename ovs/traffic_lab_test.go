package ovs_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/live/decode"
	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// watchFor is long enough for several frames of every flow of the scene.
const watchFor = 700 * time.Millisecond

// watch captures for a moment and returns what came, a line a packet:
// "10/5 ICMP 10.0.10.1 > 10.0.10.2", tags first.
func watch(t *testing.T, c capture.Config, in *lab.Guest) []string {
	t.Helper()
	var source *capture.Handle
	open := func() (err error) { source, err = capture.Open(c); return err }
	err := error(nil)
	if in != nil {
		err = in.Do(open)
	} else {
		err = open()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	store := live.NewStore(0)
	ctx, cancel := context.WithTimeout(t.Context(), watchFor)
	defer cancel()
	if err := source.Run(ctx, store); err != nil {
		t.Fatal(err)
	}
	var lines []string
	first, next := store.Range()
	store.Scan(first, next, func(p live.Packet) bool {
		l := decode.Summarize(p.Data, p.Length)
		text := ""
		for _, v := range l.VLANs {
			text += fmt.Sprintf("%d ", v.VID)
		}
		text += fmt.Sprintf("%s %s > %s", l.Protocol, l.IPSrc, l.IPDst)
		if l.Outer != nil {
			text += fmt.Sprintf(" in %s %s > %s %s", l.Outer.Protocol, l.Outer.IPSrc, l.Outer.IPDst, l.Outer.Info)
			for _, field := range []string{"Port index", "Hardware"} {
				if value := find(decode.Tree(p.Data, p.Length), field); value != "" {
					text += " " + field + " " + value
				}
			}
		}
		lines = append(lines, fmt.Sprintf("%s length %d", text, len(p.Data)))
		return true
	})
	return lines
}

// find is the value of a field of a decoded frame, "" if it has none of that name.
func find(n *decode.Node, name string) string {
	if n.Name == name {
		return n.Value
	}
	for _, child := range n.Children {
		if value := find(child, name); value != "" {
			return value
		}
	}
	return ""
}

// tap watches a mirror's tap point.
func tap(t *testing.T, s *ovs.Snapshot, m *ovs.Mirror) []string {
	t.Helper()
	point, err := s.TapPoint(m)
	if err != nil {
		t.Fatal(err)
	}
	c := capture.Config{Interface: point.Interface, Direction: live.Incoming}
	if point.Direction == ovs.Outgoing {
		c.Direction = live.Outgoing
	}
	if point.Tunnel.Kind != ovs.NoTunnel {
		c.Tunnel = capture.Tunnel{Remote: point.Tunnel.Remote, Keyed: point.Tunnel.Key.Set, Key: point.Tunnel.Key.Value, Protocol: map[ovs.TunnelKind]uint16{
			ovs.GRE: capture.GREProtocol, ovs.ERSPAN1: capture.ERSPAN2Protocol, ovs.ERSPAN2: capture.ERSPAN3Protocol,
		}[point.Tunnel.Kind]}
	}
	return watch(t, c, nil)
}

// expect checks that there are packets that begin with each of want, and none with
// any of the others.
func expect(t *testing.T, where string, got []string, want []string, not ...string) {
	t.Helper()
	count := func(prefix string) (n int) {
		for _, line := range got {
			if strings.HasPrefix(line, prefix) {
				n++
			}
		}
		return n
	}
	for _, w := range want {
		if count(w) == 0 {
			t.Errorf("%s: no %q among %d packets:\n%s", where, w, len(got), strings.Join(got[:min(len(got), 10)], "\n"))
		}
	}
	for _, w := range not {
		if n := count(w); n > 0 {
			t.Errorf("%s: %d packets %q, want none", where, n, w)
		}
	}
}

// both are both directions of ports.
func both(t *testing.T, s *ovs.Snapshot, names ...string) []ovs.Source {
	t.Helper()
	var sources []ovs.Source
	for _, name := range names {
		id := port(t, s, name).UUID
		sources = append(sources, ovs.Source{Port: id, Direction: ovs.Egress}, ovs.Source{Port: id, Direction: ovs.Ingress})
	}
	return sources
}

// create makes a mirror on a bridge and returns it.
func create(t *testing.T, c *ovs.Client, bridge string, spec ovs.MirrorSpec, flood ...string) *ovs.Mirror {
	t.Helper()
	change := ovs.CreateMirror{Bridge: c.Snapshot().BridgeByName(bridge).UUID, MirrorSpec: spec, Lease: ovs.NewLeaseID()}
	for _, name := range flood {
		change.Flood = append(change.Flood, c.Snapshot().BridgeByName(name).UUID)
	}
	apply(t, c, change)
	return eventually(t, c, "the mirror", func(s *ovs.Snapshot) bool { return s.LeaseMirror(change.Lease) != nil }).LeaseMirror(change.Lease)
}

// What follows are the frames of the scene as a trunk shows them.
const (
	ping, pong   = "10 ICMP 10.0.10.1 > 10.0.10.2", "10 ICMP 10.0.10.2 > 10.0.10.1"
	from3, from5 = "10 ICMP 10.0.10.3 > 10.0.10.2", "20 UDP 10.0.20.5 > 10.0.20.6"
	tcp6         = "20 TCP 10.0.20.6 > 10.0.20.5"
)

func TestSPANWithSourcesComingAndGoing(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	c := dial(t, l)
	tap1 := both(t, c.Snapshot(), "tap1")
	m := create(t, c, "br0", ovs.MirrorSpec{Name: "span", Sources: tap1[:1], Output: ovs.Output{New: &ovs.NewPort{Name: "span0"}}})
	edit := func(change func(*ovs.MirrorSpec)) {
		t.Helper()
		now := c.Snapshot().Mirror(m.UUID)
		want := now.Spec()
		change(&want)
		apply(t, c, ovs.EditMirror{Mirror: m.UUID, Seen: now.Spec(), Want: want})
	}
	see := func() []string { return tap(t, c.Snapshot(), c.Snapshot().Mirror(m.UUID)) }
	expect(t, "one direction", see(), []string{ping}, pong, from3, from5)
	edit(func(m *ovs.MirrorSpec) { m.Sources = tap1 })
	expect(t, "both directions", see(), []string{ping, pong}, from3, from5)
	edit(func(m *ovs.MirrorSpec) { m.Sources = append(m.Sources, both(t, c.Snapshot(), "tap3", "tap5")...) })
	expect(t, "three sources", see(), []string{ping, pong, from3, from5, tcp6})
	edit(func(m *ovs.MirrorSpec) { m.Sources = append(tap1, both(t, c.Snapshot(), "tap5")...) })
	expect(t, "one source less", see(), []string{ping, pong, from5}, from3)
	edit(func(m *ovs.MirrorSpec) { m.VLANs = []int{20} })
	expect(t, "one VLAN", see(), []string{from5, tcp6}, ping, pong)
}

func TestGuestAsOutputWithAndWithoutTags(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	c := dial(t, l)
	for name, o := range map[string]lab.GuestOptions{"trunk": {}, "access": {Tag: 99}} {
		g, err := l.AddGuest(name, "br0", o)
		if err != nil {
			t.Fatal(err)
		}
		s := eventually(t, c, "the guest", func(s *ovs.Snapshot) bool { return s.PortByName(name) != nil })
		m := create(t, c, "br0", ovs.MirrorSpec{Name: name, Sources: both(t, s, "tap1", "tap3"), Output: ovs.Output{Port: port(t, s, name).UUID}})
		want, not := []string{ping, pong, from3}, []string{strings.TrimPrefix(ping, "10 ")}
		if name == "access" {
			want, not = []string{strings.TrimPrefix(ping, "10 "), strings.TrimPrefix(pong, "10 "), strings.TrimPrefix(from3, "10 ")}, []string{ping, pong}
		}
		expect(t, name+" guest", watch(t, capture.Config{Interface: "eth0", Direction: live.Incoming}, g), want, not...)
		expect(t, name+" tap point", tap(t, c.Snapshot(), m), want, not...)
		apply(t, c, ovs.DetachMirror{Mirror: m.UUID})
	}
}

func TestRSPANAcrossTwoBridges(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Link: lab.VethLink})
	c := dial(t, l)
	reader, err := l.AddGuest("reader", "br1", lab.GuestOptions{Tag: 111})
	if err != nil {
		t.Fatal(err)
	}
	bystander, err := l.AddGuest("bystander", "br1", lab.GuestOptions{Tag: 112})
	if err != nil {
		t.Fatal(err)
	}
	m := create(t, c, "br0", ovs.MirrorSpec{Name: "rspan", Sources: both(t, c.Snapshot(), "tap1"), Output: ovs.Output{VLAN: 111}}, "br0", "br1")
	for _, b := range c.Snapshot().Bridges {
		if !b.Floods(111) {
			t.Errorf("%s does not flood VLAN 111", b.Name)
		}
	}
	untagged := []string{strings.TrimPrefix(ping, "10 "), strings.TrimPrefix(pong, "10 ")}
	eth0 := capture.Config{Interface: "eth0", Direction: live.Incoming}
	expect(t, "the reader on br1", watch(t, eth0, reader), untagged)
	expect(t, "a port with another tag", watch(t, eth0, bystander), nil, "ICMP", "112", "111")

	// The destination by select_vlan and select_all, instead of an access port.
	out := create(t, c, "br1", ovs.MirrorSpec{Name: "out", SelectAll: true, VLANs: []int{111}, Output: ovs.Output{New: &ovs.NewPort{Name: "mon0"}}})
	expect(t, "the mirror of VLAN 111", tap(t, c.Snapshot(), out), []string{"111 " + untagged[0], "111 " + untagged[1]}, "30 ")

	apply(t, c, ovs.DetachMirror{Mirror: m.UUID})
	expect(t, "after OFF", watch(t, eth0, reader), nil, untagged...)
	for _, b := range eventually(t, c, "detached", func(s *ovs.Snapshot) bool { return s.Mirror(m.UUID) == nil }).Bridges {
		if len(b.FloodVLANs) > 0 || len(b.ExternalIDs) > 0 {
			t.Errorf("%s keeps flooding %v, external_ids %v", b.Name, b.FloodVLANs, b.ExternalIDs)
		}
	}
}

func TestTunnelsToAnAnalyzer(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	// The provider's side: a bridge with the host's address, and the analyzer behind it.
	vsctl(t, l, "--", "add-br", "phy", "--", "set", "Bridge", "phy", "datapath_type=netdev")
	shell(t, l, []string{"ip addr add 192.0.2.1/24 dev phy && ip -6 addr add 2001:db8::1/64 dev phy nodad && ip link set phy up"})
	analyzer, err := l.AddGuest("ana", "phy", lab.GuestOptions{Addr: "192.0.2.9/24", IPv6: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Exec("ana", "ip", "-6", "addr", "add", "2001:db8::9/64", "dev", "eth0", "nodad"); err != nil {
		t.Fatal(err)
	}
	// The userspace datapath learns its tunnels' neighbours from answers that it
	// happens to see.
	for _, at := range []string{"192.0.2.9", "2001:db8::9"} {
		if _, err := l.Appctl("tnl/neigh/set", "phy", at, analyzer.Options.MAC); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, l)
	v4, v6 := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("2001:db8::9")
	key := func(n uint32) ovs.Key { return ovs.Key{Set: true, Value: n} }
	for name, test := range map[string]struct {
		tunnel ovs.Tunnel
		outer  []string // words about the outer packet
	}{
		"GRE":              {ovs.Tunnel{Kind: ovs.GRE, Remote: v4, Key: key(7)}, []string{" in GRE 192.0.2.1 > 192.0.2.9", "7"}},
		"GRE, IPv6":        {ovs.Tunnel{Kind: ovs.GRE, Remote: v6}, []string{" in GRE 2001:db8::1 > 2001:db8::9"}},
		"ERSPAN II":        {ovs.Tunnel{Kind: ovs.ERSPAN1, Remote: v4, Key: key(30), Index: 26}, []string{" in ERSPAN II 192.0.2.1 > 192.0.2.9", "session=30", "Port index 26"}},
		"ERSPAN III":       {ovs.Tunnel{Kind: ovs.ERSPAN2, Remote: v4, Key: key(31), HardwareID: 10}, []string{" in ERSPAN III 192.0.2.1 > 192.0.2.9", "session=31", "Hardware 10"}},
		"ERSPAN III, IPv6": {ovs.Tunnel{Kind: ovs.ERSPAN2, Remote: v6, Key: key(32)}, []string{" in ERSPAN III 2001:db8::1 > 2001:db8::9", "session=32"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := create(t, c, "br0", ovs.MirrorSpec{Name: name, Sources: both(t, c.Snapshot(), "tap1"), Output: ovs.Output{New: &ovs.NewPort{Name: "tun0", Tunnel: test.tunnel}}})
			s := eventually(t, c, "a route", func(s *ovs.Snapshot) bool { _, err := s.TapPoint(m); return err == nil })
			at := watch(t, capture.Config{Interface: "eth0", Direction: live.Incoming}, analyzer)
			expect(t, "the analyzer", at, []string{ping, pong})
			sent := tap(t, s, m)
			expect(t, "the tap point", sent, []string{ping, pong}, "ARP")
			for _, lines := range [][]string{at, sent} {
				for _, line := range lines {
					if !strings.HasPrefix(line, ping) {
						continue
					}
					for _, word := range test.outer {
						if !strings.Contains(line, word) {
							t.Errorf("no %q in %q", word, line)
						}
					}
					break
				}
			}
			apply(t, c, ovs.DetachMirror{Mirror: m.UUID})
			expect(t, "after OFF", watch(t, capture.Config{Interface: "eth0", Direction: live.Incoming}, analyzer), nil, ping, pong)
		})
	}
}

func TestManyMirrorsOnABridge(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	c := dial(t, l)
	s := c.Snapshot()
	to := func(name string) ovs.Output { return ovs.Output{New: &ovs.NewPort{Name: name}} }
	a := create(t, c, "br0", ovs.MirrorSpec{Name: "a", Sources: both(t, s, "tap1"), Output: to("out-a")})
	b := create(t, c, "br0", ovs.MirrorSpec{Name: "b", Sources: both(t, s, "tap1", "tap5"), SnapLen: 40, Output: to("out-b")})
	all := create(t, c, "br0", ovs.MirrorSpec{Name: "all", SelectAll: true, Output: to("out-all")})
	now := c.Snapshot()
	expect(t, "a", tap(t, now, a), []string{ping, pong}, from5)
	short := tap(t, now, b)
	for _, line := range short {
		if !strings.HasSuffix(line, "length 40") {
			t.Errorf("not cut to 40 bytes: %s", line)
		}
	}
	if len(short) < 10 {
		t.Errorf("only %d packets of the same source in the second mirror", len(short))
	}
	expect(t, "the whole bridge", tap(t, now, all), []string{ping, pong, from3, from5, tcp6, "100 200 ICMP"})
	for n := 4; n <= 32; n++ {
		create(t, c, "br0", ovs.MirrorSpec{Name: fmt.Sprint("m", n), Sources: both(t, s, "tap2"), Output: ovs.Output{Port: port(t, c.Snapshot(), "out-a").UUID}})
	}
	_, err := ovs.NewPlan(c.Snapshot(), ovs.CreateMirror{Bridge: s.BridgeByName("br0").UUID, MirrorSpec: ovs.MirrorSpec{Name: "33", SelectAll: true, Output: to("out-33")}, Lease: ovs.NewLeaseID()})
	if err == nil || !strings.Contains(err.Error(), "builds no more than 32") {
		t.Errorf("the 33rd mirror: %v", err)
	}
	expect(t, "a among 32", tap(t, c.Snapshot(), a), []string{ping, pong})
}
