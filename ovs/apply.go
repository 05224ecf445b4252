package ovs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// Result is what became of a plan that was applied.
type Result struct {
	// Took is the time until everything below was true.
	Took time.Duration
	// Purged reports that running flows were made to follow (F1).
	Purged bool
	// Warning is a sentence about what did not go as it should without making the
	// change useless; empty when all is well.
	Warning string
}

const (
	// takeUpTimeout is how long vswitchd may take to act on a change.
	takeUpTimeout = 5 * time.Second
	// linkTimeout is how long a new port's interface may take to appear after that.
	linkTimeout = 2 * time.Second
)

// Apply carries a plan out: one transaction; then it waits until vswitchd has
// taken the change up (F2), brings new ports up, and makes running flows follow
// (F1). If a port that the plan creates does not come to life, the plan is taken
// back.
//
// Errors: *GoneError, *TransactionError and *ConnectError (nothing was changed),
// *NotAppliedError (the change may be in the database, but has no effect, and was
// taken back if it says so), and ctx's own when it ended first.
func (c *Client) Apply(ctx context.Context, p *Plan) (Result, error) {
	start := c.cfg.Now()
	if p.Empty() {
		return Result{}, nil
	}
	c.applied.Store(true)
	c.noteLease(p)
	result, err := c.carryOut(ctx, p)
	result.Took = c.cfg.Now().Sub(start)
	c.record(p, result, err)
	return result, err
}

func (c *Client) carryOut(ctx context.Context, p *Plan) (result Result, err error) {
	if len(p.tx.steps) > 0 {
		nextCfg, err := c.transact(ctx, p)
		var unknown *NotAppliedError
		if errors.As(err, &unknown) {
			return result, c.fail(ctx, p, err)
		}
		if err != nil {
			return result, err
		}
		if err := c.awaitTakeUp(ctx, nextCfg); err != nil {
			return result, c.fail(ctx, p, err)
		}
	}
	for _, l := range p.links {
		if err := c.bringUp(ctx, l); err != nil {
			return result, c.fail(ctx, p, err)
		}
	}
	c.edits.Note(p)
	if p.purges(c.Snapshot().OVSVersion) {
		if err := purgeFlows(ctx, c.runDir()); err != nil {
			result.Warning = fmt.Sprintf("%v; flows that were running may follow only seconds later", err)
		} else {
			result.Purged = true
		}
	}
	return result, nil
}

// PurgeCommand is what does the same as Client.Purge.
const PurgeCommand = "ovs-appctl revalidator/purge"

// Purge makes running flows follow the mirrors as they are now, for copies that go
// on though they should not (F1). Apply does it by itself where that is known to
// be needed.
func (c *Client) Purge(ctx context.Context) (Result, error) {
	start := c.cfg.Now()
	err := purgeFlows(ctx, c.runDir())
	result := Result{Purged: err == nil, Took: c.cfg.Now().Sub(start)}
	c.record(&Plan{Title: "purge flows, because copies still arrive", Commands: []string{PurgeCommand}}, result, err)
	return result, err
}

// record writes a change into the log file: what would do the same, and how it went.
func (c *Client) record(p *Plan, result Result, err error) {
	level, outcome := slog.LevelInfo, "ok"
	switch {
	case err != nil:
		level, outcome = slog.LevelError, "failed: "+err.Error()
	case result.Warning != "":
		level, outcome = slog.LevelWarn, "ok, but: "+result.Warning
	case result.Purged:
		outcome = "ok, flows purged"
	}
	for _, command := range p.Commands {
		c.cfg.Logger.Log(context.Background(), level, "change", "plan", p.Title, "command", command, "result", outcome, "took", result.Took)
	}
}

