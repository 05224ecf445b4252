package tui

import (
	"testing"

	"ovscope/tui/tuitest"
)

func TestTheListStaysAboveAnOpenedPacket(t *testing.T) {
	u := listening(t)
	u.Pings(1, 100, tuitest.Tag(10))
	u.Wait(fastTick)
	u.Press("tab", "tab", "enter")
	u.Expect("Packets, paused", "▸ Packet 100, ", "▸15:09:26.099000 10", "0000  52 54 00 00 00 02", "source → destination", "Destination: 52:54:00:00:00:02")
	u.Press("down", "down") // in the fields
	u.Expect("▸  Destination: 52:54:00:00:00:02", "Destination: bytes 0 to 5", "▸ Packet 100, ")

	u.Press("tab", "up", "up") // in the list
	u.Expect("▸ Packets, paused", "Packet 98, ", "▸15:09:26.097000 10", "Destination: bytes 0 to 5")
	u.Press("home")
	u.Expect("Packet 1, ", "▸15:09:26.000000 10")
	u.Press("pgdown")
	u.Expect("Packet 9, ", "▸15:09:26.008000 10")
	u.Press("end")
	u.Expect("Packet 100, ")
	u.Press("end")
	u.Expect("there is no further packet")
	u.Press("x")
	u.Expect("1 marked")
	u.Press("tab", "home", "]")
	u.Expect("there is no further packet")
	u.Press("[")
	u.Expect("▸ Packet 99, ", "tab the list")
	u.Press("esc")
	u.Expect("▸ Packets, paused", "Mirror ovscope3f9a0001")
	u.ExpectNot("Packet 99, ")
}

// The list scrolls only when the cursor leaves it, however high the pane below is.
func TestTheSplitListStandsStillWhileTheCursorMoves(t *testing.T) {
	u := listening(t)
	u.Pings(1, 100)
	u.Wait(fastTick)
	u.Press("tab", "tab", "enter", "tab")
	top := u.m.packets.visible[0]
	for range len(u.m.packets.visible) - 1 {
		u.Press("up")
		if got := u.m.packets.visible[0]; got != top {
			t.Fatalf("the list begins with packet %d, before with %d", got+1, top+1)
		}
	}
	u.Press("up")
	if got := u.m.packets.visible[0]; got != top-1 {
		t.Errorf("the list begins with packet %d, before with %d", got+1, top+1)
	}
}

// Where there is no room for both, the packet has it all, and tab does nothing.
func TestSmallTerminalsShowThePacketAlone(t *testing.T) {
	u := listening(t)
	u.Resize(80, 24)
	u.Pings(1, 10)
	u.Wait(fastTick)
	u.Press("tab", "tab", "enter")
	u.Expect("Packet 10, ", "Frame: 98 bytes")
	u.ExpectNot("source → destination", "tab the list")
	u.Press("tab", "down")
	u.Expect("▸Ethernet")
	for _, size := range [][2]int{{120, 40}, {39, 40}, {80, 31}, {80, 30}, {200, 50}, {30, 8}} {
		u.Resize(size[0], size[1])
		u.ExpectFits()
	}
}

// A hit shows in the opened packet, too.
func TestSearchMovesTheOpenedPacket(t *testing.T) {
	u := listening(t)
	u.Pings(1, 50)
	u.Wait(fastTick)
	u.Press("tab", "tab")
	u.find("seq=1")
	u.Press("enter", "<")
	u.Expect("▸ Packet 18, ")
}
