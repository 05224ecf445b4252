package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

// mirrorFlags are what all verbs below mirror take.
type mirrorFlags struct {
	dryRun, force, json bool
}

func (a *app) mirrorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mirror",
		Short: "Make, change and remove mirrors that stay",
		Long: paragraphs(`Makes, changes and removes mirrors of every kind, for scripts. Unlike those of the
terminal UI and of dump they stay when the command ends, and count as kept: mirror rm
and cleanup --kept remove them, with the output port and the flooding made for them.

What would hurt somebody is refused with exit code 3 and the reason, unless --force
says otherwise; OVN's mirrors are never changed. What is already as asked is a success
that says "unchanged". --dry-run changes nothing and prints the ovs-vsctl commands that
would do the same, and as comments what to know before.`),
		Args: cobra.NoArgs,
		RunE: a.verb(func(context.Context, []string) error {
			return usagef("mirror wants add, set, rm or clear")
		}),
	}
	cmd.AddCommand(a.mirrorAddCommand(), a.mirrorSetCommand(), a.mirrorRmCommand(), a.mirrorClearCommand())
	return cmd
}

func (f *mirrorFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "change nothing; print what would be done as ovs-vsctl commands")
	cmd.Flags().BoolVar(&f.force, "force", false, "do it even if it hurts somebody")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object")
}

func (a *app) mirrorAddCommand() *cobra.Command {
	var f mirrorFlags
	var spec specFlags
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a mirror",
		Long: paragraphs(`Makes a mirror and, with --new-port, --gre or --erspan, its output port with it.
Sources are ports of one bridge, or with --all the bridge itself; → is what a guest
sends, ← what it receives. VLANs and a filter narrow that.`),
		Example: `# both directions of two guests, to an internal port made for it
sudo ovscope mirror add span0 -i tap1,tap2 --new-port span0

# what one guest sends, to a guest that analyzes it
sudo ovscope mirror add ids --egress tap1 --output tap-ids --force

# RSPAN: into VLAN 111, which br0 and br1 flood from then on
sudo ovscope mirror add rspan -i tap1 --output-vlan 111 --flood br0,br1

# where VLAN 111 arrives on br1: everything in it, to a port
sudo ovscope mirror add rspan-out --bridge br1 --all --vlan 111 --new-port mon0

# ERSPAN type II with session 7 to an analyzer elsewhere
sudo ovscope mirror add far -i tap1 --erspan 192.0.2.9 --key 7 --index 26`,
		Args:              oneArgument("NAME"),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.RunE = a.verb(func(ctx context.Context, args []string) error {
		spec.read(cmd)
		return a.mirrorAdd(ctx, args[0], f, &spec)
	})
	f.register(cmd)
	spec.register(a, cmd)
	cmd.Flags().StringVar(&spec.bridge, "bridge", "", "the mirror's bridge; not needed with ports as sources")
	_ = cmd.RegisterFlagCompletionFunc("bridge", a.completeName(bridgeNames))
	return cmd
}

func (a *app) mirrorSetCommand() *cobra.Command {
	var f mirrorFlags
	var spec specFlags
	cmd := &cobra.Command{
		Use:   "set NAME|UUID",
		Short: "Change a mirror",
		Long: paragraphs(`Changes what the flags name and leaves the rest. Sources are added with -i, --egress
and --ingress and taken away with --no-port, --no-egress and --no-ingress. An empty
--vlan or --filter and a --snaplen of 0 take these away. A port to copy no longer need
not be there. If the output was a port that
ovscope had made for the mirror, it goes when the output changes.`),
		Example: `# one source more, another one less
sudo ovscope mirror set span0 -i tap3 --no-port tap1

# only 128 bytes of each packet in VLAN 10
sudo ovscope mirror set span0 --vlan 10 --snaplen 128`,
		Args:              oneArgument("NAME or UUID"),
		ValidArgsFunction: a.completeMirrors,
	}
	cmd.RunE = a.verb(func(ctx context.Context, args []string) error {
		spec.read(cmd)
		return a.mirrorSet(ctx, args[0], f, &spec)
	})
	f.register(cmd)
	spec.register(a, cmd)
	cmd.Flags().StringVar(&spec.name, "name", "", "another name")
	for name, list := range map[string]*string{"no-port": &spec.noPorts, "no-egress": &spec.noEgress, "no-ingress": &spec.noIngress} {
		what := map[string]string{"no-port": "either direction", "no-egress": "what they send (→)", "no-ingress": "what they receive (←)"}[name]
		cmd.Flags().StringVar(list, name, "", "ports to copy no longer, separated by commas: "+what)
		_ = cmd.RegisterFlagCompletionFunc(name, a.completeNames(portNames))
	}
	return cmd
}

