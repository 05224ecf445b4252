package tui

import (
	"testing"
	"time"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// unloaded opens the screen before there is anything to show.
func unloaded(t *testing.T) *ui {
	return start(t, func(c *Config) {
		c.Switch = tuitest.NewSwitch(nil, c.Now)
	})
}

func TestLargeDatabaseSaysHowFarItIs(t *testing.T) {
	u := unloaded(t)
	sw := u.m.cfg.Switch.(*tuitest.Switch)
	u.sw = sw
	u.Expect("ovscope", "connecting", "Connecting to Open vSwitch")
	sw.Load(4200)
	u.Wait(fastTick)
	u.Expect("loading: 4,200 ports", "Loading: 4,200 ports…")
	u.ExpectNot("connected", "no bridges", "Nothing is copied")
	u.ExpectFits()
	u.Press("b")
	u.Expect("not loaded yet")
	u.Press("?")
	u.Expect("Help", "not loaded yet")
	u.Press("esc")
	sw.Load(9900)
	u.Wait(fastTick)
	u.Expect("loading: 9,900 ports")
	for _, size := range [][2]int{{80, 24}, {60, 15}, {40, 10}} {
		u.Resize(size[0], size[1])
		u.Expect("oading: 9,900 ports")
		u.ExpectFits()
	}
	u.Resize(120, 40)
	u.Edit(func(s *ovs.Snapshot) { *s = *tuitest.Scene(u.clock); s.Generation = 1 })
	u.Expect("connected", "tap1")
	u.ExpectNot("oading:")
}

func TestEveryKeyIsHarmlessWhileLoading(t *testing.T) {
	for _, action := range keymap.Default().Actions() {
		if action.ID == keymap.Quit {
			continue
		}
		for _, key := range action.Keys {
			u := unloaded(t)
			u.sw = u.m.cfg.Switch.(*tuitest.Switch)
			u.Press(key, "enter", "esc")
			u.Wait(time.Second)
			u.ExpectFits()
		}
	}
	u := unloaded(t)
	u.sw = u.m.cfg.Switch.(*tuitest.Switch)
	u.Press("q")
	if !u.quit {
		t.Error("q does not quit while loading")
	}
}
