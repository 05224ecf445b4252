package ovs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ovn-kubernetes/libovsdb/cache"
	"github.com/ovn-kubernetes/libovsdb/client"
	"github.com/ovn-kubernetes/libovsdb/model"

	"ovscope/ovs/schema"
)

// Config says how to reach one Open vSwitch. Endpoint and Self are needed.
type Config struct {
	// Endpoint is unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT, as in ovs-vsctl --db.
	Endpoint string
	// RunDir is where ovs-vswitchd's control socket lies; empty for the directory
	// of a unix: endpoint, or OVS's own default for a server on this host.
	RunDir string
	// TLS is for ssl: endpoints, see LoadTLS.
	TLS *tls.Config
	// Self identifies this run in everything it creates.
	Self Process
	// User is who asks for changes, for the comment in the database's log; may be empty.
	User string
	// Links brings up the ports that we create; nil for the ones of this host.
	Links Links
	// Logger gets what is worth knowing; nil for nothing.
	Logger *slog.Logger
	// Now is the clock; nil for time.Now.
	Now func() time.Time
}

// Client watches one Open vSwitch and applies plans to it. It reconnects by
// itself. All methods may be called from any goroutine.
type Client struct {
	cfg    Config
	cancel context.CancelFunc
	done   chan struct{}
	// counting is closed when nobody looks at counters any more.
	counting chan struct{}
	// applied reports that something was, or may have been, created.
	applied atomic.Bool
	edits   Edits

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when snapshot changes
	snapshot *Snapshot
	session  *session // nil while not connected
	watched  watched
	counters map[UUID]Counters
}

// session is one connection to the server.
type session struct {
	ovsdb client.Client
	dirty chan struct{}
	lost  <-chan struct{}
}

const (
	connectTimeout = 10 * time.Second
	// debounce is how long the client waits for more news before it makes a
	// snapshot: one commit arrives as several events.
	debounce   = 5 * time.Millisecond
	backoffMin = 100 * time.Millisecond
	backoffMax = 5 * time.Second
	// probeInterval is how often the server must answer an echo, so that a peer
	// that vanished without a word is noticed.
	probeInterval = 5 * time.Second
)

// Dial connects and returns once the first snapshot is there. Its error is a
// *ConnectError. ctx bounds only the dialling.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Links == nil {
		cfg.Links = hostLinks{}
	}
	c := &Client{cfg: cfg, done: make(chan struct{}), counting: make(chan struct{}), changed: make(chan struct{})}
	c.watched.changed = make(chan struct{}, 1)
	b := &builder{self: cfg.Self, local: isLocal(cfg.Endpoint), now: cfg.Now, mirrors: map[UUID]mirrorHistory{}}
	s, err := c.connect(ctx)
	if err != nil {
		return nil, &ConnectError{Endpoint: cfg.Endpoint, Err: err}
	}
	c.refresh(s, b)
	run, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	go c.run(run, s, b)
	go func() {
		defer close(c.counting)
		c.count(run)
	}()
	return c, nil
}

// Close ends the connection. What this run created stays; release it first.
func (c *Client) Close() {
	c.cancel()
	<-c.done
	<-c.counting
}

// Self is the process that owns what this client creates.
func (c *Client) Self() Process { return c.cfg.Self }

// Snapshot is the newest one.
func (c *Client) Snapshot() *Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshot
}

// Next waits for a snapshot newer than the given generation.
func (c *Client) Next(ctx context.Context, after uint64) (*Snapshot, error) {
	for {
		c.mu.Lock()
		s, changed := c.snapshot, c.changed
		c.mu.Unlock()
		if s.Generation > after {
			return s, nil
		}
		select {
		case <-changed:
		case <-c.done:
			return nil, context.Canceled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// run publishes snapshots while the connection lasts, and makes a new one when it
// breaks, until ctx is done.
func (c *Client) run(ctx context.Context, s *session, b *builder) {
	defer close(c.done)
	for {
		err := c.watch(ctx, s, b)
		s.ovsdb.Close()
		if ctx.Err() != nil {
			return
		}
		c.markStale(err)
		if s = c.reconnect(ctx); s == nil {
			return
		}
		if err := c.tryRefresh(s, b); err != nil {
			c.markStale(err)
		}
	}
}

// tryRefresh makes an error of a panic over rows that nobody foresaw, so that what
// this run created can still be taken back.
func (c *Client) tryRefresh(s *session, b *builder) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading the database: internal error: %v", r)
		}
	}()
	c.refresh(s, b)
	return nil
}

