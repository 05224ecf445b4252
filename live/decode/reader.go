package decode

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
)

// names gives the trade's word for a number, or "" if it has none.
type names func(v uint64) string

// reader is a cursor over one header. Each read names the field, steps over it
// and puts it into the tree if one is wanted. The first read that does not fit
// stops the reader: the fault is marked, and that read and all later ones return
// zero.
type reader struct {
	d    *dissection
	name string // of the header, for faults
	node *Node  // where fields go; nil without a tree
	off  int    // of the next byte in the frame
	// end is where the enclosing header says that the data ends. It may lie behind
	// the captured part.
	end int
	// partial says that the data goes on in another packet (a TCP segment, a
	// fragment), so that reaching end is no fault.
	partial bool
	stopped bool

	word     uint64 // the last number read, which bits takes apart
	wordSize int
	field    *Node // the last field read
}

// layer opens the next protocol's header where r stands.
func (r *reader) layer(name string) reader {
	next := reader{d: r.d, name: name, off: r.off, end: r.end, partial: r.partial, stopped: r.stopped}
	if next.stopped {
		return next
	}
	next.node = r.d.add(r.d.root, name, "", r.off, r.off)
	if r.d.layers++; r.d.layers > maxLayers {
		next.fail("more than %d headers", maxLayers)
	}
	return next
}

// group opens a node under r's for the next n bytes and steps over them.
func (r *reader) group(name string, n int) reader {
	g := reader{d: r.d, name: r.name, off: r.off, stopped: r.stopped}
	if r.stopped {
		return g
	}
	if left := r.remaining(); n > left {
		if g.partial = r.partial; !r.partial {
			r.malformed("%s of %d bytes, %d left", name, n, left)
		}
		n = left
	}
	r.off += max(n, 0)
	if g.end = r.off; g.end > g.off {
		g.node = r.d.add(r.node, name, "", g.off, g.end)
	}
	return g
}

// open is group for a part whose length shows only while it is read; close ends it.
func (r *reader) open(name string) reader {
	g := *r
	g.node = r.d.add(r.node, name, "", r.off, r.off)
	return g
}

// close steps over what g has read.
func (r *reader) close(g *reader) {
	r.off, r.stopped = g.off, g.stopped
	if r.node != nil && g.node != nil {
		r.node.End = max(r.node.End, g.node.End)
	}
}

// limit lets the data end n bytes from here, as a length field says. A length
// that goes past the end of the enclosing data is malformed.
func (r *reader) limit(what string, n int) {
	switch left := r.remaining(); {
	case r.stopped:
	case n < 0:
		r.fail("%s too small", what)
	case n <= left:
		r.end, r.partial = r.off+n, false
	case !r.partial:
		r.malformed("%s %d, %d bytes left", what, n, left)
	}
}

// remaining is how many bytes are left by the headers' account; 0 once stopped.
func (r *reader) remaining() int {
	if r.stopped {
		return 0
	}
	return r.end - r.off
}

// captured is what is left and was captured.
func (r *reader) captured() []byte {
	end := min(r.end, len(r.d.frame))
	if r.stopped || r.off >= end {
		return nil
	}
	return r.d.frame[r.off:end]
}

// need reports whether the next n bytes are there, and stops r if not.
func (r *reader) need(what string, n int) bool {
	switch {
	case r.stopped:
		return false
	case n < 0 || n > r.end-r.off:
		if r.partial && n >= 0 {
			if r.end > len(r.d.frame) {
				r.truncated()
			}
			r.stopped = true
			return false
		}
		r.fail("ends before %s", what)
		return false
	case n > len(r.d.frame)-r.off:
		r.truncated()
		r.stopped = true
		return false
	}
	return true
}

func (r *reader) truncated() {
	r.d.mark("truncated")
	if r.node != nil && r.node.Err == "" {
		r.node.Err = "truncated"
	}
}

// malformed marks a contradiction after which reading can go on.
func (r *reader) malformed(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if r.node != nil && r.node.Err == "" {
		r.node.Err = text
	}
	if r.d.quoting == 0 {
		r.d.mark("malformed: " + r.name + " " + text)
	}
}

// fail marks a contradiction after which nothing in this header makes sense.
func (r *reader) fail(format string, args ...any) {
	r.malformed(format, args...)
	r.stopped = true
}

// put steps over n bytes, which are there, and adds them to the tree.
func (r *reader) put(name, value string, n int) {
	r.field = r.d.add(r.node, name, value, r.off, r.off+n)
	r.off += n
}

func (r *reader) number(name string, size int, inHex bool, look names) uint64 {
	r.word, r.wordSize = 0, size
	if !r.need(name, size) {
		r.field = nil
		return 0
	}
	for _, b := range r.d.frame[r.off : r.off+size] {
		r.word = r.word<<8 | uint64(b)
	}
	value := ""
	if r.node != nil {
		value = numberText(r.word, size, inHex, look)
	}
	r.put(name, value, size)
	return r.word
}

