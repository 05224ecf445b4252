// Package cli is ovscope's command line: verbs, flags, what they print, signals
// and exit codes. It puts the other packages together and decides nothing about
// mirrors itself.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"ovscope/config"
	"ovscope/tui"
)

// Build says what was built; all empty in a plain go build.
type Build struct {
	Version, Commit, Date string
}

// app is one run of the program.
type app struct {
	build  Build
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	flags  globalFlags
	// settings are the config file's, once it was read.
	settings config.Settings
	// err is what the verb came to. It does not pass through cobra, which only
	// sees what is wrong with the command line itself.
	err error
	// storing is done when the screen first keeps packets.
	storing sync.Once
}

// Main runs the program and returns its exit code.
func Main(b Build) int {
	// The signals that a terminal, a shell or a service manager ends us with: each
	// must take back what this run created.
	// What somebody had us ignore (nohup) stays ignored.
	var signals []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	// A reader that goes away (ovscope dump | head) is an error of the write, and
	// no reason to die before cleaning up.
	signal.Ignore(syscall.SIGPIPE)
	// fang knows NO_COLOR only as a number, and colours what it prints on any terminal.
	if os.Getenv("NO_COLOR") != "" || slices.Contains(os.Args[1:], "--no-color") || tui.Monochrome(os.Getenv("TERM")) {
		_ = os.Setenv("NO_COLOR", "1")
	}
	a := &app{build: b, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	return a.run(ctx, os.Args[1:])
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := a.execute(ctx, root)
	if err != nil {
		a.err = &usageError{err}
	}
	if a.err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintln(a.stderr, "ovscope: "+message(a.err, commandPath(root, args)))
	return exitCode(a.err)
}

// commandPath is the verb that the arguments name, as one types it.
func commandPath(root *cobra.Command, args []string) string {
	if cmd, _, err := root.Find(args); err == nil {
		return cmd.CommandPath()
	}
	return root.CommandPath()
}

// oneArgument takes exactly one, which is called what.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("%s wants one %s, not %d arguments", strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" "), what, len(args))
	}
}

// execute runs the command line. fang, whose help has colours, asks the terminal for
// its background first and waits for the answer; where nothing is to be coloured,
// cobra does without.
func (a *app) execute(ctx context.Context, root *cobra.Command) error {
	if term := os.Getenv("TERM"); os.Getenv("NO_COLOR") != "" || term == "" || term == "dumb" {
		root.SilenceUsage, root.SilenceErrors = true, true
		root.Version = a.build.version()
		return root.ExecuteContext(ctx)
	}
	return fang.Execute(ctx, root,
		fang.WithVersion(a.build.version()),
		fang.WithoutManpage(),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
}

// errInterrupted says that a signal ended the verb before it had begun.
var errInterrupted = errors.New("interrupted; nothing was changed")

// verb makes a cobra RunE of a verb, keeping its error away from cobra.
func (a *app) verb(run func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if a.err != nil { // of the config file
			return nil
		}
		a.err = a.recovered(func() error { return run(cmd.Context(), args) })
		return nil
	}
}

func (b Build) version() string {
	v := b.Version
	if v == "" {
		v = "development build"
	}
	if b.Commit != "" {
		v += " " + b.Commit
	}
	if b.Date != "" {
		v += " built " + b.Date
	}
	return v
}
