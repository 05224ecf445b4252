package ovs

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMirrorsAreRevalidatedFromTheseReleasesOn(t *testing.T) {
	for version, want := range map[string]bool{
		"2.17.11": false, "2.17.12": true, "3.0.7": false, "3.0.8": true, "3.1.0": false, "3.1.6": true,
		"3.2.3": false, "3.2.4": true, "3.3.2": false, "3.3.3": true, "3.4.0": true, "3.10.1": true, "4.0.0": true,
		"2.16.9": false, "2.9.0": false, "": false, "unknown": false, "3.1.0-2+deb12u1": false, "3.4.0~rc1": true,
	} {
		if got := revalidatesMirrors(version); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

func TestHealth(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	out, one := &PortRef{id('a', '3'), "mon"}, []PortRef{{id('a', '1'), "tap1"}}
	counted := &MirrorStatistics{Packets: 5}
	broken := fixture()
	broken.PortByName("mon").Interfaces[0].Error = "no such device"
	crowded := fixture()
	for len(crowded.Bridges[0].Mirrors) <= maxMirrors {
		crowded.Bridges[0].Mirrors = append(crowded.Bridges[0].Mirrors, &Mirror{})
	}
	for name, test := range map[string]struct {
		s      *Snapshot
		m      Mirror
		after  time.Duration
		want   Health
		reason string
	}{
		"no output":                {fixture(), Mirror{Egress: one}, 0, NoOutput, "deleted"},
		"broken output":            {broken, Mirror{Egress: one, OutputPort: out}, 0, NoOutput, "no such device"},
		"nothing selected":         {fixture(), Mirror{OutputPort: out}, 0, SelectsNothing, "restarts"},
		"only VLANs selected":      {fixture(), Mirror{OutputPort: out, VLANs: []int{10}}, 0, SelectsNothing, "select_vlan alone"},
		"fresh":                    {fixture(), Mirror{Egress: one, OutputPort: out}, 6 * time.Second, Waiting, "5s"},
		"no statistics for long":   {fixture(), Mirror{Egress: one, OutputPort: out}, 11 * time.Second, NeverBuilt, "log"},
		"the 33rd mirror":          {crowded, Mirror{Bridge: id('b', '0'), Egress: one, OutputPort: out}, 0, NeverBuilt, "33 mirrors"},
		"output on another bridge": {fixture(), Mirror{Bridge: id('b', '1'), Egress: one, OutputPort: out}, 0, NeverBuilt, "another bridge"},
		"counters move":            {fixture(), Mirror{Egress: one, OutputPort: out, Statistics: counted, LastMoved: start}, 9 * time.Second, Delivering, ""},
		"counters stand still":     {fixture(), Mirror{Egress: one, OutputPort: out, Statistics: counted, LastMoved: start}, 11 * time.Second, Idle, "still"},
		"counted before we came":   {fixture(), Mirror{Egress: one, OutputPort: out, Statistics: counted}, 3 * time.Second, Built, ""},
		"whole bridge":             {fixture(), Mirror{SelectAll: true, OutputPort: out, Statistics: counted}, 20 * time.Second, Idle, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := test.m
			if m.Bridge == "" {
				m.Bridge = id('b', '0')
			}
			m.FirstSeen = start
			got, reason := test.s.Health(&m, start.Add(test.after))
			if got != test.want || !strings.Contains(reason, test.reason) {
				t.Errorf("got %v (%s), want %v (…%s…)", got, reason, test.want, test.reason)
			}
		})
	}
}

func TestTapPointByOutput(t *testing.T) {
	for name, test := range map[string]struct {
		iface  Interface
		want   TapPoint
		reason string
	}{
		"internal":   {Interface{Type: "internal"}, TapPoint{Interface: "mon", Direction: Incoming}, ""},
		"tap device": {Interface{Type: "tap"}, TapPoint{Interface: "mon", Direction: Incoming}, ""},
		"AF_XDP":     {Interface{Type: "afxdp"}, TapPoint{}, "bypasses the kernel"},
		"VM or veth": {Interface{Type: ""}, TapPoint{Interface: "mon", Direction: Outgoing}, ""},
		"explicit":   {Interface{Type: "system"}, TapPoint{Interface: "mon", Direction: Outgoing}, ""},
		"patch":      {Interface{Type: "patch"}, TapPoint{}, "patch port"},
		"vhost-user": {Interface{Type: "dpdkvhostuserclient"}, TapPoint{}, "bypasses the kernel"},
		"GRE, routed": {
			Interface{Type: "gre", Status: map[string]string{"tunnel_egress_iface": "eth1"}, Options: map[string]string{"remote_ip": "192.0.2.9", "key": "7"}},
			TapPoint{Interface: "eth1", Direction: Outgoing, Tunnel: Tunnel{Kind: GRE, Remote: netip.MustParseAddr("192.0.2.9"), Key: Key{true, 7}}},
			"",
		},
		"ERSPAN through the kernel's bridge": {
			Interface{Type: "erspan", Status: map[string]string{"tunnel_egress_iface": "br1"}, Options: map[string]string{"remote_ip": "192.0.2.9", "erspan_ver": "1", "erspan_idx": "1a"}},
			TapPoint{Interface: "br1", Direction: Outgoing, Tunnel: Tunnel{Kind: ERSPAN1, Remote: netip.MustParseAddr("192.0.2.9"), Index: 26}},
			"",
		},
		"GRE without a route": {Interface{Type: "gre", Options: map[string]string{"remote_ip": "192.0.2.9"}}, TapPoint{}, "no route"},
		"GRE of a flow":       {Interface{Type: "gre", Options: map[string]string{"remote_ip": "flow"}}, TapPoint{}, "no Linux interface"},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture()
			test.iface.Name = "mon"
			*s.PortByName("mon").Interfaces[0] = test.iface
			got, err := s.TapPoint(s.Mirror(id('c', '1')))
			var none *NoTapError
			switch {
			case test.reason == "" && (err != nil || got != test.want):
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			case test.reason != "" && (!errors.As(err, &none) || !strings.Contains(err.Error(), test.reason)):
				t.Errorf("got %v, %v; want a reason with %q", got, err, test.reason)
			}
		})
	}
	vlan := 111
	for name, test := range map[string]struct {
		m      Mirror
		reason string
	}{
		"RSPAN":            {Mirror{OutputVLAN: &vlan}, "tag 111"},
		"no output at all": {Mirror{}, "no output"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := fixture().TapPoint(&test.m); err == nil || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("got %v, want a reason with %q", err, test.reason)
			}
		})
	}
}

