package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/live/filter"
	"ovscope/live/pcapfile"
	"ovscope/ovs"
)

type dumpFlags struct {
	ports, iface, read string
	write              string
	count              uint64
	snapLen            int
	egress, ingress    bool
	json               bool
	filter             string
}

func (a *app) dumpCommand() *cobra.Command {
	var f dumpFlags
	cmd := &cobra.Command{
		Use:   "dump [FILTER]",
		Short: "Print the packets of a port, an interface or a file",
		Long: paragraphs(`With -i it makes a mirror of its own for the ports, prints their packets with all
VLAN tags, and removes the mirror when it ends: after --count packets, on Ctrl-C, or
when whoever reads the output goes away. --interface captures on any Linux interface
and -r reads a pcap or pcapng file; neither touches Open vSwitch.

` + filterHelp),
		Example: `# ten packets, both directions
sudo ovscope dump -i tap1 -c 10

# a hundred pings in VLAN 10 into a file
sudo ovscope dump -i tap1 -c 100 -w out.pcapng 'vlan 10 and icmp'

# only what the guest sends, one JSON object a line
sudo ovscope dump -i tap1 --egress --json

# live into Wireshark
sudo ovscope dump -i tap1 -w - | wireshark -k -i -`,
		RunE: a.verb(func(ctx context.Context, args []string) error {
			f.filter = strings.Join(args, " ")
			return a.dump(ctx, f)
		}),
	}
	cmd.Flags().StringVarP(&f.ports, "port", "i", "", "ports to copy, separated by commas, all of one bridge")
	cmd.Flags().StringVar(&f.iface, "interface", "", "any Linux interface instead, without Open vSwitch")
	cmd.Flags().StringVarP(&f.read, "read", "r", "", "a capture file instead; - for standard input")
	cmd.Flags().StringVarP(&f.write, "write", "w", "", "write pcapng to this file instead of printing; - for standard output")
	cmd.Flags().Uint64VarP(&f.count, "count", "c", 0, "stop after this many packets (0: never)")
	cmd.Flags().IntVarP(&f.snapLen, "snaplen", "s", 0, fmt.Sprintf("capture only this many bytes of each packet, at least %d (0: all)", capture.MinSnapLen))
	cmd.Flags().BoolVar(&f.egress, "egress", false, "only → what the guest sends (select_src_port)")
	cmd.Flags().BoolVar(&f.ingress, "ingress", false, "only ← what the guest receives (select_dst_port)")
	cmd.Flags().BoolVar(&f.json, "json", false, "an object a line")
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("port", a.completeNames(portNames))
	return cmd
}

// check says what is wrong with the flags.
func (f *dumpFlags) check(readOnly, masked bool) error {
	inputs := 0
	for _, in := range []string{f.ports, f.iface, f.read} {
		if in != "" {
			inputs++
		}
	}
	switch {
	case inputs == 0:
		return usagef("dump needs -i PORT, --interface IF or -r FILE; ovscope list shows the ports")
	case inputs > 1:
		return usagef("-i, --interface and -r exclude each other")
	case f.ports != "" && readOnly:
		return usagef("dump -i makes a mirror, which --read-only forbids")
	case f.ports == "" && (f.egress || f.ingress):
		return usagef("--egress and --ingress go with -i: only a mirror knows what a guest sends and receives")
	case f.read != "" && f.snapLen != 0:
		return usagef("-s goes with capturing, not with -r")
	case f.write != "" && masked:
		return usagef("--mask and -w exclude each other: only addresses have stand-ins, and a file would hold names and payloads, too")
	case f.snapLen < 0 || f.snapLen > 0 && f.snapLen < capture.MinSnapLen:
		return usagef("-s wants at least %d bytes, an Ethernet header with a tag, or 0 for all", capture.MinSnapLen)
	case f.write != "" && f.json:
		return usagef("--json prints and -w writes pcapng; choose one")
	}
	return nil
}

func (a *app) dump(ctx context.Context, f dumpFlags) error {
	if err := f.check(a.flags.readOnly, a.flags.mask); err != nil {
		return err
	}
	wanted, err := filter.Parse(f.filter)
	if err != nil {
		return filterError(f.filter, err)
	}
	switch {
	case f.read != "":
		return a.dumpFile(ctx, f, wanted)
	case f.iface != "":
		out, err := a.newOutput(f, wanted, pcapfile.Options{Interface: f.iface})
		if err != nil {
			return err
		}
		source, err := a.openInterface(f.iface, live.DirectionUnknown, f.snapLen)
		if err != nil {
			return errors.Join(err, out.abort())
		}
		defer func() { _ = source.Close() }()
		return a.follow(ctx, source, out)
	}
	return a.withSwitch(ctx, func(s *attached) error { return a.dumpPorts(ctx, s, f, wanted) })
}

// dumpFile prints a file's packets, however many there are.
func (a *app) dumpFile(ctx context.Context, f dumpFlags, wanted *filter.Filter) error {
	reader, err := pcapfile.Open(f.read)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	out, err := a.newOutput(f, wanted, pcapfile.Options{Comment: "from " + f.read})
	if err != nil {
		return err
	}
	return a.copyFile(ctx, reader, out)
}

