package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live/filter"
	"ovscope/tui/tuitest"
)

// Type presses the keys of a text.
func (u *ui) Type(text string) {
	for _, r := range text {
		u.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func copying(t testing.TB, change ...func(*Config)) *ui {
	u := start(t, change...)
	u.Select("tap1")
	u.Press("b")
	return u
}

func TestFilterShowsOnlyWhatMatches(t *testing.T) {
	u := copying(t)
	u.Pings(1, 5, tuitest.Tag(10))
	u.Pings(6, 5, tuitest.Tag(20))
	u.Wait(time.Second)
	u.Press("/")
	u.Type("vlan 20")
	u.Expect("filter vlan 20", "valid", "seq=1 ", "Packets, following ")
	u.Press("enter")
	u.Expect("Packets, following, filter vlan 20", "5 of 10 match", "seq=6 ", "seq=10 ")
	u.ExpectNot("seq=1 ", "seq=5 ", "valid")

	u.Pings(11, 1, tuitest.Tag(10))
	u.Pings(12, 1, tuitest.Tag(20))
	u.Wait(time.Second)
	u.Expect("6 of 12 match", "seq=12 ")
	u.ExpectNot("seq=11 ")

	u.Press("/", "ctrl+u", "enter") // an empty one shows all
	u.Expect("seq=11 ", "seq=1 ", "12 so far")
	u.ExpectNot("filter vlan")
}

func TestWrongFilterKeepsTheOldOne(t *testing.T) {
	u := copying(t)
	u.Pings(1, 2, tuitest.Tag(10))
	u.Wait(time.Second)
	u.Press("/")
	u.Type("icmp")
	u.Press("enter", "/", "ctrl+u")
	u.Type("vlan 10 adn icmp")
	u.Expect("^ column 9: expected")
	u.Press("enter")
	u.Expect("the filter is not changed: column 9", "filter icmp", "filter vlan 10 adn icmp")
	u.Press("esc")
	u.Expect("Packets, following, filter icmp", "2 of 2 match")
	u.ExpectNot("adn", "column 9:")
}

func TestLettersAreTypedAndNotActed(t *testing.T) {
	u := copying(t)
	u.Press("/")
	u.Type("quit?emb")
	u.Press("space")
	u.Expect("filter quit?emb")
	if u.quit || len(u.sw.Applied()) != 1 {
		t.Error("a letter did something")
	}
	u.Press("ctrl+w", "ctrl+u")
	u.Send(tea.PasteMsg{Content: "icmp\n\x1b[2J"})
	u.Press("left", "backspace", "home", "delete", "f1")
	u.Expect("nothing happens on f1 here", "type a filter; enter applies, esc cancels")
	u.Press("ctrl+c")
	if !u.quit {
		t.Error("^c does not quit")
	}
}

func TestFilterHistory(t *testing.T) {
	u := copying(t)
	for _, f := range []string{"icmp", "vlan 10", "icmp"} {
		u.Press("/", "ctrl+u")
		u.Type(f)
		u.Press("enter")
	}
	u.Press("/", "ctrl+u")
	u.Type("tcp")
	u.Press("up")
	u.Expect("filter icmp ")
	u.Press("up")
	u.Expect("filter vlan 10 ")
	u.Press("up")
	u.Expect("filter vlan 10 ")
	u.Press("down", "down")
	u.Expect("filter tcp ")
}

func TestNothingMatchesIsSaid(t *testing.T) {
	u := copying(t)
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("/")
	u.Type("tcp port 80")
	u.Press("enter")
	u.Expect("None of 3 packets matches the filter tcp port 80.", "0 of 3 match")
	u.Press("enter")
	u.Expect("enter: there are no packets")
}

func TestFilteredListPausesAndScrolls(t *testing.T) {
	u := copying(t)
	u.Resize(80, 24)
	for i := range 100 {
		u.Pings(i, 1, tuitest.Tag(uint16(10+i%2)))
	}
	u.Wait(time.Second)
	u.Press("/")
	u.Type("vlan 11")
	u.Press("enter", "g")
	u.ExpectRow("seq=1 ")
	u.Press("down", "down")
	u.ExpectRow("seq=5 ")
	u.Press("pgdown")
	u.ExpectRow("seq=19 ")
	u.Press("]", "[", "[")
	u.ExpectRow("seq=17 ")
	u.Pings(101, 1, tuitest.Tag(11))
	u.Wait(time.Second)
	u.Expect("1 came since", "51 of 101 match")
	u.ExpectRow("seq=17 ")
	u.Press("/", "ctrl+u", "enter") // the cursor stays on its packet
	u.ExpectRow("seq=17 ")
	u.Press("up", "/")
	u.Type("vlan 11")
	u.Press("enter") // seq=16 is not listed any more: the next one is
	u.ExpectRow("seq=17 ")
	u.Press("G")
	u.ExpectRow("seq=101 ")
}

func TestFilterFollowsAnotherMirror(t *testing.T) {
	u := copying(t)
	u.Pings(1, 3)
	u.Press("/")
	u.Type("icmp")
	u.Press("enter")
	u.Press("tab")
	u.Select("vnet2")
	u.Press("m")
	u.Expect("Packets, filter icmp")
	u.Pings(7, 1)
	u.Wait(time.Second)
	u.Expect("1 of 1 match", "seq=7 ")
}

func TestFilterIndexStaysBounded(t *testing.T) {
	u := copying(t, func(c *Config) { c.StoreBytes = 256 << 10 })
	u.Press("/")
	u.Type("icmp")
	u.Press("enter")
	for i := range 40 {
		u.Pings(i*1000, 1000)
		u.Wait(fastTick)
		if i == 5 {
			u.Press("space") // rows on screen are kept, what follows them is not
		}
	}
	u.ExpectFits()
	first, next := u.m.tap.store().Range()
	x := u.m.packets.matches
	if x.total > int(next-first)+3*matchBlock {
		t.Errorf("%d numbers are kept of %d packets", x.total, next-first)
	}
	u.Press("space")
	u.ExpectRow("seq=39999 ")
	u.Expect(fmt.Sprintf("%s of %s match", count(next-first), count(next-first)))
}

func TestMatchesList(t *testing.T) {
	x := &matches{low: 50000, high: 50000}
	every := func(from, to, step uint64) (list []uint64) {
		for ; from < to; from++ {
			if from%step == 0 {
				list = append(list, from)
			}
		}
		return list
	}
	x.scanned(40000, 50000, every(40000, 50000, 3))
	x.scanned(50000, 60000, every(50000, 60000, 3))
	x.scanned(10000, 40000, every(10000, 40000, 3))
	want := every(10000, 60000, 3)
	if x.total != len(want) {
		t.Fatalf("%d listed, want %d", x.total, len(want))
	}
	for i := 0; i < len(want); i += 7 {
		if x.at(i) != want[i] || x.rank(want[i]) != i || x.rank(want[i]+1) != i+1 {
			t.Fatalf("number %d is %d, want %d", i, x.at(i), want[i])
		}
	}
	for _, c := range []struct {
		got, want []uint64
	}{
		{x.newest(2), want[len(want)-2:]},
		{x.from(0, 3), want[:3]},
		{x.from(39999, 3), []uint64{39999, 40002, 40005}},
		{x.from(59999, 3), nil},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	for _, c := range []struct {
		from  uint64
		delta int
		want  uint64
	}{{10002, 1, 10005}, {10003, 0, 10005}, {10003, -1, 10002}, {0, -farAway, 10002}, {0, farAway, 59997}, {1 << 63, 0, 59997}} {
		if got, ok := x.step(c.from, c.delta); !ok || got != c.want {
			t.Errorf("%d rows from %d is %d, want %d", c.delta, c.from, got, c.want)
		}
	}
	x.forget(45000, 10000, 10010)
	x.oldest = 45000
	if got, _ := x.step(0, 0); got != 45000 {
		t.Errorf("the first row is %d", got)
	}
}

// A new filter on a full ring of 64 MiB (DESIGN: ≤ 100 ms for the whole).
func BenchmarkFilterFullRing(b *testing.B) {
	u := copying(b, func(c *Config) { c.StoreBytes = 64 << 20 })
	u.Pings(0, 700_000, tuitest.Tag(10))
	for _, text := range []string{"vlan 10", "tcp port 80 or vlan 11", "host 10.0.0.1 and icmp[6:2] = 65535"} {
		b.Run(text, func(b *testing.B) {
			f, err := filter.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				u.run(u.m.applyFilter(f))
			}
			first, next := u.m.tap.store().Range()
			if x := u.m.packets.matches; x.low > first || x.high != next {
				b.Fatalf("looked at %d to %d of %d to %d", x.low, x.high, first, next)
			}
			b.ReportMetric(float64(next-first), "packets")
		})
	}
}

// Opening the statistics on a full ring of 64 MiB: the capture has counted already.
func BenchmarkStatisticsFullRing(b *testing.B) {
	u := copying(b, func(c *Config) { c.StoreBytes = 64 << 20 })
	u.Pings(0, 700_000, tuitest.Tag(10))
	for b.Loop() {
		u.Press("t", "t")
	}
}
