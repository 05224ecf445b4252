package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// line is a terminal line with the program at its end, of which a test sees every
// byte.
type line struct {
	*testing.T
	cmd *exec.Cmd
	tty *os.File

	mu   sync.Mutex
	sent bytes.Buffer // by the program
	at   []time.Time  // when something was
	// answers are what the terminal says when it is asked something.
	answers map[string]string
	over    chan struct{} // closed when no more can come
}

// openLine starts ovscope in a terminal of 100×30 with no other environment than
// what is given. An answer is sent whenever the program sends its question.
func openLine(t *testing.T, answers map[string]string, environ []string, args ...string) *line {
	t.Helper()
	l := &line{T: t, cmd: exec.CommandContext(t.Context(), os.Args[0], args...), answers: answers, over: make(chan struct{})}
	l.cmd.Env = append([]string{beMain + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, environ...)
	tty, err := pty.StartWithSize(l.cmd, &pty.Winsize{Rows: 30, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	l.tty = tty
	t.Cleanup(func() { _ = l.cmd.Process.Kill(); _ = tty.Close() })
	go l.read()
	return l
}

func (l *line) read() {
	defer close(l.over)
	buf := make([]byte, 64<<10)
	for {
		n, err := l.tty.Read(buf)
		l.mu.Lock()
		l.sent.Write(buf[:n])
		l.at = append(l.at, time.Now())
		l.mu.Unlock()
		for question, answer := range l.answers {
			if bytes.Contains(buf[:n], []byte(question)) {
				_, _ = io.WriteString(l.tty, answer)
			}
		}
		if err != nil {
			return
		}
	}
}

// all is everything that the program has sent.
func (l *line) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent.String()
}

// await waits until the program has sent a text.
func (l *line) await(text string) {
	l.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(l.all(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			l.Fatalf("%q never came: %q", text, l.all())
		}
	}
}

func (l *line) press(keys string) {
	l.Helper()
	if _, err := io.WriteString(l.tty, keys); err != nil {
		l.Fatal(err)
	}
}

// ends waits for the program's end and returns its exit code.
func (l *line) ends() int {
	l.Helper()
	select {
	case <-l.over:
	case <-time.After(20 * time.Second):
		l.Fatalf("the program does not end: %q", l.all())
	}
	_ = l.cmd.Wait()
	return l.cmd.ProcessState.ExitCode()
}

var (
	// anyColour matches a colour, be it of the foreground or the background.
	anyColour = regexp.MustCompile(`\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:[;:]\d+)*m`)
	// many matches colours beyond the sixteen.
	many = regexp.MustCompile(`\x1b\[(?:\d+;)*[34]8[;:]`)
	// modern matches what old terminals print instead of ignoring it.
	modern = regexp.MustCompile(`\x1b\[[<=>]|\x1b\[\?u|\x1b\[\?[0-9;]*\$p|\x1b\]`)
)

// Every terminal gets what it understands, and is left as it was found.
func TestTerminals(t *testing.T) {
	for term, test := range map[string]struct{ colour, many, modern bool }{
		"xterm-256color": {true, true, true},
		"xterm":          {true, false, true},
		"tmux-256color":  {true, true, true},
		"screen":         {true, true, true},
		"linux":          {true, false, false},
		"vt100":          {false, false, false},
		"vt220":          {false, false, false},
		"xterm-mono":     {false, false, true},
	} {
		t.Run(term, func(t *testing.T) {
			l := openLine(t, nil, []string{"TERM=" + term, "LC_ALL=C"}, "--demo")
			l.await("Ports")
			l.press("jb")
			l.await("to remove on quit")
			l.press("q")
			l.await("remove and quit")
			l.press("\r")
			if code := l.ends(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
			out := l.all()
			if got := anyColour.MatchString(out); got != test.colour {
				t.Errorf("colours: %v, %q", got, anyColour.FindString(out))
			}
			if got := many.MatchString(out); got != test.many {
				t.Errorf("more than sixteen colours: %v", got)
			}
			if found := modern.FindString(out); (found != "") != test.modern {
				t.Errorf("what old terminals print: %q", found)
			}
			for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l"} {
				if !strings.Contains(out, on) || strings.LastIndex(out, off) < strings.LastIndex(out, on) {
					t.Errorf("%q is not taken back by %q", on, off)
				}
			}
			if i := strings.IndexFunc(out, func(r rune) bool { return r >= 0x80 }); i >= 0 {
				t.Errorf("%q in a locale without UTF-8", out[i:min(len(out), i+20)])
			}
		})
	}
}

func TestTerminalsThatCannotShowAScreen(t *testing.T) {
	for name, environ := range map[string][]string{"dumb": {"TERM=dumb"}, "unknown": nil} {
		for _, test := range []struct {
			args []string
			code int
			want string
		}{
			{[]string{"--demo"}, exitUsage, "use ovscope dump"},
			{[]string{"--nonsense"}, exitUsage, "unknown flag"},
			{[]string{"--help"}, exitDone, "--read-only"},
			{[]string{"--version"}, exitDone, "test"},
		} {
			t.Run(name+" "+test.args[0], func(t *testing.T) {
				l := openLine(t, nil, environ, test.args...)
				code := l.ends()
				if out := l.all(); code != test.code || !strings.Contains(out, test.want) || strings.Contains(out, "\x1b") {
					t.Errorf("exit code %d, %q", code, out)
				}
			})
		}
	}
}

func TestMouseOnlyWhereAskedFor(t *testing.T) {
	const on, off = "\x1b[?1002h\x1b[?1006h", "\x1b[?1006l"
	environ := []string{"TERM=xterm-256color", "LC_ALL=C"}
	l := openLine(t, nil, environ, "--demo", "--mouse")
	l.await("> Ports by name")
	l.press("\x1b[<0;20;20M\x1b[<0;20;20m") // into the packets
	l.await("> Packets")
	l.press("q")
	l.ends()
	if out := l.all(); !strings.Contains(out, on) || strings.LastIndex(out, off) < strings.LastIndex(out, on) {
		t.Errorf("the mouse is not turned on and off: %q", out)
	}
	l = openLine(t, nil, environ, "--demo")
	l.await("Ports by name")
	l.press("q")
	l.ends()
	if strings.Contains(l.all(), on) {
		t.Error("the mouse is on, though nobody asked for it")
	}
}

// Frames come in one piece (mode 2026) where the terminal says it can, also over
// SSH, and only there.
func TestSynchronizedOutputWhereTheTerminalHasIt(t *testing.T) {
	const question, begin, end = "\x1b[?2026$p", "\x1b[?2026h", "\x1b[?2026l"
	ssh := []string{"SSH_TTY=/dev/pts/9", "SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22"}
	for name, test := range map[string]struct {
		environ []string
		answer  string
		want    bool
	}{
		"here":             {nil, "\x1b[?2026;2$y", true},
		"over SSH":         {ssh, "\x1b[?2026;2$y", true},
		"not known":        {ssh, "\x1b[?2026;0$y", false},
		"no answer at all": {ssh, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLine(t, map[string]string{question: test.answer}, append(test.environ, "TERM=xterm-256color", "LC_ALL=C.UTF-8"), "--demo")
			l.await("Ports")
			l.await(question)
			time.Sleep(300 * time.Millisecond) // for the answer to arrive
			l.press("?")
			l.await("Help")
			l.press("qq")
			l.ends()
			out := l.all()
			if got := strings.Contains(out, begin); got != test.want || strings.Count(out, begin) != strings.Count(out, end) {
				t.Errorf("%d frames begin, %d end", strings.Count(out, begin), strings.Count(out, end))
			}
		})
	}
}

// NO_COLOR with any value, and --no-color, count for what --help prints, too.
func TestNoColor(t *testing.T) {
	for name, test := range map[string]struct {
		environ string
		args    []string
		want    bool
	}{
		"colours":           {"NO_COLOR=", []string{"--demo"}, true},
		"NO_COLOR":          {"NO_COLOR=please", []string{"--demo"}, false},
		"--no-color":        {"NO_COLOR=", []string{"--demo", "--no-color"}, false},
		"help":              {"NO_COLOR=", []string{"--help"}, true},
		"help, NO_COLOR":    {"NO_COLOR=please", []string{"--help"}, false},
		"help, --no-color":  {"NO_COLOR=", []string{"--help", "--no-color"}, false},
		"dump, NO_COLOR":    {"NO_COLOR=0", []string{"dump", "--help"}, false},
		"an error, colours": {"NO_COLOR=", []string{"--nonsense"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLine(t, map[string]string{"\x1b[c": "\x1b[?62c"}, []string{"TERM=xterm-256color", "LC_ALL=C.UTF-8", test.environ}, test.args...)
			if test.args[0] == "--demo" {
				l.await("Ports")
				l.press("q")
			}
			l.ends()
			if found := anyColour.FindString(l.all()); (found != "") != test.want {
				t.Errorf("colour %q in %q", found, l.all())
			}
		})
	}
}
