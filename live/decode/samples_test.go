package decode

import (
	"slices"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// sample is a sound frame and what the list shows of it.
type sample struct {
	name     string
	frame    []byte
	protocol string
	info     string
	tshark   string // what tshark calls the protocol in frame.protocols
}

// samples has at least one frame of every protocol. Tests of the tree, of cut frames and
// of agreement with tshark walk over all of them.
func samples() []sample {
	return slices.Concat(linkSamples(), internetSamples(), serviceSamples(), routingSamples(), tunnelSamples())
}

func linkSamples() []sample {
	echo := raw("08 00 f7f5 0001 0009")
	bpdu := "0000 02 02 7c 8000020000000010 00000004 8001020000000011 8002 0100 1400 0200 0f00 00"
	return []sample{
		{
			name:     "unknown EtherType",
			frame:    build(ethernet(0x88b5), raw("0102030405")),
			protocol: "0x88b5", info: "46 bytes", tshark: "eth",
		},
		{
			name:     "802.1Q",
			frame:    build(ethernet(typeVLAN), tag(typeIPv4, 10, 0, false), ip4(protoICMP), echo),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "vlan:ethertype:ip:icmp",
		},
		{
			name:     "priority tag",
			frame:    build(ethernet(typeVLAN), tag(typeIPv4, 0, 0, false), ip4(protoICMP), echo),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "vlan:ethertype:ip:icmp",
		},
		{
			name:     "802.1ad stack",
			frame:    build(ethernet(typeQinQ), tag(typeVLAN, 100, 5, true), tag(typeIPv4, 20, 3, false), ip4(protoICMP), echo),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "ieee8021ad:ethertype:vlan:ethertype:ip:icmp",
		},
		{
			name: "three tags",
			frame: build(ethernet(typeOldQinQ), tag(typeQinQ, 4094, 7, true), tag(typeVLAN, 100, 1, false),
				tag(typeIPv4, 20, 6, true), ip4(protoICMP), echo),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "icmp",
		},
		{
			name: "ARP request",
			frame: build(ethernet(typeARP), &layers.ARP{
				AddrType: 1, Protocol: typeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: 1,
				SourceHwAddress: guestMAC, SourceProtAddress: []byte{10, 0, 0, 1},
				DstHwAddress: make([]byte, 6), DstProtAddress: []byte{10, 0, 0, 2},
			}),
			protocol: "ARP", info: "who has 10.0.0.2? tell 10.0.0.1", tshark: "arp",
		},
		{
			name: "ARP reply",
			frame: build(ethernet(typeARP), &layers.ARP{
				AddrType: 1, Protocol: typeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: 2,
				SourceHwAddress: guestMAC, SourceProtAddress: []byte{10, 0, 0, 1},
				DstHwAddress: serverMAC, DstProtAddress: []byte{10, 0, 0, 2},
			}),
			protocol: "ARP", info: "10.0.0.1 is at 02:00:00:00:00:01", tshark: "arp",
		},
		{
			name:     "ARP announcement",
			frame:    build(ethernet(typeARP), raw("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000001")),
			protocol: "ARP", info: "announcement: 10.0.0.1 is at 02:00:00:00:00:01", tshark: "arp",
		},
		{
			name:     "ARP probe",
			frame:    build(ethernet(typeARP), raw("0001 0800 06 04 0001 020000000001 00000000 000000000000 0a000001")),
			protocol: "ARP", info: "probe: who has 10.0.0.1?", tshark: "arp",
		},
		{
			name:     "LLC",
			frame:    llc("020000000002", raw("0a 0a 03 0102")),
			protocol: "LLC", info: "dsap=0x0a ssap=0x0a control=0x03", tshark: "llc",
		},
		{
			name:     "SNAP with an EtherType",
			frame:    llc("020000000002", raw("aaaa03 000000 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002")),
			protocol: "ARP", info: "who has 10.0.0.2? tell 10.0.0.1", tshark: "llc:arp",
		},
		{
			name:     "SNAP of a vendor",
			frame:    llc("020000000002", raw("aaaa03 00000c 7777 0102")),
			protocol: "SNAP", info: "oui=0x00000c pid=0x7777", tshark: "llc",
		},
		{
			name:     "STP",
			frame:    llc("0180c2000000", raw("424203 0000 00 00 01 8000020000000010 00000004 8001020000000011 8002 0100 1400 0200 0f00")),
			protocol: "STP",
			info:     "root=32768/0/02:00:00:00:00:10 cost=4 bridge=32768/1/02:00:00:00:00:11 port=0x8002 topology change",
			tshark:   "stp",
		},
		{
			name:     "STP topology change notification",
			frame:    llc("0180c2000000", raw("424203 0000 00 80")),
			protocol: "STP", info: "topology change notification", tshark: "stp",
		},
		{
			name:     "RSTP",
			frame:    llc("0180c2000000", raw("424203"+bpdu)),
			protocol: "RSTP",
			info:     "root=32768/0/02:00:00:00:00:10 cost=4 bridge=32768/1/02:00:00:00:00:11 port=0x8002 role=designated",
			tshark:   "stp",
		},
		{
			name: "MSTP",
			frame: llc("0180c2000000", raw(`424203 0000 03 02 7c 8000020000000010 00000004 8001020000000011 8002 0100 1400 0200 0f00 00
				0050 00 726567696f6e0000000000000000000000000000000000000000000000000000 0001
				000102030405060708090a0b0c0d0e0f 00000000 8000020000000012 14
				7c 8001020000000012 00000000 80 80 14`)),
			protocol: "MSTP",
			info:     "root=32768/0/02:00:00:00:00:10 cost=4 bridge=32768/1/02:00:00:00:00:11 port=0x8002 role=designated",
			tshark:   "stp",
		},
		{
			name:     "PVST+",
			frame:    llc("01000ccccccd", raw("aaaa03 00000c 010b"+bpdu+"0000 0002 000a")),
			protocol: "RSTP",
			info:     "root=32768/0/02:00:00:00:00:10 cost=4 bridge=32768/1/02:00:00:00:00:11 port=0x8002 role=designated vlan=10",
			tshark:   "stp",
		},
		{
			name: "CDP",
			frame: llc("01000ccccccc", raw(`aaaa03 00000c 2000 02 b4 0000
				0001 0007 737731 0003 0009 4769302f31 0006 0008 54657374 000a 0006 000a 000b 0005 01
				0002 0011 00000001 01 01 cc 0004 0a000001 0004 0008 00000009`)),
			protocol: "CDP", info: "device=sw1 port=Gi0/1 platform=Test native-vlan=10", tshark: "cdp",
		},
		{
			name: "LLDP",
			frame: build(ethernet(typeLLDP), raw(`0207 04 020000000001 0405 05 65746830 0602 0078 0a03 737731
				0c06 4c696e757820 0e04 0014 0004 100c 05 01 0a000001 02 00000003 00 fe06 0080c2 01 000a
				fe06 00120f 04 05ea 0000`)),
			protocol: "LLDP", info: "chassis=02:00:00:00:00:01 port=eth0 ttl=120s name=sw1", tshark: "lldp",
		},
		{
			name: "LACP",
			frame: build(ethernet(typeSlow), raw(`01 01 01 14 8000 020000000001 0001 00ff 0002 3d 000000
				02 14 8000 020000000002 0003 00ff 0004 3f 000000 03 10 000a 000000000000000000000000 00 00`), gopacket.Payload(make([]byte, 50))),
			protocol: "LACP",
			info: "actor 02:00:00:00:00:01 key=1 port=2 [active, aggregatable, in sync, collecting, distributing]" +
				" partner 02:00:00:00:00:02 key=3 port=4 [active, short timeout, aggregatable, in sync, collecting, distributing]",
			tshark: "slow:lacp",
		},
		{
			name:     "marker",
			frame:    build(ethernet(typeSlow), raw("02 01 01 10 0002 020000000001 00000007 0000 00 00"), gopacket.Payload(make([]byte, 90))),
			protocol: "Marker", info: "marker system=02:00:00:00:00:01 port=2 transaction=7", tshark: "slow",
		},
		{
			name:     "PPPoE discovery",
			frame:    build(ethernet(typePPPoEDis), raw("11 09 0000 0010 0101 0000 0103 0008 0102030405060708")),
			protocol: "PPPoED", info: "PADI", tshark: "pppoed",
		},
		{
			name:     "PPPoE offer",
			frame:    build(ethernet(typePPPoEDis), raw("11 07 0000 000f 0102 0003 627261 0101 0004 69737030")),
			protocol: "PPPoED", info: "PADO concentrator=bra service=isp0", tshark: "pppoed",
		},
		{
			name:     "PPPoE session",
			frame:    build(ethernet(typePPPoE), raw("11 00 1234 001e 0021"), ip4(protoICMP), echo),
			protocol: "ICMP", info: "PPPoE session=0x1234 | echo request id=1 seq=9 len=0", tshark: "pppoes:ppp:ip:icmp",
		},
		{
			name:     "PPPoE LCP",
			frame:    build(ethernet(typePPPoE), raw("11 00 1234 000a c021 09 05 0008 01020304")),
			protocol: "LCP", info: "PPPoE session=0x1234 | 9 (echo-request) id=5", tshark: "pppoes:ppp:lcp",
		},
		{
			name:     "MPLS",
			frame:    build(ethernet(typeMPLS), raw("00064040 000c8140"), ip4(protoICMP), echo),
			protocol: "ICMP", info: "MPLS 100/200 | echo request id=1 seq=9 len=0", tshark: "mpls:ip:icmp",
		},
		{
			name:     "MPLS pseudowire",
			frame:    build(ethernet(typeMPLS), raw("00064140 00000000"), ethernet(typeIPv4), ip4(protoICMP), echo),
			protocol: "ICMP", info: "MPLS 100 | echo request id=1 seq=9 len=0", tshark: "mpls",
		},
	}
}

func internetSamples() []sample {
	options := ip4(protoICMP)
	options.Options = []layers.IPv4Option{{OptionType: 148, OptionLength: 4, OptionData: []byte{0, 0}}}
	routed := *options
	routed.Options = []layers.IPv4Option{{OptionType: 7, OptionLength: 11, OptionData: raw("08 0a0000fe 00000000")}, {OptionType: 0, OptionLength: 1}}
	first := ip4(protoUDP)
	first.Flags, first.Id = layers.IPv4MoreFragments, 0x77
	later := ip4(protoUDP)
	later.FragOffset, later.Id = 185, 0x77
	ports := raw("3039 1f90 05d0 0000 01020304 05060708")
	syn := tcp(51234, 443)
	syn.SYN, syn.ACK = true, false
	syn.Options = []layers.TCPOption{
		{OptionType: 2, OptionLength: 4, OptionData: []byte{5, 180}},
		{OptionType: 4, OptionLength: 2},
		{OptionType: 8, OptionLength: 10, OptionData: make([]byte, 8)},
		{OptionType: 1},
		{OptionType: 3, OptionLength: 3, OptionData: []byte{7}},
	}
	sack := tcp(51234, 443)
	sack.Options = []layers.TCPOption{{OptionType: 1}, {OptionType: 1}, {OptionType: 5, OptionLength: 10, OptionData: raw("00000bb8 00000fa0")}}
	quoted4 := "4500 001d 0001 0000 4011 0000 0a000002 0a000001 d903 0035 0009 0000"
	quoted6 := "60000000 0009 11 40 20010db8000000000000000000000002 20010db8000000000000000000000001 d903 0035 0009 0000 00"
	return []sample{
		{
			name: "IPv4 options", frame: build(ethernet(typeIPv4), options, raw("08 00 f7f5 0001 0009")),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "ip:icmp",
		},
		{
			name: "IPv4 first fragment", frame: build(ethernet(typeIPv4), first, ports),
			protocol: "UDP", info: "len=8 (first fragment id=0x0077)", tshark: "ip",
		},
		{
			name: "IPv4 last fragment", frame: build(ethernet(typeIPv4), later, ports),
			protocol: "UDP", info: "fragment id=0x0077 offset=1480 len=16 last", tshark: "ip",
		},
		{
			name: "unknown IP protocol", frame: overIP4(253, raw("01020304")),
			protocol: "IP 253", info: "4 bytes", tshark: "ip",
		},
		{
			name: "TCP SYN", frame: overIP4(protoTCP, syn),
			protocol: "TCP", info: "[SYN] seq=1000 win=502 len=0 mss=1460 wscale=7", tshark: "ip:tcp",
		},
		{
			name: "TCP SACK", frame: overIP4(protoTCP, sack),
			protocol: "TCP", info: "[ACK] seq=1000 ack=2000 win=502 len=0", tshark: "ip:tcp",
		},
		{
			name: "TCP data", frame: overTCP(51234, 9999, text("hello")),
			protocol: "TCP", info: "[ACK] seq=1000 ack=2000 win=502 len=5", tshark: "ip:tcp:data",
		},
		{
			name: "TCP over IPv6", frame: overIP6(protoTCP, tcp(51234, 9999)),
			protocol: "TCP", info: "[ACK] seq=1000 ack=2000 win=502 len=0", tshark: "ipv6:tcp",
		},
		{
			name: "UDP", frame: overUDP(51234, 9999, text("hello")),
			protocol: "UDP", info: "len=5", tshark: "ip:udp:data",
		},
		{
			name: "ICMP echo reply", frame: overIP4(protoICMP, raw("00 00 0000 0001 0009 61626364")),
			protocol: "ICMP", info: "echo reply id=1 seq=9 len=4", tshark: "ip:icmp",
		},
		{
			name: "ICMP port unreachable", frame: overIP4(protoICMP, raw("03 03 0000 00000000"+quoted4)),
			protocol: "ICMP", info: "destination unreachable (port unreachable) for UDP 10.0.0.2:55555 > 10.0.0.1:53", tshark: "ip:icmp:ip:udp",
		},
		{
			name: "ICMP fragmentation needed", frame: overIP4(protoICMP, raw("03 04 0000 0000 0578"+quoted4)),
			protocol: "ICMP", info: "destination unreachable (fragmentation needed) mtu=1400 for UDP 10.0.0.2:55555 > 10.0.0.1:53", tshark: "ip:icmp:ip:udp",
		},
		{
			name: "ICMP time exceeded", frame: overIP4(protoICMP, raw("0b 00 0000 00000000"+quoted4)),
			protocol: "ICMP", info: "time exceeded (in transit) for UDP 10.0.0.2:55555 > 10.0.0.1:53", tshark: "ip:icmp:ip:udp",
		},
		{
			name: "ICMP redirect", frame: overIP4(protoICMP, raw("05 01 0000 0a0000fe"+quoted4)),
			protocol: "ICMP", info: "redirect (host) to 10.0.0.254 for UDP 10.0.0.2:55555 > 10.0.0.1:53", tshark: "ip:icmp:ip:udp",
		},
		{
			name: "ICMP timestamp", frame: overIP4(protoICMP, raw("0d 00 0000 0001 0002 00000003 00000000 00000000")),
			protocol: "ICMP", info: "timestamp request", tshark: "ip:icmp",
		},
		{
			name: "ICMPv6 echo", frame: overIP6(protoICMPv6, raw("80 00 0000 0001 0009 6162")),
			protocol: "ICMPv6", info: "echo request id=1 seq=9 len=2", tshark: "ipv6:icmpv6",
		},
		{
			name: "ICMPv6 port unreachable", frame: overIP6(protoICMPv6, raw("01 04 0000 00000000"+quoted6)),
			protocol: "ICMPv6", info: "destination unreachable (port unreachable) for UDP [2001:db8::2]:55555 > [2001:db8::1]:53", tshark: "ipv6:icmpv6:ipv6:udp",
		},
		{
			name: "ICMPv6 too big", frame: overIP6(protoICMPv6, raw("02 00 0000 00000500"+quoted6)),
			protocol: "ICMPv6", info: "packet too big mtu=1280 for UDP [2001:db8::2]:55555 > [2001:db8::1]:53", tshark: "ipv6:icmpv6:ipv6:udp",
		},
		{
			name: "router solicitation", frame: overIP6(protoICMPv6, raw("85 00 0000 00000000 01 01 020000000001")),
			protocol: "ICMPv6", info: "router solicitation from 02:00:00:00:00:01", tshark: "ipv6:icmpv6",
		},
		{
			name: "router advertisement", frame: overIP6(protoICMPv6, raw(`86 00 0000 40 c0 0708 00000000 00000000
				05 01 0000 000005dc 03 04 40 c0 00015180 00003840 00000000 20010db8000000000000000000000000
				19 03 0000 00000e10 20010db8000000000000000000000053`)),
			protocol: "ICMPv6", info: "router advertisement lifetime=1800s mtu=1500 prefix=2001:db8::/64 dns=2001:db8::53", tshark: "ipv6:icmpv6",
		},
		{
			name: "neighbor solicitation", frame: overIP6(protoICMPv6, raw("87 00 0000 00000000 20010db8000000000000000000000002 01 01 020000000001")),
			protocol: "ICMPv6", info: "neighbor solicitation who has 2001:db8::2? from 02:00:00:00:00:01", tshark: "ipv6:icmpv6",
		},
		{
			name: "neighbor advertisement", frame: overIP6(protoICMPv6, raw("88 00 0000 60000000 20010db8000000000000000000000002 02 01 020000000002")),
			protocol: "ICMPv6", info: "neighbor advertisement 2001:db8::2 solicited override is at 02:00:00:00:00:02", tshark: "ipv6:icmpv6",
		},
		{
			name: "MLDv2 report", frame: build(ethernet(typeIPv6), ip6(protoHopByHop),
				raw("3a 00 0502 0000 0100 8f 00 0000 0000 0001 04 00 0000 ff0200000000000000000001ff000001")),
			protocol: "ICMPv6", info: "multicast listener report v2, join ff02::1:ff00:1", tshark: "ipv6:ipv6.hopopts:icmpv6",
		},
		{
			name: "MLD query", frame: build(ethernet(typeIPv6), ip6(protoHopByHop),
				raw("3a 00 0502 0000 0100 82 00 0000 2710 0000 00000000000000000000000000000000 02 7d 0000")),
			protocol: "ICMPv6", info: "multicast listener query", tshark: "ipv6:ipv6.hopopts:icmpv6",
		},
		{
			name: "IPv6 first fragment", frame: overIP6(protoFragment, raw("11 00 0001 00001234"), ports),
			protocol: "UDP", info: "len=8 (first fragment id=0x00001234)", tshark: "ipv6:ipv6.fraghdr",
		},
		{
			name: "IPv6 last fragment", frame: overIP6(protoFragment, raw("11 00 05c8 00001234"), ports),
			protocol: "UDP", info: "fragment id=0x00001234 offset=1480 len=16 last", tshark: "ipv6:ipv6.fraghdr",
		},
		{
			name: "IPv6 extension headers", frame: overIP6(protoRouting, raw(`3c 02 04 00 00000000 20010db8000000000000000000000003
				11 00 01 04 00000000 3039 1f90 000a 0000 6869`)),
			protocol: "UDP", info: "len=2", tshark: "ipv6:ipv6.routing:ipv6.dstopts:udp",
		},
		{
			name: "no next header", frame: overIP6(protoNoNext),
			protocol: "IPv6", info: "no next header", tshark: "ipv6",
		},
		{
			name: "AH", frame: overIP4(protoAH, raw("01 04 0000 00000100 00000007 000000000000000000000000 08 00 f7f5 0001 0009")),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "ip:ah:icmp",
		},
		{
			name: "ESP", frame: overIP4(protoESP, raw("00000100 00000007 0102030405060708")),
			protocol: "ESP", info: "spi=0x00000100 seq=7 len=8", tshark: "ip:esp",
		},
		{
			name: "IGMPv2 report", frame: overIP4(protoIGMP, raw("16 00 0000 efffffFA")),
			protocol: "IGMP", info: "v2 report 239.255.255.250", tshark: "ip:igmp",
		},
		{
			name: "IGMPv3 report", frame: overIP4(protoIGMP, raw("22 00 0000 0000 0002 04 00 0000 e00000fb 03 00 0000 e00000fc")),
			protocol: "IGMP", info: "v3 report, join 224.0.0.251, leave 224.0.0.252", tshark: "ip:igmp",
		},
		{
			name: "IGMPv3 query", frame: overIP4(protoIGMP, raw("11 64 0000 e00000fb 02 7d 0001 0a000001")),
			protocol: "IGMP", info: "query 224.0.0.251", tshark: "ip:igmp",
		},
		{
			name: "SCTP with parameters",
			frame: overIP4(protoSCTP, raw(`9c40 9c41 00000000 00000000
				01 00 0028 00000001 0000ffff 000a 000a 00000001 0005 0008 0a000001 8008 0006 c0c1 0000 c000 0004
				03 00 0018 00000001 0000ffff 0001 0001 0002 0003 00000007`)),
			protocol: "SCTP", info: "INIT out=10 in=10, SACK tsn=1", tshark: "ip:sctp",
		},
		{
			name: "IPv4 record route", frame: build(ethernet(typeIPv4), &routed, raw("08 00 f7f5 0001 0009")),
			protocol: "ICMP", info: "echo request id=1 seq=9 len=0", tshark: "ip:icmp",
		},
		{
			name: "SCTP", frame: overIP4(protoSCTP, raw(`9c40 9c41 12345678 00000000
				01 00 0014 00000001 0000ffff 000a 000a 00000001 00 03 0015 00000001 0002 0003 00000000 0102030405 000000`)),
			protocol: "SCTP", info: "INIT out=10 in=10, DATA tsn=1 stream=2 ppid=0 len=5", tshark: "ip:sctp",
		},
	}
}
