package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/ovs"
)

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
	m.trust(mirror)
	switch {
	case mirror == nil:
		return m.ownMirror(p, directions)
	case lostOutput(mirror):
		return m.renew(mirror, toggleSources(mirror, port, directions))
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
			change := ovs.SetSources{Mirror: own.UUID, Add: sourcesOf(p.UUID, directions)}
			if lostOutput(own) {
				return tea.Batch(m.renew(own, change), m.retarget())
			}
			return tea.Batch(m.request(change), m.retarget())
		}
	}
	return m.lease(p.Bridge, sourcesOf(p.UUID, directions))
}

// lease makes a mirror of this run's own.
func (m *model) lease(bridge ovs.UUID, sources []ovs.Source) tea.Cmd {
	return m.request(ovs.CreateLease{
		Bridge: bridge, Sources: sources, Lease: m.cfg.NewLeaseID(), Owner: m.cfg.Switch.Self(),
	})
}

// lostOutput reports whether somebody has deleted the output port of a mirror of
// this run: whatever is changed in it, nothing can be seen.
func lostOutput(mirror *ovs.Mirror) bool {
	return mirror.Owner.Kind == ovs.ThisRun && mirror.OutputPort == nil && mirror.OutputVLAN == nil
}

// renew makes a mirror of this run anew, with its sources as change leaves them,
// because its output port is gone.
func (m *model) renew(mirror *ovs.Mirror, change ovs.SetSources) tea.Cmd {
	sources := slices.DeleteFunc(mirror.Sources(), func(s ovs.Source) bool {
		return slices.Contains(change.Remove, s) || slices.Contains(change.Add, s)
	})
	sources = append(sources, change.Add...)
	plan, err := ovs.NewPlan(m.real, ovs.ReleaseLease{Lease: mirror.Owner.Lease})
	if err != nil {
		m.say(err.Error())
		return nil
	}
	bridge := mirror.Bridge
	return m.apply(plan, nil, func() tea.Cmd {
		if len(sources) == 0 {
			m.say("removed the mirror, whose output port was gone")
			return nil
		}
		m.say("the mirror's output port was gone: making the mirror anew")
		return m.lease(bridge, sources)
	})
}

// request plans a change and applies it, after asking where it must be confirmed.
func (m *model) request(change ovs.Change) tea.Cmd {
	plan, err := ovs.NewPlan(m.real, change)
	switch {
	case err != nil:
		m.say(err.Error())
		return nil
	case plan.Empty():
		m.say("nothing to do: " + plan.Title)
		return nil
	case plan.NeedsConfirmation() && !m.agreedTo(change):
		return m.askPlan(nil, func(s *ovs.Snapshot) (*ovs.Plan, error) { return ovs.NewPlan(s, change) })
	}
	return m.apply(plan, nil, nil)
}

// agreedTo reports whether the user agreed to change the mirror in question.
func (m *model) agreedTo(change ovs.Change) bool {
	c, ok := change.(ovs.SetSources)
	return ok && m.agreed[c.Mirror]
}

