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
		if len(said) < 6 {
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
		names := v.group("Names", int(v.u16("List length", nil)))
		for names.remaining() > 0 {
			names.u8("Type", nil)
			name := names.text("Name", int(names.u16("Length", nil)))
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
	default:
		v.rest("Bytes")
	}
	r.close(&g)
}

func tlsVersionName(v uint64) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case 0x0301:
		return "TLS 1.0"
	case 0x0302:
		return "TLS 1.1"
	case 0x0303:
		return "TLS 1.2"
	case 0x0304:
		return "TLS 1.3"
	}
	return ""
}

func tlsContentName(v uint64) string {
	switch v {
	case tlsChangeCipherSpec:
		return "ChangeCipherSpec"
	case tlsAlert:
		return "alert"
	case tlsHandshake:
		return "handshake"
	case tlsApplicationData:
		return "application data"
	case tlsHeartbeat:
		return "heartbeat"
	}
	return ""
}

func tlsHandshakeName(v uint64) string {
	switch v {
	case 0:
		return "HelloRequest"
	case tlsClientHello:
		return "ClientHello"
	case tlsServerHello:
		return "ServerHello"
	case 4:
		return "NewSessionTicket"
	case 8:
		return "EncryptedExtensions"
	case 11:
		return "Certificate"
	case 12:
		return "ServerKeyExchange"
	case 13:
		return "CertificateRequest"
	case 14:
		return "ServerHelloDone"
	case 15:
		return "CertificateVerify"
	case 16:
		return "ClientKeyExchange"
	case 20:
		return "Finished"
	case 22:
		return "CertificateStatus"
	}
	return ""
}

func tlsAlertName(v uint64) string {
	switch v {
	case 0:
		return "close notify"
	case 10:
		return "unexpected message"
	case 20:
		return "bad record MAC"
	case 40:
		return "handshake failure"
	case 42:
		return "bad certificate"
	case 44:
		return "certificate revoked"
	case 45:
		return "certificate expired"
	case 46:
		return "certificate unknown"
	case 47:
		return "illegal parameter"
	case 48:
		return "unknown CA"
	case 50:
		return "decode error"
	case 51:
		return "decrypt error"
	case 70:
		return "protocol version"
	case 71:
		return "insufficient security"
	case 80:
		return "internal error"
	case 112:
		return "unrecognized name"
	case 116:
		return "certificate required"
	case 120:
		return "no application protocol"
	}
	return fmt.Sprintf("%d", v)
}

func tlsExtensionName(v uint64) string {
	switch v {
	case 0:
		return "server name"
	case 5:
		return "status request"
	case 10:
		return "supported groups"
	case 11:
		return "EC point formats"
	case 13:
		return "signature algorithms"
	case 16:
		return "ALPN"
	case 18:
		return "certificate timestamp"
	case 21:
		return "padding"
	case 22:
		return "encrypt-then-MAC"
	case 23:
		return "extended master secret"
	case 35:
		return "session ticket"
	case 41:
		return "pre-shared key"
	case 42:
		return "early data"
	case 43:
		return "supported versions"
	case 45:
		return "PSK key exchange modes"
	case 51:
		return "key share"
	case 57:
		return "QUIC transport parameters"
	case 0xfe0d:
		return "encrypted ClientHello"
	case 0xff01:
		return "renegotiation info"
	}
	return greaseName(v)
}

func tlsCipherName(v uint64) string {
	switch v {
	case 0x00ff:
		return "renegotiation SCSV"
	case 0x1301:
		return "AES_128_GCM_SHA256"
	case 0x1302:
		return "AES_256_GCM_SHA384"
	case 0x1303:
		return "CHACHA20_POLY1305_SHA256"
	case 0x009c:
		return "RSA_AES_128_GCM_SHA256"
	case 0x009d:
		return "RSA_AES_256_GCM_SHA384"
	case 0xc02b:
		return "ECDHE_ECDSA_AES_128_GCM_SHA256"
	case 0xc02c:
		return "ECDHE_ECDSA_AES_256_GCM_SHA384"
	case 0xc02f:
		return "ECDHE_RSA_AES_128_GCM_SHA256"
	case 0xc030:
		return "ECDHE_RSA_AES_256_GCM_SHA384"
	case 0xcca8:
		return "ECDHE_RSA_CHACHA20_POLY1305"
	case 0xcca9:
		return "ECDHE_ECDSA_CHACHA20_POLY1305"
	}
	return greaseName(v)
}

// greaseName names the values that clients send so that servers keep ignoring what
// they do not know (RFC 8701 §2).
func greaseName(v uint64) string {
	if v&0x0f0f == 0x0a0a && v>>8 == v&0xff {
		return "GREASE"
	}
	return ""
}
