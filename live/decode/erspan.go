package decode

import "fmt"

// decodeERSPAN2 decodes type II (draft-foschiano-erspan §4.2), which OVS sends with
// erspan_ver=1.
func decodeERSPAN2(p reader) {
	d, r := p.d, p.layer("ERSPAN II")
	d.say("ERSPAN II", "")
	session, vlan := decodeERSPANStart(&r, erspanTagName)
	r.x32("Index", nil)
	r.bits("Port index", 0x000fffff, nil)
	enterERSPAN(&r, "ERSPAN II", session, vlan)
}

// decodeERSPAN3 decodes type III (draft-foschiano-erspan §4.3), erspan_ver=2.
func decodeERSPAN3(p reader) {
	d, r := p.d, p.layer("ERSPAN III")
	d.say("ERSPAN III", "")
	session, vlan := decodeERSPANStart(&r, erspanErrorName)
	r.x32("Timestamp", nil)
	r.x16("Security group", nil)
	r.x16("Flags", nil)
	r.bits("Frame is Ethernet (P)", 0x8000, nil)
	frameType := r.bits("Frame type", 0x7c00, nil)
	r.bits("Hardware", 0x03f0, nil)
	r.bits("Copy is of egress (D)", 0x0008, nil)
	r.bits("Timestamp unit", 0x0006, nil)
	hasSubheader := r.bits("Subheader present (O)", 0x0001, nil) == 1
	if hasSubheader {
		r.x64("Platform subheader", nil)
	}
	if frameType == 2 && !r.stopped { // an IP packet without its Ethernet header
		d.tunnel("ERSPAN III", fmt.Sprintf("session=%d", session))
		if b := r.captured(); len(b) > 0 && b[0]>>4 == 6 {
			decodeIPv6(r)
			return
		}
		decodeIPv4(r)
		return
	}
	enterERSPAN(&r, "ERSPAN III", session, vlan)
}

// decodeERSPANStart decodes the first 4 bytes. enName names the two bits that differ
// between the types.
func decodeERSPANStart(r *reader, enName names) (session, vlan uint64) {
	r.x16("Version and VLAN", nil)
	r.bits("Version", 0xf000, nil)
	vlan = r.bits("VLAN", 0x0fff, nil)
	r.x16("Class and session", nil)
	r.bits("Class of service", 0xe000, nil)
	r.bits("Encapsulation or error", 0x1800, enName)
	r.bits("Truncated", 0x0400, nil)
	session = r.bits("Session", 0x03ff, nil)
	return session, vlan
}

func enterERSPAN(r *reader, name string, session, vlan uint64) {
	if r.stopped {
		return
	}
	info := fmt.Sprintf("session=%d", session)
	if vlan != 0 {
		info += fmt.Sprintf(" vlan=%d", vlan)
	}
	r.title(info)
	r.d.tunnel(name, info)
	decodeEthernet(*r)
}

func erspanTagName(v uint64) string {
	return [...]string{"was untagged", "was ISL", "was 802.1Q", "tag kept in the frame"}[v&3]
}

func erspanErrorName(v uint64) string {
	return [...]string{"good", "bad checksum or alignment", "too short", "oversized"}[v&3]
}
