package decode

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// checkText fails if a string could do anything on a terminal but be read.
func checkText(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("%s is no UTF-8: %q", what, s)
	}
	for _, c := range s {
		if !visible(c) {
			t.Fatalf("%s has the character %U: %q", what, c, s)
		}
	}
}

// checkLine fails if a line is not fit for a list.
func checkLine(t *testing.T, l *Line) {
	t.Helper()
	for _, s := range []string{l.EthSrc, l.EthDst, l.IPSrc, l.IPDst, l.Protocol, l.Info, l.Source(), l.Destination()} {
		checkText(t, "line", s)
	}
	if l.Protocol == "" {
		t.Fatalf("no protocol: %+v", l)
	}
	if len(l.Info) > maxInfo {
		t.Fatalf("info of %d bytes", len(l.Info))
	}
	if len(l.VLANs) > maxTags {
		t.Fatalf("%d tags", len(l.VLANs))
	}
	if l.Outer != nil {
		checkLine(t, l.Outer)
	}
}

// checkTree fails if a range is not within its parent's or a text is unfit, and
// returns the number of nodes.
func checkTree(t *testing.T, n *Node, start, end int) int {
	t.Helper()
	if n.Start < start || n.End > end || n.Start > n.End {
		t.Fatalf("%s %q is [%d:%d] in a parent of [%d:%d]", n.Name, n.Value, n.Start, n.End, start, end)
	}
	for _, s := range []string{n.Name, n.Value, n.Err} {
		checkText(t, "node "+n.Name, s)
	}
	count := 1
	for _, c := range n.Children {
		count += checkTree(t, c, n.Start, n.End)
	}
	return count
}

func seed(f *testing.F) {
	for _, s := range samples() {
		f.Add(s.frame, len(s.frame))
		f.Add(s.frame[:len(s.frame)*3/4], len(s.frame))
	}
}

func FuzzSummarize(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, frame []byte, wireLen int) {
		l := Summarize(frame, wireLen)
		checkLine(t, &l)
	})
}

func FuzzTree(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, frame []byte, wireLen int) {
		root := Tree(frame, wireLen)
		if count, most := checkTree(t, root, 0, len(frame)), 65+16*len(frame); count > most {
			t.Fatalf("%d nodes for %d bytes, more than %d", count, len(frame), most)
		}
		// One decoder fills both, so asking for the tree changes nothing in the line.
		d := newDissection(frame, wireLen)
		d.root = &Node{}
		decodeEthernet(d.start())
		if diff := cmp.Diff(Summarize(frame, wireLen), d.finish()); diff != "" {
			t.Fatalf("the line differs when a tree is built (-without +with):\n%s", diff)
		}
	})
}
