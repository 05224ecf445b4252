package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"ovscope/tui"
)

// crashed makes an error of a recovered panic. The stack goes to a file: what was
// made in Open vSwitch must still be taken back, and nobody can read a stack in
// the middle of packets.
func (a *app) crashed(reason any) error {
	cause, ok := reason.(error)
	if !ok {
		cause = fmt.Errorf("%v", reason)
	}
	e := &tui.CrashError{Cause: cause}
	f, err := os.CreateTemp("", "ovscope-crash-*.txt")
	if err != nil {
		return e
	}
	defer func() { _ = f.Close() }()
	if _, err := fmt.Fprintf(f, "ovscope %s, %s\n\npanic: %v\n\n%s", a.build.version(), time.Now().Format(time.RFC3339), cause, debug.Stack()); err == nil {
		e.Report = f.Name()
	}
	return e
}

// recovered calls f and makes an error of its panic.
func (a *app) recovered(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = a.crashed(r)
		}
	}()
	return f()
}