func (a *app) mirrorRmCommand() *cobra.Command {
	var f mirrorFlags
	cmd := &cobra.Command{
		Use:   "rm NAME|UUID",
		Short: "Remove a mirror",
		Long: paragraphs(`Removes one mirror, and what ovscope made with it: its output port, and the flooding
of its VLAN where nobody else has asked for that.`),
		Args:              oneArgument("NAME or UUID"),
		ValidArgsFunction: a.completeMirrors,
		RunE: a.verb(func(ctx context.Context, args []string) error {
			return a.change(ctx, f, func(s *ovs.Snapshot) (ovs.Change, error) {
				m, err := findMirror(s, args[0])
				if m == nil {
					return nil, err // nil, nil: it is gone already
				}
				return ovs.DetachMirror{Mirror: m.UUID}, nil
			})
		}),
	}
	f.register(cmd)
	return cmd
}

func (a *app) mirrorClearCommand() *cobra.Command {
	var f mirrorFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "clear BRIDGE",
		Short: "Remove the mirrors of a bridge",
		Long: paragraphs(`Removes the mirrors of a bridge that were made with ovscope and kept. With --all and
--force it removes other people's as well; never OVN's.`),
		Args:              oneArgument("BRIDGE"),
		ValidArgsFunction: a.completeBridges,
		RunE: a.verb(func(ctx context.Context, args []string) error {
			return a.change(ctx, f, func(s *ovs.Snapshot) (ovs.Change, error) {
				b := s.BridgeByName(args[0])
				switch {
				case b == nil:
					return nil, unknownBridge(s, args[0])
				case all:
					return ovs.ClearMirrors{Bridge: b.UUID}, nil
				}
				return ovs.DetachOurs{Bridge: b.UUID}, nil
			})
		}),
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "all mirrors, other people's too; needs --force")
	return cmd
}

func (a *app) mirrorAdd(ctx context.Context, name string, f mirrorFlags, spec *specFlags) error {
	return a.change(ctx, f, func(s *ovs.Snapshot) (ovs.Change, error) {
		return spec.create(s, name)
	})
}

func (a *app) mirrorSet(ctx context.Context, name string, f mirrorFlags, spec *specFlags) error {
	return a.change(ctx, f, func(s *ovs.Snapshot) (ovs.Change, error) {
		m, err := findMirror(s, name)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, unknownMirror(s, name)
		}
		change, err := spec.edit(s, m)
		for _, name := range spec.missing {
			_, _ = fmt.Fprintf(a.stderr, "ovscope: %v; so nothing copies it\n", unknownPort(s, name))
		}
		return change, err
	})
}

// outcome is the JSON of a change.
type outcome struct {
	// Result is "done", "unchanged", "dry run" or "refused".
	Result   string        `json:"result"`
	Title    string        `json:"title,omitempty"`
	Commands []string      `json:"commands"`
	Hazards  []hazardLine  `json:"hazards"`
	Warning  string        `json:"warning,omitempty"`
	Mirrors  []mirrorState `json:"mirrors,omitempty"`
}

type hazardLine struct {
	Text  string `json:"text"`
	Force bool   `json:"needs_force"`
}

// mirrorState is a mirror of the plan after it was applied.
type mirrorState struct {
	UUID ovs.UUID `json:"uuid"`
	Name string   `json:"name"`
}

// change plans and applies what of makes of the snapshot; nil is nothing to do.
func (a *app) change(ctx context.Context, f mirrorFlags, of func(*ovs.Snapshot) (ovs.Change, error)) error {
	if a.flags.readOnly && !f.dryRun {
		return usagef("mirror changes mirrors, which --read-only forbids; --dry-run shows what it would do")
	}
	return a.withSwitch(ctx, func(s *attached) error {
		var out outcome
		var change ovs.Change
		var refused error
		result, err := s.client.Insist(ctx, func(snapshot *ovs.Snapshot) (_ *ovs.Plan, err error) {
			out = outcome{}
			if change, err = of(snapshot); err == nil && change != nil {
				var facts *ovs.Facts
				if facts, err = s.client.Facts(ctx); err != nil {
					return nil, fmt.Errorf("looking who would be hurt: %w", err)
				}
				// That took a while, and somebody else may have been faster.
				if snapshot, err = s.client.Latest(ctx); err != nil {
					return nil, err
				}
				snapshot = snapshot.With(facts)
				change, err = of(snapshot)
			}
			if err != nil {
				return nil, err
			}
			if change == nil {
				out.Result = "unchanged"
				return nil, nil
			}
			plan, err := ovs.NewPlan(snapshot, change)
			var invalid *ovs.InvalidError
			if errors.As(err, &invalid) {
				return nil, &usageError{err}
			}
			if err != nil {
				return nil, err
			}
			out, refused = f.judge(plan)
			if out.Result != "" {
				return nil, nil
			}
			return plan, nil
		})
		switch {
		case err != nil && out.Title != "":
			return fmt.Errorf("%s: %w", out.Title, err)
		case err != nil:
			return err
		case refused != nil && !f.dryRun && !f.json:
			return refused
		case out.Result != "":
			return errors.Join(a.say(f, out), refused)
		}
		s.client.LeaveEdits() // what a script changes stays
		out.Result, out.Warning = "done", result.Warning
		out.Mirrors = mirrorsOf(s.client.Snapshot(), change)
		return a.say(f, out)
	})
}

