package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// formPicker is the list that a field has opened: of ports or bridges of the form's
// bridge, by name.
type formPicker struct {
	widget.Picker
	field formField
	items []pickItem
}

// pickItem is a line of the list: a port or bridge, or a kind of output to be made.
type pickItem struct {
	name, note string
	make       int // the kind of an output to be made; -1 for what is there
}

func (p *formPicker) narrow() {
	texts := make([]string, len(p.items))
	for i, item := range p.items {
		texts[i] = item.name + " " + item.note
	}
	p.Narrow(texts)
}

// open opens the list of the field under the cursor.
func (f *form) open(m *model) {
	b := m.real.BridgeByName(f.bridge)
	switch {
	case b == nil:
		m.say("bridge " + f.bridge + " is gone")
	case f.at.field == fieldOutput:
		f.pickOutput(m)
	case f.at.field == fieldFlood:
		f.picker = &formPicker{field: fieldFlood}
		for _, other := range m.real.Bridges {
			f.picker.items = append(f.picker.items, pickItem{name: other.Name, make: -1})
		}
		if f.floods == nil {
			f.floods = map[string]bool{}
			for _, name := range f.floodNamesAtFirst(m.real, b) {
				f.floods[name] = true
			}
		}
		f.picker.narrow()
	default:
		f.picker = &formPicker{field: fieldSources}
		for _, p := range b.Ports {
			f.picker.items = append(f.picker.items, portItem(p))
		}
		for _, src := range f.sources { // what is gone can be taken out only if it is seen
			if b.PortByName(src.port) == nil {
				f.picker.items = append(f.picker.items, pickItem{name: src.port, note: "is gone", make: -1})
			}
		}
		f.picker.narrow()
	}
}

func portItem(p *ovs.Port) pickItem {
	return pickItem{name: p.Name, note: strings.TrimSpace(vlanMode(p) + "  " + p.GuestName()), make: -1}
}

// pickOutput opens the list of outputs. Where the form is about nothing else, they
// include those that are to be made.
func (f *form) pickOutput(m *model) {
	b := m.real.BridgeByName(f.bridge)
	if b == nil {
		return
	}
	f.picker = &formPicker{field: fieldOutput}
	f.at = formRow{field: fieldOutput}
	if f.aim == aimOutput {
		f.at = formRow{field: fieldKind}
		for kind, name := range []string{"a new internal port", "a VLAN (RSPAN)", "a GRE tunnel to another host", "an ERSPAN tunnel to another host"} {
			f.picker.items = append(f.picker.items, pickItem{name: name, make: kind})
		}
	}
	var hurt []pickItem // those that hurt nobody come first
	s := f.judged(m)
	for _, p := range b.Ports {
		if len(s.OutputHazards(p)) == 0 {
			f.picker.items = append(f.picker.items, portItem(p))
		} else {
			hurt = append(hurt, portItem(p))
		}
	}
	f.picker.items = append(f.picker.items, hurt...)
	f.picker.narrow()
	if i := slices.IndexFunc(f.picker.items, func(i pickItem) bool { return i.name == f.output && i.make < 0 }); i >= 0 && f.aim != aimOutput {
		f.picker.Select(i)
	}
}

// judged is the snapshot with what is known about the interfaces.
func (f *form) judged(m *model) *ovs.Snapshot {
	if f.facts == nil {
		return m.real
	}
	return m.real.With(f.facts)
}

// outputNote says why a port is safe as output, or not.
func (f *form) outputNote(m *model, p *ovs.Port) (sign, text string, st style.Style) {
	sources, _ := f.wantSources(m.real.Bridge(p.Bridge), false)
	copied := slices.ContainsFunc(sources, func(src ovs.Source) bool { return src.Port == p.UUID })
	hazards := f.judged(m).OutputHazards(p)
	if f.aim == aimOutput {
		copied = slices.ContainsFunc(f.seen.Sources, func(src ovs.Source) bool { return src.Port == p.UUID })
	}
	switch {
	case copied:
		return m.st.Signs.Wrong, "is a source: it cannot be both", m.st.Bad
	case len(hazards) > 0 && hazards[0].Severity >= ovs.Confirm:
		return m.st.Signs.Wrong, hazards[0].Text, m.st.Warn
	case len(hazards) > 0:
		return m.st.Signs.Dot, hazards[0].Text, m.st.Text
	}
	for _, mirror := range m.real.Bridge(p.Bridge).Mirrors {
		if mirror.OutputPort != nil && mirror.OutputPort.UUID == p.UUID {
			return m.st.Signs.Dot, "safe: gets the copies of mirror " + mirror.Name + " already", m.st.Good
		}
	}
	return m.st.Signs.Dot, "safe: nobody is known to use it", m.st.Good
}

