package tui

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/widget"
)

// aim is what a form is for.
type aim int

const (
	aimNew    aim = iota // make a mirror
	aimEdit              // change one
	aimOutput            // choose another output for one
	aimDetach            // remove one
	aimSweep             // remove those of a bridge
	aimGiven             // do something else that would hurt somebody
)

// form is a page that asks for all that a change of mirrors needs, and shows its
// plan and hazards while one types. Nothing is changed before the plan is applied.
//
// Ports are remembered by name: a guest that restarts meanwhile gets a new port
// (F19), and nothing typed is lost.
type form struct {
	aim    aim
	bridge string
	mirror ovs.UUID // the mirror that is changed or removed
	name   string   // of that mirror
	seen   ovs.MirrorSpec
	lease  string // of what is made

	// given makes the plan of aimGiven, which may undo something.
	given   func(*ovs.Snapshot) (*ovs.Plan, error)
	undoing *undoStep

	texts      map[formField]*widget.Input
	choices    map[formField]int
	sources    []formSource
	output     string          // the port that was chosen
	floods     map[string]bool // nil until the user chose
	typedNames map[string]*widget.Input
	standIns   map[string]string // with --mask, what is in a field and what that stands for
	agreed     string            // the doubt that was answered with yes

	at     formRow
	list   widget.List // the rows on screen
	picker *formPicker // the list that is open, nil for none
	first  string      // what the user has not touched yet, to know whether something would be lost

	facts   *ovs.Facts // nil until the interfaces were looked at
	factsAt time.Time
	looking bool
	hasty   bool  // the plan is to be applied as soon as that is known
	unknown error // why nothing is known about the interfaces

	plan    *ovs.Plan // nil when there is none
	problem error     // why there is no plan
	wrong   formField // the field that the problem is in, -1 for none
	scroll  int       // of the plan
	// planHeight is how many lines of it were last on screen.
	planHeight int

	// meanwhile is what somebody else has changed since seen.
	meanwhile []ovs.Difference
	gone      bool // the mirror was deleted meanwhile
	applying  *ovs.Plan
	failed    string // why the last try came to nothing
	askLater  bool   // somebody was faster, and what he did is not known yet
}

// formSource is a port to copy, by name.
type formSource struct {
	port            string
	egress, ingress bool
}

// openForm shows a form that was filled in.
func (m *model) openForm(f *form) tea.Cmd {
	f.wrong = -1
	f.at = f.rows(m)[0]
	f.replan(m)
	f.at = f.rows(m)[0] // a hazard may want to be confirmed
	f.first = f.draftText()
	m.page = f
	m.work.waiting = nil
	return f.lookAround(m)
}

func newForm(aim aim, bridge string) *form {
	return &form{
		aim: aim, bridge: bridge, texts: map[formField]*widget.Input{}, choices: map[formField]int{},
		typedNames: map[string]*widget.Input{}, standIns: map[string]string{},
	}
}

// newMirror opens a form for a mirror that copies the selected port.
func (m *model) newMirror() tea.Cmd {
	b := m.bridge()
	if b == nil {
		b = m.real.Bridges[0]
	}
	f := newForm(aimNew, b.Name)
	f.lease = m.cfg.NewLeaseID()
	if row := m.bridges.selected(); row != nil && row.port != nil && row.port.Name != b.Name {
		f.sources = []formSource{{row.port.Name, true, true}}
	}
	f.choices[fieldBridge] = slices.Index(f.options(m, fieldBridge), b.Name)
	return m.openForm(f)
}

// changeMirror opens a form for the mirror on screen.
func (m *model) changeMirror(aim aim) tea.Cmd {
	mirror := m.mirror()
	f := newForm(aim, m.bridgeName(mirror))
	f.mirror, f.name, f.seen = mirror.UUID, mirror.Name, mirror.Spec()
	f.lease = m.editLease(mirror.UUID)
	f.fill(m, f.seen)
	cmd := m.openForm(f)
	if aim == aimOutput {
		f.pickOutput(m)
	}
	return cmd
}

