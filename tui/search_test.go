package tui

import (
	"strings"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/tui/tuitest"
)

// underCursor fails unless the row under the cursor has a text.
func (u *ui) underCursor(text string) {
	u.Helper()
	for _, l := range strings.Split(u.Screen(), "\n") {
		if i := strings.LastIndex(l, "▸"); i >= 0 && strings.Contains(l[i:], text) {
			return
		}
	}
	u.Fatalf("%q is not under the cursor:\n%s", text, u.Screen())
}

func (u *ui) find(text string) {
	u.Helper()
	u.Press("f", "ctrl+u")
	u.Type(text)
	u.Press("enter")
}

func TestTextIsFoundInTheWholeStore(t *testing.T) {
	u := listening(t, func(c *Config) { c.StoreBytes = 16 << 20 })
	u.Pings(1, 20_000)
	u.Feed(tuitest.UDP(u.clock, "10.0.0.9:53", "10.0.0.2:9"))
	u.Pings(20_001, 20_000)
	u.Feed(tuitest.UDP(u.clock, "10.0.0.9:54", "10.0.0.2:9"))
	u.Pings(40_001, 100)
	u.Wait(fastTick)
	u.Press("tab", "tab", "f")
	u.Expect("find", "a text in what the list shows")
	u.Type("10.0.0.9")
	u.Press("enter") // who follows the newest looks back
	u.underCursor("10.0.0.9:54")
	u.Expect("packet 40,002; > next, < previous")
	u.Press("<")
	u.underCursor("10.0.0.9:53")
	u.Press("<")
	u.Expect(`no "10.0.0.9" further up: 20,000 packets looked at`)
	u.Press(">")
	u.underCursor("10.0.0.9:54")
	u.Press(">")
	u.Expect(`no "10.0.0.9" further down: 100 packets looked at`)
}

// The first hit of a text may be on either side of the cursor.
func TestSearchGoesAround(t *testing.T) {
	u := listening(t)
	u.Pings(1, 100)
	u.Wait(fastTick)
	u.Press("tab", "tab", "end", "space")
	u.find("SEQ=7 ")
	u.underCursor("seq=7 ")
	u.find("seq=90 ")
	u.underCursor("seq=90 ")
	u.find("seq=90 ") // where the cursor is counts
	u.underCursor("seq=90 ")
	u.find("nowhere")
	u.Expect(`no "nowhere" further`)
	u.underCursor("seq=90 ")
}

func TestSearchLooksIntoBytesAndKeepsToTheFilter(t *testing.T) {
	u := listening(t)
	hello := func(vlan uint16) {
		f := tuitest.Ping(u.clock, 1, tuitest.Tag(vlan))
		copy(f.Data[len(f.Data)-20:], "xxPassWord: secret")
		u.Feed(f)
	}
	u.Pings(1, 10, tuitest.Tag(10))
	hello(10)
	hello(20)
	u.Pings(11, 10, tuitest.Tag(10))
	u.Wait(fastTick)
	u.Press("tab", "tab")
	u.find("password")
	u.Expect("packet 12 has it in its bytes")
	u.Press("/")
	u.Type("vlan 10")
	u.Press("enter", "end")
	u.find("password")
	u.Expect("packet 11 has it in its bytes")
	u.Press(">")
	u.Expect(`no "password" further down`)
}

func TestSearchCanBeStopped(t *testing.T) {
	u := listening(t)
	u.Pings(1, 100)
	u.Wait(fastTick)
	u.Press("tab", "tab", ">")
	u.Expect("nothing was looked for yet")
	u.Hold()
	u.find("seq=3 ")
	u.Press("esc")
	u.Expect("stopped looking for seq=3")
	u.Release()
	u.ExpectNot("packet 3;")
}

func TestSearchWithoutOpenVSwitch(t *testing.T) {
	u := alone(t, true)
	u.Pings(1, 50)
	u.End(nil)
	u.find("seq=33 ")
	u.underCursor("seq=33 ")
}

