package decode

import "strings"

const (
	// maxLayers bounds the headers of one frame. Real frames have a dozen; the
	// bound keeps a hostile one from nesting tunnels thousands deep.
	maxLayers = 48
	// maxTags bounds Line.VLANs.
	maxTags = 32
	// maxInfo bounds Line.Info in bytes.
	maxInfo = 1024
)

// dissection is the state of one pass over one frame.
type dissection struct {
	frame   []byte
	wireLen int
	line    Line
	root    *Node  // nil when only the line is wanted
	via     string // encapsulations passed, each ending in " | "
	tail    string // what to add after the Info, such as "(first fragment)"
	fault   string // the first thing that was wrong: "truncated" or "malformed: …"
	layers  int
	nodes   int // made so far
	quoting int // > 0 inside the packet that an ICMP error quotes
	finding bool
	found   []Address // if finding
}

func newDissection(frame []byte, wireLen int) *dissection {
	return &dissection{frame: frame, wireLen: max(wireLen, len(frame))}
}

// start is the reader of the whole frame.
func (d *dissection) start() reader { return reader{d: d, end: d.wireLen} }

// maxNodes is how many nodes the frame deserves: a byte of flags makes about ten.
func (d *dissection) maxNodes() int { return 64 + 16*len(d.frame) }

// add puts a node under parent. Nothing happens without a parent, so decoders
// need not know whether a tree is wanted.
func (d *dissection) add(parent *Node, name, value string, start, end int) *Node {
	if parent == nil || d.nodes >= d.maxNodes() {
		return nil
	}
	d.nodes++
	start, end = min(start, len(d.frame)), min(end, len(d.frame))
	n := &Node{Name: name, Value: value, Start: start, End: end}
	parent.Children = append(parent.Children, n)
	parent.End = max(parent.End, end)
	return n
}

// mark remembers the first thing that is wrong with the frame.
func (d *dissection) mark(fault string) {
	if d.fault == "" {
		d.fault = fault
	}
}

// say sets what the list shows; each header overrides the one around it.
func (d *dissection) say(protocol, info string) {
	d.line.Protocol, d.line.Info = protocol, info
}

// through notes an encapsulation that the innermost packet's Info starts with.
func (d *dissection) through(what string) {
	d.via += what + " | "
}

// tunnel begins an inner packet: what was decoded so far becomes its outer one.
func (d *dissection) tunnel(protocol, info string) {
	outer := innermost(d.line)
	outer.Protocol, outer.Info = protocol, info
	d.line = Line{Outer: &outer}
	if info != "" {
		protocol += " " + info
	}
	d.through(protocol)
}

// innermost completes the line of an inner packet. Without an Ethernet header of its
// own it is shown with that of the packet around it; if its own addresses were cut
// off, or it has none, those of the packet around it are shown.
func innermost(l Line) Line {
	switch {
	case l.Outer == nil || l.EthSrc != "":
	case l.IPSrc == "":
		protocol, info := l.Protocol, l.Info
		l = *l.Outer
		if l.Info = info; info != "" {
			l.Protocol = protocol
		}
	default:
		l.VLANs, l.EtherType = l.Outer.VLANs, l.Outer.EtherType
		l.EthSrc, l.EthDst = l.Outer.EthSrc, l.Outer.EthDst
	}
	return l
}

// finish returns the line with what was passed on the way and what was wrong.
func (d *dissection) finish() Line {
	l := innermost(d.line)
	words := []string{strings.TrimSuffix(d.via, " | ")}
	if l.Info != "" {
		words[0] = d.via + l.Info
	}
	if d.tail != "" {
		words = append(words, d.tail)
	}
	if d.fault != "" {
		words = append(words, "["+d.fault+"]")
	}
	l.Info = shorten(strings.TrimPrefix(strings.Join(words, " "), " "), maxInfo)
	return l
}
