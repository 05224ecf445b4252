package filter

import "encoding/binary"

// verdict is what a test says about a frame.
type verdict uint8

const (
	no verdict = iota
	yes
	// outside: the test needs a byte that was not captured. Whatever is around
	// the test, the frame does not match.
	outside
)

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// test is a compiled condition. It gets the frame by value, in registers: a
// pointer would have each frame allocated.
type test func(frame) verdict

const (
	macBytes = 12 // both addresses: the tags come after them
	tagSize  = 4
	maxTags  = 16 // as package live counts them
)

// frame is a frame as the filter sees it: without its first so many bytes of tags.
type frame struct {
	data    []byte
	tags    int // bytes of tags left out after the addresses
	wireLen int
}

// length is the frame's length on the wire as len, less and greater know it.
func (f frame) length() uint32 { return uint32(f.wireLen - f.tags) }

// u8, u16 and u32 read what is at an offset behind the MAC addresses.

func (f frame) u8(at int) (byte, bool) {
	at += f.tags
	if uint(at) >= uint(len(f.data)) {
		return 0, false
	}
	return f.data[at], true
}

func (f frame) u16(at int) (uint16, bool) {
	at += f.tags
	if at+2 > len(f.data) {
		return 0, false
	}
	return binary.BigEndian.Uint16(f.data[at:]), true
}

func (f frame) u32(at int) (uint32, bool) {
	at += f.tags
	if at+4 > len(f.data) {
		return 0, false
	}
	return binary.BigEndian.Uint32(f.data[at:]), true
}

// load reads size bytes (1, 2 or 4) at index bytes after any offset.
func (f frame) load(offset int, index uint32, size int) (uint32, bool) {
	room := len(f.data) - f.tags - offset - size
	if room < 0 || uint64(index) > uint64(room) {
		return 0, false
	}
	at := offset + int(index)
	if at < macBytes && at+size > macBytes {
		var v uint32
		for i := at; i < at+size; i++ {
			v = v<<8 | uint32(f.data[f.real(i)])
		}
		return v, true
	}
	b := f.data[f.real(at):]
	switch size {
	case 1:
		return uint32(b[0]), true
	case 2:
		return uint32(binary.BigEndian.Uint16(b)), true
	default:
		return binary.BigEndian.Uint32(b), true
	}
}

// real is the place of the byte that the filter sees at an offset.
func (f frame) real(at int) int {
	if at < macBytes {
		return at
	}
	return at + f.tags
}
