package decode

import "time"

// Record is a frame as one JSON object (DESIGN §5). What the frame does not have
// is left out. A record needs no other to be understood.
type Record struct {
	Time   string `json:"time"`   // RFC 3339 in UTC, always nine digits of nanoseconds
	Len    int    `json:"len"`    // bytes on the wire
	CapLen int    `json:"caplen"` // bytes captured
	Headers
}

// Headers are the addresses of one frame or, in Outer, of one that carried it.
type Headers struct {
	VLANs    []VLAN   `json:"vlans,omitempty"` // outermost first
	EthSrc   string   `json:"eth_src,omitempty"`
	EthDst   string   `json:"eth_dst,omitempty"`
	EthType  *uint16  `json:"eth_type,omitempty"` // after all tags
	IPSrc    string   `json:"ip_src,omitempty"`
	IPDst    string   `json:"ip_dst,omitempty"`
	IPProto  *uint8   `json:"ip_proto,omitempty"`
	SrcPort  *uint16  `json:"src_port,omitempty"`
	DstPort  *uint16  `json:"dst_port,omitempty"`
	Protocol string   `json:"protocol,omitempty"`
	Info     string   `json:"info,omitempty"`
	Outer    *Headers `json:"outer,omitempty"` // the packet around a tunnelled one
}

// NewRecord decodes a frame as Summarize does and stamps it with its capture time.
func NewRecord(t time.Time, wireLen int, frame []byte) Record {
	line := Summarize(frame, wireLen)
	return Record{
		Time:    t.UTC().Format("2006-01-02T15:04:05.000000000Z07:00"),
		Len:     max(wireLen, len(frame)),
		CapLen:  len(frame),
		Headers: newHeaders(&line),
	}
}

func newHeaders(l *Line) Headers {
	h := Headers{
		VLANs:  l.VLANs,
		EthSrc: l.EthSrc, EthDst: l.EthDst,
		IPSrc: l.IPSrc, IPDst: l.IPDst,
		Protocol: l.Protocol, Info: l.Info,
	}
	if l.EtherType != 0 {
		h.EthType = &l.EtherType
	}
	if l.HasIP {
		h.IPProto = &l.IPProto
	}
	if l.HasPorts {
		h.SrcPort, h.DstPort = &l.SrcPort, &l.DstPort
	}
	if l.Outer != nil {
		outer := newHeaders(l.Outer)
		h.Outer = &outer
	}
	return h
}
