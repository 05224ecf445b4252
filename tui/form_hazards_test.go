package tui

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ovscope/ovs"
)

// Whatever a mirror would do to somebody, the form says so in a sentence while it
// is filled in, and what hurts keeps it from being applied.
func TestFormShowsEveryHazard(t *testing.T) {
	type world struct {
		*ovs.Snapshot
		facts map[string]ovs.InterfaceFacts
	}
	// internal makes a port that nobody is known to use.
	internal := func(w world, bridge, name string, mtu int) {
		b := w.BridgeByName(bridge)
		b.Ports = append(b.Ports, &ovs.Port{
			UUID: ovs.UUID(name), Name: name, Bridge: b.UUID,
			Interfaces: []*ovs.Interface{{Name: name, Type: "internal", MTU: mtu, LinkState: "up"}},
		})
	}
	to := func(port string) func(*ui) { return func(u *ui) { u.PickOutput(port) } }
	vlan := func(vlan string) func(*ui) {
		return func(u *ui) {
			u.Choose("kind", "VLAN (RSPAN)")
			u.Fill("output VLAN", vlan)
		}
	}
	unflooded := func(u *ui) {
		vlan("111")(u)
		u.Field("flood it on")
		u.Press("enter")
		u.Type("br0")
		u.Press("space", "enter")
	}
	whole := func(u *ui) { u.Choose("copy", "the whole bridge") }
	for name, test := range map[string]struct {
		world func(world)
		fill  func(*ui)
		want  string
		asks  string // what must be filled in first, "" for nothing
	}{
		"guest's port (F11)": {nil, to("tap2"), "guest db-1 on tap2 loses its network", "type tap2"},
		"bond (F11)":         {nil, to("bond0"), "whatever comes in over bond bond0 is dropped", "type bond0"},
		"local port (F11)":   {nil, to("br0"), "the host loses its network on bridge br0", "type br0"},
		"patch port (F11)": {func(w world) {
			internal(w, "br0", "patch0", 1500)
			w.PortByName("patch0").Interfaces[0].Type = "patch"
		}, to("patch0"), "the bridge behind patch port patch0 is cut off", "type patch0"},
		"uplink (F11)": {func(w world) {
			internal(w, "br0", "eth9", 1500)
			i := w.PortByName("eth9").Interfaces[0]
			i.Type, i.Status = "", map[string]string{"driver_name": "ixgbe"}
		}, to("eth9"), "the bridge's way out) loses the network", "type eth9"},
		"tunnel in use (F11)": {func(w world) {
			internal(w, "br0", "vx0", 1500)
			w.PortByName("vx0").Interfaces[0].Type = "vxlan"
		}, to("vx0"), "the tunnel vx0 (vxlan) is in use", "type vx0"},
		"port with an address (F11)": {func(w world) {
			internal(w, "br0", "quiet", 1500)
			w.facts["quiet"] = ovs.InterfaceFacts{Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}}
		}, to("quiet"), "the host loses its network on quiet, with the address 192.0.2.1", "type quiet"},
		"port that sends (F11)": {func(w world) {
			internal(w, "br0", "quiet", 1500)
			w.facts["quiet"] = ovs.InterfaceFacts{Receiving: true}
		}, to("quiet"), "somebody uses quiet, which was sending just now", "type quiet"},
		"bridge's MAC (F12)": {nil, to("tap2"), "would take another at once", "type tap2"},
		"smaller MTU": {
			func(w world) { internal(w, "br0", "quiet", 1400) }, to("quiet"),
			"output quiet takes packets of 1400 bytes and bridge br0 passes 1500", "",
		},
		"bridge's MTU not known (F13)": {
			func(w world) { w.BridgeByName("br0").LocalPort().Interfaces[0].MTU = 0 }, func(*ui) {},
			"it shrinks to that of the new port", "",
		},
		"RSPAN without flooding (F14)":   {nil, unflooded, "bridge br0 would learn the sources' addresses from their copies in VLAN 111", "type br0"},
		"RSPAN into a VLAN in use (F14)": {nil, vlan("10"), "VLAN 10 is in use", "type br0"},
		"RSPAN loses tags (F14)":         {nil, vlan("111"), "copies in VLAN 111 have lost the tag", ""},
		"snaplen and patch port (F10)": {func(w world) {
			internal(w, "br0", "patch0", 1500)
			w.PortByName("patch0").Interfaces[0].Type = "patch"
		}, func(u *ui) {
			u.PickOutput("patch0")
			u.Fill("snaplen", "64")
		}, "nothing will arrive: patch port patch0 drops copies that are cut short", "type patch0"},
		"snaplen and offload (F10)": {
			func(w world) { w.HardwareOffload = true }, func(u *ui) { u.Fill("snaplen", "64") },
			"leave the hardware offload", "",
		},
		"whole bridge":       {func(w world) { w.facts["tap1"] = ovs.InterfaceFacts{Measured: true, Rate: 4e6} }, whole, "every packet of bridge br0 is copied, whoever's it is: 2 Mbit/s now", ""},
		"whole bridge, busy": {func(w world) { w.facts["tap1"] = ovs.InterfaceFacts{Measured: true, Rate: 4e9} }, whole, "bridge br0 passes 2 Gbit/s now", "type br0"},
		"slow output": {func(w world) {
			internal(w, "br0", "eth9", 1500)
			i := w.PortByName("eth9").Interfaces[0]
			i.Type, i.Status = "", map[string]string{"driver_name": "ixgbe"}
			w.facts["eth9"] = ovs.InterfaceFacts{LinkSpeed: 1e8}
			w.facts["tap1"] = ovs.InterfaceFacts{LinkSpeed: 1e10}
		}, to("eth9"), "output eth9 takes 100 Mbit/s, less than its sources may pass (10 Gbit/s)", "type eth9"},
		"source as output": {nil, to("tap1"), "tap1 cannot be source and output at once", "not yet"},
		"no source (F6)": {nil, func(u *ui) {
			u.Field("sources")
			u.Press("enter")
			u.Type("tap1")
			u.Press("space", "enter")
		}, "nothing will be copied: the mirror has no source", "answer the question"},
		"only VLANs (F6)": {nil, func(u *ui) {
			u.Field("sources")
			u.Press("enter")
			u.Type("tap1")
			u.Press("space", "enter")
			u.Fill("only VLANs", "10")
		}, "nothing will be copied: VLANs only narrow what ports or the whole bridge select", "answer the question"},
		"33rd mirror (F3)": {func(w world) {
			b := w.BridgeByName("br0")
			for range 32 {
				b.Mirrors = append(b.Mirrors, &ovs.Mirror{UUID: ovs.UUID("m" + string(rune('A'+len(b.Mirrors)))), Name: "m", Bridge: "br0"})
			}
		}, func(*ui) {}, "ovs-vswitchd builds no more than 32", "not yet"},
		"no control socket (F1)": {nil, func(*ui) {}, "running will follow only seconds later, because ovs-vswitchd cannot be asked: no such file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			u := start(t)
			w := world{facts: map[string]ovs.InterfaceFacts{}}
			u.Edit(func(s *ovs.Snapshot) {
				w.Snapshot = s
				if test.world != nil {
					test.world(w)
				}
			})
			facts := &ovs.Facts{Interfaces: w.facts}
			if strings.Contains(name, "F1)") {
				facts.NoControl = "no such file"
			}
			u.sw.SetFacts(facts)
			u.Select("tap1")
			u.Press("n")
			test.fill(u)
			u.ExpectPlan(test.want)
			u.Resize(60, 15) // its sentence can be read there, too
			seen := ""
			for range 30 {
				lines := strings.Split(u.Screen(), "\n")
				at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "── plan") })
				for _, l := range lines[at+1 : len(lines)-3] {
					seen += " " + strings.Trim(l, "│ ")
				}
				u.Press("pgdown")
			}
			if first := strings.Join(strings.Fields(test.want)[:3], " "); !strings.Contains(strings.Join(strings.Fields(seen), " "), first) {
				t.Errorf("%q cannot be scrolled to:\n%s", first, u.Screen())
			}
			u.Resize(120, 40)
			u.Press("ctrl+s")
			if applied := len(u.sw.Applied()) > 0; applied != (test.asks == "") {
				t.Errorf("applied: %v\n%s", applied, u.Screen())
			}
			if test.asks != "" {
				u.Expect(test.asks)
			}
		})
	}
}
