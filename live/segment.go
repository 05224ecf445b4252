package live

import (
	"encoding/binary"
	"math"
	"sync/atomic"
	"time"
	"unsafe"
)

// record is what the Store keeps about a packet beside its bytes.
type record struct {
	time      int64  // nanoseconds since the Unix epoch
	offset    uint32 // of the bytes in the segment
	stored    uint32 // bytes
	length    uint32 // bytes on the wire
	headers   Headers
	direction Direction
}

const (
	recordBytes = int(unsafe.Sizeof(record{}))
	tagBytes    = 4
	macBytes    = 12 // both addresses: the tags come after them
)

// segment is a piece of a Store's memory. Frames fill it from the front and
// records from the back, so that no ratio between them has to be guessed.
type segment struct {
	records []record // the packet with number first+i is at len-1-i
	bytes   []byte   // the same memory
	count   int      // records in use; the writer's
	used    int      // bytes in use; the writer's

	first atomic.Uint64 // number of the first packet
	end   atomic.Uint64 // one after the last; math.MaxUint64 while it is open
	// readers counts who is inside; retired is added while nobody may enter.
	readers atomic.Int64
}

// retired is more below zero than there can be readers.
const retired = math.MinInt64 / 2

func (g *segment) init(records []record) {
	g.records = records
	// The same memory as bytes: a record holds no pointers.
	g.bytes = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(records))), len(records)*recordBytes)
	g.readers.Store(retired)
}

// fits reports whether a frame of size bytes can be added. One that is larger
// than the whole segment fits an empty segment: it is cut.
func (g *segment) fits(size int) bool {
	room := (len(g.records)-g.count-1)*recordBytes - g.used
	return size <= room || g.count == 0
}

func (g *segment) add(f *Frame, length int, rewrite func([]byte, int)) {
	at := g.used
	room := g.bytes[at : (len(g.records)-g.count-1)*recordBytes]
	var size int
	if f.HasTag {
		size = copyTagged(room, f)
	} else {
		size = copy(room, f.Data)
	}
	if rewrite != nil {
		rewrite(room[:size], length)
	}
	g.used = at + size
	r := &g.records[len(g.records)-1-g.count]
	g.count++
	r.time = f.Time
	r.offset = uint32(at)
	r.stored = uint32(size)
	r.length = uint32(length)
	r.direction = f.Direction
	r.headers = dissect(room[:size])
}

// copyTagged copies the frame with its tag at its place (F21) and returns how
// many bytes there was room for.
func copyTagged(room []byte, f *Frame) int {
	tag := uint32(f.Tag.TPID)<<16 | uint32(f.Tag.TCI)
	if len(f.Data) >= macBytes && len(room) >= macBytes+tagBytes { // all but odd frames
		*(*[macBytes]byte)(room) = *(*[macBytes]byte)(f.Data)
		binary.BigEndian.PutUint32(room[macBytes:], tag)
		return macBytes + tagBytes + copy(room[macBytes+tagBytes:], f.Data[macBytes:])
	}
	var b [tagBytes]byte
	binary.BigEndian.PutUint32(b[:], tag)
	macs := min(len(f.Data), macBytes)
	size := copy(room, f.Data[:macs])
	size += copy(room[size:], b[:])
	return size + copy(room[size:], f.Data[macs:])
}

// packet returns the packet with that number, which must be there. Its Data is
// the segment's own memory.
func (g *segment) packet(seq uint64) Packet {
	r, data := g.record(seq)
	return Packet{
		Seq:       seq,
		Time:      time.Unix(0, r.time),
		Length:    int(r.length),
		Data:      data,
		Direction: r.direction,
		Headers:   r.headers,
	}
}

// record returns what packet is made from.
func (g *segment) record(seq uint64) (*record, []byte) {
	r := &g.records[len(g.records)-1-int(seq-g.first.Load())]
	to := r.offset + r.stored
	return r, g.bytes[r.offset:to:to]
}

// scan hands out the packets from ≤ seq < to of an entered segment, and leaves
// it. It returns the number after the last one, and whether fn wants more.
func (g *segment) scan(from, to uint64, fn func(Packet) bool) (uint64, bool) {
	defer g.leave()
	for to = min(to, g.end.Load()); from < to; from++ {
		if !fn(g.packet(from)) {
			return from + 1, false
		}
	}
	return from, true
}

func (g *segment) holds(seq uint64) bool {
	return g.first.Load() <= seq && seq < g.end.Load()
}

// enter keeps the segment from being reused until leave. It returns false when
// it is being reused already.
func (g *segment) enter() bool {
	if g.readers.Add(1) > 0 {
		return true
	}
	g.readers.Add(-1)
	return false
}

func (g *segment) leave() { g.readers.Add(-1) }

// retire keeps new readers out and reports whether none is left inside.
func (g *segment) retire() bool { return g.readers.Add(retired) == retired }

// left reports whether a retired segment has no readers any more.
func (g *segment) left() bool { return g.readers.Load() == retired }

// reopen empties a retired segment for packets from seq on and lets readers in.
func (g *segment) reopen(seq uint64) {
	g.count, g.used = 0, 0
	g.first.Store(seq)
	g.end.Store(math.MaxUint64)
	g.readers.Add(-retired)
}
