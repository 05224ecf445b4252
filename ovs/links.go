package ovs

import "context"

// Links brings up the Linux side of ports that we create.
type Links interface {
	// Prepare waits for the interface, switches IPv6 off on it (F24) and sets it
	// up. mtu is in bytes; 0 leaves it.
	Prepare(ctx context.Context, name string, mtu int) error
}
