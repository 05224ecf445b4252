package tui

import (
	"fmt"
	"strings"
	"time"

	"ovscope/live"
)

// traffic is what the capture's statistics said when they were last asked: how much
// passed of each VLAN, protocol and talker since the store was empty, and how much of
// each passes now. They are asked with the meter, whether anybody looks or not, so
// that rates are there at once when somebody does.
type traffic struct {
	now    *live.Summary            // nil before the first
	tables map[string][]trafficLine // of now, by name
	at     time.Time                // of the rates
	bytes  map[string]uint64        // by line at that time
	rates  map[string]float64       // bits per second by line; nil before the second time
}

const (
	// trafficEvery is the time that rates are for.
	trafficEvery = time.Second
	// trafficTop is how many talkers and conversations are listed.
	trafficTop = 15
)

// look asks the statistics.
func (t *traffic) look(stats *live.Stats, now time.Time) {
	if stats == nil {
		return
	}
	s := stats.Summary(now, trafficTop)
	t.now, t.tables = &s, trafficTables(&s)
	if d := now.Sub(t.at); d >= trafficEvery {
		t.rate(d)
		t.at = now
	}
}

// rate works out how much of each line came in the time since the last rates.
func (t *traffic) rate(d time.Duration) {
	bytes := map[string]uint64{}
	for _, lines := range t.tables {
		for _, l := range lines {
			bytes[l.key] = l.tally.Bytes
		}
	}
	if t.bytes != nil {
		t.rates = map[string]float64{}
		for key, n := range bytes {
			if was := t.bytes[key]; n >= was {
				t.rates[key] = 8 * float64(n-was) / d.Seconds()
			}
		}
	}
	t.bytes = bytes
}

// share is the part of all bytes that a line has, 0 to 1.
func (t *traffic) share(l *trafficLine) float64 {
	if t.now == nil || t.now.Total.Bytes == 0 {
		return 0
	}
	return float64(l.tally.Bytes) / float64(t.now.Total.Bytes)
}

// trafficLine is what something had: a VLAN, a protocol, a talker.
type trafficLine struct {
	key    string // by which it is found again a second later
	text   string
	tally  live.Tally
	missed uint64 // bytes at most that are not counted
}

// The tables.
const (
	tableProtocols     = "protocol"
	tableVLANs         = "vlan"
	tableTalkers       = "talker"
	tableConversations = "conversation"
	tableKinds         = "kind"
	tableSizes         = "size"
)

// trafficTables are all tables, in each the line with the most bytes first.
func trafficTables(s *live.Summary) map[string][]trafficLine {
	tables := map[string][]trafficLine{}
	add := func(table, text string, t live.Tally, missed uint64) {
		tables[table] = append(tables[table], trafficLine{table + " " + text, text, t, missed})
	}
	for _, p := range s.Protocols {
		text := p.Protocol.String()
		if p.Protocol.EtherType == live.EtherTypeIPv6 && !strings.Contains(text, "v6") {
			text += " (IPv6)"
		}
		add(tableProtocols, text, p.Tally, 0)
	}
	for _, v := range s.VLANs {
		text := "no tag"
		if v.Tagged {
			text = fmt.Sprintf("VLAN %d", v.VID)
		}
		add(tableVLANs, text, v.Tally, 0)
	}
	for _, t := range s.Talkers {
		add(tableTalkers, t.Endpoint.String(), t.Tally, t.Missed)
	}
	for _, c := range s.Conversations {
		add(tableConversations, conversationText(c.Conversation), c.Tally, c.Missed)
	}
	for _, z := range s.Sizes {
		if z.Packets > 0 {
			add(tableSizes, sizeText(z), z.Tally, 0)
		}
	}
	add(tableKinds, "ARP", s.ARP, 0)
	add(tableKinds, "broadcast", s.Broadcast, 0)
	add(tableKinds, "multicast", s.Multicast, 0)
	return tables
}

// of are the lines of one table.
func (t *traffic) of(table string) []trafficLine { return t.tables[table] }

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
	return end(c.A, c.APort) + " – " + end(c.B, c.BPort) + " " + c.Protocol.String()
}

func sizeText(z live.SizeTally) string {
	if z.To == 0 {
		return fmt.Sprintf("%d bytes and more", z.From)
	}
	return fmt.Sprintf("%d to %d bytes", z.From, z.To)
}
