package decode

import "fmt"

// decodeOSPF decodes OSPF version 2 (RFC 2328 appendix A) and 3 (RFC 5340 appendix A).
func decodeOSPF(p reader) {
	d, r := p.d, p.layer("OSPF")
	d.say("OSPF", "")
	start := r.off
	version := r.u8("Version", nil)
	kind := r.u8("Type", ospfTypeName)
	length := int(r.u16("Length", nil))
	router := r.ip4("Router")
	area := r.ip4("Area")
	r.x16("Checksum", nil)
	if version == 2 {
		r.u16("Authentication type", nil)
		r.bytes("Authentication", 8)
	} else {
		r.u8("Instance", nil)
		r.u8("Reserved", nil)
	}
	if r.stopped {
		return
	}
	info := fmt.Sprintf("v%d %s router=%s area=%s", version, ospfTypeName(uint64(kind)), router, area)
	d.say("OSPF", info)
	r.title(info)
	r.limit("length", length-(r.off-start))
	isV3 := version == 3
	switch kind {
	case 1:
		decodeOSPFHello(&r, isV3)
	case 2:
		if isV3 {
			r.x32("Options", nil)
		}
		mtu := r.u16("Interface MTU", nil)
		if isV3 {
			r.x8("Reserved", nil)
		} else {
			r.x8("Options", nil)
		}
		r.x8("Flags", nil)
		r.bits("Init", 4, nil)
		r.bits("More", 2, nil)
		r.bits("Master", 1, nil)
		seq := r.u32("Sequence number", nil)
		if !r.stopped {
			d.say("OSPF", fmt.Sprintf("%s mtu=%d seq=%d", info, mtu, seq))
		}
		decodeLSAHeaders(&r, isV3)
	case 3:
		for r.remaining() > 0 {
			g := r.group("Request", 12)
			g.u32("LS type", nil)
			g.ip4("Link state id")
			g.ip4("Advertising router")
		}
	case 4:
		count := int(r.u32("Number of LSAs", nil))
		if !r.stopped {
			d.say("OSPF", fmt.Sprintf("%s lsas=%d", info, count))
		}
		for i := 0; i < count && r.remaining() > 0; i++ {
			g := r.open("LSA")
			kind, size := decodeLSAHeader(&g, isV3)
			body := g.group("Body", size-20)
			if !isV3 {
				decodeLSABody(&body, kind)
			}
			body.rest("Bytes")
			r.close(&g)
		}
	case 5:
		decodeLSAHeaders(&r, isV3)
	default:
		r.rest("Data")
	}
}

func decodeOSPFHello(r *reader, isV3 bool) {
	if isV3 {
		r.u32("Interface", nil)
		r.x32("Priority and options", nil)
		r.bits("Priority", 0xff000000, nil)
		r.bits("Options", 0x00ffffff, nil)
		r.u16("Hello interval in seconds", nil)
		r.u16("Dead interval in seconds", nil)
	} else {
		r.ip4("Network mask")
		r.u16("Hello interval in seconds", nil)
		r.x8("Options", nil)
		r.u8("Priority", nil)
		r.u32("Dead interval in seconds", nil)
	}
	designated := r.ip4("Designated router")
	r.ip4("Backup designated router")
	if !r.stopped {
		r.d.say("OSPF", r.d.line.Info+" dr="+designated)
	}
	for r.remaining() >= 4 {
		r.ip4("Neighbor")
	}
}

func decodeLSAHeaders(r *reader, isV3 bool) {
	for r.remaining() > 0 {
		g := r.open("LSA")
		decodeLSAHeader(&g, isV3)
		r.close(&g)
	}
}

// decodeLSAHeader decodes a link state advertisement's header and returns the
// advertisement's type and length in bytes.
func decodeLSAHeader(r *reader, isV3 bool) (kind uint16, length int) {
	r.u16("Age in seconds", nil)
	if isV3 {
		kind = r.x16("Type", nil)
	} else {
		r.x8("Options", nil)
		kind = uint16(r.u8("Type", lsaTypeName))
	}
	id := r.ip4("Link state id")
	router := r.ip4("Advertising router")
	r.x32("Sequence number", nil)
	r.x16("Checksum", nil)
	length = int(r.u16("Length", nil))
	r.titlef("%s from %s", id, router)
	return kind, length
}

// decodeLSABody decodes what version 2 advertises (RFC 2328 §A.4).
func decodeLSABody(r *reader, kind uint16) {
	switch kind {
	case 1:
		r.x16("Flags", nil)
		for n := int(r.u16("Number of links", nil)); n > 0 && !r.stopped; n-- {
			g := r.open("Link")
			g.ip4("Link id")
			g.ip4("Link data")
			g.u8("Type", nil)
			metrics := int(g.u8("Number of TOS metrics", nil))
			g.u16("Metric", nil)
			if metrics > 0 {
				g.bytes("TOS metrics", 4*metrics)
			}
			r.close(&g)
		}
	case 2:
		r.ip4("Network mask")
		for r.remaining() > 0 {
			r.ip4("Attached router")
		}
	case 3, 4:
		r.ip4("Network mask")
		r.u8("Reserved", nil)
		r.u24("Metric", nil)
	case 5, 7:
		r.ip4("Network mask")
		r.x8("Flags", nil)
		r.u24("Metric", nil)
		r.ip4("Forwarding address")
		r.x32("External route tag", nil)
	}
}

func ospfTypeName(v uint64) string {
	switch v {
	case 1:
		return "hello"
	case 2:
		return "database description"
	case 3:
		return "link state request"
	case 4:
		return "link state update"
	case 5:
		return "link state acknowledgement"
	}
	return fmt.Sprintf("type %d", v)
}

func lsaTypeName(v uint64) string {
	switch v {
	case 1:
		return "router"
	case 2:
		return "network"
	case 3:
		return "summary of networks"
	case 4:
		return "summary of border routers"
	case 5:
		return "external"
	case 7:
		return "external of a stub area"
	case 9, 10, 11:
		return "opaque"
	}
	return ""
}
