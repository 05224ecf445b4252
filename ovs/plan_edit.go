package ovs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

func planEditMirror(s *Snapshot, c EditMirror) (*Plan, error) {
	m := s.Mirror(c.Mirror)
	if m == nil {
		return nil, &GoneError{Kind: "mirror", Name: c.Mirror.Short()}
	}
	if err := c.Want.check(s); err != nil {
		return nil, err
	}
	e := &edit{draft: newDraft(s, c), c: c, m: m, b: s.Bridge(m.Bridge), after: m.Spec(), seen: c.Seen.sorted(), want: c.Want.sorted()}
	for _, part := range []func() error{e.name, e.selection, e.sourceLists, e.vlans, e.output, e.flooding, e.snapLen, e.filter} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	if len(e.parts) == 0 {
		return e.finish(fmt.Sprintf("mirror %s is already so", m.Name)), nil
	}
	p := e.plan
	if err := p.askOwner(m, "sees other traffic from now on, or none"); err != nil {
		return nil, err
	}
	p.edits = m.Owner.Kind != ThisRun
	p.Undo = EditMirror{Mirror: m.UUID, Seen: e.after, Want: e.back, Flood: e.unflooded, Unflood: e.flooded, Lease: c.Lease}
	p.takeBack = p.Undo
	p.findHazards(s, e.b, m, e.after, c.Flood)
	return e.finish("mirror " + m.Name + ": " + strings.Join(e.parts, "; ")), nil
}

// edit is the plan of an EditMirror in the making. Each part compares what the user
// saw and wants with what is there: what he did not touch is left alone, what is
// there already counts as done, and what somebody else has changed is not overwritten.
type edit struct {
	*draft
	c           EditMirror
	m           *Mirror
	b           *Bridge
	seen, want  MirrorSpec
	after, back MirrorSpec // the mirror as it will be, and how it is made as it was
	flooded     []UUID     // bridges that flood the VLAN from now on, while the output stays
	unflooded   []UUID     // bridges that flood no more for the mirror, whether it stays or not
	parts       []string   // of the title
}

func (e *edit) did(format string, args ...any) {
	e.parts = append(e.parts, fmt.Sprintf(format, args...))
}

func (e *edit) changed(what string) error {
	return &ChangedError{What: fmt.Sprintf("the %s of mirror %s", what, e.m.Name)}
}

// replace overwrites columns, guarded by what they are now.
func (e *edit) replace(what string, was, now ovsdb.Row) {
	e.plan.tx.replace("Mirror", e.m.UUID, fmt.Sprintf("the %s of mirror %s", what, e.m.Name), was, now)
}

// settle decides about one value: whether to write it.
func settle[T comparable](seen, want, is T, changed error) (bool, error) {
	switch {
	case want == seen || want == is:
		return false, nil
	case is != seen:
		return false, changed
	}
	return true, nil
}

func (e *edit) name() error {
	e.back = e.m.Spec()
	write, err := settle(e.seen.Name, e.want.Name, e.m.Name, e.changed("name"))
	if !write {
		return err
	}
	e.replace("name", ovsdb.Row{"name": e.m.rawName}, ovsdb.Row{"name": e.want.Name})
	e.say("set Mirror %s name=%s", e.m.UUID, value(e.want.Name))
	e.after.Name = e.want.Name
	e.did("call it %s", e.want.Name)
	return nil
}

func (e *edit) selection() error {
	write, err := settle(e.seen.SelectAll, e.want.SelectAll, e.m.SelectAll, e.changed("selection"))
	if !write {
		return err
	}
	e.replace("selection", ovsdb.Row{"select_all": e.m.SelectAll}, ovsdb.Row{"select_all": e.want.SelectAll})
	e.say("set Mirror %s select_all=%t", e.m.UUID, e.want.SelectAll)
	e.after.SelectAll = e.want.SelectAll
	if e.want.SelectAll {
		e.did("copy the whole bridge")
	} else {
		e.did("copy only the ports that it lists")
		e.plan.stops = true
	}
	e.plan.reselects = true
	return nil
}

