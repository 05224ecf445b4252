package filter

import "encoding/binary"

const (
	macBytes = 12 // both addresses: the tags come after them
	tagSize  = 4
	maxTags  = 16 // as package live counts them
)

// frame is a frame as the filter sees it: without its first so many bytes of tags.
// It is passed by value, in registers: a pointer would have each one allocated.
type frame struct {
	data    []byte
	tags    int // bytes of tags left out after the addresses
	wireLen int
}

// length is the frame's length on the wire as len, less and greater know it.
func (f frame) length() uint32 { return uint32(f.wireLen - f.tags) }

// load reads size bytes (1, 2 or 4) at index bytes after an offset. It is false
// if they are not all there.
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
