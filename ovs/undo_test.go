package ovs

import (
	"errors"
	"strings"
	"testing"
)

// What somebody else has put into a mirror since is not thrown away with it.
func TestUndoIsRefusedWhenTheWorldHasChanged(t *testing.T) {
	made := func() (*Undo, *Snapshot, *Mirror) {
		after := fixture()
		u := NewUndo(&Plan{Title: "copy tap1 → into new ours", Undo: ReleaseLease{Lease: "11111111"}}, after)
		now := fixture()
		return u, now, now.Mirror(id('c', '1'))
	}
	for name, test := range map[string]struct {
		world func(*Snapshot, *Mirror)
		want  string // of the ChangedError; "" for a plan
	}{
		"as it was":   {func(*Snapshot, *Mirror) {}, ""},
		"source more": {func(_ *Snapshot, m *Mirror) { m.Ingress = []PortRef{{id('a', '2'), "tap2"}} }, "mirror ours meanwhile: tap2 ← was added"},
		"source less": {func(_ *Snapshot, m *Mirror) { m.Egress = nil }, "tap1 → was taken out"},
		"guest gone": {func(s *Snapshot, m *Mirror) {
			s.Bridges[0].Ports = s.Bridges[0].Ports[2:]
			m.Egress = nil
		}, ""},
		"whole bridge": {func(_ *Snapshot, m *Mirror) { m.SelectAll = true }, "select_all was changed"},
		"VLANs":        {func(_ *Snapshot, m *Mirror) { m.VLANs = []int{10, 20} }, "its VLANs are 10,20 now"},
		"snaplen":      {func(_ *Snapshot, m *Mirror) { n := 64; m.SnapLen = &n }, "its snaplen or filter was changed"},
		"name":         {func(_ *Snapshot, m *Mirror) { m.Name = "mine" }, "it is called mine now"},
		"output":       {func(_ *Snapshot, m *Mirror) { m.OutputPort = &PortRef{id('a', '2'), "tap2"} }, "its output is port tap2 now"},
		"output gone": {func(s *Snapshot, m *Mirror) {
			m.OutputPort = nil
			s.Bridges[0].Ports = append(s.Bridges[0].Ports[:3:3], s.Bridges[0].Ports[4:]...)
		}, ""},
		"output made anew": {func(s *Snapshot, m *Mirror) {
			mon := *s.Bridges[0].Ports[3]
			mon.UUID = id('a', '9')
			s.Bridges[0].Ports[3], m.OutputPort = &mon, &PortRef{mon.UUID, "mon"}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, now, m := made()
			test.world(now, m)
			p, err := u.Plan(now)
			var changed *ChangedError
			switch {
			case test.want == "":
				if err != nil || p.Empty() {
					t.Errorf("got %v, %v; want a plan", p, err)
				}
			case !errors.As(err, &changed) || !strings.Contains(err.Error(), test.want):
				t.Errorf("got %v, want a ChangedError with %q", err, test.want)
			}
		})
	}
}

func TestUndoSaysWhatIsGoneOrDone(t *testing.T) {
	s := fixture()
	var gone *GoneError
	var undone *UndoneError
	var changed *ChangedError
	toggle := &Undo{Title: "copy tap2 ← into ours", Change: SetSources{Mirror: id('c', '1'), Remove: []Source{{id('a', '2'), Ingress}}}}
	if _, err := toggle.Plan(s); !errors.As(err, &undone) || undone.Title != toggle.Title {
		t.Errorf("taken out by somebody else: got %v, want an UndoneError", err)
	}
	toggle.Change = SetSources{Mirror: id('c', '9'), Remove: []Source{{id('a', '2'), Ingress}}}
	if _, err := toggle.Plan(s); !errors.As(err, &gone) {
		t.Errorf("of a mirror that is gone: got %v, want a GoneError", err)
	}
	toggle.Change = SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '9'), Ingress}}}
	if _, err := toggle.Plan(s); !errors.As(err, &gone) {
		t.Errorf("with a port that is gone: got %v, want a GoneError", err)
	}
	again := CreateMirror{Bridge: id('b', '0'), Lease: "11111111", Owner: us, MirrorSpec: MirrorSpec{Name: "ours", Output: Output{Port: id('a', '3')}}}
	if _, err := (&Undo{Change: again}).Plan(s); !errors.As(err, &undone) {
		t.Errorf("made again by somebody else: got %v, want an UndoneError", err)
	}
	again.Lease, again.Name = "", "theirs"
	if _, err := (&Undo{Change: RestoreMirrors{Mirrors: []CreateMirror{again}}}).Plan(s); !errors.As(err, &changed) || !strings.Contains(err.Error(), "br0 meanwhile: it has a mirror theirs again") {
		t.Errorf("one of the same name: got %v, want a ChangedError", err)
	}
}
