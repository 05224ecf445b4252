package ovs

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever a run does to somebody else's mirror, one after the other: the net way
// back leads to where it began.
func TestEditsAreTakenBackNet(t *testing.T) {
	s := fixture()
	m := s.Mirror(id('c', '2'))
	tap1, tap2 := id('a', '1'), id('a', '2')
	was := m.Spec()
	edit := func(seen MirrorSpec, change func(*MirrorSpec)) (Change, MirrorSpec) {
		want := seen
		change(&want)
		return EditMirror{Mirror: m.UUID, Seen: want, Want: seen}, want // the undo
	}
	var e Edits
	note := func(undo Change) { e.Note(&Plan{edits: true, Undo: undo}) }

	undo1, now := edit(was, func(c *MirrorSpec) { c.SnapLen, c.Output = 100, Output{VLAN: 7} })
	undo2, now := edit(now, func(c *MirrorSpec) { c.SnapLen, c.Sources = 64, []Source{{tap2, Egress}} })
	undo3, now := edit(now, func(c *MirrorSpec) { c.Output, c.VLANs = Output{VLAN: 8}, []int{10} })
	for _, u := range []Change{undo1, undo2, undo3, SetSources{Mirror: m.UUID, Remove: []Source{{tap1, Ingress}}}} {
		note(u)
	}
	want := []EditMirror{{
		Mirror: m.UUID,
		Seen:   MirrorSpec{SnapLen: 64, Output: Output{VLAN: 8}, Sources: []Source{{tap2, Egress}, {tap1, Ingress}}, VLANs: []int{10}},
		Want:   MirrorSpec{Output: was.Output, Sources: []Source{{tap1, Egress}}},
	}}
	if diff := cmp.Diff(want, e.List()); diff != "" {
		t.Error(diff)
	}

	// Undone one by one: nothing is left to take back.
	again := func(u Change) Change {
		c := u.(EditMirror)
		return EditMirror{Mirror: c.Mirror, Seen: c.Want, Want: c.Seen}
	}
	note(SetSources{Mirror: m.UUID, Add: []Source{{tap1, Ingress}}})
	for _, u := range []Change{undo3, undo2, undo1} {
		note(again(u))
	}
	if got := e.List(); len(got) != 0 {
		t.Errorf("left to take back: %+v", got)
	}

	note(undo1)
	e.Note(&Plan{Undo: undo2}) // a mirror of our own
	if got := e.List(); len(got) != 1 || got[0].Seen.SnapLen != 100 {
		t.Errorf("got %+v", got)
	}
	e.Leave()
	if len(e.List()) != 0 {
		t.Error("what is to stay is taken back")
	}
	_ = now
}

// Bridges that flood a VLAN for somebody's mirror, one more each time.
func TestFloodingIsTakenBackNet(t *testing.T) {
	var e Edits
	note := func(flood, unflood []UUID) {
		e.Note(&Plan{edits: true, Undo: EditMirror{Mirror: id('c', '2'), Flood: flood, Unflood: unflood}})
	}
	br0, br1 := []UUID{id('b', '0')}, []UUID{id('b', '1')}
	note(nil, br0)
	note(nil, br1)
	want := []EditMirror{{Mirror: id('c', '2'), Unflood: []UUID{id('b', '0'), id('b', '1')}}}
	if diff := cmp.Diff(want, e.List()); diff != "" {
		t.Error(diff)
	}
	note(br0, nil)
	note(br1, nil)
	if got := e.List(); len(got) != 0 {
		t.Errorf("left to take back: %+v", got)
	}
}

