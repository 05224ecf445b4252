package filter

import (
	"encoding/binary"
	"math"
)

// program is a compiled filter: checks that lead to each other, and in the end to
// accept or reject. A flat list of small steps is what scanning a full store in
// time takes: a tree of functions needs two to three times as long.
type program struct {
	checks []check
	entry  int // of the first one
}

// Where a check may lead besides to another one.
const (
	accept = -1
	reject = -2
)

// check reads a number from the frame, masks it and looks whether it is one of
// low … low+span. If the number cannot be read the frame is rejected at once.
type check struct {
	read            reading
	at              int    // offset, as the filter sees the frame
	behindTags      int    // -1, all bits set, if tags must be passed by, else 0
	network         int    // of transport readings: where IPv4 begins
	value           number // of readValue
	mask, low, span uint32
	yes, no         int
}

type reading uint8

const (
	read8 reading = iota
	read16
	read32
	readTransport8 // at counts from the end of the IPv4 header at network
	readTransport16
	readTransport32
	readLength
	readValue
)

// run decides about a frame.
func (p *program) run(f frame) bool {
	data := f.data
	next := p.entry
	for next >= 0 {
		c := &p.checks[next]
		at := c.at + f.tags&c.behindTags
		if c.read >= readTransport8 && c.read <= readTransport32 {
			ip := c.network + f.tags
			if uint(ip) >= uint(len(data)) {
				return false
			}
			at += int(data[ip]&15) * 4
		}
		var v uint32
		switch c.read {
		case read8, readTransport8:
			if uint(at) >= uint(len(data)) {
				return false
			}
			v = uint32(data[at])
		case read16, readTransport16:
			if at+2 > len(data) {
				return false
			}
			v = uint32(binary.BigEndian.Uint16(data[at:]))
		case read32, readTransport32:
			if at+4 > len(data) {
				return false
			}
			v = binary.BigEndian.Uint32(data[at:])
		case readLength:
			v = f.length()
		case readValue:
			var ok bool
			if v, ok = c.value(f); !ok {
				return false
			}
		}
		if v&c.mask-c.low <= c.span {
			next = c.yes
		} else {
			next = c.no
		}
	}
	return next == accept
}

// block is a condition on its way into a program.
type block struct {
	kind  blockKind
	check check   // of a leaf
	parts []block // of the others
}

type blockKind uint8

const (
	leafBlock blockKind = iota
	allBlock            // the first part that is not true decides
	anyBlock            // the first part that is true decides
	notBlock
	chooseBlock // if the first part is true the second decides, else the third
)

func all(parts ...block) block { return block{kind: allBlock, parts: parts} }

func anyOf(parts ...block) block { return block{kind: anyBlock, parts: parts} }

func not(b block) block { return block{kind: notBlock, parts: []block{b}} }

func choose(condition, then, otherwise block) block {
	return block{kind: chooseBlock, parts: []block{condition, then, otherwise}}
}

// always is true without reading anything.
func always() block { return all() }

// macBlock reads 1, 2 or 4 bytes inside the MAC addresses.
func macBlock(at, size int, mask uint32) block {
	return block{check: check{read: readingOf(size), at: at, mask: mask}}
}

// headerBlock reads 1, 2 or 4 bytes behind the MAC addresses.
func headerBlock(at, size int, mask uint32) block {
	return block{check: check{read: readingOf(size), at: at, behindTags: -1, mask: mask}}
}

// transportBlock reads 1, 2 or 4 bytes behind the IPv4 header at network.
func transportBlock(network, at, size int, mask uint32) block {
	read := readTransport8 + readingOf(size) - read8
	return block{check: check{read: read, at: network + at, network: network, behindTags: -1, mask: mask}}
}

func valueBlock(n number) block {
	return block{check: check{read: readValue, value: n, mask: math.MaxUint32}}
}

func readingOf(size int) reading {
	switch size {
	case 1:
		return read8
	case 2:
		return read16
	default:
		return read32
	}
}

// is has a block's number compared with one.
func (b block) is(n uint32) block { return b.within(n, n) }

// within has it compared with low ≤ number ≤ high.
func (b block) within(low, high uint32) block {
	b.check.low, b.check.span = low, high-low
	return b
}

// add appends the block's checks, which lead to yes or no, and returns the first.
// So what comes after must be in the program before.
func (p *program) add(b block, yes, no int) int {
	switch b.kind {
	case allBlock:
		for i := len(b.parts) - 1; i >= 0; i-- {
			yes = p.add(b.parts[i], yes, no)
		}
		return yes
	case anyBlock:
		for i := len(b.parts) - 1; i >= 0; i-- {
			no = p.add(b.parts[i], yes, no)
		}
		return no
	case notBlock:
		return p.add(b.parts[0], no, yes)
	case chooseBlock:
		then, otherwise := p.add(b.parts[1], yes, no), p.add(b.parts[2], yes, no)
		return p.add(b.parts[0], then, otherwise)
	default:
		b.check.yes, b.check.no = yes, no
		p.checks = append(p.checks, b.check)
		return len(p.checks) - 1
	}
}
