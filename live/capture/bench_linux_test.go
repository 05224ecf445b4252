package capture

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"ovscope/live"
)

// BenchmarkCapture reports the CPU time that reading and storing a packet takes
// in the capturing thread, at the rate that one sender reaches on a veth pair.
func BenchmarkCapture(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("needs root: makes a network namespace with a veth pair")
	}
	for _, test := range []struct {
		name  string
		frame []byte
	}{
		{"64 untagged", frame(64)},
		{"64 tagged", frame(64, 0x8100, 10)},
		{"64 QinQ", frame(64, 0x88a8, 100, 0x8100, 10)},
		{"512 tagged", frame(512, 0x8100, 10)},
		{"1500 tagged", frame(1500, 0x8100, 10)},
	} {
		b.Run(test.name, func(b *testing.B) { benchmarkCapture(b, test.frame) })
	}
}

func benchmarkCapture(b *testing.B, frame []byte) {
	runtime.LockOSThread() // for good: the thread is in the namespace
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		b.Fatal(err)
	}
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "guest", MTU: 2000}, PeerName: "host"}
	if err := netlink.LinkAdd(pair); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"guest", "host"} {
		l, err := netlink.LinkByName(name)
		if err == nil {
			err = netlink.LinkSetUp(l)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	h, err := Open(Config{Interface: "host", Direction: live.Incoming})
	if err != nil {
		b.Fatal(err)
	}
	store := live.NewStore(0)
	ctx, cancel := context.WithCancel(context.Background())
	used := make(chan time.Duration)
	go func() {
		runtime.LockOSThread()
		before := threadTime()
		if err := h.Run(ctx, store); err != nil {
			b.Error(err)
		}
		used <- threadTime() - before
	}()

	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: pair.Attrs().Index}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if _, err := unix.Write(fd, frame); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(2 * retireMillis * time.Millisecond)
	b.StopTimer()
	drops, _ := h.Drops()
	cancel()
	cpu := <-used
	if err := h.Close(); err != nil {
		b.Fatal(err)
	}
	packets := store.Counters().Packets
	b.ReportMetric(0, "ns/op") // the sender's
	b.ReportMetric(float64(cpu)/float64(max(packets, 1)), "cpu-ns/packet")
	b.ReportMetric(float64(packets)/b.Elapsed().Seconds()/1000, "kpps")
	b.ReportMetric(float64(drops), "drops")
	if testing.Verbose() {
		fmt.Fprintf(os.Stderr, "%d packets, %d drops\n", packets, drops)
	}
}

// XX
// threadTime is the CPU time that the calling thread has used.
func threadTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
