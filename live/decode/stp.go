package decode

import "fmt"

// decodeSTP decodes a bridge protocol data unit of STP, RSTP or MSTP (IEEE 802.1Q
// §14.4). isPVST says that it is Cisco's per-VLAN form, which ends with a VLAN.
func decodeSTP(p reader, isPVST bool) {
	d, r := p.d, p.layer("STP")
	d.say("STP", "")
	r.x16("Protocol", nil)
	version := r.u8("Version", stpVersionName)
	kind := r.x8("BPDU type", stpTypeName)
	if r.stopped {
		return
	}
	protocol := stpVersionName(uint64(version))
	if protocol == "" {
		protocol = "STP"
	}
	d.say(protocol, stpTypeName(uint64(kind)))
	if kind != 0x00 && kind != 0x02 { // a topology change notification has no more
		r.titlef("%s %s", protocol, stpTypeName(uint64(kind)))
		r.rest("Data")
		return
	}
	flags := r.x8("Flags", nil)
	r.bits("Topology change acknowledgement", 0x80, nil)
	r.bits("Agreement", 0x40, nil)
	r.bits("Forwarding", 0x20, nil)
	r.bits("Learning", 0x10, nil)
	r.bits("Port role", 0x0c, stpRoleName)
	r.bits("Proposal", 0x02, nil)
	r.bits("Topology change", 0x01, nil)
	root := r.bridgeID("Root")
	cost := r.u32("Root path cost", nil)
	bridge := r.bridgeID("Bridge")
	port := r.x16("Port", nil)
	for _, name := range [...]string{"Message age", "Maximum age", "Hello time", "Forward delay"} {
		v := r.u16(name, nil)
		r.show("%.3g s", float64(v)/256)
	}
	if r.stopped {
		return
	}
	info := fmt.Sprintf("root=%s cost=%d bridge=%s port=0x%04x", root, cost, bridge, port)
	if kind == 0x02 {
		info += " role=" + stpRoleName(uint64(flags>>2&3))
	}
	if flags&1 != 0 {
		info += " topology change"
	}
	if kind == 0x02 && r.remaining() > 0 {
		r.u8("Version 1 length", nil)
	}
	if version >= 3 && r.remaining() > 2 {
		decodeMSTP(&r)
	}
	if isPVST && r.remaining() >= 6 {
		r.x16("TLV type", nil)
		r.u16("TLV length", nil)
		if vlan := r.u16("Originating VLAN", nil); !r.stopped {
			info += fmt.Sprintf(" vlan=%d", vlan)
		}
	}
	d.say(protocol, info)
	r.title(info)
	r.rest("Trailing bytes")
}

// decodeMSTP decodes what multiple spanning trees add (IEEE 802.1Q §14.4.1).
func decodeMSTP(r *reader) {
	g := r.group("MSTP", int(r.u16("Version 3 length", nil)))
	if g.remaining() == 0 {
		return
	}
	g.u8("Configuration format", nil)
	g.zeroText("Configuration name", 32)
	g.u16("Revision", nil)
	g.bytes("Configuration digest", 16)
	g.u32("Internal root path cost", nil)
	g.bridgeID("CIST bridge")
	g.u8("Remaining hops", nil)
	for g.remaining() > 0 {
		m := g.group("Instance", 16)
		m.x8("Flags", nil)
		m.bits("Port role", 0x0c, stpRoleName)
		m.bridgeID("Regional root")
		m.u32("Internal root path cost", nil)
		m.u8("Bridge priority", nil)
		m.u8("Port priority", nil)
		m.u8("Remaining hops", nil)
	}
}

// bridgeID reads a priority, system id extension (a VLAN or instance) and MAC.
func (r *reader) bridgeID(name string) string {
	g := r.open(name)
	g.x16("Priority and extension", nil)
	priority := g.bits("Priority", 0xf000, nil) << 12
	extension := g.bits("System id extension", 0x0fff, nil)
	mac := g.mac("MAC")
	text := fmt.Sprintf("%d/%d/%s", priority, extension, mac)
	g.title(text)
	r.close(&g)
	return text
}

func stpVersionName(v uint64) string {
	switch v {
	case 0:
		return "STP"
	case 2:
		return "RSTP"
	case 3:
		return "MSTP"
	case 4:
		return "SPB"
	}
	return ""
}

func stpTypeName(v uint64) string {
	switch v {
	case 0x00:
		return "configuration"
	case 0x02:
		return "rapid configuration"
	case 0x80:
		return "topology change notification"
	}
	return fmt.Sprintf("BPDU type 0x%02x", v)
}

func stpRoleName(v uint64) string {
	return [...]string{"unknown", "alternate or backup", "root", "designated"}[v&3]
}
