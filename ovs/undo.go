package ovs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Undo is the way back from a change that was applied. It remembers what the change
// made, so that work which somebody else has put into it since is not thrown away.
type Undo struct {
	// Title is what was done and would be taken back.
	Title string
	// Change takes it back.
	Change Change

	// made are the mirrors that the change made, as it left them.
	made map[UUID]madeMirror
}

type madeMirror struct {
	MirrorSpec
	output string // the output port's name, which outlives its UUID
}

// NewUndo is the way back from a plan that was applied, nil if there is none. after
// shows what it came to; nil where that is not known, and then nothing is compared.
func NewUndo(p *Plan, after *Snapshot) *Undo {
	if p.Undo == nil {
		return nil
	}
	u := &Undo{Title: p.Title, Change: p.Undo}
	if c, ok := p.Undo.(ReleaseLease); ok && after != nil {
		u.made = map[UUID]madeMirror{}
		for _, m := range after.Mirrors() {
			if m.Owner.Lease != c.Lease {
				continue
			}
			made := madeMirror{MirrorSpec: m.Spec()}
			if m.OutputPort != nil {
				made.output = m.OutputPort.Name
			}
			u.made[m.UUID] = made
		}
	}
	return u
}

// Plan works the way back out on the newest snapshot. Errors: those of NewPlan,
// *UndoneError when there is nothing left to take back, and *ChangedError also when
// somebody else has changed a mirror that the undo would remove.
func (u *Undo) Plan(s *Snapshot) (*Plan, error) {
	if err := u.thereAgain(s); err != nil {
		return nil, err
	}
	for id, made := range u.made {
		m := s.Mirror(id)
		if m == nil {
			continue
		}
		if how := changedSince(s, made, m); how != "" {
			return nil, &ChangedError{What: "mirror " + m.Name, How: how}
		}
	}
	p, err := NewPlan(s, u.Change)
	if err == nil && p.Empty() {
		return nil, &UndoneError{Title: u.Title}
	}
	return p, err
}

// thereAgain is the error for a removal that somebody has taken back already.
func (u *Undo) thereAgain(s *Snapshot) error {
	var mirrors []CreateMirror
	switch c := u.Change.(type) {
	case CreateMirror:
		mirrors = []CreateMirror{c}
	case RestoreMirrors:
		mirrors = c.Mirrors
	}
	for _, c := range mirrors {
		if c.Lease != "" && s.LeaseMirror(c.Lease) != nil {
			return &UndoneError{Title: u.Title}
		}
		b := s.Bridge(c.Bridge)
		if b == nil || c.Name == "" || c.Lease != "" {
			continue
		}
		if slices.ContainsFunc(b.Mirrors, func(m *Mirror) bool { return m.Name == c.Name }) {
			return &ChangedError{What: "bridge " + b.Name, How: "it has a mirror " + c.Name + " again"}
		}
	}
	return nil
}

// changedSince says what somebody else has changed in a mirror, "" for nothing.
// Ports that were deleted dropped out by themselves (F19): nobody wanted that.
func changedSince(s *Snapshot, made madeMirror, m *Mirror) string {
	is := m.Spec()
	var added, taken []Source
	for _, src := range is.Sources {
		if !slices.Contains(made.Sources, src) {
			added = append(added, src)
		}
	}
	for _, src := range made.Sources {
		if s.Port(src.Port) != nil && !slices.Contains(is.Sources, src) {
			taken = append(taken, src)
		}
	}
	var how []string
	if len(added) > 0 {
		how = append(how, sourcesText(s, added)+" was added")
	}
	if len(taken) > 0 {
		how = append(how, sourcesText(s, taken)+" was taken out")
	}
	sameOutput := made.Output == is.Output
	if made.Output.Port != "" && s.Port(made.Output.Port) == nil { // gone, or made anew under its name
		sameOutput = is.Output == Output{} || m.OutputPort != nil && m.OutputPort.Name == made.output
	}
	switch {
	case made.Name != is.Name:
		how = append(how, "it is called "+is.Name+" now")
	case made.SelectAll != is.SelectAll:
		how = append(how, "select_all was changed")
	case !slices.Equal(made.VLANs, is.VLANs):
		how = append(how, "its VLANs are "+cmp.Or(Ranges(is.VLANs), "all")+" now")
	case made.SnapLen != is.SnapLen || made.Filter != is.Filter:
		how = append(how, "its snaplen or filter was changed")
	case !sameOutput:
		how = append(how, "its output is "+is.Output.text(s)+" now")
	}
	return strings.Join(how, ", ")
}

// UndoneError says that there is nothing to take back: somebody has done it already.
type UndoneError struct {
	Title string
}

func (e *UndoneError) Error() string { return fmt.Sprintf("%q is undone already", e.Title) }
