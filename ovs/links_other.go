//go:build !linux

package ovs

import (
	"context"
	"fmt"
	"runtime"
)

type hostLinks struct{}

func (hostLinks) Prepare(_ context.Context, name string, _ int) error {
	return fmt.Errorf("bringing up %s: not possible on %s; run ovscope on the hypervisor", name, runtime.GOOS)
}
