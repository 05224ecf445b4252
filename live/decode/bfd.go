package decode

import (
	"fmt"
	"strings"
)

// UDP ports of BFD control packets (RFC 5881 §4, RFC 5883 §5, RFC 7130 §2.1). Its echo
// packets (3785) have no form that others know.
const (
	portBFD         = 3784
	portBFDMultihop = 4784
	portBFDLAG      = 6784
)

// decodeBFD decodes a BFD control packet (RFC 5880 §4.1).
func decodeBFD(p reader) {
	d, r := p.d, p.layer("BFD")
	d.say("BFD", "")
	r.x8("Version and diagnostic", nil)
	r.bits("Version", 0xe0, nil)
	diagnostic := r.bits("Diagnostic", 0x1f, bfdDiagnosticName)
	flags := r.x8("State and flags", nil)
	state := r.bits("State", 0xc0, bfdStateName)
	for bit := 5; bit >= 0; bit-- {
		r.bits(bfdFlagName(bit), 1<<bit, nil)
	}
	multiplier := r.u8("Detection multiplier", nil)
	length := int(r.u8("Length", nil))
	mine := r.x32("My discriminator", nil)
	yours := r.x32("Your discriminator", nil)
	transmit := r.u32("Desired transmit interval in us", nil)
	receive := r.u32("Required receive interval in us", nil)
	r.u32("Required echo receive interval in us", nil)
	if r.stopped {
		return
	}
	info := fmt.Sprintf("%s my=0x%08x your=0x%08x tx=%dms rx=%dms x%d",
		bfdStateName(state), mine, yours, transmit/1000, receive/1000, multiplier)
	if diagnostic != 0 {
		info += " " + bfdDiagnosticName(diagnostic)
	}
	var set []string
	for bit := 5; bit >= 0; bit-- {
		if flags>>bit&1 == 1 {
			set = append(set, bfdFlagName(bit))
		}
	}
	if len(set) > 0 {
		info += " [" + strings.Join(set, ", ") + "]"
	}
	d.say("BFD", info)
	r.title(info)
	if length < 24 {
		r.fail("length %d", length)
		return
	}
	r.rest("Authentication")
}

func bfdFlagName(bit int) string {
	return [...]string{"multipoint", "demand", "authenticated", "control plane independent", "final", "poll"}[bit]
}

func bfdStateName(v uint64) string {
	return [...]string{"AdminDown", "Down", "Init", "Up"}[v&3]
}

func bfdDiagnosticName(v uint64) string {
	switch v {
	case 0:
		return "no diagnostic"
	case 1:
		return "detection time expired"
	case 2:
		return "echo failed"
	case 3:
		return "neighbor signaled down"
	case 4:
		return "forwarding plane reset"
	case 5:
		return "path down"
	case 6:
		return "concatenated path down"
	case 7:
		return "administratively down"
	case 8:
		return "reverse path down"
	}
	return fmt.Sprintf("diagnostic %d", v)
}
