package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// result is a line of the table.
type result struct {
	test testCase
	tool string
	measured
	err error // why it could not be measured
}

func (r *result) rate() float64 { return float64(r.arrived-r.warmUp) / r.took.Seconds() }

func (r *result) lost() uint64 { return r.arrived - min(r.received, r.arrived) }

func (r *result) lostPercent() float64 { return 100 * float64(r.lost()) / float64(max(r.arrived, 1)) }

func (r *result) cpuPerPacket() float64 {
	packets := max(r.received, r.warmUp+1) - r.warmUp
	return float64(r.cpu.Nanoseconds()) / float64(packets)
}

func (r *result) peakMiB() float64 { return float64(r.peakKiB) / 1024 }

// table is the results in Markdown, with ratios to the yardstick of the same case.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("| frames | tool | sent | packets | lost | lost | CPU a packet | × tcpdump -w | peak memory | to the terminal |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	yardstick := map[string]float64{}
	for _, r := range results {
		if r.tool == nameWrite && r.err == nil {
			yardstick[r.test.name] = r.cpuPerPacket()
		}
	}
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintf(&b, "| %s | %s | %s |||||||||\n", r.test.name, r.tool, strings.ReplaceAll(errText(r.err), "|", "/"))
			continue
		}
		ratio, screen := "", ""
		if base := yardstick[r.test.name]; base > 0 {
			ratio = fmt.Sprintf("%.1f", r.cpuPerPacket()/base)
		}
		if r.screen > 0 {
			screen = fmt.Sprintf("%.1f kB/s", float64(r.screen)/r.took.Seconds()/1000)
		}
		fmt.Fprintf(&b, "| %s | %s | %.0f kpps | %d | %d | %.2f %% | %.0f ns | %s | %.0f MiB | %s |\n",
			r.test.name, r.tool, r.rate()/1000, r.received, r.lost(), r.lostPercent(), r.cpuPerPacket(), ratio, r.peakMiB(), screen)
	}
	return b.String()
}

// curve is a tool's memory over a long run.
type curve struct {
	tool   string
	points []point
	err    error
}

func memoryTable(curves []curve) string {
	if len(curves) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nMemory in use while packets of 64 B go on arriving:\n\n| tool | after packets: memory |\n| --- | --- |\n")
	for _, c := range curves {
		var parts []string
		for _, p := range c.points {
			parts = append(parts, fmt.Sprintf("%.1f M: %.1f MiB", float64(p.packets)/1e6, p.mib))
		}
		if c.err != nil {
			parts = append(parts, errText(c.err))
		}
		fmt.Fprintf(&b, "| %s | %s |\n", c.tool, strings.Join(parts, ", "))
	}
	return b.String()
}

// budgetTable is the screen's measurements in Markdown, beside what is allowed.
func budgetTable(lines []budget) string {
	var b strings.Builder
	b.WriteString("| what | measured | allowed |\n| --- | ---: | --- |\n")
	for _, l := range lines {
		if l.err != nil {
			l.measured = strings.ReplaceAll(errText(l.err), "|", "/")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.what, l.measured, l.allowed)
	}
	return b.String()
}

// item is a line about the circumstances.
func item(what, value string) string { return fmt.Sprintf("- %s: %s\n", what, value) }

// host says what was measured on.
func host(c config) string {
	return item("Taken", time.Now().UTC().Format(time.DateOnly)) +
		item("CPU", fmt.Sprintf("%s, %d for this run", cpuModel(), runtime.NumCPU())) +
		item("Kernel", "Linux "+kernelRelease()) +
		item("Go", runtime.Version()) +
		item("Open vSwitch", version("ovs-vsctl")) +
		item("ovscope", version(c.binary)) +
		item("Load average at the beginning", load())
}

// machine says what was measured on, and how.
func machine(c config, n *network) string {
	alone := fmt.Sprintf("alone on CPU %d; the tools on the others", n.senderCPU)
	if n.before.Count() < 2 {
		alone = "on the only CPU, which it shares with the tools"
	}
	return item("Taken", time.Now().UTC().Format(time.DateOnly)) +
		item("CPU", fmt.Sprintf("%s, %d for this run", cpuModel(), n.before.Count())) +
		item("Kernel", "Linux "+kernelRelease()) +
		item("Go", runtime.Version()) +
		item("tcpdump", version("tcpdump")) +
		item("TShark", version("tshark")) +
		item("ovscope", version(c.binary)) +
		item("Sender", fmt.Sprintf("sendmmsg(2) on a veth pair, %s; %v a case", alone, c.duration)) +
		item("Load average at the end, the sender's included", load())
}

func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	return strings.Fields(string(b))[0]
}

func kernelRelease() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(name.Release[:])
}

func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}

// version is the first line that a program says about itself.
func version(program string) string {
	out, err := exec.Command(program, "--version").CombinedOutput()
	if err != nil && len(out) == 0 {
		return "not available"
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "Running as user") {
			return line
		}
	}
	return "unknown"
}

// markers are lines in a file; what is between them is ours.
type markers struct{ begin, end string }

// The places of the two parts' tables.
const (
	captureBegin, captureEnd = "<!-- bench: begin -->", "<!-- bench: end -->"
	screenBegin, screenEnd   = "<!-- bench screen: begin -->", "<!-- bench screen: end -->"
)

// writeBetweenMarkers puts text between the markers of a file. A file that is not
// there is made.
func writeBetweenMarkers(path string, m markers, text string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		b, err = []byte("# Performance\n\n"+m.begin+"\n"+m.end+"\n"), nil
	}
	if err != nil {
		return fmt.Errorf("writing the tables: %w", err)
	}
	before, rest, begins := strings.Cut(string(b), m.begin)
	_, after, ends := strings.Cut(rest, m.end)
	if !begins || !ends {
		return fmt.Errorf("writing the tables: %s has no lines %s and %s", path, m.begin, m.end)
	}
	text = before + m.begin + "\n" + text + m.end + after
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing the tables: %w", err)
	}
	return nil
}
