package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/ovs"
)

// silence is the proof that a mirror which was switched off copies no more. OVS is
// not believed: flows of before may go on being copied (F1).
type silence struct {
	mirror ovs.UUID
	name   string
	point  ovs.TapPoint
	// unseen is why nobody can look, nil if somebody can.
	unseen error
	// sources were on before.
	sources []ovs.Source
	// since is when the change, or the purge after it, took effect.
	since time.Time
	// late is when a copy last came that had not been on its way then; zero for none.
	late time.Time
	// purged is set once flows were purged because of that, which is done once;
	// refusal is why they could not be, nil if they could.
	purging, purged bool
	refusal         error
	told            bool // it has been announced that copies flow all the same
	// clear is when the tap point was found silent and the look ended; zero while
	// somebody looks or must.
	clear time.Time

	// sentry looks while another mirror is on screen; nil while nobody needs it.
	sentry  *recording
	posted  time.Time // when the sentry began
	counted uint64    // what it had seen when last asked
	heard   time.Time // when it last saw something
	calling bool      // it is being opened
}

const (
	// proof is how long a tap point must be silent to count as silent.
	proof = 2 * time.Second
	// longProof is that for one that was not: flows may live that long (F1).
	longProof = 15 * time.Second
	// sentryBytes is the memory of a sentry, which only counts.
	sentryBytes = 64 << 10
)

// switchedOff looks whether a change has taken the last source from a mirror, whose
// sources were other ones before, and if so begins to watch its tap point, anew if
// somebody still does since the last time.
func (m *model) switchedOff(plan *ovs.Plan, before *ovs.Snapshot) tea.Cmd {
	var id ovs.UUID
	switch c := plan.Change.(type) {
	case ovs.SetSources:
		id = c.Mirror
	case ovs.EditMirror:
		id = c.Mirror
	}
	if before == nil || m.snap == nil || id == "" {
		return nil
	}
	was, is := before.Mirror(id), m.snap.Mirror(id)
	if was == nil || is == nil || !was.Selecting() || is.Selecting() {
		return nil
	}
	m.poll(m.now()) // what has come until now was on its way
	point, unseen := m.realTapPoint(is)
	if other := m.sharesOutput(is); unseen == nil && other != "" {
		unseen = fmt.Errorf("mirror %s copies to the same output", other)
	}
	last := m.silences[id]
	m.silences[id] = &silence{mirror: id, name: is.Name, point: point, unseen: unseen, sources: was.Sources(), since: m.now()}
	if last == nil {
		return nil
	}
	return last.relieve()
}

// removed says of the mirrors that a change has removed since a snapshot whether copies can
// still arrive: not where the output port is gone, too; where it is not, it is an
// ordinary port again, whose traffic looks like copies.
func (m *model) removed(plan *ovs.Plan, before *ovs.Snapshot) string {
	switch plan.Change.(type) {
	case ovs.ReleaseLease, ovs.DetachMirror, ovs.DetachOurs, ovs.ClearMirrors:
	default:
		return ""
	}
	if before == nil || m.snap.Stale() {
		return ""
	}
	var proofs []string
	for _, mirror := range before.Mirrors() {
		out := mirror.OutputPort
		switch {
		case out == nil || !mirror.Selecting() || m.snap.Mirror(mirror.UUID) != nil:
		case m.snap.Port(out.UUID) == nil:
			proofs = append(proofs, "its port "+m.hide(out.Name)+" is gone, so that nothing can be copied there any more")
		default:
			proofs = append(proofs, m.hide(out.Name)+" is an ordinary port again: what passes it cannot be told from late copies, so nobody checked")
		}
	}
	return strings.Join(proofs, "; ")
}

// sharesOutput is the name of another mirror that is on and has the same output,
// "" if there is none: then what arrives there may be the other's.
func (m *model) sharesOutput(mirror *ovs.Mirror) string {
	if mirror.OutputPort == nil {
		return ""
	}
	for _, other := range m.snap.Mirrors() {
		if other.UUID != mirror.UUID && other.Selecting() && other.OutputPort != nil && other.OutputPort.UUID == mirror.OutputPort.UUID {
			return other.Name
		}
	}
	return ""
}

