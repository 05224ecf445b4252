package mask

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"ovscope/live/decode"
)

var (
	guestMAC  = net.HardwareAddr{0x52, 0x54, 0x00, 0xaa, 0xbb, 0xcc}
	routerMAC = net.HardwareAddr{0x52, 0x54, 0x00, 0xdd, 0xee, 0xff}
	guestIP   = net.IP{10, 77, 88, 99}
	serverIP  = net.IP{93, 184, 216, 34}
	guestIP6  = net.ParseIP("2a00:1450:4001:80b::200e")
	serverIP6 = net.ParseIP("2a00:1450:4001:80b::abcd")
)

// secrets are what must not be seen anywhere.
var secrets = []string{
	"52:54:00:aa:bb:cc", "52:54:00:dd:ee:ff", "10.77.88.99", "93.184.216.34", "2a00:1450", "525400aabbcc", "525400ddeeff",
	"0a4d5863", "5db8d822", "2a0014504001",
}

func build(t *testing.T, parts ...gopacket.SerializableLayer) []byte {
	t.Helper()
	for _, p := range parts {
		if u, ok := p.(*layers.UDP); ok {
			_ = u.SetNetworkLayerForChecksum(&layers.IPv4{SrcIP: guestIP, DstIP: serverIP})
		}
	}
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, parts...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ethernet(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: guestMAC, DstMAC: routerMAC, EthernetType: kind}
}

func ip(protocol layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol, SrcIP: guestIP, DstIP: serverIP}
}

func udp(port layers.UDPPort) *layers.UDP { return &layers.UDP{SrcPort: 40000, DstPort: port} }

// frames are frames with the secrets at all the places that there are.
func frames(t *testing.T) map[string][]byte {
	inner := []gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), udp(9), gopacket.Payload("x")}
	arp := &layers.ARP{
		AddrType: 1, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: 2,
		SourceHwAddress: guestMAC, SourceProtAddress: guestIP, DstHwAddress: routerMAC, DstProtAddress: serverIP,
	}
	reverse := &layers.DNS{QDCount: 1, Questions: []layers.DNSQuestion{{Name: []byte("99.88.77.10.in-addr.arpa"), Type: layers.DNSTypePTR, Class: 1}}}
	answer := &layers.DNS{QR: true, ANCount: 2, Answers: []layers.DNSResourceRecord{
		{Name: []byte("www.example"), Type: layers.DNSTypeA, Class: 1, IP: guestIP},
		{Name: []byte("www.example"), Type: layers.DNSTypeAAAA, Class: 1, IP: guestIP6},
	}}
	dhcp := &layers.DHCPv4{
		Operation: 2, HardwareType: 1, HardwareLen: 6, ClientHWAddr: guestMAC, YourClientIP: guestIP, NextServerIP: serverIP,
		Options: layers.DHCPOptions{
			layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{5}),
			layers.NewDHCPOption(layers.DHCPOptServerID, serverIP),
			layers.NewDHCPOption(layers.DHCPOptRouter, guestIP),
			layers.NewDHCPOption(layers.DHCPOptClientID, append([]byte{1}, guestMAC...)),
			layers.NewDHCPOption(layers.DHCPOptSubnetMask, []byte{255, 255, 255, 0}),
		},
	}
	v6 := &layers.IPv6{Version: 6, HopLimit: 255, NextHeader: layers.IPProtocolICMPv6, SrcIP: guestIP6, DstIP: serverIP6}
	ndp := gopacket.Payload(append(append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, serverIP6...), append([]byte{1, 1}, guestMAC...)...))
	quoted := build(t, ip(layers.IPProtocolUDP), udp(53))
	return map[string][]byte{
		"UDP":       build(t, inner...),
		"ARP":       build(t, ethernet(layers.EthernetTypeARP), arp),
		"QinQ":      build(t, ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 100, Type: layers.EthernetTypeDot1Q}, &layers.Dot1Q{VLANIdentifier: 10, Type: layers.EthernetTypeARP}, arp),
		"PTR":       build(t, ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), udp(53), reverse),
		"DNS":       build(t, ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), udp(53), answer),
		"DHCP":      build(t, ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), &layers.UDP{SrcPort: 67, DstPort: 68}, dhcp),
		"neighbour": build(t, ethernet(layers.EthernetTypeIPv6), v6, ndp),
		"VXLAN":     build(t, append([]gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), udp(4789), &layers.VXLAN{ValidIDFlag: true, VNI: 5}}, inner...)...),
		"GRE":       build(t, append([]gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeTransparentEthernetBridging}}, inner...)...),
		"ICMP error": build(t, ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolICMPv4),
			&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 1)}, gopacket.Payload(quoted)),
		"text": build(t, ethernet(layers.EthernetTypeIPv4), ip(layers.IPProtocolTCP), &layers.TCP{SrcPort: 40000, DstPort: 80, DataOffset: 5, PSH: true, ACK: true},
			gopacket.Payload("GET / HTTP/1.1\r\nHost: 93.184.216.34:8080\r\nX-From: 52:54:00:aa:bb:cc, [2a00:1450:4001:80b::200e]\r\n\r\n")),
	}
}

