package db

import (
	"encoding/json"
	"errors"
	"slices"

	"ovscope/ovs/sim/jsonrpc"
)

// monitorKey identifies a monitor: the client's connection and its own name for it.
type monitorKey struct {
	conn *jsonrpc.Conn
	id   string // JSON
}

// monitor tells one client about changes (RFC 7047 §4.1.5, ovsdb-server(7)).
type monitor struct {
	key    monitorKey
	method string // that made it; its updates have the form that belongs to it
	tables map[string]watch
}

// watch is what a monitor wants to know of a table.
type watch struct {
	columns                         []string // empty for all
	initial, insert, modify, remove bool
}

// watch reads a monitor request: one object or a list of them. Conditions are
// refused but for the one that is always true.
func (m *monitor) watch(table string, raw json.RawMessage) error {
	type request struct {
		Columns []string        `json:"columns"`
		Where   []any           `json:"where"`
		Select  map[string]bool `json:"select"`
	}
	var requests []request
	if err := json.Unmarshal(raw, &requests); err != nil {
		var single request
		if err := json.Unmarshal(raw, &single); err != nil {
			return err
		}
		requests = []request{single}
	}
	wanted := func(r request, what string) bool {
		want, given := r.Select[what]
		return want || !given
	}
	var w watch
	for _, r := range requests {
		if len(r.Where) > 0 && !slices.Equal(r.Where, []any{true}) {
			return errors.New("monitoring with conditions is not supported")
		}
		w.columns = append(w.columns, r.Columns...)
		w.initial = w.initial || wanted(r, "initial")
		w.insert = w.insert || wanted(r, "insert")
		w.modify = w.modify || wanted(r, "modify")
		w.remove = w.remove || wanted(r, "delete")
	}
	m.tables[table] = w
	return nil
}

// updates are rows by table and UUID, in the notation the client asked for.
type updates map[string]map[UUID]map[string]any

func (u updates) add(table string, id UUID, update map[string]any) {
	if update == nil {
		return
	}
	if u[table] == nil {
		u[table] = map[UUID]map[string]any{}
	}
	u[table][id] = update
}

func (m *monitor) initial(d *DB) updates {
	out := updates{}
	for name, w := range m.tables {
		if !w.initial {
			continue
		}
		for id, row := range d.rows[name] {
			if m.method == "monitor" {
				out.add(name, id, map[string]any{"new": w.whole(row)})
			} else {
				out.add(name, id, map[string]any{"initial": w.notable(d.tables[name], row)})
			}
		}
	}
	return out
}

func (m *monitor) send(changes []change, transaction string) {
	out := updates{}
	for _, c := range changes {
		w, watched := m.tables[c.table.name]
		if !watched {
			continue
		}
		if m.method == "monitor" {
			out.add(c.table.name, c.id, w.update(c))
		} else {
			out.add(c.table.name, c.id, w.update2(c))
		}
	}
	if len(out) == 0 {
		return
	}
	id := json.RawMessage(m.key.id)
	switch m.method {
	case "monitor":
		m.key.conn.Notify("update", id, out)
	case "monitor_cond":
		m.key.conn.Notify("update2", id, out)
	default:
		m.key.conn.Notify("update3", id, transaction, out)
	}
}

func (w watch) wants(c change) bool {
	switch {
	case c.old == nil:
		return w.insert
	case c.new == nil:
		return w.remove
	default:
		return w.modify
	}
}

func (w watch) has(column string) bool {
	return len(w.columns) == 0 || slices.Contains(w.columns, column)
}

// whole is a row with the watched columns.
func (w watch) whole(row Row) map[string]any {
	out := map[string]any{}
	for name, d := range row {
		if w.has(name) {
			out[name] = d
		}
	}
	return out
}

// notable is a row with the watched columns that have other than default values.
func (w watch) notable(t *table, row Row) map[string]any {
	out := w.whole(row)
	for name := range out {
		if row[name].equal(t.columns[name].zero()) {
			delete(out, name)
		}
	}
	return out
}

// update is a change in the notation of RFC 7047 §4.1.6, nil when it is of no interest.
func (w watch) update(c change) map[string]any {
	if !w.wants(c) {
		return nil
	}
	out := map[string]any{}
	if c.new != nil {
		out["new"] = w.whole(c.new)
	}
	if c.old != nil {
		old := w.whole(c.old)
		for name := range old {
			if c.new != nil && c.old[name].equal(c.new[name]) {
				delete(old, name)
			}
		}
		if c.new != nil && len(old) == 0 {
			return nil
		}
		out["old"] = old
	}
	return out
}

// update2 is a change in the notation of ovsdb-server(7), "Update2
// Notification", nil when it is of no interest.
func (w watch) update2(c change) map[string]any {
	if !w.wants(c) {
		return nil
	}
	switch {
	case c.old == nil:
		return map[string]any{"insert": w.notable(c.table, c.new)}
	case c.new == nil:
		return map[string]any{"delete": nil}
	}
	modified := map[string]any{}
	for name, d := range c.new {
		if !w.has(name) || d.equal(c.old[name]) {
			continue
		}
		if _, high := c.table.columns[name].limits(); high == 1 {
			modified[name] = d
		} else {
			modified[name] = d.difference(c.old[name])
		}
	}
	if len(modified) == 0 {
		return nil
	}
	return map[string]any{"modify": modified}
}
