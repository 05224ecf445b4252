package sim

import (
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

const broadcastMAC = "ff:ff:ff:ff:ff:ff"

func (t *talk) arp(operation uint16, from *host, to net.HardwareAddr, targetMAC net.HardwareAddr, target []byte) {
	t.frame(from, to, layers.EthernetTypeARP, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4,
		HwAddressSize: 6, ProtAddressSize: 4, Operation: operation,
		SourceHwAddress: from.mac, SourceProtAddress: from.ip4.AsSlice(),
		DstHwAddress: targetMAC, DstProtAddress: target,
	})
}

func someoneAsksForAddress(t *talk) {
	c := t.traffic.cast
	pairs := [][2]*host{
		{c.web1, c.db1},
		{c.web2, c.db1},
		{c.mail, c.dns},
		{c.web1, c.firewall[serverVLAN]},
		{c.build, c.nas},
		{c.phone, c.voip},
		{c.firewall[officeVLAN], c.build},
		{c.nas, c.san},
		{c.cam, c.nvr},
		{c.firewall[cameraVLAN], c.nvr},
		{c.firewall[transitVLAN], c.provider},
		{c.branch[101], c.headquarters[101]},
		{c.admin, c.hypervisor},
	}
	pair := pairs[t.number(len(pairs))]
	from, to := pair[0], pair[1]
	t.arp(layers.ARPRequest, from, addressOf(broadcastMAC), make([]byte, 6), to.ip4.AsSlice())
	t.latency()
	t.arp(layers.ARPReply, to, from.mac, from.mac, from.ip4.AsSlice())
}

func announcement(t *talk) {
	c := t.traffic.cast
	from := t.oneOf(c.web2, c.firewall[serverVLAN], c.nas)
	t.arp(layers.ARPRequest, from, addressOf(broadcastMAC), make([]byte, 6), from.ip4.AsSlice())
}

func lookup(t *talk) {
	c := t.traffic.cast
	answers := []struct{ name, ip4, ip6 string }{
		{"db-1.example.com", "192.168.10.21", "2001:db8:10::15"},
		{"www.example.com", "203.0.113.80", "2001:db8:80::80"},
		{"packages.example.org", "198.51.100.80", "2001:db8:ff::80"},
		{"time.example.net", "198.51.100.123", "2001:db8:ff::123"},
		{"mail.example.com", "192.168.10.25", "2001:db8:10::19"},
	}
	client := t.oneOf(c.web1, c.web2, c.mail, c.db1, c.build, c.nas, c.nvr)
	answer := answers[t.number(len(answers))]
	kind, address := layers.DNSTypeA, answer.ip4
	if t.number(3) == 0 {
		kind, address = layers.DNSTypeAAAA, answer.ip6
	}
	port := t.port()
	query := layers.DNS{
		ID: uint16(t.number(1 << 16)), RD: true,
		Questions: []layers.DNSQuestion{{Name: []byte(answer.name), Type: kind, Class: layers.DNSClassIN}},
	}
	response := query
	response.QR, response.RA = true, true
	response.Answers = []layers.DNSResourceRecord{{
		Name: []byte(answer.name), Type: kind, Class: layers.DNSClassIN, TTL: 300, IP: net.ParseIP(address),
	}}
	t.udp(client, c.dns, port, 53, &query)
	t.pause(300*time.Microsecond, 4*time.Millisecond)
	t.udp(c.dns, client, 53, port, &response)
}

// lease is the telephone asking for its address.
func lease(t *talk) {
	c := t.traffic.cast
	server := c.firewall[officeVLAN]
	transaction := t.traffic.random.Uint32()
	message := func(operation layers.DHCPOp, kind layers.DHCPMsgType, more ...layers.DHCPOption) *layers.DHCPv4 {
		m := &layers.DHCPv4{
			Operation: operation, HardwareType: layers.LinkTypeEthernet, HardwareLen: 6,
			Xid: transaction, ClientHWAddr: c.phone.mac,
		}
		m.Options = append(layers.DHCPOptions{
			layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{byte(kind)}),
		}, more...)
		if operation == layers.DHCPOpReply {
			m.YourClientIP = c.phone.ip4.AsSlice()
		}
		m.Options = append(m.Options, layers.NewDHCPOption(layers.DHCPOptEnd, nil))
		return m
	}
	serverID := layers.NewDHCPOption(layers.DHCPOptServerID, server.ip4.AsSlice())
	wanted := layers.NewDHCPOption(layers.DHCPOptRequestIP, c.phone.ip4.AsSlice())
	name := layers.NewDHCPOption(layers.DHCPOptHostname, []byte("phone-12"))
	settings := []layers.DHCPOption{
		serverID,
		layers.NewDHCPOption(layers.DHCPOptLeaseTime, []byte{0, 0, 0x0e, 0x10}),
		layers.NewDHCPOption(layers.DHCPOptSubnetMask, []byte{255, 255, 255, 0}),
		layers.NewDHCPOption(layers.DHCPOptRouter, server.ip4.AsSlice()),
	}
	ask := func(m *layers.DHCPv4) { t.multicast4(c.phone, broadcastMAC, "255.255.255.255", 68, 67, m) }
	ask(message(layers.DHCPOpRequest, layers.DHCPMsgTypeDiscover, name))
	t.pause(time.Millisecond, 5*time.Millisecond)
	t.udp(server, c.phone, 67, 68, message(layers.DHCPOpReply, layers.DHCPMsgTypeOffer, settings...))
	t.latency()
	ask(message(layers.DHCPOpRequest, layers.DHCPMsgTypeRequest, serverID, wanted, name))
	t.pause(time.Millisecond, 5*time.Millisecond)
	t.udp(server, c.phone, 67, 68, message(layers.DHCPOpReply, layers.DHCPMsgTypeAck, settings...))
}

