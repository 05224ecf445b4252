// Package mask replaces addresses by stand-ins, so that a screen can be shown to
// people who must not learn them: --mask.
//
// A Masker replaces an address by the same stand-in wherever it stands, in frames
// and in texts, and two addresses by two stand-ins. What matters for reading
// traffic stays: which hosts are the same, which share a subnet, what is private,
// link-local, broadcast or multicast. Stand-ins are
//
//   - for private IPv4 addresses, others of the same private network; prefixes of
//     any length that two addresses share, their stand-ins share (Xu et al.,
//     "Prefix-Preserving IP Address Anonymization", 2002)
//   - for other IPv4 addresses, such out of 240.0.0.0/4, which nobody has
//   - for IPv6 addresses, such out of 2001:db8::/32 (RFC 3849); those of a /64 are
//     in one /64, and link-local ones stay so
//   - for MAC addresses, such that begin with 02
//
// Left as they are: broadcast, multicast, loopback and unspecified addresses,
// netmasks. An address in the text of a payload, which must keep its length, is
// blotted out with x.
//
// What is no address stays: names, ports, VLANs, payloads. So a masked frame is
// for looking at, not for giving away; that is why nothing masked is written to
// files.
package mask

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"os"
)

// Masker replaces addresses. It does not change and may be used by any number of
// goroutines. A nil Masker leaves everything as it is.
type Masker struct{ key [4]uint64 }

// New returns a masker whose stand-ins depend on the key alone.
func New(key []byte) *Masker {
	sum := sha256.Sum256(append([]byte("ovscope mask "), key...))
	m := &Masker{}
	for i := range m.key {
		m.key[i] = binary.BigEndian.Uint64(sum[8*i:]) | 1
	}
	return m
}

// HostKey is a key that all runs on this host share and nobody elsewhere knows,
// made from the machine's id (machine-id(5)); without one, another every time.
func HostKey() []byte {
	id, err := os.ReadFile("/etc/machine-id")
	if err != nil || len(id) == 0 {
		id = make([]byte, 32)
		_, _ = rand.Read(id) // it never fails
	}
	mac := hmac.New(sha256.New, id)
	mac.Write([]byte("ovscope mask"))
	return mac.Sum(nil)
}

// mix is a hash of a value, of which each use has its own number.
func (m *Masker) mix(use, v uint64) uint64 {
	hi, lo := bits.Mul64(v^m.key[0], m.key[1]^use*0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^m.key[2], m.key[3]^use)
	return hi ^ lo
}

// The uses of mix.
const (
	useBits uint64 = iota + 1
	useNetwork
	useHost
	usePermute
)

// permute is a permutation of the numbers of 2×half bits: a Feistel network of
// four rounds.
func (m *Masker) permute(use, v uint64, half int) uint64 {
	low := uint64(1)<<half - 1
	l, r := v>>half&low, v&low
	for round := range uint64(4) {
		l, r = r, l^m.mix(use+round<<8, r)&low
	}
	return l<<half | r
}

// MAC returns the stand-in for a MAC address.
func (m *Masker) MAC(a [6]byte) [6]byte {
	switch {
	case m == nil || a == [6]byte{}:
		return a
	case a[0] == 0x33 && a[1] == 0x33 && a[2] == 0xff: // of an IPv6 address's last 24 bits (RFC 2464 §7)
		low := m.low24(uint32(a[3])<<16 | uint32(a[4])<<8 | uint32(a[5]))
		return [6]byte{a[0], a[1], a[2], byte(low >> 16), byte(low >> 8), byte(low)}
	case a[0]&1 == 1: // broadcast and multicast
		return a
	}
	v := uint64(a[1])<<32 | uint64(binary.BigEndian.Uint32(a[2:]))
	v = m.permute(usePermute, v^m.mix(useHost, uint64(a[0]))&(1<<40-1), 20)
	out := [6]byte{2, byte(v >> 32)}
	binary.BigEndian.PutUint32(out[2:], uint32(v))
	return out
}

// Addr returns the stand-in for an IP address.
func (m *Masker) Addr(a netip.Addr) netip.Addr {
	switch {
	case m == nil || !a.IsValid():
		return a
	case a.Is4():
		return netip.AddrFrom4(m.ip4(a.As4()))
	case a.Is4In6():
		return netip.AddrFrom16(netip.AddrFrom4(m.ip4(a.As4())).As16())
	}
	return netip.AddrFrom16(m.ip6(a.As16())).WithZone(a.Zone())
}

func (m *Masker) ip4(a [4]byte) [4]byte {
	v := binary.BigEndian.Uint32(a[:])
	keep := 0 // bits that stay
	switch {
	case a[0] == 0 || a[0] == 127 || a[0] >= 224 && a[0] < 240 || netmask(v):
		return a
	case a[0] == 10:
		keep = 8
	case a[0] == 172 && a[1]&0xf0 == 16:
		keep = 12
	case a[0] == 192 && a[1] == 168, a[0] == 169 && a[1] == 254:
		keep = 16
	case a[0] == 100 && a[1]&0xc0 == 64: // RFC 6598
		keep = 10
	}
	out := v
	for i := keep; i < 32; i++ {
		prefix := uint64(v)>>(32-i)<<(32-i) | uint64(i)<<32
		out ^= uint32(m.mix(useBits, prefix)>>63) << (31 - i)
	}
	if keep == 0 {
		out |= 0xf0000000
	}
	if netmask(out) {
		out ^= 1
	}
	binary.BigEndian.PutUint32(a[:], out)
	return a
}

// netmask reports whether an address is a mask of 8 bits or more, or the broadcast
// address, which is no host's either.
func netmask(v uint32) bool {
	return v>>24 == 255 && bits.LeadingZeros32(^v)+bits.TrailingZeros32(v) >= 32
}

func (m *Masker) ip6(a [16]byte) [16]byte {
	network, host := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(a[8:])
	switch {
	case network == 0 && host <= 1: // :: and ::1
		return a
	case a[0] == 0xff:
		if network == 0xff02<<48 && host>>24 == 0x1ff { // solicited-node (RFC 4291 §2.7.1)
			binary.BigEndian.PutUint64(a[8:], host&^0xffffff|uint64(m.low24(uint32(host&0xffffff))))
		}
		return a
	case network>>54 != 0xfe80>>6: // but for link-local ones
		network = 0x20010db8<<32 | m.mix(useNetwork, network)>>32
	}
	if host != 0 {
		// The last 24 bits alone say where neighbours listen.
		low := uint64(m.low24(uint32(host & 0xffffff)))
		if high := host >> 24; high != 0 {
			host = high ^ m.mix(useHost, host&0xffffff)>>24
		} else {
			host = 0
		}
		host = host<<24 | low
	}
	binary.BigEndian.PutUint64(a[:], network)
	binary.BigEndian.PutUint64(a[8:], host)
	return a
}

func (m *Masker) low24(v uint32) uint32 { return uint32(m.permute(usePermute+1, uint64(v), 12)) }
