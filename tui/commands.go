package tui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/ovs"
)

// Deadlines of what talks to somebody.
const (
	applyDeadline = 10 * time.Second // Apply waits for ovs-vswitchd
	tapDeadline   = 5 * time.Second
	watchDeadline = 30 * time.Second // then it simply waits again
	// catchUpDeadline is how long to wait for the snapshot that shows a change
	// which has been applied already.
	catchUpDeadline = time.Second
	watchPause      = 500 * time.Millisecond // after an error
)

// snapshotMsg is a new snapshot, or nil when none came in time.
type snapshotMsg struct{ snapshot *ovs.Snapshot }

// watch waits for the snapshot after a generation.
func (m *model) watch(after uint64) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, watchDeadline)
		defer cancel()
		s, err := m.cfg.Switch.Next(ctx, after)
		if err == nil {
			return snapshotMsg{s}
		}
		if m.ctx.Err() != nil {
			return nil
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			m.cfg.Log.Warn("waiting for a snapshot", "err", err)
			select {
			case <-m.ctx.Done():
				return nil
			case <-time.After(watchPause):
			}
		}
		return snapshotMsg{}
	}
}

// appliedMsg says how a plan went.
type appliedMsg struct {
	plan     *ovs.Plan
	entry    int // of the command log
	undoing  *undoStep
	then     func() tea.Cmd // what is to follow if it worked; nil for nothing
	before   *ovs.Snapshot  // that the change was planned on
	result   ovs.Result
	err      error
	snapshot *ovs.Snapshot // that shows the change; nil when it did not come in time
}

// apply carries a plan out and waits for the snapshot that shows it, so that the
// next key sees what the last one did.
func (m *model) apply(plan *ovs.Plan, undoing *undoStep, then func() tea.Cmd) tea.Cmd {
	entry := m.log.begin(plan, undoing, m.now())
	m.work.busy = true
	m.noteReleased(plan.Change)
	after, before := m.generation(), m.real
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, applyDeadline)
		defer cancel()
		msg := appliedMsg{plan: plan, entry: entry, undoing: undoing, then: then, before: before}
		msg.result, msg.err = m.cfg.Switch.Apply(ctx, plan)
		if msg.err == nil {
			msg.snapshot = m.catchUp(plan.Change, after)
		}
		return msg
	}
}

// catchUp waits for a snapshot in which nothing is left to do for a change.
func (m *model) catchUp(change ovs.Change, after uint64) *ovs.Snapshot {
	ctx, cancel := context.WithTimeout(m.ctx, catchUpDeadline)
	defer cancel()
	for {
		s, err := m.cfg.Switch.Next(ctx, after)
		if err != nil {
			return nil
		}
		if reached(s, change) {
			return s
		}
		after = s.Generation
	}
}

// noteReleased notes which mirrors a change gives up, so that nobody else is blamed.
func (m *model) noteReleased(change ovs.Change) {
	gives := func(*ovs.Mirror) bool { return false }
	switch c := change.(type) {
	case ovs.ReleaseLease:
		m.released[c.Lease] = true
		gives = func(mirror *ovs.Mirror) bool { return mirror.Owner.Lease == c.Lease }
	case ovs.DetachMirror:
		gives = func(mirror *ovs.Mirror) bool { return mirror.UUID == c.Mirror }
	case ovs.DetachOurs:
		gives = func(mirror *ovs.Mirror) bool {
			return mirror.Bridge == c.Bridge && (mirror.Owner.Kind == ovs.ThisRun || mirror.Owner.Kind == ovs.Kept)
		}
	case ovs.ClearMirrors:
		gives = func(mirror *ovs.Mirror) bool { return mirror.Bridge == c.Bridge && mirror.Owner.Kind != ovs.OVN }
	case ovs.CreateLease:
		delete(m.released, c.Lease)
	case ovs.CreateMirror:
		delete(m.released, c.Lease)
	case ovs.RestoreMirrors:
		for _, mirror := range c.Mirrors {
			delete(m.released, mirror.Lease)
		}
	}
	if m.snap == nil {
		return
	}
	for _, mirror := range m.snap.Mirrors() {
		if gives(mirror) {
			m.released[string(mirror.UUID)] = true
		}
	}
}

