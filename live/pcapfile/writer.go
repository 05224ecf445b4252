package pcapfile

import (
	"fmt"
	"io"
	"time"

	"ovscope/live"
)

// Options is what a file tells about the capture. Every field may be empty.
type Options struct {
	Version     string // of ovscope
	Interface   string // that the packets were seen on
	Description string // of that interface: the mirror's
	Comment     string // on the whole file
	SnapLen     int    // bytes kept of each packet; 0 if all
}

// Statistics is how the capture went. Until it is set, a file says that it
// received what was written, from the first packet's time to the last one's.
type Statistics struct {
	Start, End time.Time
	// Received is what the capture delivered (live.Counters.Packets), written or not.
	Received uint64
	// Dropped is what the kernel lost (live.Counters.KernelDrops).
	Dropped uint64
}

// Note is what can be said about a packet beside what it is.
type Note struct {
	Comment string
	// Missed is how many packets that should have been written got lost between
	// this packet and the one before (epb_dropcount).
	Missed uint64
}

// Writer writes packets as pcapng: Ethernet, nanoseconds, tags in the frame, the
// direction as epb_flags. Create and NewWriter make one.
//
// When writing fails, the error is returned once. From then on the Writer does
// nothing and says nothing, so whoever captures goes on without asking.
//
// It is for one goroutine, and does not allocate for a packet.
type Writer struct {
	name string
	out  io.Writer
	file *file // what out is, if it is ours to close

	buf     []byte // whole blocks that are still to be written
	whole   int64  // bytes of whole blocks that were written
	packets uint64
	missed  uint64 // by WriteFrom
	untold  uint64 // of those, not yet told in a packet
	first   time.Time
	last    time.Time
	stats   *Statistics
	failed  bool
	closed  bool
}

// flushBytes is how much is gathered before it is written.
const flushBytes = 128 << 10

// NewWriter returns a Writer to a stream, which stays the caller's to close. The
// header is written at once. Whoever wants each packet to arrive promptly, as a
// live pipe into Wireshark does, calls Flush or uses WriteFrom.
func NewWriter(out io.Writer, o Options) (*Writer, error) {
	return newWriter(out, "the output", o)
}

func newWriter(out io.Writer, name string, o Options) (*Writer, error) {
	w := &Writer{name: name, out: out, buf: make([]byte, 0, flushBytes+4096)}
	w.buf = appendSection(w.buf, &o)
	w.buf = appendInterface(w.buf, &o)
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return w, nil
}

// Write adds a packet.
func (w *Writer) Write(p live.Packet) error { return w.WriteNoted(p, Note{}) }

// WriteNoted adds a packet with a note.
func (w *Writer) WriteNoted(p live.Packet, n Note) error {
	if w.failed || w.closed {
		return nil
	}
	w.add(&p, n)
	if len(w.buf) < flushBytes {
		return nil
	}
	return w.Flush()
}

func (w *Writer) add(p *live.Packet, n Note) {
	w.buf = appendPacket(w.buf, p, n)
	if w.packets == 0 {
		w.first = p.Time
	}
	w.last = p.Time
	w.packets++
}

// WriteFrom adds the packets from ≤ seq < to of a store that want, if it is not
// nil, returns true for, and flushes. It returns the number to go on from. Those
// that the store has no more are counted as missed, and the next one that is
// written tells so.
//
// The store is never held up, however slowly the file takes the packets.
func (w *Writer) WriteFrom(store *live.Store, from, to uint64, want func(live.Packet) bool) (next uint64, err error) {
	if _, end := store.Range(); to > end {
		to = end
	}
	for from < to && !w.failed && !w.closed {
		expected := from
		from = store.Scan(from, to, func(p live.Packet) bool {
			w.miss(p.Seq - expected)
			expected = p.Seq + 1
			if want == nil || want(p) {
				w.add(&p, Note{Missed: w.untold})
				w.untold = 0
			}
			// Written outside: inside, the packets are kept from being overwritten.
			return len(w.buf) < flushBytes
		})
		w.miss(from - expected) // behind the last one
		if err := w.Flush(); err != nil {
			return max(from, to), err
		}
	}
	return max(from, to), nil
}

func (w *Writer) miss(packets uint64) {
	w.missed += packets
	w.untold += packets
}

// Flush writes what was gathered.
func (w *Writer) Flush() error {
	if w.failed || w.closed || len(w.buf) == 0 {
		return nil
	}
	n, err := w.out.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	w.whole += int64(wholeBlocks(w.buf, min(n, len(w.buf))))
	w.buf = w.buf[:0]
	if err != nil {
		w.failed = true
		return fmt.Errorf("writing %s: %w", w.name, reason(err))
	}
	return nil
}

// Packets returns how many packets were added, and how many WriteFrom missed
// because the store had overwritten them.
func (w *Writer) Packets() (written, missed uint64) { return w.packets, w.missed }

// SetStatistics sets what Close says about the capture.
func (w *Writer) SetStatistics(s Statistics) { w.stats = &s }

// Close completes the file and gives it its name, or ends the stream. After an
// error in writing, the packets up to it are kept. Close is safe to call more
// than once, and after Abort.
func (w *Writer) Close() error {
	if w.closed {
		return nil
	}
	s := w.stats
	if s == nil {
		s = &Statistics{Start: w.first, End: w.last, Received: w.packets}
	}
	var err error
	if !w.failed {
		w.buf = appendStatistics(w.buf, s, w.packets)
		err = w.Flush()
	}
	w.closed = true
	if w.file == nil {
		return err
	}
	if keepErr := w.file.keep(w.whole, w.failed); err == nil {
		err = keepErr
	}
	return err
}

// Abort ends the Writer and removes what it wrote; a file that was there before
// is as it was. After Close it does nothing.
func (w *Writer) Abort() error {
	if w.closed {
		return nil
	}
	w.closed = true
	if w.file == nil {
		return nil
	}
	return w.file.discard()
}
