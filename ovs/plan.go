package ovs

import "github.com/ovn-kubernetes/libovsdb/ovsdb"

// Plan is what a change comes to on one snapshot: the transaction, the same as
// commands for a shell, and the way back. A plan has talked to nothing.
type Plan struct {
	// Change is what was asked.
	Change Change
	// Title says in a few words what the plan does: "copy → of tap1 to ovscope-3f9a".
	Title string
	// Commands do the same with ovs-vsctl, one shell line each. Empty when there
	// is nothing to do.
	Commands []string
	// Hazards are what the user should know before the plan is applied.
	Hazards []Hazard
	// Undo takes the plan back; nil when there is no way back.
	Undo Change

	operations []ovsdb.Operation
	// expect are how many rows each operation must touch; -1 where any will do (F17).
	expect []int
	// link is the port that Apply brings up after the commit, "" for none.
	link string
	mtu  int // bytes, for link; 0 leaves it
	// selection reports that the plan changes what is copied, so flows may have
	// to be revalidated (F1); stops that it ends copying of something.
	selection, stops bool
}

// Empty reports whether everything is already as asked.
func (p *Plan) Empty() bool { return len(p.operations) == 0 }

// Severity is how much a hazard matters.
type Severity int

const (
	// Notice is good to know and stops nothing.
	Notice Severity = iota
	// Confirm must be confirmed before the plan is applied.
	Confirm
	// Refuse cannot be applied at all.
	Refuse
)

// Hazard is something that the plan would do to somebody.
type Hazard struct {
	Severity Severity
	// Text is a sentence: what would happen, and to whom.
	Text string
}
