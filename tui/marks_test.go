package tui

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

func TestMarksStayWhileTheListMoves(t *testing.T) {
	u := listening(t)
	u.Pings(1, 100, tuitest.Tag(10))
	u.Wait(fastTick)
	u.Press("x") // the newest, and the list is paused
	u.Expect("Packets, paused", "1 marked")
	if row := u.Row("seq=100 "); !strings.Contains(row, "▸*15:09:26.099") {
		t.Errorf("the row is %q", row)
	}
	u.Press("tab", "tab", "up", "up", "x", "up")
	u.Expect("2 marked", " *15:09:26.097")
	u.Press("home")
	u.ExpectNot("*15:09:26.097")
	u.Press("end")
	u.Expect("*15:09:26.097", "2 marked")
	u.Press("up", "up", "x") // no longer
	u.Expect("1 marked")
	u.ExpectNot("*15:09:26.097")
}

func TestMarksGoWithTheirPackets(t *testing.T) {
	u := listening(t, func(c *Config) { c.StoreBytes = 64 << 10 })
	u.Pings(1, 10)
	u.Wait(fastTick)
	u.Press("x")
	u.Expect("1 marked")
	u.Pings(11, 5000)
	u.Wait(time.Second)
	u.ExpectNot("marked")
	u.Press("x")
	u.Expect("this packet has been overwritten")
}

func TestSaveWritesWhatIsMarked(t *testing.T) {
	u := listening(t)
	u.Pings(1, 50)
	u.Wait(fastTick)
	u.Press("tab", "tab", "x", "up", "up", "x", "w", "down")
	u.Expect("▸ 2 that are marked", "all 50 packets in the buffer", "↑↓ choose")
	u.ExpectNot("that the filter shows")
	path := filepath.Join(t.TempDir(), "marked.pcapng")
	u.Press("ctrl+u")
	u.Type(path)
	u.Press("enter")
	u.Expect("wrote 2 packets to " + path)
	if n, info := packetsIn(t, path); n != 2 || len(info.Comments) != 1 || info.Comments[0] != "packets that were marked" {
		t.Errorf("%d packets, %q", n, info.Comments)
	}
}

func TestJumpToANumberAndToATime(t *testing.T) {
	u := listening(t, func(c *Config) { c.Columns = []string{"no", "time", "info"} })
	for i := range 500 {
		u.Feed(tuitest.Ping(u.clock.Add(time.Duration(i)*time.Second), i+1))
	}
	u.clock = u.clock.Add(500 * time.Second)
	u.Wait(fastTick)
	jump := func(to string) {
		t.Helper()
		u.Press("J", "ctrl+u")
		u.Type(to)
		u.Press("enter")
	}
	cursor := func(want string) {
		t.Helper()
		if row := u.Row("▸"); !strings.Contains(u.Screen(), "▸"+want) {
			t.Errorf("%q is not under the cursor\n%s\n%s", want, row, u.Screen())
		}
	}
	u.Press("J")
	u.Expect("jump to", "a packet's number, a time as 15:04:05")
	u.Type("17x")
	u.Expect("expected a number, 15:04:05")
	u.Press("enter")
	u.Expect("jump to") // still there
	u.Press("esc")
	u.ExpectNot("jump to")

	jump("123")
	cursor("123 15:11:28.000")
	u.Expect("Packets, paused", "packet 123")
	jump("1,000")
	u.Expect("packets have the numbers 1 to 500")
	u.Press("esc")
	jump("15:10:00.5")
	cursor(" 36 15:10:01.000")
	jump("2026-03-14 15:12")
	cursor("155 15:12:00.000")
	jump("10s")
	cursor(" 11 15:09:36.000")
	jump("16:00")
	cursor("500 15:17:45.000")
	u.Expect("the last packet came before 2026-03-14 16:00:00.000")
}

func TestJumpToTheEveningBefore(t *testing.T) {
	u := listening(t)
	midnight := time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)
	for i := range 100 {
		u.Feed(tuitest.Ping(midnight.Add(time.Duration(i-50)*time.Minute), i+1))
	}
	u.Wait(fastTick)
	u.Press("J")
	u.Type("23:30")
	u.Press("enter")
	u.Expect("▸23:30:00.000", "the first packet from 2026-03-14 23:30")
}

// What a filter hides cannot be jumped to: the next one on the list is.
func TestJumpInAFilteredList(t *testing.T) {
	u := listening(t, func(c *Config) { c.Columns = []string{"no", "vlan"} })
	for i := range 100 {
		u.Pings(i, 1, tuitest.Tag(uint16(10+i%10)))
	}
	u.Wait(fastTick)
	u.Press("/")
	u.Type("vlan 15")
	u.Press("enter", "J")
	u.Type("50")
	u.Press("enter")
	u.Expect("▸ 56 15")
}

func TestJumpToWhatIsOverwritten(t *testing.T) {
	u := listening(t, func(c *Config) { c.StoreBytes = 64 << 10 })
	u.Pings(1, 5000)
	u.Wait(fastTick)
	u.Press("J")
	u.Type("3")
	u.Press("enter")
	u.Expect("packet 3 has been overwritten; the oldest is ")
}

// An opened packet outlives the capture that it is from: what is done with the list
// then says that there is none.
func TestOpenedPacketOutlivesItsCapture(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("tab", "tab", "enter")
	u.Expect("Packet 3")
	u.openErr = errors.New("operation not permitted")
	u.Edit(func(s *ovs.Snapshot) { // somebody puts another mirror in our mirror's place
		b := s.BridgeByName("br0")
		m := *b.Mirrors[0]
		m.UUID, m.Name, m.Owner = "other", "other", ovs.Owner{}
		b.Mirrors = []*ovs.Mirror{&m}
	})
	u.Press("x")
	u.Expect("there is no packet to mark")
	u.Press("w")
	u.Expect("there are no packets to write")
	u.Press("up", "esc")
}
