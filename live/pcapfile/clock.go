package pcapfile

import (
	"math"
	"math/bits"
)

// clock is how an interface of a pcapng file tells the time
// (draft-ietf-opsawg-pcapng §4.2: if_tsresol, if_tsoffset).
type clock struct {
	// resolution is n for units of 10^-n seconds, and with the highest bit set of 2^-n.
	resolution uint8
	offset     int64 // seconds to add
}

const (
	defaultResolution = 6
	binaryResolution  = 0x80

	// maxSeconds is as far from 1970 as an int64 of nanoseconds tells.
	maxSeconds = math.MaxInt64/1_000_000_000 - 1
)

// nanoseconds returns nanoseconds since the Unix epoch, rounded down. Times that
// an int64 cannot hold (after 2262) become the nearest that it can.
func (c clock) nanoseconds(ts uint64) int64 {
	seconds, fraction := c.split(ts)
	whole := int64(min(seconds, maxSeconds))
	whole += max(min(c.offset, maxSeconds), -maxSeconds)
	return max(min(whole, maxSeconds), -maxSeconds)*1e9 + int64(fraction)
}

// split returns seconds and the nanoseconds beyond.
func (c clock) split(ts uint64) (seconds, fraction uint64) {
	n := uint(c.resolution &^ binaryResolution)
	switch {
	case c.resolution&binaryResolution != 0 && n < 64:
		high, low := bits.Mul64(ts&(1<<n-1), 1e9)
		return ts >> n, high<<(64-n) | low>>n
	case c.resolution&binaryResolution != 0:
		high, _ := bits.Mul64(ts, 1e9)
		return 0, high >> (n - 64)
	case n <= 9:
		return ts / power10(n), ts % power10(n) * power10(9-n)
	case n <= 19:
		return ts / power10(n), ts % power10(n) / power10(n-9)
	case n <= 28:
		return 0, ts / power10(n-9)
	}
	return 0, 0 // no uint64 reaches a nanosecond
}

// power10 returns 10^n, for n up to 19.
func power10(n uint) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
