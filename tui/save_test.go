package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/live/pcapfile"
	"ovscope/tui/tuitest"
)

// packetsIn reads a capture file.
func packetsIn(t *testing.T, path string) (n int, info pcapfile.Info) {
	t.Helper()
	r, err := pcapfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		_, err := r.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return n, r.Info()
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
}

func TestSaveWritesTheBuffer(t *testing.T) {
	u := copying(t)
	u.Pings(1, 50, tuitest.Tag(10))
	u.Wait(time.Second)
	u.Press("w")
	u.Expect("Write packets as pcapng", "ovscope-20260314-150927.pcapng", "all 50 packets in the buffer", "enter writes")
	u.Press("esc")
	u.ExpectNot("Write packets")
	path := u.Save("x.pcapng")
	u.Expect("wrote 50 packets to " + path)
	n, info := packetsIn(t, path)
	if n != 50 {
		t.Errorf("%d packets are in the file", n)
	}
	i := info.Interfaces[0]
	if want := "mirror ovscope3f9a0001 on br0: tap1 →, tap1 ← to port ovscope3f9a0001"; i.Name != "ovscope3f9a0001" || i.Description != want {
		t.Errorf("the file says %q, %q, want %q", i.Name, i.Description, want)
	}
}

func TestSaveWritesWhatTheFilterShows(t *testing.T) {
	u := copying(t)
	u.Pings(1, 30, tuitest.Tag(10))
	u.Pings(31, 20, tuitest.Tag(20))
	u.Wait(time.Second)
	u.Press("/")
	u.Type("vlan 20")
	u.Press("enter", "w")
	u.Expect("▸ 20 that the filter shows: vlan 20", "all 50 packets in the buffer")
	u.Press("esc")
	if n, info := packetsIn(t, u.Save("some.pcapng")); n != 20 || len(info.Comments) != 1 || info.Comments[0] != "filter: vlan 20" {
		t.Errorf("%d packets, %q", n, info.Comments)
	}
	path := filepath.Join(t.TempDir(), "all.pcapng")
	u.Press("w", "up", "ctrl+u")
	u.Type(path)
	u.Press("enter")
	if n, _ := packetsIn(t, path); n != 50 {
		t.Errorf("%d packets of all", n)
	}
}

func TestSaveSaysWhyItCannot(t *testing.T) {
	u := copying(t)
	u.Resize(200, 50)
	u.Press("w")
	u.Expect("w: there are no packets to write")
	u.Pings(1, 3)
	u.Wait(time.Second)

	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte("do not lose me"), 0o600); err != nil {
		t.Fatal(err)
	}
	u.Press("w", "ctrl+u")
	u.Type(text)
	u.Press("enter")
	u.Expect("There is such a file", "replace it, if it is a capture")
	u.Press("r")
	u.Expect("nothing was written", "it exists and is not a pcap or pcapng file")
	if b, _ := os.ReadFile(text); string(b) != "do not lose me" {
		t.Error("the file is lost")
	}
	for name, want := range map[string]string{"/nowhere/x.pcapng": "nothing was written: creating /nowhere/x.pcapng", "-": "standard output is this screen", "": "the file needs a name"} {
		u.Press("w", "ctrl+u")
		u.Type(name)
		u.Press("enter")
		u.Expect(want)
		u.Press("esc")
	}
	u.Pings(4, 1)
	u.Wait(time.Second)
	u.Expect("seq=4 ") // the capture goes on
}

func TestSaveAsksBeforeReplacingACapture(t *testing.T) {
	u := copying(t)
	u.Pings(1, 3)
	u.Wait(time.Second)
	path := u.Save("x.pcapng")
	u.Pings(4, 1)
	again := func(answer string) int {
		u.Press("w", "ctrl+u")
		u.Type(path)
		u.Press("enter")
		u.Expect("There is such a file")
		u.Press(answer)
		n, _ := packetsIn(t, path)
		return n
	}
	if n := again("esc"); n != 3 {
		t.Errorf("after esc it has %d packets", n)
	}
	if n := again("r"); n != 4 {
		t.Errorf("after replacing it has %d packets", n)
	}
}

func TestFullDiskIsSaidAndTheCaptureGoesOn(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	u := copying(t)
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("w", "ctrl+u")
	u.Type("/dev/full")
	u.Press("enter")
	u.Expect("nothing was written: creating /dev/full: it is a device")
}

// The store is used for the next mirror while a file is still being written.
func TestSaveNeverMixesMirrors(t *testing.T) {
	u := copying(t)
	u.Pings(1, 10)
	u.Wait(time.Second)
	u.Hold()
	path := u.Save("x.pcapng")
	u.Expect("writing " + path + ": 0 of 10 packets")
	write := u.held
	u.held = nil
	u.holding = false
	u.Select("vnet2")
	u.Press("m")
	u.Pings(100, 20)
	for _, cmd := range write {
		u.run(cmd)
	}
	u.Expect("stopped, because another mirror is captured now")
	if n, _ := packetsIn(t, path); n != 0 {
		t.Errorf("%d packets of another mirror are in the file", n)
	}
}

func TestPacketPaneLightsTheFieldsBytes(t *testing.T) {
	u := copying(t)
	u.Pings(1, 3, tuitest.Tag(10))
	u.Wait(time.Second)
	u.Press("tab", "tab", "enter")
	u.Expect("Packet 3", "▸Frame: 102 bytes", "0000  52 54 00")
	u.Press("down", "down", "down")
	u.Expect("▸  Source: 52:54:00:00:00:01", "Source: bytes 6 to 11")
	d := u.m.page.(*packetPane)
	if f := d.selected(); f.Start != 6 || f.End != 12 {
		t.Errorf("the field has bytes %d to %d", f.Start, f.End)
	}
	u.Press("[")
	u.Expect("Packet 2", "▸  Source: 52:54:00:00:00:01")
	u.Press("[", "[")
	u.Expect("Packet 1", "there is no further packet")
	u.Press("]", "right", "end")
	u.Expect("Packet 3", "▸")
	u.Press("esc")
	u.Expect("Packets, paused")
	u.ExpectRow("seq=3 ")
}

func TestPacketPaneKeepsWhatTheStoreOverwrites(t *testing.T) {
	u := copying(t, func(c *Config) { c.StoreBytes = 16 << 10 })
	u.Pings(1, 3)
	u.Wait(time.Second)
	u.Press("tab", "tab", "enter", "end")
	u.Pings(10, 2000)
	u.Wait(time.Second)
	u.Expect("Packet 3", "Sequence number: 3")
	u.Press("[")
	u.Expect("this packet has been overwritten")
}

func TestEveryPacketPaneFits(t *testing.T) {
	u := copying(t)
	u.Feed(tuitest.Ping(u.clock, 1, tuitest.Tag(1), tuitest.Tag(2), tuitest.Tag(3)))
	u.Feed(live.Frame{Time: u.clock.UnixNano(), Length: 70000, Data: make([]byte, 60000)})
	u.Feed(live.Frame{Time: u.clock.UnixNano(), Length: 3, Data: []byte{1, 2, 3}})
	u.Feed(live.Frame{Time: u.clock.UnixNano()})
	u.Wait(time.Second)
	u.Press("tab", "tab", "enter")
	for _, size := range [][2]int{{200, 50}, {120, 40}, {80, 24}, {60, 15}, {31, 9}} {
		u.Resize(size[0], size[1])
		for _, key := range []string{"[", "end", "[", "end", "[", "]", "home", "]", "]", "pgdown", "up"} {
			u.Press(key)
			u.ExpectFits()
		}
	}
}
