package pcapfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

func FuzzReadPcap(f *testing.F)   { fuzzRead(f, "pcap ") }
func FuzzReadPcapng(f *testing.F) { fuzzRead(f, "pcapng ") }

func fuzzRead(f *testing.F, format string) {
	for name, test := range sound() {
		if strings.HasPrefix(name, format) {
			f.Add(test.file)
		}
	}
	o := binary.LittleEndian
	if format == "pcap " {
		for _, link := range []uint32{0, 101, 113, 276, 105} {
			b := builder{order: o}
			f.Add(b.pcapHeader(0xa1b2c3d4, link).pcapRecord(1, 2, 60, ethernet(60)).bytes)
		}
	} else {
		b := builder{order: o}
		b.section(b.option(1, "c")).iface(113, 0, b.option(9, "\x94"), b.option(14, b.number(5))).iface(276, 20).
			packet(0, 1, 60, ethernet(60)).packet(1, 1, 60, ethernet(60), b.option(2, "\x01\x00\x00\x00")).
			block(3, b.words(20), make([]byte, 20)).block(2, b.words(1, 0, 0, 20, 20), make([]byte, 20)).
			block(5, b.words(1, 0, 0), b.option(4, b.number(1)))
		f.Add(b.bytes)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file), "fuzz")
		if err != nil {
			return
		}
		defer r.Close()
		var bytes, packets int
		for {
			frame, err := r.Next(context.Background())
			if err != nil {
				if errors.Is(err, io.EOF) && r.Info().Format == "" {
					t.Fatal("a file of no format has ended well")
				}
				break
			}
			packets++
			bytes += len(frame.Data)
			if frame.Length < 0 {
				t.Fatalf("a length of %d", frame.Length)
			}
		}
		// Nothing comes from nowhere: a packet takes 16 bytes of the file, and gets at most 14.
		isGzip := len(file) > 1 && file[0] == 0x1f && file[1] == 0x8b
		if !isGzip && (packets*16 > len(file) || bytes > len(file)) {
			t.Fatalf("%d packets of %d bytes in a file of %d", packets, bytes, len(file))
		}
		if room := cap(r.input.buf); room > 2*len(file)+headroom+growStep*2 && !isGzip {
			t.Fatalf("a file of %d bytes made us take %d", len(file), room)
		}
		info := r.Info()
		for _, s := range append(append([]string{}, info.Comments...), info.Application, info.OS, info.Hardware) {
			if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
				t.Fatalf("a text with control characters: %q", s)
			}
		}
	})
}
