package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"ovscope/cli"
	"ovscope/ovs"
	"ovscope/ovs/sim"
	"ovscope/tui"
)

// advanceSignal makes a playing scene go on by advanceBy.
const (
	advanceSignal = syscall.SIGUSR1
	advanceBy     = 30 * time.Second
	advanceStep   = 250 * time.Millisecond
)

// clock stands still unless it is moved.
type clock struct{ ns atomic.Int64 }

func (c *clock) Now() time.Time { return time.Unix(0, c.ns.Load()).UTC() }

// play runs the screen on the simulated switch with a fixed seed and a clock that
// only advances on advanceSignal.
func play(ctx context.Context) error {
	var c clock
	c.ns.Store(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC).UnixNano())
	switched, err := sim.Start(ctx, sim.Options{Seed: 1, Now: c.Now, Manual: true})
	if err != nil {
		return err
	}
	defer func() { _ = switched.Close() }()
	self := ovs.Process{Host: "demo", Boot: "demo", PIDNS: "demo", PID: 4711, Start: 1}
	client, err := ovs.Dial(ctx, ovs.Config{Endpoint: switched.Endpoint(), Self: self, Links: cli.DemoLinks{}, Now: c.Now})
	if err != nil {
		return err
	}
	defer client.Close()

	advance := make(chan os.Signal, 1)
	signal.Notify(advance, advanceSignal)
	go func() {
		for range advance {
			for range int(advanceBy / advanceStep) {
				c.ns.Add(int64(advanceStep))
				switched.Step(advanceStep)
				time.Sleep(advanceStep / 5)
			}
		}
	}()
	return tui.Run(ctx, tui.Config{
		Switch: client, OpenTap: cli.DemoTap(switched), Demo: true, Now: c.Now,
		NoColor:    os.Getenv("NO_COLOR") != "",
		NewLeaseID: func() string { return "3f9a61c2" },
	})
}
