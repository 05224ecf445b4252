package decode

import (
	"fmt"
	"strings"
)

// decodeCDP decodes Cisco's discovery protocol, versions 1 and 2. There is no
// standard; the fields are those that Cisco's and Wireshark's documentation name.
func decodeCDP(p reader) {
	d, r := p.d, p.layer("CDP")
	d.say("CDP", "")
	r.u8("Version", nil)
	r.u8("Time to live in seconds", nil)
	r.x16("Checksum", nil)
	var said []string
	for r.remaining() > 0 {
		g := r.open("TLV")
		kind := g.x16("Type", cdpTypeName)
		g.titleField()
		n := int(g.u16("Length", nil))
		if !g.stopped && n < 4 {
			g.fail("TLV length %d", n)
		}
		if !g.stopped {
			v := g.group("Value", n-4)
			text := decodeCDPValue(&v, kind)
			if text != "" && !v.stopped && len(said) < 8 {
				said = append(said, text)
			}
		}
		r.close(&g)
	}
	d.say("CDP", strings.Join(said, " "))
	r.title(strings.Join(said, " "))
}

// decodeCDPValue returns what the Info shows of a TLV.
func decodeCDPValue(r *reader, kind uint16) string {
	n := r.remaining()
	switch kind {
	case 0x01:
		return "device=" + r.text("Text", n)
	case 0x03:
		return "port=" + r.text("Text", n)
	case 0x06:
		return "platform=" + r.text("Text", n)
	case 0x05, 0x09, 0x14:
		r.text("Text", n)
	case 0x02, 0x16:
		count := r.u32("Number of addresses", nil)
		for i := uint32(0); i < count && r.remaining() > 0; i++ {
			decodeCDPAddress(r)
		}
	case 0x04:
		r.x32("Capabilities", nil)
		r.bits("Router", 0x01, nil)
		r.bits("Switch", 0x08, nil)
		r.bits("Host", 0x10, nil)
		r.bits("Phone", 0x80, nil)
	case 0x0a:
		if v := r.u16("Native VLAN", nil); !r.stopped {
			return fmt.Sprintf("native-vlan=%d", v)
		}
	case 0x0b:
		r.u8("Full duplex", nil)
	default:
		r.rest("Bytes")
	}
	return ""
}

func decodeCDPAddress(r *reader) {
	g := r.open("Address")
	g.u8("Protocol type", nil)
	if n := int(g.u8("Protocol length", nil)); n > 0 {
		g.bytes("Protocol", n)
	}
	switch n := int(g.u16("Address length", nil)); n {
	case 0:
	case 4:
		g.ip4("Address")
	case 16:
		g.ip6("Address")
	default:
		g.address(n, addressSize(n))
		g.bytes("Address", n)
	}
	r.close(&g)
}

func cdpTypeName(v uint64) string {
	switch v {
	case 0x01:
		return "device id"
	case 0x02:
		return "addresses"
	case 0x03:
		return "port id"
	case 0x04:
		return "capabilities"
	case 0x05:
		return "software version"
	case 0x06:
		return "platform"
	case 0x08:
		return "hello"
	case 0x09:
		return "VTP domain"
	case 0x0a:
		return "native VLAN"
	case 0x0b:
		return "duplex"
	case 0x0e:
		return "voice VLAN"
	case 0x10:
		return "power consumption"
	case 0x11:
		return "MTU"
	case 0x14:
		return "system name"
	case 0x16:
		return "management addresses"
	}
	return ""
}