func pings(t *talk) {
	c := t.traffic.cast
	t.ping(c.web2, c.db1)
	t.ping(c.firewall[serverVLAN], c.web1)
	t.ping(c.firewall[officeVLAN], c.voip)
}

func (t *talk) ping(from, to *host) {
	id, sequence := uint16(from.mac[5])<<8|uint16(to.mac[5]), uint16(t.at.Unix())
	echo := func(from, to *host, kind uint8) {
		t.ipv4(from, to, layers.IPProtocolICMPv4, &layers.ICMPv4{
			TypeCode: layers.CreateICMPv4TypeCode(kind, 0), Id: id, Seq: sequence,
		}, gopacket.Payload(echoData()))
	}
	echo(from, to, layers.ICMPv4TypeEchoRequest)
	t.latency()
	echo(to, from, layers.ICMPv4TypeEchoReply)
}

// echoData is what ping(8) sends after its timestamp.
func echoData() []byte {
	data := make([]byte, 56)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}

func ping6(t *talk) {
	c := t.traffic.cast
	sequence := uint16(t.at.Unix())
	echo := func(from, to *host, kind uint8) {
		t.ipv6(from, to, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, 0)},
			&layers.ICMPv6Echo{Identifier: 6, SeqNumber: sequence}, gopacket.Payload(echoData()))
	}
	echo(c.web1, c.db1, layers.ICMPv6TypeEchoRequest)
	t.latency()
	echo(c.db1, c.web1, layers.ICMPv6TypeEchoReply)
}

// neighbours is IPv6's address resolution (RFC 4861).
func neighbours(t *talk) {
	c := t.traffic.cast
	pairs := [][2]*host{{c.web1, c.db1}, {c.web2, c.dns}, {c.build, c.nas}, {c.firewall[serverVLAN], c.web1}}
	pair := pairs[t.number(len(pairs))]
	from, to := pair[0], pair[1]
	target := to.ip6.As16()
	group := net.IP{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, target[13], target[14], target[15]}
	mac := net.HardwareAddr{0x33, 0x33, 0xff, target[13], target[14], target[15]}
	t.ipv6To(from, mac, group, 255,
		&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborSolicitation, 0)},
		&layers.ICMPv6NeighborSolicitation{
			TargetAddress: to.ip6.AsSlice(),
			Options:       layers.ICMPv6Options{{Type: layers.ICMPv6OptSourceAddress, Data: from.mac}},
		})
	t.latency()
	t.ipv6To(to, from.mac, from.ip6.AsSlice(), 255,
		&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborAdvertisement, 0)},
		&layers.ICMPv6NeighborAdvertisement{
			Flags: 0x60, TargetAddress: to.ip6.AsSlice(), // solicited, override
			Options: layers.ICMPv6Options{{Type: layers.ICMPv6OptTargetAddress, Data: to.mac}},
		})
}

func clockCheck(t *talk) {
	c := t.traffic.cast
	client := t.oneOf(c.web1, c.db1, c.dns, c.nas, c.cam)
	port := t.port()
	stamp := func() layers.NTPTimestamp { // RFC 5905 §6: seconds since 1900, 32 bits of fraction
		return layers.NTPTimestamp(uint64(t.at.Unix()+2208988800)<<32 | uint64(t.at.Nanosecond())<<32/1e9)
	}
	sent := stamp()
	t.udp(client, c.timeServer, port, 123, &layers.NTP{Version: 4, Mode: 3, Poll: 6, TransmitTimestamp: sent})
	t.pause(3*time.Millisecond, 12*time.Millisecond)
	t.udp(c.timeServer, client, 123, port, &layers.NTP{
		Version: 4, Mode: 4, Stratum: 2, Poll: 6, Precision: -23,
		ReferenceTimestamp: sent - 40<<32, OriginTimestamp: sent, ReceiveTimestamp: stamp(), TransmitTimestamp: stamp(),
	})
}

// serviceDiscovery is multicast DNS (RFC 6762).
func serviceDiscovery(t *talk) {
	c := t.traffic.cast
	services := []string{"_nfs._tcp.local", "_sip._udp.local", "_ipp._tcp.local", "_smb._tcp.local"}
	t.multicast4(t.oneOf(c.nas, c.phone, c.build), "01:00:5e:00:00:fb", "224.0.0.251", 5353, 5353, &layers.DNS{
		Questions: []layers.DNSQuestion{{
			Name: []byte(services[t.number(len(services))]), Type: layers.DNSTypePTR, Class: layers.DNSClassIN,
		}},
	})
}