func TestContainsFold(t *testing.T) {
	for _, test := range []struct {
		in, text string
		want     bool
	}{
		{"abcHELLOxyz", "hello", true},
		{"hellohell", "lohell", true},
		{"HhhHello", "hello", true},
		{"hell", "hello", false},
		{"", "x", false},
		{"x", "x", true},
		{"1.2", ".2", true},
		{"XX", "y", false},
		{"hHhh", "hhhh", true},
	} {
		if got := containsFold([]byte(test.in), test.text); got != test.want {
			t.Errorf("%q in %q: %v", test.text, test.in, got)
		}
	}
}

func TestFiltersAreSuggestedByAPacket(t *testing.T) {
	u := listening(t)
	for i := range 3 {
		u.Feed(tuitest.UDP(u.clock, "10.0.0.1:1000", "10.0.0.2:53"))
		u.Pings(i, 1, tuitest.Tag(10))
		u.Feed(tuitest.UDP(u.clock, "10.0.0.7:1000", "10.0.0.2:53"))
	}
	u.Wait(time.Second)
	u.Press("F")
	u.Expect("Filters from packet 9", "this conversation", "udp and host 10.0.0.2 and host 10.0.0.7 and port 53 and port 1000 and not vlan",
		"this host, the sender        host 10.0.0.7", "not this host, the sender    not host 10.0.0.7", "net 10.0.0.0/24", "port 53")
	u.Press("down", "enter")
	u.Expect("filter host 10.0.0.7", "3 of 9 match")

	// Narrower: what is in force stays.
	u.Press("F", "down", "down")
	u.Expect("and host 10.0.0.7, the filter in force")
	u.Press("/")
	u.Expect("filter host 10.0.0.7 and host 10.0.0.2", "valid")
	u.Press("esc", "F", "space", "down", "down", "enter") // instead
	if f := u.m.packets.filter.String(); f != "host 10.0.0.2" {
		t.Errorf("the filter is %q", f)
	}
	u.Expect("9 of 9 match")
}

// In this language a vlan shifts what is to its right: what is joined must still
// find the packet.
func TestSuggestionsJoinVLANsInTheRightOrder(t *testing.T) {
	u := listening(t)
	u.Pings(1, 3, tuitest.Tag(10))
	u.Pings(4, 3, tuitest.Tag(20))
	u.Wait(time.Second)
	u.Press("/")
	u.Type("host 10.0.0.1")
	u.Press("enter", "F")
	for range 20 {
		if strings.Contains(u.Row("│ ▸"), "this VLAN ") {
			break
		}
		u.Press("down")
	}
	u.Press("enter")
	if f := u.m.packets.filter.String(); f != "vlan 20 and host 10.0.0.1" {
		t.Errorf("the filter is %q", f)
	}
	u.Expect("3 of 6 match")
}

// Each suggestion finds its packet, or hides it, whatever the packet.
func TestSuggestionsDoWhatTheySay(t *testing.T) {
	at := time.Unix(0, 0)
	frames := []live.Frame{
		tuitest.Ping(at, 1), tuitest.Ping(at, 1, tuitest.Tag(10)), tuitest.Ping(at, 1, live.Tag{TPID: 0x88a8, TCI: 100}, tuitest.Tag(10)),
		tuitest.UDP(at, "10.0.0.1:1", "10.0.0.1:1"), tuitest.UDP(at, "[2001:db8::1]:5353", "[ff02::fb]:5353"),
		{Data: []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc}},
		{Data: []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6}},
		{Data: []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 3, 0x42, 0x42, 3}},
		{Data: []byte{2, 0, 0}},
		{},
	}
	s := live.NewStore(1 << 20)
	for i, f := range frames {
		s.Add(f)
		p, _ := s.Read(uint64(i), nil)
		list := suggestions(&p)
		if len(f.Data) >= 14 && len(list) < 6 {
			t.Errorf("frame %d: only %v", i, list)
		}
		if len(f.Data) < 12 && len(list) != 0 {
			t.Errorf("frame %d: %v", i, list)
		}
	}
}
