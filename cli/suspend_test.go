package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"ovscope/live"
	"ovscope/screenshots/terminal"
	"ovscope/tui"
)

// openShell opens an interactive shell in a real terminal, in which "run" followed
// by arguments is ovscope.
func openShell(t *testing.T, environ ...string) screen {
	t.Helper()
	environ = append(environ, "LC_ALL=C.UTF-8", "PS1=ready> ", "TMPDIR="+t.TempDir(), "HOME="+t.TempDir())
	term, err := terminal.Open(100, 30, environ, "bash", "--norc", "--noprofile", "-i")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	ui := screen{t, term}
	ui.expect("ready>")
	ui.command("run() { " + beMain + "=1 '" + os.Args[0] + "' \"$@\"; }; clear")
	return ui
}

// command types a line into the shell.
func (ui screen) command(text string) {
	ui.Helper()
	ui.press("-l", text)
	ui.press("Enter")
}

// sane fails unless the shell shows what is typed, and lines begin where they should.
func (ui screen) sane() {
	ui.Helper()
	ui.command("echo is $((6 * 7)); echo here")
	if err := ui.WaitFor("the shell to answer", 10*time.Second, func(s string) bool {
		return strings.Contains(s, "echo is $((6 * 7))") && strings.Contains(s, "\nis 42\nhere\n")
	}); err != nil {
		ui.Error(err)
	}
}

func TestSuspendAndComeBack(t *testing.T) {
	ui := openShell(t)
	ui.command("run --demo")
	ui.expect("Ports by name")
	for _, size := range [][2]int{{100, 30}, {80, 24}, {120, 40}, {60, 15}} {
		ui.press("C-z")
		ui.expect("Stopped")
		ui.expectGone("Ports")
		ui.sane()
		if err := ui.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
		ui.command("clear; fg")
		ui.expect("ovscope  hv-demo")
		ui.press("?") // it takes keys
		ui.expect("Help")
		ui.press("Escape")
		ui.expectGone("Help ")
		if err := ui.WaitFor("a screen of the new size", 10*time.Second, func(s string) bool {
			lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
			return len(lines) == size[1] && strings.Contains(lines[size[1]-1], "q quit") && !strings.Contains(s, "ready>") &&
				(size[0] < 80 || strings.HasSuffix(lines[1], "╮") && len([]rune(lines[1])) == size[0])
		}); err != nil {
			t.Fatal(err)
		}
	}
	ui.press("q")
	ui.expect("ready>")
	ui.command("echo code $?")
	ui.expect("code 0")
	ui.sane()
}

// Where no shell could bring it back, it stays and says so.
func TestNoSuspendWithoutAShell(t *testing.T) {
	term, err := terminal.Open(100, 30, []string{beMain + "=1", "LC_ALL=C.UTF-8"}, os.Args[0], "--demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	ui := screen{t, term}
	ui.expect("Ports by name")
	ui.press("C-z")
	ui.expect("^z: there is no shell that could bring it back")
	ui.press("q")
	if code := ui.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// crashIn in the environment makes the test binary the screen with a bug in it.
const crashIn = "OVSCOPE_TEST_CRASH"

// crash runs a screen that panics where it is told to, and returns the exit code.
func crash(where string) int {
	a := &app{stdout: os.Stdout, stderr: os.Stderr}
	cfg := tui.Config{Capture: &tui.Capture{Title: "interface eth0", Open: func(context.Context) (live.Source, error) {
		if where == "command" {
			time.Sleep(time.Second) // the screen is up
			panic("a bug in the command")
		}
		return buggy{where}, nil
	}}}
	if where == "clock" {
		up := time.Now()
		var once sync.Once
		cfg.Now = func() time.Time {
			if time.Since(up) > 2*time.Second {
				once.Do(func() { panic("a bug in the clock") })
			}
			return time.Now()
		}
	}
	a.err = a.recovered(func() error {
		err := tui.Run(context.Background(), cfg)
		if where == "verb" {
			panic("a bug in the verb")
		}
		return err
	})
	if a.err == nil {
		return exitDone
	}
	fmt.Fprintln(a.stderr, "ovscope: "+message(a.err, "ovscope"))
	return exitCode(a.err)
}

// buggy is a source of packets that panics.
type buggy struct{ where string }

func (b buggy) Run(ctx context.Context, _ *live.Store) error {
	if b.where == "capture" {
		time.Sleep(time.Second)
		panic("a bug in the capture")
	}
	<-ctx.Done()
	return nil
}

func (buggy) Drops() (packets, freezes uint64) { return 0, 0 }
func (buggy) Close() error                     { return nil }

// A bug in any goroutine leaves the terminal as it was, and its report in a file
// whose name is printed.
func TestCrashRestoresTheTerminal(t *testing.T) {
	for _, where := range []string{"command", "capture", "clock", "verb"} {
		t.Run(where, func(t *testing.T) {
			ui := openShell(t)
			ui.command(crashIn + "=" + where + " run; echo code $?")
			if where == "verb" {
				ui.expect("q quit")
				ui.press("q")
			}
			ui.expect("code 1")
			text, err := ui.Everything()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text, "ovscope: crashed: a bug in the "+where) || strings.Contains(text, "goroutine") || strings.Contains(text, "q quit") {
				t.Errorf("the screen is:\n%s", text)
			}
			_, file, _ := strings.Cut(strings.ReplaceAll(text, "\n", ""), "please report it with ")
			file, _, _ = strings.Cut(file, ".txt")
			report, err := os.ReadFile(file + ".txt")
			if err != nil || !strings.Contains(string(report), "panic: a bug in the "+where) || !strings.Contains(string(report), "suspend_test.go") {
				t.Errorf("the report: %v\n%s", err, report)
			}
			ui.sane()
		})
	}
}
