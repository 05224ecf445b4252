package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

type cleanupFlags struct {
	dryRun, kept bool
}

func (a *app) cleanupCommand() *cobra.Command {
	var f cleanupFlags
	cmd := &cobra.Command{
		Use:   "cleanup",
		Short: "Remove what dead runs of ovscope left behind",
		Long: paragraphs(`Removes the mirrors and ports of runs of ovscope that ended without removing them
(a kill -9, a power cut). Runs that are still alive, mirrors that were kept on
purpose (unless --kept), and everything that is not ovscope's stay as they are.`),
		Args: cobra.NoArgs,
		RunE: a.verb(func(ctx context.Context, _ []string) error { return a.cleanup(ctx, f) }),
	}
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would be removed, as ovs-vsctl commands")
	cmd.Flags().BoolVar(&f.kept, "kept", false, "also remove what was made with ovscope and kept on purpose")
	return cmd
}

func (a *app) cleanup(ctx context.Context, f cleanupFlags) error {
	if a.flags.readOnly && !f.dryRun {
		return usagef("cleanup removes mirrors, which --read-only forbids; --dry-run shows them")
	}
	return a.withSwitch(ctx, func(s *attached) error {
		var errs []error
		said := false
		for _, lease := range s.client.Snapshot().Leases() {
			verdict := f.judge(lease)
			if verdict == leave {
				continue
			}
			plan, err := ovs.NewPlan(s.client.Snapshot(), ovs.ReleaseLease{Lease: lease.ID})
			if err != nil {
				errs = append(errs, err)
				continue
			}
			said = true
			switch {
			case verdict == cannotTell:
				a.printf("left alone %s: made on another machine or in another container, so it may still be in use; if not:\n", describe(lease))
				a.printCommands(plan)
				continue
			case f.dryRun:
				a.printf("would remove %s\n", describe(lease))
				a.printCommands(plan)
				continue
			}
			if _, err := s.client.Apply(ctx, plan); err != nil {
				errs = append(errs, fmt.Errorf("removing %s: %w", describe(lease), err))
				continue
			}
			a.printf("removed %s\n", describe(lease))
		}
		if !said && len(errs) == 0 {
			a.printf("nothing to clean up\n")
		}
		return errors.Join(errs...)
	})
}

// verdict is what cleanup does with a lease.
type verdict int

const (
	leave verdict = iota
	remove
	cannotTell
)

func (f cleanupFlags) judge(l *ovs.Lease) verdict {
	switch {
	case l.Owner.Kind == ovs.Kept && f.kept:
		return remove
	case l.Owner.Kind != ovs.OtherRun || l.Owner.Life == ovs.Alive:
		return leave
	case l.Owner.Life == ovs.Dead:
		return remove
	}
	return cannotTell
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
	made := fmt.Sprintf("ovscope, process %d", l.Owner.Process.PID)
	if l.Owner.Kind == ovs.Kept {
		made = "kept"
	}
	return fmt.Sprintf("%s (%s)", strings.Join(parts, " and "), made)
}

func (a *app) printCommands(p *ovs.Plan) {
	for _, command := range p.Commands {
		a.printf("  %s\n", command)
	}
}

func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.stdout, format, args...)
}
