package tui

import (
	"fmt"
	"maps"
	"regexp"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// scenes are the states of which there are pictures.
func scenes() map[string]func(*ui) {
	all := paneScenes()
	maps.Copy(all, formScenes())
	return all
}

func paneScenes() map[string]func(*ui) {
	copying := func(u *ui) {
		u.Select("tap1")
		u.Press("b")
		u.Wait(time.Second)
		for i := range 5 {
			u.Pings(10*i+1, i+3, tuitest.Tag(10))
			u.Pings(10*i+8, 1, live.Tag{TPID: 0x88a8, TCI: 100}, live.Tag{TPID: 0x8100, TCI: 3<<13 | 10})
			u.Pings(10*i+9, 1)
			u.Wait(time.Second)
		}
	}
	return map[string]func(*ui){
		"start":   func(u *ui) { u.Select("tap1") },
		"copying": copying,
		"paused": func(u *ui) {
			copying(u)
			u.Press("tab", "tab", "up", "up")
			u.Pings(100, 7, tuitest.Tag(10))
			u.Wait(time.Second)
		},
		"mirror": func(u *ui) {
			copying(u)
			u.Press("tab")
		},
		"foreign": func(u *ui) {
			u.Select("vnet1")
			u.Press("m")
		},
		"foreign-dialog": func(u *ui) {
			u.Select("vnet1")
			u.Press("m", "e")
		},
		"quit-dialog": func(u *ui) {
			copying(u)
			u.Press("q")
		},
		"rates":         func(u *ui) { u.Select("tap1"); u.Count() },
		"rates-sorted":  func(u *ui) { u.Select("tap1"); u.Count(); u.Press("s") },
		"find":          func(u *ui) { u.Count(); u.Press("f"); u.Type("t1") },
		"zoomed-ports":  func(u *ui) { u.Select("tap1"); u.Count(); u.Press("z") },
		"zoomed-mirror": func(u *ui) { copying(u); u.Press("tab", "z") },
		"zoomed":        func(u *ui) { copying(u); u.Press("tab", "tab", "z") },
		"lossy": func(u *ui) {
			copying(u)
			u.sources[0].KernelDrops, u.sources[0].Freezes = 1234, 2
			u.Wait(time.Second)
		},
		"left-behind": func(u *ui) {
			u.Edit(func(s *ovs.Snapshot) {
				s.Mirror("span0").Owner = ovs.Owner{Kind: ovs.OtherRun, Life: ovs.Dead, Lease: "x", Process: ovs.Process{PID: 815}}
			})
		},
		"help": func(u *ui) { u.Press("?") },
		"help-search": func(u *ui) {
			copying(u)
			u.Press("?")
			u.Type("mirror")
		},
		"palette": func(u *ui) { u.Press(":", "down", "down") },
		"palette-search": func(u *ui) {
			copying(u)
			u.Press("tab", "tab", ":")
			u.Type("packet")
		},
		"stale": func(u *ui) {
			copying(u)
			u.Edit(func(s *ovs.Snapshot) {
				s.StaleSince, s.StaleReason = u.clock.Add(-12*time.Second), "the server closed the connection"
			})
		},
		"tap-error": func(u *ui) {
			u.openErr = fmt.Errorf("opening a packet socket: operation not permitted; run as root, or give the binary cap_net_raw")
			u.Select("tap1")
			u.Press("e")
		},
		"filter": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("vlan 100")
		},
		"filter-wrong": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("vlan 100 adn host 10.0.0.1")
		},
		"filtered": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("vlan 100")
			u.Press("enter")
		},
		"packet": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("vlan 100")
			u.Press("enter", "enter", "down", "down", "down", "down", "down", "down")
		},
		"save": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("vlan 100")
			u.Press("enter", "w")
		},
		"mirrors": func(u *ui) {
			copying(u)
			u.Press("M", "down")
		},
		"statistics": func(u *ui) {
			copying(u)
			u.Press("t")
		},
		"conversations": func(u *ui) {
			copying(u)
			u.Feed(tuitest.UDP(u.clock, "192.168.100.100:51234", "192.168.100.101:44300"), tuitest.UDP(u.clock, "[2001:db8:1:2:3:4:5:6]:5353", "[2001:db8:1:2:3:4:5:7]:5353"))
			u.Press("C", "down")
		},
		"search": func(u *ui) {
			copying(u)
			u.Press("tab", "tab", "f")
			u.Type("seq=1 ")
			u.Press("enter", "f")
		},
		"suggest": func(u *ui) {
			copying(u)
			u.Press("/")
			u.Type("icmp")
			u.Press("enter", "F", "down", "down")
		},
		"marks": func(u *ui) {
			copying(u)
			u.Press("tab", "tab", "up", "x", "up", "up", "x", "up", "T", "J")
			u.Type("15:09:3")
		},
		"columns": func(u *ui) {
			copying(u)
			u.Press("c", "down", "down")
		},
		"log": func(u *ui) {
			copying(u)
			u.Press("e", "u")
			u.sw.Fail = fmt.Errorf("OVSDB refused the transaction: constraint violation")
			u.Press("i", "L", "down")
		},
		"port": func(u *ui) {
			u.Select("vhost7")
			u.Press("enter")
		},
	}
}

