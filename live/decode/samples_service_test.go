package decode

import (
	"bytes"
	"net"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

func serviceSamples() []sample {
	zeros := strings.Repeat("00", 20)
	question := []layers.DNSQuestion{{Name: []byte("www.example.com"), Type: layers.DNSTypeA, Class: layers.DNSClassIN}}
	return []sample{
		{
			name: "DNS query", frame: overUDP(40000, 53, &layers.DNS{ID: 0x1234, RD: true, Questions: question}),
			protocol: "DNS", info: "query A www.example.com", tshark: "udp:dns",
		},
		{
			name: "DNS response",
			frame: overUDP(53, 40000, &layers.DNS{
				ID: 0x1234, QR: true, RD: true, RA: true, Questions: question,
				Answers: []layers.DNSResourceRecord{
					{Name: []byte("www.example.com"), Type: layers.DNSTypeCNAME, Class: layers.DNSClassIN, TTL: 60, CNAME: []byte("web.example.com")},
					{Name: []byte("web.example.com"), Type: layers.DNSTypeA, Class: layers.DNSClassIN, TTL: 60, IP: net.IP{10, 0, 0, 80}},
				},
			}),
			protocol: "DNS", info: "response A www.example.com: CNAME web.example.com, A 10.0.0.80", tshark: "udp:dns",
		},
		{
			name:     "DNS no such name",
			frame:    overUDP(53, 40000, &layers.DNS{QR: true, ResponseCode: layers.DNSResponseCodeNXDomain, Questions: question}),
			protocol: "DNS", info: "response NXDOMAIN A www.example.com", tshark: "udp:dns",
		},
		{
			name: "DNS records of all kinds",
			frame: overUDP(53, 40000, raw(`0001 8180 0001 0006 0000 0001 07 6578616d706c65 00 00ff 0001
				c00c 0006 0001 00000e10 0020 026e73 c00c 04 6d61696c c00c 00000001 00000002 00000003 00000004 00000005
				c00c 000f 0001 00000e10 0007 000a 026d78 c00c
				c00c 0010 0001 00000e10 0008 0276 31 04 74657374
				c00c 001c 0001 00000e10 0010 20010db8000000000000000000000001
				c00c 0021 0001 00000e10 0007 0001 0002 1466 00
				c00c 0101 0001 00000e10 0009 00 05 6973737565 6162
				00 0029 04d0 00008000 0004 000c 0000`)),
			protocol: "DNS",
			info:     "response ANY example: SOA ns.example, MX mx.example, TXT v1 test, AAAA 2001:db8::1, ...",
			tshark:   "udp:dns",
		},
		{
			name: "DNS service bindings and signatures",
			frame: overUDP(53, 40000, raw(`0001 8180 0000 0004 0000 0000
				01 61 00 0041 0001 0000003c 000a 0001 00 0001 0003 02 6832
				c00c 002b 0001 0000003c 0008 1234 08 02 01020304
				c00c 002e 0001 0000003c 0019 0001 08 01 0000003c 65000000 64000000 1234 c00c 01020304 05
				c00c 0030 0001 0000003c 0008 0100 03 08 01020304`)),
			protocol: "DNS", info: "response: HTTPS 1 ., DS key 4660, RRSIG A by a, DNSKEY flags 0x0100", tshark: "udp:dns",
		},
		{
			name:     "mDNS",
			frame:    overUDP(5353, 5353, raw(`0000 0000 0001 0000 0000 0000 05 5f69707073 04 5f746370 05 6c6f63616c 00 000c 8001`)),
			protocol: "mDNS", info: "query PTR _ipps._tcp.local", tshark: "udp:mdns",
		},
		{
			name:     "DNS over TCP",
			frame:    overTCP(40000, 53, raw(`001d 1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001`)),
			protocol: "DNS", info: "query A example.com", tshark: "tcp:dns",
		},
		{
			name: "DHCP discover",
			frame: overUDP(68, 67, &layers.DHCPv4{
				Operation: layers.DHCPOpRequest, HardwareType: layers.LinkTypeEthernet, HardwareLen: 6, Xid: 0x1234, ClientHWAddr: guestMAC,
				Options: layers.DHCPOptions{
					layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{1}),
					layers.NewDHCPOption(layers.DHCPOptHostname, []byte("vm1")),
					layers.NewDHCPOption(layers.DHCPOptParamsRequest, []byte{1, 3, 6}),
					layers.NewDHCPOption(layers.DHCPOptClientID, raw("01 020000000001")),
				},
			}),
			protocol: "DHCP", info: "discover for 02:00:00:00:00:01 xid=0x00001234 name=vm1", tshark: "udp:dhcp",
		},
		{
			name: "DHCP ack",
			frame: overUDP(67, 68, &layers.DHCPv4{
				Operation: layers.DHCPOpReply, HardwareType: layers.LinkTypeEthernet, HardwareLen: 6, Xid: 0x1234, ClientHWAddr: guestMAC,
				YourClientIP: net.IP{10, 0, 0, 1},
				Options: layers.DHCPOptions{
					layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{5}),
					layers.NewDHCPOption(layers.DHCPOptServerID, []byte{10, 0, 0, 254}),
					layers.NewDHCPOption(layers.DHCPOptLeaseTime, []byte{0, 0, 14, 16}),
					layers.NewDHCPOption(layers.DHCPOptRouter, []byte{10, 0, 0, 254}),
					layers.NewDHCPOption(82, raw("01 03 657468")),
					layers.NewDHCPOption(121, raw("18 0a0100 0a0000fe 00 0a0000fe")),
				},
			}),
			protocol: "DHCP", info: "ack 10.0.0.1 for 02:00:00:00:00:01 xid=0x00001234 server=10.0.0.254", tshark: "udp:dhcp",
		},
		{
			name:     "DHCPv6 solicit",
			frame:    overIP6(protoUDP, udp(546, 547), raw("01 123456 0001 000a 0003 0001 020000000001 0003 000c 00000001 00000000 00000000 0008 0002 0000 0006 0002 0017")),
			protocol: "DHCPv6", info: "solicit xid=0x123456", tshark: "udp:dhcpv6",
		},
		{
			name: "DHCPv6 reply through a relay",
			frame: overIP6(protoUDP, udp(547, 547), raw(`0d 00 20010db8000000000000000000000001 fe800000000000000000000000000001
				0009 0030 07 123456 0003 0028 00000001 00000e10 00001518 0005 0018 20010db8000000000000000000000010 00001c20 00002a30`)),
			protocol: "DHCPv6", info: "relay-reply for fe80::1 | reply xid=0x123456 2001:db8::10", tshark: "udp:dhcpv6",
		},
		{
			name:     "NTP client",
			frame:    overUDP(123, 123, raw("23 00 06 ec 00000000 00000000 00000000"), gopacket.Payload(make([]byte, 24)), raw("e8000000 80000000")),
			protocol: "NTP", info: "v4 client", tshark: "udp:ntp",
		},
		{
			name:     "NTP server",
			frame:    overUDP(123, 40000, raw("24 02 06 ec 00000100 00000200 0a000001 e8000000 00000000 e8000000 00000000 e8000000 00000000 e8000000 80000000")),
			protocol: "NTP", info: "v4 server stratum=2", tshark: "udp:ntp",
		},
		{
			name:     "SNMP get",
			frame:    overUDP(40000, 161, raw("30 26 0201 01 0406 7075626c6963 a0 19 0201 07 0201 00 0201 00 30 0e 30 0c 0608 2b06010201010300 0500")),
			protocol: "SNMP", info: "v2c community=public get-request 1.3.6.1.2.1.1.3.0", tshark: "udp:snmp",
		},
		{
			name:     "SNMPv3",
			frame:    overUDP(40000, 161, raw("30 36 0201 03 30 0d 0201 05 0202 05dc 0401 03 0201 03 04 10 30 0e 0400 020100 020100 0400 0400 0400 04 10"), gopacket.Payload(make([]byte, 16))),
			protocol: "SNMP", info: "v3 encrypted", tshark: "udp:snmp",
		},
		{
			name: "TLS ClientHello", frame: overTCP(40000, 443, clientHello("www.example.com")),
			protocol: "TLS", info: "ClientHello TLS 1.3 SNI=www.example.com ALPN=h2,http/1.1", tshark: "tcp:tls",
		},
		{
			name:     "TLS ServerHello",
			frame:    overTCP(443, 40000, raw("16 0303 0032 02 00002e 0303"), gopacket.Payload(make([]byte, 32)), raw("00 1301 00 0006 002b 0002 0304 14 0303 0001 01 17 0303 0004 01020304")),
			protocol: "TLS", info: "ServerHello TLS 1.3 cipher=0x1301 (AES_128_GCM_SHA256), ChangeCipherSpec, application data", tshark: "tcp:tls",
		},
		{
			name: "TLS alert", frame: overTCP(443, 40000, raw("15 0303 0002 02 28")),
			protocol: "TLS", info: "alert handshake failure", tshark: "tcp:tls",
		},
		{
			name: "HTTP request", frame: overTCP(40000, 80, text("GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\n\r\n")),
			protocol: "HTTP", info: "GET /index.html HTTP/1.1 host=www.example.com", tshark: "tcp:http",
		},
		{
			name: "HTTP response", frame: overTCP(80, 40000, text("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello")),
			protocol: "HTTP", info: "HTTP/1.1 404 Not Found", tshark: "tcp:http",
		},
		{
			name: "SSH banner", frame: overTCP(22, 40000, text("SSH-2.0-OpenSSH_9.2p1\r\n")),
			protocol: "SSH", info: "SSH-2.0-OpenSSH_9.2p1", tshark: "tcp:ssh",
		},
		{
			name:     "QUIC Initial",
			frame:    overUDP(40000, 443, raw("c3 00000001 08 0102030405060708 00 00 4020"), gopacket.Payload(make([]byte, 32))),
			protocol: "QUIC", info: "Initial v1 dcid=0102030405060708", tshark: "udp:quic",
		},
		{
			name:     "QUIC version negotiation",
			frame:    overUDP(443, 40000, raw("c0 00000000 04 01020304 04 05060708 00000001 6b3343cf")),
			protocol: "QUIC", info: "version negotiation", tshark: "udp",
		},
		{
			name:     "QUIC coalesced packets",
			frame:    overUDP(40000, 443, raw("c3 00000001 08 0102030405060708 00 00 14"+zeros+"e3 00000001 08 0102030405060708 00 14"+zeros+"43"+zeros)),
			protocol: "QUIC", info: "Initial v1 dcid=0102030405060708, Handshake v1 dcid=0102030405060708, short header, len=21", tshark: "udp:quic",
		},
	}
}

