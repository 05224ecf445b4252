package ovs

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// world is the fixture with ports of every kind on br0, and facts about them.
func world() *Snapshot {
	s := fixture()
	br0 := s.Bridges[0]
	facts := &Facts{Interfaces: map[string]InterfaceFacts{}}
	add := func(n byte, name, kind string, edit func(*Port, *Interface, *InterfaceFacts)) {
		i := &Interface{Name: name, Type: kind, MTU: 1500, Status: map[string]string{}, Options: map[string]string{}}
		p := &Port{UUID: id('e', n), Name: name, rawName: name, Bridge: br0.UUID, Interfaces: []*Interface{i}, Tag: intp(10)}
		f := InterfaceFacts{Measured: true}
		if edit != nil {
			edit(p, i, &f)
		}
		facts.Interfaces[name] = f
		br0.Ports = append(br0.Ports, p)
	}
	add('0', "vm", "", func(p *Port, i *Interface, _ *InterfaceFacts) {
		p.ExternalIDs = map[string]string{"vm-name": "mail"}
		i.Status["driver_name"] = "tun"
	})
	add('1', "eth0", "", func(p *Port, i *Interface, f *InterfaceFacts) {
		p.Tag = nil
		i.Status["driver_name"] = "e1000"
		i.MAC = "52:54:00:00:00:aa"
		f.LinkSpeed = 1e8
	})
	add('2', "bond0", "", func(p *Port, i *Interface, _ *InterfaceFacts) { p.Interfaces = append(p.Interfaces, i) })
	add('3', "patch0", "patch", func(_ *Port, i *Interface, _ *InterfaceFacts) { i.Options["peer"] = "far" })
	add('4', "vx0", "vxlan", nil)
	add('5', "addressed", "internal", func(_ *Port, _ *Interface, f *InterfaceFacts) {
		f.Addresses = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}
	})
	add('6', "busy", "internal", func(_ *Port, _ *Interface, f *InterfaceFacts) { f.Receiving, f.Rate = true, 3e9 })
	add('7', "quiet", "internal", nil)
	add('8', "small", "internal", func(_ *Port, i *Interface, _ *InterfaceFacts) { i.MTU = 1400 })
	add('9', "fast", "", func(_ *Port, _ *Interface, f *InterfaceFacts) { f.LinkSpeed = 1e10 })
	for _, p := range br0.Ports[:5] {
		p.Interfaces[0].Type = "internal"
	}
	br0.LocalPort().Interfaces[0].MAC = "52:54:00:00:00:aa"
	s.PortByName("far").Interfaces[0] = &Interface{Name: "far", Type: "patch", Options: map[string]string{"peer": "patch0"}}
	return s.With(facts)
}

func intp(n int) *int { return &n }

