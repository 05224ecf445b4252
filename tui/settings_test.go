package tui

import (
	"testing"

	"ovscope/ovs"
)

func TestQuitDoesWhatTheConfigFileSays(t *testing.T) {
	for answer, left := range map[OnQuit]int{QuitRemoves: 0, QuitKeeps: 1} {
		u := start(t, func(c *Config) { c.OnQuit = answer })
		u.Select("tap1")
		u.Press("e")
		u.Expect("1 mirror to remove on quit")
		u.Press("q")
		if !u.quit {
			t.Errorf("%s: it asks", answer)
		}
		if n := len(u.sw.Snapshot().LeasesOf(ovs.Kept)); n != left {
			t.Errorf("%s: %d kept leases", answer, n)
		}
		if n := len(u.sw.Snapshot().LeasesOf(ovs.ThisRun)); n != 0 {
			t.Errorf("%s: %d leases of this run are left", answer, n)
		}
	}
}

func TestOthersMirrorsAreChangedAtOnceIfTheConfigFileSaysSo(t *testing.T) {
	u := start(t, func(c *Config) { c.EditForeign = true })
	u.Select("vnet1")
	u.Press("m", "e")
	u.ExpectNot("is not ours")
	if m := u.sw.Snapshot().Mirror("span0"); !m.Lists("vnet1", ovs.Egress) {
		t.Error("the mirror was not changed")
	}
	u.Press("m", "e") // OVN's
	u.Expect("ovscope never changes it")
}
