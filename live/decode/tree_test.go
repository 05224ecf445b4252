package decode

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestTreeNamesTheBytesOfEachField(t *testing.T) {
	frame := build(ethernet(typeQinQ), tag(typeVLAN, 100, 5, true), tag(typeIPv4, 20, 0, false), ip4(protoTCP), tcp(1000, 2000))
	want := map[string]string{
		"Ethernet/Destination":                "020000000002",
		"Ethernet/Type":                       "88a8",
		"802.1ad tag":                         "b0648100",
		"802.1ad tag/Tag control information": "b064",
		"802.1ad tag/Tag control information/Priority (PCP)": "b0",
		"802.1ad tag/Tag control information/VLAN ID":        "b064",
		"802.1Q tag/Tag control information":                 "0014",
		"IPv4/Version and header length/Version":             "45",
		"IPv4/Source":                                        "0a000001",
		"IPv4/Flags and fragment offset/Don't fragment":      "00",
		"TCP/Source port":                                    "03e8",
		"TCP/Header length and flags/ACK":                    "10",
		"TCP/Window":                                         "01f6",
		"TCP":                                                "03e807d0000003e8000007d0501001f6",
	}
	got := map[string]string{}
	var walk func(path string, n *Node)
	walk = func(path string, n *Node) {
		if _, wanted := want[path+n.Name]; wanted {
			got[path+n.Name] = hex.EncodeToString(frame[n.Start:min(n.End, n.Start+16)])
		}
		for _, c := range n.Children {
			walk(path+n.Name+"/", c)
		}
	}
	for _, header := range Tree(frame, len(frame)).Children {
		walk("", header)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTreeSaysWhereAFrameBreaks(t *testing.T) {
	frame := overUDP(1000, 53, raw("0001 0100 0001 0000 0000 0000 c00c 0001 0001"))
	for _, c := range []struct {
		name, want string
		n          int
	}{
		{"malformed", "!name pointer that does not lead back", len(frame)},
		{"cut in the header", "IPv4 !truncated", 30},
		{"rest of a broken header", "Not decoded: 6 bytes", len(frame)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outline(Tree(frame[:c.n], len(frame))); !strings.Contains(got, c.want) {
				t.Errorf("want %q in\n%s", c.want, got)
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