// sourceLists adds and removes sources; both commute with what others do (F16).
func (e *edit) sourceLists() error {
	is := e.m.Sources()
	var add, remove []Source
	for _, src := range e.want.Sources {
		if !slices.Contains(e.seen.Sources, src) && !slices.Contains(is, src) {
			add = append(add, src)
		}
	}
	for _, src := range e.seen.Sources {
		if !slices.Contains(e.want.Sources, src) && slices.Contains(is, src) {
			remove = append(remove, src)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil
	}
	if out := e.m.OutputPort; out != nil && e.want.Output.same(e.seen.Output) && slices.ContainsFunc(add, func(src Source) bool { return src.Port == out.UUID }) {
		return refused("%s is the output of mirror %s and drops whatever it receives", out.Name, e.m.Name)
	}
	if err := e.changeSources(e.m, add, remove); err != nil {
		return err
	}
	e.after.Sources = slices.DeleteFunc(append(is, add...), func(src Source) bool { return slices.Contains(remove, src) })
	if len(add) > 0 {
		e.did("copy %s", sourcesText(e.s, add))
	}
	if len(remove) > 0 {
		e.did("stop copying %s", sourcesText(e.s, remove))
	}
	return nil
}

func (e *edit) vlans() error {
	var add, remove []int
	for _, v := range e.want.VLANs {
		if !slices.Contains(e.seen.VLANs, v) && !slices.Contains(e.m.VLANs, v) {
			add = append(add, v)
		}
	}
	for _, v := range e.seen.VLANs {
		if !slices.Contains(e.want.VLANs, v) && slices.Contains(e.m.VLANs, v) {
			remove = append(remove, v)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil
	}
	var mutations []ovsdb.Mutation
	if len(add) > 0 {
		mutations = append(mutations, *ovsdb.NewMutation("select_vlan", ovsdb.MutateOperationInsert, intSet(add)))
		e.say("add Mirror %s select_vlan %s", e.m.UUID, joinInts(add))
	}
	if len(remove) > 0 {
		mutations = append(mutations, *ovsdb.NewMutation("select_vlan", ovsdb.MutateOperationDelete, intSet(remove)))
		e.say("remove Mirror %s select_vlan %s", e.m.UUID, joinInts(remove))
	}
	e.plan.tx.mutate("Mirror", e.m.UUID, "mirror "+e.m.Name, mutations...)
	e.after.VLANs = slices.Sorted(slices.Values(slices.DeleteFunc(append(slices.Clone(e.m.VLANs), add...), func(v int) bool { return slices.Contains(remove, v) })))
	if len(e.after.VLANs) == 0 {
		e.did("copy all VLANs")
	} else {
		e.did("copy only VLAN %s", Ranges(e.after.VLANs))
	}
	e.plan.reselects, e.plan.stops = true, true
	return nil
}

func (e *edit) output() error {
	m, want := e.m, e.want.Output
	switch {
	case want.same(e.seen.Output) || want.matches(e.s, m):
		return nil
	case !e.seen.Output.matches(e.s, m):
		return e.changed("output")
	}
	// What is made for a mirror that belongs to no run of ours stays, as it does.
	lease, owner := m.Owner.Lease, m.Owner.Process
	if lease == "" || m.Owner.Kind == Kept {
		owner = Process{}
	}
	if lease == "" {
		lease = e.c.Lease
	}
	e.leaveOutput()
	port, word, err := e.draft.output(e.b, want, e.after.Sources, ownerTags(lease, owner))
	if err != nil {
		return err
	}
	none := ovsdb.OvsSet{GoSet: []any{}}
	was, now := ovsdb.Row{"output_port": none, "output_vlan": none}, ovsdb.Row{"output_port": none, "output_vlan": none}
	if m.OutputPort != nil {
		was["output_port"] = ovsdb.UUID{GoUUID: string(m.OutputPort.UUID)}
	}
	if m.OutputVLAN != nil {
		was["output_vlan"] = *m.OutputVLAN
		e.say("clear Mirror %s output_vlan", m.UUID)
	}
	switch {
	case port != nil:
		now["output_port"] = *port
		e.say("set Mirror %s output_port=%s", m.UUID, word)
	default:
		e.say("clear Mirror %s output_port", m.UUID)
		if want.VLAN != 0 {
			now["output_vlan"] = want.VLAN
			e.say("set Mirror %s output_vlan=%d", m.UUID, want.VLAN)
		}
	}
	e.replace("output", was, now)
	if want.VLAN != 0 {
		bridges := slices.DeleteFunc(slices.Clone(e.c.Flood), func(b UUID) bool { return slices.Contains(e.c.Unflood, b) })
		if err := e.flood(bridges, want.VLAN, m.floodID()); err != nil {
			return err
		}
	}
	e.after.Output = want
	e.did("output %s", want.text(e.s))
	e.plan.reselects, e.plan.stops = true, true
	return nil
}

// flooding has more bridges, or fewer, flood the output VLAN that stays.
func (e *edit) flooding() error {
	vlan := e.want.Output.VLAN
	if vlan == 0 || e.after.Output != e.m.Spec().Output || e.after.Output.VLAN != vlan {
		return nil
	}
	id := e.m.floodID()
	for _, bridge := range e.c.Flood {
		before := len(e.plan.tx.steps)
		if err := e.flood([]UUID{bridge}, vlan, id); err != nil {
			return err
		}
		if len(e.plan.tx.steps) > before {
			e.flooded = append(e.flooded, bridge)
			e.did("bridge %s floods VLAN %d", e.s.bridgeName(bridge), vlan)
		}
	}
	for _, bridge := range e.c.Unflood {
		if b := e.s.Bridge(bridge); b != nil && b.floodNotes()[id] == vlan {
			e.unfloodOn([]*Bridge{b}, []string{id})
			e.unflooded = append(e.unflooded, bridge)
			e.did("bridge %s need not flood VLAN %d for it", b.Name, vlan)
		}
	}
	return nil
}

// leaveOutput takes back what was made for the old output.
func (e *edit) leaveOutput() {
	m := e.m
	e.unflooded = e.s.floodedBy(m.floodID())
	e.unflood([]string{m.floodID()})
	if m.OutputPort == nil {
		return
	}
	old := e.b.Port(m.OutputPort.UUID)
	ours := old != nil && old.Owner.Lease != "" && (old.Owner.Lease == m.Owner.Lease || old.Owner.Lease == e.c.Lease)
	if !ours {
		return
	}
	e.warnOutputGoes(old, []*Mirror{m})
	e.back.Output = Output{New: NewPortOf(old)}
	e.plan.tx.mutate("Bridge", e.b.UUID, "bridge "+e.b.Name,
		*ovsdb.NewMutation("ports", ovsdb.MutateOperationDelete, ovsdb.UUID{GoUUID: string(old.UUID)}))
	e.say("--if-exists del-port %s %s", quote(e.b.Name), quote(old.Name))
	e.leaving = old.UUID
}

func (e *edit) snapLen() error {
	is := deref(e.m.SnapLen)
	write, err := settle(e.seen.SnapLen, e.want.SnapLen, is, e.changed("snaplen"))
	if !write {
		return err
	}
	e.replace("snaplen", ovsdb.Row{"snaplen": optional(is)}, ovsdb.Row{"snaplen": optional(e.want.SnapLen)})
	if e.want.SnapLen == 0 {
		e.say("clear Mirror %s snaplen", e.m.UUID)
		e.did("copy whole packets")
	} else {
		e.say("set Mirror %s snaplen=%d", e.m.UUID, e.want.SnapLen)
		e.did("copy %d bytes of a packet", e.want.SnapLen)
	}
	e.after.SnapLen = e.want.SnapLen
	e.plan.reselects, e.plan.stops = true, true
	return nil
}

func (e *edit) filter() error {
	write, err := settle(e.seen.Filter, e.want.Filter, e.m.Filter, e.changed("filter"))
	if !write {
		return err
	}
	e.replace("filter", ovsdb.Row{"filter": optional(e.m.rawFilter)}, ovsdb.Row{"filter": optional(e.want.Filter)})
	if e.want.Filter == "" {
		e.say("clear Mirror %s filter", e.m.UUID)
		e.did("no filter")
	} else {
		e.say("set Mirror %s filter=%s", e.m.UUID, value(e.want.Filter))
		e.did("only %s", e.want.Filter)
	}
	e.after.Filter = e.want.Filter
	e.plan.reselects, e.plan.stops = true, true
	return nil
}

// optional is the value of an optional column whose zero value means unset.
func optional[T comparable](v T) any {
	var zero T
	if v == zero {
		return ovsdb.OvsSet{GoSet: []any{}}
	}
	return v
}
