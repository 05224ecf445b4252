package ovs

import (
	"fmt"
	"time"
)

// Health is what OVS's own rows say about a mirror. Whether copies arrive, only
// a look at the tap point tells (F3).
type Health int

const (
	// Waiting mirrors are new: OVS has not reported statistics yet.
	Waiting Health = iota
	// Delivering mirrors have copied packets within the last two intervals.
	Delivering
	// Idle mirrors are built, but their counters stand still.
	Idle
	// SelectsNothing is a mirror without any source (F6, F19).
	SelectsNothing
	// NoOutput is a mirror without a working output port or VLAN.
	NoOutput
	// NeverBuilt mirrors were not taken up by vswitchd (F3).
	NeverBuilt
	// Built mirrors have counters; whether these move takes a second look.
	Built
)

func (h Health) String() string {
	switch h {
	case Delivering:
		return "delivering"
	case Idle:
		return "idle"
	case SelectsNothing:
		return "selects nothing"
	case NoOutput:
		return "no output"
	case NeverBuilt:
		return "never built"
	case Built:
		return "built"
	case Waiting:
	}
	return "waiting"
}

// Health judges a mirror of the snapshot at the time now, with a sentence that
// says why, empty where there is nothing to say.
func (s *Snapshot) Health(m *Mirror, now time.Time) (Health, string) {
	switch {
	case m.OutputPort == nil && m.OutputVLAN == nil:
		return NoOutput, "neither output_port nor output_vlan is set; if it once was, the port has been deleted"
	case !m.SelectAll && len(m.Egress) == 0 && len(m.Ingress) == 0:
		switch {
		case len(m.VLANs) > 0:
			return SelectsNothing, "select_vlan alone selects nothing: add ports, or select_all"
		case m.Owner.Kind == ThisRun:
			return SelectsNothing, "no source is on"
		}
		return SelectsNothing, "no source is left; when a guest restarts, its port is deleted and drops out"
	}
	if m.OutputPort != nil {
		if p := s.Port(m.OutputPort.UUID); p != nil && p.Error() != "" {
			return NoOutput, fmt.Sprintf("output port %s does not work: %s", p.Name, p.Error())
		}
	}
	twoIntervals := 2 * s.StatsInterval
	reason := s.whyNeverBuilt(m)
	switch {
	case m.Statistics == nil && reason != "":
		return NeverBuilt, reason
	case m.Statistics == nil && now.Sub(m.FirstSeen) > twoIntervals:
		if m.Filter != "" {
			return NeverBuilt, "ovs-vswitchd did not take it up; its filter may be wrong"
		}
		return NeverBuilt, "ovs-vswitchd did not take it up; its log says why"
	case m.Statistics == nil:
		return Waiting, fmt.Sprintf("OVS reports its counters every %v", s.StatsInterval)
	case !m.LastMoved.IsZero() && now.Sub(m.LastMoved) <= twoIntervals:
		return Delivering, ""
	case now.Sub(m.FirstSeen) <= s.StatsInterval:
		return Built, ""
	}
	return Idle, "OVS's counters stand still"
}

// maxMirrors is how many mirrors vswitchd builds on one bridge (F3):
// MAX_MIRRORS in OVS's ofproto.
const maxMirrors = 32

// whyNeverBuilt is what the rows prove, "" if nothing.
func (s *Snapshot) whyNeverBuilt(m *Mirror) string {
	b := s.Bridge(m.Bridge)
	switch {
	case b != nil && len(b.Mirrors) > maxMirrors:
		return fmt.Sprintf("%s has %d mirrors, ovs-vswitchd builds %d", b.Name, len(b.Mirrors), maxMirrors)
	case b != nil && m.OutputPort != nil && b.Port(m.OutputPort.UUID) == nil:
		return fmt.Sprintf("its output %s is on another bridge", m.OutputPort.Name)
	}
	return ""
}
