package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ovscope/ovs"
)

// fieldError says what is wrong with a field.
type fieldError struct {
	field formField
	err   error
}

func (e *fieldError) Error() string {
	return formRow{field: e.field}.label() + ": " + e.err.Error()
}

func (e *fieldError) Unwrap() error { return e.err }

func wrong(id formField, format string, args ...any) error {
	return &fieldError{id, fmt.Errorf(format, args...)}
}

// change is what the form asks for. An error in a field is a *fieldError.
func (f *form) change(m *model) (ovs.Change, error) {
	b := m.real.BridgeByName(f.bridge)
	if b == nil {
		return nil, &ovs.GoneError{Kind: "bridge", Name: f.bridge}
	}
	switch f.aim {
	case aimDetach:
		return ovs.DetachMirror{Mirror: f.mirror}, nil
	case aimSweep:
		if f.choices[fieldSweep] == sweepAll {
			return ovs.ClearMirrors{Bridge: b.UUID}, nil
		}
		return ovs.DetachOurs{Bridge: b.UUID}, nil
	case aimNew, aimEdit, aimOutput, aimGiven:
	}
	want, err := f.want(m.real, b)
	if err != nil {
		return nil, err
	}
	flood := f.floodIDs(m.real, b)
	if f.aim != aimNew {
		edit := ovs.EditMirror{Mirror: f.mirror, Seen: f.seen, Want: want, Flood: flood, Lease: f.lease}
		if f.choices[fieldKind] == kindVLAN && !f.newVLAN() {
			edit.Unflood = without(f.flooding(m.real), flood)
			edit.Flood = without(flood, f.flooding(m.real))
		}
		return edit, nil
	}
	change := ovs.CreateMirror{Bridge: b.UUID, MirrorSpec: want, Flood: flood, Lease: f.lease}
	if f.choices[fieldOnQuit] == quitRemoves {
		change.Owner = m.cfg.Switch.Self()
	}
	return change, nil
}

// want is the mirror as the form describes it.
func (f *form) want(s *ovs.Snapshot, b *ovs.Bridge) (ovs.MirrorSpec, error) {
	want := f.seen
	var err error
	if f.aim == aimOutput {
		want.Output, err = f.wantOutput(s, b)
		return want, err
	}
	want.Name = strings.TrimSpace(f.text(fieldName))
	if f.aim == aimNew && want.Name == "" {
		want.Name = f.freeName(s)
	}
	if want.SelectAll = f.choices[fieldScope] == scopeBridge; !want.SelectAll || f.aim == aimEdit {
		if want.Sources, err = f.wantSources(b, want.SelectAll); err != nil {
			return want, err
		}
	}
	if want.VLANs, err = ovs.ParseVLANs(f.text(fieldVLANs)); err != nil {
		return want, &fieldError{fieldVLANs, err}
	}
	if want.SnapLen, err = f.number(fieldSnapLen, 16); err != nil {
		return want, err
	}
	want.Filter = ""
	if s.Features.MirrorFilter {
		want.Filter = strings.TrimSpace(f.text(fieldFilter))
	}
	want.Output, err = f.wantOutput(s, b)
	return want, err
}

// wantSources are the chosen ports as they are now. Those that a mirror lists
// beside the whole bridge are left alone.
func (f *form) wantSources(b *ovs.Bridge, whole bool) ([]ovs.Source, error) {
	if whole {
		return f.seen.Sources, nil
	}
	var list []ovs.Source
	for _, src := range f.sources {
		p := b.PortByName(src.port)
		if p == nil {
			return nil, wrong(fieldSources, "there is no port %s on %s now", src.port, b.Name)
		}
		if src.egress {
			list = append(list, ovs.Source{Port: p.UUID, Direction: ovs.Egress})
		}
		if src.ingress {
			list = append(list, ovs.Source{Port: p.UUID, Direction: ovs.Ingress})
		}
	}
	return list, nil
}

func (src formSource) text() string {
	text := src.port
	for _, d := range []struct {
		on    bool
		arrow string
	}{{src.egress, ovs.Egress.Arrow()}, {src.ingress, ovs.Ingress.Arrow()}} {
		if d.on {
			text += " " + d.arrow
		}
	}
	return text
}

// wantOutput is the output that the form describes; the mirror's own if it is as it was.
func (f *form) wantOutput(s *ovs.Snapshot, b *ovs.Bridge) (ovs.Output, error) {
	kind := f.choices[fieldKind]
	switch {
	case kind == kindVLAN:
		vlan, err := f.number(fieldOutVLAN, 16)
		if err == nil && vlan == 0 {
			err = wrong(fieldOutVLAN, "it needs a number, 1 to 4095")
		}
		return ovs.Output{VLAN: vlan}, err
	case kind == kindLocal && f.choices[fieldWhere] == whereThere:
		p := b.PortByName(f.output)
		switch {
		case f.output == "" && f.aim == aimEdit && f.seen.Output == ovs.Output{}:
			return ovs.Output{}, nil
		case f.output == "":
			return ovs.Output{}, wrong(fieldOutput, "choose the port that copies go to")
		case p == nil:
			return ovs.Output{}, wrong(fieldOutput, "there is no port %s on %s now", f.output, b.Name)
		}
		return ovs.Output{Port: p.UUID}, nil
	}
	n, err := f.wantPort(s)
	if err != nil {
		return ovs.Output{}, err
	}
	if was := s.Port(f.seen.Output.Port); was != nil && was.Name == n.Name && n.Describes(was) {
		return f.seen.Output, nil
	}
	return ovs.Output{New: n}, nil
}

