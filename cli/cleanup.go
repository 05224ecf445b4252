package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
purpose (unless --kept), and everything that is not ovscope's stay as they are, and
so does a port that somebody's mirror has for its output by now. Flooding (flood_vlans)
goes as well if the mirror that it was asked for is gone.`),
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
		c := cleaner{app: a, client: s.client, dryRun: f.dryRun}
		var inUse []*ovs.Lease
		for _, lease := range s.client.Snapshot().Leases() {
			switch verdict := f.judge(lease); {
			case verdict == leave:
			case verdict == cannotTell:
				if plan := c.plan(lease.ID); plan != nil {
					c.leaveAlone(describe(lease), "made on another machine or in another container, so it may still be in use; if not:", plan)
				}
			case !c.remove(ctx, lease.ID, describe(lease), false):
				inUse = append(inUse, lease)
			}
		}
		// What used them may have been removed meanwhile.
		for _, lease := range inUse {
			c.remove(ctx, lease.ID, describe(lease), true)
		}
		for _, f := range s.client.Snapshot().OrphanedFlooding() {
			what := fmt.Sprintf("the flooding of VLAN %d on %s (its mirror is gone)", f.VLAN, strings.Join(f.Bridges, ", "))
			c.remove(ctx, f.ID, what, true)
		}
		if !c.said && len(c.errs) == 0 {
			a.printf("nothing to clean up\n")
		}
		return errors.Join(c.errs...)
	})
}

// cleaner removes what is left of runs that ended, and says so.
type cleaner struct {
	*app
	client *ovs.Client
	dryRun bool
	said   bool
	errs   []error
}

// plan is how a lease goes, nil if that cannot be.
func (c *cleaner) plan(lease string) *ovs.Plan {
	plan, err := ovs.NewPlan(c.client.Snapshot(), ovs.ReleaseLease{Lease: lease})
	if err != nil {
		c.errs = append(c.errs, err)
		return nil
	}
	return plan
}

// remove removes what a lease made, or would. What somebody else has found a use
// for it leaves alone, without a word unless it is the last attempt, and returns false.
func (c *cleaner) remove(ctx context.Context, lease, what string, last bool) bool {
	plan := c.plan(lease)
	if plan == nil {
		return true
	}
	if i := slices.IndexFunc(plan.Hazards, func(h ovs.Hazard) bool { return h.Severity >= ovs.Confirm }); i >= 0 {
		if last {
			c.leaveAlone(what, plan.Hazards[i].Text+"; if that is meant:", plan)
		}
		return false
	}
	c.said = true
	if c.dryRun {
		c.printf("would remove %s\n", what)
		c.printCommands(plan)
		return true
	}
	_, err := c.client.Insist(ctx, func(s *ovs.Snapshot) (*ovs.Plan, error) {
		plan, err := ovs.NewPlan(s, ovs.ReleaseLease{Lease: lease})
		if err == nil && plan.NeedsConfirmation() {
			return nil, &ovs.RefusedError{Reason: "somebody has found a use for it"}
		}
		return plan, err
	})
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("removing %s: %w", what, err))
		return true
	}
	c.printf("removed %s\n", what)
	return true
}

func (c *cleaner) leaveAlone(what, why string, plan *ovs.Plan) {
	c.said = true
	c.printf("left alone %s: %s\n", what, why)
	c.printCommands(plan)
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
