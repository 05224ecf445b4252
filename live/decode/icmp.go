package decode

import "fmt"

// decodeICMP decodes an ICMP message (RFC 792).
func decodeICMP(p reader) {
	d, r := p.d, p.layer("ICMP")
	d.say("ICMP", "")
	kind := r.u8("Type", icmpTypeName)
	code := r.u8("Code", icmpCodeNames(kind))
	r.x16("Checksum", nil)
	if r.stopped {
		return
	}
	info := messageText(kind, code, icmpTypeName, icmpCodeNames(kind))
	d.say("ICMP", info)
	r.title(info)
	switch kind {
	case 0, 8:
		decodeEcho(r, info)
	case 3, 11, 12:
		if kind == 3 && code == 4 {
			r.x16("Unused", nil)
			if mtu := r.u16("Next-hop MTU", nil); !r.stopped { // RFC 1191 §4
				info += fmt.Sprintf(" mtu=%d", mtu)
			}
		} else {
			r.x32("Unused", nil)
		}
		quote(r, info, decodeIPv4)
	case 5:
		gateway := r.ip4("Gateway")
		if !r.stopped {
			info += " to " + gateway
		}
		quote(r, info, decodeIPv4)
	case 13, 14:
		r.u16("Identifier", nil)
		r.u16("Sequence number", nil)
		r.u32("Originate timestamp", nil)
		r.u32("Receive timestamp", nil)
		r.u32("Transmit timestamp", nil)
	default:
		r.data("Data")
	}
}

// decodeEcho decodes what echo requests and replies share (RFC 792, RFC 4443 §4).
func decodeEcho(r reader, info string) {
	id := r.u16("Identifier", nil)
	seq := r.u16("Sequence number", nil)
	if r.stopped {
		return
	}
	r.d.say(r.name, fmt.Sprintf("%s id=%d seq=%d len=%d", info, id, seq, r.remaining()))
	r.data("Data")
}

// messageText writes "destination unreachable (port unreachable)".
func messageText(kind, code uint8, types, codes names) string {
	text := types(uint64(kind))
	if text == "" {
		return fmt.Sprintf("type %d code %d", kind, code)
	}
	if codes == nil {
		if code != 0 {
			text += fmt.Sprintf(" (code %d)", code)
		}
		return text
	}
	if name := codes(uint64(code)); name != "" {
		return text + " (" + name + ")"
	}
	return text + fmt.Sprintf(" (code %d)", code)
}

// quote decodes the packet that an ICMP error is about. It is shown in the tree
// and at the end of the Info, but its addresses are not the frame's, and that it
// ends early is no fault.
func quote(r reader, info string, decode func(reader)) {
	d := r.d
	if r.stopped {
		return
	}
	name := r.name
	line, root, via, tail := d.line, d.root, d.via, d.tail
	g := r.group("Packet in error", r.remaining())
	g.partial = true
	d.line = Line{}
	if root != nil {
		d.root = g.node // nil if the tree is full: then the rest is decoded without
	}
	d.quoting++
	decode(g)
	d.quoting--
	q := d.line
	for q.Outer != nil { // the error is about the tunnel's packet, not the one in it
		q = *q.Outer
	}
	d.line, d.root, d.via, d.tail = line, root, via, tail
	d.say(name, info)
	if q.HasIP {
		d.say(name, fmt.Sprintf("%s for %s %s > %s", info, ipProtocol(q.IPProto), q.Source(), q.Destination()))
	}
}

func icmpTypeName(v uint64) string {
	switch v {
	case 0:
		return "echo reply"
	case 3:
		return "destination unreachable"
	case 4:
		return "source quench"
	case 5:
		return "redirect"
	case 8:
		return "echo request"
	case 9:
		return "router advertisement"
	case 10:
		return "router solicitation"
	case 11:
		return "time exceeded"
	case 12:
		return "parameter problem"
	case 13:
		return "timestamp request"
	case 14:
		return "timestamp reply"
	case 17:
		return "address mask request"
	case 18:
		return "address mask reply"
	case 42:
		return "extended echo request"
	case 43:
		return "extended echo reply"
	}
	return ""
}

// icmpCodeNames are the names of a type's codes, nil if it has none.
func icmpCodeNames(kind uint8) names {
	switch kind {
	case 3:
		return icmpUnreachableName
	case 5:
		return icmpRedirectName
	case 11:
		return icmpTimeExceededName
	}
	return nil
}

func icmpUnreachableName(v uint64) string {
	switch v {
	case 0:
		return "network unreachable"
	case 1:
		return "host unreachable"
	case 2:
		return "protocol unreachable"
	case 3:
		return "port unreachable"
	case 4:
		return "fragmentation needed"
	case 5:
		return "source route failed"
	case 6:
		return "network unknown"
	case 7:
		return "host unknown"
	case 9:
		return "network prohibited"
	case 10:
		return "host prohibited"
	case 13:
		return "communication prohibited"
	}
	return ""
}

func icmpRedirectName(v uint64) string {
	switch v {
	case 0:
		return "network"
	case 1:
		return "host"
	case 2:
		return "service and network"
	case 3:
		return "service and host"
	}
	return ""
}

func icmpTimeExceededName(v uint64) string {
	switch v {
	case 0:
		return "in transit"
	case 1:
		return "in reassembly"
	}
	return ""
}
