package ovs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// keyFlood and a lease's id make the key in a bridge's external_ids under which a
// lease notes the VLAN that it had the bridge flood. So it is known whether a VLAN
// in flood_vlans is ours to take back, and whether another lease still needs it.
const keyFlood = "ovscope-flood-"

// floodNotes are the VLANs that leases had the bridge flood, by the lease's id.
func (b *Bridge) floodNotes() map[string]int {
	notes := map[string]int{}
	for k, v := range b.ExternalIDs {
		if id, ours := strings.CutPrefix(k, keyFlood); ours {
			if vlan, err := strconv.Atoi(v); err == nil {
				notes[id] = vlan
			}
		}
	}
	return notes
}

// floodedBy are the bridges that flood a VLAN for the lease.
func (s *Snapshot) floodedBy(id string) []UUID {
	var bridges []UUID
	for _, b := range s.Bridges {
		if _, noted := b.floodNotes()[id]; noted {
			bridges = append(bridges, b.UUID)
		}
	}
	return bridges
}

// Flooding is a VLAN that bridges flood for a mirror.
type Flooding struct {
	// ID is what a ReleaseLease of it names.
	ID      string
	VLAN    int
	Bridges []string
}

// OrphanedFlooding is what mirrors that are gone had bridges flood: they were
// removed by something that did not know of it. It is ordered by ID.
func (s *Snapshot) OrphanedFlooding() []Flooding {
	mirrors := map[string]bool{}
	for _, m := range s.Mirrors() {
		mirrors[m.floodID()] = true
	}
	byID := map[string]Flooding{}
	for _, b := range s.Bridges {
		for id, vlan := range b.floodNotes() {
			if !mirrors[id] {
				byID[id] = Flooding{id, vlan, append(byID[id].Bridges, b.Name)}
			}
		}
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b Flooding) int { return cmp.Compare(a.ID, b.ID) })
}

// Floods reports whether the bridge floods the VLAN instead of learning in it.
func (b *Bridge) Floods(vlan int) bool { return slices.Contains(b.FloodVLANs, vlan) }

// flood has bridges flood a VLAN for a lease. What somebody else had flooded
// before is not noted, and so stays when the lease goes.
func (d *draft) flood(bridges []UUID, vlan int, id string) error {
	for _, bridge := range slices.Compact(slices.Sorted(slices.Values(bridges))) {
		b := d.s.Bridge(bridge)
		if b == nil {
			return &GoneError{Kind: "bridge", Name: bridge.Short()}
		}
		notes := b.floodNotes()
		notedByOurs := slices.Contains(slices.Collect(maps.Values(notes)), vlan)
		if b.Floods(vlan) && (!notedByOurs || notes[id] == vlan) {
			continue
		}
		d.plan.tx.guard("Bridge", b.UUID, b.rawName, "bridge "+b.Name)
		// Also if it is there: the lease that it is there for may go at this moment.
		d.plan.tx.mutate("Bridge", b.UUID, "bridge "+b.Name,
			*ovsdb.NewMutation("flood_vlans", ovsdb.MutateOperationInsert, vlan))
		d.say("add Bridge %s flood_vlans %d", quote(b.Name), vlan)
		if id != "" {
			d.external("Bridge", b.UUID, "bridge "+b.Name, map[string]string{keyFlood + id: strconv.Itoa(vlan)}, nil)
		}
	}
	return nil
}

// unflood takes back what the leases had flooded, except what a lease that stays
// needs as well.
func (d *draft) unflood(ids []string) { d.unfloodOn(d.s.Bridges, ids) }

func (d *draft) unfloodOn(bridges []*Bridge, ids []string) {
	for _, b := range bridges {
		notes := b.floodNotes()
		var keys []string
		var vlans []int
		for id, vlan := range notes {
			if slices.Contains(ids, id) {
				keys = append(keys, keyFlood+id)
				vlans = append(vlans, vlan)
				delete(notes, id)
			}
		}
		if len(keys) == 0 {
			continue
		}
		d.expectNotes(b)
		for _, vlan := range notes {
			vlans = slices.DeleteFunc(vlans, func(v int) bool { return v == vlan })
		}
		vlans = slices.Compact(slices.Sorted(slices.Values(vlans)))
		slices.SortFunc(keys, cmp.Compare)
		if set := intSet(vlans); len(set.GoSet) > 0 {
			d.plan.tx.mutate("Bridge", b.UUID, "bridge "+b.Name, *ovsdb.NewMutation("flood_vlans", ovsdb.MutateOperationDelete, set))
			d.say("remove Bridge %s flood_vlans %s", quote(b.Name), joinInts(vlans))
		}
		d.external("Bridge", b.UUID, "bridge "+b.Name, nil, keys)
	}
}

func intSet(list []int) ovsdb.OvsSet {
	set := ovsdb.OvsSet{GoSet: []any{}}
	for _, n := range list {
		set.GoSet = append(set.GoSet, n)
	}
	return set
}

func joinInts(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]")
}
