package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// statsPage is who talks to whom, over which protocol and in which VLAN: counted
// from what is in the buffer when it is opened, and from then on.
//
// Counting costs about as much as capturing, so it is done only while the page is
// open, and not by the capture: a command hands what the store has to a small store
// of its own, whose live.Stats count.
type statsPage struct {
	store   *live.Store // of the tap
	epoch   uint64      // of the recorder: later the store holds other packets
	counted uint64      // up to which sequence number
	missed  uint64      // overwritten before they could be counted
	since   time.Time   // of the first packet counted
	heads   *live.Store // what Stats count: the packets' beginnings
	stats   *live.Stats

	busy    bool
	again   time.Time // when to count next
	at      time.Time // of now
	now     *live.Summary
	before  map[string]uint64 // bytes a second ago, by line
	rates   map[string]float64
	text    textPage
	offline bool // a file: no rates
}

const (
	// statsEvery is how often the page is refreshed.
	statsEvery = time.Second
	// statsStep is how many packets are counted before a waiting key is seen to.
	statsStep = 100_000
	// statsTop is how many talkers and conversations are listed.
	statsTop = 15
	// headBytes is what Stats look at: addresses, tags and ports.
	headBytes = 160
	// headsBytes is the memory for those.
	headsBytes = 256 << 10
)

func (m *model) showStatistics() tea.Cmd {
	s := m.tap.store()
	first, _ := s.Range()
	p := &statsPage{
		store: s, epoch: m.recorder.epoch.Load(), counted: first, heads: live.NewStore(headsBytes), offline: m.ofFile(),
	}
	p.stats = live.NewStats(p.heads)
	m.page = p
	return p.count(m)
}

// countedMsg says that more packets have been counted.
type countedMsg struct {
	page       *statsPage
	to, missed uint64
	since      time.Time
	summary    live.Summary
	more       bool // there is more to count
	at         time.Time
}

// ended reports whether the packets that the page is about are no longer on screen.
func (p *statsPage) ended(m *model) bool {
	return p.store != m.tap.store() || p.epoch != m.recorder.epoch.Load()
}

// count counts what has come, in a command.
func (p *statsPage) count(m *model) tea.Cmd {
	if p.busy || p.ended(m) {
		return nil
	}
	p.busy = true
	from, since, now := p.counted, p.since, m.now()
	offline := p.offline
	return func() tea.Msg {
		_, next := p.store.Range()
		to := min(next, from+statsStep)
		msg := countedMsg{page: p, to: max(from, to), since: since, more: to < next, at: now}
		expected := from
		var newest time.Time
		p.store.Scan(from, to, func(f live.Packet) bool {
			if m.recorder.epoch.Load() != p.epoch {
				return false
			}
			msg.missed += f.Seq - expected
			expected = f.Seq + 1
			if msg.since.IsZero() {
				msg.since = f.Time
			}
			newest = f.Time
			p.heads.Add(live.Frame{Time: f.Time.UnixNano(), Length: f.Length, Data: f.Data[:min(len(f.Data), headBytes)], Direction: f.Direction})
			return true
		})
		if expected < to {
			msg.missed += to - expected
		}
		if offline && !newest.IsZero() {
			now = newest
		}
		msg.summary = p.stats.Summary(now, statsTop)
		return msg
	}
}

func (m *model) onCounted(msg countedMsg) tea.Cmd {
	p := msg.page
	p.busy = false
	if m.page != page(p) || p.ended(m) {
		return nil
	}
	p.counted, p.since = msg.to, msg.since
	p.missed += msg.missed
	if msg.more {
		p.now = &msg.summary
		return p.count(m)
	}
	p.rate(&msg.summary, msg.at)
	p.again = m.now().Add(statsEvery)
	return nil
}

// rate works out how much of each line came since the last time.
func (p *statsPage) rate(s *live.Summary, at time.Time) {
	bytes := map[string]uint64{}
	for _, l := range statsLines(s) {
		bytes[l.key] = l.tally.Bytes
	}
	if d := at.Sub(p.at).Seconds(); p.before != nil && d > 0 {
		p.rates = map[string]float64{}
		for key, n := range bytes {
			if was := p.before[key]; n >= was {
				p.rates[key] = 8 * float64(n-was) / d
			}
		}
	}
	p.before, p.at, p.now = bytes, at, s
}

