package filter

import (
	"os"
	"strconv"
)

// wellKnownProtocols has the format of protocols(5), and is asked before the file.
const wellKnownProtocols = `
ip 0 IP
icmp 1 ICMP
igmp 2 IGMP
ipencap 4 IP-ENCAP
tcp 6 TCP
egp 8 EGP
igp 9 IGP igrp
udp 17 UDP
dccp 33 DCCP
ipv6 41 IPv6
ipv6-route 43 IPv6-Route
ipv6-frag 44 IPv6-Frag
rsvp 46 RSVP
gre 47 GRE
esp 50 IPSEC-ESP
ah 51 IPSEC-AH
ipv6-icmp 58 IPv6-ICMP icmp6
ipv6-nonxt 59 IPv6-NoNxt
ipv6-opts 60 IPv6-Opts
eigrp 88 EIGRP
ospf 89 OSPFIGP
ipip 94 IPIP
etherip 97 ETHERIP
pim 103 PIM
ipcomp 108 IPCOMP
vrrp 112 VRRP carp
l2tp 115 L2TP
sctp 132 SCTP
udplite 136 UDPLite
mpls-in-ip 137 MPLS-in-IP
`

// lookupProtocol finds an IP protocol number by name.
func lookupProtocol(name string) (uint32, bool) {
	n, ok := findProtocol(wellKnownProtocols, name)
	if !ok {
		file, _ := os.ReadFile("/etc/protocols")
		n, ok = findProtocol(string(file), name)
	}
	return n, ok
}

func findProtocol(table, name string) (uint32, bool) {
	for fields := range entries(table, name) {
		if n, err := strconv.ParseUint(fields[1], 10, 32); err == nil {
			return uint32(n), true
		}
	}
	return 0, false
}

// EtherTypes, and SAPs of 802.2, by which frames are told apart.
const (
	etherTypeIP     = 0x0800
	etherTypeARP    = 0x0806
	etherTypeRARP   = 0x8035
	etherTypeIP6    = 0x86dd
	etherTypeMPLS   = 0x8847
	etherTypePPPoED = 0x8863
	etherTypePPPoES = 0x8864
	sapSTP          = 0x42
	sapISO          = 0xfe
	sapIP           = 0x06
	sapNetBEUI      = 0xf0

	maxLength = 1500 // above, it is an EtherType
)

// lookupEtherType finds what "ether proto" compares by name.
func lookupEtherType(name string) (uint32, bool) {
	switch name {
	case "ip":
		return etherTypeIP, true
	case "arp":
		return etherTypeARP, true
	case "rarp":
		return etherTypeRARP, true
	case "ip6":
		return etherTypeIP6, true
	case "mpls":
		return etherTypeMPLS, true
	case "pppoed":
		return etherTypePPPoED, true
	case "pppoes":
		return etherTypePPPoES, true
	case "loopback":
		return 0x9000, true
	case "lldp":
		return 0x88cc, true
	case "stp":
		return sapSTP, true
	case "iso":
		return sapISO, true
	case "netbeui":
		return sapNetBEUI, true
	}
	return 0, false
}

// Protocol numbers that the language has keywords for (IANA protocol numbers).
const (
	numberICMP     = 1
	numberIGMP     = 2
	numberTCP      = 6
	numberIGRP     = 9
	numberUDP      = 17
	numberFragment = 44 // the IPv6 header of fragments
	numberGRE      = 47
	numberESP      = 50
	numberAH       = 51
	numberICMP6    = 58
	numberPIM      = 103
	numberVRRP     = 112 // and CARP
	numberSCTP     = 132
)

// numberOf returns the IP protocol number that a keyword means, and which IP it
// goes over: anyProtocol for both.
func numberOf(p protocol) (number uint32, over protocol) {
	switch p {
	case tcp:
		return numberTCP, anyProtocol
	case udp:
		return numberUDP, anyProtocol
	case sctp:
		return numberSCTP, anyProtocol
	case gre:
		return numberGRE, anyProtocol
	case esp:
		return numberESP, anyProtocol
	case ah:
		return numberAH, anyProtocol
	case pim:
		return numberPIM, anyProtocol
	case icmp:
		return numberICMP, ip
	case igmp:
		return numberIGMP, ip
	case igrp:
		return numberIGRP, ip
	case icmp6:
		return numberICMP6, ip6
	default: // vrrp, carp
		return numberVRRP, ip
	}
}
