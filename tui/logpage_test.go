package tui

import (
	"errors"
	"strings"
	"testing"
)

func TestLogCopiesTheSelectedCommand(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Wait(3e9)
	u.Press("i", "L")
	u.Expect("Log of this run", "▸15:09:29  copy tap1 ← into ovscope3f9a0001: ok in 12 ms, flows purged", "15:09:26  copy tap1 → into new ovscope3f9a0001",
		"u takes back: copy tap1 ← into ovscope3f9a0001")
	u.Press("y")
	u.Expect("copied the ovs-vsctl command of 15:09:29")
	want := u.sw.Applied()[1].Commands[0] + "\n"
	if u.copied != want {
		t.Errorf("copied %q, want %q", u.copied, want)
	}
	u.Press("down", "y")
	u.Expect("copied 2 commands of 15:09:26")
	if want := strings.Join(u.sw.Applied()[0].Commands, "\n") + "\n"; u.copied != want {
		t.Errorf("copied %q, want %q", u.copied, want)
	}
}

func TestLogTakesChangesBack(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e", "i", "L", "u")
	u.Expect("▸15:09:26  stop copying tap1 ← into ovscope3f9a0001: undone: copy tap1 ← into ovscope3f9a0001, ok in 12 ms",
		"u takes back: copy tap1 → into new ovscope3f9a0001")
	u.Press("u", "u")
	u.Expect("u: nothing is left to undo")
	u.ExpectNot("takes back")
	u.Press("esc")
	u.Expect("Nothing is copied on br0")
}

func TestLogShowsWhatFailedAndWasRefused(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.sw.Fail = errors.New("OVSDB refused the transaction: constraint violation")
	u.Press("e", "L")
	u.Expect("copy tap1 → into new ovscope3f9a0001: failed: OVSDB refused the transaction: constraint violation", "$  ovs-vsctl")
}

func TestLogScrollsToTheSelectedEntry(t *testing.T) {
	u := start(t)
	u.Resize(60, 15)
	u.Select("tap1")
	for range 20 {
		u.Press("e")
	}
	u.Press("L")
	for range 19 {
		u.Press("down")
		u.Expect("▸15:09:26")
		u.ExpectFits()
	}
	u.Expect("into new ovscope")
	u.Press("home")
	u.Expect("stop copying tap1 →")
}

func TestLogInReadOnlyModeSaysWhyUndoIsOff(t *testing.T) {
	u := start(t, func(c *Config) { c.ReadOnly = true })
	u.Press("L")
	u.Expect("Nothing has been changed yet.")
	u.Press("u")
	u.Expect("u: read-only")
}
