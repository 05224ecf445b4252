package ovs

import (
	"fmt"
	"slices"
)

func planSetSources(s *Snapshot, c SetSources) (*Plan, error) {
	m := s.Mirror(c.Mirror)
	if m == nil {
		return nil, &GoneError{Kind: "mirror", Name: c.Mirror.Short()}
	}
	d := newDraft(s, c)
	p := d.plan
	p.edits = m.Owner.Kind != ThisRun
	if err := p.askOwner(m, "sees other traffic from now on"); err != nil {
		return nil, err
	}
	var add, remove []Source
	for _, src := range distinct(c.Add) {
		if m.Lists(src.Port, src.Direction) {
			continue
		}
		if m.OutputPort != nil && m.OutputPort.UUID == src.Port {
			return nil, refused("%s is the output of mirror %s and drops whatever it receives", m.OutputPort.Name, m.Name)
		}
		add = append(add, src)
	}
	for _, src := range distinct(c.Remove) {
		if m.Lists(src.Port, src.Direction) {
			remove = append(remove, src)
		}
	}
	if len(add)+len(remove) == 0 {
		return d.finish(fmt.Sprintf("mirror %s is already so", m.Name)), nil
	}
	if m.SelectAll {
		p.warn("mirror %s copies the whole bridge (select_all), so its list of ports counts for nothing", m.Name)
	}
	if err := d.changeSources(m, add, remove); err != nil {
		return nil, err
	}
	p.Undo = SetSources{Mirror: m.UUID, Add: remove, Remove: add}
	p.takeBack = p.Undo
	return d.finish(titleSources(s, m.Name, add, remove)), nil
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
