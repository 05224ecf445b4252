package decode

import "fmt"

// decodeICMPv6 decodes an ICMPv6 message (RFC 4443); neighbour discovery and
// listener discovery are in ndp.go and mld.go.
func decodeICMPv6(p reader) {
	d, r := p.d, p.layer("ICMPv6")
	d.say("ICMPv6", "")
	kind := r.u8("Type", icmpv6TypeName)
	code := r.u8("Code", icmpv6CodeNames(kind))
	r.x16("Checksum", nil)
	if r.stopped {
		return
	}
	info := messageText(kind, code, icmpv6TypeName, icmpv6CodeNames(kind))
	d.say("ICMPv6", info)
	r.title(info)
	switch kind {
	case 1, 3:
		r.x32("Unused", nil)
		quote(r, info, decodeIPv6)
	case 2:
		if mtu := r.u32("MTU", nil); !r.stopped {
			info += fmt.Sprintf(" mtu=%d", mtu)
		}
		quote(r, info, decodeIPv6)
	case 4:
		if at := r.u32("Pointer", nil); !r.stopped {
			info += fmt.Sprintf(" at byte %d", at)
		}
		quote(r, info, decodeIPv6)
	case 128, 129:
		decodeEcho(r, info)
	case 130, 131, 132, 143:
		decodeMLD(r, kind, info)
	case 133, 134, 135, 136, 137:
		decodeNDP(r, kind, info)
	default:
		r.data("Data")
	}
}

func icmpv6TypeName(v uint64) string {
	switch v {
	case 1:
		return "destination unreachable"
	case 2:
		return "packet too big"
	case 3:
		return "time exceeded"
	case 4:
		return "parameter problem"
	case 128:
		return "echo request"
	case 129:
		return "echo reply"
	case 130:
		return "multicast listener query"
	case 131:
		return "multicast listener report"
	case 132:
		return "multicast listener done"
	case 133:
		return "router solicitation"
	case 134:
		return "router advertisement"
	case 135:
		return "neighbor solicitation"
	case 136:
		return "neighbor advertisement"
	case 137:
		return "redirect"
	case 143:
		return "multicast listener report v2"
	}
	return ""
}

// icmpv6CodeNames are the names of a type's codes, nil if it has none.
func icmpv6CodeNames(kind uint8) names {
	switch kind {
	case 1:
		return icmpv6UnreachableName
	case 3:
		return icmpTimeExceededName
	case 4:
		return icmpv6ParameterName
	}
	return nil
}

func icmpv6UnreachableName(v uint64) string {
	switch v {
	case 0:
		return "no route"
	case 1:
		return "prohibited"
	case 2:
		return "beyond scope"
	case 3:
		return "address unreachable"
	case 4:
		return "port unreachable"
	case 5:
		return "source address failed policy"
	case 6:
		return "route rejected"
	}
	return ""
}

func icmpv6ParameterName(v uint64) string {
	switch v {
	case 0:
		return "erroneous header"
	case 1:
		return "unknown next header"
	case 2:
		return "unknown option"
	}
	return ""
}
