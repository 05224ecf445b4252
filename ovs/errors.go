package ovs

import "fmt"

// GoneError says that a row which a change needs is not, or no longer, there.
type GoneError struct {
	Kind, Name string
	// Committed reports that the rest of the transaction did take effect.
	Committed bool
}

func (e *GoneError) Error() string {
	what := e.Name
	if e.Kind != "" {
		what = e.Kind + " " + e.Name
	}
	return what + " is gone or was replaced; nothing of it was changed"
}

// RefusedError says why a change is not made: a guard rail.
type RefusedError struct {
	Reason string
}

func (e *RefusedError) Error() string { return "refused: " + e.Reason }

// TransactionError is the OVSDB server's refusal; nothing was changed.
type TransactionError struct {
	What, Code, Details string
}

func (e *TransactionError) Error() string {
	msg := "OVSDB refused the transaction"
	if e.What != "" {
		msg += " at " + e.What
	}
	msg += ": " + e.Code
	if e.Details != "" {
		msg += " (" + e.Details + ")"
	}
	return msg
}

// ConnectError says that the OVSDB server could not be reached.
type ConnectError struct {
	Endpoint string
	Err      error
}

func (e *ConnectError) Error() string {
	return fmt.Sprintf("connecting to OVSDB at %s: %v", e.Endpoint, e.Err)
}

func (e *ConnectError) Unwrap() error { return e.Err }

// NotAppliedError says that the change is, or may be, in the database but that it
// does not work: ovs-vswitchd did not take it up, a port that it needs did not
// come, or OVSDB stopped answering while it had the change.
type NotAppliedError struct {
	Reason string
	// RolledBack reports that the change has been taken out of the database again.
	RolledBack bool
	// Err is the cause, where there is one: the caller's own ctx, for instance.
	Err error
}

func (e *NotAppliedError) Unwrap() error { return e.Err }

func (e *NotAppliedError) Error() string {
	if e.RolledBack {
		return e.Reason + "; the change was taken back"
	}
	return e.Reason
}

// InvalidError says what Open vSwitch would not take; nothing was tried.
type InvalidError struct {
	Reason string
}

func (e *InvalidError) Error() string { return e.Reason }

func invalid(format string, args ...any) error {
	return &InvalidError{Reason: fmt.Sprintf(format, args...)}
}

// ChangedError says that somebody else has changed, meanwhile, what a change would
// have overwritten; nothing was changed.
type ChangedError struct {
	What string // "the output of mirror m0"
	How  string // "tap9 → was added"; empty where that is not known
}

func (e *ChangedError) Error() string {
	if e.How != "" {
		return fmt.Sprintf("somebody else has changed %s meanwhile: %s; nothing was changed", e.What, e.How)
	}
	return e.What + " was changed by somebody else meanwhile; nothing was changed, look again"
}

func refused(format string, args ...any) error {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}
