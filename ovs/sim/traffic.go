package sim

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// officeRate is about how many frames a second the conversations make in all.
const officeRate = 250

// traffic is what the guests do: conversations that start again and again, and
// the frames that are still to come from those under way.
type traffic struct {
	random *rand.Rand
	cast   *cast
	queue  eventQueue
	events uint64 // so far; orders those of the same moment
	bulk   *bulk  // nil unless asked for

	streams map[[2]*host]*stream // connections that stay open
	rtp     map[uint32]uint16    // the last sequence number of each source
}

// event is a frame to be sent or something to be done at its time.
type event struct {
	at    time.Time
	order uint64
	iface string
	frame []byte
	act   func(at time.Time)
}

func newTraffic(options Options, start time.Time) *traffic {
	t := &traffic{
		random: rand.New(rand.NewPCG(options.Seed, 2)), cast: newCast(),
		streams: map[[2]*host]*stream{}, rtp: map[uint32]uint16{},
	}
	for _, r := range routines() {
		t.repeat(r, start.Add(time.Duration(t.random.Int64N(int64(min(r.every, time.Second))))))
	}
	if rate := options.PacketsPerSecond - officeRate; rate > 0 {
		t.bulk = newBulk(t.cast, t.random, rate, start)
	}
	return t
}

// greet has everybody seen once, as if the scene had been running for long, so
// that the switch knows where they are.
func (t *traffic) greet(s *Switch) {
	start := &talk{traffic: t, at: s.now}
	for _, h := range t.cast.everybody() {
		start.arp(layers.ARPRequest, h, addressOf(broadcastMAC), make([]byte, 6), h.ip4.AsSlice())
	}
	t.run(s, s.now)
}

// repeat does a routine at the time and again at its interval, give or take a fifth.
func (t *traffic) repeat(r routine, at time.Time) {
	t.schedule(event{at: at, act: func(at time.Time) {
		r.talk(&talk{traffic: t, at: at})
		spread := int64(r.every) / 5
		if r.steady || spread == 0 {
			t.repeat(r, at.Add(r.every))
			return
		}
		t.repeat(r, at.Add(r.every+time.Duration(t.random.Int64N(2*spread)-spread)))
	}})
}

func (t *traffic) schedule(e event) {
	t.events++
	e.order = t.events
	heap.Push(&t.queue, e)
}

// run sends what is due until then, in the order of time. The caller holds s.mu.
func (t *traffic) run(s *Switch, until time.Time) {
	for {
		next := until.Add(1)
		if len(t.queue) > 0 {
			next = t.queue[0].at
		}
		if t.bulk != nil && t.bulk.next.Before(next) && !t.bulk.next.After(until) {
			s.now = t.bulk.next
			t.bulk.send(s)
			continue
		}
		if next.After(until) {
			return
		}
		e := heap.Pop(&t.queue).(event) //nolint:errcheck,forcetypeassert // it holds nothing else
		s.now = e.at
		if e.act != nil {
			e.act(e.at)
		} else {
			s.receive(e.iface, e.frame)
		}
	}
}

// delay puts everything off.
func (t *traffic) delay(by time.Duration) {
	for i := range t.queue {
		t.queue[i].at = t.queue[i].at.Add(by)
	}
	if t.bulk != nil {
		t.bulk.next = t.bulk.next.Add(by)
	}
}

// eventQueue is a heap with the next event in front.
type eventQueue []event

func (q eventQueue) Len() int { return len(q) }

func (q eventQueue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].order < q[j].order
	}
	return q[i].at.Before(q[j].at)
}

func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is for package heap.
func (q *eventQueue) Push(x any) {
	*q = append(*q, x.(event)) //nolint:errcheck,forcetypeassert // only schedule pushes
}

// Pop is for package heap.
func (q *eventQueue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = event{}
	*q = (*q)[:last]
	return e
}
