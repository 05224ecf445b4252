package ovs

import "fmt"

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
		return TapPoint{iface.Name, Incoming}, nil
	case "", "system":
		return TapPoint{iface.Name, Outgoing}, nil
	case "patch":
		return no("its output %s is a patch port to another bridge and no Linux interface", port.Name)
	case "dpdk", "dpdkr", "dpdkvhostuser", "dpdkvhostuserclient", "afxdp", "afxdp-nonpmd":
		return no("its output %s has type %s, which bypasses the kernel", port.Name, iface.Type)
	}
	if out := iface.Status["tunnel_egress_iface"]; out != "" {
		return no("they leave inside a %s tunnel to %s through %s; capture there to see them",
			iface.Type, iface.Options["remote_ip"], out)
	}
	return no("its output %s has type %s, which is no Linux interface", port.Name, iface.Type)
}
