package decode

import (
	"fmt"
	"time"
)

const portNTP = 123

// decodeNTP decodes an NTP packet (RFC 5905 §7.3).
func decodeNTP(p reader) {
	d, r := p.d, p.layer("NTP")
	d.say("NTP", "")
	r.x8("Leap, version, mode", nil)
	r.bits("Leap indicator", 0xc0, nil)
	version := r.bits("Version", 0x38, nil)
	mode := r.bits("Mode", 0x07, ntpModeName)
	if r.stopped {
		return
	}
	info := fmt.Sprintf("v%d %s", version, ntpModeName(mode))
	d.say("NTP", info)
	r.title(info)
	if mode >= 6 { // control messages have a form of their own
		r.rest("Data")
		return
	}
	stratum := r.u8("Stratum", nil)
	r.u8("Poll interval exponent", nil)
	precision := int8(r.u8("Precision exponent", nil))
	r.show("%d", precision)
	r.x32("Root delay", nil)
	r.x32("Root dispersion", nil)
	r.x32("Reference", nil)
	for _, name := range [...]string{"Reference time", "Origin time", "Receive time", "Transmit time"} {
		if v := r.x64(name, nil); v != 0 {
			r.show("%s", ntpTime(v))
		}
	}
	if r.stopped {
		return
	}
	if mode == 2 || mode == 4 || mode == 5 {
		d.say("NTP", fmt.Sprintf("%s stratum=%d", info, stratum))
	}
	r.rest("Extensions")
}

// ntpTime turns seconds and fractions since 1900 into a date. The era is the one
// that puts it between 1968 and 2104 (RFC 4330 §3).
func ntpTime(v uint64) string {
	const from1900to1970 = 2208988800
	seconds := int64(v>>32) - from1900to1970
	if v>>63 == 0 {
		seconds += 1 << 32
	}
	nanoseconds := int64((v & 0xffffffff) * 1e9 >> 32)
	return time.Unix(seconds, nanoseconds).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func ntpModeName(v uint64) string {
	return [...]string{
		"reserved", "symmetric active", "symmetric passive", "client",
		"server", "broadcast", "control", "private",
	}[v&7]
}
