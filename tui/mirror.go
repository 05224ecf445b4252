package tui

import (
	"fmt"
	"strings"
	"time"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// mirrorTitle is the heading of the mirror pane: which one, and of how many.
func (m *model) mirrorTitle() (title, right string) {
	if m.alone() {
		return capital(m.cfg.Capture.Title), ""
	}
	mirror, b := m.mirror(), m.bridge()
	if mirror == nil {
		return "Mirror", ""
	}
	title = "Mirror " + mirror.Name + ", " + whoseInShort(mirror.Owner)
	for i, other := range b.Mirrors {
		if other.UUID == mirror.UUID && len(b.Mirrors) > 1 {
			right = fmt.Sprintf("%d of %d", i+1, len(b.Mirrors))
		}
	}
	return title, right
}

// labelWidth is the column of what a line of the mirror pane is about; the widest
// is "→ from guest".
func (m *model) labelWidth() int { return widget.Width(m.st.Signs.From) + 12 }

// viewMirror shows the selected mirror: whether copies arrive, from where to
// where, how many, and of what.
func (m *model) viewMirror(width, height int) []string {
	if m.alone() {
		return m.viewSource(width, height)
	}
	mirror := m.mirror()
	if mirror == nil {
		return m.viewNoMirror(width, height)
	}
	lines := m.mirrorState(mirror, width, height-factLines-2)
	if width < twoColumns || height < tallEnough {
		lines = append(lines, m.mirrorFacts(mirror, width)...)
		return fill(append(lines, m.viewFlow(width, height-len(lines))...), width, height)
	}
	const gap = 3
	right := (width - gap) * 45 / 100
	left := width - gap - right
	rest := height - len(lines)
	below := append(m.mirrorFacts(mirror, left), m.viewFlow(left, 3)...)
	if room := rest - len(below); room > 1 {
		below = append(below, m.shareTable("conversations", tableConversations, left, room-1)...)
	}
	return append(lines, beside(fill(below, left, rest), m.viewTables(right, rest), gap)...)
}

// mirrorUses is how many lines the mirror pane has something for.
const mirrorUses = 18

// Where the mirror pane has two columns.
const (
	twoColumns = 110
	tallEnough = 12
)

// beside puts two columns of lines next to each other.
func beside(left, right []string, gap int) []string {
	lines := make([]string, len(left))
	for i := range left {
		lines[i] = left[i] + widget.Spaces(gap) + right[i]
	}
	return lines
}

// mirrorState is whether copies arrive, and what else is good to know, in at most
// height lines, but at least one.
func (m *model) mirrorState(mirror *ovs.Mirror, width, height int) []string {
	v := m.verdict(mirror)
	lines := m.wrapped(v.sign, v.text, v.style, width, max(1, min(2, height)))
	for _, note := range m.mirrorNotes(mirror) {
		if room := height - len(lines); room > 0 {
			lines = append(lines, m.wrapped(" ", note, m.st.Warn, width, room)...)
		}
	}
	return lines
}

// factLines is how many lines mirrorFacts takes.
const factLines = 5

// mirrorFacts are sources and output, and OVS's counters over our own.
func (m *model) mirrorFacts(mirror *ovs.Mirror, width int) []string {
	c := m.tap.meter.counters
	return []string{
		m.sourceLine(mirror, ovs.Egress, width),
		m.sourceLine(mirror, ovs.Ingress, width),
		widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, "output", m.labelWidth()).Put(m.st.Text, m.outputText(mirror)).String(),
		m.ovsLine(mirror, width),
		m.countLine("seen here", m.tap.store() != nil, c.Packets, c.Bytes, m.lastMinute(), width),
	}
}

func (m *model) viewNoMirror(width, height int) []string {
	b := m.bridge()
	if b == nil {
		return fill(nil, width, height)
	}
	text := []string{"Nothing is copied on " + b.Name + ".", ""}
	if m.tap.gone != "" {
		text = append([]string{"Mirror " + m.tap.gone + " was deleted by somebody else."}, text...)
	}
	if m.cfg.ReadOnly {
		text = append(text, "Read-only: mirrors can be watched, not made.")
	} else {
		text = append(text, fmt.Sprintf("Select a port and press %s for %s what its guest sends, %s for %s what it receives, or %s for both. That makes a mirror, which is removed when you quit. %s makes one of any other kind.",
			m.label(keymap.Egress), m.st.Signs.From, m.label(keymap.Ingress), m.st.Signs.To, m.label(keymap.Both), m.label(keymap.NewMirror)))
	}
	var lines []string
	for _, t := range text {
		for _, l := range widget.Wrap(t, width) {
			lines = append(lines, widget.NewLine(width, "").Put(m.st.Dim, l).String())
		}
	}
	return fill(lines, width, height)
}

// wrapped is a sign and a text in at most n lines.
func (m *model) wrapped(sign, text string, st style.Style, width, n int) []string {
	parts := widget.Wrap(text, width-2)
	if len(parts) > n {
		parts = append(parts[:n-1:n-1], strings.Join(parts[n-1:], " "))
	}
	var lines []string
	for i, part := range parts {
		line := widget.NewLine(width, m.st.Signs.Ellipsis)
		if i == 0 {
			line.Put(st, sign).Space(1)
		} else {
			line.Space(2)
		}
		lines = append(lines, line.Put(st, part).String())
	}
	return lines
}

