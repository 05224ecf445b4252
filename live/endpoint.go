package live

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"net"
	"net/netip"
)

// Endpoint is who sends or receives: the IP address, or the MAC address of
// frames that have none.
type Endpoint struct {
	IP  netip.Addr
	MAC [6]byte // if IP is not valid
}

func (e Endpoint) String() string {
	if e.IP.IsValid() {
		return e.IP.String()
	}
	return net.HardwareAddr(e.MAC[:]).String()
}

// Protocol is what a frame carries: an EtherType, and for IP what that carries.
type Protocol struct {
	EtherType uint16 // 0 for 802.3 frames
	IP        uint8  // IP protocol number, if EtherType is that of IPv4 or IPv6
}

// String is a name such as "TCP", "ICMPv6" or "ARP", or the number, such as "0x88b5".
func (p Protocol) String() string {
	switch p.EtherType {
	case 0:
		return "802.3"
	case EtherTypeARP:
		return "ARP"
	case 0x8847, 0x8848:
		return "MPLS"
	case 0x8863, 0x8864:
		return "PPPoE"
	case 0x8809:
		return "LACP"
	case 0x88cc:
		return "LLDP"
	case EtherTypeIPv4, EtherTypeIPv6:
	default:
		return fmt.Sprintf("0x%04x", p.EtherType)
	}
	switch p.IP {
	case 1:
		return "ICMP"
	case 2:
		return "IGMP"
	case 4, 41:
		return "IP-in-IP"
	case protocolTCP:
		return "TCP"
	case protocolUDP:
		return "UDP"
	case 47:
		return "GRE"
	case 50:
		return "ESP"
	case extensionAH:
		return "AH"
	case 58:
		return "ICMPv6"
	case 89:
		return "OSPF"
	case 112:
		return "VRRP"
	case protocolSCTP:
		return "SCTP"
	}
	return fmt.Sprintf("IP %d", p.IP)
}

// Conversation is what passes between two endpoints, both ways. A is the
// smaller one, by address and then by port.
type Conversation struct {
	A, B         Endpoint
	APort, BPort uint16 // 0 when the protocol has none, or for later fragments
	Protocol     Protocol
}

// address is an Endpoint without pointers: a MAC in lo, an IPv4 address in lo, or
// an IPv6 address. Which it is, the conversation's or the talker's kind tells.
type address struct{ hi, lo uint64 }

type kind uint8

const (
	kindMAC kind = iota
	kindIPv4
	kindIPv6
	kindNobody // of frames that were cut in the addresses
)

func (a address) endpoint(k kind) Endpoint {
	switch k {
	case kindIPv4:
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(a.lo))
		return Endpoint{IP: netip.AddrFrom4(b)}
	case kindIPv6:
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], a.hi)
		binary.BigEndian.PutUint64(b[8:], a.lo)
		return Endpoint{IP: netip.AddrFrom16(b)}
	default:
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], a.lo)
		return Endpoint{MAC: [6]byte(b[2:])}
	}
}

func (a address) after(b address) bool {
	return a.hi > b.hi || a.hi == b.hi && a.lo > b.lo
}

type talkerKey struct {
	address
	kind kind
}

type conversationKey struct {
	a, b address
	rest uint64 // ports of a and b, EtherType, IP protocol and kind, from the top
}

func (a address) compare(b address) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

func (k *talkerKey) compare(o *talkerKey) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), k.address.compare(o.address))
}

func (k *conversationKey) compare(o *conversationKey) int {
	return cmp.Or(cmp.Compare(kind(k.rest), kind(o.rest)), k.a.compare(o.a), k.b.compare(o.b), cmp.Compare(k.rest, o.rest))
}

// parties are who talks to whom in a flow. It is not for kindNobody.
func (k *flowKey) parties() (talkerKey, conversationKey) {
	a, b, aPort, bPort := k.from, k.to, k.fromPort(), k.toPort()
	if a.after(b) || a == b && aPort > bPort {
		a, b, aPort, bPort = b, a, bPort, aPort
	}
	return talkerKey{k.from, k.kind()}, conversationKey{a, b, k.withoutPorts() | aPort<<48 | bPort<<32}
}

// hash mixes the way wyhash does, so that nobody who does not know the seed can
// send frames whose hashes are all the same.
func (k *talkerKey) hash(seed uint64) uint32 {
	return fold(fold64(k.lo^seed, k.hi^uint64(k.kind)^seed>>7^0x9e3779b97f4a7c15))
}

func (k *conversationKey) hash(seed uint64) uint32 {
	ends := fold64(k.a.lo^seed, k.b.lo^0x9e3779b97f4a7c15) ^ fold64(k.a.hi^seed>>7, k.b.hi^0xbf58476d1ce4e5b9)
	return fold(fold64(ends^seed, k.rest^0x94d049bb133111eb))
}

func fold64(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func fold(v uint64) uint32 { return uint32(v>>32) ^ uint32(v) }