func (a *app) dumpPorts(ctx context.Context, s *attached, f dumpFlags, wanted *filter.Filter) error {
	change, err := leaseFor(s.client.Snapshot(), f, s.client.Self())
	if err != nil {
		return err
	}
	plan, err := ovs.NewPlan(s.client.Snapshot(), change)
	if err != nil {
		return err
	}
	for _, h := range plan.Hazards {
		_, _ = fmt.Fprintln(a.stderr, "ovscope: "+h.Text)
	}
	// A file that cannot be written is found out before anything is changed.
	out, err := a.newOutput(f, wanted, pcapfile.Options{Interface: ovs.LeaseName(change.Lease), Description: plan.Title})
	if err != nil {
		return err
	}
	source, err := a.lend(ctx, s, plan, change.Lease, f.snapLen)
	if err != nil {
		err = errors.Join(err, out.abort())
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	defer func() { _ = source.Close() }()
	whole, cancel := s.whileWhole(ctx, change.Lease)
	defer cancel()
	err = a.follow(whole, source, out)
	if ctx.Err() == nil && whole.Err() != nil {
		err = errors.Join(err, context.Cause(whole))
	}
	return err
}

// leaseFor is the lease that copies the ports that the flags name.
func leaseFor(s *ovs.Snapshot, f dumpFlags, self ovs.Process) (ovs.CreateLease, error) {
	change := ovs.CreateLease{Lease: ovs.NewLeaseID(), Owner: self}
	for name := range strings.SplitSeq(f.ports, ",") {
		port := s.PortByName(name)
		if port == nil {
			return change, unknownPort(s, name)
		}
		if change.Bridge == "" {
			change.Bridge = port.Bridge
		}
		// Neither flag, like both, means both directions.
		if f.egress || !f.ingress {
			change.Sources = append(change.Sources, ovs.Source{Port: port.UUID, Direction: ovs.Egress})
		}
		if f.ingress || !f.egress {
			change.Sources = append(change.Sources, ovs.Source{Port: port.UUID, Direction: ovs.Ingress})
		}
	}
	return change, nil
}

// lend applies the plan that makes a lease and opens the tap point of its mirror.
func (a *app) lend(ctx context.Context, s *attached, plan *ovs.Plan, lease string, snapLen int) (live.Source, error) {
	result, err := s.client.Apply(ctx, plan)
	if err != nil {
		return nil, fmt.Errorf("making a mirror: %w", err)
	}
	if result.Warning != "" {
		_, _ = fmt.Fprintln(a.stderr, "ovscope: "+result.Warning)
	}
	snapshot := s.client.Snapshot()
	mirror := snapshot.LeaseMirror(lease)
	if mirror == nil {
		return nil, errors.New("the new mirror is not there; somebody removed it")
	}
	tap, err := snapshot.TapPoint(mirror)
	if err != nil {
		return nil, err
	}
	source, err := s.openTap(ctx, tap, snapLen)
	if err != nil {
		return nil, fmt.Errorf("capturing on %s: %w", tap.Interface, err)
	}
	return source, nil
}

// whileWhole returns a context that is done when ctx is, or when the lease's
// mirror cannot deliver any more: its cause says why then.
func (s *attached) whileWhole(ctx context.Context, lease string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for snapshot := s.client.Snapshot(); ; {
			if err := broken(snapshot, lease); err != nil {
				cancel(err)
				return
			}
			var err error
			if snapshot, err = s.client.Next(ctx, snapshot.Generation); err != nil {
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// broken says why the lease's mirror cannot deliver, nil while it can.
func broken(s *ovs.Snapshot, lease string) error {
	mirror := s.LeaseMirror(lease)
	if mirror == nil {
		return errors.New("the mirror is gone: somebody removed it")
	}
	switch health, reason := s.Health(mirror, s.Time); health {
	case ovs.SelectsNothing:
		return errors.New("the mirror selects nothing any more: the port was deleted, as a guest's restart does; start again to copy the new one")
	case ovs.NoOutput, ovs.NeverBuilt:
		return fmt.Errorf("the mirror delivers nothing any more: %s", reason)
	case ovs.Waiting, ovs.Built, ovs.Delivering, ovs.Idle:
	}
	return nil
}

// openInterface captures on a Linux interface, and says on standard error when it
// goes and comes back.
func (a *app) openInterface(name string, direction live.Direction, snapLen int) (live.Source, error) {
	return capture.Open(capture.Config{
		Interface: name, Direction: direction, SnapLen: snapLen,
		OnState: func(s capture.State) { _, _ = fmt.Fprintln(a.stderr, "ovscope: "+s.String()) },
	})
}

// filterError shows where a filter is wrong.
func filterError(expression string, err error) error {
	var syntax *filter.SyntaxError
	if !errors.As(err, &syntax) {
		return &usageError{err}
	}
	return usagef("filter, %w:\n%s\n%s^", err, expression, strings.Repeat(" ", syntax.Column-1))
}