// clientHello is a TLS record with a ClientHello for a server.
func clientHello(server string) gopacket.Payload {
	var extensions bytes.Buffer
	extension := func(kind uint16, body []byte) {
		extensions.Write([]byte{byte(kind >> 8), byte(kind), byte(len(body) >> 8), byte(len(body))})
		extensions.Write(body)
	}
	n := len(server)
	extension(0x0a0a, nil)
	extension(0, append([]byte{byte((n + 3) >> 8), byte(n + 3), 0, byte(n >> 8), byte(n)}, server...))
	extension(16, raw("000c 02 6832 08 687474702f312e31"))
	extension(43, raw("06 7a7a 0304 0303"))
	extension(10, raw("0004 001d 0017"))
	extension(13, raw("0004 0403 0804"))
	extension(51, append(raw("0024 001d 0020"), make([]byte, 32)...))
	body := append(raw("0303"), make([]byte, 32)...)
	body = append(body, raw("00 0004 1301 1302 01 00")...)
	body = append(body, byte(extensions.Len()>>8), byte(extensions.Len()))
	body = append(body, extensions.Bytes()...)
	message := append([]byte{1, 0, byte(len(body) >> 8), byte(len(body))}, body...)
	return append([]byte{22, 3, 1, byte(len(message) >> 8), byte(len(message))}, message...)
}