func (c *Client) transact(ctx context.Context, p *Plan) (nextCfg int, err error) {
	c.mu.Lock()
	s := c.session
	c.mu.Unlock()
	if s == nil {
		return 0, &ConnectError{Endpoint: c.cfg.Endpoint, Err: errors.New("not connected; nothing was changed")}
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	results, err := s.transact(ctx, p.tx.operations(c.cfg.User)...)
	if err != nil {
		return 0, &NotAppliedError{Reason: fmt.Sprintf("OVSDB did not say what became of the change: %s", clean(err.Error())), Err: cmp.Or(ctx.Err(), err)}
	}
	return p.tx.check(results)
}

// awaitTakeUp waits for cur_cfg to reach next_cfg (F2). cur_cfg may be larger:
// somebody else's change came after ours.
func (c *Client) awaitTakeUp(ctx context.Context, nextCfg int) error {
	wait, cancel := context.WithTimeout(ctx, takeUpTimeout)
	defer cancel()
	s := c.Snapshot()
	for s.Stale() || s.CurCfg < nextCfg {
		var err error
		if s, err = c.Next(wait, s.Generation); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("waiting for ovs-vswitchd: %w", ctx.Err())
			}
			return &NotAppliedError{Reason: fmt.Sprintf("the change is in the database, but ovs-vswitchd did not take it up within %v; is it running?", takeUpTimeout)}
		}
	}
	return nil
}

func (c *Client) bringUp(ctx context.Context, l link) error {
	// What has the name of a port that could not be made is somebody else's, an
	// uplink for instance: never touch it.
	if port := c.Snapshot().PortByName(l.name); port == nil || port.Error() != "" {
		return notMade(l, port)
	}
	wait, cancel := context.WithTimeout(ctx, linkTimeout)
	defer cancel()
	err := c.cfg.Links.Prepare(wait, l.name, l.mtu)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("waiting for port %s: %w", l.name, ctx.Err())
	}
	if port := c.Snapshot().PortByName(l.name); port == nil || port.Error() != "" {
		return notMade(l, port)
	}
	reason := err.Error()
	if errors.Is(err, os.ErrNotExist) {
		reason = fmt.Sprintf("ovs-vswitchd made port %s, but not in this network namespace; it probably runs in a container: enter it with nsenter --net --target PID-OF-OVS-VSWITCHD ovscope", l.name)
	}
	return &NotAppliedError{Reason: reason}
}

// notMade says why a new port does not work; nil is one that is not there any more.
func notMade(l link, port *Port) error {
	if port == nil {
		return &NotAppliedError{Reason: fmt.Sprintf("somebody removed port %s at once", l.name)}
	}
	return &NotAppliedError{Reason: fmt.Sprintf("ovs-vswitchd could not make port %s: %s", l.name, port.Error())}
}

// fail takes the plan back where it can, so that half a change is never left.
func (c *Client) fail(ctx context.Context, p *Plan, cause error) error {
	if p.takeBack != nil {
		// The caller may have given up; the rollback has its own time.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		err := c.rollBack(ctx, p.takeBack)
		if err != nil {
			c.edits.Note(p) // to be tried again at the end
		}
		var notApplied *NotAppliedError
		if errors.As(cause, &notApplied) {
			notApplied.RolledBack = err == nil
		}
	}
	return cause
}

