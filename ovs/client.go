package ovs

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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
	// ready is closed when there is a snapshot, or failed says why there is none.
	ready   chan struct{}
	failed  error
	loading atomic.Int64
	// applied reports that something was, or may have been, created.
	applied atomic.Bool
	edits   Edits

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when snapshot changes
	snapshot *Snapshot
	session  *session // nil while not connected
	watched  watched
	counters map[UUID]Counters
	leases   map[string]bool // ids of those that this run made with an owner
}

const (
	// connectTimeout is how long a server may say nothing while we connect.
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
	c := Start(cfg)
	if err := c.Wait(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Start returns at once and connects in the background: until Wait returns there
// is no snapshot.
func Start(cfg Config) *Client {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Links == nil {
		cfg.Links = hostLinks{}
	}
	c := &Client{
		cfg: cfg, done: make(chan struct{}), counting: make(chan struct{}), ready: make(chan struct{}),
		changed: make(chan struct{}),
	}
	c.watched.changed = make(chan struct{}, 1)
	run, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	go func() {
		defer close(c.done)
		c.begin(run)
	}()
	go func() {
		defer close(c.counting)
		c.count(run)
	}()
	return c
}

// begin makes the first connection; only if that works, it goes on with others.
func (c *Client) begin(ctx context.Context) {
	b := newBuilder(c.cfg)
	s, err := c.connect(ctx)
	if err == nil {
		if err = c.tryRefresh(s, b); err != nil {
			s.conn.Close()
		}
	}
	if err != nil {
		c.failed = &ConnectError{Endpoint: c.cfg.Endpoint, Err: err}
		close(c.ready)
		return
	}
	close(c.ready)
	c.run(ctx, s, b)
}

// Wait returns once the first snapshot is there, or with a *ConnectError when there
// will be none.
func (c *Client) Wait(ctx context.Context) error {
	select {
	case <-c.ready:
		return c.failed
	case <-ctx.Done():
		return &ConnectError{Endpoint: c.cfg.Endpoint, Err: ctx.Err()}
	}
}

// Loading is how many ports have arrived so far, before the first snapshot.
func (c *Client) Loading() int { return int(c.loading.Load()) }

// Close ends the connection. What this run created stays; release it first.
func (c *Client) Close() {
	c.cancel()
	<-c.done
	<-c.counting
}

// Self is the process that owns what this client creates.
func (c *Client) Self() Process { return c.cfg.Self }

// Snapshot is the newest one; nil before there is any, see Start.
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
		if s != nil && s.Generation > after {
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
	for {
		err := c.watch(ctx, s, b)
		s.conn.Close()
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
		case <-s.conn.Done():
			return s.conn.Err()
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

// sleep waits, and reports whether ctx is still wanted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// refresh makes a snapshot of the session's rows and publishes it.
func (c *Client) refresh(s *session, b *builder) {
	var snapshot *Snapshot
	s.replica.Read(func() { snapshot = b.build(s.replica) })
	snapshot.Endpoint = c.cfg.Endpoint
	snapshot.SchemaVersion = clean(s.schema.Version)
	if mirror := s.schema.Table(schema.TableMirror); mirror != nil {
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
