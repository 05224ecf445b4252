package tui

import (
	"strconv"
	"time"

	"ovscope/live"
	"ovscope/tui/widget"
)

// viewFlow is how much passes, what was lost, and of what it is, in exactly height
// lines: the first two always, the rest as room allows.
func (m *model) viewFlow(width, height int) []string {
	here := m.tap.store() != nil
	var lines []string
	switch {
	case m.ofFile():
		lines = append(lines, widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, "time", m.labelWidth()).Put(m.st.Text, m.span()).String())
	case height < 3:
		lines = append(lines, m.rateLine(here, width))
	default:
		lines = append(lines, m.historyLines(here, width)...)
	}
	lines = append(lines, m.lossLine(here, width))
	return append(lines, m.viewShares(width, height-len(lines))...)
}

// rateLine is what passes now in packets and bits, with a sparkline of the packets.
func (m *model) rateLine(known bool, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, "now", m.labelWidth())
	if !known {
		return line.ColRight(m.st.Dim, m.st.Signs.Dash, packetsWidth).String()
	}
	t := &m.tap.meter
	pps := func(r live.Rate) float64 { return r.PPS }
	numbers := func(line *widget.Line) *widget.Line {
		line.ColRight(m.st.Text, packetRate(t.packets), packetsWidth).Space(1)
		return line.ColRight(m.st.Text, bitrate(t.bits), bytesWidth).Space(1)
	}
	label := m.labelWidth()
	if width-label-packetsWidth-1-bytesWidth-1 >= shortSparkline {
		m.sparkline(numbers(line), t.packets, pps, packetRate)
		return line.String()
	}
	// There is more room between the label and the numbers.
	head := widget.NewLine(4, "").Put(m.st.Dim, "now")
	bars := widget.NewLine(label-4, "")
	m.sparkline(bars, t.packets, pps, packetRate)
	return head.String() + bars.String() + numbers(widget.NewLine(max(0, width-label), m.st.Signs.Ellipsis)).String()
}

// shortSparkline is the shortest that is drawn behind numbers, in cells.
const shortSparkline = 8

// historyLines are packets and bits per second, each with a sparkline; bars of the
// same moment are one above the other.
func (m *model) historyLines(known bool, width int) []string {
	t := &m.tap.meter
	one := func(label string, now float64, of func(live.Rate) float64, text func(float64) string) string {
		line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, label, m.labelWidth())
		if !known {
			return line.ColRight(m.st.Dim, m.st.Signs.Dash, packetsWidth).String()
		}
		line.ColRight(m.st.Text, text(now), bytesWidth).Space(1)
		m.sparkline(line, now, of, text)
		return line.String()
	}
	return []string{
		one("packets", t.packets, func(r live.Rate) float64 { return r.PPS }, packetRate),
		one("bits", t.bits, func(r live.Rate) float64 { return r.BPS }, bitrate),
	}
}

// sparkline fills the rest of a line with what passed lately, a bar for each second,
// and where there is room with its scale: what a full bar stands for, and how long
// ago the first bar was.
func (m *model) sparkline(line *widget.Line, now float64, of func(live.Rate) float64, text func(float64) string) {
	const scaleWidth, agoWidth = 17, 9 // " peak 1.23 Mbit/s", " in 300 s"
	room := line.Left()
	scale := room >= 20+scaleWidth
	if scale {
		room -= scaleWidth
	}
	since := scale && room >= 24+agoWidth
	if since {
		room -= agoWidth
	}
	seconds := min(room, historySeconds)
	history := m.tap.meter.history(seconds)
	values := make([]float64, len(history))
	for i, r := range history {
		values[i] = of(r)
	}
	bars, full := widget.Sparkline(values, seconds, m.st.Signs.Bars)
	line.Put(m.st.Good, bars)
	if full = max(full, now); !scale || full <= 0 {
		return
	}
	peak := " peak " + text(full)
	if since {
		peak += " in " + strconv.Itoa(seconds) + " s"
	}
	line.Put(m.st.Dim, peak)
}

// lastMinute is what passed in the last minute, "" while there was no more than a
// few seconds of it.
func (m *model) lastMinute() string {
	const few = 10 * time.Second
	s := m.tap.traffic.now
	if s == nil || s.Total.Packets == 0 || m.now().Sub(s.Since) < few || m.ofFile() {
		return ""
	}
	return "last minute " + packetRate(s.LastMinute.PPS) + " " + bitrate(s.LastMinute.BPS)
}

// lossLine says in words what was lost on the way here, and why.
func (m *model) lossLine(known bool, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, "lost", m.labelWidth())
	if !known {
		return line.ColRight(m.st.Dim, m.st.Signs.Dash, packetsWidth).String()
	}
	c := m.tap.meter.counters
	switch {
	case c.KernelDrops > 0 && m.ofFile():
		line.Put(m.st.Bad, count(c.KernelDrops)+" while it was captured, says the file")
	case c.KernelDrops+c.Freezes > 0:
		line.Put(m.st.Bad, count(c.KernelDrops)+" in the kernel, its ring was full "+times(c.Freezes))
	default:
		line.Put(m.st.Text, "nothing")
	}
	if c.Overwritten > 0 {
		line.Put(m.st.Dim, "; oldest "+count(c.Overwritten)+" overwritten")
	}
	if back := m.tap.back; !back.IsZero() && !m.tap.away() {
		line.Put(m.st.Warn, "; "+m.tap.state.Interface+" is back since "+m.clockTime(back))
	}
	return line.String()
}

// times is "once", "3 times".
func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return count(n) + " times"
}
