package live

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// udp returns a frame from 10.0.0.src to 10.0.0.dst.
func udp(t testing.TB, src, dst byte, srcPort, dstPort uint16, size int) Frame {
	t.Helper()
	data := unhex(t, macs+"0800"+v4udp+ports)
	data[14+15], data[14+19] = src, dst
	binary.BigEndian.PutUint16(data[34:], srcPort)
	binary.BigEndian.PutUint16(data[36:], dstPort)
	return Frame{Data: data, Length: size, Time: epoch.UnixNano()}
}

func tagged(f Frame, tci uint16) Frame {
	f.HasTag, f.Tag = true, Tag{0x8100, tci}
	return f
}

func TestSummaryCountsByVLANProtocolTalkerAndConversation(t *testing.T) {
	s := NewStore(0)
	st := NewStats(s)
	v6 := unhex(t, macs+"86dd 60000000 0008 3aff"+v6Ends+ports)
	for _, f := range []Frame{
		udp(t, 1, 2, 1000, 53, 100),
		tagged(udp(t, 2, 1, 53, 1000, 1500), 0x600a),
		tagged(udp(t, 1, 3, 1000, 80, 64), 0),
		{Data: unhex(t, "ffffffffffff 020000000001 0806 0001"), Length: 60},
		{Data: unhex(t, "0180c2000000 020000000003 0026 424203"), Length: 60},
		{Data: v6, Length: 9019},
		{Data: []byte{1, 2, 3}, Length: 3},
	} {
		s.Add(f)
	}
	got := st.Summary(epoch, 10)

	ip := func(last byte) Endpoint { return address{lo: 10<<24 | uint64(last)}.endpoint(kindIPv4) }
	mac := func(last byte) Endpoint { return Endpoint{MAC: [6]byte{2, 0, 0, 0, 0, last}} }
	src6, dst6 := (&Packet{Data: v6, Headers: dissect(v6)}).Addresses()
	all := Endpoint{MAC: [6]byte{255, 255, 255, 255, 255, 255}}
	stp := Endpoint{MAC: [6]byte{1, 0x80, 0xc2, 0, 0, 0}}
	v4UDP := Protocol{0x800, 17}
	want := Summary{
		Since:     time.Unix(0, 0), // of those that have no time
		Total:     Tally{7, 100 + 1500 + 64 + 60 + 60 + 9019 + 3},
		ARP:       Tally{1, 60},
		Broadcast: Tally{1, 60},
		Multicast: Tally{1, 60},
		Sizes: []SizeTally{
			{0, 63, Tally{3, 123}},
			{64, 127, Tally{2, 164}},
			{128, 255, Tally{}},
			{256, 511, Tally{}},
			{512, 1023, Tally{}},
			{1024, 1518, Tally{1, 1500}},
			{1519, 9018, Tally{}},
			{9019, 0, Tally{1, 9019}},
		},
		VLANs: []VLANTally{
			{false, 0, Tally{5, 100 + 60 + 60 + 9019 + 3}},
			{true, 10, Tally{1, 1500}},
			{true, 0, Tally{1, 64}},
		},
		Protocols: []ProtocolTally{
			{Protocol{0x86dd, 58}, Tally{1, 9019}},
			{v4UDP, Tally{3, 1664}},
			{Protocol{0, 0}, Tally{2, 63}},
			{Protocol{0x806, 0}, Tally{1, 60}},
		},
		Talkers: []TalkerTally{
			{Endpoint{IP: src6}, Tally{1, 9019}, 0},
			{ip(2), Tally{1, 1500}, 0},
			{ip(1), Tally{2, 164}, 0},
			{mac(1), Tally{1, 60}, 0},
			{mac(3), Tally{1, 60}, 0},
		},
		Conversations: []ConversationTally{
			{Conversation{Endpoint{IP: src6}, Endpoint{IP: dst6}, 0, 0, Protocol{0x86dd, 58}}, Tally{1, 9019}, 0},
			{Conversation{ip(1), ip(2), 1000, 53, v4UDP}, Tally{2, 1600}, 0},
			{Conversation{ip(1), ip(3), 1000, 80, v4UDP}, Tally{1, 64}, 0},
			{Conversation{stp, mac(3), 0, 0, Protocol{}}, Tally{1, 60}, 0},
			{Conversation{mac(1), all, 0, 0, Protocol{EtherType: 0x806}}, Tally{1, 60}, 0},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(Endpoint{})); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if few := st.Summary(epoch, 1); len(few.Talkers) != 1 || len(few.Conversations) != 1 {
		t.Errorf("asked for 1 talker and conversation, got %d and %d", len(few.Talkers), len(few.Conversations))
	}
}

func TestSummaryMissesNothingHoweverSeldomItIsAsked(t *testing.T) {
	s := NewStore(16 << 10)
	st := NewStats(s)
	rng := rand.New(rand.NewPCG(5, 6))
	exact := map[string]uint64{}
	var total Tally
	for range 50_000 {
		src := byte(rng.IntN(200))
		f := udp(t, src, 250, 1000, 53, 60+rng.IntN(1000))
		s.Add(f)
		total.add(Tally{1, uint64(f.Length)})
		exact[fmt.Sprintf("10.0.0.%d", src)] += uint64(f.Length)
		if rng.IntN(10_000) == 0 {
			st.Summary(epoch, 0)
		}
	}
	got := st.Summary(epoch, 1000)
	if got.Total != total {
		t.Errorf("total is %v, want %v", got.Total, total)
	}
	for _, talker := range got.Talkers {
		if want := exact[talker.Endpoint.String()]; talker.Bytes != want || talker.Missed != 0 {
			t.Errorf("%s sent %d bytes, told %d", talker.Endpoint, want, talker.Bytes)
		}
	}
	if len(got.Talkers) != len(exact) {
		t.Errorf("%d talkers, want %d", len(got.Talkers), len(exact))
	}
}

// Flows that come, go and crowd each other out are counted as if each packet were
// looked up by itself.
func TestStatsOfManyFlowsKeepTheirPromise(t *testing.T) {
	for _, test := range []struct {
		name    string
		clients int
		exact   bool // few enough for the lists to be complete
	}{{"few flows", 20, true}, {"as many as are followed", 500, true}, {"far more", 60_000, false}} {
		t.Run(test.name, func(t *testing.T) {
			s := NewStore(256 << 10)
			st := NewStats(s)
			rng := rand.New(rand.NewPCG(7, 8))
			vlans, protocols, talkers, conversations := map[uint16]Tally{}, map[Protocol]Tally{}, map[string]Tally{}, map[string]Tally{}
			var all, casts Tally
			for range 60_000 {
				client := rng.IntN(test.clients)
				f := udp(t, 0, 250, uint16(1000+client%7), 53, 64+rng.IntN(1200))
				binary.BigEndian.PutUint16(f.Data[14+14:], uint16(client))
				f.Data[14+16] = 11 // the server is no client
				protocol, reply := Protocol{0x800, 17}, rng.IntN(3) == 0
				if client%5 == 0 { // another protocol for some
					f.Data[14+9], protocol.IP = 6, 6
				}
				from, to, fromPort, toPort := Endpoint{}, Endpoint{}, 1000+client%7, 53
				if reply {
					src, dst := [4]byte(f.Data[26:30]), [4]byte(f.Data[30:34])
					copy(f.Data[26:], dst[:])
					copy(f.Data[30:], src[:])
					binary.BigEndian.PutUint16(f.Data[34:], 53)
					binary.BigEndian.PutUint16(f.Data[36:], uint16(fromPort))
					fromPort, toPort = toPort, fromPort
				}
				copy(f.Data, []byte{2, 0, 0, 0, 0, 1})
				one := Tally{1, uint64(f.Length)}
				switch client % 11 {
				case 1:
					copy(f.Data, []byte{1, 0, 0x5e, 0, 0, 1})
					casts.add(one)
				case 2:
					copy(f.Data, []byte{255, 255, 255, 255, 255, 255})
					casts.add(one)
				}
				vid := uint16(client % 3)
				if vid > 0 {
					f = tagged(f, vid)
					f.Length += tagBytes
					one.Bytes += tagBytes
					if c := client % 11; c == 1 || c == 2 {
						casts.Bytes += tagBytes
					}
				}
				p := Packet{Data: f.Data, Headers: dissect(f.Data)}
				src, dst := p.Addresses()
				from.IP, to.IP = src, dst
				s.Add(f)
				if rng.IntN(20_000) == 0 {
					st.Summary(epoch, 1)
				}
				all.add(one)
				count := func(m map[string]Tally, key string) {
					tally := m[key]
					tally.add(one)
					m[key] = tally
				}
				tally := vlans[vid]
				tally.add(one)
				vlans[vid] = tally
				tally = protocols[protocol]
				tally.add(one)
				protocols[protocol] = tally
				count(talkers, src.String())
				a, b := fmt.Sprint(src, fromPort), fmt.Sprint(dst, toPort)
				if src.Compare(dst) > 0 {
					a, b = b, a
				}
				count(conversations, fmt.Sprint(a, b, protocol))
			}
			got := st.Summary(epoch, 1<<20)
			if got.Total != all {
				t.Errorf("total is %v, want %v", got.Total, all)
			}
			if sum := (Tally{got.Broadcast.Packets + got.Multicast.Packets, got.Broadcast.Bytes + got.Multicast.Bytes}); sum != casts {
				t.Errorf("broadcast and multicast are %v, want %v", sum, casts)
			}
			for _, v := range got.VLANs {
				if want := vlans[v.VID]; v.Tally != want || v.Tagged != (v.VID > 0) {
					t.Errorf("VLAN %d has %v, want %v", v.VID, v.Tally, want)
				}
			}
			for _, p := range got.Protocols {
				if want := protocols[p.Protocol]; p.Tally != want {
					t.Errorf("%s has %v, want %v", p.Protocol, p.Tally, want)
				}
			}
			check := func(key string, told Tally, missed uint64, exact map[string]Tally) {
				want := exact[key]
				delete(exact, key)
				if told.Bytes > want.Bytes || told.Packets > want.Packets || told.Bytes+missed < want.Bytes || test.exact && told != want {
					t.Errorf("%s has %v, told %v and %d at most more", key, want, told, missed)
				}
			}
			for _, x := range got.Talkers {
				check(x.Endpoint.String(), x.Tally, x.Missed, talkers)
			}
			for _, x := range got.Conversations {
				c := x.Conversation
				check(fmt.Sprint(fmt.Sprint(c.A, c.APort), fmt.Sprint(c.B, c.BPort), c.Protocol), x.Tally, x.Missed, conversations)
			}
			for key, tally := range talkers {
				if tally.Bytes > got.TalkersMissed {
					t.Errorf("%s with %v is not told, and may not have more than %d", key, tally, got.TalkersMissed)
				}
			}
			for key, tally := range conversations {
				if tally.Bytes > got.ConversationsMissed {
					t.Errorf("%s with %v is not told, and may not have more than %d", key, tally, got.ConversationsMissed)
				}
			}
			if most := all.Bytes / 512; got.TalkersMissed > most || got.ConversationsMissed > most {
				t.Errorf("%d and %d bytes may be missed, more than 1/512 of %d", got.TalkersMissed, got.ConversationsMissed, all.Bytes)
			}
		})
	}
}

func TestRatesAreForTheTimeBeforeNow(t *testing.T) {
	s := NewStore(0)
	st := NewStats(s)
	if got := st.Summary(epoch, 0); got.LastSecond != (Rate{}) {
		t.Errorf("rate of nothing is %v", got.LastSecond)
	}
	const step = 10 * time.Millisecond
	at := epoch
	send := func(packets int) {
		for range packets {
			s.Add(Frame{Time: at.UnixNano(), Length: 125, Data: make([]byte, 60)})
			at = at.Add(step)
		}
	}
	check := func(when string, second, ten, minute float64) {
		t.Helper()
		got := st.Summary(at, 0)
		for i, pair := range [][2]float64{
			{got.LastSecond.PPS, second},
			{got.Last10Seconds.PPS, ten},
			{got.LastMinute.PPS, minute},
			{got.LastSecond.BPS, second * 1000},
			{got.Last10Seconds.BPS, ten * 1000},
			{got.LastMinute.BPS, minute * 1000},
		} {
			if !near(pair[0], pair[1]) {
				t.Errorf("%s: rate %d is %v, want %v", when, i, pair[0], pair[1])
			}
		}
	}
	send(200)
	check("after 2 s", 100, 100, 100)
	send(28 * 100)
	check("after 30 s", 100, 100, 100)
	at = at.Add(5 * time.Second)
	check("5 s of silence", 0, 50, 3000./35)
	at = at.Add(25 * time.Second)
	check("30 s of silence", 0, 0, 50)
	at = at.Add(25 * time.Second)
	send(500)
	check("traffic again", 100, 50, 500./60)
	at = at.Add(-time.Hour)
	send(500)
	check("the clock was set back", 100, 100, 100)
}

// TestSummaryWhileCapturing is for the race detector.
func TestSummaryWhileCapturing(t *testing.T) {
	s := NewStore(32 << 10)
	st := NewStats(s)
	frames := make([]Frame, 64)
	for i := range frames {
		frames[i] = udp(t, byte(i), 250, uint16(i), 53, 100)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 30_000 {
			s.Add(frames[i%len(frames)])
			if i%64 == 0 {
				runtime.Gosched()
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		got := st.Summary(epoch, 3)
		if got.Total.Bytes != got.Total.Packets*100 {
			t.Fatalf("total is %v", got.Total)
		}
	}
	if got := st.Summary(epoch, 0).Total.Packets; got != 30_000 {
		t.Errorf("%d packets, want 30000", got)
	}
}

func TestProtocolsHaveNames(t *testing.T) {
	for p, want := range map[Protocol]string{
		{}: "802.3", {0x806, 0}: "ARP", {0x800, 6}: "TCP", {0x86dd, 58}: "ICMPv6",
		{0x88b5, 0}: "0x88b5", {0x800, 200}: "IP 200",
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
}

// BenchmarkStats is the cost of statistics for a packet, beyond storing it.
func BenchmarkStats(b *testing.B) {
	for _, test := range []struct {
		name string
		next func(f *Frame, i int)
	}{
		{"one flow", func(*Frame, int) {}},
		{"1000 flows", func(f *Frame, i int) { binary.BigEndian.PutUint16(f.Data[34:], uint16(i%1000)) }},
		{"every packet another", func(f *Frame, i int) { binary.BigEndian.PutUint32(f.Data[26:], uint32(i)) }},
	} {
		b.Run(test.name, func(b *testing.B) {
			s := NewStore(DefaultStoreBytes)
			f := udp(b, 1, 2, 1000, 53, 64)
			f.Data = append(f.Data, make([]byte, 20)...)
			f = tagged(f, 10)
			const packets = 400_000
			for i := range packets {
				test.next(&f, i)
				s.Add(f)
			}
			first, next := s.Range()
			st := NewStats(s)
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; done += packets {
				st.seen.Store(first)
				st.catchUp(min(next, first+uint64(b.N-done)))
			}
		})
	}
}

// BenchmarkAddAndCount is what a packet of 64 bytes costs the capture, without and
// with statistics.
func BenchmarkAddAndCount(b *testing.B) {
	for _, stats := range []bool{false, true} {
		for _, flows := range []int{1, 64, 1000} {
			b.Run(fmt.Sprintf("statistics=%v/flows=%d", stats, flows), func(b *testing.B) {
				s := NewStore(DefaultStoreBytes)
				f := udp(b, 1, 2, 1000, 53, 64)
				f.Data = append(f.Data, make([]byte, 20)...)
				for range 2_000_000 { // touch all memory first
					s.Add(f)
				}
				if stats {
					NewStats(s)
				}
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; b.Loop(); i++ {
					binary.BigEndian.PutUint16(f.Data[34:], uint16(i%flows))
					f.Data[29] = byte(i % flows)
					f.Time += 1600
					s.Add(f)
				}
			})
		}
	}
}
