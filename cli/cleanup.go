package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

func (a *app) cleanupCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "cleanup",
		Short: "Remove what dead runs of ovscope left behind",
		Long: `Removes the mirrors and ports of runs of ovscope that ended without removing them
(a kill -9, a power cut). Runs that are still alive, mirrors that were kept on
purpose, and everything that is not ovscope's stay as they are.`,
		Args: cobra.NoArgs,
		RunE: a.verb(func(ctx context.Context, _ []string) error { return a.cleanup(ctx, dryRun) }),
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be removed, as ovs-vsctl commands")
	return cmd
}

func (a *app) cleanup(ctx context.Context, dryRun bool) error {
	if a.flags.readOnly && !dryRun {
		return usagef("cleanup removes mirrors, which --read-only forbids; --dry-run shows them")
	}
	return a.withSwitch(ctx, func(s *attached) error {
		var errs []error
		removed, unknown := 0, 0
		for _, lease := range s.client.Snapshot().LeasesOf(ovs.OtherRun) {
			snapshot := s.client.Snapshot()
			plan, err := ovs.NewPlan(snapshot, ovs.ReleaseLease{Lease: lease.ID})
			if err != nil {
				errs = append(errs, err)
				continue
			}
			switch lease.Owner.Process.Life(s.client.Self(), snapshot.Local()) {
			case ovs.Alive:
				continue
			case ovs.Unknown:
				unknown++
				a.printf("left alone %s: made on another machine or in another container, so it may still be in use; if not:\n", describe(lease))
				a.printCommands(plan)
				continue
			case ovs.Dead:
			}
			if dryRun {
				a.printf("would remove %s\n", describe(lease))
				a.printCommands(plan)
				removed++
				continue
			}
			if _, err := s.client.Apply(ctx, plan); err != nil {
				errs = append(errs, fmt.Errorf("removing %s: %w", describe(lease), err))
				continue
			}
			removed++
			a.printf("removed %s\n", describe(lease))
		}
		if removed+unknown == 0 && len(errs) == 0 {
			a.printf("nothing to clean up\n")
		}
		return errors.Join(errs...)
	})
}

// describe names the mirrors and ports of a lease.
func describe(l *ovs.Lease) string {
	var parts []string
	for _, m := range l.Mirrors {
		parts = append(parts, "mirror "+m.Name)
	}
	for _, p := range l.Ports {
		parts = append(parts, "port "+p.Name)
	}
	return fmt.Sprintf("%s (ovscope, process %d)", strings.Join(parts, " and "), l.Owner.Process.PID)
}

func (a *app) printCommands(p *ovs.Plan) {
	for _, command := range p.Commands {
		a.printf("  %s\n", command)
	}
}

func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.stdout, format, args...)
}