// shown reports whether the tap on screen looks at the mirror.
func (s *silence) shown(m *model) bool { return m.tap.mirror == s.mirror && m.tap.capture != nil }

// from is since when somebody looks, false when nobody does.
func (s *silence) from(m *model) (time.Time, bool) {
	switch {
	case s.shown(m) && m.tap.opened.After(s.since):
		return m.tap.opened, true
	case s.shown(m):
		return s.since, true
	case s.sentry != nil && s.posted.After(s.since):
		return s.posted, true
	}
	return s.since, s.sentry != nil
}

// settled is for how long nothing has come, and whether that is long enough.
func (s *silence) settled(m *model) (time.Duration, bool) {
	from, looking := s.from(m)
	enough := proof + settling
	if !s.late.IsZero() {
		enough = longProof
	}
	if s.late.After(from) {
		from = s.late
	}
	quiet := m.now().Sub(from)
	return quiet, looking && quiet >= enough
}

// listen takes note of what has come since the last time.
func (s *silence) listen(m *model, now time.Time) {
	if s.sentry != nil {
		if n := s.sentry.store.Counters().Packets; n > s.counted {
			s.counted, s.heard = n, now
		}
	}
	last := s.heard
	if s.shown(m) && m.tap.meter.arrived.After(last) {
		last = m.tap.meter.arrived
	}
	if last.After(s.since.Add(settling)) {
		s.late = last
	}
	if _, settled := s.settled(m); settled {
		s.clear = now
	}
	if now.Sub(s.late) < proof {
		s.clear = time.Time{}
	}
}

// watchSilences looks at the tap points of mirrors that were switched off, purges
// flows once where copies still arrive, and posts a sentry where the screen has
// turned to another mirror before all was clear.
func (m *model) watchSilences(now time.Time) tea.Cmd {
	var cmds []tea.Cmd
	for _, id := range slices.Sorted(maps.Keys(m.silences)) {
		s := m.silences[id]
		mirror := m.snap.Mirror(id)
		if mirror == nil || mirror.Selecting() {
			delete(m.silences, id)
			cmds = append(cmds, s.relieve())
			continue
		}
		s.listen(m, now)
		switch {
		case s.unseen != nil || s.purging:
		case !s.late.IsZero() && !s.purged && !m.work.busy:
			cmds = append(cmds, m.purge(s))
		case !s.late.IsZero() && s.purged && !s.told:
			s.told = true
			m.announce("copies into "+s.name+" still flow, though no source is on", m.st.Bad)
			m.redraw = true
		case s.sentry != nil && (!s.clear.IsZero() || s.shown(m)):
			cmds = append(cmds, s.relieve())
		case s.sentry == nil && !s.calling && s.clear.IsZero() && m.tap.mirror != id:
			cmds = append(cmds, m.postSentry(s))
		}
	}
	return tea.Batch(cmds...)
}

// suspicious reports whether there is a mirror that has yet to fall silent.
func (m *model) suspicious() bool {
	for _, s := range m.silences {
		if s.unseen == nil && s.clear.IsZero() {
			return true
		}
	}
	return false
}

// purgedMsg says how the purge for a mirror went.
type purgedMsg struct {
	mirror ovs.UUID
	entry  int // of the command log
	result ovs.Result
	err    error
}

func (m *model) purge(s *silence) tea.Cmd {
	s.purging = true
	entry := m.log.add(logEntry{
		at: m.now(), title: "purge flows, because copies into " + s.name + " still arrive after it was switched off",
		commands: []string{ovs.PurgeCommand},
	})
	id := s.mirror
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, applyDeadline)
		defer cancel()
		result, err := m.cfg.Switch.Purge(ctx)
		return purgedMsg{id, entry, result, err}
	}
}

func (m *model) onPurged(msg purgedMsg) {
	m.log.finish(msg.entry, msg.result, msg.err)
	s := m.silences[msg.mirror]
	if s == nil {
		return
	}
	m.poll(m.now())
	s.purging, s.purged, s.refusal = false, true, msg.err
	if msg.err == nil { // against what comes from now on it did not help
		s.since, s.late = m.now(), time.Time{}
	}
}

