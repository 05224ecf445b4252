package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

type row struct {
	UUID   string            `ovsdb:"_uuid"`
	Name   string            `ovsdb:"name"`
	Number int               `ovsdb:"number"`
	On     bool              `ovsdb:"on"`
	Note   *string           `ovsdb:"note"`
	Tag    *int              `ovsdb:"tag"`
	Refs   []string          `ovsdb:"refs"`
	VLANs  []int             `ovsdb:"vlans"`
	IDs    map[string]string `ovsdb:"ids"`
	Counts map[string]int    `ovsdb:"counts"`
	Unread string            `ovsdb:"unread"` // not asked for
}

func newReplica(changed func()) *Replica {
	return NewReplica(map[string]reflect.Type{"Port": reflect.TypeFor[row]()},
		map[string][]string{"Port": {"name", "number", "on", "note", "tag", "refs", "vlans", "ids", "counts"}}, changed)
}

func to[T any](v T) *T { return &v }

func TestRowsFollowUpdates(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	whole := `{"initial":{"name":"tap \"1\" \u00e4\\","number":-7,"on":true,"note":"x","tag":["set",[10]],
		"refs":["set",[["uuid","a"],["uuid","b"]]],"vlans":5,"ids":["map",[["k","v"],["l","w"]]],"counts":["map",[["rx",1e3]]],"unread":["uuid","z"]}}`
	full := row{
		UUID: id, Name: `tap "1" ä\`, Number: -7, On: true, Note: to("x"), Tag: to(10), Refs: []string{"a", "b"}, VLANs: []int{5},
		IDs: map[string]string{"k": "v", "l": "w"}, Counts: map[string]int{"rx": 1000},
	}
	with := func(change func(*row)) *row {
		r := full
		change(&r)
		return &r
	}
	for _, test := range []struct {
		name   string
		change string
		want   *row
	}{
		{"a scalar is replaced", `{"modify":{"number":8,"on":false}}`, with(func(r *row) { r.Number, r.On = 8, false })},
		{"an optional value goes", `{"modify":{"note":["set",[]],"tag":["set",[]]}}`, with(func(r *row) { r.Note, r.Tag = nil, nil })},
		{"an optional value changes", `{"modify":{"note":["set",["y"]],"tag":11}}`, with(func(r *row) { r.Note, r.Tag = to("y"), to(11) })},
		{"elements of a set come and go", `{"modify":{"refs":["set",[["uuid","a"],["uuid","c"]]]}}`, with(func(r *row) { r.Refs = []string{"b", "c"} })},
		{"one element comes", `{"modify":{"vlans":6,"refs":["uuid","c"]}}`, with(func(r *row) { r.VLANs, r.Refs = []int{5, 6}, []string{"a", "b", "c"} })},
		{"pairs of a map come, change and go", `{"modify":{"ids":["map",[["k","v"],["l","new"],["m","x"]]]}}`, with(func(r *row) { r.IDs = map[string]string{"l": "new", "m": "x"} })},
		{"what nobody asked for is skipped", `{"modify":{"unread":"u","later":["map",[[1,{"a":[]}]]]}}`, &full},
		{"a row goes", `{"delete":null}`, nil},
		{"a row is made anew", `{"insert":{"name":"new"}}`, &row{UUID: id, Name: "new"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			changes := 0
			r := newReplica(func() { changes++ })
			apply := func(change string) {
				if err := r.apply([]byte(`{"Other":{"x":{"initial":{}}},"Port":{"` + id + `":` + change + `}}`)); err != nil {
					t.Fatal(err)
				}
			}
			apply(whole)
			before := Row[row](r, "Port", id)
			if diff := cmp.Diff(&full, before); diff != "" {
				t.Fatal(diff)
			}
			apply(test.change)
			if diff := cmp.Diff(test.want, Row[row](r, "Port", id)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(&full, before); diff != "" {
				t.Errorf("the row of before has changed: %s", diff)
			}
			if changes != 2 {
				t.Errorf("told of %d changes", changes)
			}
		})
	}
}

func TestWrongRowsAreErrors(t *testing.T) {
	for _, text := range []string{
		`{"Port":{"a":{"modify":{"name":"unknown row"}}}}`,
		`{"Port":{"a":{"initial":{"name":5}}}}`,
		`{"Port":{"a":{"initial":{"number":"five"}}}}`,
		`{"Port":{"a":{"initial":{"ids":["set",[]]}}}}`,
		`{"Port":{"a":{"initial":{"on":1}}}}`,
		`{"Port":{"a":{"initial":{"name":"x"`,
		`{"Port":{"a":{"initial":{"name":"\x"}}}}`,
		`[]`, ``,
	} {
		if err := newReplica(func() {}).apply([]byte(text)); err == nil {
			t.Errorf("%s is no error", text)
		}
	}
}

func TestMessagesAreCutOutOfTheStream(t *testing.T) {
	messages := []string{
		`{"id":1,"result":["}\\\"{[",{"a":"]"}],"error":null}`,
		`{"method":"echo","params":[],"id":"echo"}`,
		`{"x":"` + strings.Repeat(`\\`, 1000) + strings.Repeat("y", 3*readSize) + `"}`,
		`{"last":{}}`,
	}
	for name, in := range map[string]io.Reader{
		"at once":      strings.NewReader(strings.Join(messages, "\n ")),
		"byte by byte": iotest.OneByteReader(strings.NewReader(strings.Join(messages, ""))),
	} {
		s := scanner{from: in}
		for i, want := range messages {
			got, err := s.next()
			if err != nil || string(got) != want {
				t.Fatalf("%s: message %d is %.80q, %v", name, i, got, err)
			}
		}
		if _, err := s.next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: at the end: %v", name, err)
		}
	}
	for _, text := range []string{"HTTP/1.1 400 Bad Request\r\n", "]", "\x15\x03\x01"} {
		s := scanner{from: strings.NewReader(text)}
		if m, err := s.next(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%q passes for a message: %q, %v", text, m, err)
		}
	}
}

func TestRowsAreCountedAsTheyCome(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"id":2,"result":{"Bridge":{"b":{"initial":{"name":"{{{"}}},"Port":{`)
	for i := range 250 {
		fmt.Fprintf(&b, `"p%d":{"initial":{"ids":["map",[]],"x":{"y":{}}}},`, i)
	}
	b.WriteString(`"last":{"initial":{}}},"Interface":{}},"error":null}`)
	var heard []string
	s := scanner{from: strings.NewReader(b.String()), rows: func(table string, n int) { heard = append(heard, fmt.Sprint(table, " ", n)) }}
	if _, err := s.next(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Port 100", "Port 200"}; !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}

// peer is a server for one connection, played by hand.
func peer(t *testing.T, cfg Config) (*Conn, net.Conn, *json.Decoder) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	cfg.Network, cfg.Address = "tcp", listener.Addr().String()
	c, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return c, server, json.NewDecoder(server)
}

func TestAnswersReachTheirCallers(t *testing.T) {
	var notified []string
	c, server, requests := peer(t, Config{Notify: func(method string, params []byte) error {
		notified = append(notified, method+string(params))
		return nil
	}})
	type request struct {
		ID     uint64
		Method string
	}
	answered := make(chan error, 2)
	var first, second string
	go func() { answered <- c.Call(t.Context(), "first", &first) }()
	var one, two request
	if err := requests.Decode(&one); err != nil {
		t.Fatal(err)
	}
	go func() { answered <- c.Call(t.Context(), "second", &second, 1, "two") }()
	if err := requests.Decode(&two); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(server, `{"method":"update2","params":["a"],"id":null}{"id":%d,"error":null,"result":"b"}{"error":{"error":"no","details":"why"},"id":%d,"result":null}`, two.ID, one.ID)
	for range 2 {
		var fault *Fault
		if err := <-answered; err != nil && (!errors.As(err, &fault) || err.Error() != "no: why") {
			t.Errorf("an answer is %v", err)
		}
	}
	if first != "" || second != "b" {
		t.Errorf("the answers are %q and %q", first, second)
	}
	if want := []string{`update2["a"]`}; !slices.Equal(notified, want) {
		t.Errorf("notified of %q", notified)
	}

	fmt.Fprint(server, `{"method":"echo","params":["are you there"],"id":"echo"}`)
	var echo struct {
		ID     string
		Result []string
	}
	if err := requests.Decode(&echo); err != nil || echo.ID != "echo" || !slices.Equal(echo.Result, []string{"are you there"}) {
		t.Errorf("the server's echo is answered with %v, %v", echo, err)
	}
}

func TestCallsEndWithTheirContextAndTheConnection(t *testing.T) {
	c, server, _ := peer(t, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Call(ctx, "silence", new(any)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without an answer: %v", err)
	}
	ended := make(chan error)
	go func() { ended <- c.Call(t.Context(), "silence", new(any)) }()
	_ = server.Close()
	if err := <-ended; err == nil {
		t.Error("a lost connection is no error")
	}
	<-c.Done()
	if err := c.Call(t.Context(), "later", new(any)); err == nil {
		t.Error("a call on a lost connection is no error")
	}
}

func TestSelectReadsRows(t *testing.T) {
	type counted struct {
		UUID  string            `ovsdb:"_uuid"`
		Count map[string]uint64 `ovsdb:"statistics"`
	}
	c, server, requests := peer(t, Config{})
	for _, test := range []struct {
		name, result string
		want         []*counted
		fault        string
	}{
		{
			"rows of all operations", `[{"rows":[{"_uuid":["uuid","a"],"statistics":["map",[["rx",5]]]}]},{"rows":[]},{"rows":[{"_uuid":["uuid","b"],"statistics":["map",[]]}]}]`,
			[]*counted{{"a", map[string]uint64{"rx": 5}}, {"b", nil}},
			"",
		},
		{"an operation is refused", `[{"rows":[]},{"error":"unknown column","details":"statistics"},null]`, nil, "unknown column: statistics"},
		{"nonsense", `[{"rows":5}]`, nil, "reading rows: want '[' at byte 9 of 12"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answered := make(chan struct{})
			var rows []*counted
			var err error
			go func() {
				defer close(answered)
				rows, err = Select[counted](t.Context(), c, "db", "one", "two")
			}()
			var request struct{ ID uint64 }
			if err := requests.Decode(&request); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(server, `{"id":%d,"result":%s,"error":null}`, request.ID, test.result)
			<-answered
			if diff := cmp.Diff(test.want, rows); diff != "" && test.fault == "" {
				t.Error(diff)
			}
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || err.Error() != test.fault) {
				t.Errorf("the error is %v, want %q", err, test.fault)
			}
		})
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"id":1,"result":{"Port":{"a":{"initial":{"name":"x","tag":["set",[]],"ids":["map",[["a","b"]]]}}}}}`))
	f.Add([]byte(`{"Port":{"a":{"modify":{"refs":["set",[["uuid","a"]]]}}}}{`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		s := scanner{from: strings.NewReader(string(b)), rows: func(string, int) {}}
		for {
			message, err := s.next()
			if err != nil {
				return
			}
			c := Conn{pending: map[uint64]*call{}}
			if !strings.Contains(string(message), "echo") { // which is answered
				_ = c.take(message)
			}
			_ = newReplica(func() {}).apply(message)
		}
	})
}

// An answer that is being read when the caller gives up still belongs to the call:
// what it is read into is not the caller's before.
func TestCallWaitsForAnAnswerThatIsBeingRead(t *testing.T) {
	c, server, requests := peer(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reading, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- c.call(ctx, "slow", nil, func([]byte) error {
			close(reading)
			<-release
			return nil
		})
	}()
	var request struct{ ID uint64 }
	if err := requests.Decode(&request); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(server, `{"id":%d,"error":null,"result":1}`, request.ID)
	<-reading
	cancel()
	select {
	case err := <-ended:
		t.Errorf("the call ended with %v while its answer was being read", err)
		close(release)
	case <-time.After(50 * time.Millisecond):
		close(release)
		if err := <-ended; err != nil {
			t.Errorf("the answer was read, and yet: %v", err)
		}
	}
}

func TestPanicOverAMessageEndsTheConnection(t *testing.T) {
	c, server, _ := peer(t, Config{Notify: func(string, []byte) error { panic("nobody foresaw that") }})
	fmt.Fprint(server, `{"method":"update2","params":[],"id":null}`)
	<-c.Done()
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "nobody foresaw that") {
		t.Errorf("the error is %v", err)
	}
}

// halfConn accepts no whole message.
type halfConn struct{ net.Conn }

func (h halfConn) Write(p []byte) (int, error) { return len(p) / 2, os.ErrDeadlineExceeded }

func TestHalfAMessageEndsTheConnection(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	c := &Conn{conn: halfConn{client}, done: make(chan struct{}), pending: map[uint64]*call{}}
	go c.read()
	if err := c.Call(t.Context(), "long", new(any)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the call ended with %v", err)
	}
	select {
	case <-c.Done():
	case <-time.After(5 * time.Second):
		t.Error("the connection goes on after half a message")
		c.Close()
	}
}
