package filter

import (
	"errors"
	"strings"
	"testing"
)

// TestErrorsPointAtTheColumn has every error as people read it.
func TestErrorsPointAtTheColumn(t *testing.T) {
	for _, test := range []struct{ expression, want string }{
		{"tcp port foo", `column 10: expected a port number or service name, found "foo"`},
		{"tcp port", `column 9: expected a port number or service name, found the end of the filter`},
		{"port 65536", `column 6: expected a port number from 0 to 65535, found "65536"`},
		{"port 10.0.0.1", `column 6: expected a port number or service name, found "10.0.0.1"`},
		{"tcp port ntp", `column 10: expected a port of the protocol before it, found "ntp"`},
		{"sctp port http", `column 11: expected a port of the protocol before it, found "http"`},
		{"portrange 1-foo", `column 11: expected a range of ports such as 6000-6008, found "1-foo"`},
		{"portrange 1 - 2", `column 13: expected "and", "or" or the end, found "-"`},
		{"host foo", `column 6: expected an IP address (names are not looked up), found "foo"`},
		{"host", `column 5: expected an IP address (names are not looked up), found the end of the filter`},
		{"host tcp", `column 6: expected an IP address (names are not looked up), found "tcp"`},
		{"src example.org", `column 5: expected an IP address (names are not looked up), found "example.org"`},
		{"net foo", `column 5: expected an IP address or network (names are not looked up), found "foo"`},
		{"ip host ::1", `column 9: expected an IPv4 address (names are not looked up), found "::1"`},
		{"ip6 host 10.0.0.1", `column 10: expected an IPv6 address (names are not looked up), found "10.0.0.1"`},
		{"ip6 net 10", `column 9: expected an IPv6 address or network (names are not looked up), found "10"`},
		{"ether host 10.0.0.1", `column 12: expected an Ethernet address such as 02:00:00:00:00:01, found "10.0.0.1"`},
		{"host 02:00:00:00:00:01", `column 6: expected an IP address, or ether before host, found "02:00:00:00:00:01"`},
		{"host 1:2:3", `column 6: expected an IPv6 or Ethernet address, found "1:2:3"`},
		{"host 10.0.0.256", `column 6: expected an IPv4 address, found "10.0.0.256"`},
		{"10.0.0.1", `column 1: expected host, net, src or dst before an address, found "10.0.0.1"`},
		{"02:00:00:00:00:01", `column 1: expected ether host, ether src or ether dst before an Ethernet address, found "02:00:00:00:00:01"`},
		{"icmp or 10.0.0.1", `column 9: expected host, net, src or dst before an address, found "10.0.0.1"`},
		{"80", `column 1: expected a primitive such as host, port, tcp or vlan, found "80"`},
		{"vlan 10 or 20", `column 12: expected a primitive such as host, port, tcp or vlan, found "20"`},
		{"foo", `column 1: expected a primitive such as host, port, tcp or vlan, found "foo"`},
		{"TCP", `column 1: expected a primitive such as host, port, tcp or vlan, found "TCP"`},
		{"icmp and", `column 9: expected a primitive such as host, port, tcp or vlan, found the end of the filter`},
		{"and icmp", `column 1: expected a primitive such as host, port, tcp or vlan, found "and"`},
		{"icmp tcp", `column 6: expected "and", "or" or the end, found "tcp"`},
		{"icmp)", `column 5: expected "and", "or" or the end, found ")"`},
		{"(icmp", `column 6: expected "and", "or" or ")", found the end of the filter`},
		{"()", `column 2: expected a primitive such as host, port, tcp or vlan, found ")"`},
		{"not", `column 4: expected a primitive such as host, port, tcp or vlan, found the end of the filter`},
		{"port (80 or 443", `column 16: expected "and", "or" or ")", found the end of the filter`},
		{"port (80 or icmp)", `column 13: expected a port number or service name, found "icmp"`},
		{"ether", `column 6: expected host, src, dst, proto, broadcast, multicast or [ after ether, found the end of the filter`},
		{"tcp host 10.0.0.1", `column 5: expected port or portrange after tcp, udp and sctp, found "host"`},
		{"udp src 10.0.0.1", `column 9: expected port or portrange after tcp, udp and sctp, found "10.0.0.1"`},
		{"ip port 80", `column 4: expected host, net or proto after ip and ip6, found "port"`},
		{"arp port 80", `column 5: expected host or net after arp and rarp, found "port"`},
		{"ether net 10", `column 7: expected host or proto after ether, found "net"`},
		{"icmp host 10.0.0.1", `column 6: expected "and", "or" or the end: this protocol has no hosts or ports of its own, found "host"`},
		{"src proto 6", `column 5: expected host, net or port: proto has no direction, found "proto"`},
		{"proto foo", `column 7: expected an IP protocol number or name, found "foo"`},
		{"ether proto foo", `column 13: expected an EtherType as a number or name, found "foo"`},
		{"ip6 broadcast", `column 1: expected broadcast, ether broadcast or ip broadcast, found "ip6"`},
		{"arp multicast", `column 1: expected multicast, or ether, ip or ip6 before it, found "arp"`},
		{"host 10.0.0.0/8", `column 14: expected net before an address with a prefix length, found "/"`},
		{"src 10.0.0.0 mask 255.0.0.0", `column 14: expected net before an address with a mask, found "mask"`},
		{"net 10.0.0.0/33", `column 14: expected a prefix length from 0 to 32, found "33"`},
		{"net 2001:db8::/129", `column 16: expected a prefix length from 0 to 128, found "129"`},
		{"net 10.0.0.1/8", `column 5: expected a network whose address is 0 outside of its mask, found "10.0.0.1"`},
		{"net 2001:db8::1/64", `column 5: expected a network whose address is 0 outside of its mask, found "2001:db8::1"`},
		{"net 10.0.0.0 mask 8", `column 19: expected a mask such as 255.255.255.0, found "8"`},
		{"net 10/8", `column 7: expected "and", "or" or the end, found "/"`},
		{"vlan 4096", `column 6: expected a VLAN id from 0 to 4095, found "4096"`},
		{"vlan (x)", `column 7: expected a VLAN id from 0 to 4095, found "x"`},
		{"vlan (1", `column 8: expected ")", found the end of the filter`},
		{"mpls 1048576", `column 6: expected an MPLS label from 0 to 1048575, found "1048576"`},
		{"pppoes 65536", `column 8: expected a PPPoE session from 0 to 65535, found "65536"`},
		{"mpls and arp", `column 10: expected what MPLS can tell after mpls: IPv4 or IPv6, found "arp"`},
		{"mpls and vlan 10", `column 10: expected no vlan after mpls or pppoes, found "vlan"`},
		{"pppoes and ether src 1:2:3:4:5:6", `column 22: expected no Ethernet address after pppoes, found "1:2:3:4:5:6"`},
		{"pppoes and broadcast", `column 12: expected no broadcast after pppoes, or ip broadcast, found "broadcast"`},
		{"less", `column 5: expected a length in bytes, found the end of the filter`},
		{"less (60)", `column 6: expected a length in bytes, found "("`},
		{"ip[8]", `column 6: expected a comparison such as "= 1", found the end of the filter`},
		{"ip[8] and tcp", `column 7: expected a comparison such as "= 1", found "and"`},
		{"(ip[8])", `column 8: expected a comparison such as "= 1", found the end of the filter`},
		{"(ip[8] tcp)", `column 8: expected a comparison such as "= 1" or ")", found "tcp"`},
		{"ip[8] =", `column 8: expected a number, len or bytes such as ip[8], found the end of the filter`},
		{"ip[8] = tcp", `column 9: expected a number, len or bytes such as ip[8], found "tcp"`},
		{"ip[8] = (tcp)", `column 9: expected a number, len or bytes such as ip[8], found "("`},
		{"ip[8 = 1", `column 6: expected "]", or ":" and the number of bytes, found "="`},
		{"ip[8:3] = 1", `column 6: expected 1, 2 or 4 bytes, found "3"`},
		{"ip[] = 1", `column 4: expected a number, len or bytes such as ip[8], found "]"`},
		{"gre[0] = 1", `column 1: expected a protocol that has bytes to look at, such as ether, ip, tcp or udp, found "gre"`},
		{"len[0] = 1", `column 4: expected a comparison such as "= 1", found "["`},
		{"len / 0 = 1", `column 7: expected a number other than 0 to divide by, found "0"`},
		{"len << 32 = 1", `column 8: expected at most 31 bits to shift by, found "32"`},
		{`len \= 5`, `column 5: expected a comparison such as "= 1", found "\\="`},
		{"len = 08", `column 7: expected a number from 0 to 4294967295, octal if it begins with 0, found "08"`},
		{"len = 4294967296", `column 7: expected a number from 0 to 4294967295, octal if it begins with 0, found "4294967296"`},
		{"len = $", `column 7: expected a number, len or bytes such as ip[8], found "$"`},
		{"icmp and gateway foo", `column 10: expected a primitive that ovscope knows, found "gateway"`},
		{"inbound", `column 1: expected a primitive that ovscope knows, found "inbound"`},
		{"icmp ändern", `column 6: expected "and", "or" or the end, found "ä"`},
		{"tcp or \xff", `column 8: expected a primitive such as host, port, tcp or vlan, found "\xff"`},
		{"host \u00e4 and", `column 6: expected an IP address (names are not looked up), found "ä"`},
		{"\\ä\\ö foo", `column 1: expected a primitive such as host, port, tcp or vlan, found "\\ä\\ö"`},
		{"port \\ä or bar", `column 6: expected a port number or service name, found "\\ä"`},
		{strings.Repeat("x", 60), `column 1: expected a primitive such as host, port, tcp or vlan, found "` + strings.Repeat("x", 40) + `…"`},
		{strings.Repeat(" ", 5000), `column 4097: expected a filter of at most 4096 bytes, found "…"`},
		{strings.Repeat("(", 200), `column 101: expected a filter nested at most 100 deep, found "("`},
		{strings.Repeat("!", 200), `column 101: expected a filter nested at most 100 deep, found "!"`},
		{strings.Repeat("-", 200), `column 101: expected a filter nested at most 100 deep, found "-"`},
		{"port " + strings.Repeat("(", 200), `column 106: expected a filter nested at most 100 deep, found "("`},
		{strings.Repeat("ip[", 200), `column 301: expected a filter nested at most 100 deep, found "ip"`},
		{strings.Repeat("1 % ", 200), `column 405: expected a filter nested at most 100 deep, found "1"`},
	} {
		t.Run(test.expression, func(t *testing.T) {
			f, err := Parse(test.expression)
			if err == nil {
				t.Fatalf("parsed, as %q", f)
			}
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("is %T: %v", err, err)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

func TestEmptyFilterMatchesAll(t *testing.T) {
	for _, expression := range []string{"", "  \t\n "} {
		f, err := Parse(expression)
		if err != nil || !f.Match(nil, 0) || !f.Match(make([]byte, 60), 60) || f.String() != expression {
			t.Errorf("%q: %v, %v", expression, f, err)
		}
	}
	if !new(Filter).Match(nil, 0) {
		t.Error("the zero value matches not")
	}
}

// TestPrecedence compares each filter with one that has parentheses around
// everything, on all frames.
func TestPrecedence(t *testing.T) {
	for plain, explicit := range map[string]string{
		"ip or tcp and udp":                   "(ip or tcp) and udp",
		"ip and tcp or udp":                   "(ip and tcp) or udp",
		"udp or ip and not tcp or arp":        "((udp or ip) and (not tcp)) or arp",
		"not ip and tcp":                      "(not ip) and tcp",
		"not ip or arp":                       "(not ip) or arp",
		"not not ip and tcp":                  "ip and tcp",
		"! ip && tcp || arp":                  "((not ip) and tcp) or arp",
		"tcp port 80 or 443":                  "(tcp port 80) or (tcp port 443)",
		"src host 10.0.0.1 or 10.0.0.2":       "(src host 10.0.0.1) or (src host 10.0.0.2)",
		"not port 80 or 443":                  "(not port 80) or (port 443)",
		"port 80 or not 443":                  "(port 80) or (not port 443)",
		"port 80 and (host 10.0.0.1) or 443":  "((port 80) and (host 10.0.0.1)) or (port 443)",
		"port (80 or 443)":                    "(port 80) or (port 443)",
		"port 80 or (53 or 443)":              "(port 80) or (port 53) or (port 443)",
		"host 10.0.0.1 or port 80 or 443":     "(host 10.0.0.1) or (port 80) or (port 443)",
		"src or dst port 80":                  "(src port 80) or (dst port 80)",
		"dst and src net 10":                  "(src net 10.0.0.0/8) and (dst net 10.0.0.0/8)",
		"ip[8] + 2 * 3 = 70":                  "(ip[8] + (2 * 3)) = 70",
		"ip[8] - 3 - 1 = 60":                  "((ip[8] - 3) - 1) = 60",
		"ip[8] | 1 & 3 = 65":                  "(ip[8] | (1 & 3)) = 65",
		"ip[8] & 0xf0 >> 1 = 64":              "(ip[8] & (0xf0 >> 1)) = 64",
		"ip[8] << 1 + 1 = 256":                "(ip[8] << (1 + 1)) = 256",
		"ip[8] % 3 + 60 = 1":                  "(ip[8] % (3 + 60)) = 1",
		"ip[8] ^ 3 + 4 = 71":                  "(ip[8] ^ (3 + 4)) = 71",
		"1 + ip[8] ^ 1 = 66":                  "(1 + (ip[8] ^ 1)) = 66",
		"-ip[8] + 65 = 1":                     "((-ip[8]) + 65) = 1",
		"- - ip[8] = 64":                      "ip[8] = 64",
		"len > 60 and ip or udp and len < 99": "(((len > 60) and ip) or udp) and (len < 99)",
	} {
		a, err := Parse(plain)
		if err != nil {
			t.Errorf("%s: %v", plain, err)
			continue
		}
		b, err := Parse(explicit)
		if err != nil {
			t.Errorf("%s: %v", explicit, err)
			continue
		}
		matches := 0
		for _, s := range recording() {
			got, want := a.Match(s.data, s.wireLen), b.Match(s.data, s.wireLen)
			if got != want {
				t.Errorf("%s is %v, %s is %v on %x", plain, got, explicit, want, s.data)
				break
			}
			if got {
				matches++
			}
		}
		if matches == 0 {
			t.Errorf("%s matches nothing", plain)
		}
	}
}

// TestTagsAreLookedThrough is the difference from tcpdump that people asked for.
func TestTagsAreLookedThrough(t *testing.T) {
	ping := etherFrame(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, 0, nil, []byte{8, 0, 0, 0, 0, 0, 0, 0}))
	for _, test := range []struct {
		expression string
		tags       []uint32
		want       bool
	}{
		{"icmp", nil, true},
		{"icmp", []uint32{0x8100_000a}, true},
		{"icmp", []uint32{0x8100_0000}, true},
		{"icmp", []uint32{0x88a8_0001, 0x9100_0002, 0x8100_0003}, true},
		{"icmp or vlan", []uint32{0x8100_000a}, true},
		{"icmp and not vlan", []uint32{0x8100_000a}, false},
		{"vlan 10 and icmp", []uint32{0x8100_600a}, true},
		{"vlan 0 and icmp", []uint32{0x8100_0000}, true},
		{"vlan 1 and vlan 2 and icmp", []uint32{0x88a8_0001, 0x8100_0002}, true},
		{"vlan 2 and icmp", []uint32{0x88a8_0001, 0x8100_0002}, false},
		{"vlan 1 and icmp", []uint32{0x88a8_0001, 0x8100_0002}, false},
		{"ether[12:2] = 0x800", []uint32{0x8100_000a}, true},
		{"ether[10:4] = 0x00010800", []uint32{0x8100_000a}, true},
		{"ether[14] = 0x45", []uint32{0x8100_000a, 0x8100_000b}, true},
		{"len = 42", []uint32{0x8100_000a, 0x8100_000b}, true},
		{"less 42", []uint32{0x8100_000a}, true},
		{"vlan and len = 46", []uint32{0x8100_000a}, true},
		{"vlan and ether[12:2] = 0x8100", []uint32{0x8100_000a}, true},
		{"ether[42] = 0 or icmp", []uint32{0x8100_000a}, false}, // byte 42 is outside
	} {
		f, err := Parse(test.expression)
		if err != nil {
			t.Fatal(err)
		}
		frame := tag(ping, test.tags...)
		if got := f.Match(frame, len(frame)); got != test.want {
			t.Errorf("%s on %x: %v", test.expression, test.tags, got)
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	frame := tag(etherFrame(macA, macB, 0x0800, ipv4("10.0.0.1", "10.0.0.2", 6, 0, nil, tcpSegment(40000, 80, 2))), 0x8100_000a)
	for _, expression := range expressions() {
		f, err := Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10, func() { f.Match(frame, len(frame)) }); n != 0 {
			t.Errorf("%s allocates %v times", expression, n)
		}
	}
}

func TestServicesAndProtocolsHaveTables(t *testing.T) {
	for name, want := range map[string]service{
		"ssh":    {22, true, false},
		"domain": {53, true, true},
		"www":    {80, true, false},
		"syslog": {514, true, true},
		"vxlan":  {4789, false, true},
	} {
		if got, ok := findService(wellKnownServices, name); !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
	for name, want := range map[string]uint32{"icmp": 1, "TCP": 6, "gre": 47, "ipv6-icmp": 58, "OSPFIGP": 89} {
		if got, ok := findProtocol(wellKnownProtocols, name); !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
	for _, table := range []string{wellKnownServices, "", "foo\nfoo 80\nfoo x/tcp\nfoo 99999/tcp\nfoo 1/ddp\n# foo 1/tcp"} {
		if s, ok := findService(table, "foo"); ok {
			t.Errorf("foo is %v", s)
		}
		if _, ok := findService(table, "80/tcp"); ok {
			t.Error("a port is a name")
		}
	}
}
