package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// question is a dialog and what its answers do.
type question struct {
	widget.Dialog
	answers []func() tea.Cmd // one for each of Answers
	// again is the key that takes the chosen answer beside enter: the one that
	// asked.
	again keymap.ID
	// waiting dialogs have been answered; what the user said is being done, and
	// keys do nothing.
	waiting bool
}

func (q *question) add(label string, do func() tea.Cmd) {
	q.Answers = append(q.Answers, label)
	q.answers = append(q.answers, do)
}

// addKey adds an answer that a letter takes, too. Letters that move around in a
// dialog would answer it by accident.
func (q *question) addKey(key, label string, do func() tea.Cmd) {
	for len(q.Keys) < len(q.Answers) {
		q.Keys = append(q.Keys, "")
	}
	q.Keys = append(q.Keys, key)
	q.add(label, do)
}

// paragraph adds a text to the end.
func (q *question) paragraph(st style.Style, text string) {
	q.Body = append(q.Body, widget.Paragraph{Text: text, Style: st})
}

// explain puts a text before the others.
func (q *question) explain(st style.Style, text string) {
	q.Body = append([]widget.Paragraph{{Text: text, Style: st}, {}}, q.Body...)
}

// answer gives a key to the dialog.
func (m *model) answer(key string, id keymap.ID) tea.Cmd {
	q := m.question
	switch {
	case q.waiting:
		m.say("still waiting for Open vSwitch; " + m.label(keymap.Abort) + " quits at once")
		return nil
	case id == keymap.Close:
		m.question = nil
		return nil
	case id == keymap.Open, id == q.again && id != "":
		return m.take(q.Chosen)
	case len(key) == 1 && key[0] >= '1' && int(key[0]-'1') < len(q.answers):
		return m.take(int(key[0] - '1'))
	case slices.Contains(q.Keys, key):
		return m.take(slices.Index(q.Keys, key))
	}
	switch id {
	case keymap.Up:
		q.Move(-1)
	case keymap.Down:
		q.Move(1)
	default:
		m.useless()
	}
	return nil
}

// take closes the dialog with an answer.
func (m *model) take(answer int) tea.Cmd {
	q := m.question
	m.question = nil
	if answer < 0 || answer >= len(q.answers) || q.answers[answer] == nil {
		return nil
	}
	return q.answers[answer]()
}

func (m *model) ask(q *question) {
	q.Hint = fmt.Sprintf("%s choose   %s answer   %s cancel",
		m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.Open), m.label(keymap.Close))
	m.work.waiting = nil
	q.Title = m.hide(q.Title)
	for i := range q.Body {
		q.Body[i].Text = m.hide(q.Body[i].Text)
	}
	m.question = q
}

// askWhose asks before the first change of a mirror that is not this run's.
func (m *model) askWhose(mirror *ovs.Mirror, p *ovs.Port, directions []ovs.Direction) {
	change := toggleSources(mirror, p.UUID, directions)
	plan, err := ovs.NewPlan(m.real, change)
	if err == nil && plan.Empty() {
		m.say("nothing to do: " + plan.Title)
		return
	}
	q := &question{}
	q.Title = fmt.Sprintf("Mirror %s is not ours", mirror.Name)
	if mirror.Owner.Kind == ovs.Kept {
		q.Title = fmt.Sprintf("Mirror %s was kept", mirror.Name)
	}
	q.paragraph(m.st.Text, fmt.Sprintf("Mirror %s on %s belongs to %s.", mirror.Name, m.bridgeName(mirror), whose(mirror.Owner)))
	own := "make my own mirror instead"
	if b := m.snap.Bridge(mirror.Bridge); b != nil {
		if mine := ownedBy(b, ovs.ThisRun); mine != nil {
			own = "use my own mirror " + mine.Name + " instead"
		}
	}
	sensible := err == nil
	switch {
	case mirror.SelectAll:
		sensible = false
		q.paragraph(m.st.Text, "It copies the whole bridge (select_all), so adding or removing a port changes nothing.")
	case mirror.Owner.Kind == ovs.OVN:
		q.paragraph(m.st.Text, "ovscope never changes it.")
	case err != nil:
		q.paragraph(m.st.Warn, "It cannot be changed: "+m.st.Say(err.Error())+".")
	default:
		q.Alarm = true
		q.paragraph(m.st.Text, "")
		q.paragraph(m.st.Warn, "This would "+m.st.Say(plan.Title)+". Whoever uses the mirror sees other traffic from then on.")
		q.paragraph(m.st.Text, "")
		q.paragraph(m.st.Dim, strings.Join(plan.Commands, "\n"))
	}
	q.add(own, func() tea.Cmd {
		return m.afterAsking(p.UUID, func(p *ovs.Port) tea.Cmd { return m.ownMirror(p, directions) })
	})
	if sensible {
		q.add("change mirror "+mirror.Name, func() tea.Cmd {
			m.agreed[mirror.UUID] = true
			return m.request(change)
		})
	}
	q.add("cancel", nil)
	m.ask(q)
}

