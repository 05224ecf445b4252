package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/tui/widget"
)

// statsPage is who talks to whom, over which protocol and in which VLAN: what the
// capture has counted since it began.
type statsPage struct {
	store   *live.Store // of the tap
	epoch   uint64      // of the recorder: later the store holds other packets
	traffic traffic     // as last seen before the packets were another mirror's
	text    textPage
	offline bool // a file: no rates
}

func (m *model) showStatistics() tea.Cmd {
	m.tap.traffic.look(m.tap.stats, m.now()) // not as of a second ago
	m.page = &statsPage{store: m.tap.store(), epoch: m.recorder.epoch.Load(), traffic: m.tap.traffic, offline: m.ofFile()}
	return nil
}

// ended reports whether the packets that the page is about are no longer on screen.
func (p *statsPage) ended(m *model) bool {
	return p.store != m.tap.store() || p.epoch != m.recorder.epoch.Load()
}

func (p *statsPage) tick(m *model, _ time.Time) tea.Cmd {
	if !p.ended(m) {
		p.traffic = m.tap.traffic
	}
	return nil
}

func (p *statsPage) keys(m *model) string { return p.text.keys(m) }

func (p *statsPage) press(m *model, id keymap.ID) tea.Cmd {
	switch id {
	case keymap.Statistics:
		m.page = nil
		return nil
	case keymap.Save:
		return m.askSave()
	default:
		return p.text.press(m, id)
	}
}

func (p *statsPage) view(m *model, width, height int) []string {
	inside := min(width-4, 110)
	s := p.traffic.now
	if inside < 20 || height < 4 || s == nil {
		return nil
	}
	t := &p.text
	t.lines = t.lines[:0]
	t.title = "Top of no packets yet"
	if s.Total.Packets > 0 {
		t.title = fmt.Sprintf("Top of %s since %s", plural(int(s.Total.Packets), "packet"), m.clockTime(s.Since))
	}
	if p.ended(m) {
		t.add("", "ended: another mirror is shown now", m.st.Warn)
	}
	if !p.offline {
		t.add("rate", fmt.Sprintf("last second %s %s, last 10 s %s %s, last minute %s %s",
			packetRate(s.LastSecond.PPS), bitrate(s.LastSecond.BPS), packetRate(s.Last10Seconds.PPS), bitrate(s.Last10Seconds.BPS),
			packetRate(s.LastMinute.PPS), bitrate(s.LastMinute.BPS)), m.st.Text)
	}
	table := func(name, heading string, missed uint64) {
		lines := p.traffic.of(name)
		if len(lines) == 0 {
			return
		}
		if missed > 0 {
			heading += fmt.Sprintf("; what had less than %s may not be listed", byteSize(missed))
		}
		t.add("", "", m.st.Text)
		t.raw(p.heading(m, heading, inside))
		for _, l := range lines {
			t.raw(p.row(m, &l, inside))
		}
	}
	table(tableProtocols, "Protocols", 0)
	table(tableVLANs, "VLANs, by the outer tag", 0)
	table(tableTalkers, "Talkers, by what they send", s.TalkersMissed)
	table(tableConversations, "Conversations", s.ConversationsMissed)
	table(tableKinds, "ARP, broadcast and multicast", 0)
	table(tableSizes, "Sizes", 0)
	return t.view(m, width, height)
}

// Columns of a table; the name gets the rest.
const (
	shareWidth = 5
	barWidth   = 8
)

func (p *statsPage) columns(width int) (name int, bar, rate bool) {
	name = width - shareWidth - (packetsWidth + 1) - (bytesWidth - 2)
	rate = !p.offline && name-bytesWidth >= 26
	if rate {
		name -= bytesWidth + 1
	}
	bar = name-barWidth >= 40
	if bar {
		name -= barWidth + 1
	}
	return name, bar, rate
}

func (p *statsPage) heading(m *model, text string, width int) string {
	name, bar, rate := p.columns(width)
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Col(m.st.Title, text, name)
	if bar {
		line.Space(barWidth + 1)
	}
	line.ColRight(m.st.Dim, "share", shareWidth).ColRight(m.st.Dim, "packets", packetsWidth+1).ColRight(m.st.Dim, "bytes", bytesWidth-2)
	if rate {
		line.ColRight(m.st.Dim, "now", bytesWidth+1)
	}
	return line.String()
}

func (p *statsPage) row(m *model, l *trafficLine, width int) string {
	name, bar, rate := p.columns(width)
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	text := m.st.Say(l.text)
	if l.missed > 0 {
		text += fmt.Sprintf(" (+%s at most)", byteSize(l.missed))
	}
	line.Col(m.st.Text, text, name)
	share := p.traffic.share(l)
	if bar {
		line.Put(m.st.Good, shareBar(share, barWidth, m.st)).Space(1)
	}
	line.ColRight(m.st.Text, percentage(share), shareWidth)
	line.ColRight(m.st.Text, count(l.tally.Packets), packetsWidth+1).ColRight(m.st.Text, byteSize(l.tally.Bytes), bytesWidth-2)
	if rate {
		line.ColRight(m.st.Dim, bitrate(p.traffic.rates[l.key]), bytesWidth+1)
	}
	return line.String()
}
