package db

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tx is a transaction: its own view of the rows until it is committed.
type Tx struct {
	db    *DB
	rows  map[string]map[UUID]Row // rows written so far; nil rows were deleted
	names map[string]UUID         // named UUIDs
}

func (d *DB) begin() *Tx {
	return &Tx{db: d, rows: map[string]map[UUID]Row{}, names: map[string]UUID{}}
}

// Failure is an error in the terms of RFC 7047 §3.1.
type Failure struct {
	Reason  string `json:"error"`
	Details string `json:"details,omitempty"`
}

func (f *Failure) Error() string {
	if f.Details == "" {
		return f.Reason
	}
	return f.Reason + ": " + f.Details
}

func violation(format string, args ...any) *Failure {
	return &Failure{"constraint violation", fmt.Sprintf(format, args...)}
}

// Row finds a row as the transaction sees it, nil when there is none.
func (t *Tx) Row(table string, id UUID) Row {
	if row, written := t.rows[table][id]; written {
		return row
	}
	return t.db.rows[table][id]
}

// Rows lists a table's rows as the transaction sees them.
func (t *Tx) Rows(table string) map[UUID]Row {
	rows := maps.Clone(t.db.rows[table])
	for id, row := range t.rows[table] {
		if row == nil {
			delete(rows, id)
		} else {
			rows[id] = row
		}
	}
	return rows
}

// Insert adds a row; columns that are not given get their defaults.
func (t *Tx) Insert(table string, columns Row) UUID {
	id := t.db.newUUID()
	t.insert(table, id, columns)
	return id
}

func (t *Tx) insert(table string, id UUID, columns Row) {
	row := make(Row, len(t.db.tables[table].columns))
	for name, c := range t.db.tables[table].columns {
		row[name] = c.zero()
	}
	maps.Copy(row, columns)
	t.put(table, id, row)
}

// Set replaces one column of a row. A row or column that does not exist is left so.
func (t *Tx) Set(table string, id UUID, column string, value Datum) {
	row := t.Row(table, id)
	old, known := row[column]
	if row == nil || !known || old.equal(value) {
		return
	}
	row = maps.Clone(row)
	row[column] = value
	t.put(table, id, row)
}

// Delete removes a row.
func (t *Tx) Delete(table string, id UUID) { t.put(table, id, nil) }

func (t *Tx) put(table string, id UUID, row Row) {
	if t.rows[table] == nil {
		t.rows[table] = map[UUID]Row{}
	}
	t.rows[table][id] = row
}

// finish applies the rules that hold for whole transactions and lists what it
// comes to.
func (t *Tx) finish() ([]change, error) {
	if t.touchesReferences() {
		t.collectGarbage()
		if err := t.checkReferences(); err != nil {
			return nil, err
		}
		if err := t.dropDanglingReferences(); err != nil {
			return nil, err
		}
	}
	var changes []change
	for name, rows := range t.rows {
		for id, row := range rows {
			old := t.db.rows[name][id]
			if old == nil && row == nil || old != nil && row != nil && maps.EqualFunc(old, row, Datum.equal) {
				continue
			}
			changes = append(changes, change{t.db.tables[name], id, old, row})
		}
	}
	sortChanges(changes)
	return changes, t.checkIndexes(changes)
}

func (t *Tx) touchesReferences() bool {
	for name, rows := range t.rows {
		for id, row := range rows {
			old := t.db.rows[name][id]
			if old == nil || row == nil {
				return true
			}
			for key, c := range t.db.tables[name].columns {
				if to, _ := refersTo(c.key()); to != "" && !old[key].equal(row[key]) {
					return true
				}
			}
		}
	}
	return false
}

// reference is one reference from a row's column to another row.
type reference struct {
	from   *table
	id     UUID
	column column
	to     string
	target UUID
}

// references lists all references of one strength, as the transaction sees
// them. (No table in use refers from a map's values.)
func (t *Tx) references(weak bool) []reference {
	var out []reference
	for name, from := range t.db.tables {
		for _, c := range from.columns {
			to, isWeak := refersTo(c.key())
			if to == "" || isWeak != weak || t.db.tables[to] == nil {
				continue
			}
			for id, row := range t.Rows(name) {
				for _, target := range row.Refs(c.name) {
					out = append(out, reference{from, id, c, to, target})
				}
			}
		}
	}
	return out
}

// collectGarbage deletes the rows outside of root tables that no row refers to
// strongly, until none is left (RFC 7047 §3.2, F18).
func (t *Tx) collectGarbage() {
	for again := true; again; {
		again = false
		used := map[UUID]bool{}
		for _, r := range t.references(false) {
			used[r.target] = true
		}
		for name, table := range t.db.tables {
			if table.root {
				continue
			}
			for id := range t.Rows(name) {
				if !used[id] {
					t.Delete(name, id)
					again = true
				}
			}
		}
	}
}

func (t *Tx) checkReferences() error {
	for _, r := range t.references(false) {
		if t.Row(r.to, r.target) == nil {
			return &Failure{"referential integrity violation", fmt.Sprintf(
				"Table %s column %s row %s references nonexistent row %s in table %s.",
				r.from.name, r.column.name, r.id, r.target, r.to)}
		}
	}
	return nil
}

// dropDanglingReferences removes weak references to rows that are gone or never
// were, which OVSDB does without a word (F5).
func (t *Tx) dropDanglingReferences() error {
	for _, r := range t.references(true) {
		if t.Row(r.to, r.target) != nil {
			continue
		}
		left := t.Row(r.from.name, r.id)[r.column.name].without(r.target)
		if low, _ := r.column.limits(); len(left.keys) < low {
			return violation("Deletion of a weak reference to a deleted (or never-existing) row from column %s "+
				"in table %s row %s caused this column to have an invalid length.", r.column.name, r.from.name, r.id)
		}
		t.Set(r.from.name, r.id, r.column.name, left)
	}
	return nil
}

// checkIndexes refuses rows that share what the schema says is unique.
func (t *Tx) checkIndexes(changes []change) error {
	checked := map[string]bool{}
	for _, c := range changes {
		if checked[c.table.name] {
			continue
		}
		checked[c.table.name] = true
		for _, index := range c.table.indexes {
			seen := map[string]UUID{}
			for id, row := range t.Rows(c.table.name) {
				var key strings.Builder
				for _, name := range index {
					fmt.Fprintf(&key, "%q,", row[name].keys)
				}
				if other, taken := seen[key.String()]; taken {
					ids := []UUID{id, other}
					slices.Sort(ids)
					return violation("Transaction causes multiple rows in %q table to have identical values (%s) "+
						"for index on column %q: rows %s and %s.",
						c.table.name, key.String(), strings.Join(index, ","), ids[0], ids[1])
				}
				seen[key.String()] = id
			}
		}
	}
	return nil
}
