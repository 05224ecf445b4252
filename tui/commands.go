package tui

import (
	"context"
	"errors"
	"fmt"
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
	result   ovs.Result
	err      error
	snapshot *ovs.Snapshot // that shows the change; nil when it did not come in time
}

// apply carries a plan out and waits for the snapshot that shows it, so that the
// next key sees what the last one did.
func (m *model) apply(plan *ovs.Plan, undoing *undoStep) tea.Cmd {
	entry := m.log.begin(plan, m.now())
	m.work.busy = true
	after := m.generation()
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, applyDeadline)
		defer cancel()
		msg := appliedMsg{plan: plan, entry: entry, undoing: undoing}
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

// reached reports whether a snapshot shows a change as done.
func reached(s *ovs.Snapshot, change ovs.Change) bool {
	if c, ok := change.(ovs.CreateLease); ok {
		return leaseMirror(s, c.Lease) != nil
	}
	plan, err := ovs.NewPlan(s, change)
	var gone *ovs.GoneError
	return errors.As(err, &gone) || err == nil && plan.Empty()
}

// leaseMirror is the mirror of a lease, nil when there is none.
func leaseMirror(s *ovs.Snapshot, lease string) *ovs.Mirror {
	for _, b := range s.Bridges {
		for _, mirror := range b.Mirrors {
			if mirror.Owner.Lease == lease {
				return mirror
			}
		}
	}
	return nil
}

// tapOpenedMsg is a capture that runs now, or why there is none.
type tapOpenedMsg struct {
	generation int
	capture    *capture
	err        error
}

// openTap starts capturing on a tap point, into a new store or the one of before,
// whose capture has to end first.
func (m *model) openTap(generation int, point ovs.TapPoint, store *live.Store, before *capture) tea.Cmd {
	return func() tea.Msg {
		if before != nil {
			before.close()
		}
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, tapDeadline)
		defer cancel()
		source, err := m.cfg.OpenTap(ctx, point)
		if err != nil {
			return tapOpenedMsg{generation: generation, err: err}
		}
		if store == nil {
			store = live.NewStore(m.cfg.StoreBytes)
		}
		if m.ctx.Err() != nil { // quitting; nobody would close it
			_ = source.Close()
			return nil
		}
		return tapOpenedMsg{generation: generation, capture: m.startCapture(source, store)}
	}
}

// closeCapture ends a capture; that may take a moment.
func closeCapture(c *capture) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() tea.Msg {
		c.close()
		return nil
	}
}

// settledMsg says that on quitting all leases have been removed or kept, or why not.
type settledMsg struct {
	kept bool
	err  error
}

// settle applies one change to every lease on quitting.
func (m *model) settle(leases []*ovs.Lease, kept bool) tea.Cmd {
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, applyDeadline)
		defer cancel()
		var wrong []error
		for _, l := range leases {
			var change ovs.Change = ovs.ReleaseLease{Lease: l.ID}
			if kept {
				change = ovs.KeepLease{Lease: l.ID}
			}
			plan, err := ovs.NewPlan(m.cfg.Switch.Snapshot(), change)
			if err == nil && !plan.Empty() {
				_, err = m.cfg.Switch.Apply(ctx, plan)
			}
			if err != nil {
				wrong = append(wrong, fmt.Errorf("lease %s: %w", l.ID, err))
			}
		}
		return settledMsg{kept: kept, err: errors.Join(wrong...)}
	}
}