// editLease ties together what is made for a mirror of somebody else's in this run.
func (m *model) editLease(mirror ovs.UUID) string {
	if m.editLeases == nil {
		m.editLeases = map[ovs.UUID]string{}
	}
	if m.editLeases[mirror] == "" {
		m.editLeases[mirror] = m.cfg.NewLeaseID()
	}
	return m.editLeases[mirror]
}

// askPlan opens a form that asks before a plan which would hurt somebody.
func (m *model) askPlan(undoing *undoStep, plan func(*ovs.Snapshot) (*ovs.Plan, error)) tea.Cmd {
	f := newForm(aimGiven, "")
	f.given, f.undoing = plan, undoing
	return m.openForm(f)
}

// sweep opens the form that removes the mirrors of a bridge.
func (m *model) sweep() tea.Cmd { return m.openForm(newForm(aimSweep, m.bridge().Name)) }

// formUnavailable is why a form cannot be opened now, "" if it can.
func (m *model) formUnavailable(id keymap.ID) string {
	b, mirror := m.bridge(), m.mirror()
	switch {
	case id == keymap.NewMirror && (m.real == nil || len(m.real.Bridges) == 0):
		return "there is no bridge"
	case id == keymap.NewMirror:
	case b == nil:
		return "there is no bridge"
	case len(b.Mirrors) == 0:
		return "there is no mirror on " + b.Name
	case id != keymap.DetachAll && mirror.Owner.Kind == ovs.OVN:
		return "mirror " + mirror.Name + " belongs to OVN, which would write it back at once"
	}
	return ""
}

// input is the text field under the cursor, nil when that is none.
func (f *form) input() *widget.Input {
	switch {
	case !f.at.field.isText():
		return nil
	case f.at.field == fieldConfirm:
		if f.typedNames[f.at.name] == nil {
			f.typedNames[f.at.name] = &widget.Input{}
		}
		return f.typedNames[f.at.name]
	}
	return f.textOf(f.at.field)
}

func (f *form) textOf(id formField) *widget.Input {
	if f.texts[id] == nil {
		f.texts[id] = &widget.Input{}
	}
	return f.texts[id]
}

func (f *form) text(id formField) string {
	in := f.texts[id]
	if in == nil {
		return ""
	}
	if text, is := f.standIns[in.Text()]; is {
		return text
	}
	return in.Text()
}

// put fills a field, with --mask by a stand-in for an address.
func (f *form) put(m *model, id formField, text string) {
	shown := m.hide(text)
	if shown != text {
		f.standIns[shown] = text
	}
	f.textOf(id).Set(shown)
}

// draftText is all that has been filled in, to tell whether that has changed.
func (f *form) draftText() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(f.texts)) {
		b.WriteString(formRow{field: id}.label() + "=" + f.text(id) + "\n")
	}
	for _, id := range slices.Sorted(maps.Keys(f.choices)) {
		if f.choices[id] != 0 {
			b.WriteString(formRow{field: id}.label() + "#" + string(rune('0'+f.choices[id])) + "\n")
		}
	}
	for _, src := range f.sources {
		b.WriteString(src.text() + "\n")
	}
	return strings.ReplaceAll(b.String(), "=\n", "") + f.output
}

// typing is true: letters are text.
func (f *form) typing() bool { return true }

// press is for pages that are not typed into.
func (f *form) press(*model, keymap.ID) tea.Cmd { return nil }

