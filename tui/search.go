package tui

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/live/decode"
	"ovscope/live/filter"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// search looks for a text in the packets of the list, one way from the cursor to
// the next hit. It keeps nothing but where it is: commands look at some packets
// each, and going on is looking again.
type search struct {
	text       string
	generation int
	back       bool   // towards the older ones
	at         uint64 // the next packet to look at; if back, one after it
	looked     uint64 // packets looked at
	busy       bool
	// around is set for the first hit of a text: having come to the end, it goes on
	// from the other one to where it began.
	around bool
	began  uint64
}

// searchTime is how long one command looks, so that a key does not wait for it.
const searchTime = 20 * time.Millisecond

// askSearch asks for the text.
func (m *model) askSearch() {
	p := &linePrompt{
		label: "find",
		check: func(text string) (string, error) {
			switch {
			case text == "":
				return "a text in what the list shows, or in the packets' bytes", nil
			case strings.TrimSpace(text) == "":
				return "", errors.New("only blanks; they are nearly everywhere")
			}
			return fmt.Sprintf("enter finds it; then %s the next, %s the one before", m.label(keymap.NextHit), m.label(keymap.PrevHit)), nil
		},
		enter: func(text string) tea.Cmd {
			if text == "" {
				m.packets.search = nil
				return nil
			}
			p, s := &m.packets, m.tap.store()
			if s == nil {
				return nil
			}
			// From what is on screen on; who follows the newest looks at what was.
			back := !p.paused
			p.pause(s, m.packetRows())
			at := p.cursor
			if back {
				at++
			}
			p.search = &search{text: text, back: back, at: at, began: at, around: true}
			return m.look()
		},
	}
	if x := m.packets.search; x != nil {
		p.input.Set(x.text)
	}
	m.askLine(p)
}

// nextHit goes to the next hit, or the one before.
func (m *model) nextHit(back bool) tea.Cmd {
	p, s := &m.packets, m.tap.store()
	p.pause(s, m.packetRows())
	cursor, ok := p.selected(s)
	if !ok {
		return nil
	}
	if !back {
		cursor++
	}
	p.search = &search{text: p.search.text, back: back, at: cursor}
	return m.look()
}

// foundMsg is how far a search has come.
type foundMsg struct {
	generation int
	at         uint64 // where to go on
	looked     uint64
	hit        uint64
	found      bool
	inBytes    bool // not in what the list shows
	ended      bool // there are no more that way
}

// look goes on with the search, in a command.
func (m *model) look() tea.Cmd {
	m.scans++
	x, s := m.packets.search, m.tap.store()
	x.busy, x.generation = true, m.scans
	from, back, generation := x.at, x.back, x.generation
	l := looker{store: s, filter: m.packets.filter, text: strings.ToLower(x.text)}
	return func() tea.Msg {
		msg := l.look(from, back)
		msg.generation = generation
		return msg
	}
}

func (m *model) onFound(msg foundMsg) tea.Cmd {
	p, s := &m.packets, m.tap.store()
	x := p.search
	if x == nil || s == nil || x.generation != msg.generation || !x.busy {
		return nil
	}
	x.at, x.looked, x.busy = msg.at, x.looked+msg.looked, false
	_, next := s.Range()
	switch {
	case msg.found && p.show(msg.hit, s, m.packetRows()):
		where := ""
		if msg.inBytes {
			where = " has it in its bytes"
		}
		m.say(fmt.Sprintf("packet %s%s; %s next, %s previous", count(msg.hit+1), where, m.label(keymap.NextHit), m.label(keymap.PrevHit)))
		m.followPage()
	case !msg.ended:
		return m.look()
	case x.around && x.back:
		x.around, x.back, x.at = false, false, x.began
		return m.look()
	case x.around:
		x.around, x.back, x.at = false, true, min(x.began, next)
		return m.look()
	case x.back:
		m.say(fmt.Sprintf("no %q further up: %s looked at", x.text, plural(int(x.looked), "packet")))
	default:
		m.say(fmt.Sprintf("no %q further down: %s looked at", x.text, plural(int(x.looked), "packet")))
	}
	return nil
}

