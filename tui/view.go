package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// View draws the screen, or hands out the last one if nothing has changed.
func (m *model) View() tea.View {
	if m.redraw {
		m.frame = m.draw()
		m.redraw = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	if m.cfg.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if !m.tty.old() {
		v.WindowTitle = widget.Cut("ovscope "+m.hostname(), 60, "")
	}
	if m.st.Terminal.ASCII {
		v.WindowTitle = widget.ASCII(v.WindowTitle)
	}
	return v
}

// draw is the whole screen, exactly height lines of width cells.
func (m *model) draw() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	m.screen = m.layOut()
	lines := m.drawPanes()
	if m.screen.Class != layout.TooSmall {
		lines = m.drawOnTop(lines)
	}
	frame := strings.Join(lines, "\n")
	if m.st.Terminal.ASCII {
		frame = widget.ASCII(frame) // names may be in any script
	}
	return frame
}

// drawOnTop puts what is open on top of the panes.
func (m *model) drawOnTop(lines []string) []string {
	if m.page != nil {
		lines = m.drawPage(lines)
	}
	if m.save != nil {
		lines = m.center(lines, m.viewSave(m.width, m.height))
	}
	if m.question != nil {
		lines = m.center(lines, m.question.Draw(m.width, m.height, m.st))
	}
	return lines
}

// drawPage puts the page between the header and the log's line.
func (m *model) drawPage(lines []string) []string {
	top, bottom := m.screen.Header.H, m.height-m.screen.Log.H-m.screen.Keys.H
	box := m.page.view(m, m.width, bottom-top)
	if len(box) == 0 {
		return lines
	}
	y := min(max(top, (m.height-len(box))/2), bottom-len(box))
	return widget.Overlay(lines, box, (m.width-widget.Width(box[0]))/2, y, m.width)
}

func (m *model) drawPanes() []string {
	s := m.screen
	if s.Class == layout.TooSmall {
		return m.tooSmall()
	}
	canvas := make([]string, m.height)
	put := func(r layout.Rect, lines ...string) {
		for i, l := range lines {
			canvas[r.Y+i] += l
		}
	}
	one := func(r layout.Rect, view func(int) string) {
		if !r.Empty() {
			put(r, view(r.W))
		}
	}
	one(s.Header, m.viewHeader)
	one(s.Tabs, m.viewTabs)
	one(s.Summary, m.viewSummary)
	// The panes' rectangles never overlap, and left ones come first.
	for _, p := range []layout.Pane{layout.Ports, layout.Mirror, layout.Packets} {
		if r := s.Pane(p); !r.Empty() {
			put(r, m.viewPane(p, r)...)
		}
	}
	one(s.Legend, func(w int) string {
		return widget.NewLine(w, m.st.Signs.Ellipsis).Put(m.st.Dim, m.legend(w)).String()
	})
	one(s.Log, m.viewLog)
	one(s.Keys, m.viewKeys)
	return canvas
}

// viewPane draws a pane with its border, if the layout gives it one.
func (m *model) viewPane(p layout.Pane, r layout.Rect) []string {
	focused := p == m.focus
	in := m.screen.Inner(p)
	pad := 0
	if m.screen.Bordered && p == layout.Mirror {
		pad = 1
	}
	var content []string
	var title, right, bottom string
	switch p {
	case layout.Ports:
		content = m.viewBridges(in.W, in.H, focused)
		title, right = m.portsTitle()
		bottom = m.st.Dim.Render(m.barsLegend())
	case layout.Mirror:
		content = m.viewMirror(in.W-2*pad, in.H)
		title, right = m.mirrorTitle()
	case layout.Packets:
		content = m.viewPackets(in.W, in.H, focused)
		title, right = m.packetsTitle()
	}
	if !m.alone() && (p == layout.Packets || m.screen.Zoomed) {
		bottom = m.st.Text.Render(m.legend(in.W - 4))
	}
	if !m.screen.Bordered {
		return content
	}
	frame, heading := m.st.Border, m.st.Title
	if focused {
		frame, heading = m.st.BorderFocus, m.st.TitleFocus
		title = m.st.Signs.Cursor + " " + title // seen without colour, too
	}
	room := in.W - 4
	if r := widget.Width(widget.Safe(right)); r > 0 && room-r-3 >= 12 {
		room -= r + 3 // how much there is matters more than the end of a filter
	}
	if p == layout.Mirror && widget.Width(title) > room {
		title = strings.Replace(title, "Mirror ", "", 1) // whose it is matters more
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: frame, Pad: pad, Content: content,
		Title: heading.Render(widget.Cut(title, room, m.st.Signs.Ellipsis)),
		Right: m.st.Dim.Render(widget.Safe(right)), Bottom: bottom,
	}
	return box.Draw(r.W, r.H)
}

