package decode

import "fmt"

// dnsType writes "A" or "TYPE65280" (RFC 3597 §5).
func dnsType(kind uint16) string {
	if name := dnsTypeName(uint64(kind)); name != "" {
		return name
	}
	return fmt.Sprintf("TYPE%d", kind)
}

func dnsTypeName(v uint64) string {
	switch v {
	case 1:
		return "A"
	case 2:
		return "NS"
	case 5:
		return "CNAME"
	case 6:
		return "SOA"
	case 12:
		return "PTR"
	case 13:
		return "HINFO"
	case 15:
		return "MX"
	case 16:
		return "TXT"
	case 28:
		return "AAAA"
	case 33:
		return "SRV"
	case 35:
		return "NAPTR"
	case 39:
		return "DNAME"
	case 41:
		return "OPT"
	case 43:
		return "DS"
	case 46:
		return "RRSIG"
	case 47:
		return "NSEC"
	case 48:
		return "DNSKEY"
	case 50:
		return "NSEC3"
	case 52:
		return "TLSA"
	case 64:
		return "SVCB"
	case 65:
		return "HTTPS"
	case 250:
		return "TSIG"
	case 251:
		return "IXFR"
	case 252:
		return "AXFR"
	case 255:
		return "ANY"
	case 257:
		return "CAA"
	}
	return ""
}

func dnsClassName(v uint64) string {
	switch v {
	case 1:
		return "IN"
	case 3:
		return "CH"
	case 254:
		return "NONE"
	case 255:
		return "ANY"
	}
	return ""
}

func dnsOpcodeName(v uint64) string {
	switch v {
	case 0:
		return "query"
	case 1:
		return "inverse query"
	case 2:
		return "status"
	case 4:
		return "notify"
	case 5:
		return "update"
	}
	return fmt.Sprintf("opcode %d", v)
}

func dnsRcodeName(v uint64) string {
	switch v {
	case 0:
		return "NOERROR"
	case 1:
		return "FORMERR"
	case 2:
		return "SERVFAIL"
	case 3:
		return "NXDOMAIN"
	case 4:
		return "NOTIMP"
	case 5:
		return "REFUSED"
	case 6:
		return "YXDOMAIN"
	case 7:
		return "YXRRSET"
	case 8:
		return "NXRRSET"
	case 9:
		return "NOTAUTH"
	case 10:
		return "NOTZONE"
	}
	return fmt.Sprintf("RCODE%d", v)
}

func dnsOptionName(v uint64) string {
	switch v {
	case 3:
		return "NSID"
	case 8:
		return "client subnet"
	case 10:
		return "cookie"
	case 11:
		return "TCP keepalive"
	case 12:
		return "padding"
	case 15:
		return "extended error"
	}
	return ""
}

// dnsParameterName names a service parameter (RFC 9460 §14.3.2).
func dnsParameterName(v uint64) string {
	switch v {
	case 0:
		return "mandatory"
	case 1:
		return "alpn"
	case 2:
		return "no-default-alpn"
	case 3:
		return "port"
	case 4:
		return "ipv4hint"
	case 5:
		return "ech"
	case 6:
		return "ipv6hint"
	}
	return ""
}
