package tui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
)

// undoStep is the way back from a change that was applied.
type undoStep struct {
	title  string
	change ovs.Change
}

// maxUndo bounds how far back undo goes.
const maxUndo = 100

// work is the one change that is under way and the keys that wait for it.
type work struct {
	busy    bool
	waiting []func() tea.Cmd
}

// maxWaiting bounds the keys that wait: more come from a key that is stuck.
const maxWaiting = 8

// afterwards runs a key's action now, or when the change under way is done.
func (w *work) afterwards(do func() tea.Cmd) tea.Cmd {
	if !w.busy {
		return do()
	}
	if len(w.waiting) < maxWaiting {
		w.waiting = append(w.waiting, do)
	}
	return nil
}

// next runs what waits, until something is under way again.
func (w *work) next() tea.Cmd {
	var cmds []tea.Cmd
	for !w.busy && len(w.waiting) > 0 {
		do := w.waiting[0]
		w.waiting = w.waiting[1:]
		cmds = append(cmds, do())
	}
	return tea.Batch(cmds...)
}

// toggle turns directions of the selected port on or off in the selected mirror:
// off when all of them are on, else on.
func (m *model) toggle(directions ...ovs.Direction) tea.Cmd {
	port := m.bridges.selected().port.UUID
	return m.work.afterwards(func() tea.Cmd { return m.toggleNow(port, directions) })
}

func (m *model) toggleNow(port ovs.UUID, directions []ovs.Direction) tea.Cmd {
	p := m.snap.Port(port)
	if p == nil {
		m.say("the port is gone")
		return nil
	}
	mirror := m.mirrorOf(m.snap.Bridge(p.Bridge))
	switch {
	case mirror == nil:
		return m.ownMirror(p, directions)
	case mirror.Owner.Kind == ovs.ThisRun || m.agreed[mirror.UUID]:
		return m.request(toggleSources(mirror, port, directions))
	}
	m.askWhose(mirror, p, directions)
	return nil
}

// toggleSources is the change that turns directions of a port on or off.
func toggleSources(mirror *ovs.Mirror, port ovs.UUID, directions []ovs.Direction) ovs.SetSources {
	change := ovs.SetSources{Mirror: mirror.UUID}
	for _, d := range directions {
		if !mirror.Lists(port, d) {
			change.Add = append(change.Add, ovs.Source{Port: port, Direction: d})
		}
	}
	if len(change.Add) == 0 {
		change.Remove = sourcesOf(port, directions)
	}
	return change
}

func sourcesOf(port ovs.UUID, directions []ovs.Direction) []ovs.Source {
	sources := make([]ovs.Source, len(directions))
	for i, d := range directions {
		sources[i] = ovs.Source{Port: port, Direction: d}
	}
	return sources
}

// ownMirror copies directions of a port into this run's own mirror on the bridge,
// which it makes when there is none.
func (m *model) ownMirror(p *ovs.Port, directions []ovs.Direction) tea.Cmd {
	if b := m.snap.Bridge(p.Bridge); b != nil {
		if own := ownedBy(b, ovs.ThisRun); own != nil {
			m.choose(own)
			return tea.Batch(m.request(ovs.SetSources{Mirror: own.UUID, Add: sourcesOf(p.UUID, directions)}), m.retarget())
		}
	}
	return m.request(ovs.CreateLease{
		Bridge:  p.Bridge,
		Sources: sourcesOf(p.UUID, directions),
		Lease:   m.cfg.NewLeaseID(),
		Owner:   m.cfg.Switch.Self(),
	})
}

// request plans a change and applies it, after asking where it must be confirmed.
func (m *model) request(change ovs.Change) tea.Cmd {
	plan, err := ovs.NewPlan(m.snap, change)
	switch {
	case err != nil:
		m.say(err.Error())
		return nil
	case plan.Empty():
		m.say("nothing to do: " + plan.Title)
		return nil
	case plan.NeedsConfirmation() && !m.agreedTo(change):
		m.askHazards(plan)
		return nil
	}
	return m.apply(plan, nil)
}