func routingSamples() []sample {
	marker := "ffffffffffffffffffffffffffffffff"
	return []sample{
		{
			name: "BGP open", frame: overTCP(40000, 179, raw(marker+"001d 01 04 fde8 00b4 0a000001 00")),
			protocol: "BGP", info: "OPEN as=65000 hold=180s id=10.0.0.1", tshark: "tcp:bgp",
		},
		{
			name:     "BGP open with capabilities",
			frame:    overTCP(40000, 179, raw(marker+"002d 01 04 5ba0 00b4 0a000001 10 02 0e 01 04 0001 00 01 02 00 41 04 000186a0")),
			protocol: "BGP", info: "OPEN as=23456 hold=180s id=10.0.0.1", tshark: "tcp:bgp",
		},
		{
			name:     "BGP update and keepalive",
			frame:    overTCP(40000, 179, raw(marker+"002c 02 0004 18 c0a801 000e 400101 00 400200 400304 0a000001 10 0a01"+marker+"0013 04")),
			protocol: "BGP", info: "UPDATE withdraws 192.168.1.0/24 10.1.0.0/16, KEEPALIVE", tshark: "tcp:bgp",
		},
		{
			name: "BGP notification", frame: overTCP(40000, 179, raw(marker+"0015 03 06 02")),
			protocol: "BGP", info: "NOTIFICATION cease, subcode 2", tshark: "tcp:bgp",
		},
		{
			name:     "OSPF hello",
			frame:    overIP4(protoOSPF, raw("02 01 0030 0a000001 00000000 0000 0000 0000000000000000 ffffff00 000a 02 01 00000028 0a000001 00000000 0a000002")),
			protocol: "OSPF", info: "v2 hello router=10.0.0.1 area=0.0.0.0 dr=10.0.0.1", tshark: "ip:ospf",
		},
		{
			name: "OSPF update",
			frame: overIP4(protoOSPF, raw(`02 04 0040 0a000001 00000000 0000 0000 0000000000000000 00000001
				0001 02 01 0a000001 0a000001 80000001 0000 0024 00 00 0001 0a000000 ffffff00 03 00 000a`)),
			protocol: "OSPF", info: "v2 link state update router=10.0.0.1 area=0.0.0.0 lsas=1", tshark: "ip:ospf",
		},
		{
			name:     "OSPFv3 hello",
			frame:    overIP6(protoOSPF, raw("03 01 0024 0a000001 00000000 0000 00 00 00000005 01 000013 000a 0028 00000000 00000000")),
			protocol: "OSPF", info: "v3 hello router=10.0.0.1 area=0.0.0.0 dr=0.0.0.0", tshark: "ipv6:ospf",
		},
		{
			name: "OSPF database description",
			frame: overIP4(protoOSPF, raw(`02 02 0034 0a000001 00000000 0000 0000 0000000000000000 05dc 02 07 00000009
				0001 02 01 0a000001 0a000001 80000001 0000 0024`)),
			protocol: "OSPF", info: "v2 database description router=10.0.0.1 area=0.0.0.0 mtu=1500 seq=9", tshark: "ip:ospf",
		},
		{
			name: "VRRPv2", frame: overIP4(protoVRRP, raw("21 0a 64 01 00 01 0000 0a0000fe 0000000000000000")),
			protocol: "VRRP", info: "v2 vrid=10 priority=100 10.0.0.254", tshark: "ip:vrrp",
		},
		{
			name: "VRRPv3", frame: overIP6(protoVRRP, raw("31 0a 64 01 0064 0000 fe80000000000000000000000000000f")),
			protocol: "VRRP", info: "v3 vrid=10 priority=100 fe80::f", tshark: "ipv6:vrrp",
		},
		{
			name: "BFD", frame: overUDP(49152, 3784, raw("20 c0 03 18 00000001 00000002 000f4240 000f4240 00000000")),
			protocol: "BFD", info: "Up my=0x00000001 your=0x00000002 tx=1000ms rx=1000ms x3", tshark: "udp:bfd",
		},
	}
}

