package decode

import (
	"fmt"
	"strings"
)

// decodeVRRP decodes VRRP versions 2 (RFC 3768 §5) and 3 (RFC 9568 §5).
func decodeVRRP(p reader) {
	d, r := p.d, p.layer("VRRP")
	d.say("VRRP", "")
	r.x8("Version and type", nil)
	version := r.bits("Version", 0xf0, nil)
	kind := r.bits("Type", 0x0f, nil)
	id := r.u8("Virtual router", nil)
	priority := r.u8("Priority", nil)
	count := int(r.u8("Number of addresses", nil))
	if version == 2 {
		r.u8("Authentication type", nil)
		r.u8("Advertisement interval in seconds", nil)
	} else {
		r.x16("Advertisement interval", nil)
		r.bits("Interval in 0.01 s", 0x0fff, nil)
	}
	r.x16("Checksum", nil)
	if r.stopped {
		return
	}
	info := fmt.Sprintf("v%d vrid=%d priority=%d", version, id, priority)
	if kind != 1 {
		info += fmt.Sprintf(" type=%d", kind)
	}
	size := 4
	if strings.Contains(d.line.IPSrc, ":") {
		size = 16
	}
	for i := 0; i < count && !r.stopped; i++ {
		if address := r.ip("Address", size); !r.stopped && i < 3 {
			info += " " + address
		}
	}
	d.say("VRRP", info)
	r.title(info)
	r.rest("Authentication data")
}
