package decode

import (
	"fmt"
	"strings"
)

const (
	portDNS   = 53
	portMDNS  = 5353
	portLLMNR = 5355
)

// dnsShown is how many answers the Info lists.
const dnsShown = 4

// decodeDNS decodes a DNS message (RFC 1035 §4); mDNS (RFC 6762) and LLMNR (RFC
// 4795) have the same form.
func decodeDNS(p reader, protocol string) {
	d, r := p.d, p.layer(protocol)
	d.say(protocol, "")
	m := dnsMessage{protocol: protocol, base: r.off}
	r.x16("Identifier", nil)
	r.x16("Flags", nil)
	response := r.bits("Response", 0x8000, nil) == 1
	opcode := r.bits("Opcode", 0x7800, dnsOpcodeName)
	r.bits("Authoritative answer", 0x0400, nil)
	r.bits("Truncated", 0x0200, nil)
	r.bits("Recursion desired", 0x0100, nil)
	r.bits("Recursion available", 0x0080, nil)
	r.bits("Authentic data", 0x0020, nil)
	r.bits("Checking disabled", 0x0010, nil)
	rcode := r.bits("Response code", 0x000f, dnsRcodeName)
	questions := r.u16("Questions", nil)
	answers := r.u16("Answers", nil)
	authorities := r.u16("Authorities", nil)
	additional := r.u16("Additional records", nil)
	if r.stopped {
		return
	}
	var info strings.Builder
	if name := dnsOpcodeName(opcode); opcode != 0 {
		info.WriteString(name + " ")
	}
	if response {
		info.WriteString("response")
	} else {
		info.WriteString("query")
	}
	if response && rcode != 0 {
		info.WriteString(" " + dnsRcodeName(rcode))
	}
	for i := range int(questions) {
		text := m.question(&r)
		if r.stopped {
			break
		}
		m.list(&info, i, " ", text)
	}
	m.records(&r, "Answer", int(answers), func(i int, text string) {
		if i == 0 {
			info.WriteString(":")
		}
		m.list(&info, i, " ", text)
	})
	m.records(&r, "Authority", int(authorities), nil)
	m.records(&r, "Additional", int(additional), nil)
	d.say(protocol, info.String())
	r.title(info.String())
	r.rest("Trailing bytes")
}

// looksLikeDNSStream reports whether a segment starts with a message's length and
// header. It may as well be in the middle of a zone transfer.
func looksLikeDNSStream(b []byte) bool {
	return len(b) >= 14 && int(b[0])<<8|int(b[1]) >= 12 && b[4]&0x78 <= 5<<3 && b[6] == 0 && b[7] <= 1
}

// decodeDNSStream decodes the first message of a TCP segment, after its length (RFC
// 1035 §4.2.2).
func decodeDNSStream(p reader) {
	r := p.layer("DNS over TCP")
	message := r.group("Message", int(r.u16("Length", nil)))
	decodeDNS(message, "DNS")
}

// dnsMessage is what the parts of a message share: names point back into it.
type dnsMessage struct {
	protocol string
	base     int // offset of the message in the frame
	// text is how many bytes of names were read. Pointers make a small message
	// repeat a long name thousands of times; see maxNames.
	text int
}

// list appends the i-th entry of a list that the Info keeps short.
func (m *dnsMessage) list(info *strings.Builder, i int, before, text string) {
	switch {
	case i < dnsShown:
		if i > 0 {
			info.WriteString(",")
		}
		info.WriteString(before + text)
	case i == dnsShown:
		info.WriteString(", ...")
	}
}

func (m *dnsMessage) question(r *reader) string {
	g := r.open("Question")
	name := m.name(&g, "Name")
	kind := g.u16("Type", dnsTypeName)
	m.class(&g, "Unicast response wanted")
	if r.close(&g); r.stopped {
		return ""
	}
	text := dnsType(kind) + " " + name
	g.title(text)
	return text
}

// class reads a class, whose top bit mDNS uses (RFC 6762 §5.4 and §10.2).
func (m *dnsMessage) class(r *reader, topBit string) {
	if m.protocol != "mDNS" {
		r.u16("Class", dnsClassName)
		return
	}
	r.x16("Class", nil)
	r.bits(topBit, 0x8000, nil)
	r.bits("Class", 0x7fff, dnsClassName)
}

// records decodes a section. each gets what the record says, in a word or two.
func (m *dnsMessage) records(r *reader, section string, count int, each func(i int, text string)) {
	for i := range count {
		g := r.open(section)
		text := m.record(&g)
		r.close(&g)
		if r.stopped {
			return
		}
		if each != nil {
			each(i, text)
		}
	}
}

// record decodes a resource record (RFC 1035 §4.1.3).
func (m *dnsMessage) record(r *reader) string {
	name := m.name(r, "Name")
	kind := r.u16("Type", dnsTypeName)
	if kind == 41 { // OPT (RFC 6891 §6.1.2) uses class and TTL for itself
		r.u16("UDP payload size", nil)
		r.x32("Extended code and flags", nil)
		r.bits("Extended response code", 0xff000000, nil)
		r.bits("Version", 0x00ff0000, nil)
		r.bits("DNSSEC OK", 0x8000, nil)
	} else {
		m.class(r, "Cache flush")
		r.u32("Time to live in seconds", nil)
	}
	length := int(r.u16("Data length", nil))
	if r.stopped {
		return ""
	}
	data := r.group("Data", length)
	text := m.data(&data, kind)
	data.title(text)
	data.rest("Trailing bytes")
	said := dnsType(kind) + " " + text
	r.titlef("%s: %s", name, said)
	return said
}

