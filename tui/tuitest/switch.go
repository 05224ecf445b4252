// Package tuitest has what package tui is tested with: a Switch in memory that
// carries plans out on its own snapshots, a Source that is fed by hand, and the
// switch of the pictures.
package tuitest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ovscope/ovs"
)

// Switch is an Open vSwitch in memory. It satisfies tui.Switch.
type Switch struct {
	// Now is its clock.
	Now func() time.Time
	// Fail is what Apply answers, if not nil, without doing anything.
	Fail error
	// FailAfter is what Apply answers, if not nil, though it has done everything.
	FailAfter error
	// Result is what Apply answers when it has worked.
	Result ovs.Result
	// Block makes Apply wait until it is closed or its context ends.
	Block chan struct{}

	mu       sync.Mutex
	snapshot *ovs.Snapshot
	changed  chan struct{}
	applied  []*ovs.Plan
	watched  []ovs.UUID
	edits    []ovs.SetSources
	left     bool
}

// NewSwitch returns a switch that starts out with a snapshot.
func NewSwitch(s *ovs.Snapshot, now func() time.Time) *Switch {
	return &Switch{Now: now, snapshot: s, changed: make(chan struct{}), Result: ovs.Result{Took: 12 * time.Millisecond, Purged: true}}
}

// Self owns what this run creates.
func (s *Switch) Self() ovs.Process {
	return ovs.Process{Host: "h", Boot: "b", PIDNS: "4", PID: 4711, Start: 99}
}

// Snapshot is the newest one.
func (s *Switch) Snapshot() *ovs.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot
}

// Next waits for a snapshot newer than the given generation.
func (s *Switch) Next(ctx context.Context, after uint64) (*ovs.Snapshot, error) {
	for {
		s.mu.Lock()
		snapshot, changed := s.snapshot, s.changed
		s.mu.Unlock()
		if snapshot != nil && snapshot.Generation > after {
			return snapshot, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Edits lists what would take back the changes to mirrors that are not this run's
// own, newest first.
func (s *Switch) Edits() []ovs.SetSources {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.edits)
}

// LeaveEdits forgets them.
func (s *Switch) LeaveEdits() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edits, s.left = nil, true
}

// Left reports whether LeaveEdits was called.
func (s *Switch) Left() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

// noteEdit remembers how to take a change back, or that it has been.
func (s *Switch) noteEdit(p *ovs.Plan) {
	change, ok := p.Change.(ovs.SetSources)
	if !ok || s.snapshot.Mirror(change.Mirror).Owner.Kind == ovs.ThisRun {
		return
	}
	same := func(e ovs.SetSources) bool {
		return e.Mirror == change.Mirror && slices.Equal(e.Add, change.Add) && slices.Equal(e.Remove, change.Remove)
	}
	if slices.ContainsFunc(s.edits, same) {
		s.edits = slices.DeleteFunc(s.edits, same)
		return
	}
	if undo, ok := p.Undo.(ovs.SetSources); ok {
		s.edits = append([]ovs.SetSources{undo}, s.edits...)
	}
}

// Applied lists the plans that were carried out.
func (s *Switch) Applied() []*ovs.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.applied)
}

// Edit publishes a new snapshot: a copy of the last one, as edit leaves it.
func (s *Switch) Edit(edit func(*ovs.Snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edit(edit)
}

func (s *Switch) edit(edit func(*ovs.Snapshot)) {
	next := clone(s.snapshot)
	next.Generation++
	next.Time = s.Now()
	edit(next)
	s.snapshot = next
	close(s.changed)
	s.changed = make(chan struct{})
}

// Watch remembers what is to be watched. Counters are the test's to set, with Edit.
func (s *Switch) Watch(interfaces []ovs.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched = slices.Clone(interfaces)
}

// Watched lists the interfaces that are to be watched.
func (s *Switch) Watched() []ovs.UUID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.watched)
}