// reached reports whether a snapshot shows a change as done.
func reached(s *ovs.Snapshot, change ovs.Change) bool {
	switch c := change.(type) {
	case ovs.CreateLease:
		return s.LeaseMirror(c.Lease) != nil
	case ovs.CreateMirror:
		return made(s, c)
	case ovs.RestoreMirrors:
		for _, one := range c.Mirrors {
			if !made(s, one) {
				return false
			}
		}
		return true
	}
	plan, err := ovs.NewPlan(s, change)
	var gone *ovs.GoneError
	return errors.As(err, &gone) || err == nil && plan.Empty()
}

// made reports whether a snapshot has a mirror that was to be made. One without a
// lease is somebody else's that is restored, and known by its name.
func made(s *ovs.Snapshot, c ovs.CreateMirror) bool {
	if c.Lease != "" {
		return s.LeaseMirror(c.Lease) != nil
	}
	b := s.Bridge(c.Bridge)
	return b == nil || slices.ContainsFunc(b.Mirrors, func(m *ovs.Mirror) bool { return m.Name == c.Name })
}

// tapOpenedMsg is a capture that runs now, or why there is none.
type tapOpenedMsg struct {
	generation int
	capture    *recording
	err        error
}

// openTap ends the capture of before and starts the one that the tap asks for,
// into the packets of before if they are still on screen.
func (m *model) openTap() tea.Cmd {
	generation, empty := m.tap.generation, m.tap.packets == nil
	open := m.opener()
	m.recorder.want(generation)
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		if !m.recorder.stop(generation) {
			return nil
		}
		ctx, cancel := context.WithTimeout(m.ctx, tapDeadline)
		defer cancel()
		source, err := open(ctx)
		if err != nil {
			return tapOpenedMsg{generation: generation, err: err}
		}
		if m.ctx.Err() != nil { // quitting; nobody would close it
			_ = source.Close()
			return nil
		}
		c := m.recorder.start(generation, empty, func(s *live.Store, stats *live.Stats) *recording { return m.record(source, s, stats) })
		if c == nil {
			_ = source.Close()
			return nil
		}
		return tapOpenedMsg{generation: generation, capture: c}
	}
}

// opener opens what the tap is to capture.
func (m *model) opener() func(context.Context) (live.Source, error) {
	if m.alone() {
		return m.cfg.Capture.Open
	}
	point := m.tap.point
	return func(ctx context.Context) (live.Source, error) { return m.cfg.OpenTap(ctx, point) }
}

// closeTap ends the capture; that may take a moment.
func (m *model) closeTap() tea.Cmd {
	generation := m.tap.generation
	m.recorder.want(generation)
	return func() tea.Msg {
		m.recorder.stop(generation)
		return nil
	}
}

// settledMsg says that on quitting all that this run made has been removed or taken
// back, or is kept, or why not.
type settledMsg struct {
	kept bool
	err  error
}

// settle makes changes on quitting, each whatever became of the others.
func (m *model) settle(changes []ovs.Change, kept bool) tea.Cmd {
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, applyDeadline)
		defer cancel()
		var wrong []error
		for _, change := range changes {
			plan, err := ovs.NewPlan(m.cfg.Switch.Snapshot(), change)
			var gone *ovs.GoneError
			if errors.As(err, &gone) || err == nil && plan.Empty() {
				continue
			}
			if err == nil {
				_, err = m.cfg.Switch.Apply(ctx, plan)
			}
			if err != nil {
				wrong = append(wrong, err)
			}
		}
		if kept && len(wrong) == 0 {
			m.cfg.Switch.LeaveEdits()
		}
		return settledMsg{kept: kept, err: errors.Join(wrong...)}
	}
}
