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
	// FactsFail is what Facts answers, if not nil.
	FactsFail error
	// Result is what Apply answers when it has worked.
	Result ovs.Result
	// Purged is called by Purge; what it returns is Purge's error.
	Purged func() error
	// Loaded is what Loading answers.
	Loaded int
	// Block makes Apply wait until it is closed or its context ends.
	Block chan struct{}

	mu       sync.Mutex
	snapshot *ovs.Snapshot
	changed  chan struct{}
	applied  []*ovs.Plan
	watched  []ovs.UUID
	edits    ovs.Edits
	left     bool
	facts    *ovs.Facts
	made     int // mirrors and ports, to number them
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

// Loading is how many ports have arrived, while there is no snapshot.
func (s *Switch) Loading() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Loaded
}

// Load lets ports arrive.
func (s *Switch) Load(ports int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Loaded = ports
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

// Edits lists what would take back the changes to mirrors that are not this run's own.
func (s *Switch) Edits() []ovs.EditMirror { return s.edits.List() }

// LeaveEdits forgets them.
func (s *Switch) LeaveEdits() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edits.Leave()
	s.left = true
}

// Left reports whether LeaveEdits was called.
func (s *Switch) Left() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

// Purge does nothing but call Purged.
func (s *Switch) Purge(context.Context) (ovs.Result, error) {
	var err error
	if s.Purged != nil {
		err = s.Purged()
	}
	return ovs.Result{Took: time.Millisecond, Purged: err == nil}, err
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
	next := &ovs.Snapshot{} // the first
	if s.snapshot != nil {
		next = clone(s.snapshot)
	}
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

// WatchAll remembers that all are to be watched.
func (s *Switch) WatchAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched = nil
	for _, b := range s.snapshot.Bridges {
		for _, p := range b.Ports {
			for _, i := range p.Interfaces {
				s.watched = append(s.watched, i.UUID)
			}
		}
	}
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
		s.edits.Note(p)
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
		name := ovs.LeaseName(c.Lease)
		s.create(next, ovs.CreateMirror{
			Bridge: c.Bridge, Lease: c.Lease, Owner: c.Owner,
			MirrorSpec: ovs.MirrorSpec{Name: name, Sources: c.Sources, Output: ovs.Output{New: &ovs.NewPort{Name: name}}},
		})
	case ovs.CreateMirror:
		s.create(next, c)
	case ovs.RestoreMirrors:
		for _, one := range c.Mirrors {
			s.create(next, one)
		}
	case ovs.EditMirror:
		s.editMirror(next, c)
	case ovs.DetachMirror:
		s.detach(next, func(m *ovs.Mirror) bool { return m.UUID == c.Mirror })
	case ovs.DetachOurs:
		s.detach(next, func(m *ovs.Mirror) bool {
			return m.Bridge == c.Bridge && (m.Owner.Kind == ovs.ThisRun || m.Owner.Kind == ovs.Kept)
		})
	case ovs.ClearMirrors:
		s.detach(next, func(m *ovs.Mirror) bool { return m.Bridge == c.Bridge && m.Owner.Kind != ovs.OVN })
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