// cancelSearch ends a search that has not found anything yet; false if there is none.
func (m *model) cancelSearch() bool {
	x := m.packets.search
	if x == nil || !x.busy {
		return false
	}
	x.busy = false
	m.say("stopped looking for " + x.text)
	return true
}

// searching says how far the search is, "" when there is none under way.
func (m *model) searching() string {
	x := m.packets.search
	if x == nil || !x.busy || x.looked == 0 {
		return ""
	}
	return "looking for " + x.text + ", " + plural(int(x.looked), "packet") + " so far"
}

// looker looks for a text in packets, beside the screen.
type looker struct {
	store  *live.Store
	filter *filter.Filter // nil for all
	text   string         // in lower case
}

// look looks at packets from a number on, or before it, for a while.
func (l *looker) look(from uint64, back bool) foundMsg {
	first, next := l.store.Range()
	deadline := time.Now().Add(searchTime)
	msg := foundMsg{at: min(max(from, first), next)}
	const step = 256
	for !msg.found {
		a, b := msg.at, min(next, msg.at+step)
		if back {
			a, b = max(first, msg.at-min(msg.at, step)), msg.at
		}
		if a >= b {
			msg.ended = true
			return msg
		}
		l.store.Scan(a, b, func(p live.Packet) bool {
			msg.looked++
			if l.filter != nil && !l.filter.Match(p.Data, p.Length) {
				return true
			}
			inRow, inBytes := l.match(&p)
			if inRow || inBytes {
				msg.hit, msg.found, msg.inBytes = p.Seq, true, !inRow
			}
			return back || !msg.found // the last of them is the nearest one
		})
		msg.at = b
		if back {
			msg.at = a
		}
		if time.Now().After(deadline) {
			break
		}
	}
	return msg
}

// leastInBytes is how long a text must be to be looked for in bytes: shorter ones
// are there by chance.
const leastInBytes = 4

func (l *looker) match(p *live.Packet) (inRow, inBytes bool) {
	line := decode.Summarize(p.Data, p.Length)
	for _, text := range []string{
		line.Info, line.Protocol, endpoint(line.Source()), endpoint(line.Destination()), line.EthSrc, line.EthDst, vlanStack(line.VLANs),
	} {
		if strings.Contains(strings.ToLower(text), l.text) {
			return true, false
		}
	}
	return false, len(l.text) >= leastInBytes && containsFold(p.Data, l.text)
}

// containsFold looks for a text in lower case among bytes, whatever their case.
func containsFold(b []byte, text string) bool {
	for len(b) >= len(text) {
		i := indexFold(b[:len(b)-len(text)+1], text[0])
		if i < 0 {
			return false
		}
		if strings.EqualFold(string(b[i:i+len(text)]), text) {
			return true
		}
		b = b[i+1:]
	}
	return false
}

// indexFold finds a byte, whatever its case if it is a letter in lower case.
func indexFold(b []byte, c byte) int {
	i := bytes.IndexByte(b, c)
	if c < 'a' || c > 'z' {
		return i
	}
	if i >= 0 {
		b = b[:i]
	}
	if j := bytes.IndexByte(b, c-('a'-'A')); j >= 0 {
		return j
	}
	return i
}

// putLit draws a text that fits, with what is looked for lit.
func (m *model) putLit(line *widget.Line, st style.Style, text string, width int) {
	x := m.packets.search
	text = widget.Fit(text, min(width, line.Left()), m.st.Signs.Ellipsis)
	if x == nil {
		line.Put(st, text)
		return
	}
	lower, want := strings.ToLower(text), strings.ToLower(x.text)
	i := strings.Index(lower, want)
	if i < 0 || len(lower) != len(text) {
		line.Put(st, text)
		return
	}
	line.Put(st, text[:i]).Put(m.st.Lit, text[i:i+len(want)]).Put(st, text[i+len(want):])
}
