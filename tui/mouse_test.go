package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/tui/layout"
)

func mouse(c *Config) { c.Mouse = true }

// where is the cell in which a text begins on screen.
func (u *ui) where(text string) (x, y int) {
	u.Helper()
	for y, line := range strings.Split(u.Screen(), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			return len([]rune(before)), y
		}
	}
	u.Fatalf("%q is not on the screen:\n%s", text, u.Screen())
	return 0, 0
}

// Click clicks on a text on the screen.
func (u *ui) Click(text string) {
	u.Helper()
	x, y := u.where(text)
	u.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	u.sync()
}

// Wheel turns the wheel over a text, up if notches are negative.
func (u *ui) Wheel(text string, notches int) {
	u.Helper()
	x, y := u.where(text)
	b := tea.MouseWheelDown
	if notches < 0 {
		b, notches = tea.MouseWheelUp, -notches
	}
	for range notches {
		u.Send(tea.MouseWheelMsg{X: x, Y: y, Button: b})
	}
	u.sync()
}

func TestMouseIsOffUnlessAskedFor(t *testing.T) {
	if mode := start(t).m.View().MouseMode; mode != tea.MouseModeNone {
		t.Errorf("the mouse is %v", mode)
	}
	if mode := start(t, mouse).m.View().MouseMode; mode != tea.MouseModeCellMotion {
		t.Errorf("with --mouse it is %v", mode)
	}
}

func TestClickSelectsAPort(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 15}, {200, 50}} {
		u := start(t, mouse)
		u.Resize(size[0], size[1])
		u.Click(" tap2 ")
		if got := u.m.bridges.selected().port.Name; got != "tap2" {
			t.Errorf("%v: %s is selected", size, got)
		}
		if !strings.Contains(u.Row(" tap2 "), "▸") {
			t.Errorf("%v: no cursor in %s", size, u.Row(" tap2 "))
		}
		u.Press("e")
		u.ExpectMarks("tap2", "→ ")
	}
}

func TestClickSelectsAPacketAndItsPane(t *testing.T) {
	u := start(t, mouse)
	u.Select("tap1")
	u.Press("e")
	for i := range 8 {
		u.Pings(100+i, 1)
		u.Wait(fastTick)
	}
	u.Click("seq=103")
	if u.m.focus != layout.Packets || !strings.Contains(u.Row("seq=103"), "▸") {
		t.Errorf("not selected:\n%s", u.Screen())
	}
	u.Expect("Packets, paused")
	u.Click("OVS counted")
	if u.m.focus != layout.Mirror {
		t.Error("the mirror pane has no focus")
	}
	u.Send(tea.MouseClickMsg{X: 500, Y: 500, Button: tea.MouseLeft}) // nowhere
	u.Send(tea.MouseClickMsg{X: 2, Y: 4, Button: tea.MouseRight})
	if u.m.focus != layout.Mirror {
		t.Error("something else was clicked")
	}
}

func TestClickOnATab(t *testing.T) {
	u := start(t, mouse)
	u.Resize(60, 20)
	for _, tab := range []string{"Packets", "Mirror", "Ports"} {
		u.Click(tab)
		u.Expect("[" + tab + "]")
	}
	u = alone(t, false, mouse)
	u.Resize(60, 20)
	u.Click(u.m.paneTitle(layout.Mirror))
	if u.m.focus != layout.Mirror {
		t.Errorf("the focus is on %v", u.m.focus)
	}
}

func TestWheelScrollsThePackets(t *testing.T) {
	u := start(t, mouse)
	u.Select("tap1")
	u.Press("e")
	u.Pings(100, 100)
	u.Wait(time.Second)
	u.Wheel("Packets,", -2)
	u.Expect("Packets, paused")
	if u.m.focus != layout.Ports {
		t.Error("the wheel moved the focus")
	}
	u.Expect("seq=193")
	u.ExpectNot("seq=194")
	u.Wheel("Packets,", 2)
	u.Expect("seq=199", "Packets, paused")
	u.Wheel("Packets,", 1)
	u.Expect("Packets, following")
	u.Wheel("Packets,", -500)
	u.Expect("seq=100")
	u.ExpectFits()
}

func TestWheelScrollsThePorts(t *testing.T) {
	u := start(t, mouse)
	u.Resize(80, 20)
	before := u.m.bridges.list
	u.Wheel("Ports by name", 1)
	if l := u.m.bridges.list; l.Cursor != before.Cursor+wheelRows || l.Offset != before.Offset+wheelRows {
		t.Errorf("from %+v to %+v", before, l)
	}
	u.Wheel("Ports by name", 500)
	if u.m.bridges.list.Cursor != len(u.m.bridges.rows)-1 {
		t.Error("the end is not reached")
	}
	u.Wheel("Ports by name", -500)
	if u.m.bridges.list != before {
		t.Error("there is no way back")
	}
}

func TestWheelTurnsWhatIsOnTop(t *testing.T) {
	u := start(t, mouse)
	u.Resize(80, 24)
	u.Press("?")
	u.Wheel("Help", 1)
	u.Expect("2-")
	u.Press("esc", ":")
	u.Wheel("Actions", 1)
	if p := u.m.page.(*palettePage); p.list.Cursor != 1 {
		t.Errorf("the palette's cursor is on %d", p.list.Cursor)
	}
	u.Press("esc")
	u.Select("tap1")
	u.Press("e", "q")
	u.Wheel("Quit", 1)
	if u.m.question.Chosen != 1 {
		t.Errorf("answer %d is chosen", u.m.question.Chosen)
	}
	focus := u.m.focus
	u.Click(", ours") // below the question
	if u.m.focus != focus {
		t.Error("a click went through the question")
	}
}
