package capture

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"ovscope/live"
)

// needRoot skips a test that cannot run as this user; with OVSCOPE_TEST_ALL=1,
// where nothing may be skipped, it fails instead.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	const why = "needs root: makes a network namespace with a veth pair"
	if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// inNamespace moves the test into a fresh network namespace, which goes away
// with the test's thread and the sockets made in it. Subtests run on other
// threads, so outside of it.
func inNamespace(t *testing.T) {
	t.Helper()
	needRoot(t)
	runtime.LockOSThread() // and never unlock: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("making a network namespace: %v", err)
	}
	// The host's own IPv6 chatter would mix with our frames (F24).
	for _, which := range []string{"all", "default"} {
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0)
	}
}

// veth makes the pair guest and host, up, and returns the guest's index.
func veth(t *testing.T, mtu int) int {
	t.Helper()
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "guest", MTU: mtu}, PeerName: "host"}
	if err := netlink.LinkAdd(pair); err != nil {
		t.Fatalf("making a veth pair: %v", err)
	}
	setUp(t, "host", true)
	setUp(t, "guest", true)
	return index(t, "guest")
}

func link(t *testing.T, name string) netlink.Link {
	t.Helper()
	l, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatalf("looking up %s: %v", name, err)
	}
	return l
}

func index(t *testing.T, name string) int { return link(t, name).Attrs().Index }

func setUp(t *testing.T, name string, up bool) {
	t.Helper()
	set := netlink.LinkSetUp
	if !up {
		set = netlink.LinkSetDown
	}
	if err := set(link(t, name)); err != nil {
		t.Fatalf("setting %s up=%v: %v", name, up, err)
	}
}

// sender returns a function that sends frames as they are out of an interface.
func sender(t *testing.T, ifindex int) func(frames ...[]byte) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("opening a socket to send: %v", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<20)
	return func(frames ...[]byte) {
		t.Helper()
		for _, frame := range frames {
			if err := unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: ifindex}); err != nil {
				t.Fatalf("sending %d bytes: %v", len(frame), err)
			}
		}
	}
}

// started opens a capture and runs it into a store until the test ends.
func started(t *testing.T, c Config) (*Handle, *live.Store) {
	t.Helper()
	h, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	store := live.NewStore(4 << 20)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- h.Run(ctx, store) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-result:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Run does not end when it is cancelled")
		}
		if err := h.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return h, store
}

// eventually waits until what is asked for is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}

// packets waits for n packets and returns all there are.
func packets(t *testing.T, s *live.Store, n int) []live.Packet {
	t.Helper()
	eventually(t, "enough packets", func() bool {
		_, next := s.Range()
		return next >= uint64(n)
	})
	var all []live.Packet
	first, next := s.Range()
	for seq := first; seq < next; seq++ {
		if p, ok := s.Read(seq, nil); ok {
			all = append(all, p)
		}
	}
	return all
}
