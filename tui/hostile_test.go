package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// hostileNames are what a guest's owner may call things; ovs has taken control
// characters out already, but the screen must not depend on it.
func hostileNames() []string {
	return []string{
		"日本語の仮想マシン", "é́́́́́́́́́́́́́́", "👨‍👩‍👧‍👦👩🏽‍🚀🇩🇪❤️", "\u202eevil\u202c", "a\u200bb\u200dc\ufe0f", "ｆｕｌｌｗｉｄｔｈ",
		strings.Repeat("x", 4096), strings.Repeat("界", 1500), strings.Repeat("e\u0301\u0302\u0303", 1000),
		"\x1b[31mred\x1b[2J", "tab\tnew\nline", "\xff\xfe broken", "", " ", "नमस्ते", "ﷺ",
	}
}

func hostileScene(now time.Time) *ovs.Snapshot {
	s := tuitest.Scene(now)
	names := hostileNames()
	pick := func(i int) string { return names[i%len(names)] }
	i := 0
	for _, b := range s.Bridges {
		b.Name = pick(i)
		for _, p := range b.Ports {
			i++
			p.Name = pick(i)
			p.ExternalIDs = map[string]string{"vm-name": pick(i + 3), pick(i + 4): pick(i + 5)}
			for _, f := range p.Interfaces {
				f.Name, f.Error = pick(i+1), pick(i*7)
			}
		}
		for _, m := range b.Mirrors {
			i++
			m.Name = pick(i)
			for j := range m.Egress {
				m.Egress[j].Name = pick(i + j)
			}
			m.OutputPort.Name = pick(i + 2)
		}
	}
	s.Hostname, s.Endpoint, s.OVSVersion = pick(2), pick(6), pick(9)
	return s
}

func TestHostileNamesDoNotBreakTheLayout(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {31, 9}} {
			u := start(t, func(c *Config) { c.ASCII = ascii }, coloured)
			u.InColour(colorprofile.TrueColor, false)
			u.Edit(func(s *ovs.Snapshot) {
				generation := s.Generation
				*s = *hostileScene(u.clock)
				s.Generation = generation
			})
			u.Resize(size[0], size[1])
			u.ExpectFits()
			for range u.m.bridges.rows {
				for _, key := range []string{"down", "e", "esc", "m", "enter", "esc"} {
					u.Press(key)
					u.ExpectFits()
				}
			}
			for _, key := range []string{"f", "e", "down", "end", "backspace", "enter", "z", "tab", "tab", "z", "s", "s", "L", "esc", ":", "down", "esc", "?"} {
				u.Press(key)
				u.ExpectFits()
				u.ExpectClean()
			}
		}
	}
}
