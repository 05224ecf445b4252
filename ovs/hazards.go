package ovs

import (
	"fmt"
	"slices"
	"strings"
)

// busyBridge is from which rate on, in bit/s, to copy a whole bridge must be
// confirmed: half of what one core copies in software with small packets.
const busyBridge = 1e9

// findHazards works out what a mirror as it will be does to somebody. before is nil
// for a new one; of an old one only what changes is looked at.
func (p *Plan) findHazards(s *Snapshot, b *Bridge, before *Mirror, after MirrorSpec, flood []UUID) {
	h := &hazards{p, s, b, before, after}
	newOutput := before == nil || !after.Output.matches(s, before)
	newSources := before == nil || before.SelectAll != after.SelectAll || !slices.Equal(before.Spec().sorted().Sources, after.sorted().Sources)
	newLength := before == nil || deref(before.SnapLen) != after.SnapLen
	if newSources || before == nil || !slices.Equal(before.VLANs, after.VLANs) {
		h.selection()
	}
	if newOutput {
		switch {
		case after.Output.New != nil && after.Output.New.Tunnel.Kind == NoTunnel && b.MTU() == 0:
			h.warn("the MTU of bridge %s is not known: if it is more than 1500 bytes, it shrinks to that of the new port", b.Name)
		case after.Output.VLAN != 0:
			h.remoteSpan(after.Output.VLAN, flood)
		case after.Output.Port != "":
			if out := s.Port(after.Output.Port); out != nil {
				h.outputPort(out)
			}
		}
	}
	if newSources {
		h.load()
	}
	if newOutput || newSources {
		h.speed()
		h.overlap()
		h.loop()
	}
	if newOutput || newLength {
		h.snapLen()
	}
}

// hazards looks for what a mirror would do to somebody.
type hazards struct {
	*Plan
	s      *Snapshot
	b      *Bridge
	before *Mirror // nil for a new one
	after  MirrorSpec
}

// selection finds a mirror that copies nothing (F6).
func (h *hazards) selection() {
	switch {
	case h.after.SelectAll && len(h.after.Sources) > 0:
		h.warn("the mirror copies the whole bridge (select_all), so its list of ports counts for nothing")
	case h.after.SelectAll || len(h.after.Sources) > 0:
	case len(h.after.VLANs) > 0:
		h.confirm("", "nothing will be copied: VLANs only narrow what ports or the whole bridge select")
	default:
		h.confirm("", "nothing will be copied: the mirror has no source")
	}
}

// load says what copying a whole bridge comes to.
func (h *hazards) load() {
	if !h.after.SelectAll {
		return
	}
	rate, known := h.rate(h.b.Ports)
	switch {
	case !known:
		h.warn("every packet of bridge %s is copied, whoever's it is; how many that is, is not known", h.b.Name)
	case rate >= busyBridge:
		h.confirm(h.b.Name, "bridge %s passes %s now: copying all of it costs ovs-vswitchd or the kernel as much again, and guests may lose packets", h.b.Name, bitRate(rate))
	default:
		h.warn("every packet of bridge %s is copied, whoever's it is: %s now", h.b.Name, bitRate(rate))
	}
}

// rate is what passes the ports, each packet once though it comes and goes.
func (h *hazards) rate(ports []*Port) (bitsPerSecond float64, known bool) {
	for _, p := range ports {
		if f := h.s.interfaceFacts(p); f.Measured {
			bitsPerSecond += f.Rate
			known = true
		}
	}
	return bitsPerSecond / 2, known
}