// mirrorNotes are what else is good to know about a mirror.
func (m *model) mirrorNotes(mirror *ovs.Mirror) []string {
	var notes []string
	for _, l := range m.lost[mirror.UUID] {
		notes = append(notes, l.text(mirror))
	}
	switch {
	case mirror.Owner.Kind == ovs.Kept:
		notes = append(notes, "kept; ovscope cleanup --kept removes it")
	case mirror.Owner.Kind == ovs.OtherRun && mirror.Owner.Life == ovs.Dead:
		notes = append(notes, fmt.Sprintf("its ovscope, process %d, is gone: ovscope cleanup removes it", mirror.Owner.Process.PID))
	}
	return notes
}

// ovsLine is what OVS counted, and how old that may be (F4).
func (m *model) ovsLine(mirror *ovs.Mirror, width int) string {
	stats := mirror.Statistics
	if stats == nil {
		return m.countLine("OVS counted", false, 0, 0, "", width)
	}
	return m.countLine("OVS counted", true, stats.Packets, stats.Bytes, "every "+m.snap.StatsInterval.String(), width)
}

func (m *model) sourceLine(mirror *ovs.Mirror, d ovs.Direction, width int) string {
	signs := m.st.Signs
	sign, st, label, refs := signs.From, m.st.Egress, "from guest", mirror.Egress
	if d == ovs.Ingress {
		sign, st, label, refs = signs.To, m.st.Ingress, "to guest", mirror.Ingress
	}
	line := widget.NewLine(width, signs.Ellipsis)
	line.Put(st, sign).Space(1).Col(m.st.Dim, label, m.labelWidth()-1-widget.Width(sign))
	switch {
	case mirror.SelectAll:
		line.Put(m.st.Text, "all ports (select_all)")
	case len(refs) == 0:
		line.Put(m.st.Dim, "none")
	default:
		names := make([]string, len(refs))
		for i, r := range refs {
			names[i] = m.hide(r.Name)
		}
		line.Put(m.st.Text, shorten(names, line.Left()))
	}
	if len(mirror.VLANs) > 0 {
		line.Put(m.st.VLAN, ", only VLAN "+ovs.Ranges(mirror.VLANs))
	}
	return line.String()
}

// shorten joins names and says how many did not fit: "tap1, tap2, +3". At least
// one name is there, even if it does not fit.
func shorten(names []string, width int) string {
	var b strings.Builder
	used := 0
	for i, name := range names {
		need := widget.Width(name) + 2
		rest := ""
		if left := len(names) - i - 1; left > 0 {
			rest = fmt.Sprintf(", +%d", left)
		}
		if i > 0 && used+need+len(rest) > width {
			return b.String() + fmt.Sprintf(", +%d", len(names)-i)
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		used += need
	}
	return b.String()
}

func (m *model) outputText(mirror *ovs.Mirror) string {
	var facts []string
	if mirror.OutputPort != nil {
		facts = append(facts, "port "+m.hide(mirror.OutputPort.Name))
	}
	if mirror.OutputVLAN != nil && mirror.OutputPort == nil {
		facts = append(facts, fmt.Sprintf("VLAN %d", *mirror.OutputVLAN))
	}
	if len(facts) == 0 {
		facts = append(facts, "none")
	}
	if mirror.SnapLen != nil && *mirror.SnapLen > 0 {
		facts = append(facts, fmt.Sprintf("first %d bytes", *mirror.SnapLen))
	}
	if mirror.Filter != "" {
		facts = append(facts, "filter "+m.hide(mirror.Filter))
	}
	return strings.Join(facts, ", ")
}

// whoseInShort is whose a mirror is, for its title.
func whoseInShort(o ovs.Owner) string {
	switch o.Kind {
	case ovs.ThisRun:
		return "ours"
	case ovs.OtherRun:
		if o.Life == ovs.Dead {
			return "a dead ovscope's"
		}
		return "another ovscope's"
	case ovs.Kept:
		return "kept"
	case ovs.OVN:
		return "OVN's"
	case ovs.Foreign:
	}
	return "foreign"
}

// Columns of numbers in the mirror pane, right-aligned so that nothing jumps.
const (
	packetsWidth = 10
	bytesWidth   = 11
)

func (m *model) countLine(label string, known bool, packets, size uint64, note string, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, label, m.labelWidth())
	if !known {
		return line.ColRight(m.st.Dim, m.st.Signs.Dash, packetsWidth).String()
	}
	line.ColRight(m.st.Text, count(packets), packetsWidth).Put(m.st.Dim, " pkt ").ColRight(m.st.Text, byteSize(size), bytesWidth-4)
	if line.Left() >= 2+widget.Width(note) {
		line.Space(2).Put(m.st.Dim, note)
	}
	return line.String()
}

// clockTime is a moment as the list shows it, to the second.
func (m *model) clockTime(t time.Time) string {
	return t.In(m.now().Location()).Format(time.TimeOnly)
}
