package filter

import "encoding/binary"

// linkTest tells by what the link layer says whether a protocol comes next.
type linkTest struct {
	kind    linkKind
	at      int // of the EtherType, or where MPLS's payload begins
	payload int // of the 802.2 header
	value   uint32
}

type linkKind uint8

const (
	etherTypeKind linkKind = iota
	dsapKind               // 802.3 with this DSAP (IEEE 802.2)
	sapsKind               // 802.3 with this DSAP and SSAP
	mplsKind               // bottom of the MPLS stack, then this IP version
)

func (t *linkTest) match(f frame) verdict {
	if t.kind == etherTypeKind {
		v, ok := f.u16(t.at)
		if !ok {
			return outside
		}
		return verdictOf(uint32(v) == t.value)
	}
	return t.matchOdd(f)
}

func (t *linkTest) matchOdd(f frame) verdict {
	if t.kind == mplsKind {
		bottom, ok := f.u8(t.at - 2)
		if !ok {
			return outside
		}
		if bottom&1 == 0 {
			return no
		}
		version, ok := f.u8(t.at)
		if !ok {
			return outside
		}
		return verdictOf(uint32(version>>4) == t.value)
	}
	length, ok := f.u16(t.at)
	if !ok {
		return outside
	}
	if length > maxLength {
		return no
	}
	if t.kind == dsapKind {
		sap, ok := f.u8(t.payload)
		if !ok {
			return outside
		}
		return verdictOf(uint32(sap) == t.value)
	}
	saps, ok := f.u16(t.payload)
	if !ok {
		return outside
	}
	return verdictOf(uint32(saps) == t.value<<8|t.value)
}

// link returns the test for an EtherType, or for an 802.2 SAP, which is at most 1500.
func (c *compiler) link(from token, etherType uint32) (linkTest, error) {
	t := linkTest{at: c.at.linkType, payload: c.at.payload, value: etherType}
	switch {
	case c.at.labels > 0:
		t.kind, t.at = mplsKind, c.at.network()
		switch etherType {
		case etherTypeIP:
			t.value = 4
		case etherTypeIP6:
			t.value = 6
		default:
			return t, c.wrong(from, "what MPLS can tell after mpls: IPv4 or IPv6")
		}
	case c.at.ppp:
		t.value = pppProtocol(etherType)
	case etherType == sapISO, etherType == sapIP, etherType == sapNetBEUI:
		t.kind = sapsKind
	case etherType <= maxLength:
		t.kind = dsapKind
	}
	return t, nil
}

// versionTest tells the IP versions apart, with one look at what says it.
type versionTest struct {
	linkType int
	v4, v6   uint16
	mpls     bool
	at       int // where IP begins
}

func (c *compiler) versions() versionTest {
	t := versionTest{linkType: c.at.linkType, v4: etherTypeIP, v6: etherTypeIP6, mpls: c.at.labels > 0, at: c.at.network()}
	if c.at.ppp {
		t.v4, t.v6 = pppIP, pppIP6
	}
	return t
}

// version returns 4, 6 or, when it is not IP, anything else. It is false if that was not captured.
func (t *versionTest) version(f frame) (version byte, ok bool) {
	if t.mpls {
		bottom, ok := f.u8(t.at - 2)
		if !ok || bottom&1 == 0 {
			return 0, ok
		}
		version, ok = f.u8(t.at)
		return version >> 4, ok
	}
	etherType, ok := f.u16(t.linkType)
	switch {
	case !ok:
		return 0, false
	case etherType == t.v4:
		return 4, true
	case etherType == t.v6:
		return 6, true
	}
	return 0, true
}

// PPP's numbers (IANA PPP numbers).
const (
	pppIP   = 0x0021
	pppIP6  = 0x0057
	pppMPLS = 0x0281
	pppSTP  = 0x0031
	pppISO  = 0x0023
)

// pppProtocol returns PPP's number of what has that EtherType or SAP.
func pppProtocol(etherType uint32) uint32 {
	switch etherType {
	case etherTypeIP:
		return pppIP
	case etherTypeIP6:
		return pppIP6
	case etherTypeMPLS:
		return pppMPLS
	case sapSTP:
		return pppSTP
	case sapISO:
		return pppISO
	}
	return etherType
}

// mac compares Ethernet addresses.
func (c *compiler) mac(n *macNode) (test, error) {
	if c.at.ppp {
		return nil, c.wrong(n.from, "no Ethernet address after pppoes")
	}
	return macTest(n.direction, n.mac), nil
}

func macTest(d direction, mac [6]byte) test {
	const dst, src = 0, 6
	high, low := binary.BigEndian.Uint16(mac[:]), binary.BigEndian.Uint32(mac[2:])
	at := func(f frame, at int) verdict {
		if len(f.data) < at+6 {
			return outside
		}
		return verdictOf(binary.BigEndian.Uint32(f.data[at+2:]) == low && binary.BigEndian.Uint16(f.data[at:]) == high)
	}
	from, to := func(f frame) verdict { return at(f, src) }, func(f frame) verdict { return at(f, dst) }
	switch d {
	case source:
		return from
	case destination:
		return to
	case bothWays:
		return all(from, to)
	default:
		return anyOf(from, to)
	}
}

func (c *compiler) broadcast(n *broadcastNode) (test, error) {
	if n.protocol != ip {
		if c.at.ppp {
			return nil, c.wrong(n.from, "no broadcast after pppoes, or ip broadcast")
		}
		return macTest(destination, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), nil
	}
	link, err := c.link(n.from, etherTypeIP)
	at := c.at.network() + ipv4Dst
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		addr, ok := f.u32(at)
		if !ok {
			return outside
		}
		return verdictOf(addr == 0 || addr == 0xffffffff)
	}, err
}

func (c *compiler) multicast(n *multicastNode) (test, error) {
	switch n.protocol {
	case ip:
		link, err := c.link(n.from, etherTypeIP)
		return addressByte(link, c.at.network()+ipv4Dst, 0xe0), err
	case ip6:
		link, err := c.link(n.from, etherTypeIP6)
		return addressByte(link, c.at.network()+ipv6Dst, 0xff), err
	default:
		if c.at.ppp {
			return nil, c.wrong(n.from, "no multicast after pppoes, or ip or ip6 before it")
		}
		return func(f frame) verdict {
			if len(f.data) == 0 {
				return outside
			}
			return verdictOf(f.data[0]&1 != 0)
		}, nil
	}
}

// addressByte tests whether the first byte of an address is as large as that.
func addressByte(link linkTest, at int, least byte) test {
	return func(f frame) verdict {
		if v := link.match(f); v != yes {
			return v
		}
		b, ok := f.u8(at)
		if !ok {
			return outside
		}
		return verdictOf(b >= least)
	}
}
