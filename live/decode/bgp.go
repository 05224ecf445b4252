package decode

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

const portBGP = 179

// looksLikeBGP reports whether a segment starts with a message's marker, which is all
// ones (RFC 4271 §4.1). Segments in the middle of a message do not.
func looksLikeBGP(b []byte) bool {
	return len(b) > 0 && bytes.Count(b[:min(len(b), 16)], []byte{0xff}) == min(len(b), 16)
}

// decodeBGP decodes the BGP messages that start in a segment (RFC 4271 §4).
func decodeBGP(p reader) {
	d, r := p.d, p.layer("BGP")
	d.say("BGP", "")
	var said []string
	for looksLikeBGP(r.captured()) {
		g := r.open("Message")
		g.bytes("Marker", 16)
		length := int(g.u16("Length", nil))
		kind := g.u8("Type", bgpTypeName)
		if !g.stopped && length < 19 {
			g.fail("message length %d", length)
		}
		if g.stopped {
			r.close(&g)
			break
		}
		v := g.group("Body", length-19)
		text := bgpTypeName(uint64(kind))
		switch kind {
		case 1:
			text += decodeBGPOpen(&v)
		case 2:
			text += decodeBGPUpdate(&v)
		case 3:
			code := v.u8("Error code", bgpErrorName)
			subcode := v.u8("Error subcode", nil)
			text += fmt.Sprintf(" %s, subcode %d", bgpErrorName(uint64(code)), subcode)
			v.rest("Data")
		default:
			v.rest("Data")
		}
		g.title(text)
		r.close(&g)
		if len(said) < 4 {
			said = append(said, text)
		}
	}
	d.say("BGP", strings.Join(said, ", "))
	r.title(strings.Join(said, ", "))
	r.rest("Rest of a message")
}

func decodeBGPOpen(r *reader) string {
	r.u8("Version", nil)
	as := r.u16("My autonomous system", nil)
	hold := r.u16("Hold time in seconds", nil)
	id := r.ip4("BGP identifier")
	if r.stopped {
		return ""
	}
	if n := int(r.u8("Optional parameters length", nil)); n > 0 {
		parameters := r.group("Optional parameters", n)
		for parameters.remaining() > 0 {
			decodeBGPParameter(&parameters)
		}
	}
	return fmt.Sprintf(" as=%d hold=%ds id=%s", as, hold, id)
}

// decodeBGPParameter decodes an optional parameter, mostly capabilities (RFC 5492 §4).
func decodeBGPParameter(r *reader) {
	g := r.open("Parameter")
	kind := g.u8("Type", nil)
	v := g.group("Value", int(g.u8("Length", nil)))
	for kind == 2 && v.remaining() > 0 {
		c := v.open("Capability")
		code := c.u8("Code", bgpCapabilityName)
		c.titleField()
		switch n := int(c.u8("Length", nil)); {
		case code == 1 && n == 4:
			c.u16("Address family", nil)
			c.u8("Reserved", nil)
			c.u8("Subsequent family", nil)
		case code == 65 && n == 4:
			c.u32("AS number", nil)
		case n > 0:
			c.bytes("Value", n)
		}
		v.close(&c)
	}
	v.rest("Bytes")
	r.close(&g)
}

func bgpCapabilityName(v uint64) string {
	switch v {
	case 1:
		return "multiprotocol"
	case 2:
		return "route refresh"
	case 64:
		return "graceful restart"
	case 65:
		return "four-octet AS numbers"
	case 69:
		return "additional paths"
	case 70:
		return "enhanced route refresh"
	}
	return ""
}

func decodeBGPUpdate(r *reader) string {
	withdrawn := r.group("Withdrawn routes", int(r.u16("Withdrawn routes length", nil)))
	gone := decodeBGPPrefixes(&withdrawn)
	attributes := r.group("Path attributes", int(r.u16("Path attributes length", nil)))
	for attributes.remaining() > 0 {
		decodeBGPAttribute(&attributes)
	}
	added := decodeBGPPrefixes(r)
	text := ""
	if len(gone) > 0 {
		text += " withdraws " + bgpShown(gone)
	}
	if len(added) > 0 {
		text += " " + bgpShown(added)
	}
	return text
}

// bgpShown is the first prefixes of a list.
func bgpShown(prefixes []string) string {
	if len(prefixes) > 3 {
		return strings.Join(prefixes[:3], ", ") + ", ..."
	}
	return strings.Join(prefixes, ", ")
}

// decodeBGPPrefixes reads IPv4 prefixes to the end of r and returns the first few.
func decodeBGPPrefixes(r *reader) []string {
	var prefixes []string
	for r.remaining() > 0 {
		g := r.open("Prefix")
		bits := int(g.u8("Length", nil))
		if bits > 32 {
			g.fail("prefix length %d", bits)
			r.close(&g)
			break
		}
		var address [4]byte
		if n := (bits + 7) / 8; n > 0 {
			g.address(n, 4)
			copy(address[:], g.bytes("Prefix", n))
		}
		text := netip.PrefixFrom(netip.AddrFrom4(address), bits).String()
		g.title(text)
		if r.close(&g); r.stopped {
			break
		}
		if len(prefixes) < 4 {
			prefixes = append(prefixes, text)
		}
	}
	return prefixes
}

func decodeBGPAttribute(r *reader) {
	g := r.open("Attribute")
	g.x8("Flags", nil)
	extended := g.bits("Extended length", 0x10, nil) == 1
	kind := g.u8("Type", bgpAttributeName)
	g.titleField()
	var n int
	if extended {
		n = int(g.u16("Length", nil))
	} else {
		n = int(g.u8("Length", nil))
	}
	v := g.group("Value", n)
	switch {
	case kind == 1 && n == 1:
		v.u8("Origin", nil)
	case kind == 3 && n == 4:
		v.ip4("Address")
	case kind == 8 && n%4 == 0:
		for v.remaining() > 0 {
			v.x32("Community", nil)
		}
	case (kind == 4 || kind == 5) && n == 4:
		v.u32("Number", nil)
	default:
		v.rest("Bytes")
	}
	r.close(&g)
}

func bgpTypeName(v uint64) string {
	switch v {
	case 1:
		return "OPEN"
	case 2:
		return "UPDATE"
	case 3:
		return "NOTIFICATION"
	case 4:
		return "KEEPALIVE"
	case 5:
		return "ROUTE-REFRESH"
	}
	return fmt.Sprintf("type %d", v)
}

func bgpErrorName(v uint64) string {
	switch v {
	case 1:
		return "message header error"
	case 2:
		return "OPEN error"
	case 3:
		return "UPDATE error"
	case 4:
		return "hold timer expired"
	case 5:
		return "state machine error"
	case 6:
		return "cease"
	}
	return fmt.Sprintf("error %d", v)
}

func bgpAttributeName(v uint64) string {
	switch v {
	case 1:
		return "ORIGIN"
	case 2:
		return "AS_PATH"
	case 3:
		return "NEXT_HOP"
	case 4:
		return "MULTI_EXIT_DISC"
	case 5:
		return "LOCAL_PREF"
	case 8:
		return "COMMUNITIES"
	case 14:
		return "MP_REACH_NLRI"
	case 15:
		return "MP_UNREACH_NLRI"
	case 32:
		return "LARGE_COMMUNITY"
	}
	return ""
}
