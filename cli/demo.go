package cli

import (
	"context"
	"errors"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/ovs"
	"ovscope/ovs/sim"
)

// DemoLinks are the interfaces of the simulated switch, which are up when made.
type DemoLinks struct{}

// Prepare does nothing.
func (DemoLinks) Prepare(context.Context, string, int) error { return nil }

// DemoTap captures on the simulated switch, for tui.Config.
func DemoTap(s *sim.Switch) func(context.Context, ovs.TapPoint) (live.Source, error) {
	return func(ctx context.Context, t ovs.TapPoint) (live.Source, error) { return demoTap(s)(ctx, t, 0) }
}

func demoTap(s *sim.Switch) func(context.Context, ovs.TapPoint, int) (live.Source, error) {
	return func(_ context.Context, t ovs.TapPoint, snapLen int) (live.Source, error) {
		tap, err := s.Tap(t.Interface, t.Direction == ovs.Outgoing)
		if err != nil {
			return nil, err
		}
		return &demoSource{tap, snapLen, captureTunnel(t.Tunnel)}, nil
	}
}

// demoSource makes a live.Source of a tap on the simulated switch.
type demoSource struct {
	tap     *sim.Tap
	snapLen int // 0 for whole frames
	tunnel  capture.Tunnel
}

func (d *demoSource) Run(ctx context.Context, into *live.Store) error {
	for {
		frames, err := d.tap.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, sim.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		for _, f := range frames {
			if d.tunnel != (capture.Tunnel{}) && !d.tunnel.Matches(f.Data) {
				continue
			}
			direction := live.Incoming
			if f.Outgoing {
				direction = live.Outgoing
			}
			data := f.Data
			if d.snapLen > 0 {
				data = data[:min(len(data), d.snapLen)]
			}
			into.Add(live.Frame{Time: f.Time, Length: len(f.Data), Data: data, Direction: direction})
		}
	}
}

func (d *demoSource) Drops() (packets, freezes uint64) { return d.tap.Drops(), 0 }

func (d *demoSource) Close() error { return d.tap.Close() }
