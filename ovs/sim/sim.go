// Package sim is the switch behind `ovscope --demo`: an Open vSwitch that
// exists only inside this process, so that the whole program can be tried on a
// laptop without Open vSwitch and without root.
//
// Start makes a private directory with what a real host has in
// /var/run/openvswitch: the database's socket (package db), the daemon's control
// socket (ctl.go) and its PID file. A client connects to Endpoint and finds the
// bridges, guests and mirrors of scene.go. A goroutine plays ovs-vswitchd
// (daemon.go): it applies every change of the database within milliseconds and
// reports statistics every five seconds. Another plays the guests (traffic.go
// and its neighbours), whose frames the switch forwards, tags and mirrors by
// the rules of OVS (vlan.go, forward.go; F5–F11, F14, F18, F22). Tap shows what
// passes a network device, as a capture would.
//
// Nothing is left when the switch is closed. A crash leaves the directory.
package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ovscope/ovs/sim/db"
	"ovscope/ovs/sim/jsonrpc"
)

// Options say how a simulated switch is to be. The zero value is the demo.
type Options struct {
	// Seed makes UUIDs and traffic repeatable: the same seed, the same frames.
	Seed uint64
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Manual stops the guests and the statistics unless Step is called.
	Manual bool
	// Dir is where the private directory is made, a directory for temporary files
	// if empty. Its name must leave room for a socket's path (103 bytes in all).
	Dir string
	// PacketsPerSecond is how many frames the guests send in all. The office
	// scene makes some 250; what is beyond is a bulk transfer from nas to build-7.
	PacketsPerSecond int
}

// Switch is a running simulation.
type Switch struct {
	options  Options
	dir      string
	db       *db.DB
	servers  []*jsonrpc.Server
	devices  map[string]device
	changed  chan struct{} // holds a token when the database has changed
	done     chan struct{}
	running  sync.WaitGroup
	purges   atomic.Int64
	close    func() error
	stopWait func() bool

	mu             sync.Mutex
	closed         bool
	broken         error
	net            *network
	now            time.Time // of the frame that is being forwarded
	nextStats      time.Time
	traffic        *traffic
	taps           map[string][]*Tap
	tunnelDepth    int
	erspanSequence uint32
	ifaceCounters  map[string]*ifaceCounters
	mirrorCounters map[db.UUID]*mirrorCounters
}

// maxParent is how long the directory's parent may be, in bytes: a unix socket's
// whole path has to fit into 103 on some systems, of which we need 50.
const maxParent = 50

// How often the guests get to send when the clock drives them: seldom enough
// that an idle demo costs nothing, or often, so that a bulk transfer comes in
// portions that a tap holds.
const (
	idleTick = 25 * time.Millisecond
	bulkTick = 5 * time.Millisecond
)

// Start runs a simulated switch until it is closed or ctx is done.
func Start(ctx context.Context, options Options) (*Switch, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Switch{
		options:        options,
		changed:        make(chan struct{}, 1),
		done:           make(chan struct{}),
		net:            &network{},
		taps:           map[string][]*Tap{},
		ifaceCounters:  map[string]*ifaceCounters{},
		mirrorCounters: map[db.UUID]*mirrorCounters{},
		now:            options.Now(),
	}
	s.close = sync.OnceValue(s.shutDown)
	s.nextStats = s.now.Add(statsInterval(nil))
	if err := s.start(); err != nil {
		_ = s.close()
		return nil, fmt.Errorf("starting the simulated switch: %w", err)
	}
	s.stopWait = context.AfterFunc(ctx, func() { _ = s.close() })
	return s, nil
}

func (s *Switch) start() error {
	var err error
	if s.db, err = db.New(schemaDocument, s.uuids(), s.notice); err != nil {
		return err
	}
	s.devices = devices()
	if err := s.db.Transact(fillScene); err != nil {
		return err
	}
	s.apply()
	s.traffic = newTraffic(s.options, s.now)
	s.traffic.greet(s)
	if err := s.listen(); err != nil {
		return err
	}
	s.running.Go(s.vswitchd)
	if !s.options.Manual {
		s.running.Go(s.live)
	}
	return nil
}

