package ovs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

func planDetachMirror(s *Snapshot, c DetachMirror) (*Plan, error) {
	m := s.Mirror(c.Mirror)
	if m == nil {
		return nil, &GoneError{Kind: "mirror", Name: c.Mirror.Short()}
	}
	d := newDraft(s, c)
	if err := d.plan.askOwner(m, "loses it"); err != nil {
		return nil, err
	}
	d.detach([]*Mirror{m}, nil)
	return d.finish("remove mirror " + m.Name), nil
}

func planDetachOurs(s *Snapshot, c DetachOurs) (*Plan, error) {
	b := s.Bridge(c.Bridge)
	if b == nil {
		return nil, &GoneError{Kind: "bridge", Name: c.Bridge.Short()}
	}
	d := newDraft(s, c)
	var ours []*Mirror
	for _, m := range b.Mirrors {
		if m.Owner.Kind == ThisRun || m.Owner.Kind == Kept {
			ours = append(ours, m)
		}
	}
	d.detach(ours, nil)
	if len(ours) == 0 {
		return d.finish("no mirror on " + b.Name + " is ours"), nil
	}
	return d.finish("remove our mirrors on " + b.Name + ": " + mirrorNames(ours)), nil
}

func planClearMirrors(s *Snapshot, c ClearMirrors) (*Plan, error) {
	b := s.Bridge(c.Bridge)
	if b == nil {
		return nil, &GoneError{Kind: "bridge", Name: c.Bridge.Short()}
	}
	d := newDraft(s, c)
	var all, others []*Mirror
	for _, m := range b.Mirrors {
		switch m.Owner.Kind {
		case OVN:
			d.plan.warn("mirror %s belongs to OVN, which would write it back at once: it stays", m.Name)
			continue
		case Foreign, OtherRun:
			others = append(others, m)
		case ThisRun, Kept:
		}
		all = append(all, m)
	}
	switch {
	case len(b.Mirrors) == 0:
		return d.finish("bridge " + b.Name + " has no mirrors"), nil
	case len(all) == 0:
		return d.finish("bridge " + b.Name + " has only OVN's mirrors, which stay"), nil
	}
	what := fmt.Sprintf("all %d mirrors of bridge %s go", len(all), b.Name)
	if len(others) > 0 {
		what += fmt.Sprintf(", and whoever uses %s loses them", mirrorNames(others))
	}
	d.plan.confirm(b.Name, "%s", what)
	d.detach(all, nil)
	return d.finish("remove all mirrors of " + b.Name + ": " + mirrorNames(all)), nil
}

// askOwner refuses to touch OVN's mirrors and asks before somebody else's.
func (p *Plan) askOwner(m *Mirror, what string) error {
	switch m.Owner.Kind {
	case OVN:
		return refused("mirror %s belongs to OVN, which would write it back at once", m.Name)
	case Foreign, OtherRun:
		p.confirm("", "mirror %s is not ours (%s): whoever uses it %s", m.Name, m.Owner.Kind, what)
	case ThisRun, Kept:
	}
	return nil
}

