package pcapfile

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

var (
	errCut         = errors.New("the file ends in the middle of it")
	errInterrupted = errors.New("reading was interrupted")
)

const (
	// headroom is the room before a body, for an Ethernet header in front of a
	// packet that has none.
	headroom = 16
	// growStep is how much memory a length from the file gets before the bytes are there.
	growStep = 256 << 10
)

// input is the bytes of a capture file.
type input struct {
	r    *bufio.Reader
	pump *pump // nil if reading never has to wait
	quit chan struct{}
	stop func() // closes quit, once
	// buf is headroom bytes and then what body returned last.
	buf []byte
}

// newInput reads r, and what r unpacks to if it is compressed with gzip.
func newInput(r io.Reader) (*input, error) {
	in := &input{quit: make(chan struct{}), buf: make([]byte, headroom, headroom+2048)}
	in.stop = sync.OnceFunc(func() { close(in.quit) })
	if !isRegular(r) {
		in.pump = newPump(r, in.quit)
		r = in.pump
	}
	in.r = bufio.NewReaderSize(r, 64<<10)
	if magic, err := in.r.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b { // RFC 1952 §2.3.1
		unpacked, err := gzip.NewReader(in.r)
		if err != nil {
			in.stop()
			return nil, fmt.Errorf("unpacking gzip: %w", err)
		}
		in.r = bufio.NewReaderSize(unpacked, 64<<10)
	}
	return in, nil
}

func isRegular(r io.Reader) bool {
	file, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// header returns the next n bytes, which are still to be read, and are good until
// the next call. The error is io.EOF if there is nothing any more.
func (in *input) header(n int) ([]byte, error) {
	b, err := in.r.Peek(n)
	if err == nil {
		return b, nil
	}
	if errors.Is(err, io.EOF) && len(b) == 0 {
		return nil, io.EOF
	}
	return nil, notEnough(err)
}

// body reads n bytes. They are good until the next call, and in.buf has headroom before them.
func (in *input) body(n int) ([]byte, error) {
	in.buf = in.buf[:headroom]
	for n > 0 {
		have, step := len(in.buf), min(n, growStep)
		in.buf = slices.Grow(in.buf, step)[:have+step]
		if _, err := io.ReadFull(in.r, in.buf[have:]); err != nil {
			return nil, notEnough(err)
		}
		n -= step
	}
	return in.buf[headroom:], nil
}

// skip passes n bytes by.
func (in *input) skip(n int) error {
	_, err := in.r.Discard(n)
	return notEnough(err)
}

// notEnough is for reads that had to succeed: there is no good place to end in.
func notEnough(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// pump reads in a goroutine of its own, so that a Read that does not return (a
// quiet pipe) can be left alone.
type pump struct {
	full, empty chan []byte
	quit        <-chan struct{}
	err         error // why it ended; set before full is closed

	// These are the reading side's.
	rest, last []byte
	done       <-chan struct{} // ends waiting, like quit
}

func newPump(r io.Reader, quit <-chan struct{}) *pump {
	const chunks = 2
	p := &pump{full: make(chan []byte, chunks), empty: make(chan []byte, chunks), quit: quit}
	for range chunks {
		p.empty <- make([]byte, 64<<10)
	}
	go p.run(r)
	return p
}

func (p *pump) run(r io.Reader) {
	defer close(p.full)
	for {
		select {
		case <-p.quit:
			p.err = errInterrupted
			return
		case b := <-p.empty:
			n, err := r.Read(b[:cap(b)])
			p.full <- b[:n]
			if err != nil {
				p.err = err
				return
			}
		}
	}
}

// Read implements io.Reader.
func (p *pump) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.last != nil {
			p.empty <- p.last
			p.last = nil
		}
		select {
		case <-p.done:
			return 0, errInterrupted
		case <-p.quit:
			return 0, errInterrupted
		case chunk, ok := <-p.full:
			if !ok {
				return 0, p.err
			}
			p.rest, p.last = chunk, chunk
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