// afterAsking does something to a port if it is still there.
func (m *model) afterAsking(port ovs.UUID, do func(*ovs.Port) tea.Cmd) tea.Cmd {
	p := m.snap.Port(port)
	if p == nil {
		m.say("the port is gone")
		return nil
	}
	return do(p)
}

// askQuit asks what becomes of what this run made.
func (m *model) askQuit() {
	leases, edits, doubts := m.held(), m.edits(), m.doubts()
	q := &question{again: keymap.Quit}
	q.Title = "Quit"
	copying := 0
	if len(leases) > 0 {
		q.paragraph(m.st.Text, "This run has made:")
	}
	for _, l := range leases {
		for _, mirror := range l.Mirrors {
			what := copied(mirror)
			if what != "nothing" {
				copying++
			}
			q.paragraph(m.st.Bold, fmt.Sprintf("  mirror %s on %s, copies %s", mirror.Name, m.bridgeName(mirror), what))
		}
		for _, p := range l.Ports {
			q.paragraph(m.st.Bold, "  port "+p.Name)
		}
	}
	if len(edits) > 0 {
		q.paragraph(m.st.Text, "This run has changed:")
	}
	for _, e := range edits {
		for _, text := range m.editText(e) {
			q.paragraph(m.st.Bold, "  "+text)
		}
	}
	if len(doubts) > 0 {
		q.paragraph(m.st.Warn, "These changes failed, but are in the database:")
	}
	for _, d := range doubts {
		q.paragraph(m.st.Bold, "  "+m.st.Say(d.Title))
	}
	changed := len(edits)+len(doubts) > 0
	if len(leases) == 0 && !changed && m.work.busy {
		q.paragraph(m.st.Text, "A change is under way.")
	}
	remove, keep := "remove and quit", "keep and quit; it goes on copying"
	switch {
	case changed && len(leases) > 0:
		remove, keep = "remove, take back and quit", "keep everything as it is and quit"
	case changed:
		remove, keep = "take back and quit", "leave it so and quit"
	case copying == 0:
		keep = "keep and quit, though it copies nothing now"
	}
	q.addKey("r", remove, func() tea.Cmd { return m.settleAll(false) })
	if len(leases) > 0 || changed {
		q.addKey("K", keep, func() tea.Cmd { return m.settleAll(true) })
	}
	q.addKey("c", "cancel", nil)
	m.ask(q)
	q.Hint = m.label(keymap.Quit) + " again takes the first   " + q.Hint
}

// copied is how much a mirror copies.
func copied(mirror *ovs.Mirror) string {
	if mirror.SelectAll {
		return "the whole bridge"
	}
	ports := map[ovs.UUID]bool{}
	for _, src := range mirror.Sources() {
		ports[src.Port] = true
	}
	if len(ports) == 0 {
		return "nothing"
	}
	return plural(len(ports), "port")
}

// settleAll removes and takes back what this run made, or keeps it, and quits.
func (m *model) settleAll(kept bool) tea.Cmd {
	title := "Removing"
	var changes []ovs.Change
	if kept {
		title = "Keeping"
	} else {
		for _, e := range m.edits() {
			changes = append(changes, e)
		}
		for _, d := range m.doubts() {
			changes = append(changes, d.Change)
		}
	}
	for _, l := range m.held() { // what was under way may have made one more
		if kept {
			changes = append(changes, ovs.KeepLease{Lease: l.ID})
		} else {
			changes = append(changes, ovs.ReleaseLease{Lease: l.ID})
			m.noteReleased(ovs.ReleaseLease{Lease: l.ID})
		}
	}
	m.question = &question{Dialog: widget.Dialog{Title: title, Body: []widget.Paragraph{{Text: "Waiting for Open vSwitch" + m.st.Signs.Ellipsis}}}, waiting: true}
	return m.settle(changes, kept)
}

func (m *model) bridgeName(mirror *ovs.Mirror) string {
	if b := m.snap.Bridge(mirror.Bridge); b != nil {
		return b.Name
	}
	return "no bridge"
}

// whose says in words who a mirror belongs to.
func whose(o ovs.Owner) string {
	switch o.Kind {
	case ovs.ThisRun:
		return "this run"
	case ovs.OtherRun:
		if o.Life == ovs.Dead {
			return fmt.Sprintf("another ovscope, whose process %d is gone: ovscope cleanup removes it", o.Process.PID)
		}
		return fmt.Sprintf("another ovscope, process %d", o.Process.PID)
	case ovs.Kept:
		return "an earlier ovscope, whose user kept it: ovscope cleanup --kept removes it"
	case ovs.OVN:
		return "OVN, which would write it back at once"
	case ovs.Foreign:
	}
	return "somebody else"
}