func TestProcessesAreToldApart(t *testing.T) {
	self, err := ThisProcess()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseProcess(self.String()); err != nil || back != self {
		t.Errorf("%v does not survive being written: %v, %v", self, back, err)
	}
	child := exec.CommandContext(t.Context(), "sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	running := self
	running.PID = child.Process.Pid
	if running.Start, err = startTime("/proc/" + strconv.Itoa(running.PID) + "/stat"); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Process)) Process { p := running; change(&p); return p }
	for name, test := range map[string]struct {
		p     Process
		local bool
		want  Life
	}{
		"ourselves":                     {self, true, Alive},
		"a running process":             {running, true, Alive},
		"its id, another start":         {with(func(p *Process) { p.Start++ }), true, Dead},
		"before the last reboot":        {with(func(p *Process) { p.Boot = "another" }), true, Dead},
		"perhaps a clone, far database": {with(func(p *Process) { p.Boot = "another" }), false, Unknown},
		"in another container":          {with(func(p *Process) { p.PIDNS = "1" }), true, Unknown},
		"container without machine id":  {with(func(p *Process) { p.Host = "another" }), true, Alive},
		"on another machine":            {with(func(p *Process) { p.Host = "another"; p.Boot = "x" }), true, Unknown},
		"an id that nobody has":         {with(func(p *Process) { p.PID = 1 << 22 }), true, Dead},
		"an owner we cannot read":       {Process{}, true, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.p.Life(self, test.local); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	_ = child.Process.Kill()
	// Not waited for yet, so a zombie: it holds no lease any more.
	deadline := time.Now().Add(5 * time.Second)
	for running.Life(self, true) != Dead && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if running.Life(self, true) != Dead {
		t.Error("a zombie counts as alive")
	}
	_ = child.Wait()
}

func TestParseProcessRejects(t *testing.T) {
	for _, s := range []string{"", "nonsense", "boot=b;pid=x;start=1", "boot=b;pid=-1;start=1", "pid=1;start=1"} {
		if p, err := ParseProcess(s); err == nil {
			t.Errorf("%q reads as %v", s, p)
		}
	}
}

func TestOwners(t *testing.T) {
	for name, test := range map[string]struct {
		ids  map[string]string
		want OwnerKind
	}{
		"nobody's tag": {nil, Foreign},
		"OVN's":        {map[string]string{"ovn-owned": "true"}, OVN},
		"ours":         {map[string]string{keyLease: "1", keyOwner: us.String()}, ThisRun},
		"another run":  {map[string]string{keyLease: "1", keyOwner: other.String()}, OtherRun},
		"kept":         {map[string]string{keyLease: "1", keyKept: "true"}, Kept},
		"no owner":     {map[string]string{keyLease: "1"}, OtherRun},
		"only an owner": {
			map[string]string{keyOwner: us.String()}, Foreign,
		},
	} {
		if got := ownerOf(test.ids, us, true).Kind; got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestHostileNamesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"tap1":             "tap1",
		"\x1b[31mred\x07":  "[31mred",
		"a\u202eb\u200bc":  "abc",
		"bad\xffutf8":      "bad\uFFFDutf8",
		"line\nbreak\ttab": "linebreaktab",
		"\u009b2Jcsi":      "2Jcsi",
		"ünïcode 漢字 stays": "ünïcode 漢字 stays",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPortsSortAsPeopleCount(t *testing.T) {
	names := []string{"tap10", "tap2", "eth0", "tap1", "tap02b", "tap"}
	slices.SortFunc(names, natural)
	want := "eth0 tap tap1 tap2 tap02b tap10"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"unix:/run/openvswitch/db.sock": true, "unix:db.sock": true, "tcp:127.0.0.1:6640": true, "ssl:[::1]:6640": true, "tcp:host:6640": true,
		"": false, "unix:": false, "/run/db.sock": false, "tcp:127.0.0.1": false, "tcp::6640": false, "http://x": false, "tcp:::1": false,
	} {
		if err := CheckEndpoint(endpoint); (err == nil) != ok {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	t.Setenv("OVS_RUNDIR", "/run/mine")
	for endpoint, want := range map[string]string{
		"unix:/a/db.sock": "/a", "tcp:127.0.0.1:6640": "/run/mine", "ssl:localhost:1": "/run/mine", "tcp:[::1]:1": "/run/mine", "tcp:192.0.2.1:6640": "",
	} {
		if got := controlDir(endpoint); got != want {
			t.Errorf("the control socket for %s is looked for in %q, want %q", endpoint, got, want)
		}
	}
}

func TestStatsInterval(t *testing.T) {
	for configured, want := range map[string]time.Duration{"": 5 * time.Second, "1000": 5 * time.Second, "20000": 20 * time.Second, "x": 5 * time.Second} {
		if got := statsInterval(configured); got != want {
			t.Errorf("%q: %v, want %v", configured, got, want)
		}
	}
}

func TestStartTimeReadsNamesWithParentheses(t *testing.T) {
	path := t.TempDir() + "/stat"
	stat := "123 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
	if err := os.WriteFile(path, []byte(stat), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := startTime(path); got != 4711 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}