func TestHazards(t *testing.T) {
	to := func(name string) MirrorSpec {
		return MirrorSpec{Name: "m", Sources: []Source{{id('a', '2'), Egress}}, Output: Output{Port: world().PortByName(name).UUID}}
	}
	vlan := func(n int) MirrorSpec {
		return MirrorSpec{Name: "m", Sources: []Source{{id('a', '2'), Egress}}, Output: Output{VLAN: n}}
	}
	with := func(m MirrorSpec, edit func(*MirrorSpec)) MirrorSpec { edit(&m); return m }
	unseen := func(names ...string) func(*Snapshot) {
		return func(s *Snapshot) {
			s.facts.Interfaces["br0"] = InterfaceFacts{Measured: true}
			for _, name := range names {
				delete(s.facts.Interfaces, name)
			}
		}
	}
	gre := func(remote string) MirrorSpec {
		return MirrorSpec{Name: "m", Output: Output{New: &NewPort{Name: "gre0", Tunnel: Tunnel{Kind: GRE, Remote: netip.MustParseAddr(remote)}}}}
	}
	addressed := func() InterfaceFacts {
		return InterfaceFacts{Measured: true, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}}
	}
	leaving := func(device string) func(*Snapshot) {
		return func(s *Snapshot) {
			i := s.PortByName("vx0").Interfaces[0]
			i.Options["remote_ip"], i.Status["tunnel_egress_iface"] = "192.0.2.9", device
		}
	}
	whole := func(m *MirrorSpec) { m.SelectAll, m.Sources = true, nil }
	for name, test := range map[string]struct {
		spec  MirrorSpec
		world func(*Snapshot)
		flood bool
		want  string // "" for no hazard at all
		typed string // what must be typed
		asks  bool
	}{
		"quiet internal port":        {spec: to("quiet")},
		"guest's port":               {spec: to("vm"), want: "guest mail on vm loses its network", typed: "vm", asks: true},
		"uplink":                     {spec: to("eth0"), want: "the bridge's way out", typed: "eth0", asks: true},
		"bond":                       {spec: to("bond0"), want: "bond bond0 is dropped", typed: "bond0", asks: true},
		"patch":                      {spec: to("patch0"), want: "bridge behind patch port patch0 is cut off", typed: "patch0", asks: true},
		"tunnel in use":              {spec: to("vx0"), want: "tunnel vx0 (vxlan) is in use", typed: "vx0", asks: true},
		"bridge's local port":        {spec: to("br0"), want: "the host loses its network on bridge br0", typed: "br0", asks: true},
		"port with an address":       {spec: to("addressed"), want: "with the address 192.0.2.1", typed: "addressed", asks: true},
		"port that sends":            {spec: to("busy"), want: "somebody uses busy", typed: "busy", asks: true},
		"port of a container":        {spec: to("quiet"), world: unseen("quiet"), want: "moved into another network namespace", typed: "quiet", asks: true},
		"all is elsewhere (F27)":     {spec: to("quiet"), world: unseen("quiet", "br0")},
		"bridge's MAC":               {spec: to("eth0"), want: "would take another at once", typed: "br0", asks: true},
		"bridge's MAC is set":        {spec: to("eth0"), world: func(s *Snapshot) { s.Bridges[0].OtherConfig = map[string]string{"hwaddr": "x"} }, want: "way out", typed: "eth0", asks: true},
		"smaller MTU":                {spec: to("small"), want: "packets of 1400 bytes and bridge br0 passes 1500"},
		"MTU not known":              {spec: MirrorSpec{Sources: []Source{{id('a', '2'), Egress}}, Output: Output{New: &NewPort{Name: "new0"}}}, world: func(s *Snapshot) { s.Bridges[0].LocalPort().Interfaces[0].MTU = 0 }, want: "it shrinks to that of the new port"},
		"broken output":              {spec: to("quiet"), world: func(s *Snapshot) { s.PortByName("quiet").Interfaces[0].Error = "no device" }, want: "does not work: no device"},
		"RSPAN without flooding":     {spec: vlan(111), want: "would learn the sources' addresses", typed: "br0", asks: true},
		"RSPAN, flooded by us":       {spec: vlan(111), flood: true, want: "have lost the tag"},
		"RSPAN, flooded already":     {spec: vlan(111), world: func(s *Snapshot) { s.Bridges[0].FloodVLANs = []int{111} }, want: "have lost the tag"},
		"RSPAN, next bridge":         {spec: vlan(111), flood: true, want: "bridge br1 is connected to br0 and does not flood VLAN 111"},
		"RSPAN, VLAN in use":         {spec: vlan(10), flood: true, want: "VLAN 10 is in use: the copies go to vm", typed: "br0", asks: true},
		"RSPAN, readers":             {spec: vlan(10), flood: true, want: "come out at addressed, busy", asks: true, typed: "br0"},
		"RSPAN, trunks":              {spec: vlan(111), flood: true, want: "every trunk that carries all VLANs: br0, tap1, tap2, eth0"},
		"snaplen and patch":          {spec: with(to("patch0"), func(m *MirrorSpec) { m.SnapLen = 100 }), want: "nothing will arrive: patch port patch0", typed: "patch0", asks: true},
		"snaplen and offload":        {spec: with(to("quiet"), func(m *MirrorSpec) { m.SnapLen = 100 }), world: func(s *Snapshot) { s.HardwareOffload = true }, want: "leave the hardware offload"},
		"whole bridge":               {spec: with(to("quiet"), whole), world: func(s *Snapshot) { s.facts.Interfaces["busy"] = InterfaceFacts{Measured: true, Rate: 4e6} }, want: "is copied, whoever's it is: 2 Mbit/s now"},
		"whole bridge, not known":    {spec: with(to("quiet"), whole), world: func(s *Snapshot) { s.facts = nil }, want: "is not known"},
		"whole bridge, busy":         {spec: with(to("quiet"), whole), want: "passes 1.5 Gbit/s now", typed: "br0", asks: true},
		"slow output, by link":       {spec: with(to("eth0"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '9'), Egress}} }), want: "takes 100 Mbit/s, less than its sources may pass (10 Gbit/s)", asks: true, typed: "eth0"},
		"slow output, by rate":       {spec: with(to("eth0"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '6'), Egress}} }), want: "its sources pass 3 Gbit/s now: copies will be lost", asks: true, typed: "eth0"},
		"slow output, but virtual":   {spec: with(to("quiet"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '9'), Egress}} }), world: func(s *Snapshot) { s.facts.Interfaces["quiet"] = InterfaceFacts{Measured: true, LinkSpeed: 1e6} }},
		"loop through an uplink":     {spec: with(gre("198.51.100.9"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '1'), Ingress}} }), want: "if packets to 198.51.100.9 leave through eth0, each copy"},
		"loop through the host":      {spec: with(gre("192.0.2.9"), whole), world: func(s *Snapshot) { s.facts.Interfaces["br0"] = addressed() }, want: "packets to 192.0.2.9 leave through br0", typed: "br0", asks: true},
		"loop through a device":      {spec: with(to("vx0"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '1'), Ingress}} }), world: leaving("eth0"), want: "packets to 192.0.2.9 leave through eth0, which is a source", typed: "eth0", asks: true},
		"no loop through a device":   {spec: with(to("vx0"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '1'), Ingress}} }), world: leaving("eth5"), want: "is in use", typed: "vx0", asks: true},
		"no loop in userspace":       {spec: with(gre("192.0.2.9"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '1'), Ingress}} }), world: func(s *Snapshot) { s.Bridges[0].DatapathType = "netdev" }},
		"no loop the other way":      {spec: with(gre("192.0.2.9"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '1'), Egress}} })},
		"no loop through a guest":    {spec: with(gre("192.0.2.9"), func(m *MirrorSpec) { m.Sources = []Source{{id('e', '0'), Egress}} })},
		"no source":                  {spec: with(to("quiet"), func(m *MirrorSpec) { m.Sources = nil }), want: "the mirror has no source", asks: true},
		"only VLANs":                 {spec: with(to("quiet"), func(m *MirrorSpec) { m.Sources, m.VLANs = nil, []int{10} }), want: "VLANs only narrow", asks: true},
		"ports and whole bridge":     {spec: with(to("quiet"), func(m *MirrorSpec) { m.SelectAll = true }), want: "list of ports counts for nothing", asks: true, typed: "br0"},
		"shared output":              {spec: to("mon"), want: "mon is the output of mirror theirs (foreign) as well"},
		"source of another mirror":   {spec: to("tap1"), want: "copies port tap1 and gets only these copies"},
		"source that is an output":   {spec: with(to("quiet"), func(m *MirrorSpec) { m.Sources = []Source{{id('a', '3'), Egress}} }), want: "source mon is the output of mirror"},
		"no control socket":          {spec: to("quiet"), world: func(s *Snapshot) { s.facts.NoControl = "no such file" }, want: "running will follow only seconds later, because ovs-vswitchd cannot be asked: no such file"},
		"no control socket, new OVS": {spec: to("quiet"), world: func(s *Snapshot) { s.facts.NoControl, s.OVSVersion = "no such file", "3.4.0" }},
	} {
		t.Run(name, func(t *testing.T) {
			s := world()
			if test.world != nil {
				test.world(s)
			}
			c := CreateMirror{Bridge: id('b', '0'), MirrorSpec: test.spec, Lease: "abcdef01"}
			if test.flood {
				c.Flood = []UUID{id('b', '0')}
			}
			p, err := NewPlan(s, c)
			if err != nil {
				t.Fatal(err)
			}
			found := test.want == "" && len(p.Hazards) == 0
			typed := ""
			for _, h := range p.Hazards {
				found = found || test.want != "" && strings.Contains(h.Text, test.want)
				if h.Name == test.typed && h.Severity == Confirm {
					typed = h.Name
				}
			}
			if !found || typed != test.typed || p.NeedsConfirmation() != test.asks {
				t.Errorf("want %q, to type %q, asks %v; got %+v", test.want, test.typed, test.asks, p.Hazards)
			}
		})
	}
}

