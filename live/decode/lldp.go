package decode

import (
	"fmt"
	"strings"
)

// decodeLLDP decodes the link layer discovery protocol (IEEE 802.1AB §8).
func decodeLLDP(p reader) {
	d, r := p.d, p.layer("LLDP")
	frameEnd := r.end
	d.say("LLDP", "")
	var said []string
	for r.remaining() > 0 {
		g := r.open("TLV")
		g.x16("Type and length", nil)
		kind := g.bits("Type", 0xfe00, lldpTypeName)
		n := int(g.bits("Length", 0x01ff, nil))
		g.title(numberText(kind, 1, false, lldpTypeName))
		if g.stopped || kind == 0 {
			r.close(&g)
			break
		}
		v := g.group("Value", n)
		text := decodeLLDPValue(&v, kind)
		r.close(&g)
		if text != "" && kind <= 5 && !v.stopped && len(said) < 8 {
			said = append(said, lldpShown(kind)+text)
		}
	}
	d.say("LLDP", strings.Join(said, " "))
	r.title(strings.Join(said, " "))
	if !r.stopped {
		r.end = r.off
		trailer(r, frameEnd)
	}
}

func lldpShown(kind uint64) string {
	return [...]string{"", "chassis=", "port=", "ttl=", "description=", "name="}[kind]
}

func decodeLLDPValue(r *reader, kind uint64) string {
	n := r.remaining()
	if n == 0 {
		return ""
	}
	switch kind {
	case 1:
		return decodeLLDPID(r, r.u8("Subtype", lldpChassisName), 4, 5)
	case 2:
		return decodeLLDPID(r, r.u8("Subtype", lldpPortName), 3, 4)
	case 3:
		return fmt.Sprintf("%ds", r.u16("Seconds", nil))
	case 4, 5, 6:
		return r.text("Text", n)
	case 7:
		r.x16("Capabilities", lldpCapabilities)
		r.x16("Enabled", lldpCapabilities)
	case 8:
		if size := int(r.u8("Address length", nil)); size > 0 {
			a := r.group("Address", size)
			decodeLLDPAddress(&a)
		}
		r.u8("Interface numbering", nil)
		r.u32("Interface number", nil)
		if size := int(r.u8("Object id length", nil)); size > 0 {
			r.bytes("Object id", size)
		}
	case 127:
		oui := r.x24("OUI", ouiName)
		subtype := r.u8("Subtype", nil)
		switch {
		case oui == 0x0080c2 && subtype == 1:
			r.u16("Port VLAN ID", nil)
		case oui == 0x0080c2 && subtype == 3:
			r.u16("VLAN ID", nil)
			r.text("VLAN name", int(r.u8("Name length", nil)))
		case oui == 0x00120f && subtype == 4:
			r.u16("Maximum frame size", nil)
		default:
			r.rest("Data")
		}
	default:
		r.rest("Bytes")
	}
	return ""
}

// decodeLLDPID reads a chassis or port id. mac and address are the subtypes whose id is one.
func decodeLLDPID(r *reader, subtype, mac, address uint8) string {
	n := r.remaining()
	switch {
	case subtype == mac && n == 6:
		return r.mac("MAC")
	case subtype == address:
		return decodeLLDPAddress(r)
	}
	return r.text("Identifier", n)
}

// decodeLLDPAddress reads an address with its family (IANA "address-family-numbers").
func decodeLLDPAddress(r *reader) string {
	switch family, n := r.u8("Address family", nil), r.remaining(); {
	case family == 1 && n == 4:
		return r.ip4("Address")
	case family == 2 && n == 16:
		return r.ip6("Address")
	case family == 6 && n == 6:
		return r.mac("Address")
	}
	b := r.captured()
	r.address(len(b), 0)
	r.rest("Address")
	return hexText(b)
}

func lldpTypeName(v uint64) string {
	switch v {
	case 0:
		return "end"
	case 1:
		return "chassis id"
	case 2:
		return "port id"
	case 3:
		return "time to live"
	case 4:
		return "port description"
	case 5:
		return "system name"
	case 6:
		return "system description"
	case 7:
		return "system capabilities"
	case 8:
		return "management address"
	case 127:
		return "organization specific"
	}
	return ""
}

func lldpChassisName(v uint64) string {
	switch v {
	case 1:
		return "component"
	case 2:
		return "interface alias"
	case 3:
		return "port component"
	case 4:
		return "MAC"
	case 5:
		return "network address"
	case 6:
		return "interface name"
	case 7:
		return "local"
	}
	return ""
}

func lldpPortName(v uint64) string {
	switch v {
	case 1:
		return "interface alias"
	case 2:
		return "port component"
	case 3:
		return "MAC"
	case 4:
		return "network address"
	case 5:
		return "interface name"
	case 6:
		return "circuit id"
	case 7:
		return "local"
	}
	return ""
}

func lldpCapabilities(v uint64) string {
	var set []string
	for bit, name := range [...]string{
		"other", "repeater", "bridge", "access point", "router", "telephone",
		"cable modem", "station", "C-VLAN", "S-VLAN", "two-port relay",
	} {
		if v>>bit&1 == 1 {
			set = append(set, name)
		}
	}
	return strings.Join(set, ", ")
}
