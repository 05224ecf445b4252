package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ovscope/live"
	"ovscope/live/decode"
	"ovscope/ovs"
)

type dumpFlags struct {
	ports           string
	count           uint64
	egress, ingress bool
	json            bool
}

func (a *app) dumpCommand() *cobra.Command {
	var f dumpFlags
	cmd := &cobra.Command{
		Use:   "dump -i PORT",
		Short: "Print the packets of ports through a temporary mirror",
		Long: `Makes a mirror of its own for the ports, prints their packets with all VLAN tags,
and removes the mirror when it ends: after --count packets, on Ctrl-C, or when
whoever reads the output goes away.`,
		Example: `# ten packets, both directions
sudo ovscope dump -i tap1 -c 10

# only what the guest sends, one JSON object a line
sudo ovscope dump -i tap1 --egress --json`,
		Args: cobra.NoArgs,
		RunE: a.verb(func(ctx context.Context, _ []string) error { return a.dump(ctx, f) }),
	}
	cmd.Flags().StringVarP(&f.ports, "port", "i", "", "ports to copy, separated by commas, all of one bridge")
	cmd.Flags().Uint64VarP(&f.count, "count", "c", 0, "stop after this many packets (0: never)")
	cmd.Flags().BoolVar(&f.egress, "egress", false, "only → what the guest sends (select_src_port)")
	cmd.Flags().BoolVar(&f.ingress, "ingress", false, "only ← what the guest receives (select_dst_port)")
	cmd.Flags().BoolVar(&f.json, "json", false, "an object a line")
	return cmd
}

func (a *app) dump(ctx context.Context, f dumpFlags) error {
	switch {
	case f.ports == "":
		return usagef("dump needs -i PORT; ovscope list shows the ports")
	case a.flags.readOnly:
		return usagef("dump makes a mirror, which --read-only forbids")
	}
	return a.withSwitch(ctx, func(s *attached) error {
		change, err := leaseFor(s.client.Snapshot(), f, s.client.Self())
		if err != nil {
			return err
		}
		source, err := lend(ctx, s, change)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		defer func() { _ = source.Close() }()
		return a.print(ctx, source, f)
	})
}

