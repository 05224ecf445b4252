package ovs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// Plan is what a change comes to on one snapshot: the transaction, the same as
// commands for a shell, and the way back. A plan has talked to nothing.
type Plan struct {
	// Change is what was asked.
	Change Change
	// Title says in a few words what the plan does: "copy tap1 → into ovscope3f9a".
	Title string
	// Commands do the same with ovs-vsctl, one shell line each. Empty when there
	// is nothing to do.
	Commands []string
	// Hazards are what the user should know before the plan is applied.
	Hazards []Hazard
	// Undo takes the plan back; nil when there is no way back.
	Undo Change

	tx transaction
	// edits reports that the plan changes a mirror that is no lease of this run.
	edits bool
	// links are the ports that Apply brings up after the commit.
	links []link
	// takeBack is what Apply does when the change is in the database but cannot
	// take effect; nil leaves it there.
	takeBack Change
	// reselects reports that the plan changes what is copied; stops, that
	// something is copied no longer. Both decide about the purge (F1).
	reselects, stops bool
}

type link struct {
	name string
	mtu  int // bytes; 0 leaves it
}

// Empty reports whether everything is already as asked.
func (p *Plan) Empty() bool { return len(p.tx.steps) == 0 }

// Severity is how much a hazard matters.
type Severity int

const (
	// Notice is good to know and stops nothing.
	Notice Severity = iota
	// Confirm must be confirmed before the plan is applied.
	Confirm
)

// Hazard is something that the plan would do to somebody.
type Hazard struct {
	Severity Severity
	// Text is a sentence: what would happen, and to whom.
	Text string
}

// NeedsConfirmation reports whether any hazard must be confirmed first.
func (p *Plan) NeedsConfirmation() bool {
	for _, h := range p.Hazards {
		if h.Severity >= Confirm {
			return true
		}
	}
	return false
}

// NewPlan works out what a change comes to on a snapshot. It talks to nothing.
// Errors: *GoneError when something that the change names is not there,
// *RefusedError when the change must not be made.
func NewPlan(s *Snapshot, c Change) (*Plan, error) {
	switch c := c.(type) {
	case SetSources:
		return planSetSources(s, c)
	case CreateLease:
		return planCreateLease(s, c)
	case ReleaseLease:
		return planReleaseLease(s, c)
	case KeepLease:
		return planKeepLease(s, c)
	}
	return nil, fmt.Errorf("planning %T: no such change", c)
}

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
		p.Hazards = append(p.Hazards, Hazard{Confirm, fmt.Sprintf("mirror %s is not ours (%s): whoever uses it sees other traffic from now on", m.Name, m.Owner.Kind)})
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
		p.Hazards = append(p.Hazards, Hazard{Notice, fmt.Sprintf("mirror %s copies the whole bridge (select_all), so its list of ports counts for nothing", m.Name)})
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

