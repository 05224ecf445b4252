package decode

import "fmt"

const (
	portDHCPServer   = 67
	portDHCPClient   = 68
	portDHCPv6Client = 546
	portDHCPv6Server = 547
)

// dhcpCookie tells DHCP from plain BOOTP (RFC 2131 §3).
const dhcpCookie = 0x63825363

// decodeDHCP decodes a DHCPv4 message (RFC 2131 §2, options RFC 2132).
func decodeDHCP(p reader) {
	d, r := p.d, p.layer("DHCP")
	d.say("DHCP", "")
	op := r.u8("Operation", dhcpOperationName)
	r.u8("Hardware type", arpHardwareName)
	hardwareSize := int(r.u8("Hardware address length", nil))
	r.u8("Hops", nil)
	xid := r.x32("Transaction", nil)
	r.u16("Seconds", nil)
	r.x16("Flags", nil)
	r.bits("Broadcast", 0x8000, nil)
	r.ip4("Client address")
	yours := r.ip4("Your address")
	r.ip4("Next server")
	relay := r.ip4("Relay agent")
	r.address(min(hardwareSize, 16), addressSize(hardwareSize))
	client := macText(r.bytes("Client hardware address", 16))
	if hardwareSize == 6 && len(client) > 17 {
		client = client[:17]
		r.show("%s", client)
	}
	r.zeroText("Server name", 64)
	r.zeroText("Boot file", 128)
	if r.stopped {
		return
	}
	kind, said := "BOOTP "+dhcpOperationName(uint64(op)), ""
	if r.remaining() >= 4 && r.x32("Magic cookie", nil) == dhcpCookie && !r.stopped {
		kind, said = decodeDHCPOptions(&r, kind)
	}
	info := kind
	if yours != "0.0.0.0" {
		info += " " + yours
	}
	info += fmt.Sprintf(" for %s xid=0x%08x%s", client, xid, said)
	if relay != "0.0.0.0" {
		info += " relay=" + relay
	}
	d.say("DHCP", info)
	r.title(info)
	r.rest("Padding")
}

// decodeDHCPOptions returns the message type, kind if there is none, and what else
// the Info shows.
func decodeDHCPOptions(r *reader, kind string) (message, said string) {
	for r.remaining() > 0 {
		g := r.open("Option")
		code := g.u8("Code", dhcpOptionName)
		g.titleField()
		if code == 0 || code == 255 {
			r.close(&g)
			if code == 255 {
				break
			}
			continue
		}
		n := int(g.u8("Length", nil))
		if g.stopped {
			r.close(&g)
			break
		}
		v := g.group("Value", n)
		switch text := decodeDHCPOption(&v, code); {
		case v.stopped:
		case code == 53:
			kind = text
			g.titlef("message type %s", text)
		case (code == 50 || code == 54 || code == 12) && len(said) < maxText:
			said += " " + dhcpShown(code) + "=" + text
		}
		r.close(&g)
	}
	return kind, said
}

func dhcpShown(code uint8) string {
	switch code {
	case 50:
		return "wants"
	case 54:
		return "server"
	}
	return "name"
}

func decodeDHCPOption(r *reader, code uint8) string {
	n := r.remaining()
	switch code {
	case 53:
		v := r.u8("Message type", dhcpMessageName)
		return dhcpMessageName(uint64(v))
	case 1, 28, 50, 54:
		return r.ip4("Address")
	case 3, 6, 42:
		for r.remaining() >= 4 {
			r.ip4("Address")
		}
	case 121: // RFC 3442
		for r.remaining() > 0 {
			bits := int(r.u8("Prefix length", nil))
			if bits > 32 {
				r.fail("prefix length %d", bits)
			}
			if n := (bits + 7) / 8; n > 0 && !r.stopped {
				r.bytes("Prefix", n)
			}
			r.ip4("Router")
		}
	case 51, 58, 59:
		r.u32("Seconds", nil)
	case 26, 57:
		r.u16("Bytes", nil)
	case 12, 14, 15, 17, 40, 56, 60, 66, 67, 114:
		return r.text("Text", n)
	case 55:
		for r.remaining() > 0 {
			r.u8("Wanted", dhcpOptionName)
		}
	case 61:
		if r.u8("Type", arpHardwareName) == 1 && n == 7 {
			return r.mac("MAC")
		}
		r.rest("Identifier")
	case 82:
		for r.remaining() > 0 {
			r.u8("Sub-option", dhcpRelayName)
			if size := int(r.u8("Length", nil)); size > 0 {
				if size == 6 {
					r.address(size, 6) // a switch's, by which relays are known
				}
				r.bytes("Value", size)
			}
		}
	default:
		r.rest("Bytes")
	}
	return ""
}

func dhcpOperationName(v uint64) string {
	switch v {
	case 1:
		return "request"
	case 2:
		return "reply"
	}
	return ""
}

func dhcpMessageName(v uint64) string {
	switch v {
	case 1:
		return "discover"
	case 2:
		return "offer"
	case 3:
		return "request"
	case 4:
		return "decline"
	case 5:
		return "ack"
	case 6:
		return "nak"
	case 7:
		return "release"
	case 8:
		return "inform"
	}
	return fmt.Sprintf("message type %d", v)
}

func dhcpRelayName(v uint64) string {
	switch v {
	case 1:
		return "circuit id"
	case 2:
		return "remote id"
	}
	return ""
}

func dhcpOptionName(v uint64) string {
	switch v {
	case 0:
		return "pad"
	case 1:
		return "subnet mask"
	case 3:
		return "routers"
	case 6:
		return "DNS servers"
	case 12:
		return "host name"
	case 15:
		return "domain name"
	case 26:
		return "interface MTU"
	case 28:
		return "broadcast address"
	case 33:
		return "static routes"
	case 42:
		return "NTP servers"
	case 43:
		return "vendor information"
	case 50:
		return "requested address"
	case 51:
		return "lease time"
	case 53:
		return "message type"
	case 54:
		return "server"
	case 55:
		return "parameter request list"
	case 56:
		return "message"
	case 57:
		return "maximum message size"
	case 58:
		return "renewal time"
	case 59:
		return "rebinding time"
	case 60:
		return "vendor class"
	case 61:
		return "client identifier"
	case 66:
		return "TFTP server"
	case 67:
		return "boot file"
	case 81:
		return "client FQDN"
	case 82:
		return "relay agent information"
	case 114:
		return "captive portal"
	case 119:
		return "domain search"
	case 121:
		return "classless routes"
	case 255:
		return "end"
	}
	return ""
}
