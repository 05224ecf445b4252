package ovs

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// ids for the fixture: readable, and valid as UUIDs.
func id(kind, n byte) UUID {
	return UUID("0000000" + string(kind) + "-0000-0000-0000-00000000000" + string(n))
}

var (
	us    = Process{Host: "h", Boot: "b", PIDNS: "1", PID: 100, Start: 7}
	other = Process{Host: "h", Boot: "b", PIDNS: "1", PID: 200, Start: 8}
)

// fixture is br0 with tap1, tap2 and mon, and br1 with far; mirrors of every owner.
func fixture() *Snapshot {
	port := func(n byte, name string, bridge UUID) *Port {
		return &Port{UUID: id('a', n), Name: name, Bridge: bridge, rawName: name, Interfaces: []*Interface{{Name: name, MTU: 1500}}}
	}
	br0, br1 := id('b', '0'), id('b', '1')
	tap1, mon := port('1', "tap1", br0), port('3', "mon", br0)
	mirror := func(n byte, name string, kind OwnerKind, lease string) *Mirror {
		return &Mirror{
			UUID: id('c', n), Name: name, Bridge: br0, Owner: Owner{Kind: kind, Lease: lease, Process: us},
			Egress: []PortRef{{tap1.UUID, "tap1"}}, OutputPort: &PortRef{mon.UUID, "mon"},
		}
	}
	leased := port('4', "ovscope11111111", br0)
	leased.Owner = Owner{Kind: ThisRun, Lease: "11111111", Process: us}
	return &Snapshot{
		root: id('d', '0'), StatsInterval: 5 * time.Second,
		Bridges: []*Bridge{
			{
				UUID: br0, Name: "br0", rawName: "br0",
				Ports: []*Port{port('0', "br0", br0), tap1, port('2', "tap2", br0), mon, leased},
				Mirrors: []*Mirror{
					mirror('1', "ours", ThisRun, "11111111"), mirror('2', "theirs", Foreign, ""),
					mirror('3', "ovn", OVN, ""), mirror('4', "other", OtherRun, "22222222"), mirror('5', "kept", Kept, "33333333"),
				},
			},
			{UUID: br1, Name: "br1", rawName: "br1", Ports: []*Port{port('5', "far", br1)}},
		},
	}
}

func operationsJSON(t *testing.T, p *Plan) string {
	t.Helper()
	out, err := json.Marshal(p.tx.operations("alice"))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPlanGuardsEveryPortItNames(t *testing.T) {
	s := fixture()
	for name, change := range map[string]Change{
		"toggle": SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '2'), Egress}, {id('a', '2'), Ingress}}},
		"lease":  CreateLease{Bridge: id('b', '0'), Lease: "abcdef01", Owner: us, Sources: []Source{{id('a', '2'), Egress}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := NewPlan(s, change)
			if err != nil {
				t.Fatal(err)
			}
			want := `{"op":"wait","table":"Port","rows":[{"name":"tap2"}],"columns":["name"],"timeout":0,"where":[["_uuid","==",["uuid","` + string(id('a', '2')) + `"]]],"until":"=="}`
			if got := operationsJSON(t, p); strings.Count(got, want) != 1 {
				t.Errorf("want one guard for tap2 (F5):\n%s", got)
			}
		})
	}
}

// Only mutations of sets commute with what somebody else does at the same time (F16).
func TestPlanNeverOverwritesAColumnOfARowThatExists(t *testing.T) {
	s := fixture()
	for _, change := range []Change{
		SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '2'), Egress}}, Remove: []Source{{id('a', '1'), Egress}}},
		CreateLease{Bridge: id('b', '0'), Lease: "abcdef01", Owner: us},
		ReleaseLease{Lease: "11111111"},
		KeepLease{Lease: "11111111"},
	} {
		p, err := NewPlan(s, change)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range p.tx.operations("alice") {
			if op.Op == ovsdb.OperationUpdate || op.Op == ovsdb.OperationDelete {
				t.Errorf("%T contains %s on %s", change, op.Op, op.Table)
			}
			for _, m := range op.Mutations {
				ok := m.Mutator == ovsdb.MutateOperationInsert || m.Mutator == ovsdb.MutateOperationDelete || m.Column == "next_cfg"
				if !ok {
					t.Errorf("%T mutates %s with %s", change, m.Column, m.Mutator)
				}
			}
		}
		if got := operationsJSON(t, p); !strings.Contains(got, `["next_cfg","+=",1]`) || !strings.Contains(got, `"comment":"ovscope, alice: `) {
			t.Errorf("%T does not ask vswitchd to take it up, or does not say who did it:\n%s", change, got)
		}
	}
}

