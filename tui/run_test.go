package tui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// terminal is a real pseudo-terminal with Run inside.
type terminal struct {
	testing.TB
	master *os.File
	cancel context.CancelCauseFunc
	result chan error
	cfg    Config

	mu     sync.Mutex
	output bytes.Buffer
}

func runInTerminal(t *testing.T, change func(*Config)) *terminal {
	t.Helper()
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("SSH_TTY", "/dev/pts/0") // nobody here answers queries
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatalf("no pseudo-terminal here: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	x := &terminal{TB: t, master: master, result: make(chan error, 1)}
	x.cfg = Config{
		Switch: tuitest.NewSwitch(tuitest.Scene(time.Now()), time.Now), StoreBytes: 1 << 20, NoColor: true,
		Input: slave, Output: slave, CrashDir: t.TempDir(),
		OpenTap: func(context.Context, ovs.TapPoint) (live.Source, error) { return tuitest.NewSource(), nil },
	}
	if change != nil {
		change(&x.cfg)
	}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			x.mu.Lock()
			x.output.Write(buf[:n])
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	var ctx context.Context
	ctx, x.cancel = context.WithCancelCause(context.Background())
	go func() { x.result <- Run(ctx, x.cfg) }()
	t.Cleanup(func() {
		x.cancel(nil)
		_ = slave.Close()
		_ = master.Close()
	})
	return x
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.output.String()
}

func (x *terminal) waitFor(text string) {
	x.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(x.text(), text) {
			return
		}
	}
	x.Fatalf("%q did not come:\n%q", text, x.text())
}

func (x *terminal) press(keys string) {
	if _, err := x.master.WriteString(keys); err != nil {
		x.Fatal(err)
	}
}

// end waits for Run and checks that the terminal is as before.
func (x *terminal) end() error {
	x.Helper()
	select {
	case err := <-x.result:
		time.Sleep(20 * time.Millisecond) // for what is still in the pty
		out := x.text()
		if on, off := strings.LastIndex(out, "\x1b[?1049h"), strings.LastIndex(out, "\x1b[?1049l"); on < 0 || off < on {
			x.Errorf("the alternate screen was left at %d, entered at %d", off, on)
		}
		if !strings.Contains(out[strings.LastIndex(out, "\x1b[?1049h"):], "\x1b[?25h") {
			x.Error("the cursor stays hidden")
		}
		if strings.Contains(out, "goroutine ") || strings.Contains(out, "panic") {
			x.Errorf("a stack reached the screen: %q", out)
		}
		return err
	case <-time.After(10 * time.Second):
		x.Fatal("Run does not return")
		return nil
	}
}

func TestRunQuits(t *testing.T) {
	x := runInTerminal(t, nil)
	x.waitFor("tap1")
	x.press("q")
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestRunRemovesTheLeaseOnQuit(t *testing.T) {
	x := runInTerminal(t, nil)
	x.waitFor("tap1")
	x.press("jjjjjb")
	x.waitFor("Listening on")
	x.press("q")
	x.waitFor("This run has made")
	x.press("q")
	if err := x.end(); err != nil {
		t.Error(err)
	}
	if left := x.cfg.Switch.Snapshot().Leases(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	x := runInTerminal(t, nil)
	x.waitFor("tap1")
	x.press("jjjjjb")
	x.waitFor("Listening on")
	cause := errors.New("hangup")
	x.cancel(cause)
	if err := x.end(); !errors.Is(err, cause) {
		t.Errorf("Run returned %v, want %v", err, cause)
	}
}

func TestRunEndsThoughAChangeHangs(t *testing.T) {
	block := make(chan struct{})
	x := runInTerminal(t, func(c *Config) { c.Switch.(*tuitest.Switch).Block = block })
	x.waitFor("tap1")
	x.press("jjjjjb")
	x.waitFor("applying")
	start := time.Now()
	x.cancel(errors.New("terminated"))
	_ = x.end()
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestCrashRestoresTheTerminalAndLeavesAReport(t *testing.T) {
	bomb := "the bomb went off"
	for name, change := range map[string]func(*Config){
		"in a command": func(c *Config) {
			c.OpenTap = func(context.Context, ovs.TapPoint) (live.Source, error) { panic(bomb) }
		},
		"in update": func(c *Config) { c.NewLeaseID = func() string { panic(bomb) } },
		"in a capture": func(c *Config) {
			c.OpenTap = func(context.Context, ovs.TapPoint) (live.Source, error) { return bombSource{bomb}, nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := runInTerminal(t, change)
			x.waitFor("tap1")
			x.press("jjjjjb")
			err := x.end()
			var crash *CrashError
			if !errors.As(err, &crash) || !strings.Contains(err.Error(), bomb) {
				t.Fatalf("Run returned %v", err)
			}
			report, err := os.ReadFile(crash.Report)
			if err != nil || !strings.Contains(string(report), "goroutine ") || !strings.Contains(string(report), bomb) {
				t.Errorf("report %s: %v\n%s", crash.Report, err, report)
			}
			if files, _ := filepath.Glob(filepath.Join(x.cfg.CrashDir, "*")); len(files) != 1 {
				t.Errorf("files: %v", files)
			}
		})
	}
}

type bombSource struct{ text string }

func (b bombSource) Run(context.Context, *live.Store) error { panic(b.text) }
func (bombSource) Drops() (packets, freezes uint64)         { return 0, 0 }
func (bombSource) Close() error                             { return nil }
