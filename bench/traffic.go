package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	demoRate = 200_000 // packets a second
	// watchFor is how long bytes are counted.
	watchFor = 10 * time.Second
)

// traffic watches the demo's busiest guest while it sends and receives 200,000
// packets a second, and counts what that writes to the terminal.
func traffic(c config) (lines []budget, err error) {
	s, err := openSession(c, "--demo", "--demo-rate", strconv.Itoa(demoRate))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if _, err := s.await("connected"); err != nil {
		return nil, err
	}
	time.Sleep(settle)
	for _, key := range []string{"f", "build-7", "\r", "b", "\r"} { // at last: a mirror of our own
		s.press(key)
		time.Sleep(settle)
	}
	time.Sleep(2 * time.Second)
	shown := func() (uint64, error) {
		packets, _, err := screenCounts(s.redraw(), 1<<40)
		return packets, err
	}
	before, err := shown()
	if err != nil {
		return nil, err
	}
	start, cpu := time.Now(), cpuTime(s.cmd.Process.Pid)
	s.reset()
	time.Sleep(watchFor)
	written, took := s.written(), time.Since(start)
	cpu = cpuTime(s.cmd.Process.Pid) - cpu
	after, err := shown()
	if err != nil {
		return nil, err
	}
	// Each look at the whole screen takes a second and a half itself.
	rate := float64(after-before) / time.Since(start).Seconds()
	return []budget{
		{
			what:     fmt.Sprintf("the demo's busiest guest, both directions, %.0f kpps counted: bytes to the terminal", rate/1000),
			measured: fmt.Sprintf("%.1f kB/s", float64(written)/took.Seconds()/1000), allowed: "≤ 20 kB/s",
		},
		{
			what:     "the same: CPU, the simulated switch and its guests included",
			measured: percent(cpu.Seconds() / took.Seconds()), allowed: "–",
		},
	}, nil
}