// detach adds the operations that remove mirrors, and with the last mirror of a
// lease what else the lease made. Leases are removed even if no mirror is left of
// them. It sets the plan's undo.
func (d *draft) detach(mirrors []*Mirror, leases []string) {
	if len(mirrors) > 0 {
		d.plan.Undo = d.restoring(mirrors)
	}
	for _, m := range mirrors {
		id := m.Owner.Lease
		if id == "" || slices.Contains(leases, id) {
			continue
		}
		rest := slices.ContainsFunc(d.s.Mirrors(), func(other *Mirror) bool {
			return other.Owner.Lease == id && !slices.Contains(mirrors, other)
		})
		if !rest {
			leases = append(leases, id)
		}
	}
	for _, b := range d.s.Bridges {
		var mutations []ovsdb.Mutation
		gone := ovsdb.OvsSet{}
		for _, m := range b.Mirrors {
			if slices.Contains(mirrors, m) {
				gone.GoSet = append(gone.GoSet, ovsdb.UUID{GoUUID: string(m.UUID)})
				d.say("remove Bridge %s mirrors %s", quote(b.Name), m.UUID)
			}
		}
		if len(gone.GoSet) > 0 {
			mutations = append(mutations, *ovsdb.NewMutation("mirrors", ovsdb.MutateOperationDelete, gone))
		}
		ports := ovsdb.OvsSet{}
		for _, lease := range leases {
			for _, p := range ownedPorts(b, lease) {
				ports.GoSet = append(ports.GoSet, ovsdb.UUID{GoUUID: string(p.UUID)})
				d.say("--if-exists del-port %s %s", quote(b.Name), quote(p.Name))
				d.warnOutputGoes(p, mirrors)
			}
		}
		if len(ports.GoSet) > 0 {
			mutations = append(mutations, *ovsdb.NewMutation("ports", ovsdb.MutateOperationDelete, ports))
		}
		if len(mutations) > 0 {
			d.plan.tx.mutate("Bridge", b.UUID, "bridge "+b.Name, mutations...)
		}
	}
	d.unflood(append(slices.Clone(leases), floodIDs(mirrors)...))
	if !d.plan.Empty() {
		d.plan.reselects, d.plan.stops = true, true
	}
}

// warnOutputGoes says which mirrors that stay lose their output with a port.
func (d *draft) warnOutputGoes(p *Port, leaving []*Mirror) {
	for _, m := range d.s.Mirrors() {
		if m.OutputPort != nil && m.OutputPort.UUID == p.UUID && !slices.Contains(leaving, m) {
			d.plan.confirm(p.Name, "port %s goes, which mirror %s (%s) uses as its output: that one will deliver nothing", p.Name, m.Name, m.Owner.Kind)
		}
	}
}

// floodID is under which id a mirror's flooding is noted: its lease, or for one
// that has none, the beginning of its UUID.
func (m *Mirror) floodID() string {
	if m.Owner.Lease != "" {
		return m.Owner.Lease
	}
	return m.UUID.Short()
}

// floodIDs are the ids of mirrors without a lease.
func floodIDs(mirrors []*Mirror) []string {
	var ids []string
	for _, m := range mirrors {
		if m.Owner.Lease == "" {
			ids = append(ids, m.floodID())
		}
	}
	return ids
}

// restoring is the change that makes the mirrors again, nil when that cannot be.
func (d *draft) restoring(mirrors []*Mirror) Change {
	var all []CreateMirror
	seen := map[string]bool{} // ports of ours that an earlier one brings back
	for _, m := range mirrors {
		c := CreateMirror{
			Bridge: m.Bridge, MirrorSpec: m.Spec(), Lease: m.Owner.Lease, Owner: m.Owner.Process,
			Flood: d.s.floodedBy(m.floodID()), ExternalIDs: maps.Clone(m.ExternalIDs),
		}
		maps.DeleteFunc(c.ExternalIDs, func(k, _ string) bool { return k == keyLease || k == keyOwner || k == keyKept })
		if len(c.ExternalIDs) == 0 {
			c.ExternalIDs = nil
		}
		if m.Owner.Kind == Kept {
			c.Owner = Process{}
		}
		switch out := d.s.Port(c.Output.Port); {
		case c.Output == Output{}:
			return nil // it delivered nothing
		case out != nil && out.Owner.Lease != "" && out.Owner.Lease == m.Owner.Lease:
			n := NewPortOf(out)
			if n == nil || seen[n.Name] {
				return nil
			}
			seen[n.Name] = true
			c.Output = Output{New: n}
		}
		all = append(all, c)
	}
	if len(all) == 1 {
		return all[0]
	}
	return RestoreMirrors{Mirrors: all}
}

func mirrorNames(mirrors []*Mirror) string {
	names := make([]string, len(mirrors))
	for i, m := range mirrors {
		names[i] = m.Name
	}
	return strings.Join(names, ", ")
}
