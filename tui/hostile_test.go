package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
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
			u.Press("?")
			u.ExpectFits()
			if strings.Contains(u.m.View().Content, "\x1b[2J") || strings.Contains(u.Screen(), "\u202e") {
				t.Error("a name's control characters reach the terminal")
			}
		}
	}
}

// Whatever is pressed, whatever happens and whatever the size: nothing panics,
// and the frame is exactly as large as the terminal.
func TestRandomUseNeverBreaks(t *testing.T) {
	keys := []string{
		"up", "down", "left", "right", "pgup", "pgdown", "home", "end", "g", "G", "tab", "shift+tab", "enter", "enter",
		"e", "i", "b", "b", "m", "space", "u", "?", "esc", "esc", "1", "2", "3", "x", "k", "j",
		"/", "/", "]", "[", "t", "L", "i", "c", "backspace", "ctrl+w", "ctrl+u", "w", "r", "K",
	}
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			t.Chdir(t.TempDir()) // files are written there
			change := func(c *Config) { c.ASCII, c.ReadOnly, c.StoreBytes = seed%5 == 4, seed%7 == 6, 16<<10 }
			u := start(t, change)
			if seed%4 == 3 {
				u = alone(t, seed%8 == 7, change)
			}
			names := hostileNames()
			for range 100 {
				switch n := r.IntN(20); n {
				case 0:
					u.Resize(r.IntN(210), r.IntN(60))
				case 1:
					u.Wait(time.Duration(r.IntN(3000)) * time.Millisecond)
				case 2:
					if c := u.m.tap.capture; c != nil {
						u.Pings(r.IntN(1000), r.IntN(200), tuitest.Tag(uint16(r.IntN(4096))))
					}
				case 3:
					if u.m.alone() {
						u.m.Update(tea.PasteMsg{Content: names[r.IntN(len(names))]})
						continue
					}
					u.Edit(func(s *ovs.Snapshot) { wreck(s, r, names) })
				case 4:
					u.Hold()
				case 5:
					u.Release()
				case 6:
					u.openErr, u.sw.Fail = nil, nil
					if r.IntN(2) == 0 {
						u.openErr = fmt.Errorf("%s", names[r.IntN(len(names))])
					}
					if r.IntN(3) == 0 {
						u.sw.Fail = fmt.Errorf("%s", names[r.IntN(len(names))])
					}
				default:
					if save := u.m.save; save != nil && strings.Contains(save.input.Text(), "/") {
						save.input.Set("here.pcapng") // not anywhere else
					}
					u.Press(keys[r.IntN(len(keys))])
				}
				if u.m.width > 0 && u.m.height > 0 {
					u.ExpectFits()
				}
			}
			u.Release()
		})
	}
}

// wreck changes something that a switch may do at any time.
func wreck(s *ovs.Snapshot, r *rand.Rand, names []string) {
	if len(s.Bridges) == 0 {
		return
	}
	b := s.Bridges[r.IntN(len(s.Bridges))]
	switch r.IntN(7) {
	case 0:
		s.StaleSince, s.StaleReason = s.Time, names[r.IntN(len(names))]
	case 1, 2:
		s.StaleSince = time.Time{}
	case 3:
		if len(b.Ports) > 1 {
			i := r.IntN(len(b.Ports))
			b.Ports = append(b.Ports[:i:i], b.Ports[i+1:]...)
		}
	case 4:
		if len(b.Mirrors) > 0 {
			b.Mirrors = b.Mirrors[:len(b.Mirrors)-1]
		}
	case 5:
		for _, m := range b.Mirrors {
			m.Egress, m.OutputPort = nil, nil
		}
	case 6:
		if r.IntN(10) == 0 {
			s.Bridges = nil
		} else if len(b.Ports) > 0 {
			b.Ports[r.IntN(len(b.Ports))].Name = names[r.IntN(len(names))]
		}
	}
}
