package pcapfile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"ovscope/live"
)

// Reader reads a capture file or stream. It is a live.Source.
type Reader struct {
	name  string
	input *input
	file  *os.File // to close; nil if the caller's
	facts facts

	next    func() (live.Frame, error)
	packets uint64 // returned by Next
	err     error  // what ended it

	once   sync.Once // Run
	closed sync.Once
}

var _ live.Source = (*Reader)(nil)

// Open opens a capture file for reading; "-" is standard input. Of a stream it
// waits for the beginning, which every writer sends at once. A file that is no
// capture gives ErrNotCapture, wrapped.
func Open(path string) (*Reader, error) {
	if path == "-" {
		return NewReader(os.Stdin, "standard input")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening capture file: %w", err)
	}
	r, err := NewReader(file, path)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		r.facts.info.Size = info.Size()
	}
	r.file = file
	return r, nil
}

// NewReader reads a capture file from a stream; name is for messages. It stays
// the caller's to close, after Close: until then, and for as long as a Read
// takes that was under way, another goroutine may read it.
func NewReader(source io.Reader, name string) (*Reader, error) {
	r := &Reader{name: name}
	r.facts.info.Name = name
	var err error
	if r.input, err = newInput(source); err == nil {
		if err = r.begin(); err != nil {
			r.input.stop()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return r, nil
}

// begin reads the header of the file and finds out its format.
func (r *Reader) begin() error {
	magic, err := r.input.header(magicBytes)
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: it is empty", ErrNotCapture)
	case errors.Is(err, errCut):
		return fmt.Errorf("%w: it has less than %d bytes", ErrNotCapture, magicBytes)
	case err != nil:
		return err
	case !isCapture(magic):
		return fmt.Errorf("%w: it begins with % x", ErrNotCapture, magic)
	}
	if binary.BigEndian.Uint32(magic) == blockSection {
		section := &pcapng{input: r.input, facts: &r.facts}
		r.next = section.next
		return section.begin()
	}
	file := &pcap{input: r.input}
	r.next = file.next
	return file.begin(&r.facts)
}

// Next returns the next packet; its Data is good until the next call. At the end
// of the file the error is io.EOF, and the context's when that is done first;
// another one tells the number of the packet, from 1 on, at or before which the
// file is damaged. No packet comes after an error.
//
// Next is for those who must see every packet of a file that is larger than a
// Store; it and Run exclude each other.
func (r *Reader) Next(ctx context.Context) (live.Frame, error) {
	if r.err != nil {
		return live.Frame{}, r.err
	}
	f, err := r.read(ctx)
	if err != nil {
		r.err = err
		return live.Frame{}, err
	}
	r.packets++
	return f, nil
}

func (r *Reader) read(ctx context.Context) (live.Frame, error) {
	select {
	case <-r.input.quit:
		return live.Frame{}, os.ErrClosed
	case <-ctx.Done():
		return live.Frame{}, ctx.Err()
	default:
	}
	if r.input.pump != nil {
		r.input.pump.done = ctx.Done()
	}
	f, err := r.next()
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return f, err
	case errors.Is(err, errInterrupted) || r.isClosed():
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		return f, os.ErrClosed
	}
	return f, fmt.Errorf("reading %s: packet %d: %w", r.name, r.packets+1, err)
}

// Run writes all packets into the store, as fast as they can be read. It returns
// nil at the end of the file, when ctx is done and after Close. Damage is an
// error (see Next); the packets before it are in the store then.
func (r *Reader) Run(ctx context.Context, into *live.Store) error {
	err := fmt.Errorf("reading %s: already read", r.name)
	r.once.Do(func() { err = r.run(ctx, into) })
	return err
}

func (r *Reader) run(ctx context.Context, into *live.Store) error {
	for {
		f, err := r.Next(ctx)
		switch {
		case err == nil:
			into.Add(f)
		case errors.Is(err, io.EOF) || ctx.Err() != nil || r.isClosed():
			return nil
		default:
			return err
		}
	}
}

func (r *Reader) isClosed() bool {
	select {
	case <-r.input.quit:
		return true
	default:
		return false
	}
}

// Info returns what is known so far about the file. It may be called while Run
// runs; a pcapng file tells its interfaces only as they come.
func (r *Reader) Info() Info { return r.facts.snapshot() }

// Drops returns how many packets were lost while the file was captured, as far
// as it tells (pcapng's isb_ifdrop and isb_osdrop). It may be called while Run runs.
func (r *Reader) Drops() (packets, freezes uint64) {
	for _, i := range r.facts.snapshot().Interfaces {
		packets += i.Dropped
	}
	return packets, 0
}

// Close ends Run and closes what Open opened. It is safe to call more than once.
func (r *Reader) Close() (err error) {
	r.closed.Do(func() {
		r.input.stop()
		if r.file != nil {
			err = r.file.Close()
		}
	})
	return err
}
