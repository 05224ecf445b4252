package tui

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/live/filter"
	"ovscope/tui/tuitest"
)

func talks(u *ui) {
	for i := range 5 {
		u.Feed(tuitest.UDP(u.clock.Add(time.Duration(i)*time.Second), "10.0.0.1:1000", "10.0.0.2:53"))
	}
	u.Pings(1, 2, tuitest.Tag(10))
	u.Feed(tuitest.UDP(u.clock.Add(9*time.Second), "[2001:db8::1]:5353", "[2001:db8::2]:5353"))
	u.clock = u.clock.Add(10 * time.Second)
	u.Wait(fastTick)
}

func TestConversationsAreCountedSortedAndChosen(t *testing.T) {
	u := listening(t)
	talks(u)
	u.Press("C")
	u.Expect("Conversations, by bytes", "3 conversations of 8 packets", "share")
	order := func(first, second string) {
		t.Helper()
		screen := u.Screen()
		if a, b := strings.Index(screen, first), strings.Index(screen, second); a < 0 || b < a {
			t.Errorf("%q does not come before %q:\n%s", first, second, screen)
		}
	}
	order("10.0.0.1:1000 – 10.0.0.2:53", "10.0.0.1 – 10.0.0.2 ")
	for _, part := range []string{"UDP", "    5 ", "44%", "15:09:26.000", "15:09:30.000"} {
		if row := u.Row("10.0.0.1:1000"); !strings.Contains(row, part) {
			t.Errorf("no %q in %q", part, row)
		}
	}
	u.Press("s", "s")
	u.Expect("by last packet")
	order("[2001:db8::1]:5353", "10.0.0.1:1000")
	u.Press("down", "left", "left", "left") // the cursor stays on its conversation
	u.Expect("by protocol")
	if row := u.Row("▸"); !strings.Contains(u.Screen(), "▸–    10.0.0.1:1000") {
		t.Errorf("the cursor is on %q\n%s", row, u.Screen())
	}
	u.Press("enter")
	u.Expect("5 of 8 match")
	if f := u.m.packets.filter.String(); f != "udp and host 10.0.0.1 and host 10.0.0.2 and port 1000 and port 53 and not vlan" {
		t.Error(f)
	}
}

func TestConversationsAreRefreshed(t *testing.T) {
	u := listening(t)
	talks(u)
	u.Press("C")
	u.Pings(3, 4, tuitest.Tag(10))
	u.Wait(500 * time.Millisecond)
	u.Expect("3 conversations of 8 packets")
	u.Wait(time.Second)
	u.Expect("3 conversations of 12 packets")
	u.Press("esc")
	u.ExpectNot("Conversations, by")
}

func TestConversationsOfAnotherMirrorEnd(t *testing.T) {
	u := listening(t)
	talks(u)
	u.Hold()
	u.Press("C")
	u.Expect("Counting")
	u.Release()
	u.Expect("3 conversations")
}

// Whatever is chosen, its filter shows exactly its packets.
func TestConversationFiltersFindTheirPackets(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(of ...byte) byte { return of[random.IntN(len(of))] }
	s := live.NewStore(4 << 20)
	for range 4000 {
		b := []byte{2, 0, 0, 0, 0, pick(1, 2), 2, 0, 0, 0, 0, pick(1, 2)}
		for range random.IntN(3) {
			b = append(b, pick(0x81, 0x88), 0, 0, pick(10, 20))
			if b[len(b)-4] == 0x88 {
				b[len(b)-3] = 0xa8
			}
		}
		addresses := func(n int) {
			for range 2 {
				a := make([]byte, n)
				a[0], a[n-1] = 10, pick(1, 2)
				b = append(b, a...)
			}
		}
		protocol := pick(1, 6, 17, 47, 58, 132)
		switch random.IntN(5) {
		case 0:
			b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 8, protocol, 64)
			addresses(16)
		case 1:
			b = append(b, 8, 6, 0, 1)
		case 2:
			b = append(b, 0, 20, 0x42, 0x42, 3)
		case 3:
			b = append(b, 0x88, 0xcc)
		default:
			b = append(b, 8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, protocol, 0, 0)
			addresses(4)
		}
		b = append(b, 0, pick(7, 8, 9), 0, pick(7, 8, 9), 0, 8, 0, 0)
		s.Add(live.Frame{Length: len(b), Data: b})
	}
	c := s.Conversations(0, 4000, 10000, nil)
	if len(c.List) < 200 {
		t.Fatalf("only %d conversations", len(c.List))
	}
	for _, e := range c.List {
		text := conversationFilter(e.Conversation, e.VLANs)
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		n, all := uint64(0), 0
		s.Scan(0, 4000, func(p live.Packet) bool {
			own, vlans, _ := p.Conversation()
			match := f.Match(p.Data, p.Length)
			if own == e.Conversation && vlans == e.VLANs {
				if match {
					n++
				}
			} else if match && !alike(own, e.Conversation) {
				all++
			}
			return true
		})
		if n != e.Packets || all > 0 {
			t.Errorf("%q finds %d of the %d packets of %+v, and %d others", text, n, e.Packets, e, all)
		}
	}
}

// alike conversations differ only in which end has which port, or in tags beyond
// the second; a filter as people write it finds both.
func alike(a, b live.Conversation) bool {
	return a.A == b.A && a.B == b.B && a.Protocol == b.Protocol && a.APort == b.BPort && a.BPort == b.APort
}
