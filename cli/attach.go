package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/ovs"
	"ovscope/ovs/sim"
)

// attached is a connection to one switch, real or simulated, and the way to its
// frames.
type attached struct {
	client *ovs.Client
	// openTap captures on a tap point; it keeps snapLen bytes of a packet, or all if 0.
	openTap func(ctx context.Context, t ovs.TapPoint, snapLen int) (live.Source, error)
	log     *slog.Logger
	closers []func()
}

// releaseTimeout bounds how long quitting may take to remove what this run made.
const releaseTimeout = 10 * time.Second

// releasePatience is after how long of that the user is told.
const releasePatience = 700 * time.Millisecond

// withSwitch attaches to the switch that the flags name, runs use, and then
// removes every lease of this run that was not kept, whatever use came to.
func (a *app) withSwitch(ctx context.Context, use func(*attached) error) (err error) {
	return a.withSwitchAfter(ctx, 0, use)
}

// withSwitchAfter is withSwitch for use that can begin before there is a snapshot:
// it begins after that time at the latest, unless it is 0.
func (a *app) withSwitchAfter(ctx context.Context, patience time.Duration, use func(*attached) error) (err error) {
	s := &attached{}
	defer s.close()
	if err := a.attach(ctx, s, patience); err != nil {
		return err
	}
	// The ctx of a run that a signal ended is done, but its leases are not.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		defer time.AfterFunc(releasePatience, func() {
			_, _ = fmt.Fprintln(a.stderr, "ovscope: waiting for OVSDB, to remove what this run made")
		}).Stop()
		if left := s.client.ReleaseAll(ctx); left != nil {
			err = errors.Join(err, stillThere(s.client.Snapshot(), left))
		}
	}()
	return a.recovered(func() error { return use(s) })
}

// stillThere says what could not be removed, and how it will be.
func stillThere(s *ovs.Snapshot, why error) error {
	var names []string
	for _, lease := range s.LeasesOf(ovs.ThisRun) {
		names = append(names, describe(lease))
	}
	var connect *ovs.ConnectError
	if errors.As(why, &connect) && len(names) > 0 {
		return fmt.Errorf("%s could not be removed, because OVSDB at %s does not answer; run ovscope cleanup once it does", strings.Join(names, ", "), connect.Endpoint)
	}
	return fmt.Errorf("%w; run ovscope cleanup once Open vSwitch answers again", why)
}

// close gives back what attach got hold of, the last first.
func (s *attached) close() {
	for _, f := range slices.Backward(s.closers) {
		f()
	}
}

// attach connects to the switch, or begins to if that takes longer than a patience
// that is not 0. Close s also after an error.
func (a *app) attach(ctx context.Context, s *attached, patience time.Duration) (err error) {
	var closeLog func()
	if s.log, closeLog, err = a.logger(); err != nil {
		return err
	}
	s.closers = append(s.closers, closeLog)
	cfg := ovs.Config{Endpoint: a.flags.db, Logger: s.log, User: user()}
	s.openTap = a.openTap
	switch {
	case a.flags.demo && a.flags.db != "":
		return usagef("--demo and --db exclude each other")
	case a.flags.demo:
		// It must outlive ctx, to take back what was made in it.
		demo, err := sim.Start(context.WithoutCancel(ctx), sim.Options{PacketsPerSecond: a.flags.demoRate})
		if err != nil {
			return fmt.Errorf("starting the simulated switch: %w", err)
		}
		s.closers = append(s.closers, func() { _ = demo.Close() })
		cfg.Endpoint, cfg.Links = demo.Endpoint(), DemoLinks{}
		cfg.Self = ovs.Process{Host: "demo", Boot: "demo", PIDNS: "demo", PID: os.Getpid(), Start: 1}
		s.openTap = demoTap(demo)
	default:
		if cfg.Endpoint == "" {
			cfg.Endpoint = ovs.DefaultEndpoint()
		}
		if cfg.Self, err = ovs.ThisProcess(); err != nil {
			return err
		}
	}
	if err := ovs.CheckEndpoint(cfg.Endpoint); err != nil {
		return usagef("--db: %w", err)
	}
	if strings.HasPrefix(cfg.Endpoint, "ssl:") {
		if cfg.TLS, err = ovs.LoadTLS(a.flags.privateKey, a.flags.certificate, a.flags.caCert); err != nil {
			return &usageError{err}
		}
	}
	s.client = ovs.Start(cfg)
	s.closers = append(s.closers, s.client.Close)
	wait, cancel := ctx, func() {}
	if patience > 0 {
		wait, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	err = s.client.Wait(wait)
	switch {
	case err != nil && ctx.Err() != nil:
		return errInterrupted
	case err != nil && wait.Err() != nil:
		return nil // it goes on in the background
	}
	return err
}

// openTap captures on the host's interfaces.
func (a *app) openTap(_ context.Context, t ovs.TapPoint, snapLen int) (live.Source, error) {
	direction := live.Incoming
	if t.Direction == ovs.Outgoing {
		direction = live.Outgoing
	}
	return capture.Open(capture.Config{Interface: t.Interface, Direction: direction, SnapLen: snapLen, Tunnel: captureTunnel(t.Tunnel)})
}

// captureTunnel is a tunnel as the capture tells it by its packets.
func captureTunnel(t ovs.Tunnel) capture.Tunnel {
	c := capture.Tunnel{Remote: t.Remote, Keyed: t.Key.Set, Key: t.Key.Value}
	switch t.Kind {
	case ovs.NoTunnel:
		return capture.Tunnel{}
	case ovs.GRE:
		c.Protocol = capture.GREProtocol
	case ovs.ERSPAN1:
		c.Protocol = capture.ERSPAN2Protocol
	case ovs.ERSPAN2:
		c.Protocol = capture.ERSPAN3Protocol
	}
	return c
}
