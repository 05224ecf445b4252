package tui

import (
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
)

// lostSource is a port that a mirror copied and that was deleted. A guest's
// restart does that, and makes a new port of the same name (F19).
type lostSource struct {
	port       string
	directions []ovs.Direction
}

func (l *lostSource) text(mirror *ovs.Mirror) string {
	if mirror.Owner.Kind == ovs.ThisRun {
		return l.port + " was deleted; it is copied again when it comes back"
	}
	return l.port + " was deleted; when it comes back, this mirror does not copy it"
}

// compare announces what somebody else did to the mirrors that matter here:
// those of this run, and the one on screen.
func (m *model) compare(before, after *ovs.Snapshot) {
	if before == nil || after.Stale() {
		return
	}
	shown := m.mirror()
	for _, old := range before.Mirrors() {
		if old.Owner.Kind != ovs.ThisRun && (shown == nil || shown.UUID != old.UUID) {
			continue
		}
		mirror := after.Mirror(old.UUID)
		if mirror == nil {
			delete(m.lost, old.UUID)
			if !m.released[old.Owner.Lease] && !m.released[string(old.UUID)] {
				m.announce("mirror "+old.Name+" was deleted by somebody else", m.st.Warn)
			}
			continue
		}
		if old.OutputPort != nil && mirror.OutputPort == nil && mirror.OutputVLAN == nil && after.Port(old.OutputPort.UUID) == nil {
			m.announce("port "+old.OutputPort.Name+", the output of mirror "+mirror.Name+", was deleted by somebody else", m.st.Warn)
		}
		m.compareSources(old, mirror, after)
	}
}

func (m *model) compareSources(old, mirror *ovs.Mirror, after *ovs.Snapshot) {
	for _, d := range []ovs.Direction{ovs.Egress, ovs.Ingress} { // in the order in which they are told
		refs := old.Egress
		if d == ovs.Ingress {
			refs = old.Ingress
		}
		for _, r := range refs {
			if mirror.Lists(r.UUID, d) || after.Port(r.UUID) != nil {
				continue // still there; if it is out of the mirror, somebody wanted that
			}
			list := m.lost[mirror.UUID]
			i := slices.IndexFunc(list, func(l *lostSource) bool { return l.port == r.Name })
			if i < 0 {
				l := &lostSource{port: r.Name}
				list = append(list, l)
				i = len(list) - 1
				m.announce(l.text(mirror), m.st.Warn)
			}
			if !slices.Contains(list[i].directions, d) {
				list[i].directions = append(list[i].directions, d)
			}
			m.lost[mirror.UUID] = list
		}
	}
}

// rearm copies ports again that have come back, into this run's own mirrors; of
// others it only says so.
func (m *model) rearm() tea.Cmd {
	if m.snap == nil || m.snap.Stale() {
		return nil
	}
	var cmds []tea.Cmd
	for _, id := range slices.Sorted(maps.Keys(m.lost)) {
		mirror := m.snap.Mirror(id)
		if mirror == nil {
			delete(m.lost, id)
			continue
		}
		b := m.snap.Bridge(mirror.Bridge)
		m.lost[id] = slices.DeleteFunc(m.lost[id], func(l *lostSource) bool {
			if b == nil {
				return true
			}
			port := b.PortByName(l.port)
			if port == nil {
				return false
			}
			if mirror.Owner.Kind != ovs.ThisRun || m.cfg.ReadOnly {
				m.announce(fmt.Sprintf("%s has come back as a new port; mirror %s does not copy it", l.port, mirror.Name), m.st.Warn)
				return true
			}
			change := ovs.SetSources{Mirror: id, Add: sourcesOf(port.UUID, l.directions)}
			cmds = append(cmds, m.work.afterwards(func() tea.Cmd { return m.copyAgain(change, l.port) }))
			return true
		})
		if len(m.lost[id]) == 0 {
			delete(m.lost, id)
		}
	}
	return tea.Batch(cmds...)
}

func (m *model) copyAgain(change ovs.SetSources, port string) tea.Cmd {
	plan, err := ovs.NewPlan(m.real, change)
	if err != nil || plan.Empty() {
		return nil // gone again, or somebody was faster
	}
	m.say(port + " has come back as a new port: copying it again")
	return m.apply(plan, nil, nil)
}
