package live

import (
	"cmp"
	"math/rand/v2"
	"testing"
)

func hashOf(key uint64) uint32 { return fold(fold64(key^0x1234567, 0x9e3779b97f4a7c15)) }

// TestTopKeepsItsPromise compares with exact counts, for traffic of all shapes.
func TestTopKeepsItsPromise(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.1, 1, 1<<20)
	serial := uint64(0)
	for _, test := range []struct {
		name string
		key  func() uint64
	}{
		{"few keys", func() uint64 { return rng.Uint64N(topSize) }},
		{"a few more keys than it follows", func() uint64 { return rng.Uint64N(topSize + topSize/4) }},
		{"a heavy tail", zipf.Uint64},
		{"every packet another", func() uint64 { serial++; return serial }},
		{"a scan with one talker in it", func() uint64 {
			if serial++; serial%50 == 0 {
				return 7
			}
			return serial
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := newTop[uint64]()
			exact := map[uint64]Tally{}
			var total uint64
			for range 200_000 {
				key, length := test.key(), 60+rng.Uint64N(1440)
				top.add(&key, hashOf(key), Tally{1, length})
				tally := exact[key]
				tally.add(Tally{1, length})
				exact[key] = tally
				total += length
			}
			if top.lost > total*2/topSize {
				t.Errorf("may miss %d of %d bytes, more than promised", top.lost, total)
			}
			if len(exact) <= topSize && top.lost != 0 {
				t.Errorf("may miss %d bytes of %d keys", top.lost, len(exact))
			}
			for _, e := range top.heaviest(topSize, func(a, b *uint64) int { return cmp.Compare(*a, *b) }) {
				want := exact[e.key]
				if e.tally.Bytes > want.Bytes || want.Bytes > e.tally.Bytes+e.missed || e.tally.Packets > want.Packets {
					t.Fatalf("key %d has %v, told %v and at most %d more", e.key, want, e.tally, e.missed)
				}
				delete(exact, e.key)
			}
			for key, tally := range exact {
				if tally.Bytes > top.lost {
					t.Fatalf("key %d with %d bytes is not followed; promised for %d", key, tally.Bytes, top.lost)
				}
			}
		})
	}
}

func BenchmarkTopAdd(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.2, 1, 1<<20)
	keys := make([]uint64, 1<<16)
	for _, test := range []struct {
		name string
		key  func(i int) uint64
	}{
		{"one", func(int) uint64 { return 1 }},
		{"zipf", func(int) uint64 { return zipf.Uint64() }},
		{"all-new", func(i int) uint64 { return uint64(i) }},
	} {
		b.Run(test.name, func(b *testing.B) {
			for i := range keys {
				keys[i] = test.key(i)
			}
			top := newTop[uint64]()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				key := keys[i%len(keys)]
				top.add(&key, hashOf(key), Tally{1, 64})
			}
		})
	}
}
