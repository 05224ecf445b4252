package decode

import "fmt"

// decodeNDP decodes neighbour discovery (RFC 4861) after the ICMPv6 header.
func decodeNDP(r reader, kind uint8, info string) {
	say := func(g *reader, format string, args ...any) {
		if !g.stopped && len(info) < maxText {
			info += fmt.Sprintf(format, args...)
			r.d.say(r.name, info)
		}
	}
	switch kind {
	case 133:
		r.x32("Reserved", nil)
	case 134:
		r.u8("Hop limit", nil)
		r.x8("Flags", nil)
		r.bits("Managed addresses (M)", 0x80, nil)
		r.bits("Other configuration (O)", 0x40, nil)
		r.bits("Preference", 0x18, routerPreferenceName)
		lifetime := r.u16("Router lifetime in seconds", nil)
		r.u32("Reachable time in ms", nil)
		r.u32("Retransmit timer in ms", nil)
		say(&r, " lifetime=%ds", lifetime)
	case 135:
		r.x32("Reserved", nil)
		say(&r, " who has %s?", r.ip6("Target"))
	case 136:
		flags := r.x32("Flags", nil)
		r.bits("Router", 1<<31, nil)
		r.bits("Solicited", 1<<30, nil)
		r.bits("Override", 1<<29, nil)
		say(&r, " %s%s", r.ip6("Target"), neighborFlags(flags))
	case 137:
		r.x32("Reserved", nil)
		target := r.ip6("Target")
		say(&r, " %s via %s", r.ip6("Destination"), target)
	}
	for r.remaining() > 0 {
		decodeNDPOption(&r, say)
	}
}

func neighborFlags(flags uint32) string {
	text := ""
	for bit, name := range [...]string{" router", " solicited", " override"} {
		if flags<<bit>>31 == 1 {
			text += name
		}
	}
	return text
}

// decodeNDPOption decodes one option (RFC 4861 §4.6, RFC 8106).
func decodeNDPOption(r *reader, say func(g *reader, format string, args ...any)) {
	b := r.captured()
	if len(b) >= 2 && b[1] == 0 {
		r.fail("option length 0")
		return
	}
	if !r.need("option", 2) {
		return
	}
	length := 8 * int(b[1])
	g := r.group("Option", length)
	kind := g.u8("Type", ndpOptionName)
	g.titleField()
	g.u8("Length in 8 bytes", nil)
	switch {
	case kind == 1 && length == 8:
		say(&g, " from %s", g.mac("Link-layer address"))
	case kind == 2 && length == 8:
		say(&g, " is at %s", g.mac("Link-layer address"))
	case kind == 3 && length == 32:
		bits := g.u8("Prefix length", nil)
		g.x8("Flags", nil)
		g.bits("On link (L)", 0x80, nil)
		g.bits("Autonomous (A)", 0x40, nil)
		g.u32("Valid lifetime in seconds", nil)
		g.u32("Preferred lifetime in seconds", nil)
		g.x32("Reserved", nil)
		say(&g, " prefix=%s/%d", g.ip6("Prefix"), bits)
	case kind == 4:
		g.bytes("Reserved", 6)
		g.rest("Redirected packet")
	case kind == 5 && length == 8:
		g.x16("Reserved", nil)
		say(&g, " mtu=%d", g.u32("MTU", nil))
	case kind == 25 && length >= 24:
		g.x16("Reserved", nil)
		g.u32("Lifetime in seconds", nil)
		for g.remaining() > 0 {
			say(&g, " dns=%s", g.ip6("Server"))
		}
	default:
		g.rest("Data")
	}
}

func routerPreferenceName(v uint64) string {
	return [...]string{"medium", "high", "reserved", "low"}[v&3] // RFC 4191 §2.1
}

func ndpOptionName(v uint64) string {
	switch v {
	case 1:
		return "source link-layer address"
	case 2:
		return "target link-layer address"
	case 3:
		return "prefix information"
	case 4:
		return "redirected header"
	case 5:
		return "MTU"
	case 14:
		return "nonce"
	case 24:
		return "route information"
	case 25:
		return "DNS servers"
	case 31:
		return "DNS search list"
	case 37:
		return "captive portal"
	}
	return ""
}
