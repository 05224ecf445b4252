package sim

import (
	"encoding/binary"
	"strings"

	"github.com/gopacket/gopacket"
)

// text is readable filler.
func text(t *traffic, length int) []byte {
	words := strings.Fields("the port sends what it gets and the mirror shows it to whoever asks for a copy of each frame")
	var b []byte
	for len(b) < length {
		b = append(append(b, words[t.random.IntN(len(words))]...), ' ')
	}
	return b[:length]
}

// noise is what encrypted or binary data looks like.
func noise(t *traffic, length int) []byte {
	b := make([]byte, length)
	for i := range b {
		b[i] = byte(t.random.Uint32())
	}
	return b
}

// postgres is a message of PostgreSQL's protocol, version 3.
func postgres(kind byte, body string) []byte {
	b := binary.BigEndian.AppendUint32([]byte{kind}, uint32(4+len(body)))
	return append(b, body...)
}

// rtp is a packet of voice or video (RFC 3550) from the source with that number.
func (t *talk) rtp(source uint32, length int) gopacket.Payload {
	t.traffic.rtp[source]++
	sequence := t.traffic.rtp[source]
	kind := byte(0) // PCMU
	if length > 160 {
		kind = 96 // the first dynamic type
	}
	b := []byte{0x80, kind}
	b = binary.BigEndian.AppendUint16(b, sequence)
	b = binary.BigEndian.AppendUint32(b, uint32(sequence)*160)
	b = binary.BigEndian.AppendUint32(b, source)
	return append(b, noise(t.traffic, length)...)
}

// standing is a connection that was opened before anybody looked.
func (t *talk) standing(client, server *host, port uint16) *stream {
	ends := [2]*host{client, server}
	s := t.traffic.streams[ends]
	if s == nil {
		s = t.dial(client, server, port)
		t.traffic.streams[ends] = s
	}
	s.talk = t
	return s
}

// tls does a TLS 1.3 handshake for the server's name and some application data
// (RFC 8446); only the hellos are readable on the wire.
func (c *stream) tls(name string, request, response int) {
	c.say(true, clientHello(c.traffic, name))
	c.latency()
	c.say(false, append(serverHello(c.traffic), tlsRecord(23, noise(c.traffic, 900))...))
	c.latency()
	c.say(true, tlsRecord(23, noise(c.traffic, 53)))
	c.say(true, tlsRecord(23, noise(c.traffic, request)))
	c.latency()
	c.say(false, tlsRecord(23, noise(c.traffic, response)))
}

func tlsRecord(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{kind, 3, 3}, uint16(len(body)))
	return append(b, body...)
}

func tlsHandshake(kind byte, body []byte) []byte {
	b := []byte{kind, 0, byte(len(body) >> 8), byte(len(body))}
	return tlsRecord(22, append(b, body...))
}

// sized puts the length in front, in 2 bytes.
func sized(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

func tlsExtension(kind uint16, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, kind), sized(body)...)
}

func clientHello(t *traffic, name string) []byte {
	b := append([]byte{3, 3}, noise(t, 32)...)
	b = append(b, 32)
	b = append(b, noise(t, 32)...)
	b = append(b, 0, 6, 0x13, 1, 0x13, 2, 0x13, 3) // cipher suites
	b = append(b, 1, 0)                            // no compression

	extensions := tlsExtension(0, sized(append([]byte{0}, sized([]byte(name))...))) // server_name
	extensions = append(extensions, tlsExtension(10, sized([]byte{0, 0x1d, 0, 0x17}))...)
	extensions = append(extensions, tlsExtension(13, sized([]byte{4, 3, 8, 4, 4, 1}))...)
	extensions = append(extensions, tlsExtension(16, sized([]byte("\x02h2\x08http/1.1")))...)
	extensions = append(extensions, tlsExtension(43, []byte{2, 3, 4})...) // TLS 1.3
	share := append([]byte{0, 0x1d}, sized(noise(t, 32))...)
	extensions = append(extensions, tlsExtension(51, sized(share))...)
	hello := tlsHandshake(1, append(b, sized(extensions)...))
	hello[2] = 1 // the record says TLS 1.0 in a first hello (RFC 8446 §5.1)
	return hello
}

func serverHello(t *traffic) []byte {
	b := append([]byte{3, 3}, noise(t, 32)...)
	b = append(b, 32)
	b = append(b, noise(t, 32)...)
	b = append(b, 0x13, 1, 0)
	share := append([]byte{0, 0x1d}, sized(noise(t, 32))...)
	extensions := append(tlsExtension(51, share), tlsExtension(43, []byte{3, 4})...)
	return tlsHandshake(2, append(b, sized(extensions)...))
}
