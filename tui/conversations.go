package tui

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/live/filter"
	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// conversationsPage is who talks to whom in what is stored, one row a conversation.
// A command counts it anew from the store, once a second at most and never for
// more than a twentieth of the time.
type conversationsPage struct {
	store *live.Store // of the tap
	epoch uint64      // of the recorder: later the store holds other packets

	busy  bool
	again time.Time // when to count next
	next  uint64    // up to which number was counted
	known bool
	count live.Conversations // List is sorted
	order conversationOrder

	list widget.List
	at   *live.StoredConversation // that the user went to: it stays under the cursor
	rows int                      // on screen
}

const (
	// maxConversations bounds the table.
	maxConversations = 10_000
	// conversationsEvery is how often it is counted at most.
	conversationsEvery = time.Second
	// conversationsShare is how many times longer it is not counted than counted.
	conversationsShare = 20
)

// conversationOrder is what the table is sorted by.
type conversationOrder int

const (
	talksByBytes conversationOrder = iota
	talksByPackets
	talksByLast
	talksByFirst
	talksByVLAN
	talksByAddress
	talksByProtocol
	conversationOrders
)

func (o conversationOrder) String() string {
	return [...]string{"bytes", "packets", "last packet", "first packet", "VLAN", "address", "protocol"}[o]
}

func (m *model) showConversations() tea.Cmd {
	p := &conversationsPage{store: m.tap.store(), epoch: m.recorder.epoch.Load()}
	m.page = p
	return p.recount(m)
}

// conversationsMsg is a new count.
type conversationsMsg struct {
	page  *conversationsPage
	next  uint64
	count live.Conversations
	took  time.Duration
}

// ended reports whether the packets that the page is about are no longer on screen.
func (p *conversationsPage) ended(m *model) bool {
	return p.store != m.tap.store() || p.epoch != m.recorder.epoch.Load()
}

// recount counts in a command, if there is something new.
func (p *conversationsPage) recount(m *model) tea.Cmd {
	if p.busy || p.ended(m) {
		return nil
	}
	from, next := p.store.Range()
	if p.known && next == p.next {
		return nil
	}
	p.busy = true
	order := p.order
	return func() tea.Msg {
		began := time.Now()
		c := p.store.Conversations(from, next, maxConversations, func() bool {
			return m.ctx.Err() == nil && m.recorder.epoch.Load() == p.epoch
		})
		sortConversations(c.List, order)
		return conversationsMsg{p, next, c, time.Since(began)}
	}
}

func (m *model) onConversations(msg conversationsMsg) tea.Cmd {
	p := msg.page
	p.busy = false
	if m.page != page(p) || p.ended(m) {
		return nil
	}
	p.next, p.count, p.known = msg.next, msg.count, true
	p.again = m.now().Add(max(conversationsEvery, conversationsShare*msg.took))
	sortConversations(p.count.List, p.order) // it may have changed meanwhile
	p.stay()
	return nil
}

func (p *conversationsPage) tick(m *model, now time.Time) tea.Cmd {
	if now.Before(p.again) {
		return nil
	}
	return p.recount(m)
}

func sortConversations(list []live.StoredConversation, by conversationOrder) {
	slices.SortStableFunc(list, func(a, b live.StoredConversation) int {
		byBoth := cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Packets, a.Packets))
		switch by {
		case talksByPackets:
			return cmp.Or(cmp.Compare(b.Packets, a.Packets), byBoth)
		case talksByLast:
			return cmp.Or(b.Last.Compare(a.Last), byBoth)
		case talksByFirst:
			return cmp.Or(a.First.Compare(b.First), byBoth)
		case talksByVLAN:
			return cmp.Or(cmp.Compare(a.Outer, b.Outer), cmp.Compare(a.Inner, b.Inner), cmp.Compare(a.Tags, b.Tags), byBoth)
		case talksByAddress:
			return cmp.Or(compareEndpoints(a.A, b.A), compareEndpoints(a.B, b.B), byBoth)
		case talksByProtocol:
			return cmp.Or(strings.Compare(a.Protocol.String(), b.Protocol.String()), byBoth)
		case talksByBytes, conversationOrders:
		}
		return byBoth
	})
}

