package tui

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// CrashError is a bug in the screen: something panicked.
type CrashError struct {
	// Cause is what the panic said.
	Cause error
	// Report is the file with the stack, "" when it could not be written.
	Report string
}

func (e *CrashError) Error() string {
	if e.Report == "" {
		return fmt.Sprintf("crashed: %v", e.Cause)
	}
	return fmt.Sprintf("crashed: %v; please report it with %s", e.Cause, e.Report)
}

func (e *CrashError) Unwrap() error { return e.Cause }

// crashReport takes the first panic of any goroutine, writes its stack to a file,
// and stops the program, so that the terminal is restored and nothing of the
// stack is printed over it.
type crashReport struct {
	dir, version string
	now          func() time.Time
	stop         context.CancelCauseFunc

	mu  sync.Mutex
	err *CrashError
}

// catch is deferred in every goroutine of the screen.
func (c *crashReport) catch() {
	if r := recover(); r != nil {
		c.take(r, debug.Stack())
	}
}

func (c *crashReport) take(reason any, stack []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	cause, ok := reason.(error)
	if !ok {
		cause = fmt.Errorf("%v", reason)
	}
	c.err = &CrashError{Cause: cause}
	c.err.Report = c.write(cause, stack)
	c.stop(c.err)
}

func (c *crashReport) write(cause error, stack []byte) string {
	f, err := os.CreateTemp(c.dir, "ovscope-crash-*.txt")
	if err != nil {
		return ""
	}
	_, err = fmt.Fprintf(f, "ovscope %s, %s\n\npanic: %v\n\n%s", c.version, c.now().Format(time.RFC3339), cause, stack)
	if closing := f.Close(); err != nil || closing != nil {
		return ""
	}
	return f.Name()
}

// error is the crash, nil when there was none.
func (c *crashReport) error() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		return nil
	}
	return c.err
}

// guard is the tea.Model around the root that survives its panics and those of
// its commands. (bubbletea would catch them too, but print the stack.)
type guard struct {
	model *model
	crash *crashReport
}

func (g *guard) Init() (cmd tea.Cmd) {
	defer g.crash.catch()
	return g.guarded(g.model.Init())
}

func (g *guard) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	next = g
	if g.crash.error() != nil {
		return g, nil
	}
	defer g.crash.catch()
	_, cmd = g.model.Update(msg)
	return g, g.guarded(cmd)
}

func (g *guard) View() (v tea.View) {
	v.AltScreen = true
	if g.crash.error() != nil {
		return v
	}
	defer g.crash.catch()
	return g.model.View()
}

func (g *guard) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.crash.catch()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = g.guarded(batch[i])
			}
		}
		return msg
	}
}