func (m *model) onApplied(msg appliedMsg) tea.Cmd {
	m.work.busy = false
	m.log.finish(msg.entry, msg.result, msg.err)
	if f, ok := m.page.(*form); ok && f.applying == msg.plan {
		defer f.applied(m, msg)
	}
	if msg.err != nil {
		m.onFailed(msg)
		return m.retarget()
	}
	m.follow = cmp.Or(makes(msg.plan.Change), m.follow)
	m.setSnapshot(msg.snapshot)
	relieved := m.switchedOff(msg.plan, msg.before)
	m.log.prove(msg.entry, m.removed(msg.plan, msg.before))
	m.showMade()
	switch {
	case msg.undoing != nil:
		m.dropUndo(msg.undoing)
	case msg.then == nil:
		m.pushUndo(ovs.NewUndo(msg.plan, msg.snapshot), false)
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
	if msg.then != nil {
		return tea.Batch(relieved, msg.then(), m.retarget(), m.work.next(), m.tick())
	}
	// The capture may have failed only because the port was not up yet.
	m.tap.retryAt = time.Time{}
	return tea.Batch(relieved, m.retarget(), m.work.next(), m.rearm(), m.retry(m.now()), m.tick())
}

// makes is the lease of the mirror that a change makes, "" for none.
func makes(change ovs.Change) string {
	switch c := change.(type) {
	case ovs.CreateLease:
		return c.Lease
	case ovs.CreateMirror:
		return c.Lease
	}
	return ""
}

// showMade puts a mirror on screen that was just made, as soon as a snapshot has it.
func (m *model) showMade() {
	if m.follow == "" || m.snap == nil {
		return
	}
	mirror := m.snap.LeaseMirror(m.follow)
	if mirror == nil {
		return
	}
	m.follow = ""
	m.choose(mirror)
	if b := m.bridge(); b == nil || b.UUID != mirror.Bridge {
		m.bridges.list.Cursor = max(0, m.bridges.index(mirror.Bridge))
	}
}

// onFailed notes what there is to know about a change that failed.
func (m *model) onFailed(msg appliedMsg) {
	m.work.waiting = nil // they were pressed in the belief that this works
	text := failure(msg.plan, msg.err)
	var gone *ovs.GoneError
	switch {
	case msg.undoing != nil:
		if errors.As(msg.err, &gone) { // it will not come back
			m.dropUndo(msg.undoing)
		}
	case inDoubt(msg.err) && msg.plan.Undo != nil:
		m.pushUndo(ovs.NewUndo(msg.plan, nil), true)
		text += "; it may be in the database yet, " + m.label(keymap.Undo) + " takes it back"
	}
	m.say(text)
}

// inDoubt reports whether a change that failed may be in the database all the same.
func inDoubt(err error) bool {
	var notApplied *ovs.NotAppliedError
	if errors.As(err, &notApplied) {
		return !notApplied.RolledBack
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// doubts are the changes that failed and, as it looks now, are in the database.
// Those that are among the leases or edits anyway are left out.
func (m *model) doubts() []*undoStep {
	edits := m.edits()
	return slices.DeleteFunc(slices.Clone(m.undos), func(s *undoStep) bool {
		var mirror ovs.UUID
		switch c := s.Change.(type) {
		case ovs.SetSources:
			mirror = c.Mirror
		case ovs.EditMirror:
			mirror = c.Mirror
		}
		edited := func(e ovs.EditMirror) bool { return e.Mirror == mirror }
		if !s.doubtful || mirror == "" || slices.ContainsFunc(edits, edited) {
			return true
		}
		plan, err := ovs.NewPlan(m.real, s.Change)
		return err != nil || plan.Empty()
	})
}

// edits are what would take back this run's changes to the mirrors of others, as far
// as that can be done still.
func (m *model) edits() []ovs.EditMirror {
	if m.alone() || m.snap == nil {
		return nil
	}
	var edits []ovs.EditMirror
	for _, e := range m.cfg.Switch.Edits() {
		if m.snap.Mirror(e.Mirror) == nil {
			continue
		}
		e = e.Possible(m.snap)
		if plan, err := ovs.NewPlan(m.real, e); err != nil || !plan.Empty() {
			edits = append(edits, e)
		}
	}
	return edits
}

// editText says what an edit takes back: "tap3 → was added to ids-span", "its output was port mon0".
func (m *model) editText(e ovs.EditMirror) []string {
	mirror := m.snap.Mirror(e.Mirror)
	if mirror == nil {
		return []string{"a mirror that is gone"}
	}
	var parts []string
	say := func(list []ovs.Source, what string) {
		for _, s := range list {
			name := "a port that is gone"
			if p := m.snap.Port(s.Port); p != nil {
				name = p.Name
			}
			parts = append(parts, name+" "+s.Direction.Arrow()+" "+what+" "+mirror.Name)
		}
	}
	say(e.Seen.Sources, "was added to")
	say(e.Want.Sources, "was taken out of")
	for _, d := range e.Want.Differences(m.snap, e.Seen) {
		if d.What != "sources" {
			parts = append(parts, fmt.Sprintf("%s of %s was %s, is %s", d.What, mirror.Name, d.Was, d.Is))
		}
	}
	for i, text := range parts {
		parts[i] = m.st.Say(text)
	}
	if len(parts) > 0 {
		parts[len(parts)-1] += " (" + whoseInShort(mirror.Owner) + ")"
	}
	return parts
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

// quit leaves, or asks first when this run has made something.
func (m *model) quit() tea.Cmd {
	if len(m.held()) == 0 && len(m.edits()) == 0 && len(m.doubts()) == 0 && !m.work.busy {
		return tea.Quit
	}
	switch m.cfg.OnQuit {
	case QuitRemoves:
		return m.settleAll(false)
	case QuitKeeps:
		return m.settleAll(true)
	case QuitAsks:
	}
	m.askQuit()
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
		return tea.Quit
	}
	m.askQuit()
	m.question.Title = "It could not be kept"
	m.question.explain(m.st.Bad, strings.ReplaceAll(msg.err.Error(), "\n", "; "))
	return nil
}
