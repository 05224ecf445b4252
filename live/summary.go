package live

import (
	"cmp"
	"slices"
	"time"
)

// Rate is how much passes in a second.
type Rate struct {
	PPS float64 // packets per second
	BPS float64 // bits per second, on the wire from the MAC addresses on
}

// Summary is what Stats have counted up to some moment. It does not change, and
// shares nothing with the Stats. Lists begin with what has the most bytes.
type Summary struct {
	Total Tally
	Since time.Time // of the first packet; zero while there is none

	// Rates over the time before the moment that was asked for, by the packets'
	// own time, and over less while there is less.
	LastSecond, Last10Seconds, LastMinute Rate

	// ARP, Broadcast and Multicast packets; a packet can be in the first and one
	// of the others.
	ARP, Broadcast, Multicast Tally

	Sizes         []SizeTally     // from small to large
	VLANs         []VLANTally     // exact, all there were
	Protocols     []ProtocolTally // exact up to 1024 different EtherTypes
	Talkers       []TalkerTally
	Conversations []ConversationTally

	// TalkersMissed and ConversationsMissed are how many bytes an endpoint or
	// conversation can have and still not be among those that are followed: 0 as
	// long as there were no more than 1024, and never more than 1/512 of Total.Bytes.
	TalkersMissed, ConversationsMissed uint64
}

// SizeTally counts the frames of some lengths, in bytes on the wire without FCS,
// tags included.
type SizeTally struct {
	From, To int // To is 0 for the last, which has no upper end
	Tally
}

// VLANTally counts the packets of a VLAN, by the outermost tag.
type VLANTally struct {
	Tagged bool
	VID    uint16 // if Tagged; 0 for priority tags
	Tally
}

// ProtocolTally counts the packets of a protocol.
type ProtocolTally struct {
	Protocol Protocol
	Tally
}

// TalkerTally counts what an endpoint sent.
type TalkerTally struct {
	Endpoint Endpoint
	Tally
	// Missed is how many bytes more it may have sent.
	Missed uint64
}

// ConversationTally counts what passed between two endpoints.
type ConversationTally struct {
	Conversation Conversation
	Tally
	// Missed is how many bytes more it may have had.
	Missed uint64
}

// Summary counts what has come since the last call and returns it all, with at
// most n talkers and conversations. It may be called by several goroutines; now
// is the end of the time that the rates are for.
func (st *Stats) Summary(now time.Time, n int) Summary {
	_, next := st.store.Range()
	st.catchUp(next)

	st.mu.Lock()
	defer st.mu.Unlock()
	st.flows.handOnAll(st.take)
	return Summary{
		Total:               st.totalTally(),
		Since:               st.rates.since(),
		LastSecond:          st.rates.over(now, time.Second),
		Last10Seconds:       st.rates.over(now, 10*time.Second),
		LastMinute:          st.rates.over(now, time.Minute),
		ARP:                 st.arp,
		Broadcast:           st.broadcast,
		Multicast:           st.multicast,
		Sizes:               st.sizeTallies(),
		VLANs:               st.vlanTallies(),
		Protocols:           st.protocolTallies(),
		Talkers:             st.talkerTallies(n),
		Conversations:       st.conversationTallies(n),
		TalkersMissed:       st.talkers.lost,
		ConversationsMissed: st.conversations.lost,
	}
}

func (st *Stats) totalTally() (sum Tally) {
	for _, tally := range st.sizes {
		sum.add(tally)
	}
	return sum
}

func (st *Stats) sizeTallies() []SizeTally {
	out := make([]SizeTally, 0, len(st.sizes))
	from := 0
	for i, tally := range st.sizes {
		to := 0
		if i < len(sizeLimits) {
			to = int(sizeLimits[i])
		}
		out = append(out, SizeTally{From: from, To: to, Tally: tally})
		from = to + 1
	}
	return out
}

func (st *Stats) vlanTallies() []VLANTally {
	var out []VLANTally
	for vid, tally := range st.vlans {
		switch {
		case tally.Packets == 0:
		case vid == untagged:
			out = append(out, VLANTally{Tally: tally})
		default:
			out = append(out, VLANTally{Tagged: true, VID: uint16(vid), Tally: tally})
		}
	}
	slices.SortStableFunc(out, func(a, b VLANTally) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

func (st *Stats) protocolTallies() []ProtocolTally {
	var out []ProtocolTally
	for i, etherType := range []uint16{EtherTypeIPv4, EtherTypeIPv6} {
		for protocol, tally := range st.ip[i] {
			if tally.Packets > 0 {
				out = append(out, ProtocolTally{Protocol{etherType, uint8(protocol)}, tally})
			}
		}
	}
	for _, e := range st.etherTypes.entries {
		out = append(out, ProtocolTally{Protocol{EtherType: e.key}, e.tally})
	}
	slices.SortFunc(out, func(a, b ProtocolTally) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Protocol.EtherType, b.Protocol.EtherType), cmp.Compare(a.Protocol.IP, b.Protocol.IP))
	})
	return out
}

func (st *Stats) talkerTallies(n int) []TalkerTally {
	var out []TalkerTally
	for _, e := range st.talkers.heaviest(n, (*talkerKey).compare) {
		out = append(out, TalkerTally{e.key.endpoint(e.key.kind), e.tally, e.missed})
	}
	return out
}

func (st *Stats) conversationTallies(n int) []ConversationTally {
	var out []ConversationTally
	for _, e := range st.conversations.heaviest(n, (*conversationKey).compare) {
		out = append(out, ConversationTally{e.key.conversation(), e.tally, e.missed})
	}
	return out
}
