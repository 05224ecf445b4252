package mask

import (
	"net"
	"net/netip"
	"strings"
)

// Text replaces the addresses that are written out in a text, such as a column of
// OVSDB: "remote_ip=10.0.0.1", "tcp:10.0.0.1:6640", "ip-10-0-0-1".
func (m *Masker) Text(s string) string {
	if m == nil {
		return s
	}
	var b strings.Builder
	last := 0
	for at := 0; ; {
		f, ok := next(s, at)
		if !ok {
			break
		}
		at = f.end
		b.WriteString(s[last:f.start])
		b.WriteString(m.standIn(f))
		last = f.end
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// Texts is Text for the values of a map.
func (m *Masker) Texts(of map[string]string) map[string]string {
	if m == nil || of == nil {
		return of
	}
	out := make(map[string]string, len(of))
	for k, v := range of {
		out[k] = m.Text(v)
	}
	return out
}

// found is an address in a text.
type found struct {
	start, end int
	mac        net.HardwareAddr // or
	addr       netip.Addr
	separator  byte // between the parts of a MAC or, if not '.', of an IPv4 address
}

func (m *Masker) standIn(f found) string {
	if f.mac != nil {
		mac := m.MAC([6]byte(f.mac))
		text := net.HardwareAddr(mac[:]).String()
		return strings.ReplaceAll(text, ":", string(f.separator))
	}
	text := m.Addr(f.addr).String()
	if f.addr.Is4() {
		text = strings.ReplaceAll(text, ".", string(f.separator))
	}
	return text
}

// next finds the first address in a text at or after a place.
func next[T string | []byte](s T, at int) (found, bool) {
	for at < len(s) {
		if !part(s[at]) || at > 0 && letter(s[at-1]) && letter(s[at]) { // inside of a word
			at++
			continue
		}
		end, separators := at, 0
		for ; end < len(s) && (part(s[end]) || separator(s[end])); end++ {
			if separator(s[end]) {
				separators++
			}
		}
		if separators >= 2 {
			if f, ok := inRun(string(s[at:end])); ok {
				f.start, f.end = f.start+at, f.end+at
				return f, true
			}
		}
		at = end
	}
	return found{}, false
}

func separator(c byte) bool { return c == '.' || c == ':' || c == '-' }

// inRun finds the first address in a run of digits and separators.
func inRun(run string) (found, bool) {
	for at := 0; at < len(run); {
		if at > 0 && part(run[at-1]) || run[at] == '.' || run[at] == '-' {
			at++
			continue
		}
		for _, try := range []func(string) (found, bool){macAt, ip4At, ip6At} {
			f, ok := try(run[at:])
			if ok && f.separator == '.' && at >= 2 && run[at-1] == '.' && part(run[at-2]) {
				continue // the end of more numbers than four
			}
			if ok {
				f.start, f.end = f.start+at, f.end+at
				return f, true
			}
		}
		at++
	}
	return found{}, false
}

// macAt finds six pairs of hexadecimal digits at the beginning of a text.
func macAt(s string) (found, bool) {
	const n = 17
	if len(s) < n || s[2] != ':' && s[2] != '-' || len(s) > n && (part(s[n]) || s[n] == s[2]) {
		return found{}, false
	}
	mac, err := net.ParseMAC(s[:n])
	if err != nil || len(mac) != 6 {
		return found{}, false
	}
	return found{end: n, mac: mac, separator: s[2]}, true
}

// ip4At finds four numbers with dots or dashes between at the beginning of a text.
func ip4At(s string) (found, bool) {
	var ip [4]byte
	at := 0
	separator := byte(0)
	for i := range ip {
		if i > 0 {
			if at >= len(s) || s[at] != '.' && s[at] != '-' || separator != 0 && s[at] != separator {
				return found{}, false
			}
			separator = s[at]
			at++
		}
		n, digits := 0, 0
		for ; at < len(s) && s[at] >= '0' && s[at] <= '9' && digits < 4; at++ {
			n = 10*n + int(s[at]-'0')
			digits++
		}
		if digits == 0 || digits > 3 || n > 255 {
			return found{}, false
		}
		ip[i] = byte(n)
	}
	if at < len(s) && part(s[at]) || at+1 < len(s) && s[at] == separator && s[at+1] >= '0' && s[at+1] <= '9' {
		return found{}, false // five numbers are something else
	}
	return found{end: at, addr: netip.AddrFrom4(ip), separator: separator}, true
}

// ip6At finds an IPv6 address at the beginning of a text.
func ip6At(s string) (found, bool) {
	end := strings.IndexByte(s, '-')
	if end < 0 {
		end = len(s)
	}
	for ; end > 2; end-- {
		if strings.Count(s[:end], ":") < 2 {
			return found{}, false
		}
		if end < len(s) && part(s[end]) && part(s[end-1]) {
			continue // in the middle of a part
		}
		if a, err := netip.ParseAddr(s[:end]); err == nil && a.Is6() {
			return found{end: end, addr: a}, true
		}
	}
	return found{}, false
}

// part reports whether a byte can be in the parts of an address.
func part(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