// numberText writes "6 (TCP)" or "0x0800 (IPv4)", without brackets when there is no name.
func numberText(v uint64, size int, inHex bool, look names) string {
	text := strconv.FormatUint(v, 10)
	if inHex {
		text = fmt.Sprintf("0x%0*x", 2*size, v)
	}
	if look != nil {
		if name := look(v); name != "" {
			text += " (" + name + ")"
		}
	}
	return text
}

// u8 … u32 read a number that people know in decimal, x8 … x64 one they know in hex.
func (r *reader) u8(name string, look names) uint8 { return uint8(r.number(name, 1, false, look)) }

func (r *reader) u16(name string, look names) uint16 { return uint16(r.number(name, 2, false, look)) }

func (r *reader) u24(name string, look names) uint32 { return uint32(r.number(name, 3, false, look)) }

func (r *reader) u32(name string, look names) uint32 { return uint32(r.number(name, 4, false, look)) }
func (r *reader) x8(name string, look names) uint8   { return uint8(r.number(name, 1, true, look)) }
func (r *reader) x16(name string, look names) uint16 { return uint16(r.number(name, 2, true, look)) }

func (r *reader) x24(name string, look names) uint32 { return uint32(r.number(name, 3, true, look)) }

func (r *reader) x32(name string, look names) uint32 { return uint32(r.number(name, 4, true, look)) }
func (r *reader) x64(name string, look names) uint64 { return r.number(name, 8, true, look) }

// bits takes a part out of the number read last and shows it under it. mask is
// not 0. A single bit without names is shown as "set" or "not set".
func (r *reader) bits(name string, mask uint64, look names) uint64 {
	shift := bits.TrailingZeros64(mask)
	v := r.word & mask >> shift
	if r.field == nil || r.stopped {
		return v
	}
	value := numberText(v, 1, false, look)
	if look == nil && mask>>shift == 1 {
		value = "not set"
		if v == 1 {
			value = "set"
		}
	}
	end := r.off - shift/8
	start := r.off - (bits.Len64(mask)+7)/8
	r.d.add(r.field, name, value, start, end)
	return v
}

// bytes reads n bytes, shown in hex. The result is part of the frame.
func (r *reader) bytes(name string, n int) []byte {
	if !r.need(name, n) {
		r.field = nil
		return nil
	}
	b := r.d.frame[r.off : r.off+n]
	value := ""
	if r.node != nil {
		value = hexText(b)
	}
	r.put(name, value, n)
	return b
}

// hexText writes the first bytes in hex.
func hexText(b []byte) string {
	const most = 32
	if len(b) > most {
		return hex.EncodeToString(b[:most]) + "..."
	}
	return hex.EncodeToString(b)
}

// text reads n bytes of text.
func (r *reader) text(name string, n int) string {
	if !r.need(name, n) {
		r.field = nil
		return ""
	}
	s := clean(r.d.frame[r.off : r.off+n])
	r.put(name, s, n)
	return s
}

// zeroText reads n bytes of text that ends at the first zero.
func (r *reader) zeroText(name string, n int) string {
	if !r.need(name, n) {
		r.field = nil
		return ""
	}
	b := r.d.frame[r.off : r.off+n]
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	s := clean(b)
	r.put(name, s, n)
	return s
}

// mac reads an EUI-48 address.
func (r *reader) mac(name string) string {
	r.address(6, 6)
	if !r.need(name, 6) {
		return ""
	}
	s := macText(r.d.frame[r.off : r.off+6])
	r.put(name, s, 6)
	return s
}

// macText writes bytes as "02:00:00:00:00:01".
func macText(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// ip4 and ip6 read an address.
func (r *reader) ip4(name string) string { return r.ip(name, 4) }
func (r *reader) ip6(name string) string { return r.ip(name, 16) }

func (r *reader) ip(name string, size int) string {
	r.address(size, size)
	if !r.need(name, size) {
		return ""
	}
	a, _ := netip.AddrFromSlice(r.d.frame[r.off : r.off+size])
	s := a.String()
	r.put(name, s, size)
	return s
}

// show replaces the text of the field read last.
func (r *reader) show(format string, args ...any) {
	if r.field != nil && !r.stopped {
		r.field.Value = fmt.Sprintf(format, args...)
	}
}

// title sets the text beside the header's or group's name.
func (r *reader) title(text string) {
	if r.node != nil {
		r.node.Value = text
	}
}

func (r *reader) titlef(format string, args ...any) {
	if r.node != nil {
		r.node.Value = fmt.Sprintf(format, args...)
	}
}

// titleField titles a group with the field read last, which says what it is.
func (r *reader) titleField() {
	if r.node != nil && r.field != nil {
		r.node.Value = r.field.Value
	}
}

// rest reads all that is left of the captured bytes as one field in hex, if any.
func (r *reader) rest(name string) {
	if n := len(r.captured()); n > 0 {
		r.bytes(name, n)
	}
}

// data shows a payload that no decoder knows as a layer of its own.
func (r *reader) data(name string) {
	b := r.captured()
	if len(b) == 0 || r.d.root == nil {
		return
	}
	p := r.layer(name)
	p.bytes("Bytes", len(b))
	p.titlef("%d bytes", p.off-r.off)
}
