package layout

import (
	"fmt"
	"testing"
)

func TestClassesBeginWhereTheySay(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want Class
	}{
		{200, 50, Wide},
		{120, 40, Wide},
		{120, 20, Wide},
		{119, 40, Normal},
		{80, 24, Normal},
		{80, 20, Normal},
		{80, 19, Narrow},
		{79, 24, Narrow},
		{60, 15, Narrow},
		{300, 15, Narrow},
		{59, 24, Tiny},
		{80, 14, Tiny},
		{30, 8, Tiny},
		{29, 24, TooSmall},
		{80, 7, TooSmall},
		{0, 0, TooSmall},
	} {
		if got := Of(c.w, c.h, State{}).Class; got != c.want {
			t.Errorf("%d×%d is class %d, want %d", c.w, c.h, got, c.want)
		}
	}
}

// Every cell belongs to exactly one rectangle, whatever the size.
func TestRectanglesTileTheScreen(t *testing.T) {
	for w := MinWidth; w < 210; w += 7 {
		for h := MinHeight; h < 60; h++ {
			for _, st := range states() {
				s := Of(w, h, st)
				if err := tiles(s, w, h); err != nil {
					t.Fatalf("%d×%d, %+v: %v", w, h, st, err)
				}
				if s.Pane(st.Focus).Empty() {
					t.Fatalf("%d×%d: the focused pane of %+v is not shown", w, h, st)
				}
				if in := s.Inner(st.Focus); in.H < 3 || in.W < 20 {
					t.Fatalf("%d×%d: %+v leaves only %d×%d inside", w, h, st, in.W, in.H)
				}
			}
		}
	}
}

func states() []State {
	return []State{
		{Focus: Ports},
		{Focus: Mirror},
		{Focus: Packets},
		{Focus: Mirror, Alone: true},
		{Focus: Packets, Alone: true},
		{Focus: Ports, Tree: 90},
		{Focus: Ports, Zoomed: true},
		{Focus: Mirror, Zoomed: true},
		{Focus: Packets, Zoomed: true},
		{Focus: Packets, Alone: true, Zoomed: true},
	}
}

func tiles(s Screen, w, h int) error {
	cells := make([]int, w*h)
	for _, r := range []Rect{s.Header, s.Tabs, s.Summary, s.Legend, s.Log, s.Keys, s.panes[0], s.panes[1], s.panes[2]} {
		for y := r.Y; y < r.Y+r.H; y++ {
			for x := r.X; x < r.X+r.W; x++ {
				if x >= w || y >= h {
					return fmt.Errorf("%+v sticks out", r)
				}
				cells[y*w+x]++
			}
		}
	}
	for i, n := range cells {
		if n != 1 {
			return fmt.Errorf("cell %d,%d is covered %d times", i%w, i/w, n)
		}
	}
	return nil
}

func TestFocusDoesNotMoveAnything(t *testing.T) {
	for _, w := range []int{80, 119, 120, 200} {
		if Of(w, 30, State{Focus: Ports}) != Of(w, 30, State{Focus: Packets}) {
			t.Errorf("%d columns: the focus moves panes", w)
		}
	}
}

func TestNextGoesRound(t *testing.T) {
	for _, c := range []struct {
		from State
		step int
		want Pane
	}{
		{State{Focus: Packets}, 1, Ports},
		{State{Focus: Ports}, -1, Packets},
		{State{Focus: Ports}, 1, Mirror},
		{State{Focus: Packets, Alone: true}, 1, Mirror},
		{State{Focus: Mirror, Alone: true}, -1, Packets},
		{State{Focus: Mirror, Alone: true}, 1, Packets},
	} {
		if got := c.from.Next(c.step); got != c.want {
			t.Errorf("%+v goes on to pane %d, want %d", c.from, got, c.want)
		}
	}
}

func TestZoomGivesAPaneTheWholeBody(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 50}} {
		for _, p := range []Pane{Ports, Mirror, Packets} {
			s := Of(size[0], size[1], State{Focus: p, Zoomed: true})
			if r := s.Pane(p); r.W != size[0] || r.H < size[1]-4 {
				t.Errorf("%v: pane %d gets %+v", size, p, r)
			}
		}
	}
	// Narrow terminals show one pane anyway.
	if Of(60, 15, State{Focus: Ports}) != Of(60, 15, State{Focus: Ports, Zoomed: true}) {
		t.Error("zooming changes a narrow terminal")
	}
}

func TestLargeTerminalsGiveThePortsMore(t *testing.T) {
	for _, c := range []struct{ width, tree, least, most int }{
		{120, 90, 39, 39}, {160, 90, 46, 46}, {200, 90, 76, 76}, {200, 60, 60, 60}, {200, 30, 46, 46}, {300, 90, 90, 90},
	} {
		s := Of(c.width, 50, State{Tree: c.tree - 11, TreeWithRates: c.tree})
		if w := s.Pane(Ports).W; w < c.least || w > c.most {
			t.Errorf("%d columns give the ports %d, want %d to %d", c.width, w, c.least, c.most)
		}
	}
}

func TestMirrorGetsTheLinesItCanUseOfATallTerminal(t *testing.T) {
	for _, c := range []struct{ height, lines, want int }{
		{24, 30, 10}, {40, 30, 15}, {50, 30, 20}, {50, 12, 14}, {50, 0, 11}, {100, 30, 32},
	} {
		if h := Of(200, c.height, State{Mirror: c.lines}).Pane(Mirror).H; h != c.want {
			t.Errorf("%d rows: a mirror of %d lines gets %d, want %d", c.height, c.lines, h, c.want)
		}
	}
}
