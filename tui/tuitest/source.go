package tuitest

import (
	"context"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"ovscope/live"
)

// Source is a live.Source that is fed by hand.
type Source struct {
	// KernelDrops and Freezes are what Drops answers.
	KernelDrops, Freezes uint64

	started chan struct{}
	broken  chan error
	once    sync.Once
	into    *live.Store

	mu     sync.Mutex
	closed bool
}

// NewSource returns a source that has nothing to deliver yet.
func NewSource() *Source {
	return &Source{started: make(chan struct{}), broken: make(chan error, 1)}
}

// Run keeps the store for Feed until ctx is done or Break is called.
func (s *Source) Run(ctx context.Context, into *live.Store) error {
	s.once.Do(func() {
		s.into = into
		close(s.started)
	})
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.broken:
		return err
	}
}

// Feed puts frames into the store that the source was started with.
func (s *Source) Feed(frames ...live.Frame) {
	<-s.started
	for _, f := range frames {
		s.into.Add(f)
	}
}

// Break ends Run with an error.
func (s *Source) Break(err error) { s.broken <- err }

// Drops returns what was set.
func (s *Source) Drops() (packets, freezes uint64) { return s.KernelDrops, s.Freezes }

// Close notes that it was called.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// Closed reports whether Close was called.
func (s *Source) Closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Ping is an ICMP echo request from 10.0.0.1 to 10.0.0.2 with the given tags,
// outermost first, and sequence number.
func Ping(at time.Time, seq int, tags ...live.Tag) live.Frame {
	b := []byte{0x52, 0x54, 0, 0, 0, 2, 0x52, 0x54, 0, 0, 0, 1}
	for _, t := range tags {
		b = binary.BigEndian.AppendUint16(b, t.TPID)
		b = binary.BigEndian.AppendUint16(b, t.TCI)
	}
	b = append(b, 0x08, 0x00)
	ip := []byte{0x45, 0, 0, 84, 0, 1, 0x40, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
	sum := uint32(0)
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum+sum>>16))
	b = append(b, ip...)
	b = append(b, 8, 0, 0, 0, 0x12, 0x34)
	b = binary.BigEndian.AppendUint16(b, uint16(seq))
	b = append(b, make([]byte, 56)...)
	return live.Frame{Time: at.UnixNano(), Length: len(b), Data: b, Direction: live.Incoming}
}

// Tag is an 802.1Q tag with a VID.
func Tag(vid uint16) live.Tag { return live.Tag{TPID: 0x8100, TCI: vid} }

// UDP is an empty datagram between two addresses with ports, from the guest of Ping.
func UDP(at time.Time, from, to string) live.Frame {
	src, dst := netip.MustParseAddrPort(from), netip.MustParseAddrPort(to)
	b := []byte{0x52, 0x54, 0, 0, 0, 2, 0x52, 0x54, 0, 0, 0, 1}
	if src.Addr().Is4() {
		b = append(b, 0x08, 0x00, 0x45, 0, 0, 28, 0, 1, 0x40, 0, 64, 17, 0, 0)
	} else {
		b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 8, 17, 64)
	}
	b = append(b, src.Addr().AsSlice()...)
	b = append(b, dst.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, src.Port())
	b = binary.BigEndian.AppendUint16(b, dst.Port())
	b = append(b, 0, 8, 0, 0)
	return live.Frame{Time: at.UnixNano(), Length: len(b), Data: b, Direction: live.Incoming}
}
