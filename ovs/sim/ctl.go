package sim

import (
	"fmt"

	"ovscope/ovs/sim/jsonrpc"
)

// control answers on the daemon's control socket as ovs-appctl(8) expects.
type control struct{ s *Switch }

// Call runs one command.
func (c control) Call(r *jsonrpc.Request) {
	switch r.Method {
	case "revalidator/purge":
		// The simulation has no flow cache: a changed mirror takes effect at once
		// as on releases without F1, and there is nothing to purge.
		c.s.purges.Add(1)
		r.Reply("")
	case "version":
		r.Reply("ovs-vswitchd (Open vSwitch) " + ovsVersion)
	case "list-commands":
		r.Reply("The available commands are:\n  list-commands           \n" +
			"  revalidator/purge       \n  version                 \n")
	default:
		r.Fail(fmt.Sprintf("%q is not a valid command (use \"list-commands\" to see a list of valid commands)\n", r.Method))
	}
}

// Gone has nothing to forget.
func (control) Gone(*jsonrpc.Conn) {}
