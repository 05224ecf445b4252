package live

import (
	"math/bits"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Stats counts what a Store receives, by VLAN, protocol, talker and conversation.
// It counts every packet, in memory of a fixed size (about 430 KiB).
//
// The Store has packets counted in batches, while they are still in the
// processor's nearest cache: see docs/performance.md for what that costs. What has
// come since, Summary counts in the caller's goroutine. Neither waits for the
// other for longer than a batch, and packets that are not counted when they would
// be overwritten are counted first. So nothing is missed, however seldom somebody
// asks.
//
// A frame that was stored cut is counted with its length on the wire.
type Stats struct {
	store *Store
	seed  uint64
	seen  atomic.Uint64 // the number of the first packet not yet counted

	mu    sync.Mutex // held for a batch at a time, or one segment's packets
	sizes [len(sizeLimits) + 1]Tally
	rates rateBuckets
	flows flows

	// What flows have handed on.
	arp           Tally
	broadcast     Tally
	multicast     Tally
	vlans         []Tally       // by the outer VID; at untagged the rest
	ip            [2][256]Tally // IPv4 and IPv6, by protocol
	etherTypes    *top[uint16]  // of the others
	talkers       *top[talkerKey]
	conversations *top[conversationKey]
}

// countEvery is how many packets are in a batch: few enough to be in the
// processor's cache still, many enough that locking costs nothing.
const countEvery = 256

const (
	maxVID   = 4095
	untagged = maxVID + 1 // where packets without a tag are counted
)

// sizeLimits are the upper ends of the frame-size histogram, in bytes without
// FCS: RMON's (RFC 2819 §5, etherStatsPkts65to127Octets and so on), where 1518 is
// a full frame with one tag, and one more for jumbo frames.
var sizeLimits = [...]uint64{63, 127, 255, 511, 1023, 1518, 9018}

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
	st.flows.seed = st.seed | 1
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
	st.count(g, from, to)
	st.seen.Store(to)
}

// count counts the packets from ≤ seq < to of a segment.
func (st *Stats) count(g *segment, from, to uint64) {
	var key flowKey
	for ; from < to; from++ {
		r, data := g.record(from)
		length := uint64(r.length)
		one := Tally{1, length}
		st.sizes[sizeBucket(length)].add(one)
		st.rates.add(r.time, one)
		key.set(&r.headers, data)
		f, known := st.flows.place(&key)
		if !known {
			st.take(f)
			f.key, f.Tally = key, Tally{}
		}
		f.add(one)
	}
}

// take counts what a flow had.
func (st *Stats) take(f *flow) {
	if f.Packets == 0 {
		return
	}
	k := &f.key
	st.vlans[k.vlan()].add(f.Tally)
	switch k.kind() {
	case kindIPv4:
		st.ip[0][k.ipProtocol()].add(f.Tally)
	case kindIPv6:
		st.ip[1][k.ipProtocol()].add(f.Tally)
	case kindMAC, kindNobody:
		etherType := k.etherType()
		if etherType == EtherTypeARP {
			st.arp.add(f.Tally)
		}
		st.etherTypes.add(&etherType, fold(fold64(uint64(etherType)^st.seed, 0x9e3779b97f4a7c15)), f.Tally)
	}
	switch k.cast() {
	case broadcast:
		st.broadcast.add(f.Tally)
	case multicast:
		st.multicast.add(f.Tally)
	case unicast:
	}
	if k.kind() == kindNobody {
		return
	}
	talker, conversation := k.parties()
	st.talkers.add(&talker, talker.hash(st.seed), f.Tally)
	st.conversations.add(&conversation, conversation.hash(st.seed), f.Tally)
}

func sizeBucket(length uint64) int {
	if length < 1<<10 { // where the limits are powers of two
		return max(0, bits.Len64(length)-6)
	}
	for i := range 2 {
		if length <= sizeLimits[5+i] {
			return 5 + i
		}
	}
	return len(sizeLimits)
}

// rateBuckets remember the last minute and a bit, by the time of the packets.
type rateBuckets struct {
	first   int64       // time of the first packet, nanoseconds since the Unix epoch
	start   int64       // of the bucket that was counted in last
	now     *rateBucket // that one, nil before the first packet
	buckets [256]rateBucket
}

type rateBucket struct {
	number int64 // time in bucketTimes since the Unix epoch
	tally  Tally
}

const bucketTime = int64(250 * time.Millisecond)

func (r *rateBuckets) add(at int64, one Tally) {
	if r.now == nil || uint64(at-r.start) >= uint64(bucketTime) {
		r.turn(at)
	}
	r.now.tally.add(one)
}

// turn finds the bucket for a time.
func (r *rateBuckets) turn(at int64) {
	number := at / bucketTime
	if r.now == nil || at < r.first {
		r.first = at
	}
	r.start = number * bucketTime
	r.now = &r.buckets[uint64(number)%uint64(len(r.buckets))]
	if number != r.now.number { // more than a minute off, in either direction: clocks are set
		*r.now = rateBucket{number: number}
	}
}

// since is the time of the first packet, zero if there is none.
func (r *rateBuckets) since() time.Time {
	if r.now == nil {
		return time.Time{}
	}
	return time.Unix(0, r.first)
}

// over returns the rate over the time before now: of the whole buckets that are
// past, and not before the first packet.
func (r *rateBuckets) over(now time.Time, window time.Duration) Rate {
	if r.now == nil {
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
			sum.add(b.tally)
		}
	}
	seconds := time.Duration((end - start) * bucketTime).Seconds()
	return Rate{PPS: float64(sum.Packets) / seconds, BPS: float64(sum.Bytes) * 8 / seconds}
}
