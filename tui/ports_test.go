package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/tui/layout"
)

// Count lets OVS count for five seconds: the first interface sends 1 kB, the next
// one 2 kB, then 4 kB and so on, and each receives a quarter of it.
func (u *ui) Count() {
	u.Edit(func(s *ovs.Snapshot) {
		s.Counters = map[ovs.UUID]ovs.Counters{}
		size := uint64(1000)
		for _, b := range s.Bridges {
			for _, p := range b.Ports {
				for _, i := range p.Interfaces {
					if i.Error != "" {
						continue
					}
					s.Counters[i.UUID] = ovs.Counters{
						Now: ovs.Traffic{RxBytes: size, RxPackets: size / 100, TxBytes: size / 4, TxPackets: size / 400}, At: u.clock, Over: 5 * time.Second,
						All: map[string]uint64{"rx_bytes": size, "rx_packets": size / 100, "tx_bytes": size / 4, "tx_packets": size / 400, "rx_errors": 0, "tx_dropped": 0},
					}
					size *= 2
				}
			}
		}
	})
}

// Ports are the names of the ports pane's rows, from the top.
func (u *ui) Ports() []string {
	var names []string
	for _, r := range u.m.bridges.rows {
		switch {
		case r.member != nil:
			names = append(names, r.member.Name)
		case r.port != nil:
			names = append(names, r.port.Name)
		default:
			names = append(names, r.bridge.Name)
		}
	}
	return names
}

func TestRatesStandBesideTheirPorts(t *testing.T) {
	u := start(t)
	u.Resize(200, 50)
	u.ExpectIn("● tap1 ", " –      – web-1") // nothing has been counted yet
	u.Count()
	// br0 1 kB in 5 s, eth0 2, eth1 4, tap1 8, tap2 16: 12.8 kbit/s and 3.2 kbit/s.
	u.Expect("→bit/s", "←bit/s")
	u.ExpectIn("● tap1 ", "12.8k", "3.20k")
	u.ExpectIn("● tap2 ", "25.6k", "6.40k")
	u.ExpectIn("bond0 ", "9.60k", "2.40k") // eth0 and eth1
	u.Press("z")
	u.Expect("→pkt/s", "←pkt/s")
	u.ExpectIn("● tap1 ", "  16 ", "   4 ", "system", "web-1")
}

func TestBarsAreScaledToTheBusiestShown(t *testing.T) {
	u := start(t)
	u.Resize(80, 24)
	u.ExpectNot("bars up to")
	u.Count()
	u.Press("end") // the last row on screen, vnet2, is the busiest of all
	u.ExpectIn("vnet2", "█▂")
	u.Expect("bars up to 6.55 Mbit/s")
	u.Press("home")
	u.ExpectNot("6.55 Mbit/s")
}

func TestRatesOfALostConnectionAreNotShown(t *testing.T) {
	u := start(t)
	u.Resize(200, 50)
	u.Count()
	u.Edit(func(s *ovs.Snapshot) { s.StaleSince, s.StaleReason = u.clock, "gone" })
	u.ExpectNot("12.8k")
}

func TestPortsAreSorted(t *testing.T) {
	u := start(t)
	u.Count()
	u.Select("tap2")
	u.Expect("Ports by name")
	u.Press("s")
	u.Expect("Ports by rate", "the busiest ports first, as OVS counts them every 5s")
	want := []string{"br0", "tap5", "tap4", "tap3", "tap2", "tap1", "bond0", "eth0", "eth1", "br0", "vhost7", "br1", "vnet2", "vnet1", "patch-br0", "mon0", "br1"}
	if got := u.Ports(); !slices.Equal(got, want) {
		t.Errorf("by rate: %v", got)
	}
	if row := u.m.bridges.selected(); row.port == nil || row.port.Name != "tap2" {
		t.Error("the cursor has left its port")
	}
	if n := len(u.sw.Watched()); n != 14 {
		t.Errorf("%d interfaces are counted for sorting by rate, want all", n)
	}
	u.Press("s")
	u.Expect("Ports by VLAN")
	want = []string{"br0", "tap1", "tap5", "tap2", "tap4", "tap3", "br0", "bond0", "eth0", "eth1", "vhost7", "br1", "vnet1", "vnet2", "br1", "mon0", "patch-br0"}
	if got := u.Ports(); !slices.Equal(got, want) {
		t.Errorf("by VLAN: %v", got)
	}
	u.Press("s")
	u.Expect("Ports by name")
}

