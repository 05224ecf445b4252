// Package wire speaks to an OVSDB server: JSON-RPC on a stream socket (RFC 7047)
// and the conditional monitors of ovsdb-server(7), from which it keeps a Replica
// of the tables that are of interest.
//
// It does what libovsdb's client does, for one purpose only: libovsdb decodes every
// row four times by reflection, so that a database of 10,000 ports took two seconds
// and ovs-vsctl a third of one. Here a message is cut out of the stream, counting
// rows as they come, and then read once into the rows' structs.
package wire

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Conn is a connection to an OVSDB server. Its methods may be called from any
// goroutine.
type Conn struct {
	conn   net.Conn
	rows   func(table string, n int)
	notify func(method string, params []byte) error
	done   chan struct{} // closed when nothing is read any more

	writing sync.Mutex // held while a message is written

	mu      sync.Mutex
	last    uint64
	pending map[uint64]*call
	err     error // why it ended
}

// call is a request whose answer has not come.
type call struct {
	// result reads the answer. It runs in the order of arrival, before any later
	// message is looked at.
	result func([]byte) error
	done   chan struct{}
	err    error
}

// Config says how to connect and whom to tell what arrives.
type Config struct {
	Network, Address string
	TLS              *tls.Config // nil for none
	// Rows hears, while an answer still arrives, how many rows of a table have
	// come. It may be nil.
	Rows func(table string, n int)
	// Notify gets what the server sends unasked. An error ends the connection.
	Notify func(method string, params []byte) error
}

// writeTimeout bounds how long a server may take to accept a message.
const writeTimeout = 10 * time.Second

// Dial connects.
func Dial(ctx context.Context, cfg Config) (*Conn, error) {
	var conn net.Conn
	var err error
	if cfg.TLS != nil {
		conn, err = (&tls.Dialer{Config: cfg.TLS}).DialContext(ctx, cfg.Network, cfg.Address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, cfg.Network, cfg.Address)
	}
	if err != nil {
		return nil, err
	}
	c := &Conn{conn: conn, rows: cfg.Rows, notify: cfg.Notify, done: make(chan struct{}), pending: map[uint64]*call{}}
	go c.read()
	return c, nil
}

// Close ends the connection.
func (c *Conn) Close() {
	_ = c.conn.Close()
	<-c.done
}

// Done is closed when the connection has ended, by whomever.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err says why the connection has ended.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Call calls a method and reads its result into target with encoding/json.
func (c *Conn) Call(ctx context.Context, method string, target any, params ...any) error {
	return c.call(ctx, method, params, func(result []byte) error { return json.Unmarshal(result, target) })
}

func (c *Conn) call(ctx context.Context, method string, params []any, result func([]byte) error) error {
	waiting := &call{result: result, done: make(chan struct{})}
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return c.err
	}
	c.last++
	id := c.last
	c.pending[id] = waiting
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.pending, id)
		c.mu.Unlock()
	}()
	if params == nil {
		params = []any{}
	}
	if err := c.write(map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return err
	}
	var err error
	select {
	case <-waiting.done:
		return waiting.err
	case <-c.done:
		err = c.Err()
	case <-ctx.Done():
		err = ctx.Err()
	}
	c.mu.Lock()
	_, unanswered := c.pending[id]
	delete(c.pending, id)
	c.mu.Unlock()
	if unanswered {
		return err
	}
	// The answer came at the same time and is being read: it counts, and what it is
	// read into is not the caller's before.
	<-waiting.done
	return waiting.err
}

func (c *Conn) write(message any) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err = c.conn.Write(b); err != nil {
		_ = c.conn.Close() // after half a message the server understands none
	}
	return err
}

// read hands out messages until the connection ends.
func (c *Conn) read() {
	s := scanner{from: c.conn, rows: c.rows}
	for {
		b, err := s.next()
		if err == nil {
			err = c.tryTake(b)
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("the server closed the connection (EOF)")
		}
		_ = c.conn.Close()
		c.mu.Lock()
		c.err = err
		c.mu.Unlock()
		close(c.done)
		return
	}
}

// tryTake makes an error of a panic over a message that nobody foresaw: the
// connection ends, and not the program with the terminal as it is.
func (c *Conn) tryTake(b []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading a message of the server: internal error: %v", r)
		}
	}()
	return c.take(b)
}

// take reads one message: an answer, or a request or notification of the server's.
func (c *Conn) take(b []byte) error {
	var m struct {
		id, result, fault, params []byte
		method                    string
	}
	p := parser{b: b}
	p.object(func(key string) {
		switch key {
		case "id":
			m.id = p.raw()
		case "result":
			m.result = p.raw()
		case "error":
			m.fault = p.raw()
		case "params":
			m.params = p.raw()
		case "method":
			m.method = p.string()
		default:
			p.raw()
		}
	})
	if p.err != nil {
		return fmt.Errorf("reading a message of the server: %w", p.err)
	}
	switch {
	case m.method == "echo":
		return c.write(map[string]any{"id": json.RawMessage(m.id), "result": json.RawMessage(m.params), "error": nil})
	case m.method != "":
		if c.notify == nil {
			return nil
		}
		return c.notify(m.method, m.params)
	}
	var id uint64
	if err := json.Unmarshal(m.id, &id); err != nil {
		return fmt.Errorf("reading an answer of the server: %w", err)
	}
	c.mu.Lock()
	waiting := c.pending[id]
	delete(c.pending, id)
	c.mu.Unlock()
	if waiting == nil {
		return nil // its caller has given up
	}
	defer close(waiting.done)
	if len(m.fault) > 0 && string(m.fault) != "null" {
		waiting.err = faultOf(m.fault)
		return nil
	}
	waiting.err = waiting.result(m.result)
	return nil
}

// Fault is what the server answers to a request that it cannot carry out.
type Fault struct{ Code, Details string }

func (f *Fault) Error() string {
	if f.Details == "" {
		return f.Code
	}
	return f.Code + ": " + f.Details
}

// faultOf reads an error, which JSON-RPC 1.0 leaves free in form.
func faultOf(b []byte) error {
	var object struct{ Error, Details string }
	if json.Unmarshal(b, &object) == nil && object.Error != "" {
		return &Fault{object.Error, object.Details}
	}
	var text string
	if json.Unmarshal(b, &text) == nil {
		return &Fault{Code: text}
	}
	return &Fault{Code: string(b)}
}
