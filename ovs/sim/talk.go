package sim

import (
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// talk is one conversation being written: its frames are put into the traffic's
// queue at the times they will be sent.
type talk struct {
	traffic *traffic
	at      time.Time
}

// pause lets between low and high pass, as chance has it.
func (t *talk) pause(low, high time.Duration) {
	t.at = t.at.Add(low + time.Duration(t.traffic.random.Int64N(int64(high-low)+1)))
}

// latency is what a network and a host take to answer.
func (t *talk) latency() { t.pause(150*time.Microsecond, 900*time.Microsecond) }

func (t *talk) number(below int) int { return t.traffic.random.IntN(below) }

// port is an ephemeral port.
func (t *talk) port() uint16 { return uint16(32768 + t.number(28000)) }

// frame sends one Ethernet frame.
func (t *talk) frame(from *host, to net.HardwareAddr, etherType layers.EthernetType, content ...gopacket.SerializableLayer) {
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	ethernet := &layers.Ethernet{SrcMAC: from.mac, DstMAC: to, EthernetType: etherType}
	if err := gopacket.SerializeLayers(buffer, options, append([]gopacket.SerializableLayer{ethernet}, content...)...); err != nil {
		return // no guest sends what cannot be written
	}
	bytes := buffer.Bytes()
	if tags := from.tags; tags.n > 0 {
		p := packet{addresses: bytes[:12], tags: tags, rest: bytes[12:]}
		bytes = p.appendTo(nil, 0)
	}
	t.traffic.schedule(event{at: t.at, iface: from.iface, frame: bytes})
}

// ipv4 sends a packet, by way of the firewall when the other is in another network.
func (t *talk) ipv4(from, to *host, protocol layers.IPProtocol, content ...gopacket.SerializableLayer) {
	id := uint16(t.number(1 << 16))
	hop := func(from *host, mac net.HardwareAddr, source, target *host, ttl uint8) {
		ip := &layers.IPv4{
			Version: 4, TTL: ttl, Id: id, Flags: layers.IPv4DontFragment, Protocol: protocol,
			SrcIP: source.ip4.AsSlice(), DstIP: target.ip4.AsSlice(),
		}
		t.over(ip, content)
		t.frame(from, mac, layers.EthernetTypeIPv4, append([]gopacket.SerializableLayer{ip}, content...)...)
	}
	if from.net == to.net {
		hop(from, to.mac, from, to, 64)
		return
	}
	firewall := t.traffic.cast.firewall
	ttl := uint8(64)
	if from.net == transitVLAN {
		ttl = 52
	}
	hop(from, firewall[from.net].mac, from, to, ttl)
	t.pause(30*time.Microsecond, 120*time.Microsecond)
	hop(firewall[to.net], to.mac, from, to, ttl-1)
}

// over tells a transport layer below which network layer it is, for its checksum.
func (t *talk) over(network gopacket.NetworkLayer, content []gopacket.SerializableLayer) {
	for _, layer := range content {
		if l, ok := layer.(interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}); ok {
			_ = l.SetNetworkLayerForChecksum(network) // IP both times, which cannot fail
		}
	}
}

func (t *talk) udp(from, to *host, sport, dport uint16, payload ...gopacket.SerializableLayer) {
	udp := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	t.ipv4(from, to, layers.IPProtocolUDP, append([]gopacket.SerializableLayer{udp}, payload...)...)
}

// multicast4 sends a UDP packet to a group or to everybody in the network.
func (t *talk) multicast4(from *host, mac, group string, sport, dport uint16, payload gopacket.SerializableLayer) {
	source := net.IP(from.ip4.AsSlice())
	if dport == 67 {
		source = net.IPv4zero // a DHCP client has no address yet
	}
	ip := &layers.IPv4{Version: 4, TTL: 255, Protocol: layers.IPProtocolUDP, SrcIP: source, DstIP: net.ParseIP(group)}
	udp := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	t.over(ip, []gopacket.SerializableLayer{udp})
	t.frame(from, addressOf(mac), layers.EthernetTypeIPv4, ip, udp, payload)
}

func (t *talk) ipv6(from, to *host, content ...gopacket.SerializableLayer) {
	t.ipv6To(from, to.mac, to.ip6.AsSlice(), 64, content...)
}

func (t *talk) ipv6To(from *host, mac net.HardwareAddr, target net.IP, hops uint8, content ...gopacket.SerializableLayer) {
	ip := &layers.IPv6{
		Version: 6, HopLimit: hops, NextHeader: layers.IPProtocolICMPv6,
		SrcIP: from.ip6.AsSlice(), DstIP: target,
	}
	t.over(ip, content)
	t.frame(from, mac, layers.EthernetTypeIPv6, append([]gopacket.SerializableLayer{ip}, content...)...)
}

// stream is a TCP connection.
type stream struct {
	*talk
	client, server       *host
	clientPort, sport    uint16
	clientSeq, serverSeq uint32
}

const segment = 1448 // bytes of data in a full TCP segment

func (t *talk) dial(client, server *host, port uint16) *stream {
	return &stream{
		talk: t, client: client, server: server, clientPort: t.port(), sport: port,
		clientSeq: t.traffic.random.Uint32(), serverSeq: t.traffic.random.Uint32(),
	}
}

func (c *stream) send(fromClient bool, tcp layers.TCP, data []byte) {
	from, to := c.client, c.server
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(c.clientPort), layers.TCPPort(c.sport)
	sent, seen := &c.clientSeq, &c.serverSeq
	if !fromClient {
		from, to = to, from
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
		sent, seen = seen, sent
	}
	tcp.Seq, tcp.Window = *sent, 502
	if tcp.ACK {
		tcp.Ack = *seen
	}
	*sent += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		*sent++
	}
	c.ipv4(from, to, layers.IPProtocolTCP, &tcp, gopacket.Payload(data))
}

func (c *stream) open() {
	mss := []layers.TCPOption{
		{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xb4}},
		{OptionType: layers.TCPOptionKindSACKPermitted, OptionLength: 2},
		{OptionType: layers.TCPOptionKindNop},
		{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{7}},
	}
	c.send(true, layers.TCP{SYN: true, Options: mss}, nil)
	c.latency()
	c.send(false, layers.TCP{SYN: true, ACK: true, Options: mss}, nil)
	c.latency()
	c.send(true, layers.TCP{ACK: true}, nil)
}

// say sends data in segments; the other side acknowledges every second one and the last.
func (c *stream) say(fromClient bool, data []byte) {
	for i := 0; len(data) > 0; i++ {
		part := data[:min(len(data), segment)]
		data = data[len(part):]
		c.pause(20*time.Microsecond, 90*time.Microsecond)
		c.send(fromClient, layers.TCP{ACK: true, PSH: len(data) == 0}, part)
		if i%2 == 1 || len(data) == 0 {
			c.latency()
			c.send(!fromClient, layers.TCP{ACK: true}, nil)
		}
	}
}

func (c *stream) close() {
	c.latency()
	c.send(true, layers.TCP{FIN: true, ACK: true}, nil)
	c.latency()
	c.send(false, layers.TCP{FIN: true, ACK: true}, nil)
	c.latency()
	c.send(true, layers.TCP{ACK: true}, nil)
}
