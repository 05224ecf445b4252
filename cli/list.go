package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [BRIDGE]",
		Short: "List bridges, ports and mirrors",
		Long: paragraphs(`Lists bridges with their ports and mirrors, references resolved to names.
→ marks ports whose sent traffic a mirror copies (select_src_port), ← those whose
received traffic it copies (select_dst_port), as seen from the guest.`),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeBridges,
		RunE:              a.verb(func(ctx context.Context, args []string) error { return a.list(ctx, args, asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return cmd
}

func (a *app) list(ctx context.Context, args []string, asJSON bool) error {
	return a.withSwitch(ctx, func(s *attached) error {
		snapshot := s.client.Snapshot()
		bridges := snapshot.Bridges
		if len(args) == 1 {
			b := snapshot.BridgeByName(args[0])
			if b == nil {
				return unknownBridge(snapshot, args[0])
			}
			bridges = []*ovs.Bridge{b}
		}
		if asJSON {
			var text strings.Builder
			encoder := json.NewEncoder(&text)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(listingOf(snapshot, bridges)); err != nil {
				return err
			}
			_, err := io.WriteString(a.stdout, a.masker().Text(text.String()))
			return err
		}
		if len(bridges) == 0 {
			a.printf("Open vSwitch at %s has no bridges\n", snapshot.Endpoint)
			return nil
		}
		var text strings.Builder
		w := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
		for i, b := range bridges {
			if i > 0 {
				_, _ = fmt.Fprintln(w)
			}
			writeBridge(w, snapshot, b)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		_, err := io.WriteString(a.stdout, a.plain(a.masker().Text(text.String())))
		return err
	})
}

func writeBridge(w io.Writer, s *ovs.Snapshot, b *ovs.Bridge) {
	line := func(cells ...string) { _, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t ")) }
	line(fmt.Sprintf("bridge %s (%s)", b.Name, b.DatapathType))
	for _, p := range b.Ports {
		notes := p.GuestName()
		if isOutput(b, p) {
			notes = strings.TrimSpace("output " + notes)
		}
		if p.Error() != "" {
			notes = "error: " + p.Error()
		}
		line("  "+p.Name, marks(b, p), portType(p), p.VLANText(), p.LinkState(), notes)
	}
	for _, m := range b.Mirrors {
		health, reason := s.Health(m, time.Now())
		state := health.String()
		if reason != "" {
			state += ": " + reason
		}
		if m.Statistics != nil {
			state += fmt.Sprintf("; %d packets, %d bytes", m.Statistics.Packets, m.Statistics.Bytes)
		}
		_, _ = fmt.Fprintf(w, "  mirror %s (%s): %s ⇒ %s; %s\n", m.Name, ownerText(m.Owner), m.SourcesText(), m.OutputText(), state)
	}
}

// marks are the directions of the port that any mirror of its bridge copies.
func marks(b *ovs.Bridge, p *ovs.Port) string {
	text := ""
	for _, d := range []ovs.Direction{ovs.Egress, ovs.Ingress} {
		for _, m := range b.Mirrors {
			if m.Selects(p.UUID, d) {
				text += d.Arrow()
				break
			}
		}
	}
	return text
}

// isOutput reports whether a mirror sends its copies to the port.
func isOutput(b *ovs.Bridge, p *ovs.Port) bool {
	return slices.ContainsFunc(b.Mirrors, func(m *ovs.Mirror) bool { return m.OutputPort != nil && m.OutputPort.UUID == p.UUID })
}

// ownerText is whose a mirror is, and for a dead run how to be rid of it.
func ownerText(o ovs.Owner) string {
	if o.Kind != ovs.OtherRun {
		return o.Kind.String()
	}
	if o.Life == ovs.Dead {
		return fmt.Sprintf("left by process %d, which is gone; ovscope cleanup removes it", o.Process.PID)
	}
	return fmt.Sprintf("%s, process %d", o.Kind, o.Process.PID)
}

func portType(p *ovs.Port) string {
	switch {
	case p.IsBond():
		return "bond of " + strconv.Itoa(len(p.Interfaces))
	case len(p.Interfaces) == 0:
		return ""
	case p.Interfaces[0].Type == "":
		return "system"
	}
	return p.Interfaces[0].Type
}
