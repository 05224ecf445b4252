package tui

import (
	"strings"
	"testing"
	"time"

	"ovscope/keymap"
)

func TestHelpShowsTheFocusedPanesKeysFirst(t *testing.T) {
	u := start(t)
	u.Resize(120, 100)
	order := func(first, second string) {
		t.Helper()
		u.Press("?")
		a, b := strings.Index(u.Screen(), "copy → what the guest sends"), strings.Index(u.Screen(), "show only some packets")
		if first == "packets" {
			a, b = b, a
		}
		if a < 0 || b < a {
			t.Errorf("the keys of the %s do not come before those of the %s:\n%s", first, second, u.Screen())
		}
		u.Expect(": the focused pane")
		u.Press("?")
	}
	order("ports", "packets")
	u.Press("tab", "tab")
	order("packets", "ports")
}

func TestHelpFindsWhatIsTyped(t *testing.T) {
	u := start(t)
	u.Press("?")
	u.Type("UNDO change")
	u.Expect("search UNDO change", "undo the last change (not now: nothing was changed yet)")
	u.ExpectNot("next mirror of the bridge", "Signs")
	u.Press("esc")
	u.Expect("next mirror of the bridge") // only the search is gone
	u.Type("xyzzy")
	u.Expect("Nothing has these words in it.")
	u.Press("backspace", "ctrl+u", "esc")
	u.ExpectNot("Help")
	if u.m.page != nil {
		t.Error("help is still open")
	}
}

// q and ? close help, but are letters once something is searched for.
func TestHelpTakesLettersForTheSearch(t *testing.T) {
	u := start(t)
	u.Press("?", "u", "q", "?")
	u.Expect("search uq?")
	u.Press("esc", "q")
	if u.m.page != nil || u.quit {
		t.Error("q did not close help only")
	}
}

func TestHelpGoesBackToThePageBelow(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("tab", "tab", "enter")
	u.Expect("IPv4: 10.0.0.1")
	u.Press("?")
	u.Expect("This page", "next and previous packet")
	u.Press("esc")
	u.Expect("IPv4: 10.0.0.1")
}

func TestPaletteDoesWhatIsChosen(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press(":")
	u.Expect("Actions", "do ")
	u.Type("guest sends")
	u.Expect("▸ e")
	u.Press("enter")
	u.ExpectNot("Actions")
	u.ExpectMarks("tap1", "→ ")

	u.Press(":")
	u.Type("u") // its key
	u.Expect("▸ u")
	u.Press("enter")
	u.ExpectMarks("tap1", "  ")

	u.Press(":")
	u.Type("quit")
	u.Press("enter")
	if !u.quit {
		t.Error("the palette did not quit")
	}
}

func TestPaletteSaysWhyNot(t *testing.T) {
	u := start(t, func(c *Config) { c.ReadOnly = true })
	u.Select("tap1")
	u.Press(":")
	u.Type("egress")
	u.Expect("not now", "Not now: read-only, by --read-only or the config file: nothing is changed.")
	u.Press("enter")
	u.Expect("Actions", "egress: read-only")
	if len(u.sw.Applied()) != 0 {
		t.Error("something was applied")
	}
	u.Press("ctrl+u")
	u.Type("no such thing")
	u.Expect("There is no such action.", "0 actions")
	u.Press("enter")
	u.Expect("there is no such action")
	u.Press("esc")
	u.ExpectNot("Actions")
}

func TestPaletteHasEveryAction(t *testing.T) {
	u := start(t)
	for _, a := range keymap.Default().Actions() {
		if a.ID == keymap.Palette {
			continue
		}
		u.Press(":")
		u.Type(string(a.ID))
		if line := u.Row("▸ " + a.Labels()[0]); !strings.Contains(line, a.Help[:min(len(a.Help), 20)]) {
			t.Errorf("%s is not the first to be found by its name: %s", a.ID, line)
		}
		u.Press("esc")
	}
}

func TestPaletteMovesAndScrolls(t *testing.T) {
	u := start(t)
	u.Resize(60, 15)
	u.Press(":")
	last := u.Row("▸ ")
	for range len(u.m.keys.Actions()) - 2 {
		u.Press("down")
		u.ExpectFits()
		if now := u.Row("▸ "); now == last {
			t.Fatalf("the cursor stays on %s", now)
		} else {
			last = now
		}
	}
	u.Press("down")
	if u.Row("▸ ") != last {
		t.Error("the cursor leaves the list")
	}
}

func TestPasteGoesIntoTheSearch(t *testing.T) {
	u := start(t)
	u.Press(":")
	u.m.paste("top pro\x1btocols")
	u.m.redraw = true
	u.Expect("do top protocols", "top protocols, VLANs")
}
