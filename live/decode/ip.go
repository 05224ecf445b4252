package decode

import "fmt"

// IP protocol numbers that decoders branch on (IANA "protocol-numbers").
const (
	protoHopByHop     = 0
	protoICMP         = 1
	protoIGMP         = 2
	protoIPv4         = 4
	protoTCP          = 6
	protoUDP          = 17
	protoIPv6         = 41
	protoRouting      = 43
	protoFragment     = 44
	protoGRE          = 47
	protoESP          = 50
	protoAH           = 51
	protoICMPv6       = 58
	protoNoNext       = 59
	protoDestination  = 60
	protoOSPF         = 89
	protoVRRP         = 112
	protoSCTP         = 132
	protoMobility     = 135
	protoHIP          = 139
	protoShim6        = 140
	protoMPLS         = 137
	protoEthernetInIP = 143
)

// ipPayload decodes what follows an IP header. r.d.line has the addresses.
func ipPayload(p reader, proto uint8) {
	switch proto {
	case protoTCP:
		decodeTCP(p)
	case protoUDP:
		decodeUDP(p)
	case protoICMP:
		decodeICMP(p)
	case protoICMPv6:
		decodeICMPv6(p)
	case protoIGMP:
		decodeIGMP(p)
	case protoSCTP:
		decodeSCTP(p)
	case protoGRE:
		decodeGRE(p)
	case protoIPv4:
		tunnelIP(p, decodeIPv4)
	case protoIPv6:
		tunnelIP(p, decodeIPv6)
	case protoMPLS:
		decodeMPLS(p)
	case protoOSPF:
		decodeOSPF(p)
	case protoVRRP:
		decodeVRRP(p)
	case protoAH:
		decodeAH(p)
	case protoESP:
		decodeESP(p)
	default:
		p.d.say(ipProtocol(proto), fmt.Sprintf("%d bytes", p.remaining()))
		p.data("Data")
	}
}

// decodeIPv4 decodes an IPv4 header (RFC 791).
func decodeIPv4(p reader) {
	d, r := p.d, p.layer("IPv4")
	d.say("IPv4", "")
	start, frameEnd := r.off, r.end
	r.x8("Version and header length", nil)
	version := r.bits("Version", 0xf0, nil)
	headerLength := 4 * int(r.bits("Header length in words", 0x0f, wordsName))
	if !r.stopped && version != 4 {
		r.fail("version %d", version)
		return
	}
	r.x8("Traffic class", nil)
	r.bits("DSCP", 0xfc, dscpName)
	r.bits("ECN", 0x03, ecnName)
	total := int(r.u16("Total length", nil))
	id := r.x16("Identification", nil)
	r.x16("Flags and fragment offset", nil)
	r.bits("Reserved", 0x8000, nil)
	r.bits("Don't fragment", 0x4000, nil)
	more := r.bits("More fragments", 0x2000, nil) == 1
	offset := 8 * int(r.bits("Fragment offset in 8 bytes", 0x1fff, eightsName))
	r.u8("Time to live", nil)
	proto := r.u8("Protocol", ipProtocolName)
	r.x16("Header checksum", nil)
	src, dst := r.ip4("Source"), r.ip4("Destination")
	if r.stopped {
		return
	}
	d.line.IPSrc, d.line.IPDst, d.line.IPProto, d.line.HasIP = src, dst, proto, true
	d.say("IPv4", "protocol "+ipProtocol(proto))
	r.titlef("%s -> %s", src, dst)
	if headerLength < 20 {
		r.fail("header length %d", headerLength)
		return
	}
	switch {
	case total == 0: // segmentation offload: longer than 16 bits can say, or not filled in yet
	case total < headerLength:
		r.fail("total length %d in a header of %d", total, headerLength)
		return
	default:
		r.limit("total length", total-(r.off-start))
	}
	decodeIPv4Options(&r, headerLength-20)
	if r.stopped {
		return
	}
	switch {
	case offset > 0:
		// No port is where it seems to be in a later fragment.
		d.say(ipProtocol(proto), fmt.Sprintf("fragment id=0x%04x offset=%d len=%d%s", id, offset, r.remaining(), moreText(more)))
		r.data("Fragment")
	case more:
		r.partial = true
		d.tail = fmt.Sprintf("(first fragment id=0x%04x)", id)
		ipPayload(r, proto)
	default:
		ipPayload(r, proto)
	}
	trailer(r, frameEnd)
}

func moreText(more bool) string {
	if more {
		return " more"
	}
	return " last"
}

// decodeIPv4Options decodes the options (RFC 791 §3.1, IANA "ip-parameters").
func decodeIPv4Options(r *reader, length int) {
	if length == 0 || r.stopped {
		return
	}
	g := r.group("Options", length)
	for g.remaining() > 0 && !g.stopped {
		o := g.open("Option")
		kind := o.u8("Type", ipv4OptionName)
		o.titleField()
		if kind > 1 {
			decodeIPv4Option(&o, kind)
		}
		g.close(&o)
		if kind == 0 {
			g.rest("Padding")
			break
		}
	}
}

