package decode

import "fmt"

// Node is a header or field of a decoded frame.
type Node struct {
	Name  string // "IPv4", "Time to live"
	Value string // "64"; of a header a short summary
	// Start and End are the bytes of the frame that hold it: frame[Start:End].
	Start, End int
	Children   []*Node
	Err        string // why the rest of it cannot be shown: "truncated" or what is malformed
}

// Tree decodes a frame as Summarize does, into all its fields. The root is the
// frame, its children are the headers from the outside in and what of the frame could
// not be decoded. Every range lies
// within the frame and within its parent's range.
func Tree(frame []byte, wireLen int) *Node {
	d := newDissection(frame, wireLen)
	d.root = &Node{Name: "Frame", End: len(frame)}
	d.root.Value = fmt.Sprintf("%d bytes", d.wireLen)
	if d.wireLen > len(frame) {
		d.root.Value = fmt.Sprintf("%d bytes, %d captured", d.wireLen, len(frame))
	}
	decodeEthernet(d.start())
	end := 0
	for _, header := range d.root.Children {
		end = max(end, header.End)
	}
	if end < len(frame) {
		d.add(d.root, "Not decoded", fmt.Sprintf("%d bytes", len(frame)-end), end, len(frame))
	}
	return d.root
}
