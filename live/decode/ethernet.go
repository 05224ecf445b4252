package decode

import "fmt"

// EtherTypes (IEEE 802 numbers) that decoders branch on.
const (
	typeIPv4     = 0x0800
	typeARP      = 0x0806
	typeIPv6     = 0x86dd
	typeVLAN     = 0x8100
	typeQinQ     = 0x88a8
	typeOldQinQ  = 0x9100
	typeBridged  = 0x6558
	typeMPLS     = 0x8847
	typeMPLSDown = 0x8848
	typePPPoEDis = 0x8863
	typePPPoE    = 0x8864
	typeSlow     = 0x8809
	typeLLDP     = 0x88cc
	typeERSPAN2  = 0x88be // types I and II
	typeERSPAN3  = 0x22eb
)

// firstEtherType is the smallest value of the length/type field that is a type
// (IEEE 802.3 §3.2.6); up to maxLength it is a length.
const (
	firstEtherType = 0x0600
	maxLength      = 1500
)

// isTag reports whether an EtherType announces a VLAN tag. 0x9100 is no standard
// but what switches used for the outer tag before 802.1ad.
func isTag(etherType uint16) bool {
	return etherType == typeVLAN || etherType == typeQinQ || etherType == typeOldQinQ
}

// decodeEthernet decodes an Ethernet II or 802.3 frame (IEEE 802.3 §3).
func decodeEthernet(p reader) {
	d, r := p.d, p.layer("Ethernet")
	d.say("Ethernet", "")
	d.line.EthDst = r.mac("Destination")
	d.line.EthSrc = r.mac("Source")
	r.titlef("%s -> %s", d.line.EthSrc, d.line.EthDst)
	etherType := lengthOrType(&r)
	for n := 0; isTag(etherType) && !r.stopped; n++ {
		if n == maxTags {
			r.fail("more than %d tags", maxTags)
			return
		}
		r, etherType = decodeTag(r, etherType)
	}
	switch {
	case r.stopped:
	case etherType >= firstEtherType:
		d.line.EtherType = etherType
		etherTypePayload(r, etherType)
	case etherType > maxLength:
		d.say("802.3", "")
		r.fail("length or type 0x%04x is neither", etherType)
	default:
		frameEnd := r.end
		r.limit("length", int(etherType))
		decodeLLC(r)
		trailer(r, frameEnd)
	}
}

func lengthOrType(r *reader) uint16 {
	if b := r.captured(); len(b) >= 2 && b[0] < firstEtherType>>8 {
		return r.u16("Length", nil)
	}
	return r.x16("Type", etherTypeName)
}

// decodeTag decodes the rest of a VLAN tag whose TPID was just read (IEEE 802.1Q §9.6).
func decodeTag(p reader, tpid uint16) (reader, uint16) {
	name := "802.1Q tag"
	switch tpid {
	case typeQinQ:
		name = "802.1ad tag"
	case typeOldQinQ:
		name = "QinQ tag (0x9100)"
	}
	r := p.layer(name)
	r.x16("Tag control information", nil)
	v := VLAN{TPID: tpid}
	v.PCP = uint8(r.bits("Priority (PCP)", 0xe000, priorityName))
	v.DEI = r.bits("Drop eligible (DEI)", 0x1000, nil) == 1
	v.VID = uint16(r.bits("VLAN ID", 0x0fff, nil))
	if r.stopped {
		return r, 0
	}
	r.titlef("VLAN %d, priority %d", v.VID, v.PCP)
	r.d.line.VLANs = append(r.d.line.VLANs, v)
	return r, lengthOrType(&r)
}

// priorityName is the traffic type of a PCP (IEEE 802.1Q table I-2).
func priorityName(v uint64) string {
	return [...]string{
		"best effort", "background", "excellent effort", "critical applications",
		"video", "voice", "internetwork control", "network control",
	}[v&7]
}

// etherTypePayload decodes what an EtherType announces.
func etherTypePayload(p reader, etherType uint16) {
	switch etherType {
	case typeIPv4:
		decodeIPv4(p)
	case typeIPv6:
		decodeIPv6(p)
	case typeARP:
		decodeARP(p)
	case typeMPLS, typeMPLSDown:
		decodeMPLS(p)
	case typePPPoEDis:
		decodePPPoEDiscovery(p)
	case typePPPoE:
		decodePPPoE(p)
	case typeLLDP:
		decodeLLDP(p)
	case typeSlow:
		decodeSlow(p)
	default:
		p.d.say(etherTypeProtocol(etherType), fmt.Sprintf("%d bytes", p.remaining()))
		p.data("Data")
	}
}

