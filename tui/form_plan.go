package tui

import (
	"errors"
	"fmt"
	"slices"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// planLines are the plan: what is in the way, what it would do to whom, and how it
// is done.
func (f *form) planLines(m *model, width int) []string {
	var lines []string
	put := func(sign string, st style.Style, text string) {
		w := widget.Width(sign) + 1
		for i, part := range widget.Wrap(m.st.Say(m.hide(text)), max(8, width-w)) {
			line := widget.NewLine(width, m.st.Signs.Ellipsis)
			if i == 0 {
				line.Put(st, sign).Space(1)
			} else {
				line.Space(w)
			}
			lines = append(lines, line.Put(st, part).String())
		}
	}
	signs := m.st.Signs
	if f.failed != "" {
		put(signs.Wrong, m.st.Bad, f.failed)
	}
	if f.gone {
		put(signs.Wrong, m.st.Bad, "mirror "+f.name+" was deleted by somebody else meanwhile; what you filled in is still here")
	}
	for _, d := range f.meanwhile {
		put(signs.Wrong, m.st.Bad, "changed by somebody else meanwhile: "+f.meanwhileText(d))
	}
	if f.problem != nil && !f.gone && !f.changedByOthers() {
		put(signs.Wrong, m.st.Bad, f.problem.Error())
	}
	if f.unknown != nil {
		put(signs.Dot, m.st.Text, "who would be hurt is known only in part: "+f.unknown.Error())
	}
	if f.plan == nil {
		return lines
	}
	for _, confirm := range []bool{true, false} {
		for _, h := range f.hazards() {
			switch {
			case confirm != (h.Severity >= ovs.Confirm):
			case confirm && h.Name != "":
				put(signs.Wrong, m.st.Warn, h.Text+" (type "+h.Name+" to confirm)")
			case confirm:
				put(signs.Wrong, m.st.Warn, h.Text)
			default:
				put(signs.Dot, m.st.Text, h.Text)
			}
		}
	}
	put(signs.Arrow, m.st.Bold, f.plan.Title)
	for _, c := range f.plan.Commands {
		put("$", m.st.Command, c)
	}
	return lines
}

// hazards are those of the plan, first what the field under the cursor is about.
func (f *form) hazards() []ovs.Hazard {
	about := func(h ovs.Hazard) int {
		if f.at.field == fieldConfirm && h.Severity >= ovs.Confirm && h.Name == f.at.name {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(f.plan.Hazards), func(a, b ovs.Hazard) int { return about(a) - about(b) })
}

// changedByOthers reports whether the problem is what somebody else has changed,
// which is said anyway.
func (f *form) changedByOthers() bool {
	var changed *ovs.ChangedError
	return len(f.meanwhile) > 0 && errors.As(f.problem, &changed)
}

// viewPlan draws the part of the plan that is on screen, in width × height cells.
func (f *form) viewPlan(m *model, width, height int) []string {
	lines := f.planLines(m, width)
	height = max(0, height)
	f.planHeight = height
	f.scroll = max(0, min(f.scroll, len(lines)-height))
	end := min(len(lines), f.scroll+height)
	shown := append([]string(nil), lines[f.scroll:end]...)
	if rest := len(lines) - end; rest > 0 && len(shown) > 0 {
		shown[len(shown)-1] = widget.NewLine(width, m.st.Signs.Ellipsis).
			Put(m.st.Dim, fmt.Sprintf("%s %s more, %s", m.st.Signs.Ellipsis, plural(rest+1, "line"), m.label(keymap.PageDown))).String()
	}
	return fill(shown, width, height)
}