// sources are the pictures without Open vSwitch, by what is shown.
func sourceScenes() map[string]func(*ui) {
	return map[string]func(*ui){
		"interface": func(u *ui) {
			u.Pings(1, 5, tuitest.Tag(10))
			u.Wait(3 * time.Second)
		},
		"file": func(u *ui) {
			u.Pings(1, 50, tuitest.Tag(10))
			u.End(nil)
		},
		"file-broken": func(u *ui) {
			u.Pings(1, 5, tuitest.Tag(10))
			u.End(fmt.Errorf("reading out.pcapng: packet 6: the file ends in the middle of it"))
		},
	}
}

func TestScreens(t *testing.T) {
	sizes := [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 50}}
	// What a large terminal adds can be seen in the panes themselves.
	large := map[string]bool{"start": true, "copying": true, "mirror": true, "mirrors": true, "foreign": true, "packet": true, "rates": true, "zoomed-ports": true, "zoomed-mirror": true, "zoomed": true}
	looks := []struct {
		name   string
		change func(*Config)
		paint  func(*ui)
	}{
		{"colour", coloured, func(u *ui) { u.InColour(colorprofile.ANSI256, false) }},
		{"no-color", func(*Config) {}, func(*ui) {}},
		{"ascii", func(c *Config) { c.ASCII = true }, func(*ui) {}},
	}
	for name, scene := range scenes() {
		for _, size := range sizes {
			if size[0] == 200 && !large[name] {
				continue
			}
			for _, look := range looks {
				t.Run(fmt.Sprintf("%s/%dx%d/%s", name, size[0], size[1], look.name), func(t *testing.T) {
					u := start(t, look.change)
					look.paint(u)
					u.Resize(size[0], size[1])
					scene(u)
					u.ExpectFits()
					golden.RequireEqual(t, u.m.View().Content+"\n")
				})
			}
		}
	}
	for name, scene := range sourceScenes() {
		for _, size := range sizes[:3] {
			for _, look := range looks {
				t.Run(fmt.Sprintf("%s/%dx%d/%s", name, size[0], size[1], look.name), func(t *testing.T) {
					u := alone(t, name != "interface", look.change)
					look.paint(u)
					u.Resize(size[0], size[1])
					scene(u)
					u.ExpectFits()
					golden.RequireEqual(t, u.m.View().Content+"\n")
				})
			}
		}
	}
}

// Colours only help: without them the screen says the same.
func TestColourCarriesNoMeaning(t *testing.T) {
	for name, scene := range scenes() {
		var screens []string
		for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.TrueColor} {
			u := start(t, coloured)
			u.InColour(p, p == colorprofile.ANSI)
			scene(u)
			screens = append(screens, u.Screen())
		}
		if screens[0] != screens[1] || screens[0] != screens[2] {
			t.Errorf("%s: the screen reads differently in colour", name)
		}
	}
}

func TestASCIIPrintsOnlyASCII(t *testing.T) {
	for name, scene := range scenes() {
		u := start(t, func(c *Config) { c.ASCII = true })
		scene(u)
		for _, r := range u.m.View().Content {
			if r >= 0x80 {
				t.Errorf("%s: %q is on the screen", name, r)
			}
		}
	}
}

func TestNoColorPrintsNoColour(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)
	for name, scene := range scenes() {
		u := start(t)
		scene(u)
		if found := colour.FindString(u.m.View().Content); found != "" {
			t.Errorf("%s: %q is in the output", name, found)
		}
	}
}
