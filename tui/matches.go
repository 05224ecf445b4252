package tui

import (
	"slices"

	"ovscope/live"
	"ovscope/live/filter"
)

// matches is which packets of a store a filter wants, as far as they have been
// looked at: low ≤ seq < high. It grows at both ends, the newest first, so that
// what is on screen is there at once. It is a listing.
//
// It is bounded by the store: what has been overwritten is dropped.
type matches struct {
	want       *filter.Filter
	generation int
	low, high  uint64
	scanning   bool // somebody is at it

	// blocks are the numbers that match, ascending; none is empty.
	blocks [][]uint64
	total  int
	// oldest is the first row that is listed.
	oldest uint64
}

// matchBlock is how many numbers a block has at most.
const matchBlock = 4096

// scanChunk is how many packets are looked at in one go: about 2 ms.
const scanChunk = 32768

func (x *matches) append(seqs []uint64) {
	x.total += len(seqs)
	for len(seqs) > 0 {
		last := len(x.blocks) - 1
		if last < 0 || len(x.blocks[last]) == matchBlock {
			x.blocks = append(x.blocks, make([]uint64, 0, min(matchBlock, max(64, len(seqs)))))
			last++
		}
		n := min(len(seqs), matchBlock-len(x.blocks[last]))
		x.blocks[last] = append(x.blocks[last], seqs[:n]...)
		seqs = seqs[n:]
	}
}

func (x *matches) prepend(seqs []uint64) {
	if len(seqs) == 0 {
		return
	}
	x.total += len(seqs)
	if len(x.blocks) > 0 && len(x.blocks[0])+len(seqs) <= matchBlock {
		x.blocks[0] = slices.Concat(seqs, x.blocks[0])
		return
	}
	var front [][]uint64
	for part := range slices.Chunk(seqs, matchBlock) {
		front = append(front, slices.Clip(part))
	}
	x.blocks = slices.Concat(front, x.blocks)
}

// forget drops what has been overwritten, but for a block or two of rows that are
// still on screen: from ≤ seq ≤ to.
func (x *matches) forget(first, from, to uint64) {
	x.blocks = slices.DeleteFunc(x.blocks, func(b []uint64) bool {
		gone := b[len(b)-1] < first && (b[len(b)-1] < from || b[0] > to)
		if gone {
			x.total -= len(b)
		}
		return gone
	})
}

// rank counts the numbers below seq.
func (x *matches) rank(seq uint64) int {
	n := 0
	for _, b := range x.blocks {
		if b[len(b)-1] < seq {
			n += len(b)
			continue
		}
		i, _ := slices.BinarySearch(b, seq)
		return n + i
	}
	return n
}

// at is the i-th number; there must be one.
func (x *matches) at(i int) uint64 {
	for _, b := range x.blocks {
		if i < len(b) {
			return b[i]
		}
		i -= len(b)
	}
	return 0
}

func (x *matches) slice(i, n int) []uint64 {
	var list []uint64
	for _, b := range x.blocks {
		if i < len(b) && len(list) < n {
			list = append(list, b[i:min(len(b), i+n-len(list))]...)
			i = 0
			continue
		}
		i = max(0, i-len(b))
	}
	return list
}

func (x *matches) newest(n int) []uint64 {
	low := x.rank(x.oldest)
	n = min(max(0, n), x.total-low)
	return x.slice(x.total-n, n)
}

func (x *matches) from(seq uint64, n int) []uint64 {
	return x.slice(x.rank(max(seq, x.oldest)), max(0, n))
}

func (x *matches) step(seq uint64, delta int) (uint64, bool) {
	low := x.rank(x.oldest)
	if low >= x.total {
		return 0, false
	}
	i := min(max(x.rank(seq), low), x.total-1)
	if delta < -x.total || delta > x.total { // farAway
		delta = min(max(delta, -x.total), x.total)
	}
	return x.at(min(max(i+delta, low), x.total-1)), true
}

func (x *matches) since(seq uint64) uint64 { return uint64(x.total - x.rank(seq)) }

// behind is how many of the newest packets have not been looked at.
func (x *matches) behind(first, next uint64) uint64 { return next - min(max(x.high, first), next) }

// next is the range to look at now: what is new, if much of it waits or nothing
// else is left to do, and else what is older.
func (x *matches) next(first, next uint64) (from, to uint64) {
	x.high = max(x.high, first)
	older := x.low > first
	if n := x.behind(first, next); n >= scanChunk || n > 0 && !older {
		return x.high, min(next, x.high+scanChunk)
	}
	if older {
		return max(first, x.low-min(x.low, scanChunk)), x.low
	}
	return 0, 0
}

// scanned takes over what a scan has found.
func (x *matches) scanned(from, to uint64, seqs []uint64) {
	if from == x.high {
		x.append(seqs)
		x.high = to
		return
	}
	x.prepend(seqs)
	x.low = from
}

// scan looks for what a filter wants among the packets from ≤ seq < to.
func scan(s *live.Store, want *filter.Filter, from, to uint64) []uint64 {
	var found []uint64
	s.Scan(from, to, func(p live.Packet) bool {
		if want.Match(p.Data, p.Length) {
			found = append(found, p.Seq)
		}
		return true
	})
	return found
}
