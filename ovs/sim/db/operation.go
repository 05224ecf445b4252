package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// operation is one of a transact request (RFC 7047 §5.2).
type operation struct {
	Op        string                       `json:"op"`
	Table     string                       `json:"table"`
	Row       map[string]json.RawMessage   `json:"row"`
	Rows      []map[string]json.RawMessage `json:"rows"`
	Columns   []string                     `json:"columns"`
	Where     [][3]json.RawMessage         `json:"where"`
	Mutations [][3]json.RawMessage         `json:"mutations"`
	Until     string                       `json:"until"`
	UUIDName  string                       `json:"uuid-name"`
}

// transact runs a client's operations. The results are one for each operation,
// null after one that failed, and one more when the commit failed (F17).
func (d *DB) transact(raw []json.RawMessage) (results []any, changes []change) {
	tx := d.begin()
	ops := make([]operation, len(raw))
	results = make([]any, len(raw))
	ids := make([]UUID, len(raw))
	for i := range raw {
		if err := json.Unmarshal(raw[i], &ops[i]); err != nil {
			results[i] = &Failure{"syntax error", err.Error()}
			return results, nil
		}
		if ops[i].Op != ovsdb.OperationInsert {
			continue
		}
		ids[i] = d.newUUID()
		if name := ops[i].UUIDName; name != "" {
			if _, taken := tx.names[name]; taken {
				results[i] = &Failure{"duplicate uuid-name", fmt.Sprintf("This %q appeared before.", name)}
				return results, nil
			}
			tx.names[name] = ids[i]
		}
	}
	for i := range ops {
		result, err := tx.run(&ops[i], ids[i])
		if err != nil {
			results[i] = asFailure(err)
			return results, nil
		}
		results[i] = result
	}
	changes, err := tx.finish()
	if err != nil {
		return append(results, asFailure(err)), nil
	}
	return results, changes
}

func asFailure(err error) *Failure {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return violation("%s", err)
}

func (t *Tx) run(op *operation, id UUID) (any, error) {
	switch op.Op {
	case ovsdb.OperationComment:
		return struct{}{}, nil
	case ovsdb.OperationAbort:
		return nil, &Failure{"aborted", "aborted by request"}
	}
	table := t.db.tables[op.Table]
	if table == nil {
		return nil, &Failure{"unknown table", fmt.Sprintf("No table named %s.", op.Table)}
	}
	if op.Op == ovsdb.OperationInsert {
		columns, err := t.columns(table, op.Row)
		if err != nil {
			return nil, err
		}
		t.insert(table.name, id, columns)
		return map[string]any{"uuid": id}, nil
	}
	matches, err := t.matches(table, op.Where)
	if err != nil {
		return nil, err
	}
	switch op.Op {
	case ovsdb.OperationSelect:
		rows := make([]map[string]any, 0, len(matches))
		for _, match := range matches {
			rows = append(rows, project(match, t.Row(table.name, match), op.Columns))
		}
		return map[string]any{"rows": rows}, nil
	case ovsdb.OperationWait:
		return struct{}{}, t.wait(table, op, matches)
	case ovsdb.OperationUpdate:
		err = t.update(table, op, matches)
	case ovsdb.OperationMutate:
		err = t.mutate(table, op, matches)
	case ovsdb.OperationDelete:
		for _, match := range matches {
			t.Delete(table.name, match)
		}
	default:
		return nil, &Failure{"not supported", "operation " + op.Op}
	}
	return map[string]any{"count": len(matches)}, err
}

// columns reads a row of a request.
func (t *Tx) columns(table *table, raw map[string]json.RawMessage) (Row, error) {
	row := Row{}
	for name, value := range raw {
		c, ok := table.columns[name]
		if !ok {
			return nil, &Failure{"unknown column", fmt.Sprintf("No column %s in table %s.", name, table.name)}
		}
		d, err := parser{t.names}.datum(c, value, true)
		if err != nil {
			return nil, err
		}
		row[name] = d
	}
	return row, nil
}

// project is a row in the notation of the protocol, with all columns when none are given.
func project(id UUID, row Row, columns []string) map[string]any {
	out := map[string]any{}
	if len(columns) == 0 {
		out["_uuid"] = id
		for name, d := range row {
			out[name] = d
		}
		return out
	}
	for _, name := range columns {
		if name == "_uuid" {
			out[name] = id
		} else if d, ok := row[name]; ok {
			out[name] = d
		}
	}
	return out
}

// matches lists the rows for which all conditions hold, in the UUIDs' order.
func (t *Tx) matches(table *table, where [][3]json.RawMessage) ([]UUID, error) {
	rows := t.Rows(table.name)
	for _, condition := range where {
		var name, function string
		if err := errors.Join(json.Unmarshal(condition[0], &name), json.Unmarshal(condition[1], &function)); err != nil {
			return nil, &Failure{"syntax error", err.Error()}
		}
		c, ok := table.columns[name]
		if name == "_uuid" {
			c, ok = column{&ovsdb.UUIDColumn, name}, true
		}
		if !ok {
			return nil, &Failure{"unknown column", fmt.Sprintf("No column %s in table %s.", name, table.name)}
		}
		value, err := parser{t.names}.datum(c, condition[2], false)
		if err != nil {
			return nil, err
		}
		for id, row := range rows {
			have := row[name]
			if name == "_uuid" {
				have = Value(id)
			}
			holds, err := have.compare(function, value)
			if err != nil {
				return nil, err
			}
			if !holds {
				delete(rows, id)
			}
		}
	}
	return slices.Sorted(maps.Keys(rows)), nil
}