func (p *statsPage) tick(m *model, now time.Time) tea.Cmd {
	if now.Before(p.again) {
		return nil
	}
	return p.count(m)
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

// statsLine is a row of one of the tables.
type statsLine struct {
	key    string // by which it is found again a second later
	text   string
	tally  live.Tally
	missed uint64 // bytes at most that are not counted
}

// statsLines are all rows of all tables; keys begin with the table's name.
func statsLines(s *live.Summary) []statsLine {
	var lines []statsLine
	add := func(table, text string, t live.Tally, missed uint64) {
		lines = append(lines, statsLine{table + " " + text, text, t, missed})
	}
	add("all", "all", s.Total, 0)
	for _, p := range s.Protocols {
		text := p.Protocol.String()
		if p.Protocol.EtherType == live.EtherTypeIPv6 {
			text += " (IPv6)"
		}
		add("protocol", text, p.Tally, 0)
	}
	for _, v := range s.VLANs {
		text := "no tag"
		if v.Tagged {
			text = fmt.Sprintf("VLAN %d", v.VID)
		}
		add("vlan", text, v.Tally, 0)
	}
	for _, t := range s.Talkers {
		add("talker", t.Endpoint.String(), t.Tally, t.Missed)
	}
	for _, c := range s.Conversations {
		add("conversation", conversationText(c.Conversation), c.Tally, c.Missed)
	}
	for _, z := range s.Sizes {
		if z.Packets > 0 {
			add("size", sizeText(z), z.Tally, 0)
		}
	}
	for _, k := range []struct {
		name  string
		tally live.Tally
	}{{"ARP", s.ARP}, {"broadcast", s.Broadcast}, {"multicast", s.Multicast}} {
		add("kind", k.name, k.tally, 0)
	}
	return lines
}

func conversationText(c live.Conversation) string {
	end := func(e live.Endpoint, port uint16) string {
		switch {
		case port == 0:
			return e.String()
		case e.IP.Is6():
			return fmt.Sprintf("[%s]:%d", e, port)
		}
		return fmt.Sprintf("%s:%d", e, port)
	}
	return end(c.A, c.APort) + " " + end(c.B, c.BPort) + " " + c.Protocol.String()
}

func sizeText(z live.SizeTally) string {
	if z.To == 0 {
		return fmt.Sprintf("%d bytes and more", z.From)
	}
	return fmt.Sprintf("%d to %d bytes", z.From, z.To)
}

func (p *statsPage) view(m *model, width, height int) []string {
	inside := min(width-4, 110)
	if inside < 20 || height < 4 {
		return nil
	}
	s := p.now
	title := "Top"
	t := &p.text
	t.lines = t.lines[:0]
	if s == nil {
		t.title = title
		t.add("Counting"+m.st.Signs.Ellipsis, "", m.st.Dim)
		return t.view(m, width, height)
	}
	t.title = fmt.Sprintf("Top of %s since %s", plural(int(s.Total.Packets), "packet"), m.clockTime(p.since))
	if p.ended(m) {
		t.add("", "ended: another mirror is shown now", m.st.Warn)
	}
	if !p.offline {
		t.add("rate", fmt.Sprintf("last second %s %s, last 10 s %s %s, last minute %s %s",
			packetRate(s.LastSecond.PPS), bitrate(s.LastSecond.BPS), packetRate(s.Last10Seconds.PPS), bitrate(s.Last10Seconds.BPS),
			packetRate(s.LastMinute.PPS), bitrate(s.LastMinute.BPS)), m.st.Text)
	}
	if p.missed > 0 {
		t.add("", count(p.missed)+" packets were overwritten before they could be counted here", m.st.Warn)
	}
	lines := statsLines(s)
	table := func(prefix, heading string, missed uint64) {
		first := true
		for _, l := range lines {
			if !strings.HasPrefix(l.key, prefix+" ") {
				continue
			}
			if first {
				first = false
				t.add("", "", m.st.Text)
				if missed > 0 {
					heading += fmt.Sprintf("; what had less than %s may not be listed", byteSize(missed))
				}
				t.raw(p.heading(m, heading, inside))
			}
			t.raw(p.row(m, &l, s.Total.Bytes, inside))
		}
	}
	table("protocol", "Protocols", 0)
	table("vlan", "VLANs, by the outer tag", 0)
	table("talker", "Talkers, by what they send", s.TalkersMissed)
	table("conversation", "Conversations", s.ConversationsMissed)
	table("kind", "ARP, broadcast and multicast", 0)
	table("size", "Sizes", 0)
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

func (p *statsPage) row(m *model, l *statsLine, total uint64, width int) string {
	name, bar, rate := p.columns(width)
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	text := l.text
	if l.missed > 0 {
		text += fmt.Sprintf(" (+%s at most)", byteSize(l.missed))
	}
	if strings.HasPrefix(l.key, "conversation ") {
		text = strings.Replace(text, " ", " "+m.st.Say("–")+" ", 1)
	}
	line.Col(m.st.Text, text, name)
	share := 0.0
	if total > 0 {
		share = float64(l.tally.Bytes) / float64(total)
	}
	if bar {
		line.Put(m.st.Good, shareBar(share, m.st)).Space(1)
	}
	line.ColRight(m.st.Text, fmt.Sprintf("%.0f%%", 100*share), shareWidth)
	line.ColRight(m.st.Text, count(l.tally.Packets), packetsWidth+1).ColRight(m.st.Text, byteSize(l.tally.Bytes), bytesWidth-2)
	if rate {
		line.ColRight(m.st.Dim, bitrate(p.rates[l.key]), bytesWidth+1)
	}
	return line.String()
}

// shareBar is a horizontal bar of barWidth cells.
func shareBar(share float64, st *style.Styles) string {
	full := st.Signs.Bars[len(st.Signs.Bars)-1]
	n := min(barWidth, int(share*barWidth+0.5))
	return strings.Repeat(full, n) + widget.Spaces(barWidth-n)
}
