package tui

import (
	"slices"
	"testing"

	"ovscope/ovs"
)

func TestOnlyWhatIsShownIsWatched(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(10000) })
	u.Resize(120, 40)
	const rows = 40
	watches := func(port string) bool { return slices.Contains(u.sw.Watched(), ovs.UUID("ip"+port)) }
	// The bridge's row comes first. Each tenth port is the source of a mirror.
	if !watches("0-1") || !watches("0-2") {
		t.Fatalf("the first ports are not watched: %v", u.sw.Watched())
	}
	if watches("0-101") || watches("1-1") {
		t.Error("ports far off the screen are watched")
	}
	if !watches("3-2490") {
		t.Error("a mirror's source is not watched")
	}
	if got := len(u.sw.Watched()); got > 1000+rows {
		t.Errorf("%d interfaces are watched", got)
	}
	u.Press("end")
	if !watches("3-2499") || watches("0-1") {
		t.Errorf("at the end of the list: the last port %v, the first %v", watches("3-2499"), watches("0-1"))
	}
	if first := u.sw.Watched()[0]; first != "ip3-2499" {
		t.Errorf("the selected port does not come first, but %s", first)
	}
	u.Resize(60, 15) // only one pane has room: the packets'
	u.Press("tab", "tab")
	if watches("3-2498") {
		t.Error("a port is watched that is not on screen")
	}
	if !watches("3-2499") {
		t.Error("the selected port is not watched")
	}
}

func TestNewCountersLeaveTheListAlone(t *testing.T) {
	u := start(t)
	u.Select("tap2")
	before := u.m.bridges.rows
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = slices.Clone(u.m.snap.Bridges) })
	if &before[0] != &u.m.bridges.rows[0] {
		t.Error("the rows were made anew though no bridge has changed")
	}
	if u.m.bridges.snap != u.m.snap {
		t.Error("the list does not know the newest snapshot")
	}
}

func TestFewInterfacesAreAllWatched(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(100) })
	u.Resize(80, 24)
	if n := len(u.sw.Watched()); n != 100 {
		t.Errorf("%d of 100 interfaces are watched", n)
	}
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(200) })
	if n := len(u.sw.Watched()); n > 20+24 { // 20 are sources
		t.Errorf("%d of 200 interfaces are watched", n)
	}
}
