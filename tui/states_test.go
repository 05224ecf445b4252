package tui

import (
	"fmt"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"ovscope/ovs"
)

// states are the states of a mirror, of each of which there is a picture. Copying is
// among the scenes.
func states() map[string]func(*ui) {
	span0 := func(u *ui) {
		u.Edit(func(s *ovs.Snapshot) { s.Mirror("span0").LastMoved = u.clock.Add(-time.Hour) })
		u.Select("vnet2")
		u.Press("m")
		u.Wait(20 * time.Second)
	}
	off := func(u *ui) {
		u.Select("tap1")
		u.Press("e")
		u.Pings(1, 3)
		u.Wait(time.Second)
		u.Press("e")
	}
	return map[string]func(*ui){
		"idle": func(u *ui) {
			span0(u)
			u.Passed(map[string]uint64{"vnet2": 0, "br1": 0})
		},
		"not-delivering": func(u *ui) {
			span0(u)
			u.Passed(map[string]uint64{"vnet2": 100, "br1": 0})
		},
		"stopping": off,
		"stopped": func(u *ui) {
			off(u)
			u.Wait(4 * time.Second)
			u.Passed(map[string]uint64{"tap1": 100})
		},
		"still-flowing": func(u *ui) {
			off(u)
			for i := range 30 {
				u.Pings(10+i, 1)
				u.Wait(fastTick)
			}
		},
	}
}

func TestStateScreens(t *testing.T) {
	looks := []struct {
		name   string
		change func(*Config)
		paint  func(*ui)
	}{
		{"colour", coloured, func(u *ui) { u.InColour(colorprofile.ANSI256, false) }},
		{"no-color", func(*Config) {}, func(*ui) {}},
		{"ascii", func(c *Config) { c.ASCII = true }, func(*ui) {}},
	}
	for name, scene := range states() {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 50}} {
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
}