// judge says what becomes of a plan, with Result empty for one that is to be
// applied; the error is the refusal of one that would hurt.
func (f mirrorFlags) judge(plan *ovs.Plan) (outcome, error) {
	out := outcome{Title: plan.Title, Commands: plan.Commands}
	var stops []string
	for _, h := range plan.Hazards {
		out.Hazards = append(out.Hazards, hazardLine{h.Text, h.Severity >= ovs.Confirm})
		if h.Severity >= ovs.Confirm {
			stops = append(stops, h.Text)
		}
	}
	switch {
	case plan.Empty():
		out.Result = "unchanged"
	case len(stops) > 0 && !f.force:
		out.Result = "refused"
		return out, &ovs.RefusedError{Reason: strings.Join(stops, "\n") + "\nwith --force it is done all the same"}
	case f.dryRun:
		out.Result = "dry run"
	}
	return out, nil
}

// mirrorsOf are the mirrors that a change made or changed.
func mirrorsOf(s *ovs.Snapshot, change ovs.Change) []mirrorState {
	var m *ovs.Mirror
	switch c := change.(type) {
	case ovs.CreateMirror:
		m = s.LeaseMirror(c.Lease)
	case ovs.EditMirror:
		m = s.Mirror(c.Mirror)
	case ovs.RaiseOutput:
		m = s.Mirror(c.Mirror)
	}
	if m == nil {
		return nil
	}
	return []mirrorState{{m.UUID, m.Name}}
}

// say prints what became of a change. A dry run prints commands for a shell, and
// what to know as comments.
func (a *app) say(f mirrorFlags, o outcome) error {
	if f.json {
		if o.Commands == nil {
			o.Commands = []string{}
		}
		if o.Hazards == nil {
			o.Hazards = []hazardLine{}
		}
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(o)
	}
	var warnings []string
	for _, h := range o.Hazards {
		warnings = append(warnings, h.Text)
	}
	if o.Warning != "" {
		warnings = append(warnings, o.Warning)
	}
	switch {
	case o.Result == "unchanged":
		if o.Title != "" {
			o.Result += ": " + o.Title
		}
		if f.dryRun {
			o.Result = "# " + o.Result // it may be pasted into a shell
		}
		a.printf("%s\n", o.Result)
	case f.dryRun:
		a.printf("# %s\n", o.Title)
		for _, w := range o.Hazards {
			mark := "#"
			if w.Force {
				mark = "# needs --force:"
			}
			a.printf("%s %s\n", mark, w.Text)
		}
		for _, c := range o.Commands {
			a.printf("%s\n", c)
		}
	default:
		a.printf("%s\n", o.Title)
		for _, w := range warnings {
			_, _ = fmt.Fprintln(a.stderr, "ovscope: "+w)
		}
	}
	return nil
}

// findMirror finds a mirror by UUID or name; nil when there is none. A name that
// several have is an error (F9).
func findMirror(s *ovs.Snapshot, name string) (*ovs.Mirror, error) {
	if m := s.Mirror(ovs.UUID(name)); m != nil {
		return m, nil
	}
	var found []*ovs.Mirror
	for _, m := range s.Mirrors() {
		if m.Name == name {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	text := fmt.Sprintf("%d mirrors are called %s; use the UUID of the one you mean:", len(found), name)
	for _, m := range found {
		text += fmt.Sprintf("\n%s on %s: %s ⇒ %s (%s)", m.UUID, s.Bridge(m.Bridge).Name, m.SourcesText(), m.OutputText(), ownerText(m.Owner))
	}
	return nil, usagef("%s", text)
}

// unknownMirror names the mirrors that the user may have meant.
func unknownMirror(s *ovs.Snapshot, name string) error {
	return fmt.Errorf("there is no mirror %q; %s", name, suggestion(name, mirrorNames(s)))
}