// compare evaluates a condition's function (RFC 7047 §5.1).
func (d Datum) compare(function string, value Datum) (bool, error) {
	holdsAll := func() bool {
		for i, key := range value.keys {
			if j, found := d.find(key); !found || d.value(j) != value.value(i) {
				return false
			}
		}
		return true
	}
	excludesAll := func() bool {
		for i, key := range value.keys {
			if j, found := d.find(key); found && d.value(j) == value.value(i) {
				return false
			}
		}
		return true
	}
	switch function {
	case "==":
		return d.equal(value), nil
	case "!=":
		return !d.equal(value), nil
	case "includes":
		return holdsAll(), nil
	case "excludes":
		return excludesAll(), nil
	}
	if len(d.keys) != 1 || len(value.keys) != 1 {
		return false, nil // an optional number that is not there compares with nothing
	}
	order := compareAtoms(d.keys[0], value.keys[0])
	switch function {
	case "<":
		return order < 0, nil
	case "<=":
		return order <= 0, nil
	case ">":
		return order > 0, nil
	case ">=":
		return order >= 0, nil
	}
	return false, &Failure{"syntax error", "no condition function " + function}
}

// wait is the guard of RFC 7047 §5.2.6. It never waits: when the rows are not as
// asked the transaction fails as if its time were over, whatever the timeout.
func (t *Tx) wait(table *table, op *operation, matches []UUID) error {
	expected := make([]Row, len(op.Rows))
	for i, raw := range op.Rows {
		row, err := t.columns(table, raw)
		if err != nil {
			return err
		}
		expected[i] = Row{}
		for _, name := range op.Columns {
			expected[i][name] = table.columns[name].zero()
		}
		maps.Copy(expected[i], row)
	}
	same := func(a, b Row) bool {
		return !slices.ContainsFunc(op.Columns, func(name string) bool { return !a[name].equal(b[name]) })
	}
	equal := true
	found := make([]Row, len(matches))
	for i, id := range matches {
		found[i] = t.Row(table.name, id)
		equal = equal && slices.ContainsFunc(expected, func(e Row) bool { return same(e, found[i]) })
	}
	for _, e := range expected {
		equal = equal && slices.ContainsFunc(found, func(f Row) bool { return same(e, f) })
	}
	if equal != (op.Until == "==") {
		return &Failure{"timed out", `"wait" timed out`}
	}
	return nil
}

func (t *Tx) update(table *table, op *operation, matches []UUID) error {
	columns, err := t.columns(table, op.Row)
	if err != nil {
		return err
	}
	for name := range columns {
		if !table.columns[name].Mutable() {
			return violation("Cannot update immutable column %s in table %s.", name, table.name)
		}
	}
	for _, id := range matches {
		for name, value := range columns {
			t.Set(table.name, id, name, value)
		}
	}
	return nil
}

func (t *Tx) mutate(table *table, op *operation, matches []UUID) error {
	for _, mutation := range op.Mutations {
		var name, mutator string
		if err := errors.Join(json.Unmarshal(mutation[0], &name), json.Unmarshal(mutation[1], &mutator)); err != nil {
			return &Failure{"syntax error", err.Error()}
		}
		c, ok := table.columns[name]
		if !ok {
			return &Failure{"unknown column", fmt.Sprintf("No column %s in table %s.", name, table.name)}
		}
		if !c.Mutable() {
			return violation("Cannot mutate immutable column %s in table %s.", name, table.name)
		}
		argument, err := parser{t.names}.datum(c, mutation[2], false)
		if err != nil {
			return err
		}
		for _, id := range matches {
			value, err := t.Row(table.name, id)[name].mutate(mutator, argument)
			if err != nil {
				return err
			}
			if low, high := c.limits(); len(value.keys) < low || high >= 0 && len(value.keys) > high {
				return violation("Attempted to store %d values in column %s, which holds %d to %d.", len(value.keys), name, low, high)
			}
			t.Set(table.name, id, name, value)
		}
	}
	return nil
}

// mutate applies a mutator (RFC 7047 §5.1). Inserting a key that a map already
// has changes nothing; deleting a pair needs both to match, deleting a key does not.
func (d Datum) mutate(mutator string, argument Datum) (Datum, error) {
	switch mutator {
	case "insert":
		for i, key := range argument.keys {
			if _, found := d.find(key); !found {
				d = d.with(key, argument.value(i))
			}
		}
		return d, nil
	case "delete":
		for i, key := range argument.keys {
			j, found := d.find(key)
			if found && (argument.values == nil || d.value(j) == argument.value(i)) {
				d = d.without(key)
			}
		}
		return d, nil
	}
	if len(argument.keys) != 1 {
		return d, &Failure{"syntax error", "the mutator " + mutator + " takes one number"}
	}
	by, ok := argument.keys[0].(int)
	if !ok {
		return d, &Failure{"not supported", "mutating anything but integers by " + mutator}
	}
	out := Datum{}
	for _, key := range d.keys {
		n, _ := key.(int)
		switch {
		case mutator == "+=":
			n += by
		case mutator == "-=":
			n -= by
		case mutator == "*=":
			n *= by
		case by == 0:
			return d, &Failure{"domain error", "division by zero"}
		case mutator == "/=":
			n /= by
		case mutator == "%=":
			n %= by
		default:
			return d, &Failure{"syntax error", "no mutator " + mutator}
		}
		out = out.with(n, nil)
	}
	return out, nil
}
