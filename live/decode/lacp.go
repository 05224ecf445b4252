package decode

import (
	"fmt"
	"strings"
)

// decodeSlow decodes the slow protocols (IEEE 802.3 annex 57A): LACP and marker.
func decodeSlow(p reader) {
	b := p.captured()
	if len(b) == 0 || b[0] != 1 && b[0] != 2 {
		r := p.layer("Slow protocols")
		r.d.say("Slow protocols", "")
		if subtype := r.u8("Subtype", nil); !r.stopped {
			r.d.say("Slow protocols", fmt.Sprintf("subtype %d", subtype))
		}
		r.rest("Data")
		return
	}
	if b[0] == 2 {
		decodeMarker(p)
		return
	}
	decodeLACP(p)
}

// decodeLACP decodes a link aggregation control PDU (IEEE 802.1AX §6.4.2).
func decodeLACP(p reader) {
	d, r := p.d, p.layer("LACP")
	d.say("LACP", "")
	r.u8("Subtype", nil)
	r.u8("Version", nil)
	info := ""
	for r.remaining() > 0 {
		g := r.open("TLV")
		kind := g.u8("Type", lacpTypeName)
		n := int(g.u8("Length", nil))
		g.title(lacpTypeName(uint64(kind)))
		if g.stopped || kind == 0 {
			r.close(&g)
			break
		}
		if n < 2 {
			g.fail("TLV length %d", n)
			r.close(&g)
			break
		}
		v := g.group("Value", n-2)
		switch kind {
		case 1, 2:
			if text := decodeLACPSystem(&v); !v.stopped && len(info) < maxText {
				info += " " + lacpTypeName(uint64(kind)) + " " + text
			}
		case 3:
			v.u16("Maximum delay in 10 us", nil)
			v.rest("Reserved")
		default:
			v.rest("Bytes")
		}
		r.close(&g)
	}
	info = strings.TrimPrefix(info, " ")
	d.say("LACP", info)
	r.title(info)
	r.rest("Padding")
}

func decodeLACPSystem(r *reader) string {
	r.u16("System priority", nil)
	system := r.mac("System")
	key := r.u16("Key", nil)
	r.u16("Port priority", nil)
	port := r.u16("Port", nil)
	state := r.x8("State", nil)
	for bit := range 8 {
		r.bits(lacpStateName(bit), 1<<bit, nil)
	}
	var set []string
	for bit := range 8 {
		if state>>bit&1 == 1 {
			set = append(set, lacpStateName(bit))
		}
	}
	r.rest("Reserved")
	return fmt.Sprintf("%s key=%d port=%d [%s]", system, key, port, strings.Join(set, ", "))
}

// decodeMarker decodes a marker PDU (IEEE 802.1AX §6.5.3).
func decodeMarker(p reader) {
	d, r := p.d, p.layer("Marker")
	d.say("Marker", "")
	r.u8("Subtype", nil)
	r.u8("Version", nil)
	kind := r.u8("Type", nil)
	r.u8("Length", nil)
	port := r.u16("Requester port", nil)
	system := r.mac("Requester system")
	transaction := r.u32("Transaction", nil)
	if r.stopped {
		return
	}
	name := "marker"
	if kind == 2 {
		name = "response"
	}
	d.say("Marker", fmt.Sprintf("%s system=%s port=%d transaction=%d", name, system, port, transaction))
	r.rest("Padding")
}

func lacpTypeName(v uint64) string {
	switch v {
	case 0:
		return "end"
	case 1:
		return "actor"
	case 2:
		return "partner"
	case 3:
		return "collector"
	}
	return fmt.Sprintf("TLV %d", v)
}

func lacpStateName(bit int) string {
	return [...]string{
		"active", "short timeout", "aggregatable", "in sync",
		"collecting", "distributing", "defaulted", "expired",
	}[bit]
}
