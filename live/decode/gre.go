package decode

import (
	"fmt"
	"strings"
)

// decodeGRE decodes generic routing encapsulation (RFC 2784, key and sequence number RFC
// 2890; version 1 of PPTP RFC 2637 §4.1).
func decodeGRE(p reader) {
	d, r := p.d, p.layer("GRE")
	d.say("GRE", "")
	r.x16("Flags and version", nil)
	hasChecksum := r.bits("Checksum present", 0x8000, nil) == 1
	hasRouting := r.bits("Routing present", 0x4000, nil) == 1
	hasKey := r.bits("Key present", 0x2000, nil) == 1
	hasSequence := r.bits("Sequence number present", 0x1000, nil) == 1
	hasAck := r.bits("Acknowledgement present", 0x0080, nil) == 1
	version := r.bits("Version", 0x0007, nil)
	protocol := r.x16("Protocol", etherTypeName)
	if r.stopped {
		return
	}
	info := ""
	if hasChecksum || hasRouting && version == 0 {
		r.x16("Checksum", nil)
		r.x16("Reserved", nil)
	}
	if hasKey && version == 1 {
		r.u16("Payload length", nil)
		info = fmt.Sprintf("call=%d", r.u16("Call", nil))
	} else if hasKey {
		info = fmt.Sprintf("key=%d", r.u32("Key", nil))
	}
	if hasSequence {
		r.u32("Sequence number", nil)
	}
	if hasAck && version == 1 {
		r.u32("Acknowledgement number", nil)
	}
	if r.stopped {
		return
	}
	r.title(strings.TrimSuffix(etherTypeProtocol(protocol)+" "+info, " "))
	d.say("GRE", info)
	switch {
	case version == 0 && hasRouting:
		// RFC 1701's source routes are gone since RFC 2784 and hide where the payload starts.
		r.data("Routing and data")
	case r.remaining() == 0: // a keepalive
	case version == 1 && protocol == 0x880b:
		d.tunnel("PPTP", info)
		decodePPP(r)
	case protocol == typeERSPAN2 && !hasSequence:
		d.tunnel("ERSPAN I", "") // no header of its own
		decodeEthernet(r)
	case protocol == typeERSPAN2:
		decodeERSPAN2(r)
	case protocol == typeERSPAN3:
		decodeERSPAN3(r)
	case protocol == typeBridged:
		d.tunnel("GRE", info)
		decodeEthernet(r)
	case protocol == typeIPv4 || protocol == typeIPv6 || protocol == typeMPLS || protocol == typeMPLSDown:
		d.tunnel("GRE", info)
		etherTypePayload(r, protocol)
	default:
		if info != "" {
			info += " "
		}
		d.say("GRE", fmt.Sprintf("%sprotocol %s, %d bytes", info, etherTypeProtocol(protocol), r.remaining()))
		r.data("Data")
	}
}

// tunnelIP decodes an IP packet that is the payload of another one (RFC 2003, RFC 4213 §3,
// RFC 2473).
func tunnelIP(p reader, decode func(reader)) {
	p.d.tunnel("IP-in-IP", "")
	decode(p)
}
