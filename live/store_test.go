package live

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// wire is the frame as it was on the wire, built the slow and plain way.
func wire(f Frame) []byte {
	if !f.HasTag {
		return append([]byte(nil), f.Data...)
	}
	macs := min(len(f.Data), 12)
	out := append([]byte(nil), f.Data[:macs]...)
	out = binary.BigEndian.AppendUint16(out, f.Tag.TPID)
	out = binary.BigEndian.AppendUint16(out, f.Tag.TCI)
	return append(out, f.Data[macs:]...)
}

func randomFrame(rng *rand.Rand, maxSize int) Frame {
	f := Frame{
		Time:      rng.Int64(),
		Data:      make([]byte, rng.IntN(maxSize+1)),
		Direction: Direction(rng.IntN(3)),
		HasTag:    rng.IntN(2) == 0,
	}
	for i := range f.Data {
		f.Data[i] = byte(rng.Uint32())
	}
	if f.HasTag {
		f.Tag = Tag{TPID: 0x88a8, TCI: uint16(rng.Uint32())}
	}
	f.Length = len(wire(f)) + rng.IntN(2)*100
	return f
}

func TestStoreKeepsTheNewestFramesExactly(t *testing.T) {
	for _, test := range []struct{ size, frames, maxFrame int }{
		{16 << 10, 3000, 200},
		{64 << 10, 3000, 1600},
		{1 << 20, 20000, 300},
		{1 << 20, 300, 65000},
	} {
		t.Run(fmt.Sprintf("%d bytes of frames up to %d", test.size, test.maxFrame), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, uint64(test.size+test.maxFrame)))
			s := NewStore(test.size)
			var sent []Frame
			var total, kept uint64
			var buf []byte
			for range test.frames {
				f := randomFrame(rng, test.maxFrame)
				sent = append(sent, f)
				total += uint64(f.Length)
				s.Add(f)
			}
			first, next := s.Range()
			if next != uint64(len(sent)) {
				t.Fatalf("next is %d after %d frames", next, len(sent))
			}
			for seq := first; seq < next; seq++ {
				f := sent[seq]
				p, ok := s.Read(seq, buf)
				buf = p.Data
				if !ok || p.Seq != seq || p.Length != f.Length || p.Time.UnixNano() != f.Time ||
					p.Direction != f.Direction || !bytes.Equal(p.Data, wire(f)) {
					t.Fatalf("packet %d differs: %+v, %v", seq, p, ok)
				}
				kept += uint64(len(p.Data) + recordBytes)
			}
			if first == 0 {
				t.Fatal("nothing was overwritten")
			}
			if kept < uint64(test.size)/2 {
				t.Errorf("only %d of %d bytes are in use", kept, test.size)
			}
			if _, ok := s.Read(first-1, nil); ok {
				t.Errorf("packet %d is readable before first", first-1)
			}
			if _, ok := s.Read(next, nil); ok {
				t.Errorf("packet %d is readable at next", next)
			}
			want := Counters{Packets: next, Bytes: total, Overwritten: first}
			if got := s.Counters(); got != want {
				t.Errorf("counters are %+v, want %+v", got, want)
			}
		})
	}
}

