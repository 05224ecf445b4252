package ovs

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ParseVLANs reads a list of VLANs as Ranges writes it, "10,20,30-32": sorted, each
// once, none for an empty text. The error is an *InvalidError.
func ParseVLANs(text string) ([]int, error) {
	var list []int
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		from, to, isRange := strings.Cut(word, "-")
		first, err := strconv.Atoi(from)
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(to)
		}
		if err != nil || first < 0 || last > maxVLAN || last < first {
			return nil, invalid("%q is no VLAN, 0 to %d", word, maxVLAN)
		}
		for v := first; v <= last; v++ {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// ParseNumber reads a number of at most so many bits, decimal or 0x…. The error is
// an *InvalidError.
func ParseNumber(text string, bits int) (uint32, error) {
	text = strings.TrimSpace(text)
	digits, base := text, 10 // 010 is ten: nobody writes octal here
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		digits, base = hex, 16
	}
	v, err := strconv.ParseUint(digits, base, bits)
	if err != nil {
		return 0, invalid("%q is no number below %d, decimal or 0x…", text, uint64(1)<<bits)
	}
	return uint32(v), nil
}

// ParseAddress reads an IPv4 or IPv6 address of a tunnel. The error is an *InvalidError.
func ParseAddress(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	switch {
	case err != nil:
		return a, invalid("%q is no IP address", text)
	case a.Zone() != "":
		return a, invalid("%q: a tunnel's address has no zone", text)
	}
	return a.Unmap(), nil
}

// The bits of a tunnel's numbers, for ParseNumber.
const (
	KeyBits        = 32 // of GRE; ERSPAN's session id has fewer
	SessionBits    = 10
	IndexBits      = 20
	HardwareIDBits = 6
)