// leaseFor is the lease that copies the ports that the flags name.
func leaseFor(s *ovs.Snapshot, f dumpFlags, self ovs.Process) (ovs.CreateLease, error) {
	change := ovs.CreateLease{Lease: ovs.NewLeaseID(), Owner: self}
	var first *ovs.Port
	for name := range strings.SplitSeq(f.ports, ",") {
		port := s.PortByName(name)
		switch {
		case port == nil:
			return change, unknownPort(s, name)
		case first == nil:
			first = port
			change.Bridge = port.Bridge
		case port.Bridge != first.Bridge:
			return change, fmt.Errorf("port %s is on bridge %s and %s on %s, and a mirror copies only ports of its own bridge; run one dump for each",
				first.Name, s.Bridge(first.Bridge).Name, port.Name, s.Bridge(port.Bridge).Name)
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

// lend creates the lease and opens the tap point of its mirror.
func lend(ctx context.Context, s *attached, change ovs.CreateLease) (live.Source, error) {
	plan, err := ovs.NewPlan(s.client.Snapshot(), change)
	if err != nil {
		return nil, err
	}
	result, err := s.client.Apply(ctx, plan)
	if err != nil {
		return nil, fmt.Errorf("making a mirror: %w", err)
	}
	if result.Warning != "" {
		s.log.Warn(result.Warning)
	}
	snapshot := s.client.Snapshot()
	for _, m := range snapshot.Mirrors() {
		if m.Owner.Lease != change.Lease {
			continue
		}
		tap, err := snapshot.TapPoint(m)
		if err != nil {
			return nil, err
		}
		source, err := s.openTap(ctx, tap)
		if err != nil {
			return nil, fmt.Errorf("capturing on %s: %w", tap.Interface, err)
		}
		return source, nil
	}
	return nil, errors.New("the new mirror is not there; somebody removed it")
}

// printInterval is how often new packets are fetched from the store: short enough
// that a line seems to come at once.
const printInterval = 20 * time.Millisecond

// print writes packets until there are enough, the source ends, the reader of the
// output goes away, or ctx is done. What was lost is said at the end.
func (a *app) print(ctx context.Context, source live.Source, f dumpFlags) error {
	store := live.NewStore(live.DefaultStoreBytes)
	run, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- source.Run(run, store) }()

	p := printer{out: a.stdout, json: f.json, left: f.count, forever: f.count == 0}
	tick := time.NewTicker(printInterval)
	defer tick.Stop()
	var err error
	for running := true; running && err == nil && !p.full(); {
		select {
		case err = <-ended:
			running = false
		case <-tick.C:
		}
		err = errors.Join(err, p.catchUp(store))
	}
	stop()
	drops, _ := source.Drops()
	_, _ = fmt.Fprintf(a.stderr, "%d packets printed, %d lost in the kernel, %d lost because the output was too slow\n", p.printed, drops, p.missed)
	if errors.Is(err, errReaderGone) {
		return nil
	}
	return err
}

// errReaderGone says that whoever read the output has closed it.
var errReaderGone = errors.New("nobody reads the output any more")

// printer writes packets of a store in order.
type printer struct {
	out     io.Writer
	json    bool
	left    uint64 // to print, unless forever
	forever bool
	next    uint64 // the store's number of the next packet
	printed uint64
	missed  uint64 // overwritten in the store before they were printed
	buf     []byte
	line    []byte
}

func (p *printer) full() bool { return !p.forever && p.left == 0 }

// catchUp writes everything that is in the store and was not written yet.
func (p *printer) catchUp(store *live.Store) error {
	first, next := store.Range()
	if p.next < first {
		p.missed += first - p.next
		p.next = first
	}
	for ; p.next < next && !p.full(); p.next++ {
		packet, ok := store.Read(p.next, p.buf)
		if !ok {
			p.missed++
			continue
		}
		p.buf = packet.Data
		if err := p.print(packet); err != nil {
			return err
		}
		p.printed++
		p.left--
	}
	return nil
}

func (p *printer) print(packet live.Packet) error {
	if p.json {
		record, err := json.Marshal(decode.NewRecord(packet.Time, packet.Length, packet.Data))
		if err != nil {
			return fmt.Errorf("printing packet %d: %w", packet.Seq, err)
		}
		p.line = append(p.line[:0], record...)
	} else {
		line := decode.Summarize(packet.Data, packet.Length)
		p.line = appendLine(p.line[:0], packet, &line)
	}
	if _, err := p.out.Write(append(p.line, '\n')); err != nil {
		if isClosedPipe(err) {
			return errReaderGone
		}
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

// appendLine is a packet on one line of text:
// "12:00:01.123456 vlan 10 192.0.2.1 → 192.0.2.2 ICMP echo request …".
func appendLine(b []byte, packet live.Packet, line *decode.Line) []byte {
	b = packet.Time.AppendFormat(b, "15:04:05.000000")
	for _, v := range line.VLANs {
		b = append(b, ' ')
		b = appendVLAN(b, v)
	}
	b = fmt.Appendf(b, " %s → %s %s", line.Source(), line.Destination(), line.Protocol)
	if line.Info != "" {
		b = append(b, ' ')
		b = append(b, line.Info...)
	}
	return fmt.Appendf(b, " length %d", packet.Length)
}

// appendVLAN is a tag as tcpdump writes it: "vlan 10", with the priority and the
// drop eligible bit where set, and the TPID where it is not 802.1Q's.
func appendVLAN(b []byte, v decode.VLAN) []byte {
	if v.TPID != 0x8100 {
		b = fmt.Appendf(b, "0x%04x ", v.TPID)
	}
	b = fmt.Appendf(b, "vlan %d", v.VID)
	if v.PCP != 0 {
		b = fmt.Appendf(b, " p %d", v.PCP)
	}
	if v.DEI {
		b = append(b, " DEI"...)
	}
	return b
}

// unknownPort names the ports that the user may have meant.
func unknownPort(s *ovs.Snapshot, name string) error {
	if name == "" {
		return usagef("-i: a port's name is missing")
	}
	var names []string
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			names = append(names, p.Name)
		}
	}
	return fmt.Errorf("no bridge has a port %q; %s", name, suggestion(name, names))
}
