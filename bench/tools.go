package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ovscope/live"
)

// tool is a program that captures on the host's end.
type tool struct {
	name    string
	command []string
	reports bool   // says its counts on standard output, not on standard error
	screen  bool   // wants a terminal
	bounded bool   // promises bounded memory
	warm    bool   // keeps up, so that a warm-up does not disturb the counts
	rare    bool   // too slow for all cases
	limit   uint64 // packets that it gets at most; 0: no limit
	// received returns how many packets it says that it captured, from its output,
	// and how many the kernel lost. A screen's output is what it shows at the end.
	received func(output string, arrived uint64) (packets, drops uint64, err error)
}

const (
	nameCapture = "ovscope, capture and store"
	nameCount   = "ovscope, and statistics"
	nameScreen  = "ovscope, UI following"
	nameWrite   = "tcpdump -w /dev/null" // the yardstick
)

func tools(c config) ([]tool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	binary := c.binary
	if strings.Contains(binary, "/") {
		if binary, err = filepath.Abs(binary); err != nil {
			return nil, err
		}
	}
	all := []tool{
		{name: nameWrite, command: []string{"tcpdump", "-i", hostEnd, "-w", os.DevNull}, warm: true, received: tcpdumpCounts},
		{name: nameCapture, command: []string{self, captureArg}, reports: true, bounded: true, warm: true, received: ownCounts},
		{name: nameCount, command: []string{self, statisticsArg}, reports: true, bounded: true, warm: true, rare: true, received: ownCounts},
		{name: nameScreen, command: []string{binary, "--interface", hostEnd}, screen: true, bounded: true, warm: true, received: screenCounts},
		{name: "tcpdump -nne >/dev/null", command: []string{"tcpdump", "-i", hostEnd, "-nne"}, received: tcpdumpCounts},
		{
			// At full length it would work off its backlog for half a minute, on
			// gigabytes of temporary files.
			name: "tshark -n >/dev/null", command: []string{"tshark", "-n", "-i", hostEnd}, received: tsharkCounts,
			rare: true, limit: 200_000,
		},
	}
	if c.only == "" {
		return all, nil
	}
	var some []tool
	for _, t := range all {
		for prefix := range strings.SplitSeq(c.only, ",") {
			if strings.HasPrefix(t.name, strings.TrimSpace(prefix)) {
				some = append(some, t)
				break
			}
		}
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("no tool's name begins with %q", c.only)
	}
	return some, nil
}

// measured is how a tool did on a case.
type measured struct {
	arrived  uint64 // on the host's end, the warm-up included
	warmUp   uint64 // of those
	took     time.Duration
	received uint64        // of arrived, as the tool says
	drops    uint64        // that it says were lost in the kernel
	before   time.Duration // CPU time up to the end of the warm-up
	cpu      time.Duration // and from then on
	peakKiB  uint64
	screen   uint64 // bytes written to the terminal
}

// running is a tool that has been started and captures.
type running struct {
	tool
	cmd     *exec.Cmd
	out     bytes.Buffer
	display *display // nil if it wants none
	ended   chan error
}

const (
	startTimeout = 10 * time.Second
	endTimeout   = 15 * time.Second
	drainTimeout = 6 * time.Second
	// settle is for what a tool does after its socket is there.
	settle = 300 * time.Millisecond
)

// start starts a tool on the receivers' CPUs, which this thread is confined to,
// and returns when it captures.
func (n *network) start(t tool) (*running, error) {
	r := &running{tool: t, cmd: exec.Command(t.command[0], t.command[1:]...), ended: make(chan error, 1)}
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	r.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8")
	before := n.sockets()
	var err error
	if t.screen {
		r.display, err = startDisplay(r.cmd)
	} else {
		r.cmd.Stderr = &r.out
		if t.reports {
			r.cmd.Stdout = &r.out
		}
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	go func() { r.ended <- r.cmd.Wait() }()
	for deadline := time.Now().Add(startTimeout); n.sockets() <= before; time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-r.ended:
			if r.display != nil {
				r.display.close()
			}
			return nil, fmt.Errorf("%s: %w: %s", filepath.Base(t.command[0]), err, lastLine(r.output()))
		default:
		}
		if time.Now().After(deadline) {
			_ = r.stop()
			return nil, fmt.Errorf("%s does not capture", t.command[0])
		}
	}
	time.Sleep(settle)
	return r, nil
}

