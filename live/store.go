package live

import (
	"math"
	"sync/atomic"
)

// Store keeps the newest frames in memory of a fixed size.
//
// One Source writes; any number of goroutines read. The oldest frames make room
// for new ones and are counted.
//
// The memory is cut into segments that are filled one after the other and
// emptied whole, the oldest first. What a segment holds never changes while it
// can be read, so readers copy or scan without a lock. A reader marks the
// segment it is in; a segment that is marked when its turn comes is set aside
// until the reader has left, and the next oldest is taken instead. So nobody
// ever waits for anybody, and a reader that dawdles costs some of the oldest
// packets, not memory and not the writer's time.
type Store struct {
	segments []segment

	// Only the writer uses these.
	open    *segment
	order   []*segment // that can be read, oldest first; the last is open
	spare   []*segment // that can not: empty, or a reader is still inside
	written uint64     // bytes on the wire
	stats   *Stats     // nil, or what counts packets before they go
	rewrite func(frame []byte, length int)

	first atomic.Uint64 // oldest sequence number that can be read
	next  atomic.Uint64 // one after the newest
	bytes atomic.Uint64 // written, for readers
}

// DefaultStoreBytes is the memory for frames unless the user says otherwise.
const DefaultStoreBytes = 64 << 20

const (
	minStoreBytes = 4 << 10
	// Segments of 128 KiB and more hold the largest frame a Linux interface
	// hands over in one piece (64 KiB); smaller stores cut it.
	minSegmentBytes = 128 << 10
	maxSegmentBytes = 1 << 20
	minSegments     = 4
	maxSegments     = 256
)

// NewStore returns a store whose frames and records together take size bytes:
// DefaultStoreBytes if size is not positive, and never less than 4 KiB.
//
// A frame larger than a segment (a sixty-fourth of the default size) is stored
// cut, as by a snap length: Packet.Length still tells its length on the wire.
func NewStore(size int) *Store {
	if size <= 0 {
		size = DefaultStoreBytes
	}
	size = max(size, minStoreBytes)
	count := min(max(size/maxSegmentBytes, min(8, size/minSegmentBytes), minSegments), maxSegments)

	arena := make([]record, size/recordBytes)
	each := len(arena) / count
	s := &Store{
		segments: make([]segment, count),
		order:    make([]*segment, 0, count),
		spare:    make([]*segment, 0, count),
	}
	for i := range s.segments {
		g := &s.segments[i]
		g.init(arena[i*each : (i+1)*each])
		s.spare = append(s.spare, g)
	}
	return s
}

// Add stores a frame, overwriting the oldest ones when there is no room. Only
// the Source calls it. It does not allocate.
func (s *Store) Add(f Frame) {
	size := len(f.Data)
	if f.HasTag {
		size += tagBytes
	}
	length := min(max(f.Length, size), math.MaxInt32)
	seq := s.next.Load()
	g := s.open
	if g == nil || !g.fits(size) {
		g = s.turn(seq)
	}
	if g != nil {
		g.add(&f, length, s.rewrite)
	}
	s.written += uint64(length)
	s.bytes.Store(s.written)
	s.next.Store(seq + 1)
	if g == nil { // Readers sit in every segment: this one is gone at once.
		s.first.Store(seq + 1)
	}
	if s.stats != nil && seq%countEvery == 0 {
		s.stats.tryCatchUp(seq + 1)
	}
}

// Rewrite lets a function change the bytes of every frame that is added from now
// on, but not their number: length is that on the wire. The writer calls it. It may
// only be set while no Source writes.
func (s *Store) Rewrite(rewrite func(frame []byte, length int)) { s.rewrite = rewrite }

// Reset empties the store for another Source, without giving its memory back:
// numbers and counters begin at 0 again, and Stats end. It may only be called
// while no Source writes; readers of old numbers find nothing.
func (s *Store) Reset() {
	s.next.Store(0)
	s.first.Store(0)
	s.written = 0
	s.bytes.Store(0)
	s.stats = nil
	for _, g := range s.order {
		g.end.Store(0)
		g.retire()
		s.spare = append(s.spare, g)
	}
	s.order, s.open = s.order[:0], nil
}

// turn closes the open segment and opens another one for packets from seq on. It
// returns nil when readers are inside all of them.
func (s *Store) turn(seq uint64) *segment {
	if s.open != nil {
		s.open.end.Store(seq)
		s.open = nil
		if s.stats != nil {
			s.stats.tryCatchUp(seq)
		}
	}
	g := s.takeEmpty(seq)
	if g == nil {
		return nil
	}
	g.reopen(seq)
	s.order = append(s.order, g)
	s.open = g
	return g
}

// takeEmpty returns a segment that nobody can read, giving up the oldest packets for it.
func (s *Store) takeEmpty(seq uint64) *segment {
	for i, g := range s.spare {
		if g.left() {
			s.spare = append(s.spare[:i], s.spare[i+1:]...)
			return g
		}
	}
	for len(s.order) > 0 {
		g := s.order[0]
		if s.stats != nil {
			s.stats.catchUp(g.end.Load())
		}
		s.order = append(s.order[:0], s.order[1:]...)
		if len(s.order) > 0 {
			s.first.Store(s.order[0].first.Load())
		} else {
			s.first.Store(seq)
		}
		if g.retire() {
			return g
		}
		s.spare = append(s.spare, g)
	}
	return nil
}

// Range returns the sequence numbers that can be read: first ≤ seq < next.
func (s *Store) Range() (first, next uint64) {
	first = s.first.Load() // before next, which is never behind it
	return first, s.next.Load()
}

// Read copies the packet with that number; its Data is appended to buf[:0]. It
// returns false when the packet is not there, or no longer.
func (s *Store) Read(seq uint64, buf []byte) (Packet, bool) {
	g := s.enter(seq)
	if g == nil {
		return Packet{}, false
	}
	defer g.leave()
	p := g.packet(seq)
	p.Data = append(buf[:0], p.Data...)
	return p, true
}

// Scan hands the packets from ≤ seq < to that are there to fn, oldest first,
// until fn returns false. Their Data is the Store's own memory: fn may neither
// keep nor change it. Scan returns the number after the last packet handed over
// or passed by, from which a later Scan goes on.
//
// Nothing is copied and nothing allocated. Packets that are overwritten before
// their turn comes are passed by. While fn runs, the segment of its packet is
// not reused, so a slow fn makes the Store keep less.
func (s *Store) Scan(from, to uint64, fn func(Packet) bool) uint64 {
	for {
		first, next := s.Range()
		from = max(from, first)
		if from >= min(to, next) {
			return from
		}
		g := s.enter(from)
		if g == nil {
			continue // Overwritten just now: first has moved on.
		}
		var more bool
		if from, more = g.scan(from, min(to, next), fn); !more {
			return from
		}
	}
}

// enter marks the segment that holds seq as in use. It returns nil when there is
// none; else the caller must leave it.
func (s *Store) enter(seq uint64) *segment {
	// Loaded before any segment's end: a segment that is still open afterwards
	// holds all numbers from its first up to here.
	if seq >= s.next.Load() {
		return nil
	}
	for i := range s.segments {
		g := &s.segments[i]
		if !g.holds(seq) || !g.enter() {
			continue
		}
		if g.holds(seq) {
			return g
		}
		g.leave()
	}
	return nil
}

// Counters returns the totals. KernelDrops and Freezes are the Source's, not the Store's.
func (s *Store) Counters() Counters {
	first, next := s.Range()
	return Counters{Packets: next, Bytes: s.bytes.Load(), Overwritten: first}
}
