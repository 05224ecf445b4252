//go:build !linux

package capture

import (
	"context"
	"fmt"

	"ovscope/live"
)

// Handle is a capture; on this system there are none.
type Handle struct{}

// Open fails with ErrUnsupported.
func Open(c Config) (*Handle, error) {
	return nil, fmt.Errorf("capturing on %s: %w", c.Interface, ErrUnsupported)
}

// Run fails with ErrUnsupported.
func (h *Handle) Run(context.Context, *live.Store) error { return ErrUnsupported }

// Drops returns zeros.
func (h *Handle) Drops() (packets, freezes uint64) { return 0, 0 }

// State returns the zero State.
func (h *Handle) State() State { return State{} }

// Close does nothing.
func (h *Handle) Close() error { return nil }
