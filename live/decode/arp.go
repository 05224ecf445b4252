package decode

import "fmt"

// decodeARP decodes address resolution (RFC 826) for Ethernet and IPv4, and shows
// other address families in hex.
func decodeARP(p reader) {
	d, r := p.d, p.layer("ARP")
	frameEnd := r.end
	d.say("ARP", "")
	hardware := r.u16("Hardware type", arpHardwareName)
	protocol := r.x16("Protocol type", etherTypeName)
	hardwareSize := int(r.u8("Hardware size", nil))
	protocolSize := int(r.u8("Protocol size", nil))
	op := r.u16("Operation", arpOperationName)
	if r.stopped {
		return
	}
	if hardware != 1 || protocol != typeIPv4 || hardwareSize != 6 || protocolSize != 4 {
		d.say("ARP", fmt.Sprintf("operation %d, hardware type %d, protocol 0x%04x", op, hardware, protocol))
		for _, whose := range []string{"Sender", "Target"} {
			r.address(hardwareSize, addressSize(hardwareSize))
			r.bytes(whose+" hardware address", hardwareSize)
			r.address(protocolSize, addressSize(protocolSize))
			r.bytes(whose+" protocol address", protocolSize)
		}
		return
	}
	senderMAC := r.mac("Sender MAC")
	sender := r.ip4("Sender IP")
	r.mac("Target MAC")
	target := r.ip4("Target IP")
	if r.stopped {
		return
	}
	info := ""
	switch {
	case op == 1 && sender == target:
		info = "announcement: " + sender + " is at " + senderMAC
	case op == 1 && sender == "0.0.0.0":
		info = "probe: who has " + target + "?" // RFC 5227 §2.1
	case op == 1:
		info = "who has " + target + "? tell " + sender
	case op == 2 && sender == target:
		info = "gratuitous reply: " + sender + " is at " + senderMAC
	case op == 2:
		info = sender + " is at " + senderMAC
	default:
		info = fmt.Sprintf("operation %s, sender %s, target %s", numberText(uint64(op), 2, false, arpOperationName), sender, target)
	}
	d.say("ARP", info)
	r.title(info)
	r.end = r.off
	trailer(r, frameEnd)
}

// addressSize is Address.Size of an address whose kind only its length tells.
func addressSize(n int) int {
	if n == 4 || n == 6 || n == 16 {
		return n
	}
	return 0
}

func arpHardwareName(v uint64) string {
	switch v {
	case 1:
		return "Ethernet"
	case 6:
		return "IEEE 802"
	case 32:
		return "InfiniBand"
	}
	return ""
}

func arpOperationName(v uint64) string {
	switch v {
	case 1:
		return "request"
	case 2:
		return "reply"
	case 3:
		return "RARP request"
	case 4:
		return "RARP reply"
	case 8:
		return "InARP request"
	case 9:
		return "InARP reply"
	}
	return ""
}
