package decode

import (
	"fmt"
	"strconv"
	"strings"
)

// decodeMPLS decodes a label stack (RFC 3032 §2.1). Nothing says what is under it;
// the first half byte tells IP (RFC 4928 §3), whether the rest is Ethernet is guessed.
func decodeMPLS(p reader) {
	d := p.d
	d.say("MPLS", "")
	var labels []string
	for bottom := false; !bottom; {
		r := p.layer("MPLS")
		r.x32("Label stack entry", nil)
		label := r.bits("Label", 0xfffff000, mplsLabelName)
		class := r.bits("Traffic class", 0x00000e00, nil)
		bottom = r.bits("Bottom of stack", 0x00000100, nil) == 1
		ttl := r.bits("Time to live", 0x000000ff, nil)
		if r.stopped {
			d.say("MPLS", strings.Join(labels, "/"))
			return
		}
		r.titlef("label %d, class %d, ttl %d", label, class, ttl)
		labels = append(labels, strconv.FormatUint(label, 10))
		p = r
	}
	stack := strings.Join(labels, "/")
	b := p.captured()
	if len(b) == 0 {
		d.say("MPLS", stack)
		return
	}
	switch {
	case b[0]>>4 == 4:
		d.through("MPLS " + stack)
		decodeIPv4(p)
	case b[0]>>4 == 6:
		d.through("MPLS " + stack)
		decodeIPv6(p)
	case looksLikeEthernet(b):
		d.tunnel("MPLS", stack)
		decodeEthernet(p)
	case len(b) > 4 && looksLikeEthernet(b[4:]): // a pseudowire's control word (RFC 4385 §3)
		r := p.layer("Pseudowire control word")
		r.x32("Control word", nil)
		r.bits("Sequence number", 0xffff, nil)
		d.tunnel("MPLS", stack)
		decodeEthernet(r)
	default:
		d.say("MPLS", fmt.Sprintf("%s, %d bytes", stack, p.remaining()))
		p.data("Data")
	}
}

// looksLikeEthernet reports whether b could be a frame: its type is one we know.
func looksLikeEthernet(b []byte) bool {
	return len(b) >= 14 && etherTypeName(uint64(b[12])<<8|uint64(b[13])) != ""
}

func mplsLabelName(v uint64) string {
	switch v {
	case 0:
		return "IPv4 explicit null"
	case 1:
		return "router alert"
	case 2:
		return "IPv6 explicit null"
	case 3:
		return "implicit null"
	case 13:
		return "generic associated channel"
	}
	return ""
}
