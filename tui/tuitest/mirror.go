package tuitest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"ovscope/ovs"
)

// Facts is what SetFacts was given, empty ones else.
func (s *Switch) Facts(context.Context) (*ovs.Facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.FactsFail != nil:
		return nil, s.FactsFail
	case s.facts == nil:
		return &ovs.Facts{}, nil
	}
	return s.facts, nil
}

// SetFacts says what is found out about the interfaces from now on.
func (s *Switch) SetFacts(f *ovs.Facts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.facts = f
}

// create makes a mirror, and its port with it.
func (s *Switch) create(next *ovs.Snapshot, c ovs.CreateMirror) {
	b := next.Bridge(c.Bridge)
	s.made++
	owner := ovs.Owner{Kind: ovs.ThisRun, Lease: c.Lease, Process: c.Owner}
	switch {
	case c.Lease == "":
		owner = ovs.Owner{}
	case c.Owner == ovs.Process{}:
		owner.Kind = ovs.Kept
	}
	m := &ovs.Mirror{
		UUID: ovs.UUID(fmt.Sprintf("mirror-%d-%s", s.made, c.Name)), Name: c.Name, Bridge: b.UUID, Owner: owner,
		FirstSeen: s.Now(), ExternalIDs: maps.Clone(c.ExternalIDs),
	}
	s.shape(next, m, c.MirrorSpec)
	for _, id := range c.Flood {
		flood(next.Bridge(id), c.Output.VLAN, c.Lease)
	}
	b.Mirrors = append(b.Mirrors, m)
}

// shape makes a mirror as described; a new output port comes into being.
func (s *Switch) shape(next *ovs.Snapshot, m *ovs.Mirror, want ovs.MirrorSpec) {
	m.Name, m.SelectAll, m.VLANs, m.Filter = want.Name, want.SelectAll, slices.Clone(want.VLANs), want.Filter
	m.Egress, m.Ingress, m.SnapLen, m.OutputPort, m.OutputVLAN = nil, nil, nil, nil, nil
	for _, src := range want.Sources {
		refs := refsOf(m, src.Direction)
		*refs = append(*refs, ovs.PortRef{UUID: src.Port, Name: next.Port(src.Port).Name})
	}
	if want.SnapLen != 0 {
		m.SnapLen = &want.SnapLen
	}
	switch o := want.Output; {
	case o.New != nil:
		p := s.newPort(next.Bridge(m.Bridge), o.New, m.Owner)
		m.OutputPort = &ovs.PortRef{UUID: p.UUID, Name: p.Name}
	case o.Port != "":
		m.OutputPort = &ovs.PortRef{UUID: o.Port, Name: next.Port(o.Port).Name}
	case o.VLAN != 0:
		m.OutputVLAN = &o.VLAN
	}
}

func (s *Switch) newPort(b *ovs.Bridge, n *ovs.NewPort, owner ovs.Owner) *ovs.Port {
	s.made++
	id := fmt.Sprintf("%d-%s", s.made, n.Name)
	i := &ovs.Interface{UUID: ovs.UUID("if-" + id), Name: n.Name, Type: "internal", OFPort: ofport(90), LinkState: "up"}
	if t := n.Tunnel; t.Kind != ovs.NoTunnel {
		i.Type = map[ovs.TunnelKind]string{ovs.GRE: "gre", ovs.ERSPAN1: "erspan", ovs.ERSPAN2: "erspan"}[t.Kind]
		if t.Remote.Is6() {
			i.Type = "ip6" + i.Type
		}
		i.Options = map[string]string{"remote_ip": t.Remote.String()}
		if t.Local.IsValid() {
			i.Options["local_ip"] = t.Local.String()
		}
		if t.Key.Set {
			i.Options["key"] = strconv.Itoa(int(t.Key.Value))
		}
		switch t.Kind {
		case ovs.ERSPAN1:
			i.Options["erspan_ver"], i.Options["erspan_idx"] = "1", strconv.FormatUint(uint64(t.Index), 16)
		case ovs.ERSPAN2:
			i.Options["erspan_ver"], i.Options["erspan_dir"] = "2", strconv.Itoa(int(t.Direction))
			i.Options["erspan_hwid"] = strconv.FormatUint(uint64(t.HardwareID), 16)
		case ovs.NoTunnel, ovs.GRE:
		}
	}
	p := &ovs.Port{UUID: ovs.UUID("port-" + id), Name: n.Name, Bridge: b.UUID, Owner: owner, Interfaces: []*ovs.Interface{i}}
	if n.Tag != 0 {
		p.Tag = &n.Tag
	}
	b.Ports = append(b.Ports, p)
	return p
}

// editMirror changes a mirror as the client does: each part from what was seen to what is wanted.
func (s *Switch) editMirror(next *ovs.Snapshot, c ovs.EditMirror) {
	m := next.Mirror(c.Mirror)
	b := next.Bridge(m.Bridge)
	merged, _ := ovs.Merge(c.Seen, c.Want, m.Spec(), true)
	if old := m.OutputPort; old != nil && merged.Output.Port != old.UUID {
		if p := b.Port(old.UUID); p.Owner.Lease != "" && (p.Owner.Lease == m.Owner.Lease || p.Owner.Lease == c.Lease) {
			b.Ports = slices.DeleteFunc(b.Ports, func(o *ovs.Port) bool { return o.UUID == p.UUID })
		}
	}
	owner := m.Owner
	if m.Owner.Lease == "" {
		m.Owner = ovs.Owner{Kind: ovs.Kept, Lease: c.Lease} // of the port that is made
	}
	s.shape(next, m, merged)
	m.Owner = owner
	if merged.Output.VLAN != 0 {
		for _, id := range c.Flood {
			flood(next.Bridge(id), merged.Output.VLAN, m.Owner.Lease)
		}
	}
}

// detach removes mirrors, and what was made with them.
func (s *Switch) detach(next *ovs.Snapshot, goes func(*ovs.Mirror) bool) {
	leases := map[string]bool{}
	for _, b := range next.Bridges {
		b.Mirrors = slices.DeleteFunc(b.Mirrors, func(m *ovs.Mirror) bool {
			if goes(m) && m.Owner.Lease != "" {
				leases[m.Owner.Lease] = true
			}
			return goes(m)
		})
	}
	for _, b := range next.Bridges {
		b.Ports = slices.DeleteFunc(b.Ports, func(p *ovs.Port) bool { return leases[p.Owner.Lease] })
	}
}

func flood(b *ovs.Bridge, vlan int, lease string) {
	if b.Floods(vlan) {
		return
	}
	b.FloodVLANs = append(slices.Clone(b.FloodVLANs), vlan)
	ids := maps.Clone(b.ExternalIDs)
	if ids == nil {
		ids = map[string]string{}
	}
	ids["ovscope-flood-"+lease] = strconv.Itoa(vlan)
	b.ExternalIDs = ids
}