// agreedTo reports whether the user agreed to change the mirror in question.
func (m *model) agreedTo(change ovs.Change) bool {
	c, ok := change.(ovs.SetSources)
	return ok && m.agreed[c.Mirror]
}

func (m *model) onApplied(msg appliedMsg) tea.Cmd {
	m.work.busy = false
	m.log.finish(msg.entry, msg.result, msg.err)
	if msg.err != nil {
		m.cfg.Log.Warn("applying", "title", msg.plan.Title, "err", msg.err)
		m.work.waiting = nil // they were pressed in the belief that this works
		m.say(failure(msg.plan, msg.err))
		return m.retarget()
	}
	m.setSnapshot(msg.snapshot)
	switch {
	case msg.undoing != nil:
		m.say("undone: " + msg.undoing.title)
	case msg.plan.Undo != nil:
		m.undos = append(m.undos, undoStep{msg.plan.Title, msg.plan.Undo})
		m.undos = m.undos[max(0, len(m.undos)-maxUndo):]
	}
	for _, h := range msg.plan.Hazards {
		if h.Severity == ovs.Notice {
			m.say(h.Text)
		}
	}
	if msg.result.Warning != "" {
		m.say("done, but: " + msg.result.Warning)
	}
	m.tap.meter.changed(m.now())
	if c, ok := msg.plan.Change.(ovs.CreateLease); ok && m.snap != nil {
		if mirror := leaseMirror(m.snap, c.Lease); mirror != nil {
			m.choose(mirror)
		}
	}
	// The capture may have failed only because the port was not up yet.
	m.tap.retryAt = time.Time{}
	return tea.Batch(m.retarget(), m.work.next(), m.retry(m.now()), m.tick())
}

// failure says in one line that a plan could not be applied and why.
func failure(plan *ovs.Plan, err error) string {
	var gone *ovs.GoneError
	var refused *ovs.RefusedError
	if errors.As(err, &gone) || errors.As(err, &refused) {
		return err.Error()
	}
	return fmt.Sprintf("could not %s: %v", plan.Title, err)
}

// undo takes the last change back.
func (m *model) undo() tea.Cmd {
	return m.work.afterwards(func() tea.Cmd {
		if len(m.undos) == 0 {
			m.say("nothing is left to undo")
			return nil
		}
		step := m.undos[len(m.undos)-1]
		m.undos = m.undos[:len(m.undos)-1]
		plan, err := ovs.NewPlan(m.snap, step.change)
		switch {
		case err != nil:
			m.say(fmt.Sprintf("cannot undo %q: %v", step.title, err))
			return nil
		case plan.Empty():
			m.say(fmt.Sprintf("%q is undone already", step.title))
			return nil
		}
		return m.apply(plan, &step)
	})
}

// quit leaves, or asks first when this run has made something.
func (m *model) quit() tea.Cmd {
	leases := m.held()
	if len(leases) == 0 && !m.work.busy {
		return tea.Quit
	}
	m.askQuit(leases)
	return nil
}

// held are the leases of this run.
func (m *model) held() []*ovs.Lease {
	if m.snap == nil {
		return nil
	}
	return m.snap.LeasesOf(ovs.ThisRun)
}

func (m *model) onSettled(msg settledMsg) tea.Cmd {
	if msg.err == nil || !msg.kept {
		// What could not be removed, the caller of Run tries again and reports.
		if msg.err != nil {
			m.cfg.Log.Warn("removing leases on quitting", "err", msg.err)
		}
		return tea.Quit
	}
	m.askQuit(m.held())
	m.question.Title = "It could not be kept"
	m.question.explain(m.st.Bad, strings.ReplaceAll(msg.err.Error(), "\n", "; "))
	return nil
}
