// Package jsonrpc serves JSON-RPC 1.0 on a stream socket the way Open vSwitch
// speaks it: messages follow each other without separators, and either side may
// send notifications (RFC 7047 §4, ovs-appctl(8)). The simulated OVSDB server
// and the simulated daemon's control socket share it.
package jsonrpc

import (
	"encoding/json"
	"errors"
	"net"
	"sync"
)

// backlog is how many messages may wait for a client that does not read. A
// client that lags further behind is disconnected; it can reconnect and ask for
// the state anew.
const backlog = 4096

// Handler answers requests. Each connection's requests come one after another,
// those of different connections at the same time.
type Handler interface {
	// Call must end with exactly one Reply or Fail on r.
	Call(r *Request)
	// Gone says that the connection is closed and will carry nothing more.
	Gone(c *Conn)
}

// Request is one call of a client.
type Request struct {
	Conn   *Conn
	Method string
	Params []json.RawMessage

	id json.RawMessage
}

// Bind unmarshals the leading parameters into the targets. It fails when there
// are fewer parameters than targets.
func (r *Request) Bind(targets ...any) error {
	if len(r.Params) < len(targets) {
		return errors.New("too few parameters")
	}
	for i, target := range targets {
		if err := json.Unmarshal(r.Params[i], target); err != nil {
			return err
		}
	}
	return nil
}

// Reply answers the request. Nothing that is sent after Reply returns overtakes it.
func (r *Request) Reply(result any) {
	r.Conn.send(response{ID: r.id, Result: result})
}

// Fail answers the request with an error, which JSON-RPC 1.0 leaves free in form.
func (r *Request) Fail(reason any) {
	r.Conn.send(response{ID: r.id, Error: reason})
}

type incoming struct {
	Method *string           `json:"method"`
	Params []json.RawMessage `json:"params"`
	ID     json.RawMessage   `json:"id"`
}

type response struct {
	ID     json.RawMessage `json:"id"`
	Result any             `json:"result"`
	Error  any             `json:"error"`
}

type notification struct {
	ID     any    `json:"id"` // always null
	Method string `json:"method"`
	Params []any  `json:"params"`
}

// Conn is one client's connection.
type Conn struct {
	net  net.Conn
	out  chan []byte
	done chan struct{}
	once sync.Once
}

// Notify sends a notification. It never blocks.
func (c *Conn) Notify(method string, params ...any) {
	c.send(notification{Method: method, Params: params})
}

func (c *Conn) send(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		c.close()
		return
	}
	select {
	case c.out <- text:
	default:
		c.close()
	}
}

func (c *Conn) close() {
	c.once.Do(func() {
		close(c.done)
		_ = c.net.Close()
	})
}

func (c *Conn) write() {
	for {
		select {
		case text := <-c.out:
			if _, err := c.net.Write(text); err != nil {
				c.close()
				return
			}
		case <-c.done:
			return
		}
	}
}

// Server accepts connections until it is closed.
type Server struct {
	listener net.Listener
	handler  Handler
	running  sync.WaitGroup

	mu     sync.Mutex
	conns  map[*Conn]bool
	closed bool
}

// Serve starts answering on the listener, which the server closes in the end.
func Serve(listener net.Listener, handler Handler) *Server {
	s := &Server{listener: listener, handler: handler, conns: map[*Conn]bool{}}
	s.running.Go(s.accept)
	return s
}

// Close ends all connections and returns when no goroutine is left.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		c.close()
	}
	s.mu.Unlock()
	s.running.Wait()
	return err
}

func (s *Server) accept() {
	for {
		stream, err := s.listener.Accept()
		if err != nil {
			return
		}
		c := &Conn{net: stream, out: make(chan []byte, backlog), done: make(chan struct{})}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			c.close()
			return
		}
		s.conns[c] = true
		s.running.Go(c.write)
		s.running.Go(func() { s.read(c) })
		s.mu.Unlock()
	}
}

func (s *Server) read(c *Conn) {
	messages := json.NewDecoder(c.net)
	for {
		var in incoming
		if err := messages.Decode(&in); err != nil {
			break
		}
		if in.Method != nil { // otherwise it answers a notification of ours
			s.handler.Call(&Request{Conn: c, Method: *in.Method, Params: in.Params, id: in.ID})
		}
	}
	c.close()
	s.handler.Gone(c)
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}