// Apply carries a plan out.
func (s *Switch) Apply(ctx context.Context, p *ovs.Plan) (ovs.Result, error) {
	if s.Block != nil {
		select {
		case <-s.Block:
		case <-ctx.Done():
			return ovs.Result{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return ovs.Result{}, s.Fail
	}
	if _, err := ovs.NewPlan(s.snapshot, p.Change); err != nil {
		return ovs.Result{}, err
	}
	s.applied = append(s.applied, p)
	var notApplied *ovs.NotAppliedError
	if s.FailAfter == nil || errors.As(s.FailAfter, &notApplied) { // else it is not known
		s.noteEdit(p)
	}
	s.edit(func(next *ovs.Snapshot) { s.change(next, p.Change) })
	return s.Result, s.FailAfter
}

func (s *Switch) change(next *ovs.Snapshot, change ovs.Change) {
	switch c := change.(type) {
	case ovs.SetSources:
		m := next.Mirror(c.Mirror)
		for _, src := range c.Add {
			refs := refsOf(m, src.Direction)
			*refs = append(*refs, ovs.PortRef{UUID: src.Port, Name: next.Port(src.Port).Name})
		}
		for _, src := range c.Remove {
			refs := refsOf(m, src.Direction)
			*refs = slices.DeleteFunc(*refs, func(r ovs.PortRef) bool { return r.UUID == src.Port })
		}
	case ovs.CreateLease:
		s.create(next, c)
	case ovs.ReleaseLease:
		for _, b := range next.Bridges {
			b.Mirrors = slices.DeleteFunc(b.Mirrors, func(m *ovs.Mirror) bool { return m.Owner.Lease == c.Lease })
			b.Ports = slices.DeleteFunc(b.Ports, func(p *ovs.Port) bool { return p.Owner.Lease == c.Lease })
		}
	case ovs.KeepLease:
		for _, b := range next.Bridges {
			for _, m := range b.Mirrors {
				if m.Owner.Lease == c.Lease {
					m.Owner = ovs.Owner{Kind: ovs.Kept, Lease: c.Lease}
				}
			}
			for _, p := range b.Ports {
				if p.Owner.Lease == c.Lease {
					p.Owner = ovs.Owner{Kind: ovs.Kept, Lease: c.Lease}
				}
			}
		}
	default:
		panic(fmt.Sprintf("tuitest: change %T", change))
	}
}

func (s *Switch) create(next *ovs.Snapshot, c ovs.CreateLease) {
	b := next.Bridge(c.Bridge)
	name := ovs.LeaseName(c.Lease)
	owner := ovs.Owner{Kind: ovs.ThisRun, Lease: c.Lease, Process: c.Owner}
	out := &ovs.Port{
		UUID: ovs.UUID("port-" + name), Name: name, Bridge: b.UUID, Owner: owner,
		Interfaces: []*ovs.Interface{{UUID: ovs.UUID("if-" + name), Name: name, Type: "internal", OFPort: ofport(90), LinkState: "up"}},
	}
	m := &ovs.Mirror{
		UUID: ovs.UUID("mirror-" + name), Name: name, Bridge: b.UUID, Owner: owner,
		OutputPort: &ovs.PortRef{UUID: out.UUID, Name: name}, FirstSeen: s.Now(),
	}
	for _, src := range c.Sources {
		refs := refsOf(m, src.Direction)
		*refs = append(*refs, ovs.PortRef{UUID: src.Port, Name: next.Port(src.Port).Name})
	}
	b.Ports = append(b.Ports, out)
	b.Mirrors = append(b.Mirrors, m)
}

func refsOf(m *ovs.Mirror, d ovs.Direction) *[]ovs.PortRef {
	if d == ovs.Ingress {
		return &m.Ingress
	}
	return &m.Egress
}

// clone copies what edits change: bridges, their ports and their mirrors.
func clone(s *ovs.Snapshot) *ovs.Snapshot {
	next := *s
	next.Bridges = make([]*ovs.Bridge, len(s.Bridges))
	for i, b := range s.Bridges {
		bridge := *b
		bridge.Ports = make([]*ovs.Port, len(b.Ports))
		for j, p := range b.Ports {
			port := *p
			bridge.Ports[j] = &port
		}
		bridge.Mirrors = make([]*ovs.Mirror, len(b.Mirrors))
		for j, m := range b.Mirrors {
			mirror := *m
			mirror.Egress, mirror.Ingress = slices.Clone(m.Egress), slices.Clone(m.Ingress)
			bridge.Mirrors[j] = &mirror
		}
		next.Bridges[i] = &bridge
	}
	return &next
}
