package ovs

import "time"

// Activity is what passed the sources of a mirror between OVS's last two refreshes,
// by their own interfaces' counters: how much there was to copy, whatever was copied.
type Activity struct {
	// Known is false while that cannot be told: nobody watches the sources
	// (Client.Watch), or OVS has counted only once.
	Known bool
	// Rate is in packets/s, in the directions that the mirror selects, of those
	// sources that more than noise passes.
	Rate float64
	// Busiest is the source that most of it passed, "" if none.
	Busiest string
	// From and To are the time that this is about.
	From, To time.Time
}

// noise is how many packets per second pass a port that nobody uses: the switch's
// own protocols (LLDP, LACP, STP), which mirrors do not copy.
const noise = 0.5

// Busy reports whether there was something to copy.
func (a Activity) Busy() bool { return a.Known && a.Rate > 0 }

// Quiet reports whether there was nothing to copy.
func (a Activity) Quiet() bool { return a.Known && a.Rate == 0 }

// Activity tells whether the mirror has something to copy.
func (s *Snapshot) Activity(m *Mirror) Activity {
	if !m.SelectAll {
		return s.ActivityOf(m.Sources())
	}
	var sources []Source
	if b := s.Bridge(m.Bridge); b != nil {
		for _, p := range b.Ports { // whatever passes the bridge came in somewhere
			if m.OutputPort == nil || m.OutputPort.UUID != p.UUID {
				sources = append(sources, Source{p.UUID, Egress})
			}
		}
	}
	return s.ActivityOf(sources)
}

// ActivityOf is Activity for a list of sources.
func (s *Snapshot) ActivityOf(sources []Source) Activity {
	var a Activity
	all, most := true, 0.0
	for _, src := range sources {
		p := s.Port(src.Port)
		if p == nil {
			continue
		}
		c, known := s.PortCounters(p)
		rate, told := c.Rate(src.Direction)
		if !known || !told {
			all = false
			continue
		}
		if from := c.At.Add(-c.Over); a.From.IsZero() || from.Before(a.From) {
			a.From = from
		}
		if c.At.After(a.To) {
			a.To = c.At
		}
		if rate.Packets > noise {
			a.Rate += rate.Packets
		}
		if rate.Packets > max(most, noise) {
			most, a.Busiest = rate.Packets, p.Name
		}
	}
	// One busy source is enough to know; for silence it takes all.
	a.Known = !a.To.IsZero() && (all || a.Rate > 0)
	return a
}

// Selecting reports whether the mirror selects anything at all (F6).
func (m *Mirror) Selecting() bool { return m.SelectAll || len(m.Egress)+len(m.Ingress) > 0 }

// SourceError says which of the mirror's sources do not work, and why (F25); ""
// unless none of them does.
func (s *Snapshot) SourceError(m *Mirror) string {
	text := ""
	for _, src := range m.Sources() {
		p := s.Port(src.Port)
		if m.SelectAll || p == nil || p.Error() == "" {
			return ""
		}
		if text == "" {
			text = "source " + p.Name + " does not work: " + p.Error()
		}
	}
	return text
}
