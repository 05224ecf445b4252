package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/tui/layout"
)

func TestAllMirrorsAreListed(t *testing.T) {
	u := copying(t)
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("M")
	u.Expect("All mirrors of hv1", "packets a second by OVS's counters, every 5s")
	u.ExpectIn("br0     ovscope3f9a0001", "▸● br0", "ours", "copying", "tap1 →, tap1 ←", "port ovscope3f9a0001")
	u.ExpectIn("ovn-m1  ", "○ br1", "OVN's", "vnet1 →", "port patch-br0")
	u.ExpectIn("span0  ", "● br1", "foreign", "copying", "vnet2 →")
	u.Press("down", "down")
	u.Expect("OVS counted      48,213 pkt 6.10 MB") // of the selected one
	u.Press("M")
	u.ExpectNot("All mirrors")
}

func TestEnterGoesToTheMirror(t *testing.T) {
	u := copying(t)
	u.Press("M", "end", "enter")
	u.ExpectNot("All mirrors")
	u.Expect("Mirror span0, foreign")
	if row := u.m.bridges.selected(); row.bridge.Name != "br1" || row.port == nil || row.port.Name != "vnet2" {
		t.Errorf("the cursor is on %+v", row)
	}
	if u.m.focus != layout.Mirror || u.m.tap.name != "span0" {
		t.Errorf("focus on pane %d, tap on %q", u.m.focus, u.m.tap.name)
	}
	// One without sources is found by its bridge, though that is folded.
	u.Edit(func(s *ovs.Snapshot) { s.Mirror("ovn-m1").Egress = nil })
	u.Press("tab", "tab")
	u.Select("br1")
	u.Press("left", "M", "up", "enter")
	u.Expect("Mirror ovn-m1, OVN's")
	if row := u.m.bridges.selected(); row.bridge.Name != "br1" || row.port != nil {
		t.Errorf("the cursor is on %+v", row)
	}
}

func TestMirrorsHaveRatesByOVSsCounters(t *testing.T) {
	u := start(t)
	counted := func(packets uint64) {
		u.Edit(func(s *ovs.Snapshot) {
			s.Time = u.clock
			s.Mirror("span0").Statistics = &ovs.MirrorStatistics{Packets: packets, Bytes: 100 * packets}
		})
	}
	u.Press("M")
	u.ExpectIn("span0  ", " – ") // one reading is no rate
	u.Wait(5 * time.Second)
	counted(48213 + 500)
	u.ExpectIn("span0  ", " 100/s ")
	u.Wait(5 * time.Second)
	counted(48213 + 500 + 10)
	u.ExpectIn("span0  ", " 2.0/s ")
	u.Wait(11 * time.Second)
	u.Edit(func(s *ovs.Snapshot) { s.Time = u.clock })
	u.ExpectIn("span0  ", " 0/s ")
	u.Wait(4 * time.Second)
	counted(48213 + 500 + 10 + 50) // all of it in the last interval
	u.ExpectIn("span0  ", " 10/s ")
	counted(5) // built anew
	u.ExpectIn("span0  ", " – ")
}

func TestAllMirrorsFollowWhatHappens(t *testing.T) {
	u := start(t)
	u.Press("M", "end")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br1")
		b.Mirrors = append([]*ovs.Mirror{{UUID: "a0", Name: "a0", Bridge: "br1", Owner: ovs.Owner{Kind: ovs.OtherRun, Life: ovs.Dead}}}, b.Mirrors...)
	})
	u.ExpectIn("a0  ", "a dead ovscope's", "not delivering")
	u.ExpectIn("span0  ", "▸") // still the selected one
	u.Edit(func(s *ovs.Snapshot) { s.BridgeByName("br1").Mirrors = nil })
	u.Expect("No bridge has a mirror any more.")
	u.Press("enter", "esc")
	u.ExpectNot("All mirrors")
	u.Press("M")
	u.Expect("M: no bridge has a mirror")
}

func TestManyMirrorsScrollAtEverySize(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br1")
		for i := range 100 {
			name := fmt.Sprintf("m%03d-%s", i, strings.Repeat("日本", i))
			b.Mirrors = append(b.Mirrors, &ovs.Mirror{UUID: ovs.UUID(name), Name: name, Bridge: "br1", VLANs: []int{10}, SelectAll: true})
		}
	})
	for _, size := range [][2]int{{200, 50}, {120, 40}, {80, 24}, {60, 15}, {40, 10}, {30, 8}} {
		u.Resize(size[0], size[1])
		u.Press("M")
		for _, key := range []string{"end", "up", "pgup", "home", "pgdown", "down"} {
			u.Press(key)
			u.ExpectFits()
		}
		u.Press("end")
		if size[0] >= 40 {
			u.Expect("▸", "m099")
		}
		u.Press("esc")
	}
}

func TestAllMirrorsNeedOpenVSwitch(t *testing.T) {
	u := alone(t, false)
	u.Press("M")
	u.Expect("there is no Open vSwitch here")
}