func TestStoreOddSizes(t *testing.T) {
	big := Frame{Data: bytes.Repeat([]byte{7}, 70000), Length: 70000, HasTag: true}
	for _, size := range []int{-1, 0, 1, 100, 5000, 128 << 10, 1 << 20, 3<<20 + 17} {
		s := NewStore(size)
		if first, next := s.Range(); first != 0 || next != 0 {
			t.Errorf("size %d: empty store has %d to %d", size, first, next)
		}
		if _, ok := s.Read(0, nil); ok {
			t.Errorf("size %d: empty store has a packet", size)
		}
		s.Add(Frame{})
		s.Add(Frame{HasTag: true, Data: []byte{1, 2, 3}})
		for seq, want := range []int{0, 7} {
			if p, ok := s.Read(uint64(seq), nil); !ok || len(p.Data) != want || p.Length != want {
				t.Errorf("size %d: packet %d is %+v, %v", size, seq, p, ok)
			}
		}
		for range 3 {
			s.Add(big)
		}
		_, next := s.Range()
		p, ok := s.Read(next-1, nil)
		if !ok || p.Length != 70004 || len(p.Data) == 0 || !bytes.HasPrefix(wire(big), p.Data) {
			t.Errorf("size %d: frame larger than a segment: %d of %d bytes, %v", size, len(p.Data), p.Length, ok)
		}
		if segment := len(s.segments[0].bytes); segment > len(wire(big))+recordBytes && len(p.Data) != 70004 {
			t.Errorf("size %d: frame was cut to %d in a segment of %d", size, len(p.Data), segment)
		}
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	s := NewStore(64 << 10)
	for _, f := range []Frame{
		numbered(0),
		{Data: make([]byte, 60), HasTag: true},
		{Data: make([]byte, 3), HasTag: true},
		{Data: make([]byte, 70000)},
	} {
		if n := testing.AllocsPerRun(100, func() { s.Add(f) }); n > 0 {
			t.Errorf("adding %d bytes allocates %v times", len(f.Data), n)
		}
	}
}

func TestStoreLengthIsNeverBelowWhatIsThere(t *testing.T) {
	s := NewStore(0)
	s.Add(Frame{Length: -5, Data: make([]byte, 20), HasTag: true})
	if p, _ := s.Read(0, nil); p.Length != 24 {
		t.Errorf("length is %d, want 24", p.Length)
	}
}

func TestScanVisitsEachPacketOnce(t *testing.T) {
	s := NewStore(64 << 10)
	for i := range 5000 {
		s.Add(numbered(uint64(i)))
	}
	first, next := s.Range()
	want := first
	end := s.Scan(0, next+10, func(p Packet) bool {
		if p.Seq != want || binary.BigEndian.Uint64(p.Data) != p.Seq {
			t.Fatalf("got packet %d with data %x, want %d", p.Seq, p.Data[:8], want)
		}
		want++
		return true
	})
	if want != next || end != next {
		t.Errorf("ended at %d and returned %d, want %d", want, end, next)
	}
	if end := s.Scan(first+3, next, func(p Packet) bool { return p.Seq < first+5 }); end != first+6 {
		t.Errorf("stopped at %d, want %d", end, first+6)
	}
	if n := testing.AllocsPerRun(10, func() { s.Scan(0, next, func(Packet) bool { return true }) }); n > 0 {
		t.Errorf("a scan allocates %v times", n)
	}
}

// TestSlowReadersCostPacketsNotTime has readers sit in every segment: the writer
// goes on, what they see stays as it is, and afterwards all is as before.
func TestSlowReadersCostPacketsNotTime(t *testing.T) {
	s := NewStore(16 << 10)
	seq := uint64(0)
	add := func(n int) {
		for range n {
			s.Add(numbered(seq))
			seq++
		}
	}
	var sit func(depth int)
	sit = func(depth int) {
		if depth == 0 {
			add(100)
			if first, next := s.Range(); first != seq || next != seq {
				t.Errorf("range is %d to %d with all segments in use, want %d", first, next, seq)
			}
			return
		}
		add(60)
		_, next := s.Range()
		s.Scan(next-1, next, func(p Packet) bool {
			sit(depth - 1)
			if got := binary.BigEndian.Uint64(p.Data); got != p.Seq {
				t.Errorf("packet %d turned into %d while it was read", p.Seq, got)
			}
			return true
		})
	}
	sit(len(s.segments))
	add(500)
	first, next := s.Range()
	if next != seq || next-first < 100 {
		t.Errorf("range is %d to %d after the readers left", first, next)
	}
	if c := s.Counters(); c.Packets != seq || c.Overwritten != first {
		t.Errorf("counters are %+v", c)
	}
}

// numbered returns a frame that tells its number and whose other bytes follow from it.
func numbered(seq uint64) Frame {
	data := make([]byte, 60+seq%100)
	binary.BigEndian.PutUint64(data, seq)
	for i := range data[8:] {
		data[8+i] = byte(seq)
	}
	return Frame{Time: int64(seq), Data: data, Length: len(data)}
}

func checkNumbered(p Packet) error {
	seq := binary.BigEndian.Uint64(p.Data)
	if seq != p.Seq || p.Time.UnixNano() != int64(p.Seq) || len(p.Data) != int(60+p.Seq%100) {
		return fmt.Errorf("packet %d says %d at %d with %d bytes", p.Seq, seq, p.Time.UnixNano(), len(p.Data))
	}
	for _, b := range p.Data[8:] {
		if b != byte(seq) {
			return fmt.Errorf("packet %d is torn", p.Seq)
		}
	}
	return nil
}

// TestReadersSeeWholePacketsWhileTheWriterRuns is for the race detector.
func TestReadersSeeWholePacketsWhileTheWriterRuns(t *testing.T) {
	s := NewStore(32 << 10)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			var buf []byte
			var from uint64
			for {
				select {
				case <-done:
					return
				default:
				}
				first, next := s.Range()
				if first > next {
					t.Errorf("range is %d to %d", first, next)
					return
				}
				if i%2 == 0 {
					for seq := first; seq < min(next, first+20); seq++ {
						p, ok := s.Read(seq, buf)
						if !ok {
							continue
						}
						buf = p.Data
						if err := checkNumbered(p); err != nil {
							t.Error(err)
							return
						}
					}
				} else {
					from = s.Scan(from, next, func(p Packet) bool {
						if err := checkNumbered(p); err != nil {
							t.Error(err)
							return false
						}
						return true
					})
				}
				runtime.Gosched()
			}
		})
	}
	for seq := range uint64(40000) {
		s.Add(numbered(seq))
		if seq%64 == 0 {
			runtime.Gosched()
		}
	}
	close(done)
	readers.Wait()
}