// output is what the tool has said. Only after the end it is all.
func (r *running) output() string {
	if r.display != nil {
		return r.display.text()
	}
	return r.out.String()
}

// stop ends the tool and waits for it.
func (r *running) stop() error {
	if r.display != nil {
		r.display.press("q")
	} else {
		_ = r.cmd.Process.Signal(os.Interrupt)
	}
	var err error
	select {
	case err = <-r.ended:
	case <-time.After(endTimeout):
		_ = r.cmd.Process.Kill()
		if err = <-r.ended; err != nil { // else it has just ended
			err = fmt.Errorf("%s did not end when asked to", r.command[0])
		}
	}
	if r.display != nil {
		r.display.close()
	}
	if _, isExit := errors.AsType[*exec.ExitError](err); isExit {
		return nil // interrupted: the counts tell whether it worked
	}
	return err
}

// measure runs a tool on a case. Before, it fills memory of the size of our store
// once: what a tool does for the first time is not what it costs a packet.
func (n *network) measure(t tool, c testCase, until limit) (m measured, err error) {
	r, err := n.start(t)
	if err != nil {
		return m, err
	}
	err = n.observe(r, c, until, &m)
	shown := ""
	if r.display != nil && err == nil {
		shown = r.display.redraw()
	}
	if err := errors.Join(err, r.stop()); err != nil {
		return m, err
	}
	if r.display == nil {
		shown = r.output()
		// A slow one may have gone on until the end. What a screen does at the end
		// is for nothing but our reading it.
		if usage, ok := r.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			m.cpu = time.Duration(usage.Utime.Nano()+usage.Stime.Nano()) - m.before
		}
	}
	m.received, m.drops, err = t.received(shown, m.arrived)
	return m, err
}

// observe fills in what can be seen from outside while the tool runs.
func (n *network) observe(r *running, c testCase, until limit, m *measured) error {
	pid := r.cmd.Process.Pid
	before, err := n.arrived()
	if err != nil {
		return err
	}
	if r.warm {
		if _, _, err := n.send(c, limit{time: 3 * time.Second, packets: live.DefaultStoreBytes / uint64(c.size+40)}); err != nil {
			return err
		}
		waitIdle(pid, drainTimeout)
		now, err := n.arrived()
		if err != nil {
			return err
		}
		m.warmUp = now - before
	}
	if r.display != nil {
		r.display.reset()
	}
	m.before = cpuTime(pid)
	if _, m.took, err = n.send(c, until); err != nil {
		return err
	}
	if r.display != nil {
		m.screen = r.display.written()
	}
	waitIdle(pid, drainTimeout)
	m.cpu = cpuTime(pid) - m.before
	m.peakKiB = memory(pid, "VmHWM")
	after, err := n.arrived()
	m.arrived = after - before
	return err
}

// find returns the number before which, or after which, a pattern has its group.
func find(output, pattern string) (uint64, error) {
	match := regexp.MustCompile(pattern).FindStringSubmatch(output)
	if match == nil {
		return 0, fmt.Errorf("its output has no %q: %s", pattern, lastLine(output))
	}
	return strconv.ParseUint(strings.ReplaceAll(match[1], ",", ""), 10, 64)
}

// ownCounts reads a report.
func ownCounts(output string, _ uint64) (uint64, uint64, error) {
	var r report
	if err := json.Unmarshal([]byte(lastLine(output)), &r); err != nil {
		return 0, 0, fmt.Errorf("its report: %w: %s", err, output)
	}
	return r.Packets, r.Drops, nil
}

func tcpdumpCounts(output string, _ uint64) (packets, drops uint64, err error) {
	packets, err = find(output, `(\d+) packets? captured`)
	drops, dropsErr := find(output, `(\d+) packets? dropped by kernel`)
	return packets, drops, errors.Join(err, dropsErr)
}

// tsharkCounts: it mentions drops only if there are some.
func tsharkCounts(output string, _ uint64) (packets, drops uint64, err error) {
	packets, err = find(output, `(\d+) packets? captured`)
	drops, _ = find(output, `(\d+) packets? dropped`)
	return packets, drops, err
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
