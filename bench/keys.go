package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"ovscope/ovs/lab"
)

// The keys that move through a long list, as a terminal sends them.
const (
	keyDown     = "\x1b[B"
	keyUp       = "\x1b[A"
	keyPageDown = "\x1b[6~"
	keyHome     = "\x1b[H"
	keyEnd      = "\x1b[F"
)

const (
	keyPresses = 300
	// quiet is how long nothing is written after a frame. The next one, such as that
	// with the counters of ports that came into view, is at least 12 ms away.
	quiet = 4 * time.Millisecond
	// keyTimeout is for a key that moves nothing.
	keyTimeout = time.Second
)

// keyLatency presses keys in a list of 10,000 ports and takes the time until all of
// what that changes has been written to the terminal.
func keyLatency(c config, l *lab.Lab) (line budget, err error) {
	s, err := openSession(c, "--db", l.Endpoint())
	if err != nil {
		return budget{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if _, err := s.await("tap00010"); err != nil {
		return budget{}, err
	}
	time.Sleep(settle)
	keys := []string{keyDown, keyDown, keyPageDown, keyPageDown, keyUp, keyEnd, keyUp, keyHome}
	var all []time.Duration
	for i := range keyPresses {
		// At any time between two looks of the renderer for something to draw.
		time.Sleep(20*time.Millisecond + rand.N(50*time.Millisecond))
		s.reset()
		pressed := time.Now()
		s.press(keys[i%len(keys)])
		drawn, err := s.frame(pressed)
		if err != nil {
			return budget{}, err
		}
		all = append(all, drawn.Sub(pressed))
	}
	return budget{
		what:     "10,000 ports: key → frame in the terminal, p50, p99",
		measured: fmt.Sprintf("%s, %s", ms(quantile(all, 0.5)), ms(quantile(all, 0.99))),
		allowed:  "≤ 16 ms",
	}, nil
}

// frame returns when the last byte of a frame came.
func (d *display) frame(since time.Time) (time.Time, error) {
	for time.Since(since) < keyTimeout {
		time.Sleep(200 * time.Microsecond)
		if last, ok := d.wrote(""); ok && time.Since(last) > quiet {
			return last, nil
		}
	}
	return time.Time{}, errors.New("a key changed nothing on the screen")
}

// frames asks package tui's own benchmark how long it draws a frame after a key, on a
// list of 10,000 ports: that cannot be seen from outside.
func frames(config) ([]budget, error) {
	out, err := exec.Command("go", "test", "ovscope/tui", "-run", "^$", "-bench", "^BenchmarkKeyWith10000Ports$", "-benchtime", "2s").Output()
	if err != nil {
		return nil, fmt.Errorf("running package tui's benchmark: %w", err)
	}
	p50, err := metric(string(out), "p50-ns")
	p99, err99 := metric(string(out), "p99-ns")
	if err := errors.Join(err, err99); err != nil {
		return nil, err
	}
	return []budget{{
		what:     "10,000 ports: a frame after a key, computed, p50, p99",
		measured: fmt.Sprintf("%.2f ms, %.2f ms", p50/1e6, p99/1e6),
		allowed:  "≤ 16 ms",
	}}, nil
}

// metric finds a number by its unit in the output of go test -bench.
func metric(output, unit string) (float64, error) {
	match := regexp.MustCompile(`([\d.]+) ` + regexp.QuoteMeta(unit)).FindStringSubmatch(output)
	if match == nil {
		return 0, fmt.Errorf("the benchmark says nothing in %s: %s", unit, lastLine(output))
	}
	return strconv.ParseFloat(match[1], 64)
}
