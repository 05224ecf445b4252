package decode

import (
	"strings"
	"testing"
)

// cover marks the bytes that the leaves of a tree show.
func cover(n *Node, shown []bool) {
	if len(n.Children) == 0 || n.Name == "Packet in error" { // which is cut anywhere
		for i := n.Start; i < n.End; i++ {
			shown[i] = true
		}
	}
	for _, c := range n.Children {
		cover(c, shown)
	}
	// The parts of a number may leave out reserved bits.
	if len(n.Children) > 0 && n.End-n.Start <= 4 {
		for i := n.Start; i < n.End; i++ {
			shown[i] = true
		}
	}
}

func TestTreeShowsEveryByte(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			root := Tree(s.frame, len(s.frame))
			checkTree(t, root, 0, len(s.frame))
			shown := make([]bool, len(s.frame))
			for _, c := range root.Children {
				cover(c, shown)
			}
			for i, ok := range shown {
				if !ok {
					t.Errorf("byte %d (0x%02x) is in no field\n%s", i, s.frame[i], outline(root))
					return
				}
			}
		})
	}
}

// outline writes a tree as text.
func outline(n *Node) string {
	var b strings.Builder
	var write func(n *Node, depth int)
	write = func(n *Node, depth int) {
		b.WriteString(strings.Repeat("  ", depth) + n.Name)
		if n.Value != "" {
			b.WriteString(": " + n.Value)
		}
		if n.Err != "" {
			b.WriteString(" !" + n.Err)
		}
		b.WriteByte('\n')
		for _, c := range n.Children {
			write(c, depth+1)
		}
	}
	write(n, 0)
	return b.String()
}
