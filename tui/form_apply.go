package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
)

// factsMsg is what was found out about the interfaces for a form.
type factsMsg struct {
	form  *form
	facts *ovs.Facts
	err   error
}

// lookAround asks for the facts that hazards are judged by.
func (m *model) lookAround(f *form) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, tapDeadline)
		defer cancel()
		facts, err := m.cfg.Switch.Facts(ctx)
		return factsMsg{f, facts, err}
	}
}

// submit applies the plan as soon as no other change is under way, if nothing is
// in the way.
func (f *form) submit(m *model) tea.Cmd {
	if m.work.busy {
		m.say("waiting for the change that is under way")
	}
	return m.work.afterwards(func() tea.Cmd {
		if m.page != f || f.applying != nil {
			return nil
		}
		return f.submitNow(m)
	})
}

func (f *form) submitNow(m *model) tea.Cmd {
	f.look(m)
	f.replan(m)
	switch row, missing := f.unconfirmed(); {
	case f.gone:
		return f.askGone(m)
	case len(f.meanwhile) > 0:
		return f.askMeanwhile(m)
	case f.problem != nil:
		if f.wrong >= 0 && f.has(m, f.wrong) {
			f.at = formRow{field: f.wrong}
		}
		m.say(f.problem.Error())
	case f.plan == nil:
	case f.plan.Empty():
		m.say("nothing to do: " + f.plan.Title)
	case f.facts == nil && f.unknown == nil:
		f.hasty = true
		m.say("looking who would be hurt…")
	case missing:
		f.at = row
		m.say(f.whyNot())
	default:
		f.applying = f.plan
		return m.apply(f.plan, f.undoing, nil)
	}
	return nil
}

func (f *form) has(m *model, id formField) bool {
	return slices.Contains(f.rows(m), formRow{field: id})
}

// applied takes what became of the plan: the form closes, or stays as it was.
func (f *form) applied(m *model, msg appliedMsg) {
	f.applying = nil
	if msg.err == nil {
		m.page = nil
		return
	}
	f.failed = failure(msg.plan, msg.err)
	f.look(m)
	f.replan(m)
	var changed *ovs.ChangedError
	if errors.As(msg.err, &changed) {
		// The snapshot that shows it may be on its way.
		f.askLater = len(f.meanwhile) == 0 && !f.gone
		if !f.askLater {
			f.askMeanwhile(m)
		}
	}
}

// look finds out what somebody else has done to the mirror since it was seen.
func (f *form) look(m *model) {
	if f.mirror == "" || f.applying != nil || m.real == nil || m.real.Stale() {
		return
	}
	mirror := m.real.Mirror(f.mirror)
	f.gone, f.meanwhile = mirror == nil, nil
	if mirror != nil && f.aim != aimDetach {
		f.meanwhile = f.seen.Differences(m.real, mirror.Spec())
	}
}

// onSnapshot follows what others do while the form is open.
func (f *form) onSnapshot(m *model) {
	f.look(m)
	f.replan(m)
	if f.askLater && len(f.meanwhile) > 0 && m.question == nil {
		f.askLater = false
		f.askMeanwhile(m)
	}
}

// meanwhileText says what somebody else has changed: "output was port mon0, is VLAN 7".
func (f *form) meanwhileText(d ovs.Difference) string {
	return fmt.Sprintf("%s was %s, is %s", d.What, d.Was, d.Is)
}

// askMeanwhile asks again, because somebody else has changed the mirror since it
// was seen. Nothing that was filled in is lost, whatever the answer.
func (f *form) askMeanwhile(m *model) tea.Cmd {
	b, mirror := m.real.BridgeByName(f.bridge), m.real.Mirror(f.mirror)
	if b == nil || mirror == nil {
		return f.askGone(m)
	}
	is := mirror.Spec()
	want, err := f.want(m.real, b)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	_, conflicts := ovs.Merge(f.seen, want, is, true)
	q := &question{}
	q.Alarm = true
	q.Title = "Mirror " + m.hide(f.name) + " was changed meanwhile"
	q.paragraph(m.st.Text, "Somebody else has changed it while this form was open:")
	for _, d := range f.meanwhile {
		q.paragraph(m.st.Bold, m.st.Say("  "+m.hide(f.meanwhileText(d))))
	}
	mine := f.seen.Differences(m.real, want)
	if len(mine) > 0 {
		q.paragraph(m.st.Text, "You want:")
	}
	for _, d := range mine {
		text := fmt.Sprintf("  %s: %s", d.What, d.Is)
		if slices.Contains(conflicts, d.What) {
			text += ", which both have changed"
		}
		q.paragraph(m.st.Bold, m.st.Say(m.hide(text)))
	}
	rebase := func(preferMine bool) {
		merged, _ := ovs.Merge(f.seen, want, is, preferMine)
		f.seen, f.name = is, mirror.Name
		f.meanwhile, f.failed = nil, ""
		f.fill(m, merged)
		f.replan(m)
	}
	apply := "apply mine, leave the rest as it is now"
	look := "take the rest into the form and look again"
	if len(conflicts) > 0 {
		apply = "apply mine all the same, over " + strings.Join(conflicts, " and ")
		look = "take theirs into the form and look again"
	}
	q.add(look, func() tea.Cmd {
		rebase(false)
		return nil
	})
	q.add(apply, func() tea.Cmd {
		rebase(true)
		return f.submit(m)
	})
	q.add("back to the form", nil)
	m.ask(q)
	return nil
}

// askGone asks what becomes of a form whose mirror was deleted.
func (f *form) askGone(m *model) tea.Cmd {
	q := &question{}
	q.Title = "Mirror " + m.hide(f.name) + " is gone"
	q.paragraph(m.st.Text, "Somebody else has deleted it while this form was open.")
	if f.aim == aimEdit {
		q.add("make a new mirror of what is filled in", func() tea.Cmd {
			f.aim, f.gone, f.failed, f.lease = aimNew, false, "", m.cfg.NewLeaseID()
			f.mirror, f.seen = "", ovs.MirrorSpec{}
			f.choices[fieldBridge] = max(0, slices.Index(f.options(m, fieldBridge), f.bridge))
			f.replan(m)
			return nil
		})
	}
	q.add("close the form", func() tea.Cmd {
		m.page = nil
		return nil
	})
	q.add("back to the form", nil)
	m.ask(q)
	return nil
}
