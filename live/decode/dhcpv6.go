package decode

import "fmt"

// maxDHCPv6Depth bounds options within options and relayed messages; real ones nest three deep.
const maxDHCPv6Depth = 8

// decodeDHCPv6 decodes a DHCPv6 message (RFC 8415 §8 and §9).
func decodeDHCPv6(p reader) {
	r := p.layer("DHCPv6")
	r.d.say("DHCPv6", "")
	info := decodeDHCPv6Message(&r, 0)
	r.d.say("DHCPv6", info)
	r.title(info)
}

func decodeDHCPv6Message(r *reader, depth int) string {
	kind := r.u8("Message type", dhcpv6MessageName)
	info := dhcpv6MessageName(uint64(kind))
	if r.stopped {
		return ""
	}
	if kind == 12 || kind == 13 {
		r.u8("Hops", nil)
		r.ip6("Link address")
		if peer := r.ip6("Peer address"); !r.stopped {
			info += " for " + peer
		}
	} else if xid := r.x24("Transaction", nil); !r.stopped {
		info += fmt.Sprintf(" xid=0x%06x", xid)
	}
	return info + decodeDHCPv6Options(r, depth)
}

func decodeDHCPv6Options(r *reader, depth int) (said string) {
	if depth > maxDHCPv6Depth {
		r.fail("options nested deeper than %d", maxDHCPv6Depth)
		return ""
	}
	for r.remaining() > 0 {
		g := r.open("Option")
		code := g.u16("Code", dhcpv6OptionName)
		g.titleField()
		n := int(g.u16("Length", nil))
		if !g.stopped {
			v := g.group("Value", n)
			if text := decodeDHCPv6Option(&v, code, depth); len(said) < maxText {
				said += text
			}
		}
		r.close(&g)
	}
	return said
}

// decodeDHCPv6Option returns what the Info shows of an option, with a space before it.
func decodeDHCPv6Option(r *reader, code uint16, depth int) string {
	switch code {
	case 3, 25:
		r.x32("IAID", nil)
		r.u32("T1 in seconds", nil)
		r.u32("T2 in seconds", nil)
		return decodeDHCPv6Options(r, depth+1)
	case 4:
		r.x32("IAID", nil)
		return decodeDHCPv6Options(r, depth+1)
	case 5:
		text := " " + r.ip6("Address")
		r.u32("Preferred lifetime in seconds", nil)
		r.u32("Valid lifetime in seconds", nil)
		return text + decodeDHCPv6Options(r, depth+1)
	case 26:
		r.u32("Preferred lifetime in seconds", nil)
		r.u32("Valid lifetime in seconds", nil)
		length := r.u8("Prefix length", nil)
		text := fmt.Sprintf(" %s/%d", r.ip6("Prefix"), length)
		return text + decodeDHCPv6Options(r, depth+1)
	case 9:
		return " | " + decodeDHCPv6Message(r, depth+1)
	case 1, 2: // a DUID (RFC 8415 §11)
		kind, rest := r.u16("Type", dhcpv6DUIDName), 0
		switch kind {
		case 1:
			r.u16("Hardware type", arpHardwareName)
			r.u32("Seconds since 2000", nil)
			rest = 6
		case 3:
			r.u16("Hardware type", arpHardwareName)
			rest = 6
		case 2:
			r.u32("Enterprise", nil)
		}
		if rest > 0 && r.remaining() == rest {
			r.mac("Link-layer address")
		}
		r.rest("Identifier")
	case 6:
		for r.remaining() > 0 {
			r.u16("Wanted", dhcpv6OptionName)
		}
	case 8:
		r.u16("Hundredths of a second", nil)
	case 13:
		status := r.u16("Status", dhcpv6StatusName)
		if r.remaining() > 0 {
			r.text("Message", len(r.captured()))
		}
		if status != 0 {
			return " " + numberText(uint64(status), 2, false, dhcpv6StatusName)
		}
	case 23:
		for r.remaining() > 0 {
			r.ip6("Server")
		}
	default:
		r.rest("Bytes")
	}
	return ""
}

func dhcpv6MessageName(v uint64) string {
	switch v {
	case 1:
		return "solicit"
	case 2:
		return "advertise"
	case 3:
		return "request"
	case 4:
		return "confirm"
	case 5:
		return "renew"
	case 6:
		return "rebind"
	case 7:
		return "reply"
	case 8:
		return "release"
	case 9:
		return "decline"
	case 10:
		return "reconfigure"
	case 11:
		return "information-request"
	case 12:
		return "relay-forward"
	case 13:
		return "relay-reply"
	}
	return fmt.Sprintf("message type %d", v)
}

func dhcpv6OptionName(v uint64) string {
	switch v {
	case 1:
		return "client identifier"
	case 2:
		return "server identifier"
	case 3:
		return "IA_NA"
	case 4:
		return "IA_TA"
	case 5:
		return "IA address"
	case 6:
		return "option request"
	case 7:
		return "preference"
	case 8:
		return "elapsed time"
	case 9:
		return "relayed message"
	case 13:
		return "status code"
	case 14:
		return "rapid commit"
	case 16:
		return "vendor class"
	case 18:
		return "interface id"
	case 23:
		return "DNS servers"
	case 24:
		return "domain search list"
	case 25:
		return "IA_PD"
	case 26:
		return "IA prefix"
	case 37:
		return "remote id"
	case 39:
		return "client FQDN"
	}
	return ""
}

func dhcpv6DUIDName(v uint64) string {
	switch v {
	case 1:
		return "link-layer address and time"
	case 2:
		return "vendor"
	case 3:
		return "link-layer address"
	case 4:
		return "UUID"
	}
	return ""
}

func dhcpv6StatusName(v uint64) string {
	switch v {
	case 0:
		return "success"
	case 1:
		return "unspecified failure"
	case 2:
		return "no addresses available"
	case 3:
		return "no binding"
	case 4:
		return "not on link"
	case 5:
		return "use multicast"
	case 6:
		return "no prefix available"
	}
	return ""
}
