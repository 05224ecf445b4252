package tui

import (
	"testing"
	"time"

	"ovscope/ovs"
)

// span0Shown shows span0, which OVS has counted nothing on for a while, and listens
// on its output.
func span0Shown(t *testing.T) *ui {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").LastMoved = u.clock.Add(-time.Hour) })
	u.Select("vnet2")
	u.Press("m")
	u.Wait(20 * time.Second)
	return u
}

func TestIdleIsToldByTheSourcesCounters(t *testing.T) {
	u := span0Shown(t)
	u.Expect("○ idle: nothing arrives, and OVS's counters stand still") // nothing better is known
	u.Passed(map[string]uint64{"vnet2": 0, "br1": 0})
	u.Expect("○ idle: its sources are quiet, their counters stand still")
	u.Passed(map[string]uint64{"vnet2": 2, "br1": 0}) // LLDP and the like
	u.Expect("○ idle: its sources are quiet")
	u.Pings(1, 1)
	u.Wait(fastTick)
	u.Expect("● copying, and packets arrive here")
	u.Wait(5 * time.Second)
	u.Expect("○ idle: its sources are quiet; the last packet came 5 s ago")
}

func TestBusySourcesOfWhichNothingArrives(t *testing.T) {
	u := span0Shown(t)
	u.Passed(map[string]uint64{"br1": 0, "vnet2": 100})
	u.Expect("! not delivering: nothing of vnet2's 40/s is copied") // both directions
	u.Pings(1, 1)
	u.Wait(fastTick)
	u.Expect("● copying, and packets arrive here")
	u.Wait(3 * time.Second)
	u.ExpectNot("not delivering") // what passed may be what came
	u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").VLANs = []int{100} })
	u.Wait(20 * time.Second)
	u.Passed(map[string]uint64{"br1": 0, "vnet2": 100})
	u.Expect("○ idle: nothing of vnet2's 40/s is in VLAN 100")
}

// Counters tell of the five seconds before: a mirror that was made, changed or
// looked at since is not accused.
func TestNewMirrorIsNotAccused(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Passed(map[string]uint64{"tap1": 1000})
	u.Press("e")
	u.Wait(4 * time.Second)
	u.Expect("○ waiting for the first packet")
	u.Passed(map[string]uint64{"tap1": 1000}) // some of it before
	u.Expect("○ waiting for the first packet")
	u.Wait(5 * time.Second)
	u.Passed(map[string]uint64{"tap1": 1000})
	u.Expect("! not delivering: nothing of tap1's 200/s is copied")
}

// Where nobody can look, OVS's counters must do.
func TestBusySourcesOfAMirrorThatCannotBeSeen(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Mirror("ovn-m1").LastMoved = u.clock })
	u.Select("vnet1")
	u.Expect("copying, says OVS")
	u.Wait(30 * time.Second)
	u.Passed(map[string]uint64{"vnet1": 100})
	u.Expect("! not delivering: nothing of vnet1's 20/s is copied")
	u.Passed(map[string]uint64{"vnet1": 0})
	u.Expect("○ idle: its sources are quiet")
}

// F3, F25: the reasons that OVS's rows give.
func TestNotDeliveringNamesTheReason(t *testing.T) {
	for want, edit := range map[string]func(*ovs.Snapshot, *ovs.Mirror){
		"br1 has 33 mirrors, ovs-vswitchd builds 32": func(s *ovs.Snapshot, m *ovs.Mirror) {
			b := s.BridgeByName("br1")
			for len(b.Mirrors) < 33 {
				b.Mirrors = append(b.Mirrors, &ovs.Mirror{Name: "more", Bridge: b.UUID})
			}
			m.Statistics = nil
		},
		"ovs-vswitchd did not take it up; its log says why": func(_ *ovs.Snapshot, m *ovs.Mirror) { m.Statistics = nil },
		"output port mon0 does not work: No such device": func(s *ovs.Snapshot, _ *ovs.Mirror) {
			s.PortByName("mon0").Interfaces = []*ovs.Interface{{UUID: "if-mon0", Name: "mon0", Error: "No such device"}}
		},
		"source vnet2 does not work: No such device": func(s *ovs.Snapshot, m *ovs.Mirror) {
			s.PortByName("vnet2").Interfaces = []*ovs.Interface{{UUID: "if-vnet2", Name: "vnet2", Error: "No such device"}}
			m.Ingress = nil
			m.LastMoved = time.Time{}
		},
		"no source is left; when a guest restarts": func(_ *ovs.Snapshot, m *ovs.Mirror) { m.Egress, m.Ingress = nil, nil },
	} {
		u := start(t)
		u.Resize(200, 50)
		u.Select("vnet2")
		u.Press("m")
		u.Edit(func(s *ovs.Snapshot) { edit(s, s.Mirror("span0")) })
		u.Expect("! not delivering: " + want)
	}
}