func TestOtherPeoplesMirrors(t *testing.T) {
	s := fixture()
	edit := func(n byte) Change {
		m := s.Mirror(id('c', n))
		want := m.Spec()
		want.SnapLen = 100
		return EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want}
	}
	for name, test := range map[string]struct {
		change  Change
		asks    bool
		typed   string
		refused string
	}{
		"edit ours":      {change: edit('1')},
		"edit kept":      {change: edit('5')},
		"edit foreign":   {change: edit('2'), asks: true},
		"edit other run": {change: edit('4'), asks: true},
		"edit OVN's":     {change: edit('3'), refused: "belongs to OVN"},
		"detach ours":    {change: DetachMirror{id('c', '1')}},
		"detach foreign": {change: DetachMirror{id('c', '2')}, asks: true},
		"detach OVN's":   {change: DetachMirror{id('c', '3')}, refused: "belongs to OVN"},
		"detach all our": {change: DetachOurs{id('b', '0')}},
		"clear":          {change: ClearMirrors{id('b', '0')}, asks: true, typed: "br0"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := NewPlan(s, test.change)
			if test.refused != "" {
				var refused *RefusedError
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.refused) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			typed := ""
			for _, h := range p.Hazards {
				typed += h.Name
			}
			if p.NeedsConfirmation() != test.asks || typed != test.typed {
				t.Errorf("hazards %+v", p.Hazards)
			}
			if strings.Contains(operationsJSON(t, p), string(id('c', '3'))) {
				t.Error("OVN's mirror is touched (F20)")
			}
		})
	}
	p, err := NewPlan(s, DetachOurs{id('b', '0')})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[byte]bool{'1': true, '2': false, '3': false, '4': false, '5': true} {
		if got := strings.Contains(operationsJSON(t, p), string(id('c', n))); got != want {
			t.Errorf("mirror %c: removed %v, want %v", n, got, want)
		}
	}
}