func TestFindJumpsToAPort(t *testing.T) {
	u := start(t)
	u.Select("br1")
	u.Press("left") // its ports are folded away
	u.ExpectNot("● vnet1")
	u.Press("home", "f")
	u.Expect("find ", "17 of 17", "enter goes there, esc back")
	u.Type("prx") // the guest of vnet2 is "proxy"
	u.Expect("1 of 17", "vnet2  proxy on br1")
	u.Press("enter")
	u.ExpectNot("1 of 17")
	if row := u.m.bridges.selected(); row.port == nil || row.port.Name != "vnet2" {
		t.Fatalf("the cursor is on %+v", row)
	}
	u.Expect("vnet2")
}

func TestFindCanBeGivenUp(t *testing.T) {
	u := start(t)
	u.Select("tap2")
	u.Press("tab", "f")
	u.Type("eth1")
	u.Press("esc")
	u.ExpectNot(" of 17")
	if row := u.m.bridges.selected(); row.port == nil || row.port.Name != "tap2" {
		t.Errorf("the cursor is on %+v", row)
	}
	u.Press("f")
	u.Type("qqq")
	u.Expect("0 of 17", "has these")
	u.Press("enter")
	u.Expect("nothing is called like that")
	u.Press("esc", "s") // keys are keys again
	u.Expect("Ports by rate")
}

func TestFindPutsTheBestFirst(t *testing.T) {
	u := start(t)
	for _, c := range []struct{ text, want string }{
		{"tap3", "tap3"}, {"t4", "tap4"}, {"web", "tap1"}, {"eth1", "eth1"}, {"br1", "br1"}, {"pb0", "patch-br0"}, {"VNET1", "vnet1"}, {"net mail", "vnet1"},
	} {
		u.Press("f")
		u.Type(c.text)
		u.Press("enter")
		row := u.m.bridges.selected()
		got := row.bridge.Name
		if row.member != nil {
			got = row.member.Name
		} else if row.port != nil {
			got = row.port.Name
		}
		if got != c.want {
			t.Errorf("%q leads to %s, want %s", c.text, got, c.want)
		}
	}
}

func TestFindLightsTheLetters(t *testing.T) {
	u := start(t)
	u.Press("f")
	u.Type("tp2")
	if lit := "\x1b[1;4;7m"; !strings.Contains(u.m.View().Content, lit+"t\x1b[m\x1b[7ma\x1b[m"+lit+"p2\x1b[m") {
		t.Errorf("the letters are not lit:\n%q", u.m.View().Content)
	}
}

func TestFindAmongTenThousandPorts(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(10000) })
	u.Press("f")
	u.Type("3-1234")
	u.Press("enter")
	if row := u.m.bridges.selected(); row.port == nil || row.port.Name != "tap3-1234" {
		t.Fatalf("the cursor is on %+v", row)
	}
	u.Expect("▸  ● tap3-1234")
}

func TestZoomGivesThePaneTheWholeBody(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Press("z")
	u.Expect("tap1", "→ from guest (select_src_port)", "z all panes")
	u.ExpectNot("Packets", "OVS counted")
	u.Press("tab")
	u.Expect("OVS counted")
	u.ExpectNot("Ports by name")
	u.Press("z")
	u.Expect("Ports by name", "OVS counted", "Packets")
	u.Press("z", "esc")
	u.Expect("Ports by name", "OVS counted")
	u.Resize(60, 15)
	u.Press("z")
	u.Expect("z: this pane has the whole screen already")
}

func TestDetailsSayWhatIsWrongFirst(t *testing.T) {
	u := start(t)
	u.Resize(120, 50)
	u.Count()
	u.Edit(func(s *ovs.Snapshot) {
		c := s.Counters["if-tap1"]
		c.All = map[string]uint64{"rx_packets": 1234567, "rx_crc_err": 3, "tx_dropped": 12}
		s.Counters["if-tap1"] = c
	})
	u.Select("tap1")
	u.Press("enter")
	u.Expect("Port tap1", "rx_crc_err 3, tx_dropped 12", "12.8 kbit/s, 16/s, over the last 5s", "rx_packets                      1,234,567",
		"vm-name=web-1", "mac_in_use", "52:54:00:00:00:05", "link_state", "admin_state", "ofport", "mtu ")
	u.Edit(func(s *ovs.Snapshot) {
		p := s.PortByName("tap1")
		i := *p.Interfaces[0]
		i.Error, i.LinkSpeed, i.Duplex = "no more", 10_000_000_000, "full"
		p.Interfaces = []*ovs.Interface{&i}
	})
	u.ExpectIn("error", "no more") // the page follows
	u.Expect("10.0 Gbit/s, full duplex")
	lines := strings.Split(u.Screen(), "\n")
	first := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "Port tap1") })
	if !strings.Contains(lines[first+1], "error") {
		t.Errorf("the error is not first:\n%s", u.Screen())
	}
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = slices.DeleteFunc(slices.Clone(b.Ports), func(p *ovs.Port) bool { return p.Name == "tap1" })
	})
	u.Expect("this port was deleted")
}