// trailer shows what follows after the data of a frame: the padding to 60 bytes, usually.
func trailer(r reader, frameEnd int) {
	if r.d.root == nil || r.d.quoting > 0 || r.end >= frameEnd {
		return
	}
	t := reader{d: r.d, off: r.end, end: frameEnd}
	t.data("Trailer")
}

// decodeLLC decodes an 802.2 header and SNAP (IEEE 802.2 §3, IEEE 802 §9.2).
func decodeLLC(p reader) {
	d, r := p.d, p.layer("LLC")
	d.say("LLC", "")
	dsap := r.x8("DSAP", sapName)
	ssap := r.x8("SSAP", sapName)
	control := r.x8("Control", nil)
	if control&3 != 3 && !r.stopped { // I and S frames have a second byte
		r.x8("Control, second byte", nil)
	}
	if r.stopped {
		return
	}
	d.say("LLC", fmt.Sprintf("dsap=0x%02x ssap=0x%02x control=0x%02x", dsap, ssap, control))
	switch {
	case dsap == 0xaa && ssap == 0xaa:
		decodeSNAP(r)
	case dsap == 0x42 && ssap == 0x42:
		decodeSTP(r, false)
	default:
		r.data("Data")
	}
}

func decodeSNAP(p reader) {
	d, r := p.d, p.layer("SNAP")
	oui := r.x24("OUI", ouiName)
	pid := r.x16("Protocol", nil)
	if r.stopped {
		return
	}
	switch {
	case oui == 0 || oui == 0x0000f8: // RFC 1042: the protocol is an EtherType
		etherTypePayload(r, pid)
	case oui == 0x00000c && pid == 0x2000:
		decodeCDP(r)
	case oui == 0x00000c && pid == 0x010b:
		decodeSTP(r, true)
	default:
		d.say("SNAP", fmt.Sprintf("oui=0x%06x pid=0x%04x", oui, pid))
		r.data("Data")
	}
}

func sapName(v uint64) string {
	switch v {
	case 0x00:
		return "null"
	case 0x42:
		return "spanning tree"
	case 0xaa:
		return "SNAP"
	case 0xe0:
		return "IPX"
	case 0xf0:
		return "NetBIOS"
	case 0xfe:
		return "OSI"
	}
	return ""
}

func ouiName(v uint64) string {
	switch v {
	case 0x000000, 0x0000f8:
		return "EtherType"
	case 0x00000c:
		return "Cisco"
	case 0x0080c2:
		return "IEEE 802.1"
	case 0x00120f:
		return "IEEE 802.3"
	}
	return ""
}

// etherTypeProtocol is what the protocol column shows for an EtherType.
func etherTypeProtocol(etherType uint16) string {
	if name := etherTypeName(uint64(etherType)); name != "" {
		return name
	}
	return fmt.Sprintf("0x%04x", etherType)
}

func etherTypeName(v uint64) string {
	switch v {
	case typeIPv4:
		return "IPv4"
	case typeARP:
		return "ARP"
	case typeIPv6:
		return "IPv6"
	case typeVLAN:
		return "802.1Q"
	case typeQinQ:
		return "802.1ad"
	case typeOldQinQ:
		return "QinQ"
	case typeBridged:
		return "Ethernet"
	case typeMPLS, typeMPLSDown:
		return "MPLS"
	case typePPPoEDis:
		return "PPPoED"
	case typePPPoE:
		return "PPPoE"
	case typeSlow:
		return "Slow protocols"
	case typeLLDP:
		return "LLDP"
	case typeERSPAN2, typeERSPAN3:
		return "ERSPAN"
	case 0x0842:
		return "Wake-on-LAN"
	case 0x8035:
		return "RARP"
	case 0x8808:
		return "MAC control"
	case 0x888e:
		return "EAPOL"
	case 0x88e5:
		return "MACsec"
	case 0x88e7:
		return "802.1ah"
	case 0x88f7:
		return "PTP"
	case 0x8902:
		return "CFM"
	case 0x8906:
		return "FCoE"
	case 0x894f:
		return "NSH"
	case 0x9000:
		return "Loopback"
	}
	return ""
}
