package pcapfile

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"ovscope/live"
)

// maxOption is how many bytes of a text are written. An option could have 64 KiB.
const maxOption = 4 << 10

const nanosecondResolution = 9 // if_tsresol: 10^-9

// beginBlock appends the front of a block; endBlock needs the length that b had before.
func beginBlock(b []byte, kind uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, kind)
	return binary.LittleEndian.AppendUint32(b, 0)
}

// endBlock completes the block that begins at start.
func endBlock(b []byte, start int) []byte {
	size := uint32(len(b) - start + 4)
	binary.LittleEndian.PutUint32(b[start+4:], size)
	return binary.LittleEndian.AppendUint32(b, size)
}

// pad appends zeros up to the next multiple of 4: all blocks are as long.
func pad(b []byte, size int) []byte {
	for ; size%4 != 0; size++ {
		b = append(b, 0)
	}
	return b
}

func appendOption(b []byte, code uint16, size int) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	return binary.LittleEndian.AppendUint16(b, uint16(size))
}

// appendText appends a text as an option, unless it is empty.
func appendText(b []byte, code uint16, s string) []byte {
	if s == "" {
		return b
	}
	s = strings.ToValidUTF8(s[:min(len(s), maxOption)], "")
	b = appendOption(b, code, len(s))
	return pad(append(b, s...), len(s))
}

func appendCount(b []byte, code uint16, n uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendOption(b, code, 8), n)
}

// appendTime appends a timestamp as an option: unlike other numbers of 64 bits it
// has its upper half first (§4.6).
func appendTime(b []byte, code uint16, at int64) []byte {
	return appendTimestamp(appendOption(b, code, 8), at)
}

func appendTimestamp(b []byte, at int64) []byte {
	ts := uint64(max(at, 0)) // a file cannot tell times before 1970
	b = binary.LittleEndian.AppendUint32(b, uint32(ts>>32))
	return binary.LittleEndian.AppendUint32(b, uint32(ts))
}

// appendSection appends a Section Header Block (§4.1).
func appendSection(b []byte, o *Options) []byte {
	start := len(b)
	b = beginBlock(b, blockSection)
	b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
	b = binary.LittleEndian.AppendUint16(b, 1) // version 1.0
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint64) // a section of unknown length
	b = appendText(b, optionComment, o.Comment)
	b = appendText(b, sectionOS, systemName())
	b = appendText(b, sectionApplication, strings.TrimSpace("ovscope "+o.Version))
	b = appendOption(b, optionEnd, 0)
	return endBlock(b, start)
}

// appendInterface appends an Interface Description Block (§4.2).
func appendInterface(b []byte, o *Options) []byte {
	start := len(b)
	b = beginBlock(b, blockInterface)
	b = binary.LittleEndian.AppendUint32(b, uint32(linkEthernet)) // and 16 reserved bits
	b = binary.LittleEndian.AppendUint32(b, uint32(max(o.SnapLen, 0)))
	b = appendText(b, interfaceName, o.Interface)
	b = appendText(b, interfaceDescription, o.Description)
	b = append(appendOption(b, interfaceResolution, 1), nanosecondResolution, 0, 0, 0)
	b = appendOption(b, optionEnd, 0)
	return endBlock(b, start)
}

// appendPacket appends an Enhanced Packet Block (§4.3).
func appendPacket(b []byte, p *live.Packet, n Note) []byte {
	start := len(b)
	b = beginBlock(b, blockPacket)
	b = binary.LittleEndian.AppendUint32(b, 0) // the interface
	b = appendTimestamp(b, p.Time.UnixNano())
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(max(p.Length, len(p.Data))))
	b = pad(append(b, p.Data...), len(p.Data))

	options := len(b)
	b = appendText(b, optionComment, n.Comment)
	switch p.Direction {
	case live.DirectionUnknown:
	case live.Incoming:
		b = binary.LittleEndian.AppendUint32(appendOption(b, packetFlags, 4), flagInbound)
	case live.Outgoing:
		b = binary.LittleEndian.AppendUint32(appendOption(b, packetFlags, 4), flagOutbound)
	}
	if n.Missed > 0 {
		b = appendCount(b, packetDropCount, n.Missed)
	}
	if len(b) > options {
		b = appendOption(b, optionEnd, 0)
	}
	return endBlock(b, start)
}

// appendStatistics appends an Interface Statistics Block (§4.6).
func appendStatistics(b []byte, s *Statistics, written uint64) []byte {
	start := len(b)
	b = beginBlock(b, blockStatistics)
	b = binary.LittleEndian.AppendUint32(b, 0) // the interface
	b = appendTimestamp(b, nanoseconds(s.End))
	if !s.Start.IsZero() {
		b = appendTime(b, statisticsStart, nanoseconds(s.Start))
	}
	if !s.End.IsZero() {
		b = appendTime(b, statisticsEnd, nanoseconds(s.End))
	}
	b = appendCount(b, statisticsReceived, s.Received)
	b = appendCount(b, statisticsDropped, s.Dropped)
	b = appendCount(b, statisticsDelivered, written)
	b = appendOption(b, optionEnd, 0)
	return endBlock(b, start)
}

// nanoseconds is UnixNano, which is not defined for the zero Time.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// wholeBlocks returns how many of the first n bytes of b, which are blocks, are whole blocks.
func wholeBlocks(b []byte, n int) int {
	at := 0
	for at+8 <= n {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		if at+size > n {
			break
		}
		at += size
	}
	return at
}
