package tui

import (
	"fmt"
	"strings"

	"ovscope/keymap"
	"ovscope/tui/widget"
)

// title is what the form is for.
func (f *form) title() string {
	if f.picker != nil {
		switch f.picker.field {
		case fieldSources:
			return "Sources on " + f.bridge
		case fieldFlood:
			return "Bridges that flood the output VLAN"
		default:
			return "Output on " + f.bridge
		}
	}
	switch f.aim {
	case aimEdit:
		return "Change mirror " + f.name + " on " + f.bridge
	case aimOutput:
		return "Another output for mirror " + f.name
	case aimDetach:
		return "Remove mirror " + f.name + " from " + f.bridge
	case aimSweep:
		return "Remove the mirrors of " + f.bridge
	case aimGiven:
		return "Are you sure?"
	case aimNew:
	}
	return "New mirror on " + f.bridge
}

func (f *form) keys(m *model) string {
	var text string
	switch {
	case f.picker != nil && f.picker.field == fieldSources:
		text = "type to search   space both   → ← one way   enter done"
	case f.picker != nil && f.picker.field == fieldFlood:
		text = "type to search   space on or off   enter done"
	case f.picker != nil:
		text = "type to search   ↑↓ move   enter takes it   esc back"
	case f.applying != nil:
		text = "applying…"
	default:
		text = "↑↓ field  ←→ choose  enter next  " + m.keys.Key(keymap.Apply) + " apply  esc close"
	}
	return m.st.Say(text)
}

const (
	// formWidth is the widest a form gets.
	formWidth = 180
	// formColumns is from where on the plan stands beside the fields.
	formColumns = 100
	formLabel   = 14
)

// view draws the form. Those that make or change a mirror take all the height, so
// that nothing jumps while one types.
func (f *form) view(m *model, width, height int) []string {
	inside := min(width-4, formWidth)
	if inside < 20 || height < 4 || m.real == nil {
		return nil
	}
	room := height - 2
	right := ""
	var content []string
	switch {
	case f.picker != nil:
		content = f.viewPicker(m, inside, room)
	case inside >= formColumns && (f.aim == aimNew || f.aim == aimEdit):
		left := inside / 2
		rest := inside - left - 3
		fields, of := f.viewFields(m, left, room)
		right = of
		plan := f.viewPlan(m, rest, room)
		for i := range room {
			content = append(content, fields[i]+" "+m.st.Border.Render(m.st.Signs.Border.Vertical)+" "+plan[i])
		}
	default:
		content, right = f.viewStacked(m, inside, room)
	}
	frame := m.st.BorderFocus
	if f.alarming() {
		frame = m.st.Warn
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: frame, Pad: 1, Content: content,
		Title: m.st.TitleFocus.Render(widget.Cut(m.hide(f.title()), inside/2, m.st.Signs.Ellipsis)), Right: m.st.Dim.Render(right),
	}
	return box.Draw(inside+4, len(content)+2)
}

// alarming reports whether the plan would hurt somebody.
func (f *form) alarming() bool {
	return len(f.meanwhile) > 0 || f.gone || f.plan != nil && f.plan.NeedsConfirmation()
}

// viewStacked puts the plan below the fields.
func (f *form) viewStacked(m *model, width, room int) ([]string, string) {
	rows := len(f.rows(m)) + 1 // with the help
	plan := f.planLines(m, width)
	if f.aim != aimNew && f.aim != aimEdit {
		room = min(room, rows+1+len(plan))
	}
	most := max(3, room-1-max(3, room/3))
	fields, of := f.viewFields(m, width, min(rows, most))
	heading := " plan "
	line := m.st.Border.Render(strings.Repeat(m.st.Signs.Border.Horizontal, 2)) + m.st.Title.Render(heading) +
		m.st.Border.Render(strings.Repeat(m.st.Signs.Border.Horizontal, max(0, width-2-len(heading))))
	content := append(fields, line)
	content = append(content, f.viewPlan(m, width, room-len(content))...)
	return content[:min(len(content), max(0, room))], of
}

// viewFields draws the fields in width × height cells, the last line being help.
func (f *form) viewFields(m *model, width, height int) (lines []string, right string) {
	rows := f.rows(m)
	for i, r := range rows {
		if r == f.at {
			f.list.Cursor = i
		}
	}
	shown := height - 1
	f.list.Clamp(len(rows), shown)
	for i := f.list.Offset; i < len(rows) && len(lines) < shown; i++ {
		lines = append(lines, f.viewRow(m, rows[i], width))
	}
	if shown < len(rows) {
		right = fmt.Sprintf("%d-%d of %d", f.list.Offset+1, f.list.Offset+len(lines), len(rows))
	}
	help, st := f.help(f.at), m.st.Dim
	if f.problem != nil && f.wrong == f.at.field {
		help, st = f.problem.Error(), m.st.Bad
	}
	parts := widget.Wrap(m.st.Say(m.hide(help)), width)
	for len(lines) < height-min(len(parts), max(1, height-len(lines))) {
		lines = append(lines, widget.Spaces(width))
	}
	for _, part := range parts {
		if len(lines) < height {
			lines = append(lines, widget.NewLine(width, m.st.Signs.Ellipsis).Put(st, part).String())
		}
	}
	return fill(lines, width, height), right
}