// uuids makes row UUIDs (version 4) from the seed.
func (s *Switch) uuids() func() db.UUID {
	random := rand.New(rand.NewPCG(s.options.Seed, 1))
	return func() db.UUID {
		a, b := random.Uint64(), random.Uint64()
		return db.UUID(fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
			uint32(a), uint16(a>>32), a>>52, 0x8000|b>>50, b&(1<<48-1)))
	}
}

// notice wakes vswitchd.
func (s *Switch) notice() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *Switch) listen() error {
	parent := s.options.Dir
	if parent == "" && len(os.TempDir()) > maxParent {
		parent = "/tmp"
	}
	var err error
	if s.dir, err = os.MkdirTemp(parent, "ovscope-demo-"); err != nil {
		return err
	}
	pid := strconv.Itoa(os.Getpid())
	if err := os.WriteFile(s.path("ovs-vswitchd.pid"), []byte(pid+"\n"), 0o600); err != nil {
		return err
	}
	database, err := net.Listen("unix", s.path("db.sock"))
	if err != nil {
		return err
	}
	s.servers = append(s.servers, s.db.Serve(database))
	daemon, err := net.Listen("unix", s.path("ovs-vswitchd."+pid+".ctl"))
	if err != nil {
		return err
	}
	s.servers = append(s.servers, jsonrpc.Serve(daemon, control{s}))
	return nil
}

func (s *Switch) path(name string) string { return filepath.Join(s.dir, name) }

// Endpoint is the database's address as ovs-vsctl --db takes it. The control
// socket is in the same directory.
func (s *Switch) Endpoint() string { return "unix:" + s.path("db.sock") }

// Close ends the simulation and removes its directory. It returns when no
// goroutine is left, and may be called more than once.
func (s *Switch) Close() error {
	if s.stopWait != nil {
		s.stopWait()
	}
	return s.close()
}

func (s *Switch) shutDown() error {
	close(s.done)
	s.running.Wait()
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	s.mu.Lock()
	s.closed = true
	errs = append(errs, s.broken)
	for _, taps := range s.taps {
		for _, t := range append([]*Tap(nil), taps...) {
			s.detach(t, ErrClosed)
		}
	}
	s.mu.Unlock()
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// live lets the guests send as time goes by.
func (s *Switch) live() {
	tick := idleTick
	if s.traffic.bulk != nil {
		tick = bulkTick
	}
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
			now := s.options.Now()
			s.catchUp(now)
			s.advance(now)
		case <-s.done:
			return
		}
	}
}

// catchUp forgets the time that a laptop slept through.
func (s *Switch) catchUp(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slept := now.Sub(s.now); slept > time.Second {
		s.now = now
		s.nextStats = s.nextStats.Add(slept)
		s.traffic.delay(slept)
	}
}

// Step lets that much time pass for the guests and the statistics, at once. It
// is for Options.Manual.
func (s *Switch) Step(d time.Duration) {
	s.mu.Lock()
	until := s.now.Add(d)
	s.mu.Unlock()
	s.advance(until)
}

// advance lets the guests send what is due until then.
func (s *Switch) advance(until time.Time) {
	for {
		s.mu.Lock()
		due := !s.nextStats.After(until)
		to := until
		if due {
			to = s.nextStats
		}
		s.traffic.run(s, to)
		if to.After(s.now) {
			s.now = to
		}
		s.mu.Unlock()
		if !due {
			return
		}
		s.writeStatistics()
	}
}

// must keeps an error that only a mistake in this package can cause, for Close
// to return: a terminal program must not be written over. The switch goes on.
func (s *Switch) must(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = err
	}
}
