package filter

// protocol is a protocol that the language has a keyword for.
type protocol uint8

const (
	anyProtocol protocol = iota // none was named
	ether
	ip
	ip6
	arp
	rarp
	tcp
	udp
	sctp
	icmp
	icmp6
	igmp
	igrp
	pim
	vrrp
	carp
	ah
	esp
	gre
	stp
)

func protocolOf(keyword string) (protocol, bool) {
	switch keyword {
	case "ether", "link":
		return ether, true
	case "ip":
		return ip, true
	case "ip6":
		return ip6, true
	case "arp":
		return arp, true
	case "rarp":
		return rarp, true
	case "tcp":
		return tcp, true
	case "udp":
		return udp, true
	case "sctp":
		return sctp, true
	case "icmp":
		return icmp, true
	case "icmp6":
		return icmp6, true
	case "igmp":
		return igmp, true
	case "igrp":
		return igrp, true
	case "pim":
		return pim, true
	case "vrrp":
		return vrrp, true
	case "carp":
		return carp, true
	case "ah":
		return ah, true
	case "esp":
		return esp, true
	case "gre":
		return gre, true
	case "stp":
		return stp, true
	}
	return anyProtocol, false
}

// isKeyword reports whether a word means something of its own, so that it is a
// name only after a backslash.
func isKeyword(word string) bool {
	if _, ok := protocolOf(word); ok {
		return true
	}
	switch word {
	case "and", "or", "not", "src", "dst", "host", "net", "mask", "port", "portrange", "proto",
		"broadcast", "multicast", "less", "greater", "len", "length",
		"vlan", "mpls", "pppoed", "pppoes":
		return true
	}
	return isForeign(word)
}

// isForeign reports whether tcpdump knows the word and this package does not.
func isForeign(word string) bool {
	switch word {
	case "gateway", "protochain", "inbound", "outbound", "ifindex", "geneve", "byte", "llc",
		"atalk", "aarp", "decnet", "lat", "sca", "moprc", "mopdl", "iso", "esis", "isis", "clnp",
		"ipx", "netbeui", "ppp", "slip", "fddi", "tr", "wlan", "radio", "type", "subtype", "dir",
		"direction", "on", "ifname", "rset", "ruleset", "rnr", "rulenum", "srnr", "subrulenum", "reason", "action":
		return true
	}
	return false
}

// namedNumber returns the number that a constant stands for: offsets and values
// of ICMP (RFC 792), ICMPv6 (IANA ICMPv6 parameters) and TCP (RFC 9293).
func namedNumber(word string) (uint32, bool) {
	n, ok := icmpNumber(word)
	if !ok {
		n, ok = icmp6Number(word)
	}
	if !ok {
		n, ok = tcpNumber(word)
	}
	return n, ok
}

func tcpNumber(word string) (uint32, bool) {
	switch word {
	case "tcpflags":
		return 13, true
	case "tcp-fin":
		return 0x01, true
	case "tcp-syn":
		return 0x02, true
	case "tcp-rst":
		return 0x04, true
	case "tcp-push":
		return 0x08, true
	case "tcp-ack":
		return 0x10, true
	case "tcp-urg":
		return 0x20, true
	case "tcp-ece":
		return 0x40, true
	case "tcp-cwr":
		return 0x80, true
	}
	return 0, false
}

func icmpNumber(word string) (uint32, bool) {
	switch word {
	case "icmptype", "icmp-echoreply":
		return 0, true
	case "icmpcode":
		return 1, true
	case "icmp-unreach":
		return 3, true
	case "icmp-sourcequench":
		return 4, true
	case "icmp-redirect":
		return 5, true
	case "icmp-echo":
		return 8, true
	case "icmp-routeradvert":
		return 9, true
	case "icmp-routersolicit":
		return 10, true
	case "icmp-timxceed":
		return 11, true
	case "icmp-paramprob":
		return 12, true
	case "icmp-tstamp":
		return 13, true
	case "icmp-tstampreply":
		return 14, true
	case "icmp-ireq":
		return 15, true
	case "icmp-ireqreply":
		return 16, true
	case "icmp-maskreq":
		return 17, true
	case "icmp-maskreply":
		return 18, true
	}
	return 0, false
}

func icmp6Number(word string) (uint32, bool) {
	switch word {
	case "icmp6type":
		return 0, true
	case "icmp6code", "icmp6-destinationunreach":
		return 1, true
	case "icmp6-packettoobig":
		return 2, true
	case "icmp6-timeexceeded":
		return 3, true
	case "icmp6-parameterproblem":
		return 4, true
	case "icmp6-echo":
		return 128, true
	case "icmp6-echoreply":
		return 129, true
	case "icmp6-multicastlistenerquery":
		return 130, true
	case "icmp6-multicastlistenerreportv1":
		return 131, true
	case "icmp6-multicastlistenerdone":
		return 132, true
	case "icmp6-routersolicit":
		return 133, true
	case "icmp6-routeradvert":
		return 134, true
	case "icmp6-neighborsolicit":
		return 135, true
	case "icmp6-neighboradvert":
		return 136, true
	case "icmp6-redirect":
		return 137, true
	case "icmp6-routerrenum":
		return 138, true
	case "icmp6-nodeinformationquery":
		return 139, true
	case "icmp6-nodeinformationresponse":
		return 140, true
	case "icmp6-ineighbordiscoverysolicit":
		return 141, true
	case "icmp6-ineighbordiscoveryadvert":
		return 142, true
	case "icmp6-multicastlistenerreportv2":
		return 143, true
	case "icmp6-homeagentdiscoveryrequest":
		return 144, true
	case "icmp6-homeagentdiscoveryreply":
		return 145, true
	case "icmp6-mobileprefixsolicit":
		return 146, true
	case "icmp6-mobileprefixadvert":
		return 147, true
	case "icmp6-certpathsolicit":
		return 148, true
	case "icmp6-certpathadvert":
		return 149, true
	case "icmp6-multicastrouteradvert":
		return 151, true
	case "icmp6-multicastroutersolicit":
		return 152, true
	case "icmp6-multicastrouterterm":
		return 153, true
	}
	return 0, false
}
