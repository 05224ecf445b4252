package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"ovscope/cli"
	"ovscope/ovs"
	"ovscope/ovs/sim"
	"ovscope/tui"
)

const (
	// tickStep is how far the clock moves at once; the guests send every fifth time.
	tickStep    = 50 * time.Millisecond
	trafficStep = 250 * time.Millisecond
	// settle is what a step may take in real time, to be seen by all who wait for it.
	settle = 12 * time.Millisecond
)

// play runs the screen on the simulated switch with a fixed seed and a clock that
// moves only when somebody asks for it on the socket, in lines such as "30s".
func play(ctx context.Context, socket string) error {
	c := newClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
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
	asked, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer func() { _ = asked.Close() }()
	go obey(asked, c, switched)
	return tui.Run(ctx, tui.Config{
		Switch: client, OpenTap: cli.DemoTap(switched), Demo: true, Now: c.Now, After: c.After,
		NoColor:    os.Getenv("NO_COLOR") != "",
		NewLeaseID: func() string { return "3f9a61c2" },
	})
}

// obey lets as much time pass as whoever connects asks for, and answers when it has.
func obey(asked net.Listener, c *clock, switched *sim.Switch) {
	for {
		conn, err := asked.Accept()
		if err != nil {
			return
		}
		line, _ := bufio.NewReader(conn).ReadString('\n')
		if d, err := time.ParseDuration(strings.TrimSpace(line)); err == nil {
			pass(d, c, switched)
		}
		_, _ = fmt.Fprintln(conn, c.Now().Format(time.RFC3339Nano))
		_ = conn.Close()
	}
}

func pass(d time.Duration, c *clock, switched *sim.Switch) {
	for end := c.Now().Add(d); c.Now().Before(end); {
		if c.Now().UnixNano()%int64(trafficStep) == 0 {
			switched.Step(trafficStep)
			time.Sleep(settle) // the frames reach the store, the counters the snapshot
		}
		c.move(tickStep)
		time.Sleep(settle)
	}
}

// ask lets time pass in a scene that is played.
func ask(socket string, d time.Duration) error {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return fmt.Errorf("letting time pass: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintln(conn, d); err != nil {
		return fmt.Errorf("letting time pass: %w", err)
	}
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		return fmt.Errorf("letting time pass: %w", err)
	}
	return nil
}
