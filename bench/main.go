// Bench measures what capturing costs, for ovscope and for the tools that people
// use instead, in one run on one machine, so that the numbers can be compared.
//
// In a network namespace of its own it makes a veth pair, guest and host. A sender
// that is pinned to one CPU floods guest; a tool, on the other CPUs, captures on
// host. The kernel copies frames into a tool's ring on the sender's CPU, so what
// is measured is the tool's own time.
//
// It also measures what the terminal UI costs: on databases with many ports, and
// on the demo with much traffic.
//
// It needs root, and takes about seven minutes; -quick takes half of that. See
// docs/performance.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"ovscope/ovs/lab"
)

// These make this program the capturing child: capture and store, nothing else;
// or keep statistics too.
const (
	captureArg    = "capture-and-store"
	statisticsArg = "capture-store-and-count"
)

type config struct {
	quick  bool
	binary string // ovscope
	out    string // file with markers
	only   string // tools by name, with commas; "" is all
	// for how long, or how many packets at most, each case sends
	duration time.Duration
	flat     uint64 // packets for the memory test; 0: none
	part     string // what to measure
}

func main() {
	if len(os.Args) == 2 && (os.Args[1] == captureArg || os.Args[1] == statisticsArg) {
		if err := captureAndStore(os.Stdout, os.Args[1] == statisticsArg); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(start())
}

func start() int {
	var c config
	flag.BoolVar(&c.quick, "quick", false, "three cases of 1 s, in less than a minute")
	flag.StringVar(&c.binary, "ovscope", "./ovscope", "the program to measure with its terminal UI; make build makes it")
	flag.StringVar(&c.out, "o", "", "put the tables into this file, between its markers, too")
	flag.StringVar(&c.only, "tools", "", "only these, by the first words of their names, separated by commas")
	flag.DurationVar(&c.duration, "duration", 0, "how long each case sends (default 2 s, 1 s with -quick)")
	flag.Uint64Var(&c.flat, "flat", 10_000_000, "packets for the memory test, 0 for none (-quick: a quarter)")
	flag.StringVar(&c.part, "part", partAll, "what to measure: "+partCapture+", "+partScreen+" or "+partAll)
	flag.Parse()
	if flag.NArg() > 0 || c.part != partAll && c.part != partCapture && c.part != partScreen {
		fmt.Fprintf(os.Stderr, "bench: what is %q? Try -h.\n", append(flag.Args(), c.part))
		return 2
	}
	if os.Geteuid() != 0 {
		fmt.Fprintln(os.Stderr, "bench: needs root: it makes a network namespace and captures in it")
		return 1
	}
	if c.duration <= 0 {
		c.duration = 2 * time.Second
		if c.quick {
			c.duration = time.Second
		}
	}
	if c.quick {
		c.flat /= 4
	}
	code, err := lab.Run(func() int {
		if err := measureAll(c); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 1
		}
		return 0
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return code
}

// The parts of a run.
const (
	partCapture = "capture"
	partScreen  = "screen"
	partAll     = "all"
)

func measureAll(c config) error {
	if c.part != partCapture {
		text := host(c) + "\n" + budgetTable(screens(c))
		fmt.Print(text)
		if c.out != "" {
			if err := writeBetweenMarkers(c.out, markers{screenBegin, screenEnd}, text); err != nil {
				return err
			}
		}
	}
	if c.part == partScreen {
		return nil
	}
	return measure(c)
}

// measure runs every tool on every case and prints the tables.
func measure(c config) error {
	network, err := newNetwork()
	if err != nil {
		return err
	}
	defer network.close()
	all, err := tools(c)
	if err != nil {
		return err
	}
	var results []result
	for _, test := range cases(c.quick) {
		for _, tool := range all {
			if tool.rare && !test.rare {
				continue
			}
			r := result{test: test, tool: tool.name}
			r.measured, r.err = network.measure(tool, test, limit{time: c.duration, packets: tool.limit})
			progress(r)
			results = append(results, r)
		}
	}
	var curves []curve
	if c.flat > 0 {
		for _, tool := range all {
			if !tool.bounded {
				continue
			}
			one := curve{tool: tool.name}
			one.points, one.err = network.memory(tool, c.flat)
			fmt.Fprintf(os.Stderr, "%-24s %-34s %v %v\n", "memory", one.tool, one.points, errText(one.err))
			curves = append(curves, one)
		}
	}
	text := machine(c, network) + "\n" + table(results) + memoryTable(curves)
	fmt.Print(text)
	if c.out != "" {
		return writeBetweenMarkers(c.out, markers{captureBegin, captureEnd}, text)
	}
	return nil
}

// progress says on standard error how it goes: the tables come last.
func progress(r result) {
	fmt.Fprintf(os.Stderr, "%-24s %-34s", r.test.name, r.tool)
	if r.err != nil {
		fmt.Fprintln(os.Stderr, " "+errText(r.err))
		return
	}
	fmt.Fprintf(os.Stderr, " %7.0f kpps %6.2f %% lost %8.0f ns/packet %4.0f MiB\n",
		r.rate()/1000, r.lostPercent(), r.cpuPerPacket(), r.peakMiB())
}

func errText(err error) string {
	var missing *exec.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &missing):
		return "not available: " + missing.Name + " is not installed"
	}
	return "not available: " + strings.ReplaceAll(err.Error(), "\n", " ")
}
