package tui

import (
	"fmt"
	"strconv"
	"strings"

	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// viewShares is which VLANs and protocols the packets are of, and who sends most, in
// exactly height lines: VLANs first, then protocols, each in a line, then talkers.
func (m *model) viewShares(width, height int) []string {
	if height <= 0 {
		return nil
	}
	lines := []string{m.shareLine("VLAN", tableVLANs, width)}
	if height > 1 {
		lines = append(lines, m.shareLine("protocol", tableProtocols, width))
	}
	return append(lines, m.talkerLines(width, height-len(lines))...)
}

// shareWords is how wide a name is in a line of shares, where there is room.
const shareWords = 10

// shareLine is the shares of the lines of a table, side by side in columns.
func (m *model) shareLine(label, table string, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, label, m.labelWidth())
	lines := m.tap.traffic.of(table)
	if len(lines) == 0 {
		return line.Put(m.st.Dim, m.st.Signs.Dash).String()
	}
	const percent, gap, rest = 4, 2, 4 // "100%", and "+123" for those that do not fit
	name := shareWords
	if line.Left() < 3*(name+percent+gap) {
		name = 6
	}
	fit := max(1, (line.Left()+gap)/(name+percent+gap))
	if len(lines) > fit {
		fit = max(1, (line.Left()-rest)/(name+percent+gap))
	}
	st := m.st.Text
	if table == tableVLANs {
		st = m.st.VLAN
	}
	for i := range min(fit, len(lines)) {
		l := &lines[i]
		if i > 0 {
			line.Space(gap)
		}
		line.Col(st, strings.TrimPrefix(l.text, "VLAN "), name).ColRight(m.st.Text, percentage(m.tap.traffic.share(l)), percent)
	}
	if left := len(lines) - fit; left > 0 {
		line.Space(gap).Put(m.st.Dim, "+"+strconv.Itoa(left))
	}
	return line.String()
}

// talkerLines are those who send most, as bars.
func (m *model) talkerLines(width, height int) []string {
	if height <= 0 {
		return nil
	}
	var lines []string
	talkers := m.tap.traffic.of(tableTalkers)
	for i := range height {
		label := ""
		if i == 0 {
			label = "talkers"
		}
		line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Dim, label, m.labelWidth())
		switch {
		case i < len(talkers):
			m.shareRow(line, &talkers[i])
		case i == 0:
			line.Put(m.st.Dim, m.st.Signs.Dash)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// shareRow fills a line with a name, its share as a bar and a number, and how much
// of it passes now.
func (m *model) shareRow(line *widget.Line, l *trafficLine) {
	const percent = 5
	rate := bytesWidth + 1
	if m.ofFile() || line.Left() < 24+percent+rate {
		rate = 0
	}
	bar := 0
	if room := line.Left() - percent - rate; room >= 26 {
		bar = min(14, room/4)
	}
	share := m.tap.traffic.share(l)
	name := strings.TrimPrefix(m.st.Say(l.text), "VLAN ") // the heading says it
	line.Col(m.st.Text, name, min(line.Left()-percent-rate-bar-1, 46)).Space(1)
	line.Put(m.st.Good, shareBar(share, bar, m.st)).ColRight(m.st.Text, percentage(share), percent)
	if rate > 0 {
		line.ColRight(m.st.Dim, bitrate(m.tap.traffic.rates[l.key]), rate)
	}
}

// viewTables is the same as viewShares and more for where there is room: a table
// each of VLANs, protocols and talkers, one below the other.
func (m *model) viewTables(width, height int) []string {
	rows := height - 3
	vlans := max(1, rows/4)
	protocols := max(1, rows/3)
	lines := m.shareTable("VLAN", tableVLANs, width, vlans)
	lines = append(lines, m.shareTable("protocol", tableProtocols, width, protocols)...)
	return append(lines, m.shareTable("talkers", tableTalkers, width, rows-vlans-protocols)...)
}

// shareTable is a heading and rows lines.
func (m *model) shareTable(heading, table string, width, rows int) []string {
	all := m.tap.traffic.of(table)
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Put(m.st.Title, heading)
	if left := len(all) - rows; left > 0 && rows > 0 {
		line.Put(m.st.Dim, fmt.Sprintf(", %d more", left))
	}
	lines := []string{line.String()}
	for i := range max(0, rows) {
		line := widget.NewLine(width, m.st.Signs.Ellipsis)
		switch {
		case i < len(all):
			m.shareRow(line, &all[i])
		case i == 0:
			line.Put(m.st.Dim, m.st.Signs.Dash)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// percentage is at most 4 characters; what there is of something is never 0%.
func percentage(share float64) string {
	if share > 0 && share < 0.005 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// shareBar is a horizontal bar of width cells.
func shareBar(share float64, width int, st *style.Styles) string {
	full := st.Signs.Bars[len(st.Signs.Bars)-1]
	n := min(width, int(share*float64(width)+0.5))
	return strings.Repeat(full, n) + widget.Spaces(width-n)
}
