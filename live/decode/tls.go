package decode

import (
	"fmt"
	"strings"
)

// TLS content and handshake types that decoders branch on (RFC 8446 §5.1 and §4).
const (
	tlsChangeCipherSpec = 20
	tlsAlert            = 21
	tlsHandshake        = 22
	tlsApplicationData  = 23
	tlsHeartbeat        = 24

	tlsClientHello = 1
	tlsServerHello = 2
)

// maxTLSRecord is the longest encrypted record with its header (RFC 5246 §6.2.3).
const maxTLSRecord = 1<<14 + 2048

// looksLikeTLS reports whether a segment starts with a TLS record.
func looksLikeTLS(b []byte) bool {
	return len(b) >= 5 && b[0] >= tlsChangeCipherSpec && b[0] <= tlsHeartbeat && b[1] == 3 && b[2] <= 4 &&
		int(b[3])<<8|int(b[4]) <= maxTLSRecord
}

// decodeTLS decodes the records that start in a segment (RFC 8446 §5.1). What is
// encrypted is only named.
func decodeTLS(p reader) {
	d, r := p.d, p.layer("TLS")
	d.say("TLS", "")
	var said []string
	encrypted := false
	for looksLikeTLS(r.captured()) {
		g := r.open("Record")
		kind := g.u8("Content type", tlsContentName)
		version := g.x16("Version", tlsVersionName)
		body := g.group("Content", int(g.u16("Length", nil)))
		text := tlsContentName(uint64(kind))
		switch {
		case kind == tlsHandshake && !encrypted:
			text = decodeTLSHandshake(&body, version)
		case kind == tlsAlert && body.remaining() == 2 && !encrypted:
			body.u8("Level", nil)
			text = "alert " + tlsAlertName(uint64(body.u8("Description", tlsAlertName)))
		default:
			// After it everything of TLS 1.2 is encrypted; 1.3 sends it only for show.
			encrypted = encrypted || kind == tlsChangeCipherSpec
			body.rest("Bytes")
		}
		g.title(text)
		r.close(&g)
		if len(said) < 6 && text != "" {
			said = append(said, text)
		}
	}
	d.say("TLS", strings.Join(said, ", "))
	r.title(strings.Join(said, ", "))
	r.rest("Rest of a record")
}

// decodeTLSHandshake decodes the handshake messages of a record and returns what
// the Info says of them.
func decodeTLSHandshake(r *reader, record uint16) string {
	var said []string
	for r.remaining() > 0 {
		b := r.captured()
		if len(b) >= 4 && (tlsHandshakeName(uint64(b[0])) == "" || b[1] != 0 && b[0] != 11) {
			// A Finished message looks like this, or the middle of a message.
			r.rest("Encrypted or continued")
			said = append(said, "encrypted handshake")
			break
		}
		g := r.open("Message")
		kind := g.u8("Type", tlsHandshakeName)
		body := g.group("Body", int(g.u24("Length", nil)))
		text := tlsHandshakeName(uint64(kind))
		switch kind {
		case tlsClientHello, tlsServerHello:
			text += decodeTLSHello(&body, kind, record)
		default:
			body.rest("Bytes")
		}
		g.title(text)
		stopped := g.stopped
		r.close(&g)
		if !stopped && len(said) < 6 {
			said = append(said, text)
		}
	}
	return strings.Join(said, ", ")
}

// tlsHello is what the extensions tell.
type tlsHello struct {
	version uint16 // the highest offered, or the one chosen
	server  string
	alpn    []string
}

