package live

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Stats counts what a Store receives, by VLAN, protocol, talker and conversation.
// It counts every packet, in memory of a fixed size (about 300 KiB).
//
// It does so in batches. The Store counts a segment (1 MiB) when it is full, while
// that is still in the processor's cache: with what follows, 25 to 60 ns a packet,
// and half as much again when it is left to a Summary 100 ms later. Summary counts
// what has come since, in the caller's goroutine. Neither waits for the other, and
// packets that are not counted when they would be overwritten are counted first. So
// nothing is missed, however seldom somebody asks.
//
// A frame that was stored cut is counted with its length on the wire.
type Stats struct {
	store *Store
	seed  uint64
	seen  atomic.Uint64 // the number of the first packet not yet counted

	mu            sync.Mutex // held for one segment's packets at a time
	total         Tally
	arp           Tally
	broadcast     Tally
	multicast     Tally
	vlans         []Tally // by the outer VID; at untagged the rest
	sizes         [len(sizeLimits) + 1]Tally
	ip            [2][256]Tally // IPv4 and IPv6, by protocol
	etherTypes    *top[uint16]  // of the others
	talkers       *top[talkerKey]
	conversations *top[conversationKey]
	rates         rateBuckets
}

const (
	maxVID   = 4095
	untagged = maxVID + 1 // where packets without a tag are counted
)

// sizeLimits are the upper ends of the frame-size histogram, in bytes without
// FCS: RMON's (RFC 2819 §5, etherStatsPkts65to127Octets and so on), where 1518 is
// a full frame with one tag, and one more for jumbo frames.
var sizeLimits = [...]int{63, 127, 255, 511, 1023, 1518, 9018}

// NewStats returns statistics of what the store receives from now on. There can
// be one for a Store, made before its Source runs.
func NewStats(s *Store) *Stats {
	st := &Stats{
		store:         s,
		seed:          rand.Uint64(),
		vlans:         make([]Tally, untagged+1),
		etherTypes:    newTop[uint16](),
		talkers:       newTop[talkerKey](),
		conversations: newTop[conversationKey](),
	}
	_, next := s.Range()
	st.seen.Store(next)
	s.stats = st
	return st
}

// catchUp counts the packets up to the number to that are not counted yet.
func (st *Stats) catchUp(to uint64) {
	for st.seen.Load() < to {
		st.mu.Lock()
		st.countSegment(to)
		st.mu.Unlock()
	}
}

// tryCatchUp is catchUp, unless somebody else is counting: it can be done later.
func (st *Stats) tryCatchUp(to uint64) {
	for st.seen.Load() < to && st.mu.TryLock() {
		st.countSegment(to)
		st.mu.Unlock()
	}
}

// countSegment counts what is left of the oldest segment with uncounted packets.
// The caller holds mu.
func (st *Stats) countSegment(to uint64) {
	from := st.seen.Load()
	if from >= to {
		return
	}
	g := st.store.enter(from)
	if g == nil {
		// Never stored, as there were readers in every segment: pass it by.
		st.seen.Store(from + 1)
		return
	}
	defer g.leave()
	to = min(to, g.end.Load())
	for ; from < to; from++ {
		r, data := g.record(from)
		st.count(r, data)
	}
	st.seen.Store(to)
}

func (st *Stats) count(r *record, data []byte) {
	h := &r.headers
	length := uint64(r.length)
	st.total.add(length)
	st.sizes[sizeBucket(int(r.length))].add(length)
	st.rates.add(r.time, length)
	vlan := untagged
	if h.Tags > 0 {
		vlan = int(binary.BigEndian.Uint16(data[macBytes+2:]) & maxVID)
	}
	st.vlans[vlan].add(length)
	switch {
	case h.IsIP() && h.EtherType == EtherTypeIPv4:
		st.ip[0][h.Protocol].add(length)
	case h.IsIP():
		st.ip[1][h.Protocol].add(length)
	default:
		if h.EtherType == EtherTypeARP {
			st.arp.add(length)
		}
		st.etherTypes.add(&h.EtherType, fold(fold64(uint64(h.EtherType)^st.seed, 0x9e3779b97f4a7c15)), length)
	}
	if len(data) < macBytes {
		return // cut in the addresses: nobody's
	}
	if data[0]&1 != 0 {
		if [6]byte(data) == [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff} {
			st.broadcast.add(length)
		} else {
			st.multicast.add(length)
		}
	}
	var talker talkerKey
	var conversation conversationKey
	parties(h, data, &talker, &conversation)
	st.talkers.add(&talker, talker.hash(st.seed), length)
	st.conversations.add(&conversation, conversation.hash(st.seed), length)
}

func sizeBucket(length int) int {
	for i, limit := range sizeLimits {
		if length <= limit {
			return i
		}
	}
	return len(sizeLimits)
}

// rateBuckets remember the last minute and a bit, by the time of the packets.
type rateBuckets struct {
	first   int64 // time of the earliest packet, nanoseconds since the Unix epoch
	buckets [256]rateBucket
}

type rateBucket struct {
	number int64 // time in bucketTimes since the Unix epoch
	tally  Tally
}

const bucketTime = int64(250 * time.Millisecond)

func (r *rateBuckets) add(at int64, length uint64) {
	if r.first == 0 || at < r.first {
		r.first = at
	}
	number := at / bucketTime
	b := &r.buckets[uint64(number)%uint64(len(r.buckets))]
	if number != b.number { // more than a minute off, in either direction: clocks are set
		*b = rateBucket{number: number}
	}
	b.tally.add(length)
}

// over returns the rate over the time before now: of the whole buckets that are
// past, and not before the first packet.
func (r *rateBuckets) over(now time.Time, window time.Duration) Rate {
	if r.first == 0 {
		return Rate{}
	}
	end := now.UnixNano() / bucketTime
	start := max(end-int64(window)/bucketTime, r.first/bucketTime)
	if start >= end {
		return Rate{}
	}
	var sum Tally
	for i := range r.buckets {
		if b := &r.buckets[i]; b.number >= start && b.number < end {
			sum.Packets += b.tally.Packets
			sum.Bytes += b.tally.Bytes
		}
	}
	seconds := time.Duration((end - start) * bucketTime).Seconds()
	return Rate{PPS: float64(sum.Packets) / seconds, BPS: float64(sum.Bytes) * 8 / seconds}
}
