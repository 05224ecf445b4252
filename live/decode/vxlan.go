package decode

import "fmt"

// UDP ports of the tunnels (RFC 7348 §4; Linux used 8472 before it; RFC 8926 §3.3).
const (
	portVXLAN      = 4789
	portVXLANLinux = 8472
	portGeneve     = 6081
)

// decodeVXLAN decodes a VXLAN header (RFC 7348 §5).
func decodeVXLAN(p reader) {
	d, r := p.d, p.layer("VXLAN")
	d.say("VXLAN", "")
	r.x8("Flags", nil)
	hasVNI := r.bits("VNI present", 0x08, nil) == 1
	r.x24("Reserved", nil)
	vni := r.u24("VNI", nil)
	r.x8("Reserved", nil)
	if r.stopped {
		return
	}
	if !hasVNI {
		r.fail("has no VNI")
		return
	}
	r.titlef("VNI %d", vni)
	d.tunnel("VXLAN", fmt.Sprintf("vni=%d", vni))
	decodeEthernet(r)
}

// decodeGeneve decodes a GENEVE header with its options (RFC 8926 §3.4).
func decodeGeneve(p reader) {
	d, r := p.d, p.layer("GENEVE")
	d.say("GENEVE", "")
	r.x8("Version and options length", nil)
	r.bits("Version", 0xc0, nil)
	optionsLength := 4 * int(r.bits("Options length in words", 0x3f, wordsName))
	r.x8("Flags", nil)
	r.bits("Control packet", 0x80, nil)
	r.bits("Critical options", 0x40, nil)
	protocol := r.x16("Protocol", etherTypeName)
	vni := r.u24("VNI", nil)
	r.x8("Reserved", nil)
	if r.stopped {
		return
	}
	r.titlef("VNI %d", vni)
	info := fmt.Sprintf("vni=%d", vni)
	d.say("GENEVE", info)
	options := r.group("Options", optionsLength)
	for options.remaining() > 0 {
		o := options.open("Option")
		class := o.x16("Class", geneveClassName)
		kind := o.x8("Type", nil)
		o.x8("Length", nil)
		size := 4 * int(o.bits("Length in words", 0x1f, wordsName))
		o.titlef("class %s type 0x%02x", numberText(uint64(class), 2, true, geneveClassName), kind)
		if size > 0 {
			o.bytes("Data", size)
		}
		options.close(&o)
	}
	switch protocol {
	case typeBridged:
		d.tunnel("GENEVE", info)
		decodeEthernet(r)
	case typeIPv4, typeIPv6:
		d.tunnel("GENEVE", info)
		etherTypePayload(r, protocol)
	default:
		d.say("GENEVE", fmt.Sprintf("%s protocol %s, %d bytes", info, etherTypeProtocol(protocol), r.remaining()))
		r.data("Data")
	}
}

// geneveClassName names an option class (IANA "nvo3").
func geneveClassName(v uint64) string {
	switch v {
	case 0x0102:
		return "OVN"
	case 0x0103:
		return "in-band telemetry"
	case 0x0104:
		return "VMware"
	case 0xffff:
		return "experimental"
	}
	return ""
}
