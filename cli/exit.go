package cli

import (
	"errors"
	"fmt"
	"strings"

	"ovscope/config"
	"ovscope/live/capture"
	"ovscope/ovs"
)

// Exit codes, for scripts.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3 // by a guard rail
	exitUnreachable = 4 // OVSDB
)

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

func exitCode(err error) int {
	var usage *usageError
	var refused *ovs.RefusedError
	var connect *ovs.ConnectError
	var file *configError
	var mistakes *config.Error
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.As(err, &file), errors.As(err, &mistakes):
		return exitUsage
	case errors.As(err, &refused):
		return exitRefused
	case errors.As(err, &connect):
		return exitUnreachable
	}
	return exitFailed
}

// message is the error of a verb with what to do next, on as many lines as there are
// errors. command is what the verb is called.
func message(err error, command string) string {
	text := err.Error()
	var usage *usageError
	switch {
	case errors.As(err, &usage) && !strings.Contains(text, "\n"):
		text += "; see " + command + " --help"
	case errors.Is(err, capture.ErrPermission) && !strings.Contains(text, "CAP_NET_RAW"):
		text += "; capturing needs root or CAP_NET_RAW"
	}
	// pflag passes on what the standard library says about numbers.
	if before, after, found := strings.Cut(text, "strconv.Parse"); found {
		_, after, _ = strings.Cut(after, ": ")
		text = before + after
	}
	return strings.ReplaceAll(text, "\n", "\n         ")
}
