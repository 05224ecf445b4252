package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// bulk is a file transfer from nas to build-7 at a given rate. Its frames are
// made once and only numbered when sent, so that it can be much faster than the
// conversations.
type bulk struct {
	from, to  *host
	data, ack []byte
	next      time.Time
	gap       time.Duration
	sent      uint64
}

// Offsets in an untagged frame of IPv4 without options and TCP.
const (
	tcpSequence = 14 + 20 + 4
	tcpAck      = 14 + 20 + 8
	tcpChecksum = 14 + 20 + 16
)

func newBulk(c *cast, random *rand.Rand, rate int, start time.Time) *bulk {
	b := &bulk{from: c.nas, to: c.build, next: start, gap: time.Second / time.Duration(rate)}
	// A conversation of its own, whose frames are taken as patterns.
	t := &traffic{random: random, cast: c} // its queue is read below
	conversation := (&talk{traffic: t, at: start}).dial(c.build, c.nas, 2049)
	conversation.say(false, noise(t, segment))
	b.data, b.ack = t.queue[0].frame, t.queue[1].frame
	return b
}

// send sends the next frame: data and acknowledgement in turn.
func (b *bulk) send(s *Switch) {
	from, frame, field := b.from, b.data, tcpSequence
	if b.sent%2 == 1 {
		from, frame, field = b.to, b.ack, tcpAck
	}
	advance(frame, field, segment)
	s.receive(from.iface, frame)
	b.sent++
	b.next = b.next.Add(b.gap)
}

// advance adds to a 32-bit field of the TCP header and corrects the checksum (RFC 1624).
func advance(frame []byte, field int, by uint32) {
	old := binary.BigEndian.Uint32(frame[field:])
	binary.BigEndian.PutUint32(frame[field:], old+by)
	sum := uint32(^binary.BigEndian.Uint16(frame[tcpChecksum:]))
	for _, word := range []uint32{^old >> 16, ^old & 0xffff, (old + by) >> 16, (old + by) & 0xffff} {
		sum += word & 0xffff
	}
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(frame[tcpChecksum:], ^uint16(sum))
}
