// Package db is a small OVSDB server in memory (RFC 7047, with the monitors of
// ovsdb-server(7)), faithful where a client of Open vSwitch notices: guards
// (wait), named UUIDs, mutations, ranges, unique indexes, weak references that
// vanish (F5), garbage collection of rows nobody refers to (F18), errors at
// commit time (F17) and updates to monitors.
//
// It reads the schema with libovsdb and does the rest itself. libovsdb has an
// in-process server too, made for tests: it knows no comment operations and no
// select columns, lets a changed optional reference be erased by its old target,
// writes to stderr once a client has gone, keeps every change in memory for ever,
// and stops for all when one client does not read.
//
// A DB is the data; Serve answers clients on a socket; Transact is for the
// process the server lives in.
package db

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// Row is a row's columns without _uuid. Rows that came out of a DB never change.
type Row map[string]Datum

// table is a table of the schema with its columns.
type table struct {
	name    string
	root    bool
	columns map[string]column
	indexes [][]string
}

// change is what a transaction did to one row: Old is nil for an insert, New
// for a deletion.
type change struct {
	table    *table
	id       UUID
	old, new Row
}

// DB is a database with one schema.
type DB struct {
	name     string
	document json.RawMessage // the schema as clients get it
	tables   map[string]*table
	newUUID  func() UUID
	changed  func()

	mu       sync.Mutex
	rows     map[string]map[UUID]Row
	monitors map[monitorKey]*monitor
	commits  int
}

// New makes an empty database. NewUUID names new rows; it is called by one
// goroutine at a time. Changed is called after every transaction that changed
// something, before its client hears of it; it must not call the DB.
func New(document string, newUUID func() UUID, changed func()) (*DB, error) {
	var parsed struct {
		ovsdb.DatabaseSchema
		Tables map[string]struct {
			ovsdb.TableSchema
			IsRoot bool `json:"isRoot"`
		} `json:"tables"`
	}
	if err := json.Unmarshal([]byte(document), &parsed); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	d := &DB{
		name: parsed.Name, document: json.RawMessage(document), newUUID: newUUID, changed: changed,
		tables:   map[string]*table{},
		rows:     map[string]map[UUID]Row{},
		monitors: map[monitorKey]*monitor{},
	}
	for name, t := range parsed.Tables {
		d.rows[name] = map[UUID]Row{}
		d.tables[name] = &table{name: name, root: t.IsRoot, indexes: t.Indexes, columns: map[string]column{}}
		for key, c := range t.Columns {
			d.tables[name].columns[key] = column{c, key}
		}
	}
	return d, nil
}

// Rows lists a table's rows.
func (d *DB) Rows(table string) map[UUID]Row {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.rows[table])
}

// Transact runs a transaction from within the process. It fails, changing
// nothing, when fn does or the result would break the schema.
func (d *DB) Transact(fn func(tx *Tx) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	tx := d.begin()
	if err := fn(tx); err != nil {
		return err
	}
	changes, err := tx.finish()
	if err != nil {
		return err
	}
	d.commit(changes)
	return nil
}

func (d *DB) commit(changes []change) {
	if len(changes) == 0 {
		return
	}
	for _, c := range changes {
		if c.new == nil {
			delete(d.rows[c.table.name], c.id)
		} else {
			d.rows[c.table.name][c.id] = c.new
		}
	}
	d.commits++
	d.changed()
	for _, m := range d.monitors {
		m.send(changes, d.transactionID())
	}
}

// transactionID names the newest transaction for monitor_cond_since. No client
// can resume from one: the server keeps no history.
func (d *DB) transactionID() string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", d.commits)
}

// Text is a string column's value, "" when it has none.
func (r Row) Text(column string) string {
	s, _ := r.first(column).(string)
	return s
}

// Int is an integer column's value, and whether there is one.
func (r Row) Int(column string) (int, bool) {
	n, ok := r.first(column).(int)
	return n, ok
}

// Bool is a boolean column's value.
func (r Row) Bool(column string) bool {
	b, _ := r.first(column).(bool)
	return b
}

// Ref is an optional reference's value, "" when it has none.
func (r Row) Ref(column string) UUID {
	id, _ := r.first(column).(UUID)
	return id
}

func (r Row) first(column string) atom {
	if keys := r[column].keys; len(keys) > 0 {
		return keys[0]
	}
	return nil
}

// Refs is a set of references.
func (r Row) Refs(column string) []UUID { return all[UUID](r[column].keys) }

// Ints is a set of integers.
func (r Row) Ints(column string) []int { return all[int](r[column].keys) }

// TextMap is a map from strings to strings.
func (r Row) TextMap(column string) map[string]string {
	m := map[string]string{}
	for i, k := range r[column].keys {
		key, _ := k.(string)
		m[key], _ = r[column].value(i).(string)
	}
	return m
}

func all[A any](atoms []atom) []A {
	out := make([]A, 0, len(atoms))
	for _, a := range atoms {
		if v, ok := a.(A); ok {
			out = append(out, v)
		}
	}
	return out
}

// sortChanges puts changes into an order that does not depend on chance.
func sortChanges(changes []change) {
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.table.name, b.table.name), cmp.Compare(a.id, b.id))
	})
}
