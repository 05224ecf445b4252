package sim

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// filter is a mirror's filter column (F10): all of its tests must hold. It knows
// the part of ovs-fields(7)'s flow syntax that people type by hand; anything
// else is a bad filter, and the mirror is not built (F3).
type filter []func(*headers) bool

// headers are what filters look at.
type headers struct {
	vlan         int
	etherType    uint16
	src, dst     netip.Addr
	protocol     int // -1 when the frame is no IP
	sport, dport int // -1 when there are none
}

func (f filter) matches(p *packet) bool {
	if len(f) == 0 {
		return true
	}
	h := readHeaders(p)
	for _, test := range f {
		if !test(&h) {
			return false
		}
	}
	return true
}

func parseFilter(text string) (filter, bool) {
	var f filter
	for _, term := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		test := parseTerm(term)
		if test == nil {
			return nil, false
		}
		f = append(f, test)
	}
	return f, true
}

func parseTerm(term string) func(*headers) bool {
	name, value, hasValue := strings.Cut(term, "=")
	if !hasValue {
		return protocolTest(name)
	}
	if prefix, ok := parsePrefix(value); ok {
		switch name {
		case "nw_src", "ip_src", "ipv6_src":
			return func(h *headers) bool { return prefix.Contains(h.src) }
		case "nw_dst", "ip_dst", "ipv6_dst":
			return func(h *headers) bool { return prefix.Contains(h.dst) }
		}
		return nil
	}
	number, err := strconv.ParseUint(value, 0, 16)
	if err != nil {
		return nil
	}
	n := int(number)
	switch name {
	case "dl_vlan", "vlan_vid":
		return func(h *headers) bool { return h.vlan == n&0xfff }
	case "dl_type", "eth_type":
		return func(h *headers) bool { return int(h.etherType) == n }
	case "nw_proto", "ip_proto":
		return func(h *headers) bool { return h.protocol == n }
	case "tp_src", "tcp_src", "udp_src":
		return func(h *headers) bool { return h.sport == n }
	case "tp_dst", "tcp_dst", "udp_dst":
		return func(h *headers) bool { return h.dport == n }
	}
	return nil
}

func parsePrefix(text string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), true
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(address, address.BitLen()), true
}

func protocolTest(name string) func(*headers) bool {
	of := func(etherType uint16, protocol int) func(*headers) bool {
		return func(h *headers) bool {
			return h.etherType == etherType && (protocol < 0 || h.protocol == protocol)
		}
	}
	switch name {
	case "ip":
		return of(0x0800, -1)
	case "ipv6":
		return of(0x86dd, -1)
	case "arp":
		return of(0x0806, -1)
	case "icmp":
		return of(0x0800, 1)
	case "icmp6":
		return of(0x86dd, 58)
	case "tcp":
		return of(0x0800, 6)
	case "tcp6":
		return of(0x86dd, 6)
	case "udp":
		return of(0x0800, 17)
	case "udp6":
		return of(0x86dd, 17)
	}
	return nil
}

func readHeaders(p *packet) headers {
	h := headers{vlan: p.tags.vid(), protocol: -1, sport: -1, dport: -1}
	if len(p.rest) < 2 {
		return h
	}
	h.etherType = binary.BigEndian.Uint16(p.rest)
	ip := p.rest[2:]
	var transport []byte
	switch {
	case h.etherType == 0x0800 && len(ip) >= 20:
		h.protocol = int(ip[9])
		h.src, h.dst = netip.AddrFrom4([4]byte(ip[12:])), netip.AddrFrom4([4]byte(ip[16:]))
		transport = ip[min(len(ip), int(ip[0]&15)*4):]
	case h.etherType == 0x86dd && len(ip) >= 40:
		h.protocol = int(ip[6])
		h.src, h.dst = netip.AddrFrom16([16]byte(ip[8:])), netip.AddrFrom16([16]byte(ip[24:]))
		transport = ip[40:]
	}
	if (h.protocol == 6 || h.protocol == 17) && len(transport) >= 4 {
		h.sport = int(binary.BigEndian.Uint16(transport))
		h.dport = int(binary.BigEndian.Uint16(transport[2:]))
	}
	return h
}
