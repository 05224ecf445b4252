package decode

import "fmt"

// decodeUDP decodes a UDP header (RFC 768).
func decodeUDP(p reader) {
	d, r := p.d, p.layer("UDP")
	d.say("UDP", "")
	src, dst := r.u16("Source port", nil), r.u16("Destination port", nil)
	if r.stopped {
		return
	}
	d.ports(src, dst)
	length := int(r.u16("Length", nil))
	r.x16("Checksum", nil)
	r.titlef("%d -> %d", src, dst)
	if r.stopped {
		return
	}
	switch {
	case length == 0: // a jumbogram (RFC 2675 §4) or segmentation offload
	case length < 8:
		r.fail("length %d", length)
		return
	default:
		r.limit("length", length-8)
	}
	d.say("UDP", fmt.Sprintf("len=%d", r.remaining()))
	if r.remaining() > 0 {
		udpPayload(r, src, dst)
	}
}

// ports sets the line's ports.
func (d *dissection) ports(src, dst uint16) {
	d.line.SrcPort, d.line.DstPort, d.line.HasPorts = src, dst, true
}

// udpPayload decodes a datagram's data by its ports. Tunnels are known by the
// destination alone: their source port is a hash.
func udpPayload(p reader, src, dst uint16) {
	switch dst {
	case portVXLAN, portVXLANLinux:
		decodeVXLAN(p)
		return
	case portGeneve:
		decodeGeneve(p)
		return
	}
	for _, port := range [...]uint16{dst, src} {
		if decode := udpService(port); decode != nil {
			decode(p)
			return
		}
	}
	b := p.captured()
	isHTTPS := src == portHTTPS || dst == portHTTPS
	if looksLikeQUIC(b) || isHTTPS && len(b) > 0 && b[0]&0x40 != 0 {
		decodeQUIC(p)
		return
	}
	p.data("Data")
}

// udpService is the decoder of a well-known port, nil if there is none.
func udpService(port uint16) func(reader) {
	switch port {
	case portDNS:
		return func(p reader) { decodeDNS(p, "DNS") }
	case portMDNS:
		return func(p reader) { decodeDNS(p, "mDNS") }
	case portLLMNR:
		return func(p reader) { decodeDNS(p, "LLMNR") }
	case portDHCPServer, portDHCPClient:
		return decodeDHCP
	case portDHCPv6Client, portDHCPv6Server:
		return decodeDHCPv6
	case portNTP:
		return decodeNTP
	case portSNMP, portSNMPTrap:
		return decodeSNMP
	case portBFD, portBFDMultihop, portBFDLAG:
		return decodeBFD
	}
	return nil
}
