package ovs

import (
	"fmt"
	"strings"
)

// FrameDirection is which way copies pass a tap point's interface, as the Linux
// host sees it.
type FrameDirection int

const (
	// Incoming frames are received by the host from the interface.
	Incoming FrameDirection = iota
	// Outgoing frames are sent by the host out of the interface.
	Outgoing
)

func (d FrameDirection) String() string {
	if d == Outgoing {
		return "outgoing"
	}
	return "incoming"
}

// TapPoint is the Linux interface on which a mirror's copies can be seen, and
// which way they pass it (F22, F23).
type TapPoint struct {
	Interface string
	Direction FrameDirection
	// Tunnel is the tunnel that the copies are in, for a mirror that leaves through
	// one: other frames pass the interface as well. The zero value means none.
	Tunnel Tunnel
}

// NoTapError says why a mirror's copies cannot be seen on this host (F23). Its
// counters still run.
type NoTapError struct {
	Mirror string
	Reason string
}

func (e *NoTapError) Error() string {
	return fmt.Sprintf("copies of mirror %s cannot be captured here, only counted: %s", e.Mirror, e.Reason)
}

// TapPoint finds where a mirror's copies can be seen. The error is a *NoTapError.
func (s *Snapshot) TapPoint(m *Mirror) (TapPoint, error) {
	no := func(format string, args ...any) (TapPoint, error) {
		return TapPoint{}, &NoTapError{Mirror: m.Name, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case m.OutputPort == nil && m.OutputVLAN != nil:
		return no("they go into VLAN %d; put an access port with tag %d on the bridge and capture there to see them", *m.OutputVLAN, *m.OutputVLAN)
	case m.OutputPort == nil:
		return no("it has no output")
	}
	port := s.Port(m.OutputPort.UUID)
	switch {
	case port == nil || len(port.Interfaces) == 0:
		return no("its output port %s has no interface", m.OutputPort.Name)
	case port.IsBond():
		return no("its output %s is a bond; its members can be captured one by one", port.Name)
	}
	iface := port.Interfaces[0]
	switch iface.Type {
	case "internal", "tap":
		// vswitchd writes into a tap device: the host receives it.
		return TapPoint{Interface: iface.Name, Direction: Incoming}, nil
	case "", "system":
		return TapPoint{Interface: iface.Name, Direction: Outgoing}, nil
	case "patch":
		return no("its output %s is a patch port to another bridge and no Linux interface", port.Name)
	case "dpdk", "dpdkr", "dpdkvhostuser", "dpdkvhostuserclient", "afxdp", "afxdp-nonpmd":
		return no("its output %s has type %s, which bypasses the kernel", port.Name, iface.Type)
	}
	if n := NewPortOf(port); n != nil && n.Tunnel.Kind != NoTunnel {
		device, why := s.tunnelDevice(iface)
		if why != "" {
			return no("they leave inside a %s tunnel to %s%s", iface.Type, n.Tunnel.Remote, why)
		}
		return TapPoint{Interface: device, Direction: Outgoing, Tunnel: n.Tunnel}, nil
	}
	return no("its output %s has type %s, which is no Linux interface", port.Name, iface.Type)
}

// tunnelDevice is the Linux interface through which a tunnel's packets leave (F23),
// or why that is not known. The kernel's datapath hands them to the host's network
// stack. The userspace datapath sends them into the bridge that has the route
// without passing the host's port of it: there they leave by the bridge's way out.
func (s *Snapshot) tunnelDevice(tunnel *Interface) (device, why string) {
	out := tunnel.Status["tunnel_egress_iface"]
	if out == "" {
		return "", ", to which OVS knows no route"
	}
	b := s.BridgeByName(out)
	if b == nil || b.DatapathType != "netdev" {
		return out, ""
	}
	var ways []string
	for _, p := range b.Ports {
		for _, i := range p.Interfaces {
			if i.Type == "" || i.Type == "system" {
				ways = append(ways, i.Name)
			}
		}
	}
	switch len(ways) {
	case 0:
		return "", fmt.Sprintf(" through bridge %s, of which no port is a Linux interface", b.Name)
	case 1:
		return ways[0], ""
	}
	return "", fmt.Sprintf(" through bridge %s, and OVS does not say by which port: capture on %s to see them",
		b.Name, strings.Join(ways, " or "))
}
