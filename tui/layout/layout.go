// Package layout decides where everything goes: a pure function from the
// terminal's size and the screen's state to rectangles.
//
// Wide terminals (120 columns and more) get the ports on the left, and the mirror
// over the packets on the right:
//
//	header
//	╭ports─╮╭mirror──────────╮
//	│      ││                │
//	│      │╰────────────────╯
//	│      │╭packets─────────╮
//	│      ││                │
//	╰──────╯╰────────────────╯
//	log
//	keys
//
// Normal ones (80 to 119) keep ports and mirror side by side and give the packets
// the whole width, because a packet's line needs it:
//
//	header
//	╭ports─────╮╭mirror──────╮
//	╰──────────╯╰────────────╯
//	╭packets─────────────────╮
//	╰────────────────────────╯
//	log
//	keys
//
// Narrow ones (60 to 79) show one pane at a time below a line of tabs and a line
// about the mirror; tiny ones only the pane; and below 30×8 nothing fits.
//
// A zoomed pane has the whole body to itself, below a line about the mirror.
//
// Without Open vSwitch there are no ports: what is captured stands over its
// packets in the mirror's place, at the whole width.
package layout

// Class is how much room there is.
type Class int

// The classes, from most to least room.
const (
	Wide Class = iota
	Normal
	Narrow
	Tiny
	TooSmall
)

// The sizes in cells at which the classes begin.
const (
	WideWidth    = 120
	NormalWidth  = 80
	NormalHeight = 20
	NarrowWidth  = 60
	NarrowHeight = 15
	MinWidth     = 30
	MinHeight    = 8
)

// Pane is one of the parts of the screen that can have the focus.
type Pane int

// The panes, in the order of the tab key.
const (
	Ports Pane = iota
	Mirror
	Packets
)

const paneCount = 3

func (p Pane) next(step int) Pane {
	return (p + Pane(step%paneCount) + paneCount) % paneCount
}

// State is what the layout depends on beside the size.
type State struct {
	Focus Pane
	// Alone is set when there is no Open vSwitch and so no Ports pane.
	Alone bool
	// Zoomed gives the whole body to the pane in focus.
	Zoomed bool
	// Mirror is how many lines the mirror's pane could use; it gets them where the
	// packets keep four sevenths of the height.
	Mirror int
	// Tree is how many cells the ports need to be read in full, their border included.
	Tree int
	// TreeWithRates is the same with rates in numbers.
	TreeWithRates int
}

// Next is the pane after the one in focus, or before it when step is negative,
// going round the panes that there are.
func (s State) Next(step int) Pane {
	p := s.Focus.next(step)
	if s.Alone && p == Ports {
		p = p.next(step)
	}
	return p
}

// Rect is a rectangle of cells; the zero Rect is not on screen.
type Rect struct{ X, Y, W, H int }