// wantPort is the port that is to be made.
func (f *form) wantPort(s *ovs.Snapshot) (*ovs.NewPort, error) {
	n := &ovs.NewPort{Name: strings.TrimSpace(f.text(fieldNewPort))}
	if n.Name == "" {
		n.Name = f.freePort(s)
	}
	var err error
	kind := f.choices[fieldKind]
	if kind == kindLocal {
		n.Tag, err = f.number(fieldTag, 16)
		return n, err
	}
	t := &n.Tunnel
	t.Kind = ovs.GRE
	if kind == kindERSPAN {
		t.Kind = []ovs.TunnelKind{ovs.ERSPAN1, ovs.ERSPAN2}[f.choices[fieldVersion]]
	}
	if strings.TrimSpace(f.text(fieldRemote)) == "" {
		return nil, wrong(fieldRemote, "the tunnel needs the analyzer's address")
	}
	if t.Remote, err = ovs.ParseAddress(f.text(fieldRemote)); err != nil {
		return nil, &fieldError{fieldRemote, err}
	}
	if local := f.text(fieldLocal); strings.TrimSpace(local) != "" {
		if t.Local, err = ovs.ParseAddress(local); err != nil {
			return nil, &fieldError{fieldLocal, err}
		}
	}
	bits := ovs.KeyBits
	if kind == kindERSPAN {
		bits = ovs.SessionBits
	}
	key, err := f.number(fieldKey, bits)
	if err != nil {
		return nil, err
	}
	t.Key = ovs.Key{Set: strings.TrimSpace(f.text(fieldKey)) != "", Value: uint32(key)}
	switch t.Kind {
	case ovs.ERSPAN1:
		index, err := f.number(fieldIndex, ovs.IndexBits)
		t.Index = uint32(index)
		return n, err
	case ovs.ERSPAN2:
		id, err := f.number(fieldHardwareID, ovs.HardwareIDBits)
		t.Direction, t.HardwareID = uint8(f.choices[fieldDirection]), uint8(id)
		return n, err
	case ovs.GRE, ovs.NoTunnel:
	}
	return n, nil
}

// number reads a field; an empty one is 0.
func (f *form) number(id formField, bits int) (int, error) {
	text := strings.TrimSpace(f.text(id))
	if text == "" {
		return 0, nil
	}
	n, err := ovs.ParseNumber(text, bits)
	if err != nil {
		return 0, &fieldError{id, err}
	}
	return int(n), nil
}

// freeName is what the mirror is called if its user gives it no name.
func (f *form) freeName(s *ovs.Snapshot) string {
	base := []string{"span", "rspan", "gre-span", "erspan"}[f.choices[fieldKind]]
	return free(base, func(name string) bool {
		return s.PortByName(name) != nil || slices.ContainsFunc(s.Mirrors(), func(m *ovs.Mirror) bool { return m.Name == name })
	})
}

// freePort is what the new port is called if its user gives it no name: as the
// mirror if that will do.
func (f *form) freePort(s *ovs.Snapshot) string {
	taken := func(name string) bool { return s.PortByName(name) != nil || s.BridgeByName(name) != nil }
	name := strings.TrimSpace(f.text(fieldName))
	if f.aim == aimNew && name == "" {
		name = f.freeName(s)
	}
	plain := name != "" && len(name) <= 15 && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '/' || r > '~' })
	if f.aim == aimNew && plain && !taken(name) {
		return name
	}
	return free([]string{"span", "span", "gre", "erspan"}[f.choices[fieldKind]], taken)
}

// free is the first of base0, base1, … that is not taken.
func free(base string, taken func(string) bool) string {
	for i := 0; ; i++ {
		if name := base + strconv.Itoa(i); !taken(name) {
			return name
		}
	}
}

// flooding are the bridges that flood the output VLAN that the mirror has.
func (f *form) flooding(s *ovs.Snapshot) []ovs.UUID {
	var ids []ovs.UUID
	for _, b := range s.Bridges {
		if b.Floods(f.seen.Output.VLAN) {
			ids = append(ids, b.UUID)
		}
	}
	return ids
}

// without are the ids that are not among the others.
func without(ids, others []ovs.UUID) []ovs.UUID {
	return slices.DeleteFunc(slices.Clone(ids), func(id ovs.UUID) bool { return slices.Contains(others, id) })
}

