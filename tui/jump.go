package tui

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
)

// askJump asks for a packet's number or time.
func (m *model) askJump() {
	m.askLine(&linePrompt{
		label: "jump to",
		check: func(text string) (string, error) {
			if text == "" {
				return "a packet's number, a time as 15:04:05 or 2006-01-02 15:04:05, or 2.5s after the first", nil
			}
			_, note, err := m.jumpTarget(text)
			return note, err
		},
		enter: m.jump,
	})
}

// jump moves the cursor to where the text says.
func (m *model) jump(text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	seq, note, err := m.jumpTarget(text)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	if !m.packets.show(seq, m.tap.store(), m.packetRows()) {
		m.say("there are no packets on the list")
		return nil
	}
	m.say(note)
	return nil
}

// show pauses the list with the cursor on a packet, or on the first one listed
// after it, in the middle of the screen if it was not there.
func (p *packetsPane) show(seq uint64, s *live.Store, height int) bool {
	p.pause(s, height)
	l := p.list(s)
	at, ok := l.step(seq, 0)
	if !ok {
		return false
	}
	p.cursor = at
	if n := len(p.visible); n == 0 || at < p.visible[0] || at > p.visible[n-1] {
		p.top, _ = l.step(at, -height/2)
	}
	return true
}

// jumpTarget is the packet that a text names, and that in words.
func (m *model) jumpTarget(text string) (seq uint64, note string, err error) {
	s := m.tap.store()
	if s == nil {
		return 0, "", errors.New("there are no packets")
	}
	first, next := s.Range()
	if first >= next {
		return 0, "", errors.New("there are no packets")
	}
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseUint(strings.ReplaceAll(text, ",", ""), 10, 64); err == nil {
		switch {
		case n == 0 || n > next:
			return 0, "", fmt.Errorf("packets have the numbers %s to %s", count(first+1), count(next))
		case n <= first:
			return first, fmt.Sprintf("packet %s has been overwritten; the oldest is %s", count(n), count(first+1)), nil
		}
		return n - 1, "packet " + count(n), nil
	}
	at, err := m.jumpTime(text, s, first, next)
	if err != nil {
		return 0, "", err
	}
	seq, late := atTime(s, at, first, next)
	shown := at.In(m.now().Location()).Format("2006-01-02 15:04:05.000")
	switch {
	case late:
		return seq, "the last packet came before " + shown, nil
	case seq == first && first > 0 && timeAt(s, first).After(at):
		return seq, "packets of " + shown + " have been overwritten; this is the oldest", nil
	}
	return seq, "the first packet from " + shown + " on", nil
}

// jumpTime is the moment that a text names.
func (m *model) jumpTime(text string, s *live.Store, first, next uint64) (time.Time, error) {
	if d, ok := strings.CutSuffix(text, "s"); ok {
		if seconds, err := strconv.ParseFloat(strings.TrimSpace(d), 64); err == nil && seconds >= 0 && seconds < 1e9 {
			return m.packets.origin.Add(time.Duration(seconds * float64(time.Second))), nil
		}
	}
	local := m.now().Location()
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, local); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		t, err := time.ParseInLocation(layout, text, local)
		if err != nil {
			continue
		}
		newest := timeAt(s, next-1).In(local)
		y, month, d := newest.Date()
		at := time.Date(y, month, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), local)
		if before := at.AddDate(0, 0, -1); at.After(newest) && !before.Before(timeAt(s, first)) {
			at = before // the evening before
		}
		return at, nil
	}
	return time.Time{}, errors.New("expected a number, 15:04:05, 2006-01-02 15:04:05 or 2.5s")
}

// atTime is the first packet that came at a time or later; the last one, and true,
// if all came before. Packets are in the order of their times, but for files that
// somebody put together.
func atTime(s *live.Store, at time.Time, first, next uint64) (seq uint64, late bool) {
	n := sort.Search(int(next-first), func(i int) bool {
		t := timeAt(s, first+uint64(i))
		return !t.IsZero() && !t.Before(at)
	})
	if n == int(next-first) {
		return next - 1, true
	}
	return first + uint64(n), false
}
