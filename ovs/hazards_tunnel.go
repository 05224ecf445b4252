package ovs

import (
	"net/netip"
	"slices"
	"strings"
)

// loop finds a tunnel whose own packets would be copied: the kernel hands them to the
// bridge like any others, and each copy is copied again in a larger packet. The
// userspace datapath remembers, beyond the tunnel, what it has copied (seen on 3.1).
func (h *hazards) loop() {
	remote, device := h.tunnel()
	if !remote.IsValid() || h.b.DatapathType == "netdev" {
		return
	}
	var ways []string // sources by which the tunnel's packets may leave
	for _, p := range h.sources() {
		// The host's packets come into the bridge from its local port, and leave it
		// through the others.
		local, direction := p.Name == h.b.Name, Ingress
		if local {
			direction = Egress
		}
		if !local && (isVirtual(p) || isTunnel(p) || p.GuestName() != "") ||
			!h.after.SelectAll && !slices.Contains(h.after.Sources, Source{p.UUID, direction}) {
			continue
		}
		ways = append(ways, p.Name)
		leads := slices.ContainsFunc(h.s.interfaceFacts(p).Addresses, func(a netip.Prefix) bool { return a.Contains(remote) })
		if leads || p.Name == device {
			h.confirm(p.Name, "each copy would be copied again and again: packets to %s leave through %s, which is a source", remote, p.Name)
			return
		}
	}
	if len(ways) > 0 && device == "" {
		h.warn("if packets to %s leave through %s, each copy is copied again and again", remote, strings.Join(ways, ", "))
	}
}

// tunnel is where the output leads if it is a tunnel, and through which device as
// far as OVS knows (F23).
func (h *hazards) tunnel() (remote netip.Addr, device string) {
	if n := h.after.Output.New; n != nil {
		return n.Tunnel.Remote, ""
	}
	p := h.s.Port(h.after.Output.Port)
	if p == nil || !isTunnel(p) {
		return remote, ""
	}
	remote, _ = netip.ParseAddr(p.Interfaces[0].Options["remote_ip"])
	return remote, p.Interfaces[0].Status["tunnel_egress_iface"]
}

// isTunnel reports whether the port is one end of a tunnel.
func isTunnel(p *Port) bool {
	return len(p.Interfaces) == 1 && p.Interfaces[0].Options["remote_ip"] != ""
}
