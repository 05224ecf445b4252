package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"ovscope/live"
)

const testEtherType = 0x88b5 // for local experiments (IEEE 802)

// frame builds a frame of size bytes with the tags given as TPID, TCI, TPID, TCI …
func frame(size int, tags ...uint16) []byte {
	f := []byte{0x02, 0, 0, 0, 0, 0x0b, 0x02, 0, 0, 0, 0, 0x0a}
	for _, v := range append(tags, testEtherType) {
		f = binary.BigEndian.AppendUint16(f, v)
	}
	for i := len(f); i < size; i++ {
		f = append(f, byte(i*7))
	}
	return f
}

func TestTagsAreRebuiltExactly(t *testing.T) {
	inNamespace(t)
	guest := veth(t, 1500)
	send := sender(t, guest)
	tests := []struct {
		name string
		data []byte
	}{
		{"untagged", frame(60)},
		{"802.1Q", frame(64, 0x8100, 10)},
		{"priority tag", frame(64, 0x8100, 0x6000)},
		{"priority tag with TCI 0", frame(64, 0x8100, 0)},
		{"PCP, DEI and VID all ones", frame(64, 0x8100, 0xffff)},
		{"DEI alone", frame(64, 0x8100, 0x1000)},
		{"802.1ad", frame(64, 0x88a8, 100)},
		{"802.1ad with TCI 0", frame(64, 0x88a8, 0)},
		{"QinQ", frame(68, 0x88a8, 100, 0x8100, 20)},
		{"QinQ with TCI 0 twice", frame(68, 0x8100, 0, 0x8100, 0)},
		{"0x9100", frame(68, 0x9100, 7, 0x8100, 20)},
		{"triple", frame(72, 0x88a8, 100, 0x8100, 200, 0x8100, 300)},
		{"full size with a tag", frame(1518, 0x8100, 4094)},
	}
	for _, side := range []struct {
		name      string
		direction live.Direction
	}{{"host", live.Incoming}, {"guest", live.Outgoing}} {
		_, store := started(t, Config{Interface: side.name})
		before := time.Now()
		for _, test := range tests {
			send(test.data)
		}
		got := packets(t, store, len(tests))
		if len(got) != len(tests) {
			t.Fatalf("on %s: %d packets, want %d", side.name, len(got), len(tests))
		}
		for i, test := range tests {
			p := got[i]
			if !bytes.Equal(p.Data, test.data) || p.Length != len(test.data) {
				t.Errorf("on %s: %s: got %d bytes\n%x, want %d\n%x", side.name, test.name,
					p.Length, p.Data[:24], len(test.data), test.data[:24])
			}
			if p.Direction != side.direction {
				t.Errorf("on %s: %s: direction is %v", side.name, test.name, p.Direction)
			}
			if p.Time.Before(before.Add(-time.Second)) || p.Time.After(time.Now().Add(time.Second)) {
				t.Errorf("on %s: %s: time is %v", side.name, test.name, p.Time)
			}
		}
	}
}

func TestOnlyTheWantedDirectionIsCaptured(t *testing.T) {
	inNamespace(t)
	fromGuest, fromHost := sender(t, veth(t, 1500)), sender(t, index(t, "host"))
	for _, direction := range []live.Direction{live.DirectionUnknown, live.Incoming, live.Outgoing} {
		_, store := started(t, Config{Interface: "host", Direction: direction})
		for range 5 {
			fromGuest(frame(60), frame(64, 0x8100, 10))
			fromHost(frame(61), frame(65, 0x8100, 10))
		}
		// Frames pass in order, so after the last wanted one all unwanted ones are past.
		want := 10
		if direction == live.DirectionUnknown {
			want = 20
		}
		got := packets(t, store, want)
		if len(got) != want {
			t.Errorf("direction %v: %d packets, want %d", direction, len(got), want)
		}
		for _, p := range got {
			is := live.Incoming
			if p.Length%2 == 1 {
				is = live.Outgoing
			}
			if p.Direction != is || (direction != live.DirectionUnknown && is != direction) {
				t.Errorf("direction %v: a frame of %d bytes is %v", direction, p.Length, p.Direction)
			}
		}
	}
}

func TestSuperFramesAndSnapLength(t *testing.T) {
	inNamespace(t)
	send := sender(t, veth(t, 65535))
	_, whole := started(t, Config{Interface: "host"})
	_, cut := started(t, Config{Interface: "host", SnapLen: 100})
	sent := [][]byte{frame(60000), frame(65000, 0x8100, 10), frame(100, 0x8100, 1), frame(99), frame(101)}
	send(sent...)
	for i, p := range packets(t, whole, len(sent)) {
		if !bytes.Equal(p.Data, sent[i]) || p.Length != len(sent[i]) {
			t.Errorf("frame of %d bytes: got %d of %d", len(sent[i]), len(p.Data), p.Length)
		}
	}
	for i, p := range packets(t, cut, len(sent)) {
		if want := sent[i][:min(100, len(sent[i]))]; !bytes.Equal(p.Data, want) || p.Length != len(sent[i]) {
			t.Errorf("frame of %d bytes cut to 100: got %d of %d", len(sent[i]), len(p.Data), p.Length)
		}
	}
}