// viewTabs names the panes and marks the one that is shown.
func (m *model) viewTabs(width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	for _, p := range m.tabs() {
		switch p {
		case m.focus:
			line.Put(m.st.Chosen, "["+m.paneTitle(p)+"]")
		default:
			line.Put(m.st.Dim, " "+m.paneTitle(p)+" ")
		}
		line.Space(1)
	}
	title, right := m.tabTitle()
	if title != "" {
		room := line.Left()
		line.ColRight(m.st.Dim, strings.TrimSuffix(strings.Join([]string{title, right}, " "+m.st.Signs.Dot+" "), " "+m.st.Signs.Dot+" "), room)
	}
	return line.String()
}

// tabTitle is what the pane's border would say, if it had one.
func (m *model) tabTitle() (string, string) {
	switch m.focus {
	case layout.Mirror:
		return m.mirrorTitle()
	case layout.Packets:
		title, right := m.packetsTitle()
		return strings.TrimPrefix(strings.TrimPrefix(title, "Packets"), ", "), right
	case layout.Ports:
	}
	title, right := m.portsTitle()
	return strings.TrimPrefix(strings.TrimPrefix(title, "Ports"), " "), right
}

// viewSummary is the mirror in one line, for layouts that do not show its pane.
func (m *model) viewSummary(width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	if m.snap != nil && m.snap.Stale() {
		return line.Put(m.st.Bad, m.st.Signs.Wrong+" stale since "+ago(m.now().Sub(m.snap.StaleSince))+": "+m.st.Say(m.snap.StaleReason)).String()
	}
	mirror := m.mirror()
	var v verdict
	switch {
	case m.alone():
		v = m.sourceVerdict()
		line.Put(v.style, v.sign).Space(1)
	case mirror == nil:
		return line.Put(m.st.Dim, m.noMirrorInShort()).String()
	default:
		v = m.verdict(mirror)
		line.Put(v.style, v.sign).Space(1).Put(m.st.Bold, mirror.Name).Space(1)
	}
	if m.tap.store() != nil && !m.ofFile() {
		line.ColRight(m.st.Text, packetRate(m.tap.meter.packets), 8).Space(1)
	}
	return line.Put(v.style, v.text).String()
}

func (m *model) noMirrorInShort() string {
	if b := m.bridge(); b != nil {
		return "nothing is copied on " + b.Name
	}
	return m.noBridges()
}

func (m *model) tooSmall() []string {
	text := fmt.Sprintf("ovscope needs %d×%d cells, this is %d×%d.", layout.MinWidth, layout.MinHeight, m.width, m.height)
	var lines []string
	for _, l := range widget.Wrap(m.st.Say(text), m.width) {
		lines = append(lines, widget.Fit(l, m.width, ""))
	}
	return fill(lines, m.width, m.height)
}

// center puts a box over the middle of the screen.
func (m *model) center(lines, box []string) []string {
	if len(box) == 0 {
		return lines
	}
	w := widget.Width(box[0])
	return widget.Overlay(lines, box, (m.width-w)/2, max(0, (m.height-len(box))/2), m.width)
}
