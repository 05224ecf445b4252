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
	b := s.Bridge(m.Bridge)
	if !m.SelectAll || b == nil {
		return s.ActivityOf(m.Sources())
	}
	sum := activitySum{s: s}
	for _, p := range b.Ports { // whatever passes the bridge came in somewhere
		if m.OutputPort == nil || m.OutputPort.UUID != p.UUID {
			sum.add(p, Egress)
		}
	}
	return sum.activity()
}

// ActivityOf is Activity for a list of sources.
func (s *Snapshot) ActivityOf(sources []Source) Activity {
	sum := activitySum{s: s}
	for _, src := range sources {
		if p := s.Port(src.Port); p != nil {
			sum.add(p, src.Direction)
		}
	}
	return sum.activity()
}

type activitySum struct {
	Activity
	s       *Snapshot
	most    float64 // of one source
	missing bool    // of one that has no counters
}

func (a *activitySum) add(p *Port, d Direction) {
	c, known := a.s.PortCounters(p)
	rate, told := c.Rate(d)
	if !known || !told {
		a.missing = true
		return
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
	if rate.Packets > max(a.most, noise) {
		a.most, a.Busiest = rate.Packets, p.Name
	}
}

// activity is the sum. One busy source is enough to know; for silence it takes all.
func (a *activitySum) activity() Activity {
	a.Known = !a.To.IsZero() && (!a.missing || a.Rate > 0)
	return a.Activity
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
