package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
		Long: `Lists bridges with their ports and mirrors, references resolved to names.
→ marks ports whose sent traffic a mirror copies (select_src_port), ← those whose
received traffic it copies (select_dst_port), as seen from the guest.`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.verb(func(ctx context.Context, args []string) error { return a.list(ctx, args, asJSON) }),
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
			encoder := json.NewEncoder(a.stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(listingOf(snapshot, bridges))
		}
		if len(bridges) == 0 {
			a.printf("Open vSwitch at %s has no bridges\n", snapshot.Endpoint)
			return nil
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		for i, b := range bridges {
			if i > 0 {
				_, _ = fmt.Fprintln(w)
			}
			writeBridge(w, snapshot, b)
		}
		return w.Flush()
	})
}

func writeBridge(w io.Writer, s *ovs.Snapshot, b *ovs.Bridge) {
	line := func(cells ...string) { _, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t ")) }
	line(fmt.Sprintf("bridge %s (%s)", b.Name, b.DatapathType))
	for _, p := range b.Ports {
		notes := p.GuestName()
		if p.Error() != "" {
			notes = "error: " + p.Error()
		}
		line("  "+p.Name, marks(b, p), portType(p), vlanConfig(p), p.LinkState(), notes)
	}
	for _, m := range b.Mirrors {
		state := "no counters yet"
		if m.Statistics != nil {
			state = fmt.Sprintf("%d packets, %d bytes", m.Statistics.Packets, m.Statistics.Bytes)
		}
		if health, reason := s.Health(m, time.Now()); health != ovs.Waiting {
			state += "; " + health.String()
			if reason != "" {
				state += ": " + reason
			}
		}
		_, _ = fmt.Fprintf(w, "  mirror %s (%s): %s ⇒ %s; %s\n", m.Name, m.Owner.Kind, sourcesText(m), outputText(m), state)
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

// vlanConfig is a port's VLANs: "tag 10", "trunk 10,20", "trunk all".
func vlanConfig(p *ovs.Port) string {
	text := p.Mode()
	if text == "access" {
		return "tag " + strconv.Itoa(tagOf(p))
	}
	if p.Tag != nil {
		text += " tag " + strconv.Itoa(*p.Tag)
	}
	switch {
	case len(p.Trunks) > 0:
		text += " " + numbers(p.Trunks)
	case text == "trunk":
		text += " all"
	}
	if len(p.CVLANs) > 0 {
		text += " cvlans " + numbers(p.CVLANs)
	}
	return text
}

func tagOf(p *ovs.Port) int {
	if p.Tag == nil {
		return 0
	}
	return *p.Tag
}

func numbers(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

func sourcesText(m *ovs.Mirror) string {
	var parts []string
	if m.SelectAll {
		parts = append(parts, "whole bridge")
	}
	for _, refs := range []struct {
		direction ovs.Direction
		ports     []ovs.PortRef
	}{{ovs.Egress, m.Egress}, {ovs.Ingress, m.Ingress}} {
		for _, r := range refs.ports {
			parts = append(parts, r.Name+" "+refs.direction.Arrow())
		}
	}
	if len(m.VLANs) > 0 {
		parts = append(parts, "only VLAN "+numbers(m.VLANs))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

func outputText(m *ovs.Mirror) string {
	switch {
	case m.OutputPort != nil:
		return m.OutputPort.Name
	case m.OutputVLAN != nil:
		return "VLAN " + strconv.Itoa(*m.OutputVLAN)
	}
	return "nowhere"
}
