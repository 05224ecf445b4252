package filter

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	badToken           // no token can begin like that
	symbolToken
	keywordToken
	nameToken
	numberToken
	ipv4Token // two to four numbers with dots between
	ipv6Token
	macToken
)

type token struct {
	kind   tokenKind
	at     int    // byte offset in the source
	raw    string // as typed
	text   string // of symbols, keywords and names; "&&" is "and", "||" "or", "!" "not", "==" "="
	number uint32 // or the IPv4 address, its missing bytes 0
	bits   int    // of an IPv4 address that were given
	addr   netip.Addr
	mac    [6]byte
	wanted string // what a bad token should have been, if that is known
}

// is reports whether the token is that symbol or keyword.
func (t token) is(text string) bool {
	return t.text == text && (t.kind == symbolToken || t.kind == keywordToken)
}

// lex cuts the source into tokens. The last one, and only that, is an end or bad token.
func lex(source string) []token {
	var tokens []token
	for at := 0; ; {
		for at < len(source) && strings.IndexByte(" \t\r\n", source[at]) >= 0 {
			at++
		}
		t := scan(source[at:])
		t.at = at
		tokens = append(tokens, t)
		if t.kind == endToken || t.kind == badToken {
			return tokens
		}
		at += len(t.raw)
	}
}

// scan returns the token that s begins with.
func scan(s string) token {
	if s == "" {
		return token{}
	}
	if t, ok := scanColons(s); ok {
		return t
	}
	if s[0] == '\\' {
		if n := strings.IndexAny(s, " !()\n\t\r"); n != 1 && len(s) > 1 {
			if n < 0 {
				n = len(s)
			}
			return token{kind: nameToken, raw: s[:n], text: s[1:n]}
		}
	}
	if word := wordPrefix(s); word != "" {
		return classify(word)
	}
	for _, n := range []int{2, 1} {
		if len(s) >= n {
			if text, ok := symbol(s[:n]); ok {
				return token{kind: symbolToken, raw: s[:n], text: text}
			}
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return token{kind: badToken, raw: s[:n]}
}

// symbol returns the one spelling of a symbol.
func symbol(s string) (string, bool) {
	switch s {
	case "&&":
		return "and", true
	case "||":
		return "or", true
	case "!":
		return "not", true
	case "==":
		return "=", true
	case ">=", "<=", "!=", "<<", ">>",
		"+", "-", "*", "/", "%", ":", "[", "]", "<", ">", "(", ")", "&", "|", "^", "=":
		return s, true
	}
	return "", false
}

// scanColons returns the IPv6 or Ethernet address, the two with colons inside. A
// single colon is that of ip[2:2].
func scanColons(s string) (token, bool) {
	n := 0
	for n < len(s) && (isHex(s[n]) || s[n] == ':' || s[n] == '.') {
		n++
	}
	s = s[:n]
	if strings.Count(s, ":") < 2 {
		return token{}, false
	}
	if mac, ok := parseMAC(s); ok {
		return token{kind: macToken, raw: s, mac: mac}, true
	}
	if addr, err := netip.ParseAddr(s); err == nil {
		return token{kind: ipv6Token, raw: s, addr: addr}, true
	}
	return token{kind: badToken, raw: s, wanted: "an IPv6 or Ethernet address"}, true
}

// wordPrefix returns what s has of a word: it begins with a letter or digit, and
// dashes and underscores are inside only.
func wordPrefix(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isAlphanumeric(c) || (c == '.' && i > 0):
			end = i + 1
		case (c == '-' || c == '_') && i > 0:
		default:
			return s[:end]
		}
	}
	return s[:end]
}

// classify finds out what a word is.
func classify(word string) token {
	t := token{raw: word, text: word}
	if mac, ok := parseMAC(word); ok {
		t.kind, t.mac = macToken, mac
		return t
	}
	if isNumber(word) {
		n, err := strconv.ParseUint(word, 0, 32)
		if err != nil {
			return token{kind: badToken, raw: word, wanted: "a number from 0 to 4294967295, octal if it begins with 0"}
		}
		t.kind, t.number = numberToken, uint32(n)
		return t
	}
	if parts := strings.Split(word, "."); len(parts) >= 2 && len(parts) <= 4 && allDigits(parts) {
		t.kind, t.bits = ipv4Token, 8*len(parts)
		for _, part := range parts {
			n, err := strconv.ParseUint(part, 10, 8)
			if err != nil {
				return token{kind: badToken, raw: word, wanted: "an IPv4 address"}
			}
			t.number = t.number<<8 | uint32(n)
		}
		t.number <<= 32 - t.bits
		return t
	}
	if n, ok := namedNumber(word); ok {
		t.kind, t.number = numberToken, n
		return t
	}
	t.kind = nameToken
	if isKeyword(word) {
		t.kind = keywordToken
	}
	return t
}

// parseMAC reads 2:0:0:0:0:1, also with dashes or dots, 0200.0000.0001 and 020000000001.
func parseMAC(s string) (mac [6]byte, ok bool) {
	for _, separator := range []string{":", "-", "."} {
		if strings.Count(s, separator) != 5 {
			continue
		}
		for i, part := range strings.Split(s, separator) {
			n, err := strconv.ParseUint(part, 16, 8)
			if err != nil || len(part) > 2 || !isHex(part[0]) {
				return mac, false
			}
			mac[i] = byte(n)
		}
		return mac, true
	}
	if len(s) == 14 && s[4] == '.' && s[9] == '.' {
		s = s[:4] + s[5:9] + s[10:]
	}
	if len(s) != 12 {
		return mac, false
	}
	n, err := hex.Decode(mac[:], []byte(s))
	return mac, err == nil && n == len(mac)
}

// isNumber reports whether a word is meant to be a number: digits, or 0x and hex digits.
func isNumber(word string) bool {
	if hexadecimal, ok := strings.CutPrefix(strings.ToLower(word), "0x"); ok {
		return hexadecimal != "" && strings.Trim(hexadecimal, "0123456789abcdef") == ""
	}
	return allDigits([]string{word})
}

func allDigits(parts []string) bool {
	for _, part := range parts {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
