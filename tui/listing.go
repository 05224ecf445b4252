package tui

// listing is which packets the list has, oldest first: all of a store, or those
// that a filter wants (matches). Rows are named by sequence number.
type listing interface {
	// newest returns the last n rows, or as many as there are.
	newest(n int) []uint64
	// from returns n rows from the first one at or after seq on.
	from(seq uint64, n int) []uint64
	// step returns the row that is delta rows from the first one at or after seq,
	// or as far as there are rows; false when there are none.
	step(seq uint64, delta int) (uint64, bool)
	// since counts the rows at or after seq.
	since(seq uint64) uint64
}

// everything lists all packets low ≤ seq < next. Those below first have been
// overwritten, but may still be on screen.
type everything struct{ low, first, next uint64 }

func (e everything) newest(n int) []uint64 {
	return numbers(max(e.first, e.next-min(e.next, uint64(max(0, n)))), e.next)
}

func (e everything) from(seq uint64, n int) []uint64 {
	seq = max(seq, e.low)
	return numbers(seq, min(e.next, seq+uint64(max(0, n))))
}

func (e everything) step(seq uint64, delta int) (uint64, bool) {
	if e.low >= e.next {
		return 0, false
	}
	seq = min(max(seq, e.low), e.next-1)
	if delta < 0 {
		return seq - min(uint64(-delta), seq-e.low), true
	}
	return min(seq+uint64(delta), e.next-1), true
}

func (e everything) since(seq uint64) uint64 { return e.next - min(max(seq, e.low), e.next) }

// numbers lists from ≤ seq < to.
func numbers(from, to uint64) []uint64 {
	if from >= to {
		return nil
	}
	list := make([]uint64, 0, to-from)
	for ; from < to; from++ {
		list = append(list, from)
	}
	return list
}
