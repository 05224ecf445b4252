package tui

import (
	"strings"
	"testing"
	"time"

	"ovscope/tui/tuitest"
	"ovscope/tui/widget"
)

// talk lets UDP packets arrive: 30 with VLAN 10 from 10.0.0.7, 10 with VLAN 20 from
// 10.0.0.9, and one without tag.
func (u *ui) talk() {
	for i := range 41 {
		f := tuitest.UDP(u.clock, "10.0.0.7:1000", "10.0.0.1:53")
		tag := tuitest.Tag(10)
		if i >= 30 {
			f, tag = tuitest.UDP(u.clock, "10.0.0.9:1000", "10.0.0.1:53"), tuitest.Tag(20)
		}
		if i < 40 {
			f.Tag, f.HasTag = tag, true
			f.Length += 4
		}
		u.Feed(f)
	}
}

func TestMirrorPaneSaysOfWhatTheCopiesAre(t *testing.T) {
	u := copying(t)
	u.ExpectIn("VLAN  ", "–")
	u.ExpectIn("talkers", "–")
	u.talk()
	u.Wait(time.Second)
	u.ExpectIn("VLAN  ", "10         73%", "20         24%", "no tag      2%")
	u.ExpectIn("protocol", "UDP       100%")
	u.ExpectIn("talkers", "10.0.0.7", "73%", "████████ ")
	u.ExpectIn("10.0.0.9  ", "27%", "███")
	u.ExpectIn("bits  ", "kbit/s")
	u.ExpectIn("seen here", "41 pkt")
}

// The last minute is told beside all once it differs from it.
func TestLastMinuteIsToldLater(t *testing.T) {
	u := copying(t)
	u.talk()
	u.Wait(5 * time.Second)
	u.ExpectNot("last minute")
	for range 10 {
		u.talk()
		u.Wait(time.Second)
	}
	u.ExpectIn("seen here", "451 pkt", "last minute 31/s 11.4 kbit/s")
}

func TestLargeTerminalsShowTablesOfShares(t *testing.T) {
	u := copying(t)
	u.Resize(200, 50)
	u.talk()
	u.Wait(time.Second)
	u.Expect("conversations", "talkers", "protocol")
	u.ExpectIn("10.0.0.1:53 – 10.0.0.7:1000 UDP", "73%")
	u.ExpectFits()
}

func TestSharesThatDoNotFitAreCounted(t *testing.T) {
	u := copying(t)
	for vid := range uint16(9) {
		u.Pings(1, 20-int(vid), tuitest.Tag(100+vid))
	}
	u.Wait(time.Second)
	u.ExpectIn("VLAN  ", "100  ", "101  ", "+6")
	u.ExpectFits()
}

// What is beside a number stays where it is when the number grows.
func TestMirrorPaneDoesNotJump(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 50}} {
		u := copying(t, func(c *Config) { c.StoreBytes = 16 << 20 })
		u.Resize(size[0], size[1])
		if size[0] == 60 {
			u.Press("tab")
		}
		u.Pings(1, 3, tuitest.Tag(10))
		u.Wait(2 * time.Second)
		at := func() map[string]int {
			places := map[string]int{}
			for row, texts := range map[string][]string{"seen here": {" pkt "}, "from guest": {"tap1"}, "lost": {"nothing"}, "output  ": {"port"}} {
				for _, text := range texts {
					before, _, found := strings.Cut(u.Row(row), text)
					if !found {
						t.Fatalf("%dx%d: no %q in %q", size[0], size[1], text, u.Row(row))
					}
					places[row] = widget.Width(before)
				}
			}
			for i, line := range strings.Split(u.Screen(), "\n") {
				for _, label := range []string{"seen here", "lost  ", "output  ", "VLAN  ", "protocol", "talkers"} {
					if strings.Contains(line, label) {
						places["line of "+label] = i
					}
				}
			}
			return places
		}
		before := at()
		for range 30 {
			u.Pings(1, 3000, tuitest.Tag(10))
			u.Pings(1, 100)
			u.Wait(fastTick)
		}
		u.Wait(time.Second)
		u.ExpectIn("seen here", "93,003 pkt")
		for what, place := range at() {
			if place != before[what] {
				t.Errorf("%dx%d: %s moved from %d to %d:\n%s", size[0], size[1], what, before[what], place, u.Screen())
			}
		}
	}
}

func TestFilesHaveSharesButNoRates(t *testing.T) {
	u := alone(t, true)
	u.talk()
	u.End(nil)
	u.Wait(2 * time.Second)
	u.ExpectIn("VLAN  ", "10 ", "73%")
	u.ExpectIn("talkers", "10.0.0.7", "73%")
	u.ExpectNot("bit/s", "last minute")
}

// A mirror whose copies cannot be seen here has no shares of another's.
func TestSharesAreThoseOfTheMirror(t *testing.T) {
	u := copying(t)
	u.talk()
	u.Wait(time.Second)
	u.ExpectIn("talkers", "10.0.0.7")

	u.Select("vnet1")
	u.ExpectNot("10.0.0.7  ")
	u.ExpectIn("talkers", "–")
}
