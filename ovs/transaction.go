package ovs

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// transaction collects OVSDB operations with what each must come to, because a
// mutation of a row that is gone reports no error, only a count of 0 (F17).
type transaction struct {
	steps []step
}

// step is one operation of a transaction.
type step struct {
	op ovsdb.Operation
	// what names the row for errors, "port tap1"; empty where no row must match.
	what string
	// overwrites marks a wait for a value that a later operation overwrites, or that
	// the plan was made by; how says what has happened if it is another one.
	overwrites bool
	how        string
	// nextCfg marks the select whose result is what cur_cfg must reach (F2).
	nextCfg bool
}

func (t *transaction) add(s step) { t.steps = append(t.steps, s) }

// guard makes the whole transaction fail unless the row still is there under its
// name. A reference to a row that is gone would vanish without an error (F5).
func (t *transaction) guard(table string, id UUID, rawName, what string) {
	now := 0
	t.add(step{what: what, op: ovsdb.Operation{
		Op: ovsdb.OperationWait, Table: table, Timeout: &now, Until: string(ovsdb.WaitConditionEqual),
		Where:   whereUUID(id),
		Columns: []string{"name"},
		Rows:    []ovsdb.Row{{"name": rawName}},
	}})
}

func (t *transaction) guardPort(p *Port) { t.guard("Port", p.UUID, p.rawName, "port "+p.Name) }

// expect makes the whole transaction fail with a *ChangedError unless a wait holds
// before anything else is done: what the plan was made by is still so.
func (t *transaction) expect(wait ovsdb.Operation, what, how string) {
	now := 0
	wait.Op, wait.Timeout = ovsdb.OperationWait, &now
	t.steps = slices.Insert(t.steps, 0, step{what: what, how: how, overwrites: true, op: wait})
}

func (t *transaction) insert(table, name string, row ovsdb.Row) {
	t.add(step{op: ovsdb.Operation{Op: ovsdb.OperationInsert, Table: table, UUIDName: name, Row: row}})
}

func (t *transaction) mutate(table string, id UUID, what string, mutations ...ovsdb.Mutation) {
	t.add(step{what: what, op: ovsdb.Operation{
		Op: ovsdb.OperationMutate, Table: table, Where: whereUUID(id), Mutations: mutations,
	}})
}

// replace overwrites columns of a row, which must still be as they were; else the
// whole transaction fails with a *ChangedError.
func (t *transaction) replace(table string, id UUID, what string, was, now ovsdb.Row) {
	at := 0
	t.add(step{what: what, overwrites: true, op: ovsdb.Operation{
		Op: ovsdb.OperationWait, Table: table, Timeout: &at, Until: string(ovsdb.WaitConditionEqual),
		Where:   whereUUID(id),
		Columns: slices.Sorted(maps.Keys(was)),
		Rows:    []ovsdb.Row{was},
	}})
	t.add(step{what: what, op: ovsdb.Operation{Op: ovsdb.OperationUpdate, Table: table, Where: whereUUID(id), Row: now}})
}

// finish asks vswitchd to take the change up, as ovs-vsctl does (F2), and says in
// the database's log what was done; operations adds by whom.
func (t *transaction) finish(s *Snapshot, title string) {
	t.add(step{op: ovsdb.Operation{Op: ovsdb.OperationComment, Comment: &title}})
	t.mutate("Open_vSwitch", s.root, "the Open_vSwitch row", *ovsdb.NewMutation("next_cfg", ovsdb.MutateOperationAdd, 1))
	t.add(step{nextCfg: true, op: ovsdb.Operation{
		Op: ovsdb.OperationSelect, Table: "Open_vSwitch", Where: whereUUID(s.root), Columns: []string{"next_cfg"},
	}})
}

// operations are what is sent to the server for a user, "" if nobody knows who:
// ovsdb-tool show-log -m prints the comment.
func (t *transaction) operations(user string) []ovsdb.Operation {
	who := "ovscope"
	if user != "" {
		who += ", " + user
	}
	ops := make([]ovsdb.Operation, len(t.steps))
	for i, s := range t.steps {
		ops[i] = s.op
		if s.op.Op == ovsdb.OperationComment {
			comment := who + ": " + *s.op.Comment
			ops[i].Comment = &comment
		}
	}
	return ops
}

// timedOut is OVSDB's error for a wait that does not hold (RFC 7047 §5.2.6).
const timedOut = "timed out"

// check reads a transaction's results and returns the next_cfg to wait for. An
// error in any place, the extra last one included, means that nothing was changed.
func (t *transaction) check(results []ovsdb.OperationResult) (nextCfg int, err error) {
	for i, r := range results {
		if r.Error == "" {
			continue
		}
		if i < len(t.steps) {
			s := t.steps[i]
			if s.overwrites && r.Error == timedOut {
				return 0, &ChangedError{What: s.what, How: s.how}
			}
			if s.op.Op == ovsdb.OperationWait && r.Error == timedOut {
				return 0, &GoneError{Name: s.what}
			}
			return 0, &TransactionError{What: s.what, Code: clean(r.Error), Details: clean(r.Details)}
		}
		return 0, &TransactionError{What: "committing", Code: clean(r.Error), Details: clean(r.Details)}
	}
	if len(results) < len(t.steps) {
		return 0, &TransactionError{What: "committing", Code: "incomplete", Details: fmt.Sprintf("%d results for %d operations", len(results), len(t.steps))}
	}
	for i, s := range t.steps {
		if (s.op.Op == ovsdb.OperationMutate || s.op.Op == ovsdb.OperationUpdate) && results[i].Count == 0 {
			return 0, &GoneError{Name: s.what, Committed: true}
		}
		if s.nextCfg && len(results[i].Rows) == 1 {
			if n, ok := results[i].Rows[0]["next_cfg"].(float64); ok {
				nextCfg = int(n)
			}
		}
	}
	return nextCfg, nil
}

func whereUUID(id UUID) []ovsdb.Condition {
	return []ovsdb.Condition{ovsdb.NewCondition("_uuid", ovsdb.ConditionEqual, ovsdb.UUID{GoUUID: string(id)})}
}

func mutateSources(how ovsdb.Mutator, sources []Source) []ovsdb.Mutation {
	var mutations []ovsdb.Mutation
	for _, d := range []Direction{Egress, Ingress} {
		if refs := portSet(sources, d); len(refs.GoSet) > 0 {
			mutations = append(mutations, *ovsdb.NewMutation(d.Column(), how, refs))
		}
	}
	return mutations
}

// portSet is the ports among the sources with that direction.
func portSet(sources []Source, d Direction) ovsdb.OvsSet {
	var set ovsdb.OvsSet
	for _, src := range sources {
		if src.Direction == d {
			set.GoSet = append(set.GoSet, ovsdb.UUID{GoUUID: string(src.Port)})
		}
	}
	return set
}

func ovsMap(m map[string]string) ovsdb.OvsMap {
	out := ovsdb.OvsMap{GoMap: make(map[any]any, len(m))}
	for k, v := range m {
		out.GoMap[k] = v
	}
	return out
}
