package jsonrpc

import (
	"encoding/json"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chatter answers "flood" with more notifications than anybody buffers.
type chatter struct{ gone chan *Conn }

func (c chatter) Call(r *Request) {
	switch r.Method {
	case "flood":
		text := strings.Repeat("x", 1000)
		for range 10 * backlog {
			r.Conn.Notify("news", text)
		}
		r.Reply("done")
	default:
		r.Reply(r.Params)
	}
}

func (c chatter) Gone(conn *Conn) { c.gone <- conn }

func serve(t *testing.T) (chatter, func() net.Conn) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	h := chatter{make(chan *Conn, 10)}
	s := Serve(listener, h)
	t.Cleanup(func() { _ = s.Close() })
	return h, func() net.Conn {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
}

func TestRequestsNeedNoSeparators(t *testing.T) {
	_, dial := serve(t)
	conn := dial()
	if _, err := io.WriteString(conn, `{"id":1,"method":"a","params":[1]}{"id":"x","method":"b","params":[]}`); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(conn)
	for _, want := range []string{`{"id":1,"result":[1],"error":null}`, `{"id":"x","result":[],"error":null}`} {
		var got json.RawMessage
		if err := answers.Decode(&got); err != nil || string(got) != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
}

func TestClientThatDoesNotReadIsDropped(t *testing.T) {
	h, dial := serve(t)
	slow, other := dial(), dial()
	if _, err := io.WriteString(slow, `{"id":1,"method":"flood","params":[]}`); err != nil {
		t.Fatal(err)
	}
	select {
	case <-h.gone:
	case <-time.After(10 * time.Second):
		t.Fatal("the client that does not read is still there")
	}
	if _, err := io.WriteString(other, `{"id":2,"method":"a","params":[]}`); err != nil {
		t.Fatal(err)
	}
	var got json.RawMessage
	if err := json.NewDecoder(other).Decode(&got); err != nil {
		t.Errorf("the other client: %v", err)
	}
}
