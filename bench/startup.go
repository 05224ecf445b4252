package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"ovscope/ovs/lab"
)

// Sizes of the databases that the screen is measured on.
const (
	manyBridges = 4
	manyPorts   = 10_000
	fewPorts    = 100
	// countEvery is how often ovs-vswitchd refreshes its counters.
	countEvery = 5 * time.Second
)

// budget is a line of the screen's table: what was measured, and what DESIGN allows.
type budget struct {
	what, measured, allowed string
	err                     error
}

// screens measures the terminal UI on real databases, in a terminal.
func screens(c config) []budget {
	var lines []budget
	add := func(measured []budget, err error) {
		if err != nil {
			measured = append(measured, budget{what: "the rest of it", err: err})
		}
		for _, b := range measured {
			fmt.Fprintf(os.Stderr, "%-58s %s %s\n", b.what, b.measured, errText(b.err))
		}
		lines = append(lines, measured...)
	}
	add(frames(c))
	add(onDatabase(manyBridges, manyPorts, func(l *lab.Lab, rows *lab.Rows) ([]budget, error) {
		startup, err := starting(c, l)
		if err != nil {
			return startup, err
		}
		keys, err := keyLatency(c, l)
		if err != nil {
			return startup, err
		}
		counting, err := idle(c, l, rows, "")
		if err != nil {
			return append(startup, keys), err
		}
		busiest, err := idle(c, l, rows, "s")
		return append(startup, keys,
			budget{what: "10,000 ports, all counters change every 5 s: CPU", measured: percent(counting), allowed: "≤ 5 % of a core"},
			budget{what: "the same, the list sorted by rate: CPU", measured: percent(busiest), allowed: "–"},
		), err
	}))
	add(onDatabase(1, fewPorts, func(l *lab.Lab, rows *lab.Rows) ([]budget, error) {
		share, err := idle(c, l, rows, "")
		return []budget{{what: "100 ports, nothing is pressed: CPU", measured: percent(share), allowed: "≤ 1 % of a core"}}, err
	}))
	add(traffic(c))
	return lines
}

func percent(share float64) string { return fmt.Sprintf("%.2f %% of a core", 100*share) }

// onDatabase measures on a database of its own.
func onDatabase(bridges, ports int, measure func(*lab.Lab, *lab.Rows) ([]budget, error)) (_ []budget, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := lab.Start(ctx, lab.Options{DatabaseOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	rows, err := l.AddPorts(ctx, bridges, ports)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return measure(l, rows)
}

// session is the program in a terminal.
type session struct {
	*display
	cmd     *exec.Cmd
	started time.Time
	ended   chan error
}

func openSession(c config, args ...string) (*session, error) {
	cmd := exec.Command(c.binary, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "XDG_CONFIG_HOME=/nonexistent")
	s := &session{cmd: cmd, started: time.Now(), ended: make(chan error, 1)}
	d, err := startDisplay(cmd)
	if err != nil {
		return nil, err
	}
	s.display = d
	go func() { s.ended <- cmd.Wait() }()
	return s, nil
}

// close ends the program, and kills it if it does not.
func (s *session) close() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	var err error
	select {
	case err = <-s.ended:
		if _, isExit := errors.AsType[*exec.ExitError](err); isExit {
			err = nil // it was interrupted
		}
	case <-time.After(endTimeout):
		_ = s.cmd.Process.Kill()
		err = errors.Join(<-s.ended, fmt.Errorf("%s did not end when asked to", s.cmd.Path))
	}
	s.display.close()
	return err
}

// await returns when a text has been written to the terminal since the last reset.
func (s *session) await(text string) (time.Time, error) {
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(200 * time.Microsecond) {
		if at, ok := s.wrote(text); ok {
			return at, nil
		}
		if time.Now().After(deadline) {
			return time.Time{}, fmt.Errorf("%q does not appear on the screen: %s", text, lastLine(s.text()))
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return time.Time{}, fmt.Errorf("%s ended: %w: %s", s.cmd.Path, err, s.text())
		default:
		}
	}
}

// starting compares the time until everything is there with ovs-vsctl's.
func starting(c config, l *lab.Lab) ([]budget, error) {
	const runs = 7
	var first, whole, vsctl []time.Duration
	for range runs {
		start := time.Now()
		out, err := exec.Command("ovs-vsctl", "--db="+l.Endpoint(), "show").Output()
		if err != nil || !strings.Contains(string(out), "tap09995") {
			return nil, fmt.Errorf("ovs-vsctl show: %w", err)
		}
		vsctl = append(vsctl, time.Since(start))

		s, err := openSession(c, "--db", l.Endpoint())
		if err != nil {
			return nil, err
		}
		frame, err := s.await("ovscope")
		if err == nil {
			var list time.Time
			list, err = s.await("tap00010")
			first, whole = append(first, frame.Sub(s.started)), append(whole, list.Sub(s.started))
		}
		if err := errors.Join(err, s.close()); err != nil {
			return nil, err
		}
	}
	yardstick := quantile(vsctl, 0.5)
	return []budget{
		{what: "10,000 ports: start → first frame, median (worst)", measured: fmt.Sprintf("%s (%s)", ms(quantile(first, 0.5)), ms(quantile(first, 1))), allowed: "≤ 100 ms"},
		{what: "10,000 ports: start → whole list, median (worst)", measured: fmt.Sprintf("%s (%s)", ms(quantile(whole, 0.5)), ms(quantile(whole, 1))), allowed: "≤ 2 × ovs-vsctl show: " + ms(2*yardstick)},
		{what: "`ovs-vsctl show` on the same database, median (worst)", measured: fmt.Sprintf("%s (%s)", ms(yardstick), ms(quantile(vsctl, 1))), allowed: "yardstick"},
	}, nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// quantile is the value below which that part of all lies; 1 is the largest.
func quantile(all []time.Duration, part float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

// idle is the share of a core that the program takes while nobody presses a key,
// but for one at the beginning, and all counters change every five seconds.
func idle(c config, l *lab.Lab, rows *lab.Rows, key string) (share float64, err error) {
	s, err := openSession(c, "--db", l.Endpoint())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if _, err := s.await("tap00010"); err != nil {
		return 0, err
	}
	s.press(key)
	for range 2 { // from here on it has rates to show
		if err := rows.Count(); err != nil {
			return 0, err
		}
		time.Sleep(countEvery)
	}
	const intervals = 3
	before, start := cpuTime(s.cmd.Process.Pid), time.Now()
	for range intervals {
		if err := rows.Count(); err != nil {
			return 0, err
		}
		time.Sleep(countEvery)
	}
	return (cpuTime(s.cmd.Process.Pid) - before).Seconds() / time.Since(start).Seconds(), nil
}