// sentryMsg is a sentry that has begun to look, or why there is none.
type sentryMsg struct {
	mirror ovs.UUID
	sentry *recording
	err    error
}

func (m *model) postSentry(s *silence) tea.Cmd {
	s.calling = true
	id, point := s.mirror, s.point
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		ctx, cancel := context.WithTimeout(m.ctx, tapDeadline)
		defer cancel()
		source, err := m.cfg.OpenTap(ctx, point)
		if err != nil {
			return sentryMsg{mirror: id, err: err}
		}
		return sentryMsg{mirror: id, sentry: m.record(source, live.NewStore(sentryBytes), nil)}
	}
}

func (m *model) onSentry(msg sentryMsg) tea.Cmd {
	s := m.silences[msg.mirror]
	if s == nil { // the mirror is on again
		return (&silence{sentry: msg.sentry}).relieve()
	}
	s.calling, s.posted = false, m.now()
	if msg.err != nil {
		s.unseen = msg.err
		return nil
	}
	relieved := s.relieve() // called before the mirror was on and off again
	s.sentry, s.counted = msg.sentry, 0
	return tea.Batch(relieved, m.tick())
}

// relieve ends the sentry; that may take a moment.
func (s *silence) relieve() tea.Cmd {
	sentry := s.sentry
	s.sentry = nil
	if sentry == nil {
		return nil
	}
	return func() tea.Msg {
		sentry.close()
		return nil
	}
}

// endSentries is for the end of the program.
func (m *model) endSentries() {
	for _, s := range m.silences {
		if s.sentry != nil {
			s.sentry.close()
		}
	}
}

// silenceVerdict is what is known of a mirror of ours that was switched off.
func (m *model) silenceVerdict(s *silence) verdict {
	now := m.now()
	signs, at := m.st.Signs, m.hide(s.point.Interface)
	quiet, settled := s.settled(m)
	_, looking := s.from(m)
	blind := s.unseen
	if !looking && m.tap.mirror == s.mirror && m.tap.failed != nil {
		blind = m.tap.failed
	}
	still, last := "copies still flow, though no source is on", fmt.Sprintf("; the last came %s ago", ago(now.Sub(s.late)))
	flowing := !s.late.IsZero() && now.Sub(s.late) < longProof
	switch {
	case blind != nil:
		return verdict{stateStopped, signs.Down, "stopped, says OVS; not checked: " + m.hide(m.st.Say(blind.Error())), m.st.Warn}
	case flowing && s.refusal != nil:
		return verdict{stateStopping, signs.Wrong, still + last + ", and there was no purge: " + m.st.Say(s.refusal.Error()), m.st.Bad}
	case flowing && s.purged:
		return verdict{stateStopping, signs.Wrong, still + " and flows were purged" + last, m.st.Bad}
	case flowing:
		return verdict{stateStopping, signs.Wrong, "stopping: copies still arrive on " + at + ", purging flows", m.st.Warn}
	case settled:
		return verdict{stateStopped, signs.Down, fmt.Sprintf("stopped: silent for %s on %s%s", ago(quiet), at, m.despite(s)), m.st.Dim}
	case !s.clear.IsZero():
		return verdict{stateStopped, signs.Down, fmt.Sprintf("stopped: %s was silent when last looked, %s ago", at, ago(now.Sub(s.clear))), m.st.Dim}
	}
	return verdict{stateStopping, signs.Down, "stopping: watching " + at + " for late copies", m.st.Dim}
}

// despite says what the silence is worth: whether there was anything to copy.
func (m *model) despite(s *silence) string {
	a := m.snap.ActivityOf(s.sources)
	switch {
	case a.Busy() && a.To.After(s.since):
		return fmt.Sprintf(", while %s passed %s", m.hide(a.Busiest), packetRate(a.Rate))
	case a.Quiet() && a.To.After(s.since):
		return "; its sources are quiet, too"
	}
	return ""
}
