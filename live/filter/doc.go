// Package filter is tcpdump's filter language (pcap-filter(7)) as a predicate
// over captured Ethernet frames.
//
//	f, err := filter.Parse("vlan 10 and icmp")
//	if err != nil {
//		return err // *SyntaxError: the column and what was expected there
//	}
//	f.Match(p.Data, p.Length)
//
// A Filter never changes, may be used by any number of goroutines, and does not
// allocate while matching. No name is ever looked up in the DNS.
//
// # The language
//
//	expression = operand { ( "and" | "&&" | "or" | "||" ) operand }
//	operand    = ( "not" | "!" ) operand
//	           | "(" expression ")"
//	           | [ protocol ] [ direction ] [ type ] ids
//	           | [ protocol ] "proto" ids
//	           | [ "ether" | "ip" | "ip6" ] ( "broadcast" | "multicast" )
//	           | protocol
//	           | "vlan" [ id ] | "mpls" [ label ] | "pppoed" | "pppoes" [ session ]
//	           | ( "less" | "greater" ) number
//	           | value ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" ) value
//	           | id
//	ids        = id | "not" ids | "(" ids { ( "and" | "or" ) ids } ")"
//	id         = number | address [ "/" number ] | address "mask" address
//	           | "6000-6008" | name
//	direction  = "src" | "dst" | "src or dst" | "src and dst"
//	type       = "host" | "net" | "port" | "portrange"
//	protocol   = "ether" | "ip" | "ip6" | "arp" | "rarp" | "tcp" | "udp" | "sctp"
//	           | "icmp" | "icmp6" | "igmp" | "gre" | "pim" | "vrrp" | "stp" | …
//	value      = number | "len" | "-" value | "(" value ")"
//	           | protocol "[" value [ ":" ( 1 | 2 | 4 ) ] "]"
//	           | value ( "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" ) value
//
// "and" and "or" bind equally and to the left, "not" binds tightest. An id that
// stands alone takes over the words before the last one, so "tcp port 80 or 443"
// is "tcp port 80 or tcp port 443". A backslash makes a name of a keyword;
// after "proto" keywords are names anyway.
//
// # What is as in tcpdump, and may surprise
//
//   - tcp, port and the like look at the first header after IPv6's fixed one, and
//     at the one after a fragment header that comes first; ports only at the
//     former. Other extension headers hide what follows.
//   - port, tcp[…] and the like match only the first of the fragments of an IPv4
//     packet. icmp and "ip proto" match all of them. tcp[…] is IPv4 only.
//   - Numbers are 32 bits without a sign. % and ^ bind to everything on their right.
//   - Of a sum (or any arithmetic) only the left side's protocol is checked: 60 - ip[8]
//     takes the byte at that place of whatever frame.
//   - Reading a byte that was not captured makes the whole packet not match, even
//     below "not". What decides before that, from left to right, decides.
//   - "ip broadcast" knows no netmask: it finds 0.0.0.0 and 255.255.255.255.
//
// # What is not as in tcpdump
//
//   - A filter without the word vlan sees each frame as if it had no 802.1Q and
//     802.1ad tags (0x8100, 0x88a8, 0x9100; any number of them up to 16): icmp
//     finds tagged pings too, ether[12:2] is the EtherType after all tags,
//     and len, less and greater count a frame without its tags.
//     With vlan anywhere all of the filter sees the frame as it is, and each
//     vlan moves what is to its right on by one tag, whatever "or" and
//     "not" say: in "vlan 10 or vlan 20" the second vlan is the inner tag.
//   - Host, network and Ethernet host names are errors: there is no look-up.
//     Service and protocol names come from tables in this package, and then from
//     /etc/services and /etc/protocols.
//   - gre is "proto gre". Keywords need no backslash after proto.
//   - Loads are done from left to right as written, as by tcpdump -O. The
//     optimizer may leave one out that tcpdump then does not miss: so
//     "ether[100] & 0 = 0" does not match a frame of 60 bytes here.
//   - Not there: gateway, protochain, inbound, outbound, ifindex, geneve, byte, llc,
//     /etc/ethers, the protocols of DECnet, AppleTalk, IPX, ISO and MOP, and what belongs to
//     other links than Ethernet. Using them is an error.
//   - A filter is at most 4096 bytes long and nested 100 deep.
//
// # How it works
//
// lex cuts the text into tokens; the parser (parse*.go) makes a tree of them
// (ast.go) and knows the language's names (names.go, services.go, protocols.go).
// The compiler walks the tree from left to right, knows where the headers are by
// now (headers) and makes blocks of checks (match_*.go), which become a flat
// program (program.go). Reading outside of the captured bytes ends the program.
package filter
