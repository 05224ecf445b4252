package decode

import (
	"net"
	"strconv"
)

// VLAN is one tag of a frame, outermost first (IEEE 802.1Q §9.6).
type VLAN struct {
	TPID uint16 `json:"tpid"` // 0x8100, 0x88a8 or 0x9100
	VID  uint16 `json:"vid"`  // 0–4095; 0 is a priority tag
	PCP  uint8  `json:"pcp"`  // 0–7
	DEI  bool   `json:"dei"`
}

// Line is the one-line form of a frame. Fields that the frame does not have are
// empty. Of a tunnelled frame it shows the innermost packet, and Outer is what
// carried it.
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

	// Outer is the packet around a tunnelled one, nil without a tunnel: its
	// Protocol names the tunnel ("VXLAN"), its Info the VNI, key or session.
	Outer *Line
}

// Source is what a list shows as the sender: the network address if there is
// one, with the port where the protocol has ports, else the MAC address.
func (l *Line) Source() string { return endpoint(l.IPSrc, l.EthSrc, l.SrcPort, l.HasPorts) }

// Destination is what a list shows as the receiver; see Source.
func (l *Line) Destination() string { return endpoint(l.IPDst, l.EthDst, l.DstPort, l.HasPorts) }

// endpoint writes "10.0.0.1:80", "[2001:db8::1]:80", "10.0.0.1" or a MAC address.
func endpoint(ip, mac string, port uint16, hasPort bool) string {
	switch {
	case ip == "":
		return mac
	case hasPort:
		return net.JoinHostPort(ip, strconv.Itoa(int(port)))
	}
	return ip
}

// Summarize decodes a frame, from the destination MAC on and with its tags
// inside, into one line. wireLen is the frame's original length in bytes, which
// is more than len(frame) if the capture cut it.
func Summarize(frame []byte, wireLen int) Line {
	d := newDissection(frame, wireLen)
	decodeEthernet(d.start())
	return d.finish()
}
