// Package live holds frames while people look at them: what a frame is, where
// frames come from, and the bounded store that keeps the newest.
//
// A Source (package capture, a file, the simulated switch) writes frames into a
// Store; the Store keeps the newest that fit its memory and counts the rest. The
// screen asks the Store for the few rows it shows. Nothing happens per packet
// but the copy into the Store (DESIGN §4).
package live

import (
	"context"
	"time"
)

// Direction is which way a frame passed the interface it was seen on, as the
// host sees it.
type Direction uint8

const (
	// DirectionUnknown is for sources that do not know, such as most files.
	DirectionUnknown Direction = iota
	// Incoming frames were received from the interface.
	Incoming
	// Outgoing frames were sent out of the interface.
	Outgoing
)

// Tag is an 802.1Q or 802.1ad tag as the kernel hands it over beside the frame (F21).
type Tag struct {
	TPID uint16 // 0x8100, 0x88a8 or 0x9100
	TCI  uint16 // PCP in bits 15–13, DEI in bit 12, VID in bits 11–0
}

// Frame is what a Source hands to the Store. Data is only borrowed for the call.
type Frame struct {
	Time int64 // nanoseconds since the Unix epoch
	// Length is the frame's length on the wire, with a Tag that is not yet in Data.
	Length int
	// Data is the captured part, from the destination MAC on.
	Data []byte
	// Tag is the outermost tag if HasTag, and then belongs between byte 12 and 13 of Data.
	Tag       Tag
	HasTag    bool
	Direction Direction
}

// Packet is one stored frame. Data holds the tags at their place in the frame.
type Packet struct {
	// Seq numbers the packets of a Store from 0 on, without gaps.
	Seq       uint64
	Time      time.Time
	Length    int // bytes on the wire, tags included
	Data      []byte
	Direction Direction
	// Headers is set by the Store.
	Headers Headers
}

// Counters are the totals of a Source or Store since it was opened.
type Counters struct {
	Packets uint64 // delivered, whether still stored or not
	Bytes   uint64 // of those, on the wire, tags included
	// KernelDrops were lost in the kernel because the ring was full.
	KernelDrops uint64
	// Freezes is how often the kernel's ring stood still because it was full.
	Freezes uint64
	// Overwritten were stored and have since made room for newer ones.
	Overwritten uint64
}

// Source delivers frames into a Store.
type Source interface {
	// Run writes frames into the store until ctx is done (then it returns nil),
	// the source ends (nil) or breaks (the error). It may be called once.
	Run(ctx context.Context, into *Store) error
	// Drops returns what the kernel lost so far: packets and ring freezes. It may
	// be called while Run runs.
	Drops() (packets, freezes uint64)
	// Close releases the source. It is safe after Run and more than once.
	Close() error
}
