package decode

import "fmt"

// decodeIGMP decodes IGMP versions 1 to 3 (RFC 3376 §4).
func decodeIGMP(p reader) {
	d, r := p.d, p.layer("IGMP")
	d.say("IGMP", "")
	kind := r.x8("Type", igmpTypeName)
	r.u8("Maximum response time in 0.1 s", nil)
	r.x16("Checksum", nil)
	if r.stopped {
		return
	}
	info := igmpTypeName(uint64(kind))
	if info == "" {
		info = fmt.Sprintf("type 0x%02x", kind)
	}
	d.say("IGMP", info)
	r.title(info)
	if kind == 0x22 {
		d.say("IGMP", info+decodeGroupRecords(&r, 4))
		return
	}
	if group := r.ip4("Group"); !r.stopped && group != "0.0.0.0" {
		d.say("IGMP", info+" "+group)
	}
	if kind == 0x11 && r.remaining() >= 4 { // version 3
		decodeQuerier(&r, 4)
	}
}

// decodeGroupRecords decodes the records of a version 3 report (RFC 3376 §4.2, RFC
// 3810 §5.2), whose form IGMP and MLD share but for the addresses' size in bytes.
// It returns what the first ones say.
func decodeGroupRecords(r *reader, addressSize int) (said string) {
	r.x16("Reserved", nil)
	for i := range int(r.u16("Number of records", nil)) {
		g := r.open("Record")
		kind := g.u8("Type", groupRecordName)
		auxiliary := 4 * int(g.u8("Auxiliary data words", nil))
		sources := int(g.u16("Number of sources", nil))
		group := g.ip("Multicast address", addressSize)
		for n := sources; n > 0 && !g.stopped; n-- {
			g.ip("Source", addressSize)
		}
		if auxiliary > 0 {
			g.bytes("Auxiliary data", auxiliary)
		}
		text := groupChange(kind, sources) + " " + group
		g.title(text)
		if r.close(&g); r.stopped {
			break
		}
		if i < 3 {
			said += ", " + text
		} else if i == 3 {
			said += ", ..."
		}
	}
	return said
}

// decodeQuerier decodes the end of a query that version 1 of MLD and version 2 of
// IGMP do not have.
func decodeQuerier(r *reader, addressSize int) {
	r.x8("Flags", nil)
	r.bits("Suppress router processing", 0x08, nil)
	r.bits("Querier's robustness", 0x07, nil)
	r.u8("Querier's query interval code", nil)
	for n := int(r.u16("Number of sources", nil)); n > 0 && !r.stopped; n-- {
		r.ip("Source", addressSize)
	}
}

func igmpTypeName(v uint64) string {
	switch v {
	case 0x11:
		return "query"
	case 0x12:
		return "v1 report"
	case 0x16:
		return "v2 report"
	case 0x17:
		return "leave"
	case 0x22:
		return "v3 report"
	}
	return ""
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
