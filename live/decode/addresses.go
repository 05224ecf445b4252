package decode

import (
	"cmp"
	"slices"
	"strings"
)

// Address is where an address is in a frame: frame[Start:End].
type Address struct {
	Start, End int
	// Size tells what it is: 6 a MAC address, 4 IPv4, 16 IPv6. The range is shorter
	// if it is only the beginning: of a prefix, or because the capture cut it. 0 is
	// for what holds an address in another form.
	Size int
	// Cut reports that the capture cut it.
	Cut bool
}

// Addresses appends the addresses in a frame to list, in order, none twice: all
// that Tree shows as such, however deep in tunnels and in quoted packets.
func Addresses(list []Address, frame []byte, wireLen int) []Address {
	d := newDissection(frame, wireLen)
	d.finding, d.found = true, list[:0]
	decodeEthernet(d.start())
	slices.SortFunc(d.found, func(a, b Address) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	end := 0
	return slices.DeleteFunc(d.found, func(a Address) bool {
		if a.Start < end {
			return true // read twice, as names are that pointers lead to
		}
		end = a.End
		return false
	})
}

// address notes that the next n bytes are an address, or the beginning of one.
func (r *reader) address(n, size int) {
	if !r.d.finding || r.stopped || n <= 0 || n > r.end-r.off {
		return
	}
	if end := min(r.off+n, len(r.d.frame)); r.off < end {
		r.d.found = append(r.d.found, Address{r.off, end, size, end < r.off+n})
	}
}

// reverseName notes the labels of a name that spells an address (RFC 1035 §3.5, RFC
// 3596 §2.5).
func (d *dissection) reverseName(name string, labels [][2]int) {
	name = strings.ToLower(name)
	if !strings.HasSuffix(name, ".in-addr.arpa") && !strings.HasSuffix(name, ".ip6.arpa") {
		return
	}
	for _, l := range labels[:max(0, len(labels)-2)] {
		d.found = append(d.found, Address{Start: l[0], End: l[1]})
	}
}
