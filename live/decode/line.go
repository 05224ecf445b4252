package decode

// VLAN is one tag of a frame, outermost first (IEEE 802.1Q §9.6).
type VLAN struct {
	TPID uint16 `json:"tpid"` // 0x8100, 0x88a8 or 0x9100
	VID  uint16 `json:"vid"`  // 0–4095; 0 is a priority tag
	PCP  uint8  `json:"pcp"`  // 0–7
	DEI  bool   `json:"dei"`
}

// Line is the one-line form of a frame. Fields that the frame does not have are empty.
type Line struct {
	VLANs          []VLAN
	EthSrc, EthDst string // "02:00:00:00:00:01"
	EtherType      uint16 // after all tags; 0 for 802.3 frames with a length
	IPSrc, IPDst   string // innermost network addresses
	IPProto        uint8  // after IPv6 extension headers
	HasIP          bool
	SrcPort        uint16
	DstPort        uint16
	HasPorts       bool
	Protocol       string // "TCP", "ICMPv6", "ARP", … or "0x88b5"
	Info           string // the rest in a few words, without control characters
}

// Source is what a list shows as the sender: the network address if there is
// one, with the port where the protocol has ports, else the MAC address.
func (l *Line) Source() string { return endpoint(l.IPSrc, l.EthSrc, l.SrcPort, l.HasPorts) }

// Destination is what a list shows as the receiver; see Source.
func (l *Line) Destination() string { return endpoint(l.IPDst, l.EthDst, l.DstPort, l.HasPorts) }
