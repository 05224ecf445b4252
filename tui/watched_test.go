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
	const rows = 3 * 40 // with the pages before and after
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
	if at := slices.Index(u.sw.Watched(), "ip3-2499"); at > 2*rows {
		t.Errorf("of many, the selected port comes only at %d", at)
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

func TestPagesAroundAreWatchedBeforeTheyAreSeen(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		s.Bridges = manyPorts(10000)
		for _, b := range s.Bridges {
			b.Mirrors = nil
		}
	})
	u.Resize(120, 40)
	for range 10 {
		before := u.sw.Watched()
		u.Press("pgdown")
		row := u.m.bridges.selected()
		if !slices.Contains(before, row.port.Interfaces[0].UUID) {
			t.Fatalf("%s was not watched before it was paged to", row.port.Name)
		}
	}
	before := u.sw.Watched()
	u.Press("up", "up", "up")
	if !slices.Equal(before, u.sw.Watched()) {
		t.Error("steps within a page change what is watched")
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
