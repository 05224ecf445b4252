package tui

import (
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// tty is what the environment says about the terminal. bubbletea finds out some of
// it itself, but slowly (it runs tmux), and assumes colours of every terminal.
type tty struct {
	environ []string
	name    string // $TERM
}

func newTTY(environ []string) tty {
	t := tty{environ: environ}
	for _, e := range environ {
		if name, ok := strings.CutPrefix(e, "TERM="); ok {
			t.name = name
		}
	}
	return t
}

// monochrome matches terminals without colours: DEC's, and variants that say so.
var monochrome = regexp.MustCompile(`^vt\d|-(m|mono)$`)

// Monochrome reports whether a terminal ($TERM) has no colours.
func Monochrome(name string) bool { return monochrome.MatchString(name) }

// old matches terminals that print the end of a sequence that they do not know:
// the Linux console up to version 5.7, and everything from DEC.
var old = regexp.MustCompile(`^(linux|vt\d|ansi|cons)`)

// profile is how many colours the terminal has, 256 at most: nothing here needs more.
func (t tty) profile() colorprofile.Profile {
	if Monochrome(t.name) {
		return colorprofile.ASCII
	}
	return min(colorprofile.Env(t.environ), colorprofile.ANSI256)
}

// forBubbletea is the environment from which bubbletea decides whether to ask the
// terminal for synchronized output (mode 2026): not over SSH, because it cannot know
// what is at the other end. It only uses what the terminal says it has, so it may
// ask there, too; but not one that would print the question.
func (t tty) forBubbletea() []string {
	var environ []string
	for _, e := range t.environ {
		name, _, _ := strings.Cut(e, "=")
		if name != "SSH_TTY" && (name != "TERM_PROGRAM" || !t.old()) {
			environ = append(environ, e)
		}
	}
	if t.old() {
		environ = append(environ, "SSH_TTY=do not ask")
	}
	return environ
}

func (t tty) old() bool { return old.MatchString(t.name) }

// output is where to write to: for an old terminal, without what it would print
// instead of obeying or ignoring it.
func (t tty) output(w io.Writer) io.Writer {
	if !t.old() {
		return w
	}
	if w == nil {
		w = os.Stdout
	}
	if f, ok := w.(term.File); ok {
		return oldTerminal{f}
	}
	return oldWriter{w}
}

// modern matches what old terminals do not know and print: keyboard protocols, and
// questions about modes (DECRQM).
var modern = regexp.MustCompile("\x1b\\[([<=>][0-9;]*[a-z]|\\?u)|\x1b\\[\\?[0-9;]*\\$p")

// oldTerminal is a terminal file; bubbletea writes whole sequences at a time.
type oldTerminal struct{ term.File }

func (o oldTerminal) Write(p []byte) (int, error) { return oldWriter{o.File}.Write(p) }

type oldWriter struct{ io.Writer }

func (o oldWriter) Write(p []byte) (int, error) {
	rest := modern.ReplaceAll(p, nil)
	if n, err := o.Writer.Write(rest); err != nil {
		return min(n, len(p)), err
	}
	return len(p), nil
}