func TestPlanToggle(t *testing.T) {
	s := fixture()
	p, err := NewPlan(s, SetSources{
		Mirror: id('c', '1'),
		Add:    []Source{{id('a', '1'), Egress}, {id('a', '2'), Ingress}}, // the first is on already
		Remove: []Source{{id('a', '2'), Egress}},                          // and this one is off
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ovs-vsctl -- --id=@p1 get Port tap2 -- add Mirror " + string(id('c', '1')) + " select_dst_port @p1"}
	if diff := cmp.Diff(want, p.Commands); diff != "" {
		t.Error(diff)
	}
	if p.Title != "copy tap2 ← into ours" {
		t.Errorf("title %q", p.Title)
	}
	undo := SetSources{Mirror: id('c', '1'), Remove: []Source{{id('a', '2'), Ingress}}}
	if diff := cmp.Diff(Change(undo), p.Undo); diff != "" {
		t.Error(diff)
	}
	if p.stops || !p.reselects {
		t.Errorf("adding: stops %v, reselects %v", p.stops, p.reselects)
	}
	if p, _ := NewPlan(s, p.Undo); !p.Empty() {
		t.Error("taking away what is not there is not empty")
	}
}

func TestPlanRefuses(t *testing.T) {
	s := fixture()
	full := fixture()
	for len(full.Bridges[0].Mirrors) < maxMirrors {
		full.Bridges[0].Mirrors = append(full.Bridges[0].Mirrors, &Mirror{})
	}
	for name, test := range map[string]struct {
		s      *Snapshot
		change Change
		want   string
	}{
		"OVN's mirror":           {s, SetSources{Mirror: id('c', '3'), Add: []Source{{id('a', '2'), Egress}}}, "belongs to OVN"},
		"the output as a source": {s, SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '3'), Egress}}}, "mon is the output of mirror ours"},
		"a port of another bridge": {
			s,
			CreateLease{Bridge: id('b', '0'), Lease: "abcdef01", Sources: []Source{{id('a', '5'), Egress}}},
			"far is on bridge br1",
		},
		"the 33rd mirror":    {full, CreateLease{Bridge: id('b', '0'), Lease: "abcdef01"}, "no more than 32"},
		"a name that exists": {s, CreateLease{Bridge: id('b', '0'), Lease: "11111111"}, "there is a port ovscope11111111 already"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewPlan(test.s, test.change)
			var refused *RefusedError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want a refusal with %q", err, test.want)
			}
		})
	}
}

func TestPlanSaysWhatIsGone(t *testing.T) {
	s := fixture()
	for name, change := range map[string]Change{
		"mirror": SetSources{Mirror: id('c', '9')},
		"port":   SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '9'), Egress}}},
		"bridge": CreateLease{Bridge: id('b', '9')},
		"lease":  KeepLease{Lease: "99999999"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewPlan(s, change)
			var gone *GoneError
			if !errors.As(err, &gone) || gone.Kind != name {
				t.Errorf("got %v, want a GoneError of a %s", err, name)
			}
		})
	}
}

func TestPlanAsksBeforeItChangesWhatIsNotOurs(t *testing.T) {
	s := fixture()
	for name, want := range map[string]bool{"ours": false, "kept": false, "theirs": true, "other": true} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(s.Bridges[0].Mirrors, func(m *Mirror) bool { return m.Name == name })
			p, err := NewPlan(s, SetSources{Mirror: s.Bridges[0].Mirrors[i].UUID, Add: []Source{{id('a', '2'), Egress}}})
			if err != nil {
				t.Fatal(err)
			}
			if p.NeedsConfirmation() != want {
				t.Errorf("hazards %v", p.Hazards)
			}
		})
	}
}

