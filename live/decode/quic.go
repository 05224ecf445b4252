package decode

import "fmt"

const portHTTPS = 443

// QUIC versions (RFC 9000 §15, RFC 9369 §3).
const (
	quicVersion1 = 0x00000001
	quicVersion2 = 0x6b3343cf
)

// looksLikeQUIC reports whether a datagram starts with a long header of a version we know.
func looksLikeQUIC(b []byte) bool {
	if len(b) < 7 || b[0]&0xc0 != 0xc0 || b[5] > 20 {
		return false
	}
	version := uint64(b[1])<<24 | uint64(b[2])<<16 | uint64(b[3])<<8 | uint64(b[4])
	return quicVersionName(version) != ""
}

// decodeQUIC decodes the headers of the packets in a datagram, as far as they are not
// protected (RFC 9000 §17, RFC 8999).
func decodeQUIC(p reader) {
	d := p.d
	d.say("QUIC", "")
	for n := 0; p.remaining() > 0; n++ {
		r := p.layer("QUIC")
		b := r.captured()
		if len(b) == 0 {
			r.need("header", 1)
			return
		}
		text := ""
		if b[0]&0x80 != 0 {
			text = decodeQUICLong(&r)
		} else if b[0]&0x40 != 0 {
			text = fmt.Sprintf("short header, len=%d", r.remaining())
			r.x8("Flags", nil)
			r.rest("Protected")
		} else { // padding after the last packet
			r.rest("Padding")
		}
		r.title(text)
		switch {
		case r.stopped || text == "":
			return
		case n == 0:
			d.say("QUIC", text)
		case n < 4:
			d.say("QUIC", d.line.Info+", "+text)
		}
		p.off = r.off
		if p.off > len(d.frame) { // the headers of later packets were not captured
			return
		}
	}
}

// decodeQUICLong decodes a packet with a long header and steps over it.
func decodeQUICLong(r *reader) string {
	r.x8("Flags", nil)
	kind := r.bits("Packet type", 0x30, nil)
	version := r.x32("Version", quicVersionName)
	destination := r.connectionID("Destination connection id")
	r.connectionID("Source connection id")
	if r.stopped {
		return ""
	}
	if version == 0 {
		for r.remaining() > 0 {
			r.x32("Supported version", quicVersionName)
		}
		return "version negotiation"
	}
	if quicVersionName(uint64(version)) == "" { // what comes now depends on it (RFC 8999 §5.1)
		r.rest("Data of an unknown version")
		return fmt.Sprintf("version 0x%08x dcid=%s", version, hexText(destination))
	}
	if version == quicVersion2 {
		kind = (kind + 3) & 3 // RFC 9369 §3.2 turned the types by one
	}
	name := [...]string{"Initial", "0-RTT", "Handshake", "Retry"}[kind]
	text := fmt.Sprintf("%s %s dcid=%s", name, numberOrName(uint64(version), quicVersionName), hexText(destination))
	if kind == 3 {
		r.rest("Retry token and tag")
		return text
	}
	if kind == 0 {
		if n := r.varint("Token length"); n > 0 {
			r.bytes("Token", int(min(n, 1<<16)))
		}
	}
	length := r.varint("Length")
	if r.stopped {
		return text
	}
	protected := r.group("Protected", int(min(length, 1<<16)))
	protected.rest("Bytes")
	return text
}

func (r *reader) connectionID(name string) []byte {
	if n := int(r.u8(name+" length", nil)); n > 0 {
		return r.bytes(name, n)
	}
	return nil
}

// varint reads a variable-length integer (RFC 9000 §16).
func (r *reader) varint(name string) uint64 {
	if !r.need(name, 1) {
		return 0
	}
	size := 1 << (r.d.frame[r.off] >> 6)
	v := r.number(name, size, false, nil) & (1<<(8*size-2) - 1)
	r.show("%d", v)
	return v
}

func quicVersionName(v uint64) string {
	switch {
	case v == quicVersion1:
		return "v1"
	case v == quicVersion2:
		return "v2"
	case v >= 0xff000001 && v <= 0xff000022:
		return fmt.Sprintf("draft-%d", v&0xff)
	}
	return ""
}
