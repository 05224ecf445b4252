package decode

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	portSNMP     = 161
	portSNMPTrap = 162
)

// Tags of the Basic Encoding Rules (X.690 §8) that SNMP uses.
const (
	berInteger  = 0x02
	berOctets   = 0x04
	berOID      = 0x06
	berSequence = 0x30
)

// decodeSNMP decodes an SNMP message, versions 1 and 2c (RFC 3416) and what is not
// encrypted of version 3 (RFC 3412 §6).
func decodeSNMP(p reader) {
	d, r := p.d, p.layer("SNMP")
	d.say("SNMP", "")
	_, message := ber(&r, "Message")
	version, ok := berNumber(&message, "Version", snmpVersionName)
	if !ok {
		return
	}
	info := "v" + snmpVersionName(version)
	d.say("SNMP", info)
	switch version {
	case 0, 1:
		tag, v := ber(&message, "Community")
		if tag == berOctets && v.remaining() > 0 {
			info += " community=" + v.text("Text", v.remaining())
		}
		info += decodeSNMPPDU(&message)
	case 3:
		_, header := ber(&message, "Header") // RFC 3412 §6
		berNumber(&header, "Message id", nil)
		berNumber(&header, "Maximum size", nil)
		_, flags := ber(&header, "Flags")
		flags.x8("Flags", nil)
		flags.bits("Authenticated", 1, nil)
		flags.bits("Encrypted", 2, nil)
		flags.bits("Reportable", 4, nil)
		berNumber(&header, "Security model", nil)
		ber(&message, "Security parameters")
		tag, scoped := ber(&message, "Scoped PDU")
		if tag == berOctets {
			info += " encrypted"
			break
		}
		ber(&scoped, "Engine")
		ber(&scoped, "Context")
		info += decodeSNMPPDU(&scoped)
	}
	d.say("SNMP", info)
	r.title(info)
}

// decodeSNMPPDU decodes a PDU and returns its name and first variables.
func decodeSNMPPDU(r *reader) string {
	tag, pdu := ber(r, "PDU")
	info := " " + snmpPDUName(uint64(tag))
	if pdu.stopped {
		return ""
	}
	pdu.title(snmpPDUName(uint64(tag)))
	if tag == 0xa4 { // the version 1 trap (RFC 1157 §4.1.6)
		ber(&pdu, "Enterprise")
		ber(&pdu, "Agent")
		berNumber(&pdu, "Generic trap", nil)
		berNumber(&pdu, "Specific trap", nil)
		ber(&pdu, "Time stamp")
	} else {
		berNumber(&pdu, "Request", nil)
		if status, ok := berNumber(&pdu, "Error status", snmpErrorName); ok && status != 0 && tag != 0xa5 {
			info += " error=" + snmpErrorName(status)
		}
		berNumber(&pdu, "Error index", nil)
	}
	_, list := ber(&pdu, "Variables")
	for i := 0; list.remaining() > 0; i++ {
		_, variable := ber(&list, "Variable")
		tag, name := ber(&variable, "Name")
		if tag != berOID {
			break
		}
		text := berOIDText(&name)
		variable.title(text)
		berValue(&variable)
		switch {
		case i < 2:
			info += " " + text
		case i == 2:
			info += " ..."
		}
	}
	return info
}

// ber reads the tag and length of an element and returns its content.
func ber(r *reader, name string) (tag uint8, content reader) {
	if r.stopped {
		return 0, *r
	}
	g := r.open(name)
	tag = g.x8("Tag", berTagName)
	n := int(g.x8("Length", nil))
	if n > 0x80 { // the low bits say how many bytes of length follow
		size := n & 0x7f
		if size > 4 {
			g.fail("length of %d bytes", size)
		} else {
			n = int(g.number("Long length", size, false, nil))
		}
	}
	if g.stopped {
		r.close(&g)
		return 0, g
	}
	content = g.group("Content", n)
	r.close(&g)
	return tag, content
}

// berNumber reads an integer of at most 8 bytes.
func berNumber(r *reader, name string, look names) (uint64, bool) {
	tag, v := ber(r, name)
	n := v.remaining()
	if tag != berInteger || n < 1 || n > 8 {
		return 0, false
	}
	value := v.number("Value", n, false, look)
	return value, !v.stopped
}

// berValue reads a variable's value.
func berValue(r *reader) {
	tag, v := ber(r, "Value")
	n := v.remaining()
	switch {
	case n == 0:
	case tag == berOID:
		berOIDText(&v)
	case (tag == berInteger || tag >= 0x41 && tag <= 0x43) && n <= 8:
		v.number("Number", n, false, nil)
	case tag == 0x40 && n == 4:
		v.ip4("Address")
	case tag == berOctets:
		v.text("Text", n)
	default:
		v.rest("Bytes")
	}
}

// berOIDText reads an object identifier (X.690 §8.19).
func berOIDText(r *reader) string {
	n := r.remaining()
	b := r.bytes("Object identifier", n)
	var s strings.Builder
	var sub uint64
	for i, c := range b {
		sub = sub<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			continue
		}
		if i == 0 || s.Len() == 0 {
			first := min(sub/40, 2)
			s.WriteString(strconv.FormatUint(first, 10))
			sub -= 40 * first
		}
		s.WriteByte('.')
		s.WriteString(strconv.FormatUint(sub, 10))
		sub = 0
		if s.Len() > maxText {
			s.WriteString("...")
			break
		}
	}
	r.show("%s", s.String())
	return s.String()
}

func berTagName(v uint64) string {
	switch v {
	case berInteger:
		return "integer"
	case berOctets:
		return "octet string"
	case 0x05:
		return "null"
	case berOID:
		return "object identifier"
	case berSequence:
		return "sequence"
	case 0x40:
		return "IP address"
	case 0x41:
		return "counter"
	case 0x42:
		return "gauge"
	case 0x43:
		return "time ticks"
	case 0x46:
		return "64 bit counter"
	case 0x80:
		return "no such object"
	case 0x81:
		return "no such instance"
	case 0x82:
		return "end of MIB view"
	}
	return snmpPDUKnown(v)
}

func snmpVersionName(v uint64) string {
	switch v {
	case 0:
		return "1"
	case 1:
		return "2c"
	}
	return strconv.FormatUint(v, 10)
}

func snmpPDUName(v uint64) string {
	if name := snmpPDUKnown(v); name != "" {
		return name
	}
	return fmt.Sprintf("PDU 0x%02x", v)
}

func snmpPDUKnown(v uint64) string {
	switch v {
	case 0xa0:
		return "get-request"
	case 0xa1:
		return "get-next-request"
	case 0xa2:
		return "response"
	case 0xa3:
		return "set-request"
	case 0xa4:
		return "trap"
	case 0xa5:
		return "get-bulk-request"
	case 0xa6:
		return "inform-request"
	case 0xa7:
		return "trap-v2"
	case 0xa8:
		return "report"
	}
	return ""
}

func snmpErrorName(v uint64) string {
	switch v {
	case 0:
		return "none"
	case 1:
		return "tooBig"
	case 2:
		return "noSuchName"
	case 3:
		return "badValue"
	case 5:
		return "genErr"
	case 6:
		return "noAccess"
	case 16:
		return "authorizationError"
	}
	return strconv.FormatUint(v, 10)
}