func compareEndpoints(a, b live.Endpoint) int {
	return cmp.Or(a.IP.Compare(b.IP), slices.Compare(a.MAC[:], b.MAC[:]))
}

// stay puts the cursor back on its conversation.
func (p *conversationsPage) stay() {
	if at := p.at; at != nil {
		p.list.Cursor = max(0, slices.IndexFunc(p.count.List, func(c live.StoredConversation) bool {
			return c.Conversation == at.Conversation && c.VLANs == at.VLANs
		}))
	}
	p.list.Clamp(len(p.count.List), p.rows)
}

func (p *conversationsPage) press(m *model, id keymap.ID) tea.Cmd {
	n := len(p.count.List)
	move := func(by int) {
		p.list.Move(by, n, p.rows)
		if p.list.Cursor < n {
			at := p.count.List[p.list.Cursor]
			p.at = &at
		}
	}
	switch id {
	case keymap.Up:
		move(-1)
	case keymap.Down:
		move(1)
	case keymap.PageUp:
		move(-max(1, p.rows-1))
	case keymap.PageDown, keymap.Pause:
		move(max(1, p.rows-1))
	case keymap.Top:
		move(-farAway)
	case keymap.Bottom:
		move(farAway)
	case keymap.Sort, keymap.Expand:
		p.sort(1)
	case keymap.Collapse:
		p.sort(conversationOrders - 1)
	case keymap.Open:
		return p.choose(m)
	case keymap.Close, keymap.Quit, keymap.Conversations:
		m.page = nil
	case keymap.Help:
		m.showHelp()
	case keymap.Save:
		return m.askSave()
	default:
		m.useless()
	}
	return nil
}

func (p *conversationsPage) sort(by conversationOrder) {
	p.order = (p.order + by) % conversationOrders
	sortConversations(p.count.List, p.order)
	p.stay()
}

// choose lets the list of packets show the conversation under the cursor.
func (p *conversationsPage) choose(m *model) tea.Cmd {
	if p.list.Cursor >= len(p.count.List) {
		m.say("there is no conversation")
		return nil
	}
	c := &p.count.List[p.list.Cursor]
	f, err := filter.Parse(conversationFilter(c.Conversation, c.VLANs))
	if err != nil {
		m.say("the filter is not changed: " + err.Error())
		return nil
	}
	m.page = nil
	m.focus = layout.Packets
	return m.applyFilter(f)
}

func (p *conversationsPage) keys(m *model) string {
	return fmt.Sprintf("%s choose   %s shows its packets   %s sort   %s closes",
		m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.Open), m.label(keymap.Sort), m.label(keymap.Close))
}

// conversationColumns are the table's widths in cells; 0 for what there is no room for.
type conversationColumns struct{ vlan, ends, protocol, packets, bytes, share, first, last int }

func (p *conversationsPage) columns(width int) conversationColumns {
	c := conversationColumns{vlan: 4, protocol: 4, packets: 7, bytes: 8, share: 5, last: 8}
	for _, e := range p.count.List[:min(len(p.count.List), 500)] {
		c.vlan = max(c.vlan, min(9, len(vlansText(e.VLANs))))
		c.protocol = max(c.protocol, min(8, len(e.Protocol.String())))
		c.packets = max(c.packets, len(count(e.Packets)))
	}
	rest := func() int {
		left := width - 1
		for _, w := range []int{c.vlan, c.protocol, c.packets, c.bytes, c.share, c.first, c.last} {
			if w > 0 {
				left -= w + 1
			}
		}
		return left
	}
	if rest() >= 64 {
		c.first, c.last = 12, 12
	}
	if rest() < 32 {
		c.last = 0
	}
	if rest() < 32 {
		c.share = 0
	}
	c.ends = max(8, rest())
	return c
}

