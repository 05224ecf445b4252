package pcapfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sound is a file of each format with three packets, and where they end.
func sound() map[string]struct {
	file []byte
	ends []int
} {
	out := map[string]struct {
		file []byte
		ends []int
	}{}
	for name, o := range orders() {
		c := builder{order: o}
		c.pcapHeader(0xa1b23c4d, 1)
		s := builder{order: o}
		s.section(s.option(1, "comment"), s.option(0, "")).iface(1, 0, s.option(2, "eth0"), s.option(0, ""))
		var ends, sectionEnds []int
		for i := range 3 {
			c.pcapRecord(1, uint32(i), 61, ethernet(61))
			ends = append(ends, len(c.bytes))
			s.packet(0, uint64(i), 61, ethernet(61), s.option(2, string(s.words(1))), s.option(0, ""))
			sectionEnds = append(sectionEnds, len(s.bytes))
			s.block(77, []byte("unknown"))
		}
		s.block(5, s.words(0, 0, 0), s.option(5, s.number(1)), s.option(0, ""))
		out["pcap "+name] = struct {
			file []byte
			ends []int
		}{c.bytes, ends}
		out["pcapng "+name] = struct {
			file []byte
			ends []int
		}{s.bytes, sectionEnds}
	}
	return out
}

func TestReadCutFileUpToTheCut(t *testing.T) {
	for name, test := range sound() {
		t.Run(name, func(t *testing.T) {
			whole, _, err := readAll(t, test.file)
			if err != nil || len(whole) != 3 {
				t.Fatalf("%d packets, %v", len(whole), err)
			}
			for cut := range test.file {
				packets, _, err := readAll(t, test.file[:cut])
				want := 0
				for _, end := range test.ends {
					if end <= cut {
						want++
					}
				}
				if diff := cmp.Diff(whole[:want], packets, cmp.Transformer("empty", func(p []got) []got { return append([]got{}, p...) })); diff != "" {
					t.Fatalf("cut at %d, packets (-want +got):\n%s", cut, diff)
				}
				if err != nil && cut >= 60 && !strings.Contains(err.Error(), fmt.Sprintf("packet %d: ", want+1)) && !strings.Contains(err.Error(), "header") {
					t.Fatalf("cut at %d: error is %v", cut, err)
				}
			}
		})
	}
}

// TestReadCutFileSaysSo cuts where only counting bytes tells that something is missing.
func TestReadCutFileSaysSo(t *testing.T) {
	c := builder{order: binary.LittleEndian}
	c.pcapHeader(0xa1b2c3d4, 1).pcapRecord(1, 0, 60, ethernet(60))
	for cut := 25; cut < len(c.bytes); cut++ {
		if _, _, err := readAll(t, c.bytes[:cut]); err == nil {
			t.Errorf("no error when cut at %d of %d", cut, len(c.bytes))
		}
	}
}

// TestReadDamagedFileUpToTheDamage changes each byte of a file.
func TestReadDamagedFileUpToTheDamage(t *testing.T) {
	for name, test := range sound() {
		t.Run(name, func(t *testing.T) {
			whole, _, _ := readAll(t, test.file)
			for at := range test.file {
				for _, value := range []byte{0, 0xff, test.file[at] ^ 1, test.file[at] + 4} {
					file := bytes.Clone(test.file)
					file[at] = value
					packets, _, _ := readAll(t, file)
					sound := 0
					for _, end := range test.ends {
						if end <= at {
							sound++
						}
					}
					if at < 100 { // before the first packet all may be different
						sound = 0
					}
					if len(packets) < sound || len(packets) > 3 && strings.HasPrefix(name, "pcapng") {
						t.Fatalf("byte %d set to %#x: %d packets, %d are before it", at, value, len(packets), sound)
					}
					if diff := cmp.Diff(whole[:sound], packets[:sound]); diff != "" && sound > 0 {
						t.Fatalf("byte %d set to %#x, packets before it (-want +got):\n%s", at, value, diff)
					}
				}
			}
		})
	}
}

func TestReadRefusesAbsurdLengths(t *testing.T) {
	for _, test := range []struct {
		name  string
		build func(b *builder)
		want  string
	}{
		{"a packet of 4 GiB", func(b *builder) {
			b.pcapHeader(0xa1b2c3d4, 1).pcapRecord(0, 0, 60, ethernet(60))
			b.bytes = append(b.bytes, b.words(0, 0, 0xfffffff0, 0xfffffff0)...)
		}, "packet 2: its length of 4294967280 bytes is damaged"},
		{"a packet of 300 kB", func(b *builder) {
			b.pcapHeader(0xa1b2c3d4, 1).pcapRecord(0, 0, 300000, make([]byte, 300000))
		}, "packet 1: its length of 300000 bytes is damaged"},
		{"a block of 4 GiB", func(b *builder) {
			b.section().iface(1, 0)
			b.bytes = append(b.bytes, b.words(6, 0xfffffff0)...)
		}, "packet 1: its length of 4294967280 bytes is damaged"},
		{"an unknown block of 4 GiB", func(b *builder) {
			b.section().iface(1, 0)
			b.bytes = append(b.bytes, b.words(0xbad, 0xfffffff0)...)
		}, "packet 1: the block of type 2989 before it: its length of 4294967280 bytes is damaged"},
		{"a block that is smaller than its frame", func(b *builder) {
			b.section().iface(1, 0)
			b.bytes = append(b.bytes, b.words(6, 8, 8)...)
		}, "packet 1: its length of 8 bytes is damaged"},
		{"a block that does not end on a word", func(b *builder) {
			b.section().iface(1, 0)
			b.bytes = append(b.bytes, b.words(6, 33)...)
		}, "packet 1: its length of 33 bytes is damaged"},
		{"a packet longer than its block", func(b *builder) {
			b.section().iface(1, 0).block(6, b.words(0, 0, 0, 61, 61), make([]byte, 60))
		}, "packet 1: its length of 61 bytes is damaged (the block has 60)"},
		{"a simple packet longer than its block", func(b *builder) {
			b.section().iface(1, 0).block(3, b.words(61), make([]byte, 60))
		}, "packet 1: its length of 61 bytes is damaged (the block has 60)"},
		{"an option longer than its block", func(b *builder) {
			b.section().iface(1, 0, append(b.option(2, ""), 2, 2, 2, 2))
		}, "packet 1: the block of type 1 before it: its option of type 514 is longer than the block"},
		{"lengths that differ", func(b *builder) {
			b.section().iface(1, 0).packet(0, 0, 60, ethernet(60))
			b.bytes[len(b.bytes)-4]++
		}, "packet 1: the lengths in front of it and behind it differ: 92 and 93 bytes"},
		{"a packet before any interface", func(b *builder) {
			b.section().packet(0, 0, 60, ethernet(60))
		}, "packet 1: it is of interface 0, and the section has described 0"},
		{"statistics of nobody", func(b *builder) {
			b.section().block(5, b.words(9, 0, 0))
		}, "packet 1: the block of type 5 before it: it is of interface 9"},
		{"short blocks", func(b *builder) {
			b.section().block(1, b.words(1))
		}, "too short"},
		{"another version", func(b *builder) {
			b.section().block(0x0a0d0d0a, b.words(0x1a2b3c4d, 2, 0, 0))
		}, "pcapng version 2.0 is not supported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := builder{order: binary.LittleEndian}
			test.build(&b)
			_, _, err := readAll(t, b.bytes)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want …%s", err, test.want)
			}
		})
	}
}
