package decode

import "fmt"

// decodeIPv6 decodes an IPv6 header and its extension headers (RFC 8200).
func decodeIPv6(p reader) {
	d, r := p.d, p.layer("IPv6")
	d.say("IPv6", "")
	frameEnd := r.end
	r.x32("Version, class and flow", nil)
	version := r.bits("Version", 0xf0000000, nil)
	r.bits("DSCP", 0x0fc00000, dscpName)
	r.bits("ECN", 0x00300000, ecnName)
	r.bits("Flow label", 0x000fffff, nil)
	if !r.stopped && version != 6 {
		r.fail("version %d", version)
		return
	}
	length := int(r.u16("Payload length", nil))
	next := r.u8("Next header", ipProtocolName)
	r.u8("Hop limit", nil)
	src, dst := r.ip6("Source"), r.ip6("Destination")
	if r.stopped {
		return
	}
	d.line.IPSrc, d.line.IPDst, d.line.IPProto, d.line.HasIP = src, dst, next, true
	d.say("IPv6", "next header "+ipProtocol(next))
	r.titlef("%s -> %s", src, dst)
	switch {
	case length == 0 && next != protoNoNext: // a jumbogram (RFC 2675) or segmentation offload
	default:
		r.limit("payload length", length)
	}
	decodeIPv6Extensions(r, next)
	trailer(r, frameEnd)
}

// decodeIPv6Extensions walks the chain of extension headers (RFC 8200 §4) and
// decodes what comes after it.
func decodeIPv6Extensions(r reader, next uint8) {
	d := r.d
	for {
		name := ""
		switch next {
		case protoHopByHop, protoDestination, protoRouting, protoMobility, protoHIP, protoShim6:
			name = "IPv6 " + ipv6ExtensionName(next)
		case protoFragment:
			if !decodeIPv6Fragment(&r, &next) {
				return
			}
			continue
		case protoAH:
			d.line.IPProto = next
			decodeAH(r)
			return
		case protoNoNext:
			d.line.IPProto = next
			d.say("IPv6", "no next header")
			r.data("Data")
			return
		default:
			d.line.IPProto = next
			ipPayload(r, next)
			return
		}
		r = r.layer(name)
		start, kind := r.off, next
		d.line.IPProto = next
		d.say("IPv6", ipv6ExtensionName(next))
		next = r.u8("Next header", ipProtocolName)
		length := 8 * (int(r.u8("Length in 8 bytes minus 1", nil)) + 1)
		switch kind {
		case protoHopByHop, protoDestination:
			decodeIPv6Options(&r, length-2)
		case protoRouting:
			routing := r.u8("Routing type", ipv6RoutingName)
			r.u8("Segments left", nil)
			data := r.group("Data", length-(r.off-start))
			decodeIPv6Routing(&data, routing)
		default:
			r.bytes("Data", length-2)
		}
		if r.stopped {
			return
		}
	}
}

// decodeIPv6Routing decodes the addresses of a routing header: types 0 (RFC 2460
// §4.4) and 2 (RFC 6275 §6.4), segments of type 4 (RFC 8754 §2).
func decodeIPv6Routing(r *reader, routing uint8) {
	switch routing {
	case 0, 2:
		r.x32("Reserved", nil)
		for r.remaining() >= 16 {
			r.ip6("Address")
		}
	case 4:
		last := int(r.u8("Last entry", nil))
		r.x8("Flags", nil)
		r.x16("Tag", nil)
		for i := 0; i <= last && r.remaining() >= 16; i++ {
			r.ip6("Segment")
		}
	}
	r.rest("Rest")
}

// decodeIPv6Fragment decodes a fragment header (RFC 8200 §4.5). It reports whether
// the upper-layer header follows.
func decodeIPv6Fragment(r *reader, next *uint8) bool {
	d := r.d
	*r = r.layer("IPv6 fragment")
	d.say("IPv6", "fragment")
	d.line.IPProto = protoFragment
	following := r.u8("Next header", ipProtocolName)
	r.u8("Reserved", nil)
	r.x16("Offset and flags", nil)
	offset := 8 * int(r.bits("Fragment offset in 8 bytes", 0xfff8, eightsName))
	more := r.bits("More fragments", 1, nil) == 1
	id := r.x32("Identification", nil)
	if r.stopped {
		return false
	}
	d.line.IPProto = following
	if offset > 0 {
		d.say(ipProtocol(following), fmt.Sprintf("fragment id=0x%08x offset=%d len=%d%s", id, offset, r.remaining(), moreText(more)))
		r.data("Fragment")
		return false
	}
	if more { // otherwise an atomic fragment (RFC 6946), which is whole
		r.partial = true
		d.tail = fmt.Sprintf("(first fragment id=0x%08x)", id)
	}
	*next = following
	return true
}

// decodeIPv6Options decodes hop-by-hop and destination options (RFC 8200 §4.2).
func decodeIPv6Options(r *reader, length int) {
	g := r.group("Options", length)
	for g.remaining() > 0 && !g.stopped {
		o := g.open("Option")
		kind := o.u8("Type", ipv6OptionName)
		o.titleField()
		if kind != 0 {
			switch n := int(o.u8("Length", nil)); {
			case kind == 0x05 && n == 2: // RFC 2711
				o.u16("Value", nil)
			case kind == 0xc2 && n == 4: // RFC 2675
				o.u32("Jumbo payload length", nil)
			case kind == 0xc9 && n == 16:
				o.ip6("Home address")
			case n > 0:
				o.bytes("Data", n)
			}
		}
		g.close(&o)
	}
	r.stopped = r.stopped || g.stopped
}

func ipv6ExtensionName(v uint8) string {
	switch v {
	case protoHopByHop:
		return "hop-by-hop options"
	case protoDestination:
		return "destination options"
	case protoRouting:
		return "routing"
	}
	return ipProtocol(v)
}

func ipv6RoutingName(v uint64) string {
	switch v {
	case 0:
		return "source route, deprecated"
	case 2:
		return "mobile IPv6"
	case 3:
		return "RPL"
	case 4:
		return "segment routing"
	}
	return ""
}

func ipv6OptionName(v uint64) string {
	switch v {
	case 0:
		return "Pad1"
	case 1:
		return "PadN"
	case 0x05:
		return "router alert"
	case 0xc2:
		return "jumbo payload"
	case 0xc9:
		return "home address"
	}
	return ""
}
