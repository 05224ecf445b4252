package tui

import (
	"ovscope/ovs"
)

// hide replaces the addresses in a text by stand-ins, with --mask.
func (m *model) hide(text string) string { return m.cfg.Mask.Text(text) }

// hideAll is hide for each of several texts.
func (m *model) hideAll(texts []string) []string {
	if m.cfg.Mask == nil {
		return texts
	}
	hidden := make([]string, len(texts))
	for i, text := range texts {
		hidden[i] = m.hide(text)
	}
	return hidden
}

// whyMasked is why packets are not written with --mask.
func (m *model) whyMasked() string {
	if m.cfg.Mask == nil {
		return ""
	}
	return "masked: only addresses have stand-ins, and a file would hold names and payloads, too; start without --mask"
}

// realTapPoint is where the copies of a mirror on screen can be seen. Tunnels are told
// by their real addresses.
func (m *model) realTapPoint(mirror *ovs.Mirror) (ovs.TapPoint, error) {
	if unmasked := m.real.Mirror(mirror.UUID); unmasked != nil {
		mirror = unmasked
	}
	return m.real.TapPoint(mirror)
}

// masked is the snapshot for the screen: with stand-ins for the addresses in what
// OVSDB says, so that all panes and pages need not care. Names and filters stay,
// because forms start from them; they are masked where they are drawn. Plans are made from the real one.
func (m *model) masked(s *ovs.Snapshot) *ovs.Snapshot {
	mask := m.cfg.Mask
	if mask == nil {
		return s
	}
	c := *s
	c.Endpoint, c.Hostname, c.StaleReason = mask.Text(s.Endpoint), mask.Text(s.Hostname), mask.Text(s.StaleReason)
	if m.real != nil && len(s.Bridges) > 0 && len(m.real.Bridges) == len(s.Bridges) && &m.real.Bridges[0] == &s.Bridges[0] {
		c.Bridges = m.snap.Bridges // only counters have changed
		return &c
	}
	c.Bridges = make([]*ovs.Bridge, len(s.Bridges))
	for i, b := range s.Bridges {
		c.Bridges[i] = m.maskedBridge(b)
	}
	return &c
}

func (m *model) maskedBridge(b *ovs.Bridge) *ovs.Bridge {
	mask, c := m.cfg.Mask, *b
	c.OtherConfig, c.ExternalIDs = mask.Texts(b.OtherConfig), mask.Texts(b.ExternalIDs)
	c.Ports = make([]*ovs.Port, len(b.Ports))
	for i, p := range b.Ports {
		port := *p
		port.ActiveMember = mask.Text(p.ActiveMember)
		port.OtherConfig, port.ExternalIDs = mask.Texts(p.OtherConfig), mask.Texts(p.ExternalIDs)
		port.Interfaces = make([]*ovs.Interface, len(p.Interfaces))
		for j, f := range p.Interfaces {
			iface := *f
			iface.MAC, iface.Error = mask.Text(f.MAC), mask.Text(f.Error)
			iface.Options, iface.Status = mask.Texts(f.Options), mask.Texts(f.Status)
			iface.OtherConfig, iface.ExternalIDs = mask.Texts(f.OtherConfig), mask.Texts(f.ExternalIDs)
			port.Interfaces[j] = &iface
		}
		c.Ports[i] = &port
	}
	c.Mirrors = make([]*ovs.Mirror, len(b.Mirrors))
	for i, mirror := range b.Mirrors {
		copied := *mirror
		copied.ExternalIDs = mask.Texts(mirror.ExternalIDs)
		c.Mirrors[i] = &copied
	}
	return &c
}