// watch turns events into snapshots until the connection is lost.
func (c *Client) watch(ctx context.Context, s *session, b *builder) error {
	probe := time.NewTicker(probeInterval)
	defer probe.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.lost:
			return errors.New("the server closed the connection")
		case <-probe.C:
			if err := s.echo(ctx); err != nil {
				return err
			}
			continue
		case <-s.dirty:
		}
		if !sleep(ctx, debounce) {
			return nil
		}
		select {
		case <-s.dirty: // what came meanwhile is in the cache already
		default:
		}
		start := time.Now()
		if err := c.tryRefresh(s, b); err != nil {
			return err
		}
		// On a switch with very many ports a snapshot costs milliseconds: never
		// spend more than a fifth of the time on them.
		if took := time.Since(start); took > debounce && !sleep(ctx, 4*took) {
			return nil
		}
	}
}

func (c *Client) reconnect(ctx context.Context) *session {
	for wait := backoffMin; ; wait = min(2*wait, backoffMax) {
		if !sleep(ctx, wait) {
			return nil
		}
		s, err := c.connect(ctx)
		if err == nil {
			c.cfg.Logger.Info("reconnected", "endpoint", c.cfg.Endpoint)
			return s
		}
		c.markStale(err)
	}
}

// connect dials, fits our structs to the server's schema and fills the cache.
func (c *Client) connect(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	url, err := libovsdbEndpoint(c.cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	options := []client.Option{client.WithEndpoint(url)}
	if c.cfg.TLS != nil {
		options = append(options, client.WithTLSConfig(c.cfg.TLS))
	}

	// The schema decides which columns our structs may have, and libovsdb wants
	// the structs before it connects: so ask with none first.
	none, err := model.NewClientDBModel(schema.Database, nil)
	if err != nil {
		return nil, err
	}
	probe, err := client.NewOVSDBClient(none, options...)
	if err != nil {
		return nil, err
	}
	if err := probe.Connect(ctx); err != nil {
		return nil, explainConnect(c.cfg.Endpoint, err)
	}
	dbModel, monitors, err := fit(probe.Schema())
	probe.Close()
	if err != nil {
		return nil, err
	}

	db, err := client.NewOVSDBClient(dbModel, options...)
	if err != nil {
		return nil, err
	}
	if err := db.Connect(ctx); err != nil {
		return nil, explainConnect(c.cfg.Endpoint, err)
	}
	s := &session{ovsdb: db, dirty: make(chan struct{}, 1)}
	lost := make(chan struct{})
	s.lost = lost
	go func() {
		<-db.DisconnectNotify()
		close(lost)
	}()
	monitor := db.NewMonitor()
	monitor.Tables = monitors
	if _, err := db.Monitor(ctx, monitor); err != nil {
		db.Close()
		return nil, fmt.Errorf("monitoring the database: %w", err)
	}
	db.Cache().AddEventHandler(&cache.EventHandlerFuncs{
		AddFunc:    func(string, model.Model) { s.touch() },
		UpdateFunc: func(string, model.Model, model.Model) { s.touch() },
		DeleteFunc: func(string, model.Model) { s.touch() },
	})
	s.touch() // an event between Monitor and AddEventHandler is not lost
	return s, nil
}

func (s *session) echo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeInterval)
	defer cancel()
	if err := s.ovsdb.Echo(ctx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // libovsdb reports it as a wrong answer
		}
		return fmt.Errorf("the server does not answer: %w", err)
	}
	return nil
}

// sleep waits, and reports whether ctx is still wanted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// touch says that the cache has changed; it never blocks.
func (s *session) touch() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// refresh makes a snapshot from the session's cache and publishes it.
func (c *Client) refresh(s *session, b *builder) {
	tableCache := s.ovsdb.Cache()
	if tableCache == nil {
		return // the connection broke this moment
	}
	snapshot := b.build(tableCache)
	server := s.ovsdb.Schema()
	snapshot.Endpoint = c.cfg.Endpoint
	snapshot.SchemaVersion = clean(server.Version)
	if mirror := server.Table(schema.TableMirror); mirror != nil {
		snapshot.Features.MirrorFilter = mirror.Column("filter") != nil
	}
	c.publish(snapshot, s)
}

func (c *Client) markStale(err error) {
	c.cfg.Logger.Warn("connection lost", "endpoint", c.cfg.Endpoint, "error", err)
	stale := *c.Snapshot()
	if stale.StaleSince.IsZero() {
		stale.StaleSince = c.cfg.Now()
	}
	stale.StaleReason = clean(err.Error())
	c.publish(&stale, nil)
}

func (c *Client) publish(s *Snapshot, from *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.revision = 1
	if c.snapshot != nil {
		s.revision += c.snapshot.revision
	}
	c.session = from
	c.announce(s)
}

// announce makes a snapshot the newest. It wants the lock.
func (c *Client) announce(s *Snapshot) {
	s.Counters = c.counters
	s.Generation = 1
	if c.snapshot != nil {
		s.Generation += c.snapshot.Generation
	}
	c.snapshot = s
	close(c.changed)
	c.changed = make(chan struct{})
}