// data decodes the data of a record and returns its main part.
func (m *dnsMessage) data(r *reader, kind uint16) string {
	switch kind {
	case 1:
		return r.ip4("Address")
	case 28:
		return r.ip6("Address")
	case 2, 5, 12, 39:
		return m.name(r, "Name")
	case 15:
		r.u16("Preference", nil)
		return m.name(r, "Exchange")
	case 16:
		text := ""
		for r.remaining() > 0 {
			s := r.text("Text", int(r.u8("Length", nil)))
			if len(text) < maxText {
				text = strings.TrimPrefix(text+" "+s, " ")
			}
		}
		return text
	case 33:
		r.u16("Priority", nil)
		r.u16("Weight", nil)
		port := r.u16("Port", nil)
		return fmt.Sprintf("%s:%d", m.name(r, "Target"), port)
	case 6:
		server := m.name(r, "Primary server")
		m.name(r, "Mailbox")
		r.u32("Serial", nil)
		r.u32("Refresh in seconds", nil)
		r.u32("Retry in seconds", nil)
		r.u32("Expire in seconds", nil)
		r.u32("Minimum in seconds", nil)
		return server
	case 43: // RFC 4034 §5.1
		tag := r.u16("Key tag", nil)
		r.u8("Algorithm", nil)
		r.u8("Digest type", nil)
		r.rest("Digest")
		return fmt.Sprintf("key %d", tag)
	case 46: // RFC 4034 §3.1
		covered := dnsType(r.u16("Type covered", dnsTypeName))
		r.u8("Algorithm", nil)
		r.u8("Labels", nil)
		r.u32("Original time to live in seconds", nil)
		r.u32("Expires", nil)
		r.u32("Signed", nil)
		r.u16("Key tag", nil)
		signer := m.name(r, "Signer")
		r.rest("Signature")
		return covered + " by " + signer
	case 48: // RFC 4034 §2.1
		flags := r.x16("Flags", nil)
		r.u8("Protocol", nil)
		r.u8("Algorithm", nil)
		r.rest("Public key")
		return fmt.Sprintf("flags 0x%04x", flags)
	case 64, 65: // RFC 9460 §2.2
		priority := r.u16("Priority", nil)
		target := m.name(r, "Target")
		for r.remaining() > 0 {
			o := r.open("Parameter")
			o.u16("Key", dnsParameterName)
			o.titleField()
			if n := int(o.u16("Length", nil)); n > 0 {
				o.bytes("Value", n)
			}
			r.close(&o)
		}
		return fmt.Sprintf("%d %s", priority, target)
	case 257: // RFC 8659 §4.1
		r.x8("Flags", nil)
		property := r.text("Property", int(r.u8("Property length", nil)))
		if n := r.remaining(); n > 0 {
			property += " " + r.text("Value", n)
		}
		return property
	case 41:
		for r.remaining() > 0 {
			o := r.open("Option")
			o.u16("Code", dnsOptionName)
			if n := int(o.u16("Length", nil)); n > 0 {
				o.bytes("Data", n)
			}
			r.close(&o)
		}
		return ""
	}
	n := r.remaining()
	r.rest("Data")
	return fmt.Sprintf("(%d bytes)", n)
}

// maxNames is how many bytes of names the message deserves.
func (m *dnsMessage) maxNames(d *dissection) int { return 1024 + 8*len(d.frame) }

// name reads a name (RFC 1035 §4.1.4). A pointer must lead back before the name
// it is in, and the whole is at most 255 bytes long, so reading ends.
func (m *dnsMessage) name(r *reader, field string) string {
	var name strings.Builder
	frame := r.d.frame[:min(r.end, len(r.d.frame))]
	start, at, end, total := r.off, r.off, -1, 0
	lowest := r.off
	var labels [][2]int // if addresses are looked for
	for !r.stopped {
		if at >= len(frame) {
			// need tells whether the capture or the message ends here.
			r.need(field, max(len(frame)-r.off, 0)+1)
			r.stopped = true
			return name.String()
		}
		n := int(frame[at])
		switch n >> 6 {
		case 0:
			if n == 0 {
				if end < 0 {
					end = at + 1
				}
				if name.Len() == 0 {
					name.WriteString(".")
				}
				if r.d.finding {
					r.d.reverseName(name.String(), labels)
				}
				r.put(field, name.String(), end-start)
				return name.String()
			}
			if r.d.finding {
				labels = append(labels, [2]int{at + 1, min(at+1+n, len(frame))})
			}
			if total += n + 1; total > 255 {
				r.fail("name longer than 255 bytes")
				return name.String()
			}
			if m.text += n + 1; m.text > m.maxNames(r.d) {
				r.fail("names repeated too often")
				return name.String()
			}
			if at+1+n > len(frame) {
				r.need(field, at+1+n-r.off)
				r.stopped = true
				return name.String()
			}
			if name.Len() > 0 {
				name.WriteByte('.')
			}
			label := clean(frame[at+1 : at+1+n])
			name.WriteString(strings.ReplaceAll(label, ".", `\.`))
			at += 1 + n
		case 3:
			if at+1 >= len(frame) {
				r.need(field, max(len(frame)-r.off, 0)+1)
				r.stopped = true
				return name.String()
			}
			if end < 0 {
				end = at + 2
			}
			target := m.base + (n&0x3f)<<8 + int(frame[at+1])
			if target >= lowest {
				r.fail("name pointer that does not lead back")
				return name.String()
			}
			at, lowest = target, target
		default:
			r.fail("label type 0x%02x", n)
			return name.String()
		}
	}
	return ""
}
