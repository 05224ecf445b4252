package ovs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// draft is a plan in the making: what adds an operation to the transaction adds
// the words of the ovs-vsctl command that does the same.
type draft struct {
	s             *Snapshot
	plan          *Plan
	gets          []string // the words that name ports, which come first
	words         []string
	after         []string // further commands
	refs          map[UUID]string
	made, mirrors int  // ports and mirrors made so far, to number them
	leaving       UUID // a port that goes, so that another may have its name
	// expected are the names and bridges of which the plan supposes something.
	expected map[string]bool
}

// supposes reports whether the plan did not suppose that before.
func (d *draft) supposes(what string) bool {
	first := !d.expected[what]
	d.expected[what] = true
	return first
}

// expectNames guards that no mirror of that name has come or gone meanwhile: names
// are not unique (F9), so two that make one at the same time would both.
func (d *draft) expectNames(name, bridge string) {
	if name == "" || !d.supposes("name "+name) {
		return
	}
	wait := ovsdb.Operation{
		Table: "Mirror", Where: []ovsdb.Condition{ovsdb.NewCondition("name", ovsdb.ConditionEqual, name)},
		Columns: []string{"_uuid"}, Until: string(ovsdb.WaitConditionEqual),
	}
	for _, m := range d.s.Mirrors() {
		if m.rawName == name {
			wait.Rows = append(wait.Rows, ovsdb.Row{"_uuid": ovsdb.UUID{GoUUID: string(m.UUID)}})
		}
	}
	if len(wait.Rows) == 0 { // an empty list cannot be sent
		wait.Columns, wait.Rows, wait.Until = []string{"name"}, []ovsdb.Row{{"name": name}}, string(ovsdb.WaitConditionNotEqual)
	}
	d.plan.tx.expect(wait, "bridge "+bridge, "a mirror called "+name+" was made or removed")
}

// expectNotes guards that the notes about flooding on a bridge are still those by
// which the plan has found out which VLANs nobody else needs.
func (d *draft) expectNotes(b *Bridge) {
	if !d.supposes("notes " + string(b.UUID)) {
		return
	}
	ids := b.rawExternalIDs
	if ids == nil {
		ids = b.ExternalIDs
	}
	wait := ovsdb.Operation{
		Table: "Bridge", Where: whereUUID(b.UUID), Until: string(ovsdb.WaitConditionEqual),
		Columns: []string{"external_ids"}, Rows: []ovsdb.Row{{"external_ids": ovsMap(ids)}},
	}
	d.plan.tx.expect(wait, "bridge "+b.Name, "its external_ids, which say for whom it floods VLANs")
}

func newDraft(s *Snapshot, c Change) *draft {
	return &draft{s: s, plan: &Plan{Change: c}, refs: map[UUID]string{}, expected: map[string]bool{}}
}

// say adds a command for ovs-vsctl.
func (d *draft) say(format string, args ...any) {
	d.words = append(d.words, fmt.Sprintf(format, args...))
}

// port guards a port (F5), once, and returns its name in the command: "@p1".
func (d *draft) port(p *Port) string {
	if d.supposes("port " + string(p.UUID)) {
		d.plan.tx.guardPort(p)
	}
	return d.word(p.UUID)
}

// word is how the command names a port, which may be gone.
func (d *draft) word(id UUID) string {
	p := d.s.Port(id)
	if p == nil {
		return string(id)
	}
	if d.refs[id] == "" {
		d.refs[id] = fmt.Sprintf("@p%d", len(d.gets)+1)
		d.gets = append(d.gets, fmt.Sprintf("--id=%s get Port %s", d.refs[id], quote(p.Name)))
	}
	return d.refs[id]
}

// changeSources adds sources to a mirror, whose ports are guarded, and takes sources
// away, whose ports may go at any time: both commute with what others do (F16).
func (d *draft) changeSources(m *Mirror, add, remove []Source) error {
	if err := d.sources(d.s.Bridge(m.Bridge), add); err != nil {
		return err
	}
	d.plan.tx.mutate("Mirror", m.UUID, "mirror "+m.Name,
		append(mutateSources(ovsdb.MutateOperationInsert, add), mutateSources(ovsdb.MutateOperationDelete, remove)...)...)
	for _, src := range add {
		d.say("add Mirror %s %s %s", m.UUID, src.Direction.Column(), d.word(src.Port))
	}
	for _, src := range remove {
		d.say("remove Mirror %s %s %s", m.UUID, src.Direction.Column(), d.word(src.Port))
	}
	d.plan.reselects = true
	d.plan.stops = d.plan.stops || len(remove) > 0
	return nil
}

// finish gives the plan its title and commands.
func (d *draft) finish(title string) *Plan {
	p := d.plan
	p.Title = title
	if p.Empty() {
		return p
	}
	p.tx.finish(d.s, title)
	p.Commands = append([]string{"ovs-vsctl -- " + strings.Join(slices.Concat(d.gets, d.words), " -- ")}, d.after...)
	return p
}

// external adds to and takes from the external_ids of a row.
func (d *draft) external(table string, id UUID, what string, insert map[string]string, remove []string) {
	var mutations []ovsdb.Mutation
	if len(remove) > 0 {
		set := ovsdb.OvsSet{}
		for _, k := range remove {
			set.GoSet = append(set.GoSet, k)
			d.say("remove %s %s external_ids %s", table, id, vsctlKey(k))
		}
		mutations = append(mutations, *ovsdb.NewMutation("external_ids", ovsdb.MutateOperationDelete, set))
	}
	if len(insert) > 0 {
		mutations = append(mutations, *ovsdb.NewMutation("external_ids", ovsdb.MutateOperationInsert, ovsMap(insert)))
		d.say("set %s %s%s", table, id, vsctlIDs(insert))
	}
	d.plan.tx.mutate(table, id, what, mutations...)
}