// decodeTLSHello decodes a ClientHello or ServerHello (RFC 8446 §4.1).
func decodeTLSHello(r *reader, kind uint8, record uint16) string {
	version := r.x16("Version", tlsVersionName)
	hello := tlsHello{version: max(version, record)}
	r.bytes("Random", 32)
	if n := int(r.u8("Session id length", nil)); n > 0 {
		r.bytes("Session id", n)
	}
	cipher := ""
	if kind == tlsClientHello {
		suites := r.group("Cipher suites", int(r.u16("Cipher suites length", nil)))
		for suites.remaining() > 0 {
			suites.x16("Cipher suite", tlsCipherName)
		}
		if n := int(r.u8("Compression methods length", nil)); n > 0 {
			r.bytes("Compression methods", n)
		}
	} else {
		cipher = numberText(uint64(r.x16("Cipher suite", tlsCipherName)), 2, true, tlsCipherName)
		r.u8("Compression method", nil)
	}
	if r.remaining() > 0 {
		extensions := r.group("Extensions", int(r.u16("Extensions length", nil)))
		for extensions.remaining() > 0 {
			decodeTLSExtension(&extensions, kind, &hello)
		}
	}
	text := ""
	if hello.version != 0 {
		text = " " + numberOrName(uint64(hello.version), tlsVersionName)
	}
	if hello.server != "" {
		text += " SNI=" + hello.server
	}
	if len(hello.alpn) > 0 {
		text += " ALPN=" + strings.Join(hello.alpn, ",")
	}
	if cipher != "" && !r.stopped {
		text += " cipher=" + cipher
	}
	return text
}

// numberOrName writes the name of a number, or its hex form.
func numberOrName(v uint64, look names) string {
	if name := look(v); name != "" {
		return name
	}
	return fmt.Sprintf("0x%04x", v)
}

func decodeTLSExtension(r *reader, kind uint8, hello *tlsHello) {
	g := r.open("Extension")
	code := g.u16("Type", tlsExtensionName)
	g.titleField()
	n := int(g.u16("Length", nil))
	if g.stopped {
		r.close(&g)
		return
	}
	v := g.group("Value", n)
	switch {
	case code == 0 && n > 0: // server_name (RFC 6066 §3)
		entries := v.group("Names", int(v.u16("List length", nil)))
		for entries.remaining() > 0 {
			entries.u8("Type", nil)
			name := entries.text("Name", int(entries.u16("Length", nil)))
			if hello.server == "" {
				hello.server = name
			}
		}
	case code == 16: // ALPN (RFC 7301 §3.1)
		list := v.group("Protocols", int(v.u16("List length", nil)))
		for list.remaining() > 0 {
			name := list.text("Protocol", int(list.u8("Length", nil)))
			if len(hello.alpn) < 4 && name != "" {
				hello.alpn = append(hello.alpn, name)
			}
		}
	case code == 43 && kind == tlsClientHello: // supported_versions (RFC 8446 §4.2.1)
		list := v.group("Versions", int(v.u8("List length", nil)))
		for list.remaining() > 0 {
			version := list.x16("Version", tlsVersionName)
			if greaseName(uint64(version)) == "" {
				hello.version = max(hello.version, version)
			}
		}
	case code == 43:
		hello.version = v.x16("Version", tlsVersionName)
	case code == 10 && kind == tlsClientHello: // supported_groups (RFC 8446 §4.2.7)
		list := v.group("Groups", int(v.u16("List length", nil)))
		for list.remaining() > 0 {
			list.x16("Group", tlsGroupName)
		}
	case code == 13: // signature_algorithms (RFC 8446 §4.2.3)
		list := v.group("Algorithms", int(v.u16("List length", nil)))
		for list.remaining() > 0 {
			list.x16("Algorithm", tlsSignatureName)
		}
	case code == 51 && kind == tlsClientHello: // key_share (RFC 8446 §4.2.8)
		list := v.group("Shares", int(v.u16("List length", nil)))
		for list.remaining() > 0 {
			decodeTLSKeyShare(&list)
		}
	case code == 51 && n > 2:
		decodeTLSKeyShare(&v)
	default:
		v.rest("Bytes")
	}
	r.close(&g)
}

func decodeTLSKeyShare(r *reader) {
	g := r.open("Share")
	g.x16("Group", tlsGroupName)
	g.titleField()
	if n := int(g.u16("Length", nil)); n > 0 {
		g.bytes("Key", n)
	}
	r.close(&g)
}