func BenchmarkStoreAdd(b *testing.B) {
	for _, size := range []int{64, 512, 1500} {
		for _, tagged := range []bool{false, true} {
			b.Run(fmt.Sprintf("size=%d/tagged=%v", size, tagged), func(b *testing.B) {
				s := NewStore(DefaultStoreBytes)
				data := make([]byte, size)
				copy(data[12:], []byte{0x08, 0x00, 0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17})
				f := Frame{Data: data, Length: size, HasTag: tagged, Tag: Tag{TPID: 0x8100, TCI: 10}}
				for range 2_000_000 { // touch all memory first, as after a second of traffic
					s.Add(f)
				}
				b.ReportAllocs()
				b.ResetTimer()
				for b.Loop() {
					s.Add(f)
				}
			})
		}
	}
}

// BenchmarkScan is what a filter pays for a packet of a full store before it looks at it.
func BenchmarkScan(b *testing.B) {
	s := NewStore(DefaultStoreBytes)
	for range 1_000_000 {
		s.Add(Frame{Data: make([]byte, 64)})
	}
	first, next := s.Range()
	var tagged uint64
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(first, next, func(p Packet) bool {
			tagged += uint64(p.Headers.Tags)
			return true
		})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(next-first), "ns/packet")
	b.ReportMetric(float64(next-first), "packets")
}

func TestResetStoreTakesFramesAsIfNew(t *testing.T) {
	s := NewStore(256 << 10)
	frame := func(n byte) Frame { return Frame{Time: int64(n), Length: 60, Data: bytes.Repeat([]byte{n}, 60)} }
	for range 10_000 {
		s.Add(frame(1))
	}
	held, ok := s.Read(9_999, nil)
	if !ok {
		t.Fatal("the newest is not there")
	}
	s.Reset()
	if first, next := s.Range(); first != 0 || next != 0 || s.Counters() != (Counters{}) {
		t.Errorf("range %d to %d, counters %+v", first, next, s.Counters())
	}
	if _, ok := s.Read(held.Seq, nil); ok {
		t.Error("an old packet can still be read")
	}
	for range 20_000 {
		s.Add(frame(2))
	}
	_, next := s.Range()
	p, ok := s.Read(next-1, nil)
	if next != 20_000 || !ok || p.Data[0] != 2 {
		t.Errorf("after the reset: next %d, newest %v %v", next, ok, p.Data)
	}
	if s.Scan(0, next, func(p Packet) bool { return p.Data[0] == 2 }) != next {
		t.Error("an old packet turned up among the new ones")
	}
}

func TestStoreRewritesFrames(t *testing.T) {
	s := NewStore(1 << 20)
	s.Rewrite(func(frame []byte, length int) {
		if length != 70 {
			t.Errorf("length %d", length)
		}
		frame[len(frame)-1] = 0xee
		frame[12], frame[13] = 0x08, 0x06
	})
	mine := make([]byte, 60)
	s.Add(Frame{Length: 70, Data: mine})
	p, ok := s.Read(0, nil)
	if !ok || p.Data[59] != 0xee || p.Headers.EtherType != EtherTypeARP || mine[59] != 0 {
		t.Errorf("%v, %x, %x", ok, p.Data, mine)
	}
}