func TestCaptureResumesWhenTheInterfaceComesBack(t *testing.T) {
	inNamespace(t)
	send := sender(t, veth(t, 1500))
	var changes, gone atomic.Int32
	h, store := started(t, Config{Interface: "host", Direction: live.Incoming, OnState: func(s State) {
		changes.Add(1)
		if s.Phase == Gone {
			gone.Add(1)
		}
	}})
	is := func(phase Phase) func() bool { return func() bool { return h.State().Phase == phase } }

	send(frame(60))
	packets(t, store, 1)

	setUp(t, "host", false)
	eventually(t, "host is down", is(Down))
	setUp(t, "host", true)
	eventually(t, "host is up", is(Running))
	send(frame(64, 0x8100, 0))
	packets(t, store, 2)

	for round := range 3 {
		if err := netlink.LinkDel(link(t, "host")); err != nil {
			t.Fatal(err)
		}
		eventually(t, "host is gone", is(Gone))
		send = sender(t, veth(t, 1500))
		eventually(t, "host is back", is(Running))
		send(frame(70, 0x8100, uint16(round)))
		sender(t, index(t, "host"))(frame(99)) // the wrong way: still filtered
		send(frame(71))
		got := packets(t, store, 4+2*round)
		if p := got[len(got)-2]; !bytes.Equal(p.Data, frame(70, 0x8100, uint16(round))) {
			t.Errorf("round %d: got %x", round, p.Data)
		}
		if p := got[len(got)-1]; p.Length != 71 {
			t.Errorf("round %d: got a frame of %d bytes, want 71", round, p.Length)
		}
	}
	if n := gone.Load(); n != 3 {
		t.Errorf("it was told %d times that the interface is gone, want 3", n)
	}
	// A device that has just been made is down for a moment, which may be seen.
	if n := changes.Load(); n < 8 || n > 8+3 {
		t.Errorf("%d changes of state were told, want 8, and 3 more at most", n)
	}

	// Replaced so fast that it was never seen to be gone.
	if err := netlink.LinkDel(link(t, "host")); err != nil {
		t.Fatal(err)
	}
	_, before := store.Range()
	send = sender(t, veth(t, 1500))
	eventually(t, "frames of the new interface", func() bool {
		send(frame(60))
		_, next := store.Range()
		return next > before
	})
}

func TestCaptureOfAnInterfaceThatIsDown(t *testing.T) {
	inNamespace(t)
	send := sender(t, veth(t, 1500))
	setUp(t, "host", false)
	h, store := started(t, Config{Interface: "host"})
	eventually(t, "down is told", func() bool { return h.State().Phase == Down })
	setUp(t, "host", true)
	eventually(t, "up is told", func() bool { return h.State().Phase == Running })
	send(frame(60))
	packets(t, store, 1)
}

func TestLossesAreCounted(t *testing.T) {
	inNamespace(t)
	send := sender(t, veth(t, 65535))
	h, err := Open(Config{Interface: "host", RingBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	const sent = 200 // of 60 KB, into 4 MiB
	for range sent {
		send(frame(60000))
	}
	drops, freezes := h.Drops()
	if drops == 0 || freezes == 0 {
		t.Errorf("a ring of 4 MiB lost %d of %d frames in %d freezes", drops, sent, freezes)
	}
	if again, _ := h.Drops(); again != drops {
		t.Errorf("drops went from %d to %d", drops, again)
	}
	store := live.NewStore(0)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error)
	go func() { result <- h.Run(ctx, store) }()
	packets(t, store, sent-int(drops))
	for range 10 {
		send(frame(60))
	}
	packets(t, store, sent-int(drops)+10)
	if got := store.Counters().Packets; got != sent+10-drops {
		t.Errorf("%d packets and %d drops of %d", got, drops, sent+10)
	}
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
	if err := h.Run(context.Background(), store); err == nil {
		t.Error("Run ran twice")
	}
	for range 2 {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	if again, _ := h.Drops(); again != drops {
		t.Errorf("drops went from %d to %d when closed", drops, again)
	}
}

func TestCloseEndsRun(t *testing.T) {
	inNamespace(t)
	veth(t, 1500)
	h, err := Open(Config{Interface: "host"})
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- h.Run(context.Background(), live.NewStore(0)) }()
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := <-result; err != nil && !bytes.Contains([]byte(err.Error()), []byte("closed")) {
		t.Error(err)
	}
	if err := h.Run(context.Background(), live.NewStore(0)); err == nil {
		t.Error("Run ran on a closed capture")
	}
}

func TestLoopbackIsCaptured(t *testing.T) {
	inNamespace(t)
	setUp(t, "lo", true)
	_, store := started(t, Config{Interface: "lo"})
	sender(t, index(t, "lo"))(frame(60))
	if got := packets(t, store, 2); len(got) != 2 { // once each way
		t.Errorf("%d packets, want 2", len(got))
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for _, name := range []string{"", "a-name-of-16-byte", "sixteen-bytes-xx"} {
		if _, err := Open(Config{Interface: name}); !errors.Is(err, ErrName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	inNamespace(t)
	if _, err := Open(Config{Interface: "fifteen-bytes-x"}); !errors.Is(err, ErrNoInterface) {
		t.Errorf("no interface: %v", err)
	}
	if _, err := Open(Config{Interface: tun(t)}); !errors.Is(err, ErrNotEthernet) {
		t.Errorf("no Ethernet: %v", err)
	}

	// Last: the thread never gets its capabilities back.
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Interface: "lo"}); !errors.Is(err, ErrPermission) {
		t.Errorf("without capabilities: %v", err)
	}
}

// tun makes an interface that carries bare IP packets.
func tun(t *testing.T) string {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("needs /dev/net/tun: %v", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	request, err := unix.NewIfreq("tun0")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		t.Fatal(err)
	}
	return request.Name()
}
