package decode

import "fmt"

// decodePPPoEDiscovery decodes how a session is found (RFC 2516 §5).
func decodePPPoEDiscovery(p reader) {
	d, r := p.d, p.layer("PPPoED")
	frameEnd := r.end
	d.say("PPPoED", "")
	code, session := decodePPPoEHeader(&r)
	if r.stopped {
		return
	}
	info := pppoeCodeName(uint64(code))
	if info == "" {
		info = fmt.Sprintf("code 0x%02x", code)
	}
	if session != 0 {
		info += fmt.Sprintf(" session=0x%04x", session)
	}
	for r.remaining() > 0 {
		g := r.open("Tag")
		kind := g.x16("Type", pppoeTagName)
		g.titleField()
		n := int(g.u16("Length", nil))
		if n > 0 {
			switch kind {
			case 0x0101, 0x0102, 0x0201, 0x0202, 0x0203:
				if text := g.text("Text", n); !g.stopped && len(info) < maxText {
					info += fmt.Sprintf(" %s=%s", pppoeTagName(uint64(kind)), text)
				}
			default:
				g.bytes("Bytes", n)
			}
		}
		if r.close(&g); kind == 0 {
			break
		}
	}
	d.say("PPPoED", info)
	r.title(info)
	if !r.stopped {
		r.end = r.off
		trailer(r, frameEnd)
	}
}

// decodePPPoE decodes a session's packet (RFC 2516 §6).
func decodePPPoE(p reader) {
	d, r := p.d, p.layer("PPPoE")
	frameEnd := r.end
	d.say("PPPoE", "")
	_, session := decodePPPoEHeader(&r)
	if r.stopped {
		return
	}
	r.titlef("session 0x%04x", session)
	d.through(fmt.Sprintf("PPPoE session=0x%04x", session))
	decodePPP(r)
	trailer(r, frameEnd)
}

func decodePPPoEHeader(r *reader) (code uint8, session uint16) {
	r.x8("Version and type", nil)
	code = r.x8("Code", pppoeCodeName)
	session = r.x16("Session", nil)
	length := int(r.u16("Length", nil))
	r.limit("length", length)
	return code, session
}

// decodePPP decodes a PPP packet without HDLC framing (RFC 1661 §2).
func decodePPP(p reader) {
	d, r := p.d, p.layer("PPP")
	d.say("PPP", "")
	var protocol uint16
	if b := r.captured(); len(b) > 0 && b[0]&1 == 1 { // protocol field compression (§6.5)
		protocol = uint16(r.x8("Protocol", pppName))
	} else {
		protocol = r.x16("Protocol", pppName)
	}
	if r.stopped {
		return
	}
	switch protocol {
	case 0x0021:
		decodeIPv4(r)
		return
	case 0x0057:
		decodeIPv6(r)
		return
	}
	name := pppName(uint64(protocol))
	if name == "" {
		d.say("PPP", fmt.Sprintf("protocol 0x%04x, %d bytes", protocol, r.remaining()))
		r.data("Data")
		return
	}
	d.say(name, "")
	switch protocol {
	case 0xc021, 0x8021, 0x8057, 0xc023, 0xc223:
		c := r.layer(name)
		code := c.u8("Code", nil)
		id := c.u8("Identifier", nil)
		length := int(c.u16("Length", nil))
		if c.stopped {
			return
		}
		look := pppCodeName
		if protocol == 0xc023 || protocol == 0xc223 {
			look = nil
		}
		d.say(name, fmt.Sprintf("%s id=%d", numberText(uint64(code), 1, false, look), id))
		c.limit("length", length-4)
		c.rest("Data")
	default:
		r.data("Data")
	}
}

func pppoeCodeName(v uint64) string {
	switch v {
	case 0x00:
		return "session"
	case 0x07:
		return "PADO"
	case 0x09:
		return "PADI"
	case 0x19:
		return "PADR"
	case 0x65:
		return "PADS"
	case 0xa7:
		return "PADT"
	}
	return ""
}

func pppoeTagName(v uint64) string {
	switch v {
	case 0x0000:
		return "end"
	case 0x0101:
		return "service"
	case 0x0102:
		return "concentrator"
	case 0x0103:
		return "host-uniq"
	case 0x0104:
		return "cookie"
	case 0x0105:
		return "vendor"
	case 0x0110:
		return "relay session"
	case 0x0201:
		return "service error"
	case 0x0202:
		return "system error"
	case 0x0203:
		return "error"
	}
	return ""
}

func pppName(v uint64) string {
	switch v {
	case 0x0021:
		return "IPv4"
	case 0x0057:
		return "IPv6"
	case 0x8021:
		return "IPCP"
	case 0x8057:
		return "IPV6CP"
	case 0xc021:
		return "LCP"
	case 0xc023:
		return "PAP"
	case 0xc223:
		return "CHAP"
	}
	return ""
}

func pppCodeName(v uint64) string {
	switch v {
	case 1:
		return "configure-request"
	case 2:
		return "configure-ack"
	case 3:
		return "configure-nak"
	case 4:
		return "configure-reject"
	case 5:
		return "terminate-request"
	case 6:
		return "terminate-ack"
	case 7:
		return "code-reject"
	case 8:
		return "protocol-reject"
	case 9:
		return "echo-request"
	case 10:
		return "echo-reply"
	}
	return ""
}
