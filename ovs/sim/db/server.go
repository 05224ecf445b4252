package db

import (
	"encoding/json"
	"net"

	"ovscope/ovs/sim/jsonrpc"
)

// Serve answers clients on the listener until the returned server is closed.
func (d *DB) Serve(listener net.Listener) *jsonrpc.Server {
	return jsonrpc.Serve(listener, server{d})
}

// server is the DB's face to its clients.
type server struct{ db *DB }

// Call answers one request of a client (RFC 7047 §4.1).
func (s server) Call(r *jsonrpc.Request) {
	switch r.Method {
	case "list_dbs":
		r.Reply([]string{s.db.name})
	case "echo":
		r.Reply(r.Params)
	case "get_schema":
		if s.named(r) {
			r.Reply(s.db.document)
		}
	case "transact":
		if s.named(r) {
			s.transact(r)
		}
	case "monitor", "monitor_cond", "monitor_cond_since":
		if s.named(r) {
			s.monitor(r)
		}
	case "monitor_cancel":
		s.cancel(r)
	default:
		r.Fail("unknown method")
	}
}

// Gone forgets a client's monitors.
func (s server) Gone(c *jsonrpc.Conn) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	for key := range s.db.monitors {
		if key.conn == c {
			delete(s.db.monitors, key)
		}
	}
}

// named checks that the request's first parameter is our database, and answers
// the request when it is not.
func (s server) named(r *jsonrpc.Request) bool {
	var name string
	if err := r.Bind(&name); err != nil || name != s.db.name {
		r.Fail(Failure{"unknown database", "this server has only " + s.db.name})
		return false
	}
	return true
}

func (s server) transact(r *jsonrpc.Request) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	results, changes := s.db.transact(r.Params[1:])
	s.db.commit(changes)
	r.Reply(results)
}

func (s server) monitor(r *jsonrpc.Request) {
	var requests map[string]json.RawMessage
	var id json.RawMessage
	var name string
	if err := r.Bind(&name, &id, &requests); err != nil {
		r.Fail(Failure{"syntax error", err.Error()})
		return
	}
	m := &monitor{key: monitorKey{r.Conn, string(id)}, method: r.Method, tables: map[string]watch{}}
	for table, raw := range requests {
		if s.db.tables[table] == nil {
			r.Fail(Failure{"unknown table", table})
			return
		}
		if err := m.watch(table, raw); err != nil {
			r.Fail(Failure{"syntax error", err.Error()})
			return
		}
	}
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	if s.db.monitors[m.key] != nil {
		r.Fail(Failure{"duplicate monitor ID", string(id)})
		return
	}
	s.db.monitors[m.key] = m
	initial := m.initial(s.db)
	if r.Method == "monitor_cond_since" {
		r.Reply([]any{false, s.db.transactionID(), initial})
		return
	}
	r.Reply(initial)
}

func (s server) cancel(r *jsonrpc.Request) {
	var id json.RawMessage
	if err := r.Bind(&id); err != nil {
		r.Fail(Failure{"syntax error", err.Error()})
		return
	}
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	key := monitorKey{r.Conn, string(id)}
	if s.db.monitors[key] == nil {
		r.Fail(Failure{"unknown monitor", string(id)})
		return
	}
	delete(s.db.monitors, key)
	r.Reply(struct{}{})
}
