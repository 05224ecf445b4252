package live

import (
	"cmp"
	"slices"
)

// Tally is how much there was of something.
type Tally struct {
	Packets uint64
	Bytes   uint64 // on the wire, tags included
}

func (t *Tally) add(more Tally) {
	t.Packets += more.Packets
	t.Bytes += more.Bytes
}

// topSize is how many keys a top follows. The bytes that it may miss of a key
// are at most 2/topSize of all bytes.
const topSize = 1024

// topSlots keeps three of four slots empty, so that few keys meet.
const topSlots = 4 * topSize

// top finds the keys with the most bytes among any number of them, in memory of
// a fixed size: Misra and Gries's frequent items with weights, purged by half as
// in Anderson et al., "A High-Performance Algorithm for Identifying Frequent
// Items in Data Streams" (2017). It follows topSize keys. When one more comes,
// the median weight m is taken from all, and the keys left with none are
// forgotten. That takes m from topSize/2 keys at least, so the sum of all m,
// which is what a key can have lost by being forgotten, is at most
// 2/topSize of all bytes.
//
// What is told of a key is exact from when it was last taken up; missed bounds what
// it had before. As long as there are no more than topSize keys, all is exact.
type top[K comparable] struct {
	entries []topEntry[K]
	slots   []uint16 // 1 + index in entries, by hash, linear probing
	weights []uint64 // for the median
	lost    uint64   // sum of all m
}

type topEntry[K comparable] struct {
	key    K
	hash   uint32
	weight uint64
	missed uint64 // bytes at most
	tally  Tally
}

func newTop[K comparable]() *top[K] {
	return &top[K]{
		entries: make([]topEntry[K], 0, topSize),
		slots:   make([]uint16, topSlots),
		weights: make([]uint64, 0, topSize),
	}
}

// add counts packets of key, whose hash the caller knows.
func (t *top[K]) add(key *K, hash uint32, more Tally) {
	slot := hash % topSlots
	for t.slots[slot] != 0 {
		if e := &t.entries[t.slots[slot]-1]; e.hash == hash && e.key == *key {
			e.tally.add(more)
			e.weight += more.Bytes
			return
		}
		slot = (slot + 1) % topSlots
	}
	if len(t.entries) == topSize {
		t.purge()
		for slot = hash % topSlots; t.slots[slot] != 0; {
			slot = (slot + 1) % topSlots
		}
	}
	t.entries = append(t.entries, topEntry[K]{
		key: *key, hash: hash, weight: more.Bytes, missed: t.lost, tally: more,
	})
	t.slots[slot] = uint16(len(t.entries))
}

// purge forgets the lighter half.
func (t *top[K]) purge() {
	t.weights = t.weights[:0]
	for i := range t.entries {
		t.weights = append(t.weights, t.entries[i].weight)
	}
	slices.Sort(t.weights)
	median := t.weights[len(t.weights)/2]
	t.lost += median

	clear(t.slots)
	kept := t.entries[:0]
	for i := range t.entries {
		e := &t.entries[i]
		if e.weight <= median {
			continue
		}
		e.weight -= median
		kept = append(kept, *e)
		slot := e.hash % topSlots
		for t.slots[slot] != 0 {
			slot = (slot + 1) % topSlots
		}
		t.slots[slot] = uint16(len(kept))
	}
	t.entries = kept
}

// heaviest returns copies of the n entries with the most bytes, the most first, and
// those with as many in the order of their keys.
func (t *top[K]) heaviest(n int, keys func(a, b *K) int) []topEntry[K] {
	n = min(max(n, 0), len(t.entries))
	if n == 0 {
		return nil
	}
	order := func(a, b *topEntry[K]) int {
		if c := cmp.Or(cmp.Compare(b.tally.Bytes, a.tally.Bytes), cmp.Compare(b.tally.Packets, a.tally.Packets)); c != 0 {
			return c
		}
		return keys(&a.key, &b.key)
	}
	first := make([]*topEntry[K], 0, n+1) // few of many: sorting all would take longer than counting
	for i := range t.entries {
		e := &t.entries[i]
		if len(first) == n && order(e, first[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, e, order)
		first = slices.Insert(first, at, e)
		first = first[:min(len(first), n)]
	}
	out := make([]topEntry[K], len(first))
	for i, e := range first {
		out[i] = *e
	}
	return out
}