// sources are the ports that will be copied.
func (h *hazards) sources() []*Port {
	if h.after.SelectAll {
		return h.b.Ports
	}
	var ports []*Port
	for _, src := range h.after.Sources {
		if p := h.b.Port(src.Port); p != nil && !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}

// speed finds an output that is slower than its sources.
func (h *hazards) speed() {
	out := h.s.Port(h.after.Output.Port)
	if out == nil || isVirtual(out) {
		return
	}
	speed := float64(h.s.interfaceFacts(out).LinkSpeed)
	if speed == 0 {
		return
	}
	var links float64
	for _, p := range h.sources() {
		if p != out {
			links += float64(h.s.interfaceFacts(p).LinkSpeed)
		}
	}
	if now, known := h.rate(h.sources()); known && 2*now > speed {
		h.warn("output %s takes %s, and its sources pass %s now: copies will be lost", out.Name, bitRate(speed), bitRate(2*now))
	} else if links > speed {
		h.warn("output %s takes %s, less than its sources may pass (%s): copies may be lost", out.Name, bitRate(speed), bitRate(links))
	}
}

// overlap finds ports that another mirror has a use for.
func (h *hazards) overlap() {
	for _, m := range h.b.Mirrors {
		if h.before != nil && m.UUID == h.before.UUID {
			continue
		}
		if out := h.s.Port(h.after.Output.Port); out != nil {
			switch {
			case m.OutputPort != nil && m.OutputPort.UUID == out.UUID:
				h.warn("port %s is the output of mirror %s (%s) as well: whoever looks there sees the copies of both", out.Name, m.Name, m.Owner.Kind)
			case m.Lists(out.UUID, Egress) || m.Lists(out.UUID, Ingress):
				h.warn("mirror %s (%s) copies port %s and gets only these copies there from now on (←), nothing else (→): an output carries nothing but copies", m.Name, m.Owner.Kind, out.Name)
			}
		}
		for _, p := range h.sources() {
			if !h.after.SelectAll && m.OutputPort != nil && m.OutputPort.UUID == p.UUID {
				h.warn("source %s is the output of mirror %s (%s): what can be copied there are that mirror's copies (←), and nothing else (→)", p.Name, m.Name, m.Owner.Kind)
			}
		}
	}
}

// snapLen finds what short copies do not go with (F10).
func (h *hazards) snapLen() {
	if h.after.SnapLen == 0 {
		return
	}
	if out := h.s.Port(h.after.Output.Port); out != nil && portKind(out) == "patch" {
		h.confirm(out.Name, "nothing will arrive: patch port %s drops copies that are cut short, without a word", out.Name)
	}
	if h.s.HardwareOffload {
		h.warn("packets that are copied in part leave the hardware offload: the sources get slower, and the CPU has more to do")
	}
}

// remoteSpan finds what copies in a VLAN do to its ports (F14).
func (h *hazards) remoteSpan(vlan int, flood []UUID) {
	if !h.b.Floods(vlan) && !slices.Contains(flood, h.b.UUID) {
		h.confirm(h.b.Name, "bridge %s would learn the sources' addresses from their copies in VLAN %d and send the guests' own traffic the wrong way: have it flood that VLAN", h.b.Name, vlan)
	}
	for _, far := range h.s.PatchedTo(h.b) {
		if !far.Floods(vlan) && !slices.Contains(flood, far.UUID) && far != h.b {
			h.warn("bridge %s is connected to %s and does not flood VLAN %d: it would learn wrong addresses from the copies", far.Name, h.b.Name, vlan)
		}
	}
	var guests, readers, trunks []string
	for _, p := range h.b.Ports {
		tagged := p.Tag != nil && *p.Tag == vlan || slices.Contains(p.Trunks, vlan)
		switch {
		case p.Owner.Lease != "" || h.b.isOutput(p):
		case tagged && portKind(p) == "internal":
			readers = append(readers, p.Name)
		case tagged:
			guests = append(guests, p.Name)
		case p.Mode() != "access" && p.Mode() != "dot1q-tunnel" && len(p.Trunks) == 0:
			trunks = append(trunks, p.Name)
		}
	}
	if len(guests) > 0 {
		h.confirm(h.b.Name, "VLAN %d is in use: the copies go to %s, and what is sent there in that VLAN is not told from them", vlan, named(guests))
	}
	if len(readers) > 0 {
		h.warn("the copies come out at %s", named(readers))
	}
	if len(trunks) > 0 {
		h.warn("the copies also go to every trunk that carries all VLANs: %s", named(trunks))
	}
	h.warn("copies in VLAN %d have lost the tag that the packet had", vlan)
}

// named is a list of names, cut where nobody would read on.
func named(names []string) string {
	const most = 8
	if rest := len(names) - most; rest > 1 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", rest)
	}
	return strings.Join(names, ", ")
}

// PatchedTo are the bridges that patch ports connect to the bridge, directly.
func (s *Snapshot) PatchedTo(b *Bridge) []*Bridge {
	var far []*Bridge
	for _, p := range b.Ports {
		for _, i := range p.Interfaces {
			if i.Type != "patch" {
				continue
			}
			if peer := s.PortByName(i.Options["peer"]); peer != nil {
				if other := s.Bridge(peer.Bridge); other != nil && !slices.Contains(far, other) {
					far = append(far, other)
				}
			}
		}
	}
	return far
}

// isOutput reports whether a mirror of the bridge sends its copies to the port.
func (b *Bridge) isOutput(p *Port) bool {
	return slices.ContainsFunc(b.Mirrors, func(m *Mirror) bool { return m.OutputPort != nil && m.OutputPort.UUID == p.UUID })
}

// warnLate says that running flows will not follow at once (F1).
func (p *Plan) warnLate(s *Snapshot) {
	if s.facts != nil && s.facts.NoControl != "" && p.purges(s.OVSVersion) {
		p.warn("connections that are running will follow only seconds later, because ovs-vswitchd cannot be asked: %s", s.facts.NoControl)
	}
}

// bitRate is a rate for people: "1.2 Gbit/s".
func bitRate(bits float64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}} {
		if bits >= unit.size {
			return strings.Replace(fmt.Sprintf("%.1f %s", bits/unit.size, unit.name), ".0 ", " ", 1)
		}
	}
	return fmt.Sprintf("%.0f bit/s", bits)
}
