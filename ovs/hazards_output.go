package ovs

import "strings"

// portKind is the type of the port's interface: "bond", "system", "internal", "patch", …
func portKind(p *Port) string {
	switch {
	case p.IsBond():
		return "bond"
	case len(p.Interfaces) == 0:
		return "nothing"
	case p.Interfaces[0].Type == "":
		return "system"
	}
	return p.Interfaces[0].Type
}

// outputPort finds what a port loses as an output: whatever is received on it is
// dropped, and nothing but copies is sent to it any more (F11).
func (h *hazards) outputPort(p *Port) {
	if h.b.isOutput(p) {
		return // it has lost that already
	}
	if reason := h.s.outputHurts(h.b, p); reason != "" {
		h.confirm(p.Name, "%s", reason)
	}
	h.bridgeMAC(p)
	if mtu := portMTU(p); mtu > 0 && mtu < h.b.MTU() {
		h.warn("output %s takes packets of %d bytes and bridge %s passes %d: copies of longer ones are lost", p.Name, mtu, h.b.Name, h.b.MTU())
	}
	if p.Error() != "" {
		h.warn("nothing will arrive: output %s does not work: %s", p.Name, p.Error())
	}
}

// OutputHazards says what a port would lose as the output of a mirror of its
// bridge; none when nobody is known to use it.
func (s *Snapshot) OutputHazards(p *Port) []Hazard {
	b := s.Bridge(p.Bridge)
	if b == nil {
		return nil
	}
	h := &hazards{Plan: &Plan{}, s: s, b: b}
	h.outputPort(p)
	return h.Hazards
}

// outputHurts says who would be cut off if the port became an output; "" when
// nobody is known to be.
func (s *Snapshot) outputHurts(b *Bridge, p *Port) string {
	facts := s.interfaceFacts(p)
	kind := portKind(p)
	guest := p.GuestName()
	switch {
	case p.Name == b.Name:
		return "the host loses its network on bridge " + b.Name + ": " + p.Name + " is the host's own port there" + addressed(facts)
	case len(facts.Addresses) > 0:
		return "the host loses its network on " + p.Name + addressed(facts)
	case kind == "bond":
		return "whatever comes in over bond " + p.Name + " is dropped, and nothing but copies leaves there: the bridge's way out is cut"
	case kind == "patch":
		return "the bridge behind patch port " + p.Name + " is cut off: only copies go there, and nothing comes back"
	case guest != "" || strings.HasPrefix(kind, "dpdkvhostuser"):
		if guest != "" && guest != p.Name {
			guest = " " + guest
		} else {
			guest = ""
		}
		return "guest" + guest + " on " + p.Name + " loses its network: what it sends is dropped, and it receives only copies"
	case kind == "internal" || kind == "tap":
		if facts.Receiving {
			return "somebody uses " + p.Name + ", which was sending just now: what it sends will be dropped, and it receives only copies"
		}
		if local := b.LocalPort(); !facts.Measured && p.Error() == "" && local != nil && s.interfaceFacts(local).Measured {
			return "somebody uses " + p.Name + ", which was moved into another network namespace, a container's probably: what it sends will be dropped, and it receives only copies"
		}
		return ""
	case kind == "system" || strings.HasPrefix(kind, "dpdk") || strings.HasPrefix(kind, "afxdp"):
		return "whoever is behind " + p.Name + describeDevice(p) + " loses the network: what comes from there is dropped, and only copies go there"
	}
	return "the tunnel " + p.Name + " (" + kind + ") is in use: what comes through it is dropped, and only copies go into it"
}

// isVirtual reports whether the port is memory between programs: the speed of its
// link is one that a driver made up.
func isVirtual(p *Port) bool {
	switch portKind(p) {
	case "internal", "tap":
		return true
	case "system":
		driver := p.Interfaces[0].Status["driver_name"]
		return driver == "tun" || driver == "veth"
	}
	return false
}

// describeDevice says what a system device is as far as its driver tells.
func describeDevice(p *Port) string {
	driver := ""
	for _, i := range p.Interfaces {
		driver = i.Status["driver_name"]
	}
	switch driver {
	case "":
		return ""
	case "tun":
		return " (a virtual machine's tap)"
	case "veth":
		return " (a container or another bridge)"
	}
	return " (a network card, the bridge's way out)"
}

func addressed(f InterfaceFacts) string {
	if len(f.Addresses) == 0 {
		return ""
	}
	return ", with the address " + f.Addresses[0].Addr().String()
}

// bridgeMAC finds a bridge that would change its MAC address at once, because it
// has it from the port, and outputs are left out of the choice (F12).
func (h *hazards) bridgeMAC(p *Port) {
	local := h.b.LocalPort()
	if local == nil || p == local || h.b.OtherConfig["hwaddr"] != "" || len(local.Interfaces) == 0 {
		return
	}
	mac := local.Interfaces[0].MAC
	for _, i := range p.Interfaces {
		if mac != "" && i.MAC == mac {
			h.confirm(h.b.Name, "bridge %s has its MAC address %s from %s and would take another at once: the host's addresses on it stop answering until the neighbours notice", h.b.Name, mac, p.Name)
			return
		}
	}
}

func portMTU(p *Port) int {
	least := 0
	for _, i := range p.Interfaces {
		if i.MTU > 0 && (least == 0 || i.MTU < least) {
			least = i.MTU
		}
	}
	return least
}