func tunnelSamples() []sample {
	echo := raw("08 00 f7f5 0001 0009")
	inner := func() []byte {
		packet := ip4(protoICMP)
		packet.SrcIP, packet.DstIP = net.IP{192, 168, 0, 1}, net.IP{192, 168, 0, 2}
		frame := ethernet(typeVLAN)
		frame.SrcMAC, frame.DstMAC = net.HardwareAddr{2, 0, 0, 0, 0, 0xa}, net.HardwareAddr{2, 0, 0, 0, 0, 0xb}
		return build(frame, tag(typeIPv4, 10, 0, false), packet, echo)
	}
	packet := func() []byte { return build(ip4(protoICMP), echo) }
	return []sample{
		{
			name: "GRE with IPv4 and a key", frame: overIP4(protoGRE, raw("2000 0800 00000007"), gopacket.Payload(packet())),
			protocol: "ICMP", info: "GRE key=7 | echo request id=1 seq=9 len=0", tshark: "ip:gre:ip:icmp",
		},
		{
			name: "GRE with Ethernet", frame: overIP4(protoGRE, raw("0000 6558"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "GRE | echo request id=1 seq=9 len=0", tshark: "ip:gre:eth:ethertype:vlan:ethertype:ip:icmp",
		},
		{
			name: "ERSPAN I", frame: overIP4(protoGRE, raw("0000 88be"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "ERSPAN I | echo request id=1 seq=9 len=0", tshark: "ip:gre:erspan:eth",
		},
		{
			name: "ERSPAN II", frame: overIP4(protoGRE, raw("1000 88be 00000001 100a 1864 00000005"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "ERSPAN II session=100 vlan=10 | echo request id=1 seq=9 len=0", tshark: "ip:gre:erspan:eth",
		},
		{
			name: "ERSPAN III", frame: overIP4(protoGRE, raw("1000 22eb 00000001 2000 0064 00000001 0000 800c"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "ERSPAN III session=100 | echo request id=1 seq=9 len=0", tshark: "ip:gre:erspan:eth",
		},
		{
			name: "ERSPAN III with a subheader", frame: overIP4(protoGRE, raw("1000 22eb 00000001 2000 0064 00000001 0000 800d 0400000000000000"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "ERSPAN III session=100 | echo request id=1 seq=9 len=0", tshark: "ip:gre:erspan:eth",
		},
		{
			name: "VXLAN", frame: overUDP(50000, 4789, raw("08000000 001389 00"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "VXLAN vni=5001 | echo request id=1 seq=9 len=0", tshark: "udp:vxlan:eth:ethertype:vlan:ethertype:ip:icmp",
		},
		{
			name: "GENEVE with an option", frame: overUDP(50000, 6081, raw("02 40 6558 001389 00 0102 80 01 00010002"), gopacket.Payload(inner())),
			protocol: "ICMP", info: "GENEVE vni=5001 | echo request id=1 seq=9 len=0", tshark: "udp:geneve:eth:ethertype:vlan:ethertype:ip:icmp",
		},
		{
			name: "IP-in-IP", frame: overIP4(protoIPv4, gopacket.Payload(packet())),
			protocol: "ICMP", info: "IP-in-IP | echo request id=1 seq=9 len=0", tshark: "ip:ip:icmp",
		},
		{
			name: "6in4", frame: overIP4(protoIPv6, gopacket.Payload(build(ip6(protoICMPv6), raw("80 00 0000 0001 0009")))),
			protocol: "ICMPv6", info: "IP-in-IP | echo request id=1 seq=9 len=0", tshark: "ip:ipv6:icmpv6",
		},
		{
			name: "VXLAN in GRE", frame: overIP4(protoGRE, raw("0000 6558"), gopacket.Payload(build(
				&layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 0xc}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 0xd}, EthernetType: typeIPv4},
				ip4(protoUDP), udp(50000, 4789), raw("08000000 001389 00"), gopacket.Payload(inner())))),
			protocol: "ICMP", info: "GRE | VXLAN vni=5001 | echo request id=1 seq=9 len=0", tshark: "gre:eth:ethertype:ip:udp:vxlan:eth",
		},
	}
}
