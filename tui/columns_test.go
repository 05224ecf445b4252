package tui

import (
	"strings"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// listening opens the screen on tap1's packets, both directions.
func listening(t *testing.T, change ...func(*Config)) *ui {
	t.Helper()
	u := start(t, change...)
	u.Select("tap1")
	u.Press("b")
	return u
}

func TestColumnsAreChosenAndOrdered(t *testing.T) {
	u := listening(t)
	u.Pings(1, 3, tuitest.Tag(10))
	u.Wait(fastTick)
	u.Expect("VLAN →← source → destination")
	u.Press("c")
	u.Expect("Columns of the packets", " 1 time", " 4 src", `columns = ["time", "vlan", "dir", "src", "dst", "proto", "info"]`)
	u.Press("space") // time goes, and the cursor with it
	u.Expect(" 1 vlan", `columns = ["vlan", "dir",`)
	u.Press("end", "space") // the last one: the length
	u.Expect(" 7 len")
	u.Press("left", "left", "left", "left", "left", "left")
	u.Expect(`columns = ["len", "vlan", "dir",`)
	u.Press("left")
	u.Expect("it cannot go further")
	u.Press("enter")
	u.Expect(" len VLAN →← source → destination")
	u.Expect(" 102 10   →  10.0.0.1 → 10.0.0.2")
	u.Press("c", "space", "esc")
	u.Expect(" len VLAN →← source") // as before
}

func TestTheLastColumnStays(t *testing.T) {
	u := listening(t, func(c *Config) { c.Columns = []string{"info"} })
	u.Pings(1, 1)
	u.Wait(fastTick)
	u.Press("c", "space")
	u.Expect("the list needs a column", `columns = ["info"]`)
}

func TestAllColumnsAtOnce(t *testing.T) {
	u := alone(t, false, func(c *Config) { c.Columns = ColumnNames() })
	u.Resize(200, 40)
	u.Pings(1, 1, tuitest.Tag(10))
	u.Wait(time.Second)
	u.Expect("  no time", "source MAC        destination MAC")
	u.Expect("   1 15:09:26.000000 10   52:54:00:00:00:01 52:54:00:00:00:02 10.0.0.1 → 10.0.0.2 ")
	for _, width := range []int{30, 60, 80, 120} { // what does not fit is cut
		u.Resize(width, 24)
		u.ExpectFits()
	}
}

// An address is cut last: times and the packet's words make room for it.
func TestAddressesAreWholeOn80Columns(t *testing.T) {
	u := listening(t)
	u.Resize(80, 24)
	u.Press("tab", "tab")
	u.Feed(tuitest.UDP(u.clock, "192.168.100.100:51234", "192.168.100.101:44300"))
	u.Wait(fastTick)
	u.Expect("192.168.100.100:51234 → 192.168.100.101:44300")
}

func TestMistakesInColumnsAndTimes(t *testing.T) {
	for _, test := range []struct {
		columns []string
		want    string
	}{
		{[]string{"time", "info"}, ""},
		{nil, "needs a column"},
		{[]string{"time", "source"}, `there is no column "source"; there are no, time, vlan,`},
		{[]string{"time", "info", "time"}, `column "time" is there twice`},
	} {
		err := CheckColumns(test.columns)
		if got := ""; err != nil && test.want == "" || err == nil && test.want != "" || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("CheckColumns(%q) = %v, want %q%s", test.columns, err, test.want, got)
		}
	}
	if err := CheckTimeFormat("relative"); err != nil {
		t.Error(err)
	}
	if err := CheckTimeFormat("delta"); err == nil || !strings.Contains(err.Error(), "absolute, relative, since-previous, since-shown") {
		t.Error(err)
	}
}

func TestTimesCountFromElsewhere(t *testing.T) {
	u := listening(t, func(c *Config) { c.TimeFormat = "relative" })
	for i, tag := range []uint16{10, 20, 10} {
		u.Feed(tuitest.Ping(u.clock.Add(time.Duration(i*i)*250*time.Millisecond), i+1, tuitest.Tag(tag)))
	}
	u.Wait(fastTick)
	u.Expect("since 1st", " 0.000000 10 ", " 0.250000 20 ", " 1.000000 10 ")
	u.Press("T")
	u.Expect("times are seconds since the packet before", "since prev", " – 10 ", " 0.250000 20 ", " 0.750000 10 ")
	u.Press("/")
	u.Type("vlan 10")
	u.Press("enter")
	u.Expect(" 0.750000 10 ") // since one that is not shown
	u.Press("T")
	u.Expect("since row", " 1.000000 10 ")
	u.Press("T")
	u.Expect("times are the time of day", "15:09:26.000 10")
}

// The times of rows that scroll out of sight count from the same packet.
func TestTimeSinceTheRowAboveTheScreen(t *testing.T) {
	u := listening(t, func(c *Config) { c.TimeFormat = "since-shown" })
	u.Pings(1, 200)
	u.Wait(fastTick)
	if n := strings.Count(u.Screen(), " 0.001000 "); n != u.m.packetRows() {
		t.Errorf("%d of %d rows are 1 ms after the one before\n%s", n, u.m.packetRows(), u.Screen())
	}
}

func reply(at time.Time, seq int) live.Frame {
	f := tuitest.Ping(at, seq)
	var b []byte
	b = append(b, f.Data[6:12]...)
	b = append(b, f.Data[:6]...)
	f.Data = append(b, f.Data[12:]...)
	return f
}

func TestDirectionsAreTheGuests(t *testing.T) {
	u := listening(t)
	u.Feed(tuitest.Ping(u.clock, 1), reply(u.clock, 2))
	stranger := tuitest.Ping(u.clock, 3)
	stranger.Data[11] = 9
	u.Feed(stranger)
	u.Wait(fastTick)
	for seq, sign := range map[string]string{"seq=1": " –    →  10.0.0.1", "seq=2": " –     ← 10.0.0.1", "seq=3": " –       10.0.0.1"} {
		if row := u.Row(seq); !strings.Contains(row, sign) {
			t.Errorf("want %q in %q", sign, row)
		}
	}
	u.Expect("→ from guest (select_src_port)")
}

// A mirror that has only ever copied one direction says it of every packet; one
// that has not says what the addresses say.
func TestDirectionsOfAOneWayMirror(t *testing.T) {
	u := start(t)
	u.Select("tap2") // its guest's address is not known
	u.Press("i")
	u.Feed(tuitest.Ping(u.clock, 1))
	u.Wait(fastTick)
	u.Expect(" –     ← 10.0.0.1")
	u.Press("e")
	u.ExpectNot(" –     ← 10.0.0.1")
	u.Press("i") // only → from now on, but older rows are not
	u.ExpectNot("→  10.0.0.1")
}

func TestSharedOutputsTellNoDirection(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		m, other := s.Mirror("span0"), s.Mirror("ovn-m1")
		m.Ingress = nil
		other.OutputPort = m.OutputPort
	})
	u.Select("vnet1")
	u.Press("m")
	u.Pings(1, 1)
	u.Wait(fastTick)
	u.Expect("Mirror span0")
	u.ExpectNot("VLAN →← source")
}

func TestASCIIDirections(t *testing.T) {
	u := listening(t, func(c *Config) { c.ASCII = true })
	u.Feed(tuitest.Ping(u.clock, 1), reply(u.clock, 2))
	u.Wait(fastTick)
	u.Expect("VLAN <> source ->", " -    -> 10.0.0.1", " -    <- 10.0.0.1")
}
