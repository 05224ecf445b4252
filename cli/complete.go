package cli

import (
	"context"
	"slices"
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

func (a *app) completeBridges(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.names(bridgeNames), cobra.ShellCompDirectiveNoFileComp
}

// completeName completes a flag that takes one name.
func (a *app) completeName(of func(*ovs.Snapshot) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return a.names(of), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeNames completes the last of several names separated by commas, but with
// none that is there already.
func (a *app) completeNames(of func(*ovs.Snapshot) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var names []string
		for _, n := range a.names(of) {
			if !slices.Contains(strings.Split(before, ","), n) {
				names = append(names, before+n)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

func (a *app) completeMirrors(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.names(mirrorNames), cobra.ShellCompDirectiveNoFileComp
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

// mirrorNames are the names of mirrors, or the UUID where several have the same (F9).
func mirrorNames(s *ovs.Snapshot) []string {
	times := map[string]int{}
	for _, m := range s.Mirrors() {
		times[m.Name]++
	}
	var names []string
	for _, m := range s.Mirrors() {
		if times[m.Name] == 1 && m.Name != "" {
			names = append(names, m.Name)
			continue
		}
		names = append(names, string(m.UUID))
	}
	return names
}
