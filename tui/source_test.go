package tui

import (
	"errors"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

func TestInterfaceWithoutOVS(t *testing.T) {
	u := alone(t, false)
	u.Expect("interface eth0", "Interface eth0", "○ waiting for the first packet", "Waiting for the first packet.")
	u.ExpectNot("Bridges", "connect", "select_src_port", "from guest")
	u.Pings(1, 3, tuitest.Tag(10))
	u.Wait(time.Second)
	u.Expect("● packets arrive", "3 pkt", "Packets, following", "3 so far", "seq=3")
	for _, key := range []string{"e", "i", "b", "u", "m", "left"} {
		u.Press(key)
		u.Expect("there is no Open vSwitch here, only interface eth0")
	}
	u.Press("?")
	u.Expect("not now: there is no Open vSwitch here")
	u.Press("esc", "tab")
	u.Expect("▸ Interface eth0")
	u.Press("enter")
	u.Expect("there is no more to show")
	u.Press("tab", "/")
	u.Type("icmp")
	u.Press("enter", "q")
	if !u.quit {
		t.Error("q did not quit")
	}
}

func TestInterfaceThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	u := alone(t, false)
	u.openErr = errors.New("no such interface in this network namespace")
	u.End(errors.New("the interface went away"))
	u.Wait(time.Second)
	u.Expect("! no such interface in this network namespace; trying again")
	u.openErr = nil
	u.Wait(retryMax + time.Second)
	u.Pings(1, 1)
	u.Wait(time.Second)
	u.Expect("● packets arrive")
}

func TestFileStartsAtTheTopAndEnds(t *testing.T) {
	u := alone(t, true)
	u.Expect("File out.pcapng", "○ reading")
	u.Pings(1, 200)
	u.Wait(time.Second)
	u.Expect("row 1 of 200", "seq=1 ")
	u.ExpectNot("following", "came since", "/s")
	u.ExpectRow("seq=1 ")
	u.End(nil)
	u.Expect("● read to its end", "200 pkt", "2026-03-14 15:09:26.000, and 199ms on")
	u.Press("down", "down")
	u.ExpectRow("seq=3 ")
	u.Press("end")
	u.ExpectRow("seq=200 ")
	u.Wait(time.Minute)
	if len(u.sources) != 1 {
		t.Errorf("the file was opened %d times", len(u.sources))
	}
}

func TestBrokenFileShowsWhatIsThereAndWhereItBreaks(t *testing.T) {
	u := alone(t, true)
	u.Pings(1, 7)
	u.End(errors.New("reading out.pcapng: packet 8: the file ends in the middle of it"))
	u.Expect("! reading out.pcapng: packet 8: the file ends in the middle of it", "seq=7 ")
	u.Wait(time.Minute)
	if len(u.sources) != 1 {
		t.Errorf("the file was opened %d times", len(u.sources))
	}
}

func TestEverySizeWorksWithoutOVS(t *testing.T) {
	for _, file := range []bool{false, true} {
		u := alone(t, file)
		u.Pings(1, 20, tuitest.Tag(10))
		u.Wait(time.Second)
		for _, size := range [][2]int{{200, 50}, {120, 40}, {80, 24}, {60, 15}, {40, 10}, {29, 20}} {
			u.Resize(size[0], size[1])
			for _, key := range []string{"tab", "enter", "esc", "t", "esc", "w", "esc", "/", "esc", "L", "esc"} {
				u.Press(key)
				u.ExpectFits()
			}
		}
	}
}

func TestStatisticsCount(t *testing.T) {
	u := copying(t)
	u.Pings(1, 30, tuitest.Tag(10))
	u.Pings(31, 10)
	u.Wait(time.Second)
	u.Press("t")
	u.Expect("Top of 40 packets", "Protocols", "ICMP", "VLAN 10", "no tag", "10.0.0.1", "Conversations", "10.0.0.1 – 10.0.0.2 ICMP", "broadcast", "64 to 127 bytes")
	u.ExpectIn("VLAN 10", "76%", "30")
	for i := range 10 {
		u.Pings(41+10*i, 10, tuitest.Tag(20))
		u.Wait(2 * fastTick)
	}
	u.ExpectIn("VLAN 20", "kbit/s")
	u.ExpectIn("VLAN 10", "0 bit/s")
	u.Wait(time.Second)
	u.Expect("Top of 140 packets")
	u.ExpectIn("VLAN 20", "72%", "100")
	u.Press("w")
	u.Expect("Write packets as pcapng")
	u.Press("esc", "t")
	u.ExpectNot("Top of")
	if u.m.page != nil {
		t.Error("the page is open")
	}
}

// The capture counts, so what was overwritten before anybody looked is counted, too.
func TestStatisticsMissNothing(t *testing.T) {
	u := copying(t, func(c *Config) { c.StoreBytes = 64 << 10 })
	u.Pings(1, 5000, tuitest.Tag(10))
	u.Pings(1, 10)
	u.Wait(time.Second)
	if first, _ := u.m.tap.store().Range(); first == 0 {
		t.Fatal("nothing was overwritten")
	}
	u.Press("t")
	u.Expect("Top of 5,010 packets since 15:09:26")
	u.ExpectIn("VLAN 10", "5,000")
	u.ExpectIn("no tag", "10")
	u.Pings(1, 3000)
	u.Wait(2 * time.Second)
	u.Expect("Top of 8,010 packets")
}

// Another mirror's packets are not among those that are counted.
func TestStatisticsBeginWithTheMirror(t *testing.T) {
	u := copying(t)
	u.Pings(1, 7)
	u.Wait(time.Second)
	u.Select("vnet2")
	u.Press("m") // span0
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("t")
	u.Expect("Top of 3 packets")
}

func TestStatisticsEndWithTheirMirror(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m") // span0
	u.Pings(1, 10)
	u.Wait(time.Second)
	u.Press("t")
	u.Expect("Top of 10 packets")
	u.Edit(func(s *ovs.Snapshot) { // the next one on the bridge can be seen, too
		b := s.BridgeByName("br1")
		b.Mirrors = b.Mirrors[:1]
		b.Mirrors[0].OutputPort = &ovs.PortRef{UUID: s.PortByName("vnet1").UUID, Name: "vnet1"}
	})
	u.Pings(1, 30)
	u.Wait(3 * time.Second)
	u.Expect("Top of 10 packets", "ended: another mirror is shown now")
}
