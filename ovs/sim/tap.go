package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// A tap keeps this many frames and bytes for a reader that is late.
	tapFrames = 1 << 15
	tapBytes  = 8 << 20
)

// ErrClosed is what a tap's reader gets when the tap or the switch was closed.
var ErrClosed = errors.New("the tap is closed")

// Frame is a frame that passed a tap, tags in place.
type Frame struct {
	Time int64 // nanoseconds since the Unix epoch
	// Data is only borrowed: the next call of Next overwrites it.
	Data     []byte
	Outgoing bool
}

// Tap sees the frames that pass a network device in one direction.
type Tap struct {
	s        *Switch
	iface    string
	outgoing bool
	ready    chan struct{} // holds a token when there is something to read

	mu      sync.Mutex
	filling batch
	reading batch // belongs to the reader
	drops   uint64
	err     error
	frames  []Frame // what Next returned last, for its memory
}

// batch is frames one behind the other.
type batch struct {
	bytes  []byte
	frames []mark
}

type mark struct {
	time int64
	end  int // in bytes
}

// Tap opens the named device, as a capture on a Linux host would: incoming
// frames are those that the host receives from it, outgoing those that it sends
// there (F22). Patch ports and tunnels are no devices (F23).
func (s *Switch) Tap(name string, outgoing bool) (*Tap, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	i := s.net.ifaces[name]
	if i == nil || i.kind != "" && i.kind != "internal" {
		return nil, fmt.Errorf("opening network interface %s: %w", name, unix.ENODEV)
	}
	t := &Tap{s: s, iface: name, outgoing: outgoing, ready: make(chan struct{}, 1)}
	s.taps[name] = append(s.taps[name], t)
	i.attach(t)
	return t, nil
}

// Next waits for frames and returns all there are. It returns ctx's error when
// that is done first, ErrClosed after Close, and ENETDOWN when the device has gone.
func (t *Tap) Next(ctx context.Context) ([]Frame, error) {
	for {
		t.mu.Lock()
		if len(t.filling.frames) > 0 {
			frames := t.swap()
			t.mu.Unlock()
			return frames, nil
		}
		err := t.err
		t.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-t.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Drops is how many frames were lost because nobody read in time.
func (t *Tap) Drops() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.drops
}

// Close ends the tap; its reader gets ErrClosed. It may be called more than once.
func (t *Tap) Close() error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.detach(t, ErrClosed)
	return nil
}

func (t *Tap) swap() []Frame {
	t.filling, t.reading = t.reading, t.filling
	t.filling.bytes, t.filling.frames = t.filling.bytes[:0], t.filling.frames[:0]
	t.frames = t.frames[:0]
	start := 0
	for _, m := range t.reading.frames {
		t.frames = append(t.frames, Frame{Time: m.time, Data: t.reading.bytes[start:m.end], Outgoing: t.outgoing})
		start = m.end
	}
	return t.frames
}

func (t *Tap) push(now time.Time, p *packet, limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.filling.frames) >= tapFrames || len(t.filling.bytes)+p.length() > tapBytes {
		t.drops++
		return
	}
	t.filling.bytes = p.appendTo(t.filling.bytes, limit)
	t.filling.frames = append(t.filling.frames, mark{now.UnixNano(), len(t.filling.bytes)})
	t.wake()
}

func (t *Tap) wake() {
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// detach takes a tap off its device; its reader gets the reason after the
// frames that are left. The caller holds s.mu.
func (s *Switch) detach(t *Tap, reason error) {
	is := func(other *Tap) bool { return other == t }
	s.taps[t.iface] = slices.DeleteFunc(s.taps[t.iface], is)
	if len(s.taps[t.iface]) == 0 {
		delete(s.taps, t.iface)
	}
	if i := s.net.ifaces[t.iface]; i != nil {
		i.rxTaps = slices.DeleteFunc(i.rxTaps, is)
		i.txTaps = slices.DeleteFunc(i.txTaps, is)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = reason
	}
	t.wake()
}
