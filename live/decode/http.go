package decode

import (
	"bytes"
	"strings"
)

// maxHTTPLine is how far the end of a line is looked for.
const maxHTTPLine = 8192

// looksLikeHTTP reports whether a segment starts an HTTP/1 request or response.
func looksLikeHTTP(b []byte) bool {
	if bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return true
	}
	method, target, found := bytes.Cut(b[:min(len(b), 9)], []byte(" "))
	return found && len(target) > 0 && isHTTPMethod(string(method))
}

func isHTTPMethod(s string) bool {
	switch s {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI":
		return true
	}
	return false
}

// decodeHTTP decodes the head of an HTTP/1 message (RFC 9112 §2.1) as far as it is in
// this segment.
func decodeHTTP(p reader) {
	d, r := p.d, p.layer("HTTP")
	info := r.line("Start line")
	d.say("HTTP", info)
	r.title(info)
	for r.remaining() > 0 {
		text := r.line("Header")
		if r.stopped {
			return
		}
		if text == "" { // the empty line before the body
			break
		}
		if name, host, found := strings.Cut(text, ":"); found && strings.EqualFold(name, "host") {
			d.say("HTTP", info+" host="+strings.TrimSpace(host))
		}
	}
	r.rest("Body")
}

// line reads a line of text with its CR LF, or what the segment has of it.
func (r *reader) line(name string) string {
	b := r.captured()
	if len(b) == 0 {
		r.need(name, 1)
		return ""
	}
	n := bytes.IndexByte(b[:min(len(b), maxHTTPLine)], '\n')
	if n < 0 { // the rest of it is in the next segment or was not captured
		n = min(len(b), maxHTTPLine) - 1
		if r.end > len(r.d.frame) {
			r.truncated()
		}
	}
	text := clean(bytes.TrimRight(b[:n+1], "\r\n"))
	r.put(name, text, n+1)
	return text
}

// decodeSSH decodes the identification line of an SSH connection (RFC 4253 §4.2).
func decodeSSH(p reader) {
	r := p.layer("SSH")
	banner := r.line("Identification")
	r.d.say("SSH", banner)
	r.title(banner)
	r.rest("Data")
}
