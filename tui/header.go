package tui

import (
	"strings"

	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// segment is a piece of the header. When there is no room for all, those with
// the lowest weight go first.
type segment struct {
	text   string
	style  style.Style
	weight int
}

// viewHeader says what we are connected to, whether that is true still, and what
// this run holds.
func (m *model) viewHeader(width int) string {
	left := []segment{{"ovscope", m.st.Accent, 100}}
	add := func(text string, st style.Style, weight int) {
		if text != "" {
			left = append(left, segment{widget.Safe(text), st, weight})
		}
	}
	add(m.hostname(), m.st.Bold, 80)
	var right []segment
	badge := func(text string, st style.Style, weight int) {
		right = append(right, segment{" " + text + " ", st, weight})
	}
	s := m.snap
	switch {
	case m.alone():
		add(m.cfg.Capture.Title, m.st.Text, 95)
	case s == nil:
		add(m.progress(), m.st.Warn, 95)
	case s.Stale():
		add(m.st.Signs.Wrong+" stale since "+ago(m.now().Sub(s.StaleSince))+": "+m.st.Say(s.StaleReason)+", reconnecting", m.st.Bad, 95)
		add(s.Endpoint, m.st.Dim, 30)
	default:
		if s.OVSVersion != "" {
			add("OVS "+s.OVSVersion, m.st.Text, 60)
		}
		add(m.st.Signs.Up+" connected", m.st.Good, 75)
		if !m.cfg.Demo { // a temporary directory, of use to nobody
			add(s.Endpoint, m.st.Dim, 40)
		}
	}
	// Numbers that grow come first: they move nothing but their own left end.
	if n := m.tap.meter.counters.KernelDrops; n > 0 {
		right = append(right, segment{"lost " + widget.FitRight(count(n), 6, ""), m.st.Bad, 93})
	}
	if n := len(leftBehind(s)); n > 0 {
		badge(count(uint64(n))+" left by dead runs", m.st.BadgeWarn, 65)
	}
	var onQuit []string
	if n := len(m.held()); n > 0 {
		onQuit = append(onQuit, plural(n, "mirror")+" to remove")
	}
	if n := len(m.edits()); n > 0 {
		onQuit = append(onQuit, plural(n, "change")+" to take back")
	}
	if len(onQuit) > 0 {
		right = append(right, segment{strings.Join(onQuit, ", ") + " on quit", m.st.Warn, 85})
	}
	if m.cfg.Mask != nil {
		badge("masked", m.st.Badge, 91)
	}
	if m.cfg.Demo {
		badge("demo", m.st.Badge, 90)
	}
	if m.cfg.ReadOnly {
		badge("read-only", m.st.BadgeWarn, 90)
	}
	return m.segments(left, right, width)
}

// leftBehind are the mirrors of runs of ovscope that ended without removing them.
func leftBehind(s *ovs.Snapshot) []*ovs.Mirror {
	return mirrorsWhere(s, func(o ovs.Owner) bool { return o.Kind == ovs.OtherRun && o.Life == ovs.Dead })
}

func mirrorsWhere(s *ovs.Snapshot, wanted func(ovs.Owner) bool) []*ovs.Mirror {
	var list []*ovs.Mirror
	if s == nil {
		return nil
	}
	for _, b := range s.Bridges {
		for _, mirror := range b.Mirrors {
			if wanted(mirror.Owner) {
				list = append(list, mirror)
			}
		}
	}
	return list
}

// leftovers says which mirrors nobody may be looking after, and how to be rid of
// them; "" when there are none.
func (m *model) leftovers() string {
	if n := len(leftBehind(m.snap)); n > 0 {
		return plural(n, "mirror") + " left by dead runs: ovscope cleanup removes " + them(n)
	}
	if n := len(mirrorsWhere(m.snap, func(o ovs.Owner) bool { return o.Kind == ovs.Kept })); n > 0 {
		return plural(n, "mirror") + " kept: ovscope cleanup --kept removes " + them(n)
	}
	return ""
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func (m *model) hostname() string {
	if m.snap != nil && m.snap.Hostname != "" {
		return m.snap.Hostname
	}
	return m.hide(m.cfg.Hostname)
}

// segments puts pieces to the left and right end of a line, two cells apart.
func (m *model) segments(left, right []segment, width int) string {
	const gap = 2
	need := func() int {
		n := 0
		for _, s := range left {
			n += widget.Width(s.text) + gap
		}
		for _, s := range right {
			n += widget.Width(s.text) + gap
		}
		return n - gap
	}
	for need() > width && len(left)+len(right) > 1 {
		list, at, weight := &left, -1, 1<<30
		for _, l := range []*[]segment{&left, &right} {
			for i, s := range *l {
				if s.weight < weight {
					list, at, weight = l, i, s.weight
				}
			}
		}
		if over := need() - width; widget.Width((*list)[at].text)-over >= shortestSegment {
			s := &(*list)[at] // a part of it is better than nothing
			s.text = widget.Cut(s.text, widget.Width(s.text)-over, m.st.Signs.Ellipsis)
			break
		}
		*list = append((*list)[:at:at], (*list)[at+1:]...)
	}
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	for i, s := range left {
		if i > 0 {
			line.Space(gap)
		}
		line.Put(s.style, s.text)
	}
	tail := 0
	for _, s := range right {
		tail += widget.Width(s.text) + gap
	}
	line.Space(line.Left() - tail)
	for _, s := range right {
		line.Space(gap).Put(s.style, s.text)
	}
	return line.String()
}

// shortestSegment is what must be left of a piece that is cut.
const shortestSegment = 12