// rollBack makes the change that takes a plan back, if there is anything to take
// back. It does not wait for vswitchd, which may be what was wrong.
func (c *Client) rollBack(ctx context.Context, change Change) error {
	if err := c.sync(ctx); err != nil {
		return err
	}
	plan, err := NewPlan(c.Snapshot(), change)
	var gone *GoneError
	if errors.As(err, &gone) || err == nil && plan.Empty() {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = c.transact(ctx, plan)
	c.record(plan, Result{}, err)
	return err
}

// ReleaseAll removes every lease of this run that was not kept, and takes back its
// changes to other mirrors unless LeaveEdits was called. It is what makes quitting
// leave nothing behind, so it goes on after an error and reports all. A
// run that never applied anything has nothing to release and does not wait for a
// server that is away.
func (c *Client) ReleaseAll(ctx context.Context) error {
	if !c.applied.Load() {
		return nil
	}
	if err := c.sync(ctx); err != nil {
		return err
	}
	var errs []error
	for _, change := range c.Edits() {
		if err := c.settle(ctx, change.Possible(c.Snapshot())); err != nil {
			errs = append(errs, fmt.Errorf("taking back the changes to mirror %s: %w", change.Mirror.Short(), err))
		}
	}
	for _, lease := range c.Snapshot().LeasesOf(ThisRun) {
		if err := c.settle(ctx, ReleaseLease{Lease: lease.ID}); err != nil {
			errs = append(errs, fmt.Errorf("removing %s: %w", LeaseName(lease.ID), err))
		}
	}
	for _, f := range c.Snapshot().OrphanedFlooding() { // of a mirror that somebody has removed
		if !c.leased(f.ID) {
			continue
		}
		if err := c.settle(ctx, ReleaseLease{Lease: f.ID}); err != nil {
			errs = append(errs, fmt.Errorf("ending the flooding of VLAN %d: %w", f.VLAN, err))
		}
	}
	return errors.Join(errs...)
}

// noteLease remembers a lease of this run: what it noted on bridges tells no owner.
func (c *Client) noteLease(p *Plan) {
	if made, ok := p.Change.(CreateMirror); ok && made.Owner == c.cfg.Self {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.leases == nil {
			c.leases = map[string]bool{}
		}
		c.leases[made.Lease] = true
	}
}

// leased reports whether this run has made, or tried to make, a lease.
func (c *Client) leased(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leases[id]
}

// settle makes a change at the end of a run. What is gone is as good as done; and
// when only vswitchd does not answer, the database is right all the same, which is
// the first thing that vswitchd will see.
func (c *Client) settle(ctx context.Context, change Change) error {
	_, err := c.Insist(ctx, func(s *Snapshot) (*Plan, error) {
		plan, err := NewPlan(s, change)
		if err == nil {
			plan.takeBack = nil
		}
		return plan, err
	})
	var gone *GoneError
	var notApplied *NotAppliedError
	if errors.As(err, &gone) || errors.As(err, &notApplied) {
		c.cfg.Logger.Warn("settled in part", "error", err)
		return nil
	}
	return err
}

// insistence bounds how often Insist plans anew.
const insistence = 10

// Insist applies what plan makes of the newest snapshot, and of the next one when
// somebody else was faster (*ChangedError): for those who need not look at what he
// has done. A nil plan is nothing to do.
func (c *Client) Insist(ctx context.Context, plan func(*Snapshot) (*Plan, error)) (Result, error) {
	for try := 1; ; try++ {
		s := c.Snapshot()
		p, err := plan(s)
		if err != nil || p == nil {
			return Result{}, err
		}
		result, err := c.Apply(ctx, p)
		var changed *ChangedError
		if !errors.As(err, &changed) || try == insistence {
			return result, err
		}
		if err := c.sync(ctx); err != nil {
			return result, err
		}
	}
}

// Latest is a snapshot that holds everything that anybody has changed before the call.
func (c *Client) Latest(ctx context.Context) (*Snapshot, error) {
	if err := c.sync(ctx); err != nil {
		return nil, err
	}
	return c.Snapshot(), nil
}

// sync returns once the snapshot holds everything that was sent before, a create
// whose caller stopped waiting for it included. While the connection is lost it
// waits for the next one.
func (c *Client) sync(ctx context.Context) error {
	for {
		before := c.Snapshot()
		c.mu.Lock()
		s := c.session
		c.mu.Unlock()
		if s != nil && s.echo(ctx) == nil {
			s.touch()
		}
		after := before
		for after.revision == before.revision { // a look at the counters is not enough
			var err error
			if after, err = c.Next(ctx, after.Generation); err != nil {
				return &ConnectError{Endpoint: c.cfg.Endpoint, Err: fmt.Errorf("no answer: %w", err)}
			}
		}
		if !after.Stale() && s != nil {
			return nil
		}
	}
}

func (c *Client) runDir() string {
	if c.cfg.RunDir != "" {
		return c.cfg.RunDir
	}
	dir := controlDir(c.cfg.Endpoint)
	if _, err := controlSocket(dir); err != nil && os.Getenv("OVS_RUNDIR") != "" {
		return RunDir() // the database's socket may lie elsewhere
	}
	return dir
}
