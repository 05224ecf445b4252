package ovs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
	"ovscope/ovs/wire"
)

// session is one connection to the server, with the rows that it tells us.
type session struct {
	conn    *wire.Conn
	replica *wire.Replica
	schema  ovsdb.DatabaseSchema
	dirty   chan struct{} // has a token when rows are new
}

// errSilent ends the attempt to connect to a server that says nothing.
var errSilent = errors.New("no answer")

// connect dials, asks which columns the server has, and reads all rows. A database
// may take as long as it needs, while rows are coming.
func (c *Client) connect(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(connectTimeout, func() { cancel(errSilent) })
	defer silence.Stop()
	s, err := c.open(ctx, func() { silence.Reset(connectTimeout) })
	if err == nil {
		return s, nil
	}
	if errors.Is(context.Cause(ctx), errSilent) {
		err = context.DeadlineExceeded
	}
	return nil, err
}

func (c *Client) open(ctx context.Context, alive func()) (*session, error) {
	network, address, err := networkAddress(c.cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	s := &session{dirty: make(chan struct{}, 1)}
	cfg := wire.Config{
		Network: network, Address: address,
		Rows: func(table string, n int) {
			alive()
			if table == schema.TablePort {
				c.loading.Store(int64(n))
			}
		},
		Notify: func(method string, params []byte) error { return s.replica.Update(method, params) },
	}
	if strings.HasPrefix(c.cfg.Endpoint, "ssl:") {
		cfg.TLS = c.cfg.TLS
	}
	if s.conn, err = wire.Dial(ctx, cfg); err != nil {
		return nil, explainConnect(c.cfg.Endpoint, err)
	}
	if err := s.load(ctx); err != nil {
		s.conn.Close()
		return nil, explainConnect(c.cfg.Endpoint, err)
	}
	return s, nil
}

// load reads the schema and all rows. Nothing arrives for the replica before it
// is there, because it is what asks for it.
func (s *session) load(ctx context.Context) error {
	if err := s.conn.Call(ctx, "get_schema", &s.schema, schema.Database); err != nil {
		return fmt.Errorf("reading the schema of database %s: %w", schema.Database, err)
	}
	columns, err := fit(s.schema)
	if err != nil {
		return err
	}
	s.replica = wire.NewReplica(tables(), columns, s.touch)
	if err := s.replica.Monitor(ctx, s.conn, schema.Database); err != nil {
		return fmt.Errorf("monitoring the database: %w", err)
	}
	return nil
}

// transact runs a transaction. An error says that it is not known what became of it;
// what the server has against it stands in the results.
func (s *session) transact(ctx context.Context, operations ...ovsdb.Operation) ([]ovsdb.OperationResult, error) {
	params := make([]any, 0, 1+len(operations))
	params = append(params, schema.Database)
	for _, op := range operations {
		params = append(params, op)
	}
	var results []ovsdb.OperationResult
	if err := s.conn.Call(ctx, "transact", &results, params...); err != nil {
		return nil, err
	}
	return results, nil
}

// echo returns when the server has answered, and so all that it sent before has
// arrived, too.
func (s *session) echo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeInterval)
	defer cancel()
	var answer []any
	if err := s.conn.Call(ctx, "echo", &answer, "ovscope"); err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	return nil
}

// touch says that rows are new; it never blocks.
func (s *session) touch() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}