// floodNames are the bridges that will flood the output VLAN: those chosen. At
// first these are the ones that do while the VLAN stays, else the mirror's own
// bridge and those patched to it.
func (f *form) floodNames(s *ovs.Snapshot, b *ovs.Bridge) []string {
	if f.floods == nil {
		return f.floodNamesAtFirst(s, b)
	}
	var names []string
	for _, other := range s.Bridges {
		if f.floods[other.Name] {
			names = append(names, other.Name)
		}
	}
	return names
}

func (f *form) floodNamesAtFirst(s *ovs.Snapshot, b *ovs.Bridge) []string {
	if !f.newVLAN() {
		var names []string
		for _, id := range f.flooding(s) {
			names = append(names, s.Bridge(id).Name)
		}
		return names
	}
	names := []string{b.Name}
	for _, far := range s.PatchedTo(b) {
		if far != b {
			names = append(names, far.Name)
		}
	}
	return names
}

func (f *form) floodIDs(s *ovs.Snapshot, b *ovs.Bridge) []ovs.UUID {
	var ids []ovs.UUID
	if f.choices[fieldKind] != kindVLAN {
		return nil
	}
	for _, name := range f.floodNames(s, b) {
		if other := s.BridgeByName(name); other != nil {
			ids = append(ids, other.UUID)
		}
	}
	return ids
}

// fill puts a mirror into the form.
func (f *form) fill(m *model, spec ovs.MirrorSpec) {
	f.put(m, fieldName, spec.Name)
	f.choices[fieldScope] = scopePorts
	if spec.SelectAll {
		f.choices[fieldScope] = scopeBridge
	}
	f.sources = nil
	for _, src := range spec.Sources {
		p := m.real.Port(src.Port)
		if p == nil {
			continue
		}
		i := slices.IndexFunc(f.sources, func(s formSource) bool { return s.port == p.Name })
		if i < 0 {
			i = len(f.sources)
			f.sources = append(f.sources, formSource{port: p.Name})
		}
		if src.Direction == ovs.Egress {
			f.sources[i].egress = true
		} else {
			f.sources[i].ingress = true
		}
	}
	f.textOf(fieldVLANs).Set(ovs.Ranges(spec.VLANs))
	f.setNumber(fieldSnapLen, spec.SnapLen)
	f.put(m, fieldFilter, spec.Filter)
	f.fillOutput(m, spec.Output)
}

// fillOutput puts an output into the form. A port that was made for the mirror can
// be changed; any other one only be chosen.
func (f *form) fillOutput(m *model, o ovs.Output) {
	s := m.real
	f.choices[fieldKind], f.choices[fieldWhere], f.output = kindLocal, whereThere, ""
	n := o.New
	if p := s.Port(o.Port); p != nil {
		f.output = p.Name
		if mirror := s.Mirror(f.mirror); p.Owner.Lease != "" && mirror != nil && (p.Owner.Lease == mirror.Owner.Lease || p.Owner.Lease == f.lease) {
			n = ovs.NewPortOf(p)
		}
	}
	if o.VLAN != 0 {
		f.choices[fieldKind] = kindVLAN
		f.setNumber(fieldOutVLAN, o.VLAN)
	}
	if n == nil {
		return
	}
	f.choices[fieldWhere] = whereNew
	f.put(m, fieldNewPort, n.Name)
	f.setNumber(fieldTag, n.Tag)
	t := n.Tunnel
	if t.Kind == ovs.NoTunnel {
		return
	}
	f.choices[fieldKind] = kindGRE
	f.put(m, fieldRemote, t.Remote.String())
	f.textOf(fieldLocal).Set("")
	if t.Local.IsValid() {
		f.put(m, fieldLocal, t.Local.String())
	}
	f.textOf(fieldKey).Set("")
	if t.Key.Set {
		f.textOf(fieldKey).Set(strconv.Itoa(int(t.Key.Value)))
	}
	switch t.Kind {
	case ovs.ERSPAN1:
		f.choices[fieldKind], f.choices[fieldVersion] = kindERSPAN, 0
		f.setNumber(fieldIndex, int(t.Index))
	case ovs.ERSPAN2:
		f.choices[fieldKind], f.choices[fieldVersion] = kindERSPAN, 1
		f.choices[fieldDirection] = int(t.Direction)
		f.setNumber(fieldHardwareID, int(t.HardwareID))
	case ovs.NoTunnel, ovs.GRE:
	}
}

// setNumber puts a number into a field, nothing for 0.
func (f *form) setNumber(id formField, n int) {
	text := ""
	if n != 0 {
		text = strconv.Itoa(n)
	}
	f.textOf(id).Set(text)
}

// hexNote is how OVS reads a number of the form, "" where it reads it as typed.
func (f *form) hexNote(id formField) string {
	bits := map[formField]int{fieldIndex: ovs.IndexBits, fieldHardwareID: ovs.HardwareIDBits}[id]
	if bits == 0 {
		return ""
	}
	n, err := f.number(id, bits)
	if err != nil {
		return ""
	}
	return "= " + ovs.IndexText(uint32(n))
}