func planCreateLease(s *Snapshot, c CreateLease) (*Plan, error) {
	b := s.Bridge(c.Bridge)
	if b == nil {
		return nil, &GoneError{Kind: "bridge", Name: c.Bridge.Short()}
	}
	if len(b.Mirrors) >= maxMirrors {
		return nil, &RefusedError{Reason: fmt.Sprintf("bridge %s has %d mirrors already, and ovs-vswitchd builds no more than %d", b.Name, len(b.Mirrors), maxMirrors)}
	}
	c.Sources = distinct(c.Sources)
	name := LeaseName(c.Lease)
	if s.PortByName(name) != nil || s.BridgeByName(name) != nil {
		return nil, &RefusedError{Reason: fmt.Sprintf("there is a port %s already", name)}
	}
	ports, err := sourcePorts(s, b.UUID, c.Sources)
	if err != nil {
		return nil, err
	}

	p := &Plan{Change: c}
	p.Title = fmt.Sprintf("make mirror and port %s on %s", name, b.Name)
	if len(c.Sources) > 0 {
		p.Title = titleSources(s, "new "+name, c.Sources, nil)
	}
	p.tx.guard("Bridge", b.UUID, b.rawName, "bridge "+b.Name)
	for _, port := range ports {
		p.tx.guardPort(port)
	}
	ids := map[string]string{keyLease: c.Lease, keyOwner: c.Owner.String()}
	mtu := b.MTU()
	iface := ovsdb.Row{"name": name, "type": "internal", "external_ids": ovsMap(ids)}
	if mtu > 0 {
		iface["mtu_request"] = mtu // or the bridge's own MTU would shrink (F13)
	}
	p.tx.insert("Interface", "iface", iface)
	p.tx.insert("Port", "port", ovsdb.Row{
		"name": name, "interfaces": ovsdb.UUID{GoUUID: "iface"}, "external_ids": ovsMap(ids),
	})
	row := ovsdb.Row{"name": name, "output_port": ovsdb.UUID{GoUUID: "port"}, "external_ids": ovsMap(ids)}
	for _, d := range []Direction{Egress, Ingress} {
		if refs := portSet(c.Sources, d); len(refs.GoSet) > 0 {
			row[d.Column()] = refs
		}
	}
	p.tx.insert("Mirror", "mirror", row)
	p.tx.mutate("Bridge", b.UUID, "bridge "+b.Name,
		*ovsdb.NewMutation("ports", ovsdb.MutateOperationInsert, ovsdb.UUID{GoUUID: "port"}),
		*ovsdb.NewMutation("mirrors", ovsdb.MutateOperationInsert, ovsdb.UUID{GoUUID: "mirror"}))
	p.tx.finish(s, p.Title)

	p.links = []link{{name, mtu}}
	p.Commands = []string{vsctlCreateLease(s, b, c, mtu, ids), "sysctl -qw net.ipv6.conf." + name + ".disable_ipv6=1 && ip link set " + name + " up"}
	p.Undo = ReleaseLease{Lease: c.Lease}
	p.takeBack = p.Undo
	p.reselects = true
	return p, nil
}

func planReleaseLease(s *Snapshot, c ReleaseLease) (*Plan, error) {
	p := &Plan{Change: c, Title: "release lease " + c.Lease}
	var names, words []string
	for _, b := range s.Bridges {
		var mutations []ovsdb.Mutation
		if refs := ownedMirrors(b, c.Lease); len(refs) > 0 {
			set := ovsdb.OvsSet{}
			for _, m := range refs {
				set.GoSet = append(set.GoSet, ovsdb.UUID{GoUUID: string(m.UUID)})
				words = append(words, fmt.Sprintf("remove Bridge %s mirrors %s", quote(b.Name), m.UUID))
				names = append(names, m.Name)
				p.Undo = CreateLease{Bridge: b.UUID, Sources: m.Sources(), Lease: c.Lease, Owner: m.Owner.Process}
			}
			mutations = append(mutations, *ovsdb.NewMutation("mirrors", ovsdb.MutateOperationDelete, set))
		}
		if refs := ownedPorts(b, c.Lease); len(refs) > 0 {
			set := ovsdb.OvsSet{}
			for _, port := range refs {
				set.GoSet = append(set.GoSet, ovsdb.UUID{GoUUID: string(port.UUID)})
				words = append(words, fmt.Sprintf("--if-exists del-port %s %s", quote(b.Name), quote(port.Name)))
			}
			mutations = append(mutations, *ovsdb.NewMutation("ports", ovsdb.MutateOperationDelete, set))
		}
		if len(mutations) > 0 {
			p.tx.mutate("Bridge", b.UUID, "bridge "+b.Name, mutations...)
		}
	}
	if len(words) == 0 {
		return p, nil
	}
	if len(names) > 0 {
		p.Title = "remove " + strings.Join(names, ", ")
	}
	if len(names) != 1 {
		p.Undo = nil // more than CreateLease can bring back
	}
	p.tx.finish(s, p.Title)
	p.Commands = []string{"ovs-vsctl -- " + strings.Join(words, " -- ")}
	p.reselects, p.stops = true, true
	return p, nil
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

func (s *Snapshot) bridgeName(id UUID) string {
	if b := s.Bridge(id); b != nil {
		return b.Name
	}
	return id.Short()
}

func (s *Snapshot) portName(id UUID) string {
	if p := s.Port(id); p != nil {
		return p.Name
	}
	return id.Short()
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
