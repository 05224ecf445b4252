package decode

import (
	"encoding/hex"
	"net"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// The tests' frames are built here by gopacket's serializer, which knows nothing of
// our decoders, or spelled out in hex.

var (
	guestMAC  = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	serverMAC = net.HardwareAddr{2, 0, 0, 0, 0, 2}
)

// raw is hex with spaces to read it by.
func raw(s string) gopacket.Payload {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// build serializes layers into bytes.
func build(parts ...gopacket.SerializableLayer) []byte {
	var network gopacket.NetworkLayer
	for _, p := range parts {
		switch l := p.(type) {
		case *layers.IPv4:
			network = l
		case *layers.IPv6:
			network = l
		case *layers.TCP:
			must(l.SetNetworkLayerForChecksum(network))
		case *layers.UDP:
			must(l.SetNetworkLayerForChecksum(network))
		case *layers.ICMPv6:
			must(l.SetNetworkLayerForChecksum(network))
		}
	}
	buffer := gopacket.NewSerializeBuffer()
	must(gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...))
	return append([]byte(nil), buffer.Bytes()...)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func ethernet(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: guestMAC, DstMAC: serverMAC, EthernetType: kind}
}

// llc is an 802.3 frame's start.
func llc(dst string, payload gopacket.Payload) []byte {
	b := append(raw(dst+" 020000000001"), byte(len(payload)>>8), byte(len(payload)))
	b = append(b, payload...)
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

func tag(kind layers.EthernetType, vid uint16, pcp uint8, dei bool) *layers.Dot1Q {
	return &layers.Dot1Q{Type: kind, VLANIdentifier: vid, Priority: pcp, DropEligible: dei}
}

func ip4(proto layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{
		Version: 4, TTL: 64, Protocol: proto,
		SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2},
	}
}

func ip6(next layers.IPProtocol) *layers.IPv6 {
	return &layers.IPv6{
		Version: 6, HopLimit: 64, NextHeader: next,
		SrcIP: net.ParseIP("2001:db8::1"), DstIP: net.ParseIP("2001:db8::2"),
	}
}

func udp(src, dst layers.UDPPort) *layers.UDP { return &layers.UDP{SrcPort: src, DstPort: dst} }

func tcp(src, dst layers.TCPPort) *layers.TCP {
	return &layers.TCP{SrcPort: src, DstPort: dst, Seq: 1000, Ack: 2000, ACK: true, Window: 502}
}

// overIP4 is an untagged frame with an IPv4 packet.
func overIP4(proto layers.IPProtocol, parts ...gopacket.SerializableLayer) []byte {
	return build(append([]gopacket.SerializableLayer{ethernet(typeIPv4), ip4(proto)}, parts...)...)
}

func overIP6(next layers.IPProtocol, parts ...gopacket.SerializableLayer) []byte {
	return build(append([]gopacket.SerializableLayer{ethernet(typeIPv6), ip6(next)}, parts...)...)
}

func overUDP(src, dst layers.UDPPort, parts ...gopacket.SerializableLayer) []byte {
	return overIP4(protoUDP, append([]gopacket.SerializableLayer{udp(src, dst)}, parts...)...)
}

func overTCP(src, dst layers.TCPPort, parts ...gopacket.SerializableLayer) []byte {
	return overIP4(protoTCP, append([]gopacket.SerializableLayer{tcp(src, dst)}, parts...)...)
}

func text(s string) gopacket.Payload { return gopacket.Payload(s) }
