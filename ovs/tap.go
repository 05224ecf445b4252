package ovs

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
