package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
}

// releaseTimeout bounds how long quitting may take to remove what this run made.
const releaseTimeout = 10 * time.Second

// withSwitch attaches to the switch that the flags name, runs use, and then
// removes every lease of this run that was not kept, whatever use came to.
func (a *app) withSwitch(ctx context.Context, use func(*attached) error) (err error) {
	s, closeSwitch, err := a.attach(ctx)
	if err != nil {
		return err
	}
	defer closeSwitch()
	// The ctx of a run that a signal ended is done, but its leases are not.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		if left := s.client.ReleaseAll(ctx); left != nil {
			err = errors.Join(err, fmt.Errorf("%w; run ovscope cleanup once Open vSwitch answers again", left))
		}
	}()
	return use(s)
}

// attach connects to the switch. Call the function that it returns at the end.
func (a *app) attach(ctx context.Context) (*attached, func(), error) {
	log, closeLog, err := a.logger()
	if err != nil {
		return nil, nil, err
	}
	self, err := ovs.ThisProcess()
	if err != nil {
		closeLog()
		return nil, nil, err
	}
	cfg := ovs.Config{Endpoint: a.flags.db, Self: self, Logger: log}
	s := &attached{log: log, openTap: a.openTap}
	done := closeLog
	switch {
	case a.flags.demo && a.flags.db != "":
		closeLog()
		return nil, nil, usagef("--demo and --db exclude each other")
	case a.flags.demo:
		demo, err := sim.Start(context.WithoutCancel(ctx), sim.Options{})
		if err != nil {
			closeLog()
			return nil, nil, fmt.Errorf("starting the simulated switch: %w", err)
		}
		done = func() { _ = demo.Close(); closeLog() }
		cfg.Endpoint, cfg.Links = demo.Endpoint(), DemoLinks{}
		s.openTap = demoTap(demo)
	case cfg.Endpoint == "":
		cfg.Endpoint = ovs.DefaultEndpoint()
	}
	if err := ovs.CheckEndpoint(cfg.Endpoint); err != nil {
		done()
		return nil, nil, usagef("--db: %w", err)
	}
	if strings.HasPrefix(cfg.Endpoint, "ssl:") {
		if cfg.TLS, err = ovs.LoadTLS(a.flags.privateKey, a.flags.certificate, a.flags.caCert); err != nil {
			done()
			return nil, nil, &usageError{err}
		}
	}
	if s.client, err = ovs.Dial(ctx, cfg); err != nil {
		done()
		return nil, nil, err
	}
	return s, func() { s.client.Close(); done() }, nil
}

// openTap captures on the host's interfaces.
func (a *app) openTap(_ context.Context, t ovs.TapPoint, snapLen int) (live.Source, error) {
	direction := live.Incoming
	if t.Direction == ovs.Outgoing {
		direction = live.Outgoing
	}
	return capture.Open(capture.Config{Interface: t.Interface, Direction: direction, SnapLen: snapLen})
}
