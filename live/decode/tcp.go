package decode

import (
	"bytes"
	"fmt"
	"strings"
)

// decodeTCP decodes a TCP header (RFC 9293 §3.1). Sequence and acknowledgement
// numbers are those on the wire.
func decodeTCP(p reader) {
	d, r := p.d, p.layer("TCP")
	d.say("TCP", "")
	start := r.off
	src, dst := r.u16("Source port", nil), r.u16("Destination port", nil)
	if r.stopped {
		return
	}
	d.ports(src, dst)
	seq := r.u32("Sequence number", nil)
	ack := r.u32("Acknowledgement number", nil)
	r.x16("Header length and flags", nil)
	headerLength := 4 * int(r.bits("Header length in words", 0xf000, wordsName))
	flags := uint16(r.bits("Flags", 0x01ff, tcpFlagsName))
	decodeTCPFlags(&r)
	window := r.u16("Window", nil)
	r.x16("Checksum", nil)
	r.u16("Urgent pointer", nil)
	if r.stopped {
		return
	}
	if headerLength < 20 {
		r.fail("header length %d", headerLength)
		return
	}
	var info strings.Builder
	fmt.Fprintf(&info, "[%s] seq=%d", tcpFlagsName(uint64(flags)), seq)
	if flags&0x10 != 0 {
		fmt.Fprintf(&info, " ack=%d", ack)
	}
	fmt.Fprintf(&info, " win=%d len=%d", window, max(r.remaining()-(headerLength-20), 0))
	d.say("TCP", info.String())
	decodeTCPOptions(&r, start+headerLength-r.off, &info)
	d.say("TCP", info.String())
	r.titlef("%d -> %d [%s]", src, dst, tcpFlagsName(uint64(flags)))
	if r.stopped || r.remaining() == 0 {
		return
	}
	r.partial = true // the stream goes on in the next segment
	tcpPayload(r, src, dst)
}

func decodeTCPFlags(r *reader) {
	for bit := 8; bit >= 0; bit-- {
		r.bits(tcpFlagName(bit), 1<<bit, nil)
	}
}

func tcpFlagName(bit int) string {
	return [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"}[bit]
}

// tcpFlagsName lists the flags that are set as tshark does: "SYN, ACK".
func tcpFlagsName(flags uint64) string {
	switch flags { // nearly all segments
	case 0x10:
		return "ACK"
	case 0x18:
		return "PSH, ACK"
	}
	var set []string
	for bit := range 9 {
		if flags>>bit&1 == 1 {
			set = append(set, tcpFlagName(bit))
		}
	}
	return strings.Join(set, ", ")
}

// decodeTCPOptions decodes the options (RFC 9293 §3.2, RFC 7323, RFC 2018) and
// appends to info what a handshake agrees on.
func decodeTCPOptions(r *reader, length int, info *strings.Builder) {
	if length == 0 || r.stopped {
		return
	}
	g := r.group("Options", length)
	for g.remaining() > 0 && !g.stopped {
		o := g.open("Option")
		kind := o.u8("Kind", tcpOptionName)
		o.titleField()
		if kind > 1 {
			decodeTCPOption(&o, kind, info)
		}
		g.close(&o)
		if kind == 0 {
			g.rest("Padding")
			break
		}
	}
}

func decodeTCPOption(o *reader, kind uint8, info *strings.Builder) {
	n := int(o.u8("Length", nil)) - 2
	switch {
	case o.stopped:
	case n < 0:
		o.fail("option length %d", n+2)
	case kind == 2 && n == 2:
		if v := o.u16("Maximum segment size", nil); !o.stopped {
			fmt.Fprintf(info, " mss=%d", v)
		}
	case kind == 3 && n == 1:
		if v := o.u8("Window shift", nil); !o.stopped {
			fmt.Fprintf(info, " wscale=%d", v)
		}
	case kind == 5 && n%8 == 0:
		for ; n > 0 && !o.stopped; n -= 8 {
			o.u32("Left edge", nil)
			o.u32("Right edge", nil)
		}
	case kind == 8 && n == 8:
		o.u32("Timestamp value", nil)
		o.u32("Timestamp echo reply", nil)
	case n > 0:
		o.bytes("Data", n)
	}
}

func tcpOptionName(v uint64) string {
	switch v {
	case 0:
		return "end"
	case 1:
		return "no operation"
	case 2:
		return "maximum segment size"
	case 3:
		return "window scale"
	case 4:
		return "SACK permitted"
	case 5:
		return "SACK"
	case 8:
		return "timestamps"
	case 19:
		return "MD5 signature"
	case 28:
		return "user timeout"
	case 29:
		return "TCP-AO"
	case 30:
		return "Multipath TCP"
	case 34:
		return "fast open cookie"
	case 69:
		return "encryption negotiation"
	case 172, 174:
		return "accurate ECN"
	}
	return ""
}

// tcpPayload decodes a segment's data if it starts with something that we know.
// Most segments are in the middle of something, so a port alone says little.
func tcpPayload(p reader, src, dst uint16) {
	b := p.captured()
	isPort := func(port uint16) bool { return src == port || dst == port }
	switch {
	case looksLikeTLS(b):
		decodeTLS(p)
	case looksLikeHTTP(b):
		decodeHTTP(p)
	case bytes.HasPrefix(b, []byte("SSH-")):
		decodeSSH(p)
	case isPort(portBGP) && looksLikeBGP(b):
		decodeBGP(p)
	case isPort(portDNS) && looksLikeDNSStream(b):
		decodeDNSStream(p)
	default:
		p.data("Data")
	}
}
