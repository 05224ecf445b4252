package cli

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/live/decode"
	"ovscope/live/filter"
	"ovscope/ovs/lab"
)

// Readers decode and filter what a capture is writing, in a store so small that
// it is overwritten all the time. The race detector watches in make test.
func TestDecodingAndFilteringWhileCapturing(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	if err := l.SendFrames("tap3", 200*time.Microsecond, func(n int) []byte {
		return lab.EchoRequest(net.HardwareAddr{2, 0, 0, 0, 0, 3}, net.HardwareAddr{2, 0, 0, 0, 0, 6}, []lab.Tag{{TPID: 0x8100, VID: 20}},
			netip.MustParseAddr("192.0.2.3"), netip.MustParseAddr("192.0.2.6"), 1, uint16(n))
	}); err != nil {
		t.Fatal(err)
	}
	source, err := capture.Open(capture.Config{Interface: "tap3"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	store := live.NewStore(4 << 10)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	wanted, err := filter.Parse("vlan 20 and icmp")
	if err != nil {
		t.Fatal(err)
	}

	var readers sync.WaitGroup
	matches := make([]int, 3)
	for i := range matches {
		readers.Go(func() {
			for next := uint64(0); ctx.Err() == nil; {
				_, end := store.Range()
				next = store.Scan(next, end, func(p live.Packet) bool {
					if wanted.Match(p.Data, p.Length) {
						matches[i]++
						_ = decode.Summarize(p.Data, p.Length)
						_ = decode.Tree(p.Data, p.Length)
					}
					return true
				})
			}
		})
	}
	if err := source.Run(ctx, store); err != nil {
		t.Error(err)
	}
	readers.Wait()
	if c := store.Counters(); c.Overwritten == 0 || matches[0] == 0 {
		t.Errorf("nothing to race about: %+v, matches %v", c, matches)
	}
}
