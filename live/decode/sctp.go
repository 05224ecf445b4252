package decode

import (
	"fmt"
	"strings"
)

// decodeSCTP decodes an SCTP packet and its chunks (RFC 9260 §3).
func decodeSCTP(p reader) {
	d, r := p.d, p.layer("SCTP")
	d.say("SCTP", "")
	src, dst := r.u16("Source port", nil), r.u16("Destination port", nil)
	if r.stopped {
		return
	}
	d.ports(src, dst)
	r.titlef("%d -> %d", src, dst)
	r.x32("Verification tag", nil)
	r.x32("Checksum", nil)
	var said []string
	for r.remaining() >= 4 {
		g := r.open("Chunk")
		kind := g.u8("Type", sctpChunkName)
		flags := g.x8("Flags", nil)
		length := int(g.u16("Length", nil))
		if !g.stopped && length < 4 {
			g.fail("chunk length %d", length)
		}
		if g.stopped {
			r.close(&g)
			break
		}
		v := g.group("Value", length-4)
		text := decodeSCTPChunk(&v, kind, flags)
		g.title(text)
		if padding := (4 - length%4) % 4; padding > 0 && g.remaining() >= padding {
			g.bytes("Padding", padding)
		}
		r.close(&g)
		if len(said) < 4 {
			said = append(said, text)
		}
	}
	d.say("SCTP", strings.Join(said, ", "))
	r.rest("Trailing bytes")
}

func decodeSCTPChunk(r *reader, kind, flags uint8) string {
	name := sctpChunkName(uint64(kind))
	if name == "" {
		name = fmt.Sprintf("chunk %d", kind)
	}
	switch kind {
	case 0:
		tsn := r.u32("TSN", nil)
		stream := r.u16("Stream", nil)
		r.u16("Stream sequence number", nil)
		ppid := r.u32("Payload protocol", nil)
		if !r.stopped {
			name += fmt.Sprintf(" tsn=%d stream=%d ppid=%d len=%d", tsn, stream, ppid, r.remaining())
		}
		if flags&3 != 3 {
			name += " fragment"
		}
		r.rest("Data")
	case 1, 2:
		r.x32("Initiate tag", nil)
		r.u32("Receiver window", nil)
		out := r.u16("Outbound streams", nil)
		in := r.u16("Inbound streams", nil)
		r.u32("Initial TSN", nil)
		if !r.stopped {
			name += fmt.Sprintf(" out=%d in=%d", out, in)
		}
		decodeSCTPParameters(r)
	case 3:
		if ack := r.u32("Cumulative TSN", nil); !r.stopped {
			name += fmt.Sprintf(" tsn=%d", ack)
		}
		r.u32("Receiver window", nil)
		gaps, duplicates := int(r.u16("Gap blocks", nil)), int(r.u16("Duplicates", nil))
		for ; gaps > 0 && !r.stopped; gaps-- {
			r.u16("Gap start", nil)
			r.u16("Gap end", nil)
		}
		for ; duplicates > 0 && !r.stopped; duplicates-- {
			r.u32("Duplicate TSN", nil)
		}
	case 7:
		r.u32("Cumulative TSN", nil)
	default:
		r.rest("Data")
	}
	return name
}

// decodeSCTPParameters decodes the parameters of INIT and INIT ACK (RFC 9260 §3.3.2).
func decodeSCTPParameters(r *reader) {
	for r.remaining() >= 4 {
		g := r.open("Parameter")
		kind := g.x16("Type", sctpParameterName)
		g.titleField()
		n := int(g.u16("Length", nil)) - 4
		switch {
		case g.stopped:
		case n < 0:
			g.fail("parameter length %d", n+4)
		case kind == 5 && n == 4:
			g.ip4("Address")
		case kind == 6 && n == 16:
			g.ip6("Address")
		case n > 0:
			g.bytes("Value", n)
		}
		if padding := (4 - n%4) % 4; n > 0 && padding > 0 && g.remaining() >= padding {
			g.bytes("Padding", padding)
		}
		r.close(&g)
	}
}

func sctpParameterName(v uint64) string {
	switch v {
	case 1:
		return "heartbeat info"
	case 5:
		return "IPv4 address"
	case 6:
		return "IPv6 address"
	case 7:
		return "state cookie"
	case 8:
		return "unrecognized parameter"
	case 9:
		return "cookie preservative"
	case 12:
		return "supported address types"
	case 0x8000:
		return "ECN capable"
	case 0x8002:
		return "random"
	case 0x8003:
		return "chunk list"
	case 0x8004:
		return "requested HMACs"
	case 0x8008:
		return "supported extensions"
	case 0xc000:
		return "forward TSN supported"
	}
	return ""
}

func sctpChunkName(v uint64) string {
	switch v {
	case 0:
		return "DATA"
	case 1:
		return "INIT"
	case 2:
		return "INIT ACK"
	case 3:
		return "SACK"
	case 4:
		return "HEARTBEAT"
	case 5:
		return "HEARTBEAT ACK"
	case 6:
		return "ABORT"
	case 7:
		return "SHUTDOWN"
	case 8:
		return "SHUTDOWN ACK"
	case 9:
		return "ERROR"
	case 10:
		return "COOKIE ECHO"
	case 11:
		return "COOKIE ACK"
	case 14:
		return "SHUTDOWN COMPLETE"
	case 15:
		return "AUTH"
	case 64:
		return "I-DATA"
	case 128:
		return "ASCONF ACK"
	case 130:
		return "RE-CONFIG"
	case 192:
		return "FORWARD TSN"
	case 193:
		return "ASCONF"
	}
	return ""
}
