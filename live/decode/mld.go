package decode

// decodeMLD decodes multicast listener discovery versions 1 (RFC 2710) and 2 (RFC 3810)
// after the ICMPv6 header.
func decodeMLD(r reader, kind uint8, info string) {
	if kind == 143 {
		r.d.say(r.name, info+decodeGroupRecords(&r, 16))
		return
	}
	r.u16("Maximum response delay", nil)
	r.x16("Reserved", nil)
	group := r.ip6("Multicast address")
	if !r.stopped && group != "::" {
		r.d.say(r.name, info+" "+group)
	}
	if kind == 130 && r.remaining() >= 4 {
		decodeQuerier(&r, 16)
	}
}
