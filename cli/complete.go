package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

// completeTimeout bounds how long a shell waits for the names of real ports.
const completeTimeout = 2 * time.Second

// names asks the switch for names; none when it cannot be reached, for a shell
// cannot show an error.
func (a *app) names(of func(*ovs.Snapshot) []string) []string {
	ctx, cancel := context.WithTimeout(context.Background(), completeTimeout)
	defer cancel()
	var names []string
	_ = a.withSwitch(ctx, func(s *attached) error {
		names = of(s.client.Snapshot())
		return nil
	})
	return names
}

// completePorts completes the last of several ports separated by commas.
func (a *app) completePorts(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	ports := a.names(portNames)
	for i, p := range ports {
		ports[i] = before + p
	}
	return ports, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func (a *app) completeBridges(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.names(bridgeNames), cobra.ShellCompDirectiveNoFileComp
}

func portNames(s *ovs.Snapshot) []string {
	var names []string
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			names = append(names, p.Name)
		}
	}
	return names
}

func bridgeNames(s *ovs.Snapshot) []string {
	names := make([]string, len(s.Bridges))
	for i, b := range s.Bridges {
		names[i] = b.Name
	}
	return names
}