func TestMirrorsThatOVSWouldNotTake(t *testing.T) {
	s := fixture()
	out := func(n NewPort) MirrorSpec { return MirrorSpec{SelectAll: true, Output: Output{New: &n}} }
	tunnel := func(t Tunnel) MirrorSpec {
		t.Remote = netip.MustParseAddr("192.0.2.9")
		return out(NewPort{Name: "x", Tunnel: t})
	}
	for name, test := range map[string]struct {
		spec MirrorSpec
		want string
	}{
		"snaplen":           {MirrorSpec{SnapLen: 13}, "want 14 to 65535"},
		"VLAN":              {MirrorSpec{VLANs: []int{4096}}, "VLAN 4096"},
		"output VLAN":       {MirrorSpec{Output: Output{VLAN: 4096}}, "output VLAN 4096"},
		"two outputs":       {MirrorSpec{Output: Output{VLAN: 1, Port: id('a', '3')}}, "one output"},
		"filter before 3.4": {MirrorSpec{Filter: "icmp"}, "came with 3.4"},
		"name of all":       {out(NewPort{Name: "all"}), "stands for all interfaces"},
		"blank in a name":   {out(NewPort{Name: "a b"}), "no blanks"},
		"port name":         {out(NewPort{Name: "sixteen-bytes-xx"}), "at most 15 bytes"},
		"no port name":      {out(NewPort{}), "needs a name"},
		"tag":               {out(NewPort{Name: "x", Tag: 5000}), "tag 5000"},
		"no remote":         {out(NewPort{Name: "x", Tunnel: Tunnel{Kind: GRE}}), "needs the analyzer's address"},
		"families":          {tunnel(Tunnel{Kind: GRE, Local: netip.MustParseAddr("::1")}), "different families"},
		"session id":        {tunnel(Tunnel{Kind: ERSPAN1, Key: Key{true, 1024}}), "at most 1023"},
		"index":             {tunnel(Tunnel{Kind: ERSPAN1, Index: 1 << 20}), "at most 1048575"},
		"index of type III": {tunnel(Tunnel{Kind: ERSPAN2, Index: 1}), "only ERSPAN type II"},
		"direction":         {tunnel(Tunnel{Kind: ERSPAN2, Direction: 2}), "0 or 1"},
		"hardware id":       {tunnel(Tunnel{Kind: ERSPAN2, HardwareID: 64}), "at most 63"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewPlan(s, CreateMirror{Bridge: id('b', '0'), MirrorSpec: test.spec, Lease: "abcdef01"})
			var invalid *InvalidError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// What somebody else has changed since the user looked is not overwritten; what he
// did not touch is left alone; what is as he wants it is done.
func TestEditNoticesOtherPeoplesChanges(t *testing.T) {
	seen := fixture().Mirror(id('c', '1')).Spec()
	want := func(edit func(*MirrorSpec)) MirrorSpec { m := seen; edit(&m); return m }
	for name, test := range map[string]struct {
		meanwhile func(*Mirror)
		want      MirrorSpec
		changed   string
		empty     bool
	}{
		"same column":          {func(m *Mirror) { m.SnapLen = intp(64) }, want(func(m *MirrorSpec) { m.SnapLen = 100 }), "snaplen of mirror ours", false},
		"same value":           {func(m *Mirror) { m.SnapLen = intp(100) }, want(func(m *MirrorSpec) { m.SnapLen = 100 }), "", true},
		"another column":       {func(m *Mirror) { m.SnapLen = intp(64) }, want(func(m *MirrorSpec) { m.Name = "x" }), "", false},
		"output":               {func(m *Mirror) { m.OutputPort = nil }, want(func(m *MirrorSpec) { m.Output = Output{VLAN: 5} }), "output of mirror ours", false},
		"name":                 {func(m *Mirror) { m.Name = "y" }, want(func(m *MirrorSpec) { m.Name = "x" }), "name of mirror ours", false},
		"selection":            {func(m *Mirror) { m.SelectAll = true }, want(func(m *MirrorSpec) { m.SelectAll = true }), "", true},
		"another source added": {func(m *Mirror) { m.Egress = append(m.Egress, PortRef{UUID: id('a', '2')}) }, want(func(m *MirrorSpec) { m.Sources = nil }), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture()
			m := s.Mirror(id('c', '1'))
			m.rawName = m.Name
			test.meanwhile(m)
			p, err := NewPlan(s, EditMirror{Mirror: m.UUID, Seen: seen, Want: test.want})
			var changed *ChangedError
			switch {
			case test.changed != "":
				if !errors.As(err, &changed) || !strings.Contains(err.Error(), strings.Replace(test.changed, "ours", m.Name, 1)) {
					t.Errorf("got %v", err)
				}
			case err != nil:
				t.Error(err)
			case p.Empty() != test.empty:
				t.Errorf("empty %v: %s", p.Empty(), p.Title)
			}
			if name == "another source added" && strings.Contains(operationsJSON(t, p), string(id('a', '2'))) {
				t.Error("somebody else's source is taken away")
			}
		})
	}
	p, err := NewPlan(fixture(), EditMirror{Mirror: id('c', '1'), Seen: seen, Want: want(func(m *MirrorSpec) { m.SnapLen = 100 })})
	if err != nil {
		t.Fatal(err)
	}
	if got := operationsJSON(t, p); !strings.Contains(got, `"op":"wait","table":"Mirror","rows":[{"snaplen":["set",[]]}]`) {
		t.Errorf("the old value is not guarded:\n%s", got)
	}
}

// Two leases that flood the same VLAN: it is flooded until the last one goes.
func TestFloodingIsTakenBackByTheLast(t *testing.T) {
	s := fixture()
	b := s.Bridges[0]
	b.FloodVLANs = []int{111}
	b.ExternalIDs = map[string]string{keyFlood + "11111111": "111", keyFlood + "33333333": "111"}
	p, err := NewPlan(s, ReleaseLease{Lease: "11111111"})
	if err != nil {
		t.Fatal(err)
	}
	if got := operationsJSON(t, p); strings.Contains(got, "flood_vlans") || !strings.Contains(got, keyFlood+"11111111") {
		t.Errorf("the other lease needs it:\n%s", got)
	}
	delete(b.ExternalIDs, keyFlood+"33333333")
	if p, err = NewPlan(s, ReleaseLease{Lease: "11111111"}); err != nil {
		t.Fatal(err)
	}
	if got := operationsJSON(t, p); !strings.Contains(got, `["flood_vlans","delete"`) {
		t.Errorf("the last one leaves it flooded:\n%s", got)
	}
}

// The lease for which a VLAN is flooded may go while another one counts on it.
func TestFloodingIsAskedForAlsoWhereItIsThere(t *testing.T) {
	s := fixture()
	b := s.Bridges[0]
	b.FloodVLANs = []int{111}
	b.ExternalIDs = map[string]string{keyFlood + "11111111": "111"}
	c := CreateMirror{Bridge: b.UUID, Flood: []UUID{b.UUID}, Lease: "22222222", MirrorSpec: MirrorSpec{SelectAll: true, Output: Output{VLAN: 111}}}
	p, err := NewPlan(s, c)
	if err != nil {
		t.Fatal(err)
	}
	if got := operationsJSON(t, p); !strings.Contains(got, `["flood_vlans","insert",111]`) {
		t.Errorf("it is not asked for:\n%s", got)
	}
	b.ExternalIDs = nil // somebody else's flooding, which stays his
	if p, err = NewPlan(s, c); err != nil {
		t.Fatal(err)
	}
	if got := operationsJSON(t, p); strings.Contains(got, "flood_vlans") {
		t.Errorf("it is taken for ours:\n%s", got)
	}
}

func TestClearingOnlyOVNsMirrorsSaysWhyNothingGoes(t *testing.T) {
	s := fixture()
	s.Bridges[0].Mirrors = []*Mirror{s.Mirror(id('c', '3'))}
	p, err := NewPlan(s, ClearMirrors{Bridge: id('b', '0')})
	if err != nil || !p.Empty() || !strings.Contains(p.Title, "only OVN's mirrors") {
		t.Errorf("%v, %+v", err, p)
	}
}