// Empty reports whether the rectangle has no cells.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Has reports whether a cell is in the rectangle.
func (r Rect) Has(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Screen is where everything is. Rectangles of panes include their borders.
type Screen struct {
	Class Class
	// Zoomed is set when one pane has the body of a terminal with room for all.
	Zoomed bool
	// Bordered panes have a border of one cell all around.
	Bordered bool

	Header, Tabs, Summary Rect // one line each
	Legend                Rect // a line of its own where no border holds it
	Log, Keys             Rect // one line each

	panes [paneCount]Rect
}

// Pane is where a pane is; empty when it is not shown.
func (s Screen) Pane(p Pane) Rect { return s.panes[p] }

// Inner is the part of a pane inside its border.
func (s Screen) Inner(p Pane) Rect {
	r := s.panes[p]
	if r.Empty() || !s.Bordered {
		return r
	}
	return Rect{r.X + 1, r.Y + 1, max(0, r.W-2), max(0, r.H-2)}
}

// mirrorLines is how many lines the mirror pane shows inside its border at least.
const mirrorLines = 8

// roomyHeight is where the mirror pane gets a line more.
const roomyHeight = 30

// sourceLines is how many it shows when there are only a source's counters.
const sourceLines = 4

// Of lays out a terminal of width × height cells.
func Of(width, height int, st State) Screen {
	switch {
	case width < MinWidth || height < MinHeight:
		return Screen{Class: TooSmall}
	case width < NarrowWidth || height < NarrowHeight:
		return tiny(width, height, st)
	case width < NormalWidth || height < NormalHeight:
		return narrow(width, height, st)
	case st.Zoomed:
		return zoomed(width, height, st)
	case st.Alone:
		return alone(width, height, st)
	case width < WideWidth:
		return normal(width, height, st)
	}
	return wide(width, height, st)
}

// What the ports get of a wide terminal: at most so much, but what they need for
// rates in numbers where the packets have enough, too.
const (
	mostTree         = 46
	enoughForPackets = 124
)

func wide(width, height int, st State) Screen {
	s := Screen{Class: Wide, Bordered: true}
	body := s.frame(width, height)
	left := min(mostTree, max(36, width*3/10, min(st.Tree, width*33/100)))
	if room := width - enoughForPackets; room > mostTree {
		left = max(left, min(st.TreeWithRates, room))
	}
	top := mirrorLines + 2
	if height >= roomyHeight {
		top++ // for what does not fit one line
	}
	top = max(top, min(st.Mirror+2, body.H*3/7))
	s.panes[Ports] = Rect{0, body.Y, left, body.H}
	s.panes[Mirror] = Rect{left, body.Y, width - left, top}
	s.panes[Packets] = Rect{left, body.Y + top, width - left, body.H - top}
	return s
}

func normal(width, height int, st State) Screen {
	s := Screen{Class: Normal, Bordered: true}
	body := s.frame(width, height)
	left := max(width*9/20, min(st.Tree, width/2))
	// Ports need more than the mirror's lines once there is room for both.
	top := max(min(mirrorLines+2, body.H-7), min(body.H*2/5, 20))
	s.panes[Ports] = Rect{0, body.Y, left, top}
	s.panes[Mirror] = Rect{left, body.Y, width - left, top}
	s.panes[Packets] = Rect{0, body.Y + top, width, body.H - top}
	return s
}

// alone is for wide and normal terminals without ports.
func alone(width, height int, st State) Screen {
	s := Screen{Class: Normal, Bordered: true}
	if width >= WideWidth {
		s.Class = Wide
	}
	body := s.frame(width, height)
	top := max(sourceLines+2, min(st.Mirror+2, body.H*3/10))
	s.panes[Mirror] = Rect{0, body.Y, width, top}
	s.panes[Packets] = Rect{0, body.Y + top, width, body.H - top}
	return s
}

// zoomed is for wide and normal terminals.
func zoomed(width, height int, st State) Screen {
	s := Screen{Class: Normal, Bordered: true, Zoomed: true}
	if width >= WideWidth {
		s.Class = Wide
	}
	s.summarize(st.Focus, s.frame(width, height))
	return s
}

func narrow(width, height int, st State) Screen {
	s := Screen{Class: Narrow}
	body := s.frame(width, height)
	s.Tabs = Rect{0, body.Y, width, 1}
	rest := Rect{0, body.Y + 1, width, body.H - 1}
	if !st.Alone {
		s.Legend = Rect{0, body.Y + body.H - 1, width, 1}
		rest.H--
	}
	s.summarize(st.Focus, rest)
	return s
}

func tiny(width, height int, st State) Screen {
	s := Screen{Class: Tiny}
	if height >= 11 {
		s.summarize(st.Focus, s.frame(width, height))
		return s
	}
	s.Log = Rect{0, height - 1, width, 1}
	s.summarize(st.Focus, Rect{0, 0, width, height - 1})
	return s
}

// summarize gives a rectangle to the pane in focus, below a line about the mirror
// unless the pane is about it anyway.
func (s *Screen) summarize(focus Pane, r Rect) {
	if focus != Mirror {
		s.Summary = Rect{r.X, r.Y, r.W, 1}
		r = Rect{r.X, r.Y + 1, r.W, r.H - 1}
	}
	s.panes[focus] = r
}

// frame places header, log and keys and returns what is left between them.
func (s *Screen) frame(width, height int) Rect {
	s.Header = Rect{0, 0, width, 1}
	s.Log = Rect{0, height - 2, width, 1}
	s.Keys = Rect{0, height - 1, width, 1}
	return Rect{0, 1, width, height - 3}
}