// typed takes a key or pasted text.
func (f *form) typed(m *model, msg tea.KeyPressMsg, id keymap.ID) tea.Cmd {
	key := msg.String()
	if utf8.RuneCountInString(msg.Text) > 1 {
		key = "" // pasted: "enter" is a word then
	}
	switch {
	case f.applying != nil:
		m.say("still waiting for Open vSwitch; " + m.label(keymap.Abort) + " quits at once")
		return nil
	case f.picker != nil:
		return f.pickerKey(m, msg, key)
	}
	rows := f.rows(m)
	step := func(delta int) {
		i := max(0, slices.Index(rows, f.at))
		f.at = rows[max(0, min(i+delta, len(rows)-1))]
	}
	f.failed, f.hasty = "", false
	in := f.input()
	switch {
	case id == keymap.Apply:
		return f.submit(m)
	case msg.Text != "" && in != nil:
		in.Insert(msg.Text)
	case key == "esc":
		return f.leave(m)
	case key == "up", key == "shift+tab":
		step(-1)
	case key == "down", key == "tab":
		step(1)
	case key == "pgdown":
		f.scroll += max(1, f.planHeight-1)
	case key == "pgup":
		f.scroll -= max(1, f.planHeight-1)
	case key == "enter" && f.at.field == fieldApply:
		return f.submit(m)
	case key == "enter" && f.at.field.opens():
		f.open(m)
	case key == "enter":
		step(1)
	case in != nil && in.Key(key):
	case key == "left":
		f.choose(m, -1)
	case key == "right", key == "space", msg.Text == " ":
		f.choose(m, 1)
	default:
		m.useless()
		return nil
	}
	f.replan(m)
	return nil
}

// choose takes the next option of a field, going round.
func (f *form) choose(m *model, delta int) {
	id := f.at.field
	n := len(f.options(m, id))
	switch {
	case id.opens():
		f.open(m)
		return
	case n == 0:
		m.useless()
		return
	case id == fieldAgree:
		if f.agreed == f.doubt() {
			f.agreed = ""
		} else {
			f.agreed = f.doubt()
		}
		return
	}
	f.choices[id] = ((f.choices[id]+delta)%n + n) % n
	if id == fieldBridge {
		f.moveTo(f.options(m, fieldBridge)[f.choices[id]])
	}
}

// moveTo makes the mirror one of another bridge: ports of the old one go.
func (f *form) moveTo(bridge string) {
	f.bridge = bridge
	f.sources, f.output, f.floods = nil, "", nil
}

// leave closes the form, after asking if something typed would be lost.
func (f *form) leave(m *model) tea.Cmd {
	if f.draftText() == f.first {
		m.page = nil
		return nil
	}
	q := &question{}
	q.Title = "Close the form?"
	q.paragraph(m.st.Text, "Nothing was changed in Open vSwitch. What you have filled in would be lost.")
	q.add("back to the form", nil)
	q.add("close it", func() tea.Cmd {
		m.page = nil
		return nil
	})
	m.ask(q)
	return nil
}

// factsEvery is how often a form looks at the interfaces again.
const factsEvery = 3 * time.Second

func (f *form) tick(m *model, now time.Time) tea.Cmd {
	if f.looking || f.applying != nil || now.Sub(f.factsAt) < factsEvery || m.real.Stale() {
		return nil
	}
	return f.lookAround(m)
}

// lookAround asks what hazards are judged by.
func (f *form) lookAround(m *model) tea.Cmd {
	f.looking = true
	return m.lookAround(f)
}

// onFacts takes what was found out about the interfaces.
func (m *model) onFacts(msg factsMsg) tea.Cmd {
	f := msg.form
	f.looking, f.factsAt = false, m.now()
	f.unknown = msg.err
	if msg.err == nil {
		f.facts = msg.facts
	}
	if m.page != f {
		return nil
	}
	f.replan(m)
	if f.hasty {
		f.hasty = false
		return f.submit(m)
	}
	return nil
}

// replan works out what the form comes to now.
func (f *form) replan(m *model) {
	f.plan, f.problem, f.wrong = nil, nil, -1
	if m.real == nil {
		return
	}
	s := f.judged(m)
	var err error
	if f.given != nil {
		f.plan, err = f.given(s)
	} else {
		var change ovs.Change
		if change, err = f.change(m); err == nil {
			f.plan, err = ovs.NewPlan(s, change)
		}
	}
	var at *fieldError
	if errors.As(err, &at) {
		f.wrong = at.field
	}
	f.problem = err
	if rows := f.rows(m); !slices.Contains(rows, f.at) { // its line is gone
		next := slices.IndexFunc(rows, func(r formRow) bool { return r.field >= f.at.field })
		f.at = rows[max(0, next)]
	}
}