func TestPlanReleasesOnlyItsLease(t *testing.T) {
	s := fixture()
	p, err := NewPlan(s, ReleaseLease{Lease: "11111111"})
	if err != nil {
		t.Fatal(err)
	}
	ops := operationsJSON(t, p)
	for _, want := range []UUID{id('c', '1'), id('a', '4')} {
		if !strings.Contains(ops, string(want)) {
			t.Errorf("%s is not removed", want)
		}
	}
	for _, m := range s.Bridges[0].Mirrors[1:] {
		if strings.Contains(ops, string(m.UUID)) {
			t.Errorf("mirror %s is touched", m.Name)
		}
	}
	want := CreateMirror{
		Bridge: id('b', '0'), Lease: "11111111", Owner: us,
		MirrorSpec: MirrorSpec{Name: "ours", Sources: []Source{{id('a', '1'), Egress}}, Output: Output{Port: id('a', '3')}},
	}
	if diff := cmp.Diff(Change(want), p.Undo); diff != "" {
		t.Error(diff)
	}
	if !p.stops {
		t.Error("a release ends copying, so it must purge (F1)")
	}
	if p, err := NewPlan(s, ReleaseLease{Lease: ""}); err != nil || !p.Empty() {
		t.Error("an empty lease id matches rows without one")
	}
}

func TestTransactionResults(t *testing.T) {
	p, err := NewPlan(fixture(), SetSources{Mirror: id('c', '1'), Add: []Source{{id('a', '2'), Egress}}})
	if err != nil {
		t.Fatal(err)
	}
	// wait, mutate the mirror, comment, mutate next_cfg, select next_cfg
	good := func() []ovsdb.OperationResult {
		return []ovsdb.OperationResult{{}, {Count: 1}, {}, {Count: 1}, {Rows: []ovsdb.Row{{"next_cfg": 7.0}}}}
	}
	if n, err := p.tx.check(good()); n != 7 || err != nil {
		t.Errorf("good results: next_cfg %d, %v", n, err)
	}
	for name, test := range map[string]struct {
		results []ovsdb.OperationResult
		want    string
	}{
		"the port was replaced":     {[]ovsdb.OperationResult{{Error: "timed out"}, {}, {}, {}, {}}, "port tap2 is gone"},
		"the mirror is gone (F17)":  {slices.Replace(good(), 1, 2, ovsdb.OperationResult{Count: 0}), "mirror ours is gone"},
		"an error at commit (F17)":  {append(good(), ovsdb.OperationResult{Error: "constraint violation", Details: "why"}), "committing: constraint violation (why)"},
		"an operation that is off":  {slices.Replace(good(), 1, 2, ovsdb.OperationResult{Error: "not allowed"}), "at mirror ours: not allowed"},
		"fewer results than needed": {good()[:3], "incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := p.tx.check(test.results); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"tap1": "tap1", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'"} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}

// A guest that stops takes its port out of the mirror by itself, just when somebody
// removes that source: both get what they want.
func TestRemovedSourcesMayGoMeanwhile(t *testing.T) {
	s := fixture()
	m := s.Mirror(id('c', '5'))
	tap1, tap2 := Source{id('a', '1'), Egress}, Source{id('a', '2'), Egress}
	want := m.Spec()
	want.Sources = []Source{tap2}
	for name, change := range map[string]Change{
		"sources": SetSources{Mirror: m.UUID, Add: []Source{tap2}, Remove: []Source{tap1}},
		"edit":    EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want},
	} {
		p, err := NewPlan(s, change)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range p.tx.operations("") {
			if op.Op == ovsdb.OperationWait && op.Table == "Port" && op.Where[0].Value.(ovsdb.UUID).GoUUID != string(tap2.Port) {
				t.Errorf("%s: waits for %v", name, op.Where)
			}
		}
		if got := strings.Join(p.Commands, "\n"); !strings.Contains(got, "get Port tap1") || !strings.Contains(got, "get Port tap2") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