func decodeIPv4Option(o *reader, kind uint8) {
	n := int(o.u8("Length", nil)) - 2
	switch {
	case o.stopped:
	case n < 0:
		o.fail("option length %d", n+2)
	case (kind == 7 || kind == 131 || kind == 137) && n > 0: // the routes
		o.u8("Pointer", nil)
		for n--; n >= 4 && !o.stopped; n -= 4 {
			o.ip4("Address")
		}
		if n > 0 {
			o.bytes("Data", n)
		}
	case kind == 148 && n == 2: // RFC 2113
		o.u16("Value", nil)
	case n > 0:
		o.bytes("Data", n)
	}
}

func ipv4OptionName(v uint64) string {
	switch v {
	case 0:
		return "end"
	case 1:
		return "no operation"
	case 7:
		return "record route"
	case 68:
		return "timestamp"
	case 130:
		return "security"
	case 131:
		return "loose source route"
	case 134:
		return "CIPSO"
	case 136:
		return "stream id"
	case 137:
		return "strict source route"
	case 148:
		return "router alert"
	}
	return ""
}

// decodeAH decodes an authentication header (RFC 4302), which leaves its payload readable.
func decodeAH(p reader) {
	d, r := p.d, p.layer("AH")
	start := r.off
	next := r.u8("Next header", ipProtocolName)
	length := 4 * (int(r.u8("Length in words minus 2", nil)) + 2)
	r.x16("Reserved", nil)
	spi := r.x32("SPI", nil)
	seq := r.u32("Sequence number", nil)
	if left := length - (r.off - start); left > 0 {
		r.bytes("Integrity check value", left)
	}
	if r.stopped {
		return
	}
	d.say("AH", fmt.Sprintf("spi=0x%08x seq=%d", spi, seq))
	ipPayload(r, next)
}

// decodeESP decodes the readable part of an encrypted payload (RFC 4303).
func decodeESP(p reader) {
	d, r := p.d, p.layer("ESP")
	d.say("ESP", "")
	spi := r.x32("SPI", nil)
	seq := r.u32("Sequence number", nil)
	if r.stopped {
		return
	}
	d.say("ESP", fmt.Sprintf("spi=0x%08x seq=%d len=%d", spi, seq, r.remaining()))
	r.data("Encrypted data")
}

// wordsName and eightsName turn a length in units of 4 or 8 bytes into bytes.
func wordsName(v uint64) string  { return bytesText(4 * v) }
func eightsName(v uint64) string { return bytesText(8 * v) }

func bytesText(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d bytes", n)
}

func dscpName(v uint64) string {
	switch v {
	case 0:
		return "default"
	case 8, 16, 24, 32, 40, 48, 56:
		return fmt.Sprintf("CS%d", v/8)
	case 10, 12, 14, 18, 20, 22, 26, 28, 30, 34, 36, 38:
		return fmt.Sprintf("AF%d%d", v/8, v%8/2)
	case 46:
		return "EF"
	}
	return ""
}

func ecnName(v uint64) string {
	return [...]string{"not ECN-capable", "ECT(1)", "ECT(0)", "congestion experienced"}[v&3]
}

// ipProtocol is what the protocol column shows for an IP protocol number.
func ipProtocol(proto uint8) string {
	if name := ipProtocolName(uint64(proto)); name != "" {
		return name
	}
	return fmt.Sprintf("IP %d", proto)
}

func ipProtocolName(v uint64) string {
	switch v {
	case protoHopByHop:
		return "hop-by-hop options"
	case protoICMP:
		return "ICMP"
	case protoIGMP:
		return "IGMP"
	case protoIPv4:
		return "IPv4"
	case protoTCP:
		return "TCP"
	case protoUDP:
		return "UDP"
	case protoIPv6:
		return "IPv6"
	case protoRouting:
		return "IPv6 routing"
	case protoFragment:
		return "IPv6 fragment"
	case protoGRE:
		return "GRE"
	case protoESP:
		return "ESP"
	case protoAH:
		return "AH"
	case protoICMPv6:
		return "ICMPv6"
	case protoNoNext:
		return "no next header"
	case protoDestination:
		return "destination options"
	case protoOSPF:
		return "OSPF"
	case protoVRRP:
		return "VRRP"
	case protoSCTP:
		return "SCTP"
	case protoMobility:
		return "mobility"
	case protoHIP:
		return "HIP"
	case protoShim6:
		return "Shim6"
	case protoMPLS:
		return "MPLS"
	case protoEthernetInIP:
		return "Ethernet"
	case 33:
		return "DCCP"
	case 46:
		return "RSVP"
	case 88:
		return "EIGRP"
	case 94:
		return "IPIP"
	case 103:
		return "PIM"
	case 108:
		return "IPComp"
	case 115:
		return "L2TP"
	case 136:
		return "UDPLite"
	}
	return ""
}
