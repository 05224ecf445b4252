package ovs

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

func planCreateMirror(s *Snapshot, c CreateMirror) (*Plan, error) {
	d := newDraft(s, c)
	if err := d.create(c); err != nil {
		return nil, err
	}
	d.plan.Undo = ReleaseLease{Lease: c.Lease}
	if c.Lease == "" {
		d.plan.Undo = nil // the row's UUID is not known yet
	}
	d.plan.takeBack = d.plan.Undo
	b := s.Bridge(c.Bridge)
	d.plan.findHazards(s, b, nil, c.MirrorSpec, c.Flood)
	title := "make mirror " + cmp.Or(c.Name, "without a name")
	if n := c.Output.New; n != nil && n.Name == c.Name {
		title = "make mirror and port " + n.text()
	}
	title += " on " + b.Name
	if c.SelectAll || len(c.Sources) > 0 {
		title = "copy " + c.text(s) + " into new " + cmp.Or(c.Name, "mirror")
	}
	if n := c.Output.New; n == nil || n.Name != c.Name || n.Tunnel.Kind != NoTunnel {
		title += ", output " + c.Output.text(s)
	}
	return d.finish(title), nil
}

func planRestoreMirrors(s *Snapshot, c RestoreMirrors) (*Plan, error) {
	d := newDraft(s, c)
	var names []string
	for _, m := range c.Mirrors {
		if err := d.create(m); err != nil {
			return nil, err
		}
		names = append(names, m.Name)
	}
	return d.finish("make again " + strings.Join(names, ", ")), nil
}

// create adds the operations that make a mirror.
func (d *draft) create(c CreateMirror) error {
	b := d.s.Bridge(c.Bridge)
	if b == nil {
		return &GoneError{Kind: "bridge", Name: c.Bridge.Short()}
	}
	if len(b.Mirrors)+d.mirrors >= maxMirrors {
		return refused("bridge %s has %d mirrors already, and ovs-vswitchd builds no more than %d", b.Name, len(b.Mirrors)+d.mirrors, maxMirrors)
	}
	if err := c.check(d.s); err != nil {
		return err
	}
	d.expectNames(c.Name, b.Name)
	d.plan.tx.guard("Bridge", b.UUID, b.rawName, "bridge "+b.Name)
	ids := maps.Clone(c.ExternalIDs)
	tags := ownerTags(c.Lease, c.Owner)
	if len(tags) > 0 {
		ids = maps.Clone(tags)
		maps.Copy(ids, c.ExternalIDs)
	}

	row := ovsdb.Row{"name": c.Name}
	words := []string{"name=" + value(c.Name)}
	set := func(column string, v any, word string) {
		row[column] = v
		words = append(words, column+"="+word)
	}
	sources := distinct(c.Sources)
	if err := d.sources(b, sources); err != nil {
		return err
	}
	for _, direction := range []Direction{Egress, Ingress} {
		if refs := portSet(sources, direction); len(refs.GoSet) > 0 {
			set(direction.Column(), refs, d.portWords(sources, direction))
		}
	}
	if c.SelectAll {
		set("select_all", true, "true")
	}
	if vlans := slices.Compact(slices.Sorted(slices.Values(c.VLANs))); len(vlans) > 0 {
		set("select_vlan", intSet(vlans), joinInts(vlans))
	}
	if c.SnapLen != 0 {
		set("snaplen", c.SnapLen, joinInts([]int{c.SnapLen}))
	}
	if c.Filter != "" {
		set("filter", c.Filter, value(c.Filter))
	}
	port, word, err := d.output(b, c.Output, sources, tags)
	switch {
	case err != nil:
		return err
	case port != nil:
		set("output_port", *port, word)
	case c.Output.VLAN != 0:
		set("output_vlan", c.Output.VLAN, joinInts([]int{c.Output.VLAN}))
		if err := d.flood(c.Flood, c.Output.VLAN, c.Lease); err != nil {
			return err
		}
	}
	d.mirrors++
	named, at := "mirror"+joinInts([]int{d.mirrors}), "@m"+joinInts([]int{d.mirrors})
	idWords := ""
	if len(ids) > 0 {
		row["external_ids"] = ovsMap(ids)
		idWords = vsctlIDs(ids)
	}
	d.plan.tx.insert("Mirror", named, row)
	d.plan.tx.mutate("Bridge", b.UUID, "bridge "+b.Name,
		*ovsdb.NewMutation("mirrors", ovsdb.MutateOperationInsert, ovsdb.UUID{GoUUID: named}))
	d.say("--id=%s create Mirror %s%s", at, strings.Join(words, " "), idWords)
	d.say("add Bridge %s mirrors %s", quote(b.Name), at)
	d.plan.reselects = true
	return nil
}

// sources guards the ports of the sources, which must be on the bridge.
func (d *draft) sources(b *Bridge, sources []Source) error {
	ports, err := sourcePorts(d.s, b.UUID, sources)
	if err != nil {
		return err
	}
	for _, p := range ports {
		d.port(p)
	}
	return nil
}

// portWords are the ports among the sources with that direction: "@p1,@p2".
func (d *draft) portWords(sources []Source, direction Direction) string {
	var words []string
	for _, src := range sources {
		if src.Direction == direction {
			words = append(words, d.word(src.Port))
		}
	}
	return strings.Join(words, ",")
}

// output guards or makes the output port, and returns how the transaction and the
// command refer to it; nil when there is none.
func (d *draft) output(b *Bridge, o Output, sources []Source, tags map[string]string) (*ovsdb.UUID, string, error) {
	switch {
	case o.New != nil:
		p := d.s.PortByName(o.New.Name)
		if p != nil && p.UUID != d.leaving || d.s.BridgeByName(o.New.Name) != nil {
			return nil, "", refused("there is a port %s already", o.New.Name)
		}
		if d.s.facts != nil && d.s.facts.Devices[o.New.Name] && o.New.Tunnel.Kind == NoTunnel {
			return nil, "", refused("this host has an interface %s already, so Open vSwitch cannot make one of that name", o.New.Name)
		}
		id, word := d.newPort(b, o.New, tags)
		return &id, word, nil
	case o.Port != "":
		p := d.s.Port(o.Port)
		switch {
		case p == nil:
			return nil, "", &GoneError{Kind: "port", Name: o.Port.Short()}
		case p.Bridge != b.UUID:
			return nil, "", refused("port %s is on bridge %s, and a mirror's output must be on its own bridge %s", p.Name, d.s.bridgeName(p.Bridge), b.Name)
		case slices.ContainsFunc(sources, func(src Source) bool { return src.Port == p.UUID }):
			return nil, "", refused("%s cannot be source and output at once: an output drops whatever it receives", p.Name)
		}
		return &ovsdb.UUID{GoUUID: string(p.UUID)}, d.port(p), nil
	}
	return nil, "", nil
}

// ownerTags are the external_ids of what is made for a lease: owned by a process
// that will remove it, or kept.
func ownerTags(lease string, owner Process) map[string]string {
	switch {
	case lease == "":
		return nil
	case owner == Process{}:
		return map[string]string{keyLease: lease, keyKept: "true"}
	}
	return map[string]string{keyLease: lease, keyOwner: owner.String()}
}
