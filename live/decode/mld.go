package decode

import "fmt"

// decodeMLD decodes multicast listener discovery versions 1 (RFC 2710) and 2 (RFC 3810)
// after the ICMPv6 header.
func decodeMLD(r reader, kind uint8, info string) {
	d := r.d
	if kind == 143 {
		r.x16("Reserved", nil)
		count := int(r.u16("Number of records", nil))
		for i := range count {
			group, change := decodeMLDRecord(&r)
			if r.stopped {
				break
			}
			if i < 3 {
				info += ", " + change + " " + group
			} else if i == 3 {
				info += ", ..."
			}
		}
		d.say(r.name, info)
		return
	}
	r.u16("Maximum response delay", nil)
	r.x16("Reserved", nil)
	group := r.ip6("Multicast address")
	if r.stopped {
		return
	}
	if kind != 130 || group != "::" {
		info += " " + group
	}
	d.say(r.name, info)
	if kind == 130 && r.remaining() >= 4 { // version 2
		r.x8("Flags", nil)
		r.bits("Suppress router processing", 0x08, nil)
		r.bits("Querier's robustness", 0x07, nil)
		r.u8("Querier's query interval code", nil)
		for range int(r.u16("Number of sources", nil)) {
			if r.ip6("Source"); r.stopped {
				return
			}
		}
	}
}

func decodeMLDRecord(r *reader) (group, change string) {
	g := r.open("Record")
	kind := g.u8("Type", groupRecordName)
	auxiliary := 4 * int(g.u8("Auxiliary data words", nil))
	sources := int(g.u16("Number of sources", nil))
	group = g.ip6("Multicast address")
	for range sources {
		if g.ip6("Source"); g.stopped {
			break
		}
	}
	if auxiliary > 0 {
		g.bytes("Auxiliary data", auxiliary)
	}
	change = groupChange(kind, sources)
	g.title("%s %s", change, group)
	r.close(&g)
	return group, change
}

// groupRecordName names a record of IGMPv3 (RFC 3376 §4.2.12) and MLDv2 (RFC 3810 §5.2.12).
func groupRecordName(v uint64) string {
	switch v {
	case 1:
		return "mode is include"
	case 2:
		return "mode is exclude"
	case 3:
		return "change to include"
	case 4:
		return "change to exclude"
	case 5:
		return "allow new sources"
	case 6:
		return "block old sources"
	}
	return ""
}

// groupChange says what a record means for its group: to include no source is to leave.
func groupChange(kind uint8, sources int) string {
	switch {
	case kind == 3 && sources == 0:
		return "leave"
	case kind == 4 && sources == 0:
		return "join"
	}
	if name := groupRecordName(uint64(kind)); name != "" {
		return name
	}
	return fmt.Sprintf("record type %d", kind)
}
