package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"sync"
)

// Replica is a copy of some columns of some tables, kept up to date by a monitor.
// Rows are never changed, only replaced: who holds one may go on reading it, and
// the same pointer is the same content.
type Replica struct {
	changed func()

	mu     sync.Mutex
	tables map[string]*table
}

type table struct {
	kind    reflect.Type
	columns map[string]int // field of the struct by column
	names   []string
	rows    map[string]any // pointers to structs of that kind, by UUID
}

// ColumnTag is the struct tag that names a field's column.
const ColumnTag = "ovsdb"

// uuidColumn is filled with the row's UUID.
const uuidColumn = "_uuid"

// NewReplica makes an empty replica for rows that are structs of these kinds, by
// table, and for these columns of them. Fields may be strings, integers and
// booleans, pointers to strings and integers for optional values, slices of them for
// sets, and maps from strings. Changed is called after each change; it must not block.
func NewReplica(kinds map[string]reflect.Type, columns map[string][]string, changed func()) *Replica {
	r := &Replica{changed: changed, tables: map[string]*table{}}
	for name, kind := range kinds {
		t := &table{kind: kind, columns: map[string]int{}, names: columns[name], rows: map[string]any{}}
		fields := map[string]int{}
		for i := range kind.NumField() {
			fields[kind.Field(i).Tag.Get(ColumnTag)] = i
		}
		for _, column := range columns[name] {
			if i, ok := fields[column]; ok {
				t.columns[column] = i
			}
		}
		if i, ok := fields[uuidColumn]; ok {
			t.columns[uuidColumn] = i
		}
		r.tables[name] = t
	}
	return r
}

// Read lets look at the rows; they do not change meanwhile.
func (r *Replica) Read(look func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	look()
}

// Rows goes through a table's rows by UUID. It belongs into Read.
func Rows[T any](r *Replica, name string) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for id, row := range r.tables[name].rows {
			if full, ok := row.(*T); ok && !yield(id, full) {
				return
			}
		}
	}
}

// Row is one row, nil when there is none. It belongs into Read.
func Row[T any](r *Replica, name, id string) *T {
	row, _ := r.tables[name].rows[id].(*T)
	return row
}

// Len is how many rows a table has. It belongs into Read.
func (r *Replica) Len(name string) int { return len(r.tables[name].rows) }

// monitorID names our monitor; a connection has one.
const monitorID = "ovscope"

// Monitor asks for all rows of the replica's tables and returns when they are
// there. The connection's notifications must go to Update.
func (r *Replica) Monitor(ctx context.Context, c *Conn, database string) error {
	requests := map[string]any{}
	for name, t := range r.tables {
		requests[name] = []any{map[string]any{"columns": t.names}}
	}
	return c.call(ctx, "monitor_cond", []any{database, monitorID, requests}, r.apply)
}

// Update takes a notification of the monitor's.
func (r *Replica) Update(method string, params []byte) error {
	if method != "update2" {
		return nil // nothing else was asked for
	}
	var list []json.RawMessage
	if err := json.Unmarshal(params, &list); err != nil || len(list) != 2 {
		return fmt.Errorf("reading an update: it has %d parts (%w)", len(list), err)
	}
	return r.apply(list[1])
}

// apply reads rows in the notation of ovsdb-server(7), "Update2 Notification".
func (r *Replica) apply(b []byte) error {
	if err := r.read(b); err != nil {
		return fmt.Errorf("reading rows: %w", err)
	}
	r.changed()
	return nil
}

func (r *Replica) read(b []byte) error {
	p := &parser{b: b, known: map[string]string{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	p.object(func(name string) {
		t := r.tables[name]
		if t == nil {
			p.raw()
			return
		}
		p.object(func(id string) {
			p.object(func(what string) { t.change(p, id, what) })
		})
	})
	return p.err
}

func (t *table) change(p *parser, id, what string) {
	switch what {
	case "initial", "insert":
		row := reflect.New(t.kind)
		if i, ok := t.columns[uuidColumn]; ok {
			row.Elem().Field(i).SetString(id)
		}
		t.read(p, row.Elem(), set)
		t.rows[id] = row.Interface()
	case "modify":
		old, ok := t.rows[id]
		if !ok {
			p.fail("a row that is known") // and so connect anew
			return
		}
		row := reflect.New(t.kind)
		row.Elem().Set(reflect.ValueOf(old).Elem())
		t.read(p, row.Elem(), modify)
		t.rows[id] = row.Interface()
	case "delete":
		p.raw()
		delete(t.rows, id)
	default:
		p.raw()
	}
}

func (t *table) read(p *parser, row reflect.Value, how func(*parser, any)) {
	p.object(func(column string) {
		if i, ok := t.columns[column]; ok {
			how(p, row.Field(i).Addr().Interface())
			return
		}
		p.raw()
	})
}
