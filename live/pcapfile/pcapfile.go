// Package pcapfile reads capture files (pcap and pcapng, from a file or a stream)
// into a live.Store, and writes packets of a Store as pcapng.
//
// Open gives a Reader, which is a live.Source like a capture; Create gives a
// Writer. What is not Ethernet (Linux cooked captures, raw IP, loopback) gets an
// Ethernet header while it is read, so nobody else has to know.
//
// Both formats are those of the IETF's opsawg drafts: draft-ietf-opsawg-pcap and
// draft-ietf-opsawg-pcapng.
//
// The readers are our own and not gopacket/pcapgo, because that one (v1.7.7)
//   - reads epb_flags as little-endian in big-endian sections: directions are lost;
//   - does not compute timestamps with a resolution of 2^-n exactly (2^-20, which
//     some appliances write, is off by 0.7 ms at the end of each second);
//   - takes a pcap file that is cut right behind a record's header for complete;
//   - does not hold data and options against the length of their block, and takes
//     what follows in a damaged file for theirs;
//   - refuses sections of version 1.2, and keeps one comment of several.
//
// The writer is our own because pcapgo's allocates for each packet that has flags
// and cannot tell how much of the file is sound after a failed write.
package pcapfile

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrNotCapture says that a file is neither pcap nor pcapng.
var ErrNotCapture = errors.New("not a pcap or pcapng file")

// Block types and option codes (draft-ietf-opsawg-pcapng §3.5, §4).
const (
	blockInterface    = 1
	blockOldPacket    = 2 // obsolete Packet Block
	blockSimplePacket = 3
	blockStatistics   = 5
	blockPacket       = 6 // Enhanced Packet Block
	blockSection      = 0x0a0d0d0a

	byteOrderMagic = 0x1a2b3c4d

	optionEnd     = 0
	optionComment = 1

	sectionHardware    = 2
	sectionOS          = 3
	sectionApplication = 4

	interfaceName        = 2
	interfaceDescription = 3
	interfaceResolution  = 9 // if_tsresol
	interfaceOffset      = 14

	packetFlags     = 2
	packetDropCount = 4

	statisticsStart     = 2
	statisticsEnd       = 3
	statisticsReceived  = 4
	statisticsDropped   = 5
	statisticsOSDropped = 7
	statisticsDelivered = 8

	flagInbound   = 1 // of the two lowest bits of epb_flags
	flagOutbound  = 2
	flagDirection = 3
)

const (
	// blockFrame is what every block has: type, length, and the length again.
	blockFrame = 12

	// maxPacket is libpcap's MAXIMUM_SNAPLEN, the most that tcpdump and Wireshark
	// write or read of an Ethernet frame: more is a damaged length.
	maxPacket = 256 << 10
	// maxBlock is what Wireshark allows for a block.
	maxBlock = 16 << 20
)

// Magic numbers of pcap as its first four bytes, read as big-endian.
const (
	magicMicro        = 0xa1b2c3d4
	magicNano         = 0xa1b23c4d
	magicMicroSwapped = 0xd4c3b2a1
	magicNanoSwapped  = 0x4d3cb2a1
)

// magicBytes is how much of a file isCapture needs.
const magicBytes = 4

// isCapture reports whether a file that begins so is pcap or pcapng.
func isCapture(b []byte) bool {
	if len(b) < magicBytes {
		return false
	}
	switch binary.BigEndian.Uint32(b) {
	case magicMicro, magicNano, magicMicroSwapped, magicNanoSwapped, blockSection:
		return true
	}
	return false
}

// maxText is how many bytes of a text from a file are kept.
const maxText = 1024

// clean makes text from a file fit for a terminal: what controls it or changes
// the direction of writing, and what is no UTF-8, is shown as U+FFFD.
func clean(b []byte) string {
	b = b[:min(len(b), maxText)]
	for i := 1; i < utf8.UTFMax && i < len(b) && len(b) == maxText; i++ { // a character that the cut split
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				b = b[:len(b)-i]
			}
			break
		}
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == 0:
			return -1 // some writers end text so
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, strings.TrimRight(string(b), "\x00\n"))
}
