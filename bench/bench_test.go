package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFramesHaveTheirSizeAndTags(t *testing.T) {
	for _, c := range cases(false) {
		frames := c.frames()
		if len(frames) != flows {
			t.Errorf("%s: %d frames", c.name, len(frames))
		}
		for _, f := range frames {
			if len(f) != c.size {
				t.Fatalf("%s: a frame of %d bytes", c.name, len(f))
			}
			at := 12 + 4*len(c.tags)
			if f[at] != 8 || f[at+1] != 0 || f[at+2] != 0x45 {
				t.Fatalf("%s: no IPv4 at %d: % x", c.name, at, f[:at+4])
			}
		}
	}
	if n := len(cases(true)); n != 3 {
		t.Errorf("%d cases with -quick", n)
	}
}

func TestCountsAreFound(t *testing.T) {
	for _, test := range []struct {
		name           string
		read           func(string, uint64) (uint64, uint64, error)
		output         string
		packets, drops uint64
	}{
		{"tcpdump", tcpdumpCounts, "listening on host\n412345 packets captured\n412400 packets received by filter\n55 packets dropped by kernel\n", 412345, 55},
		{"tshark", tsharkCounts, "Capturing on 'host'\n 1 packet captured\n", 1, 0},
		{"tshark with drops", tsharkCounts, "72 packets dropped from host\n200 packets captured\n", 200, 72},
		{"ourselves", ownCounts, `{"Packets":7,"Drops":1}` + "\n", 7, 1},
		{"a screen", screenCounts, "12,345,678 pps  900,001 packets  kernel 12, freezes 1 1,000", 900001, 12},
	} {
		packets, drops, err := test.read(test.output, 1_000_000)
		if packets != test.packets || drops != test.drops || err != nil {
			t.Errorf("%s: %d packets, %d drops, %v", test.name, packets, drops, err)
		}
		if _, _, err := test.read("Permission denied", 1_000_000); err == nil {
			t.Errorf("%s: an output without counts is no error", test.name)
		}
	}
}

func TestTableTellsRatiosAndWhatIsMissing(t *testing.T) {
	test := testCase{name: "64 B untagged"}
	ran := func(received uint64, cpu time.Duration) measured {
		return measured{arrived: 1100, warmUp: 100, received: received, took: time.Second, cpu: cpu, peakKiB: 8192}
	}
	text := table([]result{
		{test: test, tool: nameWrite, measured: ran(1100, 80*time.Microsecond)},
		{test: test, tool: nameCapture, measured: ran(1089, 160*time.Microsecond)},
		{test: test, tool: nameScreen, err: errors.New("no such | thing")},
	})
	for _, want := range []string{
		"| 64 B untagged | tcpdump -w /dev/null | 1 kpps | 1100 | 0 | 0.00 % | 80 ns | 1.0 | 8 MiB |",
		"| 1089 | 11 | 1.00 % | 162 ns | 2.0 |",
		"not available: no such / thing",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestDisplayIsReadAsAWhole(t *testing.T) {
	cmd := exec.Command("sh", "-c", `trap 'stty size; echo "\033[1m1,234\033[m packets"' WINCH; echo ready; while :; do sleep 0.05; done`)
	d, err := startDisplay(cmd)
	if err != nil {
		t.Skipf("cannot open a terminal: %v", err)
	}
	for range 100 {
		if strings.Contains(d.text(), "ready") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	screen := d.redraw()
	if !strings.Contains(screen, "40 120") || !strings.Contains(screen, "1,234 packets") || strings.Contains(screen, "ready") {
		t.Errorf("the screen is %q", screen)
	}
	if d.written() == 0 {
		t.Error("nothing was written")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	d.close()
}

func TestTablesGoBetweenTheMarkers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "performance.md")
	for _, text := range []string{"one\n", "two\n"} {
		if err := writeBetweenMarkers(path, markers{captureBegin, captureEnd}, text); err != nil {
			t.Fatal(err)
		}
	}
	b, _ := os.ReadFile(path)
	if want := "# Performance\n\n" + captureBegin + "\ntwo\n" + captureEnd + "\n"; string(b) != want {
		t.Errorf("the file is %q", b)
	}
	both := "a\n" + captureBegin + "\n" + captureEnd + "\nb\n" + screenBegin + "\n" + screenEnd + "\n"
	if err := os.WriteFile(path, []byte(both), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		writeBetweenMarkers(path, markers{screenBegin, screenEnd}, "screen\n"),
		writeBetweenMarkers(path, markers{captureBegin, captureEnd}, "capture\n"),
	); err != nil {
		t.Fatal(err)
	}
	b, _ = os.ReadFile(path)
	if want := "a\n" + captureBegin + "\ncapture\n" + captureEnd + "\nb\n" + screenBegin + "\nscreen\n" + screenEnd + "\n"; string(b) != want {
		t.Errorf("with both tables the file is %q", b)
	}
	if err := os.WriteFile(path, []byte("# By hand\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeBetweenMarkers(path, markers{captureBegin, captureEnd}, "x"); err == nil {
		t.Error("a file without markers is no error")
	}
}

func TestQuantiles(t *testing.T) {
	var all []time.Duration
	for i := range 100 {
		all = append(all, time.Duration(100-i)*time.Millisecond)
	}
	for part, want := range map[float64]time.Duration{0: 1, 0.5: 51, 0.99: 100, 1: 100} {
		if got := quantile(all, part); got != want*time.Millisecond {
			t.Errorf("%v: %v, want %v ms", part, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestBenchmarksMetricsAreFound(t *testing.T) {
	const output = "BenchmarkKeyWith10000Ports-2   1968   524705 ns/op   301234 p50-ns   8701002.5 p99-ns\n"
	if got, err := metric(output, "p99-ns"); got != 8701002.5 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := metric(output, "p90-ns"); err == nil {
		t.Error("a metric that is not there is no error")
	}
}

func TestBudgetsStandBesideWhatWasMeasured(t *testing.T) {
	text := budgetTable([]budget{
		{what: "keys", measured: "5 ms", allowed: "≤ 16 ms"},
		{what: "the rest", err: errors.New("no | lab")},
	})
	for _, want := range []string{"| keys | 5 ms | ≤ 16 ms |", "| the rest | not available: no / lab |  |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
