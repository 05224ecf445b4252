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
	r.title("%d -> %d", src, dst)
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

// udpPayload decodes a datagram's data by its ports.
func udpPayload(p reader, src, dst uint16) {
	p.data("Data")
}