// viewRow draws one field.
func (f *form) viewRow(m *model, r formRow, width int) string {
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	here := r == f.at
	label := m.st.Text
	if here {
		line.Put(m.st.Bold, m.st.Signs.Cursor).Space(1)
		label = m.st.Key
	} else {
		line.Space(2)
	}
	if r.field == fieldApply {
		text, why := "[ apply ]", f.whyNot()
		if here && why == "" {
			line.Put(m.st.Chosen, text)
		} else {
			line.Put(label, text)
		}
		return line.Space(2).Put(m.st.Warn, m.st.Say(m.hide(why))).String()
	}
	line.Col(label, m.hide(r.label()), formLabel).Space(1)
	if r.field.isText() {
		return f.viewText(m, r, line)
	}
	switch r.field {
	case fieldSources:
		f.viewSources(m, line)
	case fieldOutput:
		f.viewOutput(m, line)
	case fieldFlood:
		names := []string{"none"}
		if b := m.real.BridgeByName(f.bridge); b != nil {
			if chosen := f.floodNames(m.real, b); len(chosen) > 0 {
				names = chosen
			}
		}
		line.Put(m.st.Text, shorten(m.hideAll(names), line.Left()))
	default:
		f.viewOptions(m, r, line)
	}
	return line.String()
}

// viewText draws a field that is typed into; in dim what counts while it is empty.
func (f *form) viewText(m *model, r formRow, line *widget.Line) string {
	note := f.hexNote(r.field)
	text := ""
	if in := f.texts[r.field]; in != nil {
		text = in.Text()
	}
	if r.field == fieldConfirm {
		text = ""
		if in := f.typedNames[r.name]; in != nil {
			text = in.Text()
		}
		if strings.TrimSpace(text) == r.name {
			note = "confirmed"
		}
	}
	if text == "" && note == "" {
		note = f.empty(m, r.field)
	}
	if r != f.at {
		if text != "" {
			line.Put(m.st.Text, text).Space(2)
		}
		return line.Put(m.st.Dim, note).String()
	}
	room := line.Left()
	typed := min(max(12, widget.Width(text)+2), room)
	if note != "" && room-typed < widget.Width(note)+2 {
		typed = max(12, room-widget.Width(note)-2)
	}
	typed = min(typed, room)
	head := strings.TrimSuffix(line.String(), widget.Spaces(room)) // drawn so far
	tail := widget.NewLine(room-typed, m.st.Signs.Ellipsis).Space(2).Put(m.st.Dim, note).String()
	return head + f.input().Draw(typed, m.st) + tail
}

// empty is what an empty field stands for.
func (f *form) empty(m *model, id formField) string {
	switch id {
	case fieldName:
		if f.aim == aimNew {
			return f.freeName(m.real)
		}
		return "no name"
	case fieldNewPort:
		return f.freePort(m.real)
	case fieldVLANs:
		return "all"
	case fieldTag:
		return "none, a trunk"
	case fieldLocal:
		return "the route's"
	case fieldKey:
		return "none"
	case fieldSnapLen:
		return "whole packets"
	case fieldFilter:
		return "none"
	case fieldRemote, fieldOutVLAN:
		return "needed"
	default:
	}
	return ""
}

// viewOptions draws the options of a field with the chosen one in brackets, or only
// that one where there is no room.
func (f *form) viewOptions(m *model, r formRow, line *widget.Line) {
	options := m.hideAll(f.options(m, r.field))
	chosen := f.choices[r.field]
	if r.field == fieldAgree {
		chosen = 0
		if f.agreed == f.doubt() {
			chosen = 1
		}
	}
	chosen = max(0, min(chosen, len(options)-1))
	needs := 0
	for _, o := range options {
		needs += widget.Width(widget.Safe(o)) + 2
	}
	st := m.st.Bold
	if r == f.at {
		st = m.st.Chosen
	}
	if needs > line.Left() {
		if len(options) > 0 {
			line.Put(st, "["+options[chosen]+"]").Put(m.st.Dim, fmt.Sprintf(" %d of %d", chosen+1, len(options)))
		}
		return
	}
	for i, o := range options {
		if i == chosen {
			line.Put(st, "["+o+"]")
		} else {
			line.Put(m.st.Dim, " "+o+" ")
		}
	}
}

func (f *form) viewSources(m *model, line *widget.Line) {
	if len(f.sources) == 0 {
		line.Put(m.st.Dim, "none; enter opens the list")
		return
	}
	names := make([]string, len(f.sources))
	for i, src := range f.sources {
		names[i] = m.st.Say(src.text())
	}
	line.Put(m.st.Text, shorten(m.hideAll(names), line.Left()))
}

func (f *form) viewOutput(m *model, line *widget.Line) {
	if f.output == "" {
		line.Put(m.st.Dim, "none yet; enter opens the list")
		return
	}
	line.Put(m.st.Text, m.hide(f.output)).Space(2)
	if b := m.real.BridgeByName(f.bridge); b != nil {
		if p := b.PortByName(f.output); p != nil && (f.aim == aimNew || f.seen.Output.Port != p.UUID) {
			_, text, st := f.outputNote(m, p)
			line.Put(st, m.st.Say(m.hide(text)))
		}
	}
}

// whyNot is why the plan cannot be applied now, "" if it can.
func (f *form) whyNot() string {
	switch {
	case f.applying != nil:
		return "applying…"
	case f.gone:
		return "the mirror is gone"
	case len(f.meanwhile) > 0:
		return "it was changed meanwhile: asks first"
	case f.problem != nil:
		return "not yet: see the plan"
	case f.plan == nil || f.plan.Empty():
		return "nothing to do"
	case f.facts == nil && f.unknown == nil:
		return "looking who would be hurt…"
	}
	if r, missing := f.unconfirmed(); missing {
		if r.field == fieldAgree {
			return "first: answer the question above"
		}
		return "first: type " + r.name
	}
	return ""
}
