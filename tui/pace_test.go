package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// However fast Open vSwitch and packets change the screen, it is drawn ten times a
// second at most, but for keys, which are answered at once.
func TestAtMostTenFramesASecondByThemselves(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 1)
	u.Wait(time.Second) // nobody waits for the first packet any more

	type timer struct {
		at  time.Time
		msg tea.Msg
	}
	var timers []timer
	u.m.clock.after = func(d time.Duration, msg tea.Msg) tea.Cmd {
		timers = append(timers, timer{u.clock.Add(d), msg})
		return nil
	}
	draws := 0
	send := func(msg tea.Msg) {
		_, cmd := u.m.Update(msg)
		if u.m.redraw {
			draws++
			u.m.View()
		}
		u.run(cmd)
	}
	send(tickMsg{u.m.ticks})
	draws = 0
	for ms := range 3000 {
		u.clock = u.clock.Add(time.Millisecond)
		due := timers
		timers = nil
		for _, x := range due {
			if x.at.After(u.clock) {
				timers = append(timers, x)
				continue
			}
			send(x.msg)
		}
		switch {
		case ms%5 == 0: // as often as the client makes a snapshot of what it hears
			u.sw.Edit(func(s *ovs.Snapshot) { s.Hostname = fmt.Sprintf("hv%d", ms) })
			send(snapshotMsg{u.sw.Snapshot()})
		case ms%7 == 0:
			u.Feed(tuitest.Ping(u.clock, ms))
		}
	}
	if draws < 20 || draws > 31 {
		t.Errorf("%d frames in three seconds", draws)
	}
	draws = 0
	for range 5 {
		send(keyPress("tab"))
	}
	if draws != 5 {
		t.Errorf("%d frames for 5 keys", draws)
	}
}