// dump is everything that can be seen of a frame.
func dump(frame []byte) string {
	var b strings.Builder
	line := decode.Summarize(frame, len(frame))
	for l := &line; l != nil; l = l.Outer {
		b.WriteString(strings.Join([]string{l.EthSrc, l.EthDst, l.IPSrc, l.IPDst, l.Protocol, l.Info}, " ") + "\n")
	}
	var walk func(n *decode.Node)
	walk = func(n *decode.Node) {
		b.WriteString(n.Name + ": " + n.Value + "\n")
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(decode.Tree(frame, len(frame)))
	b.WriteString(hex.EncodeToString(frame) + "\n")
	b.Write(frame)
	return b.String()
}

func TestNoAddressIsLeftInAFrame(t *testing.T) {
	for name, frame := range frames(t) {
		before := dump(frame)
		shape := shapeOf(frame)
		masker.Frame(frame, len(frame))
		after := dump(frame)
		for _, s := range append(secrets, "99.88.77.10.in-addr") {
			if strings.Contains(strings.ToLower(after), s) {
				t.Errorf("%s: %s is left in\n%s", name, s, after)
			}
		}
		if !strings.Contains(before, "52:54:00:aa:bb:cc") {
			t.Errorf("%s had no address to begin with:\n%s", name, before)
		}
		if got := shapeOf(frame); got != shape {
			t.Errorf("%s has other fields now:\n%s\nwant\n%s", name, got, shape)
		}
	}
}

// shapeOf is the tree's names.
func shapeOf(frame []byte) string {
	var b strings.Builder
	var walk func(n *decode.Node)
	walk = func(n *decode.Node) {
		b.WriteString(n.Name + " ")
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(decode.Tree(frame, len(frame)))
	return b.String()
}

// The same address has the same stand-in at all places, and as a text.
func TestStandInsAreTheSameEverywhere(t *testing.T) {
	all := frames(t)
	mac, addr := masker.Text("52:54:00:aa:bb:cc"), masker.Text("10.77.88.99")
	for name, want := range map[string][]string{
		"ARP":        {addr + " is at " + mac, "Target IP: " + masker.Text("93.184.216.34")},
		"DNS":        {addr, masker.Text("2a00:1450:4001:80b::200e")},
		"DHCP":       {"Router: " + addr, "MAC: " + mac, "255.255.255.0"},
		"neighbour":  {"who has " + masker.Text("2a00:1450:4001:80b::abcd"), "from " + mac},
		"ICMP error": {addr + ":40000"},
	} {
		masker.Frame(all[name], len(all[name]))
		got := dump(all[name])
		for _, w := range want {
			if !strings.Contains(got, w) && !strings.Contains(got, strings.TrimPrefix(w, "Router: ")) {
				t.Errorf("%s: %q is not in\n%s", name, w, got)
			}
		}
	}
}

// A capture that ends inside of an address leaves nothing of it.
func TestCutAddressesAreCleared(t *testing.T) {
	whole := frames(t)["UDP"]
	for n := range len(whole) {
		frame := bytes.Clone(whole[:n])
		masker.Frame(frame, len(whole))
		for at, secret := range map[int][]byte{0: routerMAC, 6: guestMAC, 26: guestIP, 30: serverIP} {
			if n > at+1 && bytes.Equal(frame[at:min(n, at+len(secret))], secret[:min(n-at, len(secret))]) {
				t.Errorf("%d bytes: %x of %x is left", n, frame[at:min(n, at+len(secret))], secret)
			}
		}
	}
}

func TestHostileFramesKeepTheirLength(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, whole := range frames(t) {
		for range 300 {
			frame := bytes.Clone(whole)
			for range 1 + random.IntN(8) {
				frame[random.IntN(len(frame))] = byte(random.Uint32())
			}
			frame = frame[:random.IntN(len(frame)+1)]
			masker.Frame(frame, len(whole)) // does not panic
			decode.Tree(frame, len(whole))
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	t := &testing.T{}
	whole := frames(t)["UDP"]
	frame := bytes.Clone(whole)
	b.ReportAllocs()
	for b.Loop() {
		copy(frame, whole)
		masker.Frame(frame, len(frame))
	}
}
