package live

import "time"

// VLANs are the two outermost tags of a frame.
type VLANs struct {
	Tags         uint8 // how many the frame has
	Outer, Inner uint16
}

// StoredConversation is what passed between two endpoints in a VLAN, as far as it
// is stored.
type StoredConversation struct {
	Conversation
	VLANs
	Tally
	First, Last time.Time
}

// Conversations is a count of the conversations in a part of a Store.
type Conversations struct {
	List []StoredConversation // in the order in which they began
	Total,
	// Unlisted are the packets of further conversations than were to be listed, and
	// frames that are cut in the addresses.
	Unlisted Tally
}

type storedKey struct {
	conversation conversationKey
	vlans        VLANs
}

// Conversations counts the packets from ≤ seq < to by conversation, and lists at
// most n: the first that come up. It stops when more returns false, which it asks
// now and then; nil for never.
//
// It looks at every packet, some three million a second, and its memory is in
// proportion to n.
func (s *Store) Conversations(from, to uint64, n int, more func() bool) Conversations {
	var c Conversations
	index := map[storedKey]int{}
	s.Scan(from, to, func(p Packet) bool {
		one := Tally{1, uint64(p.Length)}
		c.Total.add(one)
		k, ok := p.storedKey()
		i, known := index[k]
		switch {
		case !ok, !known && len(c.List) == n:
			c.Unlisted.add(one)
		case !known:
			i = len(c.List)
			index[k] = i
			c.List = append(c.List, StoredConversation{Conversation: k.conversation.conversation(), VLANs: k.vlans, First: p.Time})
			fallthrough
		default:
			e := &c.List[i]
			e.add(one)
			e.Last = p.Time
		}
		return p.Seq%4096 != 0 || more == nil || more()
	})
	return c
}

// Conversation is the conversation that a packet belongs to; false for frames that
// are cut in the addresses.
func (p *Packet) Conversation() (Conversation, VLANs, bool) {
	k, ok := p.storedKey()
	return k.conversation.conversation(), k.vlans, ok
}

func (p *Packet) storedKey() (k storedKey, ok bool) {
	var flow flowKey
	flow.set(&p.Headers, p.Data)
	if flow.kind() == kindNobody {
		return k, false
	}
	_, k.conversation = flow.parties()
	k.vlans = p.vlans()
	return k, true
}

func (p *Packet) vlans() VLANs {
	v := VLANs{Tags: p.Headers.Tags}
	if v.Tags > 0 {
		v.Outer = p.Tag(0).TCI & 0xfff
	}
	if v.Tags > 1 {
		v.Inner = p.Tag(1).TCI & 0xfff
	}
	return v
}

func (k *conversationKey) conversation() Conversation {
	return Conversation{
		A: k.a.endpoint(kind(k.rest)), B: k.b.endpoint(kind(k.rest)),
		APort: uint16(k.rest >> 48), BPort: uint16(k.rest >> 32),
		Protocol: Protocol{uint16(k.rest >> 16), uint8(k.rest >> 8)},
	}
}
