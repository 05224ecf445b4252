package ovs

import (
	"fmt"
	"slices"
)

// Plan is what a change comes to on one snapshot: the transaction, the same as
// commands for a shell, and the way back. A plan has talked to nothing.
type Plan struct {
	// Change is what was asked.
	Change Change
	// Title says in a few words what the plan does: "copy tap1 → into ovscope3f9a".
	Title string
	// Commands do the same with ovs-vsctl, one shell line each. Empty when there
	// is nothing to do.
	Commands []string
	// Hazards are what the user should know before the plan is applied.
	Hazards []Hazard
	// Undo takes the plan back; nil when there is no way back.
	Undo Change

	tx transaction
	// edits reports that the plan changes a mirror that is no lease of this run.
	edits bool
	// links are the ports that Apply brings up after the commit.
	links []link
	// takeBack is what Apply does when the change is in the database but cannot
	// take effect; nil leaves it there.
	takeBack Change
	// reselects reports that the plan changes what is copied; stops, that
	// something is copied no longer. Both decide about the purge (F1).
	reselects, stops bool
}

// Empty reports whether everything is already as asked.
func (p *Plan) Empty() bool { return len(p.tx.steps)+len(p.links) == 0 }

// Severity is how much a hazard matters.
type Severity int

const (
	// Notice is good to know and stops nothing.
	Notice Severity = iota
	// Confirm must be confirmed before the plan is applied.
	Confirm
)

// Hazard is something that the plan would do to somebody.
type Hazard struct {
	Severity Severity
	// Text is a sentence: what would happen, and to whom.
	Text string
	// Name is what must be typed to confirm, a port's or bridge's name; empty where
	// a yes will do.
	Name string
}

// NeedsConfirmation reports whether any hazard must be confirmed first.
func (p *Plan) NeedsConfirmation() bool {
	return slices.ContainsFunc(p.Hazards, func(h Hazard) bool { return h.Severity >= Confirm })
}

// purges reports whether running flows must be made to follow (F1). OFF may leak on
// newer releases too, so whatever stops copying purges.
func (p *Plan) purges(version string) bool {
	return p.stops || p.reselects && !revalidatesMirrors(version)
}

// warn adds a hazard that is only good to know.
func (p *Plan) warn(format string, args ...any) {
	p.Hazards = append(p.Hazards, Hazard{Severity: Notice, Text: fmt.Sprintf(format, args...)})
}

// confirm adds a hazard that must be confirmed by typing a name, "" for a plain yes.
func (p *Plan) confirm(name, format string, args ...any) {
	p.Hazards = append(p.Hazards, Hazard{Severity: Confirm, Name: name, Text: fmt.Sprintf(format, args...)})
}

// NewPlan works out what a change comes to on a snapshot. It talks to nothing.
// Errors: *GoneError when something that the change names is not there,
// *RefusedError when the change must not be made, *InvalidError when OVS would not
// take it, *ChangedError when somebody else has changed what it overwrites.
func NewPlan(s *Snapshot, c Change) (*Plan, error) {
	p, err := planOf(s, c)
	if err != nil {
		return nil, err
	}
	p.warnLate(s)
	return p, nil
}

func planOf(s *Snapshot, c Change) (*Plan, error) {
	switch c := c.(type) {
	case SetSources:
		return planSetSources(s, c)
	case CreateMirror:
		return planCreateMirror(s, c)
	case EditMirror:
		return planEditMirror(s, c)
	case RaiseOutput:
		return planRaiseOutput(s, c)
	case DetachMirror:
		return planDetachMirror(s, c)
	case DetachOurs:
		return planDetachOurs(s, c)
	case ClearMirrors:
		return planClearMirrors(s, c)
	case RestoreMirrors:
		return planRestoreMirrors(s, c)
	case CreateLease:
		return planCreateLease(s, c)
	case ReleaseLease:
		return planReleaseLease(s, c)
	case KeepLease:
		return planKeepLease(s, c)
	}
	return nil, fmt.Errorf("planning %T: no such change", c)
}

func (s *Snapshot) bridgeName(id UUID) string {
	if b := s.Bridge(id); b != nil {
		return b.Name
	}
	return id.Short()
}

func (s *Snapshot) portName(id UUID) string {
	if p := s.Port(id); p != nil {
		return p.Name
	}
	return id.Short()
}
