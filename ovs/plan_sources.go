package ovs

import (
	"fmt"
	"slices"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

func planSetSources(s *Snapshot, c SetSources) (*Plan, error) {
	m := s.Mirror(c.Mirror)
	if m == nil {
		return nil, &GoneError{Kind: "mirror", Name: c.Mirror.Short()}
	}
	p := &Plan{Change: c, edits: m.Owner.Kind != ThisRun}
	switch m.Owner.Kind {
	case OVN:
		return nil, &RefusedError{Reason: fmt.Sprintf("mirror %s belongs to OVN, which would write it back at once", m.Name)}
	case Foreign, OtherRun:
		p.confirm("", "mirror %s is not ours (%s): whoever uses it sees other traffic from now on", m.Name, m.Owner.Kind)
	case ThisRun, Kept:
	}
	var add, remove []Source
	for _, src := range distinct(c.Add) {
		if !m.Lists(src.Port, src.Direction) {
			add = append(add, src)
		}
	}
	for _, src := range distinct(c.Remove) {
		if m.Lists(src.Port, src.Direction) {
			remove = append(remove, src)
		}
	}
	if len(add)+len(remove) == 0 {
		p.Title = fmt.Sprintf("mirror %s is already so", m.Name)
		return p, nil
	}
	if m.SelectAll {
		p.warn("mirror %s copies the whole bridge (select_all), so its list of ports counts for nothing", m.Name)
	}

	ports, err := sourcePorts(s, m.Bridge, add)
	if err != nil {
		return nil, err
	}
	for _, port := range ports {
		if m.OutputPort != nil && m.OutputPort.UUID == port.UUID {
			return nil, &RefusedError{Reason: fmt.Sprintf("%s is the output of mirror %s and drops whatever it receives", port.Name, m.Name)}
		}
		p.tx.guardPort(port)
	}
	mutations := append(mutateSources(ovsdb.MutateOperationInsert, add), mutateSources(ovsdb.MutateOperationDelete, remove)...)
	p.Title = titleSources(s, m.Name, add, remove)
	p.tx.mutate("Mirror", m.UUID, "mirror "+m.Name, mutations...)
	p.tx.finish(s, p.Title)

	p.Commands = []string{vsctlSources(s, m, add, remove)}
	p.Undo = SetSources{Mirror: m.UUID, Add: remove, Remove: add}
	p.takeBack = p.Undo
	p.reselects, p.stops = true, len(remove) > 0
	return p, nil
}

// sourcePorts looks up the ports of the sources, once each; all must be on the bridge.
func sourcePorts(s *Snapshot, bridge UUID, sources []Source) ([]*Port, error) {
	var ports []*Port
	seen := map[UUID]bool{}
	for _, src := range sources {
		if seen[src.Port] {
			continue
		}
		seen[src.Port] = true
		port := s.Port(src.Port)
		switch {
		case port == nil:
			return nil, &GoneError{Kind: "port", Name: src.Port.Short()}
		case port.Bridge != bridge:
			return nil, &RefusedError{Reason: fmt.Sprintf("port %s is on bridge %s, and a mirror copies only ports of its own bridge %s",
				port.Name, s.bridgeName(port.Bridge), s.bridgeName(bridge))}
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// distinct leaves out what is listed twice, which OVSDB refuses in a set.
func distinct(sources []Source) []Source {
	var out []Source
	for _, src := range sources {
		if !slices.Contains(out, src) {
			out = append(out, src)
		}
	}
	return out
}
