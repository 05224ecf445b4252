package ovs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// planCreateLease is planCreateMirror for a mirror with a port of its own, both
// named after the lease.
func planCreateLease(s *Snapshot, c CreateLease) (*Plan, error) {
	name := LeaseName(c.Lease)
	p, err := planCreateMirror(s, CreateMirror{
		Bridge: c.Bridge, Lease: c.Lease, Owner: c.Owner,
		MirrorSpec: MirrorSpec{Name: name, Sources: c.Sources, Output: Output{New: &NewPort{Name: name}}},
	})
	if err != nil {
		return nil, err
	}
	p.Change = c
	// It begins empty and gets its sources one by one.
	p.Hazards = slices.DeleteFunc(p.Hazards, func(h Hazard) bool { return h.Severity == Confirm && len(c.Sources) == 0 })
	return p, nil
}

func planReleaseLease(s *Snapshot, c ReleaseLease) (*Plan, error) {
	d := newDraft(s, c)
	var mirrors []*Mirror
	for _, b := range s.Bridges {
		mirrors = append(mirrors, ownedMirrors(b, c.Lease)...)
	}
	d.detach(mirrors, []string{c.Lease})
	title := "release lease " + c.Lease
	if len(mirrors) > 0 {
		title = "remove " + mirrorNames(mirrors)
	}
	return d.finish(title), nil
}

func planKeepLease(s *Snapshot, c KeepLease) (*Plan, error) {
	p := &Plan{Change: c, Title: "keep lease " + c.Lease}
	var words []string
	keep := func(table string, id UUID, what string) {
		p.tx.mutate(table, id, what,
			*ovsdb.NewMutation("external_ids", ovsdb.MutateOperationDelete, ovsdb.OvsSet{GoSet: []any{keyOwner}}),
			*ovsdb.NewMutation("external_ids", ovsdb.MutateOperationInsert, ovsMap(map[string]string{keyKept: "true"})))
		words = append(words, fmt.Sprintf("remove %s %s external_ids %s", table, id, keyOwner),
			fmt.Sprintf("set %s %s external_ids:%s=true", table, id, keyKept))
	}
	for _, b := range s.Bridges {
		for _, m := range ownedMirrors(b, c.Lease) {
			keep("Mirror", m.UUID, "mirror "+m.Name)
			p.Title = "keep " + m.Name
		}
		for _, port := range ownedPorts(b, c.Lease) {
			keep("Port", port.UUID, "port "+port.Name)
			for _, i := range port.Interfaces {
				keep("Interface", i.UUID, "interface "+i.Name)
			}
		}
	}
	if len(words) == 0 {
		return nil, &GoneError{Kind: "lease", Name: c.Lease}
	}
	p.tx.finish(s, p.Title)
	p.Commands = []string{"ovs-vsctl -- " + strings.Join(words, " -- ")}
	return p, nil
}

func ownedMirrors(b *Bridge, lease string) []*Mirror {
	var owned []*Mirror
	for _, m := range b.Mirrors {
		if lease != "" && m.Owner.Lease == lease {
			owned = append(owned, m)
		}
	}
	return owned
}

func ownedPorts(b *Bridge, lease string) []*Port {
	var owned []*Port
	for _, p := range b.Ports {
		if lease != "" && p.Owner.Lease == lease {
			owned = append(owned, p)
		}
	}
	return owned
}