func (p *conversationsPage) view(m *model, width, height int) []string {
	inside, rows := width-4, height-3
	if inside < 20 || rows < 1 {
		return nil
	}
	tail := m.st.Signs.Ellipsis
	title := "Conversations, by " + p.order.String()
	c := p.columns(inside)
	lines := []string{p.heading(m, c, inside)}
	p.rows = rows
	p.list.Clamp(len(p.count.List), rows)
	for i := p.list.Offset; i < min(len(p.count.List), p.list.Offset+rows); i++ {
		lines = append(lines, p.row(m, i, c, inside))
	}
	if !p.known {
		lines = append(lines, widget.NewLine(inside, tail).Put(m.st.Dim, "Counting"+tail).String())
	}
	right := m.label(keymap.Close) + " closes"
	if p.known {
		right = fmt.Sprintf("%s of %s, %s", plural(len(p.count.List), "conversation"), plural(int(p.count.Total.Packets), "packet"), right)
	}
	bottom := "what is stored"
	switch n := p.count.Unlisted.Packets; {
	case p.ended(m):
		bottom = "ended: another mirror is shown now"
	case n > 0:
		bottom = plural(int(n), "packet") + " of further conversations not listed"
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1, Content: lines,
		Title:  m.st.TitleFocus.Render(widget.Cut(title, inside-4, tail)),
		Right:  m.st.Dim.Render(right),
		Bottom: m.st.Text.Render(widget.Cut(bottom, inside-2, tail)),
	}
	return box.Draw(width, height)
}

func (p *conversationsPage) heading(m *model, c conversationColumns, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis).Space(1).
		Col(m.st.Dim, "VLAN", c.vlan).Space(1).Col(m.st.Dim, m.st.Say("A – B"), c.ends).Space(1).Col(m.st.Dim, "proto"[:min(5, c.protocol)], c.protocol)
	right := func(text string, w int) {
		if w > 0 {
			line.Space(1).ColRight(m.st.Dim, text, w)
		}
	}
	right("packets", c.packets)
	right("bytes", c.bytes)
	right("share", c.share)
	right("first", c.first)
	right("last", c.last)
	return line.String()
}

func (p *conversationsPage) row(m *model, i int, c conversationColumns, width int) string {
	e := &p.count.List[i]
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	if i == p.list.Cursor {
		line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
	} else {
		line.Space(1)
	}
	vlan, st := vlansText(e.VLANs), m.st.VLAN
	if vlan == "" {
		vlan, st = m.st.Signs.Dash, m.st.Dim
	}
	line.Col(st, vlan, c.vlan).Space(1)
	line.Col(m.st.Text, pairText(endText(e.A, e.APort), endText(e.B, e.BPort), m.st.Signs.Dash, c.ends, m.st.Signs.Ellipsis), c.ends).Space(1)
	line.Col(m.st.Protocol, e.Protocol.String(), c.protocol)
	right := func(text string, w int) {
		if w > 0 {
			line.Space(1).ColRight(m.st.Text, text, w)
		}
	}
	right(count(e.Packets), c.packets)
	right(byteSize(e.Bytes), c.bytes)
	if total := p.count.Total.Bytes; total > 0 {
		right(fmt.Sprintf("%.0f%%", 100*float64(e.Bytes)/float64(total)), c.share)
	}
	layout := time.TimeOnly
	if c.last > 8 {
		layout = "15:04:05.000"
	}
	right(e.First.In(m.now().Location()).Format(layout), c.first)
	right(e.Last.In(m.now().Location()).Format(layout), c.last)
	return line.String()
}

// endText is one end of a conversation, with its port if it has one.
func endText(e live.Endpoint, port uint16) string {
	if port == 0 {
		return endpoint(e.String())
	}
	return net.JoinHostPort(e.String(), strconv.Itoa(int(port)))
}