// pickerKey gives a key to the open list.
func (f *form) pickerKey(m *model, msg tea.KeyPressMsg, key string) tea.Cmd {
	p := f.picker
	at := p.At()
	many := p.field != fieldOutput
	switch {
	case key == "esc" && p.Search.Text() != "":
		p.Search.Set("")
		p.narrow()
	case key == "esc":
		f.picker = nil
		if f.aim == aimOutput && f.draftText() == f.first {
			m.page = nil
		}
	case key == "enter":
		if !many && at >= 0 {
			f.takeOutput(p.items[at])
		}
		f.picker = nil
		f.replan(m)
	case many && (msg.Text == " " || key == "right" || key == "left") && at >= 0:
		f.mark(p, p.items[at].name, key)
		f.replan(m)
	case msg.Text != "":
		p.Search.Insert(msg.Text)
		p.narrow()
	case p.Key(key):
	case p.Search.Key(key):
		p.narrow()
	default:
		m.useless()
	}
	return nil
}

// mark turns an item of a list of many on or off. The arrows stand for the
// directions of a source.
func (f *form) mark(p *formPicker, name, key string) {
	if p.field == fieldFlood {
		f.floods[name] = !f.floods[name]
		return
	}
	i := slices.IndexFunc(f.sources, func(s formSource) bool { return s.port == name })
	if i < 0 {
		i = len(f.sources)
		f.sources = append(f.sources, formSource{port: name})
	}
	src := &f.sources[i]
	switch key {
	case "right":
		src.egress = !src.egress
	case "left":
		src.ingress = !src.ingress
	default:
		both := !src.egress || !src.ingress
		src.egress, src.ingress = both, both
	}
	if !src.egress && !src.ingress {
		f.sources = slices.Delete(f.sources, i, i+1)
	}
}

func (f *form) takeOutput(item pickItem) {
	switch {
	case item.make < 0:
		f.choices[fieldKind], f.choices[fieldWhere], f.output = kindLocal, whereThere, item.name
	default:
		if f.choices[fieldKind] != item.make || f.choices[fieldWhere] != whereNew {
			f.textOf(fieldNewPort).Set("") // its name was another kind's
		}
		f.choices[fieldKind], f.choices[fieldWhere] = item.make, whereNew
	}
}

// viewPicker draws the open list in width × height cells.
func (f *form) viewPicker(m *model, width, height int) []string {
	p := f.picker
	names := 0
	for _, item := range p.items {
		if item.make >= 0 {
			continue // it has no second column
		}
		names = max(names, widget.Width(widget.Safe(m.hide(item.name))))
	}
	names = min(names, width/3)
	b := m.real.BridgeByName(f.bridge)
	signs := m.st.Signs
	why := 0 // lines for what is known of the port under the cursor
	if p.field == fieldOutput && height >= 8 {
		why = 3
	}
	lines := p.Draw(width, height-why, m.st, func(i int, line *widget.Line) {
		item := p.items[i]
		switch {
		case p.field == fieldSources:
			from, to := widget.Spaces(widget.Width(signs.From)), widget.Spaces(widget.Width(signs.To))
			if j := slices.IndexFunc(f.sources, func(s formSource) bool { return s.port == item.name }); j >= 0 {
				if f.sources[j].egress {
					from = signs.From
				}
				if f.sources[j].ingress {
					to = signs.To
				}
			}
			line.Put(m.st.Egress, from).Put(m.st.Ingress, to).Space(1)
			line.Col(m.st.Text, m.hide(item.name), names).Space(2).Put(m.st.Dim, m.hide(item.note))
		case p.field == fieldFlood:
			mark, note := "[ ]", ""
			if f.floods[item.name] {
				mark = "[x]"
			}
			if other := m.real.BridgeByName(item.name); other != nil {
				if vlan, err := f.number(fieldOutVLAN, 16); err == nil && other.Floods(vlan) {
					note = "floods it already"
				}
			}
			line.Put(m.st.Text, mark).Space(1).Col(m.st.Text, m.hide(item.name), names).Space(2).Put(m.st.Dim, note)
		case item.make >= 0:
			line.Put(m.st.Good, signs.Dot).Space(1).Put(m.st.Text, item.name)
		default:
			sign, text, st := signs.Wrong, "is gone", m.st.Bad
			if b != nil {
				if port := b.PortByName(item.name); port != nil {
					sign, text, st = f.outputNote(m, port)
				}
			}
			line.Put(st, sign).Space(1).Col(m.st.Text, m.hide(item.name), names).Space(2).Put(st, m.st.Say(m.hide(text)))
		}
	})
	if why == 0 {
		return lines
	}
	lines = append(lines, m.st.Border.Render(strings.Repeat(signs.Border.Horizontal, width)))
	if at := p.At(); at >= 0 && b != nil {
		if port := b.PortByName(p.items[at].name); port != nil && p.items[at].make < 0 {
			_, text, st := f.outputNote(m, port)
			for _, part := range widget.Wrap(m.st.Say(m.hide(port.Name+": "+text)), width) {
				lines = append(lines, widget.NewLine(width, "").Put(st, part).String())
			}
		}
	}
	return fill(lines, width, height)
}