// What is gone, or changed by somebody else since, is not taken back.
func TestTakingBackLeavesOtherPeoplesChanges(t *testing.T) {
	s := fixture()
	m := s.Mirror(id('c', '2'))
	back := EditMirror{
		Mirror: m.UUID,
		Seen:   MirrorSpec{SnapLen: 100, Name: "ours now", Output: Output{VLAN: 8}},
		Want:   MirrorSpec{SnapLen: 0, Name: "theirs before", Output: Output{Port: id('a', '3')}, Sources: []Source{{id('a', '9'), Egress}, {id('a', '2'), Egress}}},
	}
	m.SnapLen = intp(100)
	got := back.Possible(s)
	want := back
	want.Want.Name = "ours now" // the mirror is called theirs: somebody else did that
	want.Want.Output = Output{VLAN: 8}
	want.Want.Sources = []Source{{id('a', '2'), Egress}} // a9 is no port any more
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMerge(t *testing.T) {
	src := func(n byte) Source { return Source{id('a', n), Egress} }
	seen := MirrorSpec{Name: "m", Sources: []Source{src('1'), src('2')}, VLANs: []int{10}, Output: Output{VLAN: 5}, SnapLen: 100}
	want, is := seen, seen
	want.Sources, want.VLANs, want.Output, want.SnapLen = []Source{src('1'), src('3')}, []int{10, 20}, Output{VLAN: 6}, 64
	is.Sources, is.VLANs, is.Output, is.Name = []Source{src('1'), src('2'), src('4')}, nil, Output{VLAN: 7}, "n"
	for _, mine := range []bool{true, false} {
		merged, conflicts := Merge(seen, want, is, mine)
		expected := MirrorSpec{Name: "n", Sources: []Source{src('1'), src('3'), src('4')}, VLANs: []int{20}, Output: Output{VLAN: 7}, SnapLen: 64}
		if mine {
			expected.Output.VLAN = 6
		}
		if diff := cmp.Diff(expected, merged); diff != "" {
			t.Errorf("mine %v: %s", mine, diff)
		}
		if diff := cmp.Diff([]string{"output"}, conflicts); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDifferencesInWords(t *testing.T) {
	s := fixture()
	a := s.Mirror(id('c', '2')).Spec()
	b := MirrorSpec{Name: "x", SelectAll: true, Sources: []Source{{id('a', '2'), Ingress}}, VLANs: []int{10, 11, 12}, Output: Output{VLAN: 7}, SnapLen: 64, Filter: "icmp"}
	want := []Difference{
		{"name", "theirs", "x"},
		{"selection", "ports", "the whole bridge"},
		{"sources", "tap1 →", "tap2 ←"},
		{"VLANs", "all", "10-12"},
		{"output", "port mon", "VLAN 7"},
		{"snaplen", "whole packets", "64 bytes"},
		{"filter", "none", "icmp"},
	}
	if diff := cmp.Diff(want, a.Differences(s, b)); diff != "" {
		t.Error(diff)
	}
	if got := a.Differences(s, a); len(got) != 0 {
		t.Errorf("from itself: %v", got)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string][]int{"": nil, " 20, 10 ,10": {10, 20}, "10-12,0": {0, 10, 11, 12}, "4095": {4095}} {
		if got, err := ParseVLANs(text); err != nil || !cmp.Equal(got, want) {
			t.Errorf("VLANs %q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "4096", "-1", "12-10", "10,", "1-4096", "0x10"} {
		var invalid *InvalidError
		if got, err := ParseVLANs(text); !errors.As(err, &invalid) {
			t.Errorf("VLANs %q: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]uint32{"26": 26, "0x1a": 26, "0X1A": 26, "010": 10, " 1048575": 1<<20 - 1} {
		if got, err := ParseNumber(text, IndexBits); err != nil || got != want {
			t.Errorf("number %q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1a", "1048576", "-1", "0x", "0b1", "1_0"} {
		if got, err := ParseNumber(text, IndexBits); err == nil {
			t.Errorf("number %q: %v", text, got)
		}
	}
	for text, want := range map[string]string{"192.0.2.9": "192.0.2.9", "2001:DB8::9": "2001:db8::9", "::ffff:192.0.2.9": "192.0.2.9"} {
		if got, err := ParseAddress(text); err != nil || got != netip.MustParseAddr(want) {
			t.Errorf("address %q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "analyzer", "192.0.2.0/24", "fe80::1%eth0"} {
		if got, err := ParseAddress(text); err == nil {
			t.Errorf("address %q: %v", text, got)
		}
	}
}
