package tui

import (
	"fmt"
	"strings"

	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// captureTrouble is why no more packets come though some are listed.
func (m *model) captureTrouble() string {
	switch t := &m.tap; {
	case t.gone != "":
		return "mirror " + t.gone + " is gone; these are its last packets"
	case t.unseen != nil:
		return m.hide(m.st.Say(t.unseen.Error()))
	case t.ended || t.failed == nil || m.work.busy:
		return ""
	case m.alone():
		return capital(m.cfg.Capture.Title) + " stopped: " + m.st.Say(t.failed.Error()) + "; trying again"
	default:
		return "capture on " + t.point.Interface + " stopped: " + m.st.Say(t.failed.Error()) + "; trying again"
	}
}

// noPackets says in words why the list is empty.
func (m *model) noPackets(width int) []string {
	text, st := m.whyNoPackets()
	var lines []string
	for _, l := range widget.Wrap(text, width-2) {
		lines = append(lines, widget.NewLine(width, "").Space(1).Put(st, l).String())
	}
	return lines
}

func (m *model) whyNoPackets() (string, style.Style) {
	t := &m.tap
	if s := t.store(); s != nil && m.packets.filter != nil {
		if first, next := s.Range(); next > 0 {
			if x := m.packets.matches; x == nil || x.low > first {
				return "Looking for " + m.packets.filter.String() + m.st.Signs.Ellipsis, m.st.Dim
			}
			return fmt.Sprintf("None of %s matches the filter %s.", plural(int(next-first), "packet"), strings.TrimSpace(m.packets.filter.String())), m.st.Dim
		}
	}
	if m.alone() {
		v := m.sourceVerdict()
		return capital(v.text) + ".", v.style
	}
	mirror := m.mirror()
	switch {
	case m.snap == nil || mirror == nil:
		return "Packets appear here once something is copied.", m.st.Dim
	case t.unseen != nil:
		return capital(m.hide(m.st.Say(t.unseen.Error()))) + ".", m.st.Warn
	case t.failed != nil && !m.work.busy: // a port that is being made may not be there yet
		return "Capturing on " + t.point.Interface + " does not work: " + m.st.Say(t.failed.Error()) + ". Trying again" + m.st.Signs.Ellipsis, m.st.Bad
	case t.capture == nil:
		return "Opening " + t.point.Interface + m.st.Signs.Ellipsis, m.st.Dim
	}
	text := "Listening on " + t.point.Interface + ". Nothing has come yet."
	if v := m.verdict(mirror); v.sign == m.st.Signs.Wrong {
		return text + "\n" + capital(v.text) + ".", m.st.Warn
	}
	return text, m.st.Dim
}