func TestHeaderShowsLossesAndWhatDeadRunsLeft(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}} {
		u := start(t)
		u.Resize(size[0], size[1])
		u.Select("tap1")
		u.Press("b")
		u.ExpectNot("lost  1")
		u.sources[0].KernelDrops, u.sources[0].Freezes = 1234, 2
		u.Wait(time.Second)
		header, _, _ := strings.Cut(u.Screen(), "\n")
		if !strings.Contains(header, "lost  1,234") || !strings.Contains(header, "1 mirror to remove on quit") {
			t.Errorf("%v: the header is %q", size, header)
		}
	}
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}} {
		u := start(t)
		u.Resize(size[0], size[1])
		u.Edit(func(s *ovs.Snapshot) {
			for _, mirror := range s.Mirrors() {
				mirror.Owner = ovs.Owner{Kind: ovs.OtherRun, Life: ovs.Dead, Lease: "x"}
			}
		})
		u.Expect("2 left by dead runs", "2 mirrors left by dead runs: ovscope cleanup removes them")
		u.Edit(func(s *ovs.Snapshot) {
			for _, mirror := range s.Mirrors() {
				mirror.Owner = ovs.Owner{Kind: ovs.Kept, Lease: "x"}
			}
		})
		u.ExpectNot("dead runs")
		u.Expect("2 mirrors kept: ovscope cleanup --kept removes them")
	}
}

func TestNumbersThatGrowMoveNothing(t *testing.T) {
	u := start(t)
	u.Resize(60, 15)
	u.Select("tap1")
	u.Press("b")
	at := func(text string) int { return strings.Index(u.Row(text), text) }
	u.Pings(1, 3)
	u.Wait(2 * time.Second)
	few := at("copying")
	u.Pings(1, 4000)
	u.Wait(2 * time.Second)
	if many := at("copying"); many != few {
		t.Errorf("the verdict moves from column %d to %d when the rate grows", few, many)
	}
}

func TestFooterHasTheKeysOfThePaneInFocus(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	keys := func() string { return u.Screen()[strings.LastIndex(u.Screen(), "\n")+1:] }
	if k := keys(); !strings.HasPrefix(k, "e → from guest") || !strings.Contains(k, "f find") || !strings.Contains(k, "s sort") {
		t.Errorf("in the ports: %q", k)
	}
	u.Press("b")
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("tab", "tab")
	if u.m.focus != layout.Packets {
		t.Fatal("the focus is elsewhere")
	}
	if k := keys(); !strings.HasPrefix(k, "/ filter") {
		t.Errorf("in the packets: %q", k)
	}
}

func BenchmarkFindAmong10000Ports(b *testing.B) {
	u := start(b, coloured)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(10000) })
	u.Press("f")
	for i := 0; b.Loop(); i++ {
		u.m.Update(keyPress(fmt.Sprint(i % 4)))
		u.m.View()
		if i%4 == 3 {
			u.m.Update(keyPress("ctrl+u"))
		}
	}
}

func TestTooSmallATerminalSaysWhichSizeIsNeeded(t *testing.T) {
	for _, key := range []string{"", "?", "q", "n"} {
		u := start(t)
		u.Select("tap1")
		u.Press("b")
		if key != "" {
			u.Press(key)
		}
		u.Resize(50, 4)
		u.ExpectFits()
		u.Expect("ovscope needs 30×8 cells, this is 50×4.")
		if got := strings.Join(strings.Fields(u.Screen()), " "); got != "ovscope needs 30×8 cells, this is 50×4." {
			t.Errorf("after %q there is more on the screen: %q", key, got)
		}
	}
}

func TestPortsSortedByRateFollowTheCounters(t *testing.T) {
	u := start(t)
	u.Select("br0")
	u.Press("s")
	u.Count()
	if got := u.Ports()[1]; got != "tap5" {
		t.Fatalf("the busiest port is %s", got)
	}
	u.Edit(func(s *ovs.Snapshot) {
		s.Counters = map[ovs.UUID]ovs.Counters{"if-tap2": {Now: ovs.Traffic{RxBytes: 1 << 20}, Over: 5 * time.Second}}
	})
	if got := u.Ports()[1]; got != "tap2" {
		t.Errorf("the busiest port is %s though only tap2 sends", got)
	}
}
