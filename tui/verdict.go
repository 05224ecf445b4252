package tui

import (
	"fmt"
	"time"

	"ovscope/keymap"
	"ovscope/live/capture"
	"ovscope/ovs"
	"ovscope/tui/style"
)

// verdict says in words whether copies arrive.
type verdict struct {
	state      mirrorState
	sign, text string
	style      style.Style
}

// mirrorState is a verdict in a word or two.
type mirrorState string

const (
	stateNotKnown      mirrorState = "not known"
	stateCopying       mirrorState = "copying"        // frames are seen at the tap point, or OVS says so
	stateIdle          mirrorState = "idle"           // there is nothing to copy
	stateNotDelivering mirrorState = "not delivering" // though there should be something
	stateStopping      mirrorState = "stopping"       // switched off, but not silent yet
	stateStopped       mirrorState = "stopped"        // and silent
	stateOff           mirrorState = "off"            // no source was on yet
)

// verdict combines what OVS's rows say (Health), what the sources' counters say
// (Activity), and what our own capture sees.
func (m *model) verdict(mirror *ovs.Mirror) verdict {
	now := m.now()
	h, why := m.snap.Health(mirror, now)
	why = m.st.Say(why)
	t := &m.tap
	signs := m.st.Signs
	mine := t.mirror == mirror.UUID
	seen := mine && t.meter.arriving(now)
	capturing := mine && t.capture != nil

	good := func(text string) verdict { return verdict{stateCopying, signs.Up, text, m.st.Good} }
	quiet := func(state mirrorState, text string) verdict { return verdict{state, signs.Down, text, m.st.Dim} }
	bad := func(reason string) verdict {
		return verdict{stateNotDelivering, signs.Wrong, "not delivering: " + reason, m.st.Bad}
	}

	switch h {
	case ovs.SelectsNothing:
		return m.selectsNothing(mirror, why)
	case ovs.NoOutput:
		if lostOutput(mirror) {
			return bad(fmt.Sprintf("its output was deleted; %s, %s or %s makes it anew",
				m.label(keymap.Egress), m.label(keymap.Ingress), m.label(keymap.Both)))
		}
		return bad(why)
	case ovs.NeverBuilt:
		if !seen {
			return bad(why)
		}
	case ovs.Delivering, ovs.Idle, ovs.Waiting, ovs.Built:
	}
	if trouble := m.outputTrouble(mirror); trouble != "" && !seen {
		return bad(trouble)
	}
	if m.snap.Stale() && !seen {
		return verdict{stateNotKnown, signs.Wrong, "not known: the connection to Open vSwitch is lost", m.st.Warn}
	}
	if trouble := m.snap.SourceError(mirror); trouble != "" && !seen && h != ovs.Delivering {
		return bad(m.st.Say(trouble))
	}
	a := m.activity(mirror)
	last := "" // of a mirror that has delivered
	if capturing && !t.meter.arrived.IsZero() {
		last = "the last packet came " + ago(now.Sub(t.meter.arrived)) + " ago"
	}
	switch {
	case seen:
		return good("copying, and packets arrive here")
	case h == ovs.Delivering && capturing && m.missing(mirror):
		return bad("OVS counts copies, but none arrive on " + t.point.Interface)
	case h == ovs.Delivering && last != "":
		return good("copying, says OVS; " + last)
	case h == ovs.Delivering:
		return good("copying, says OVS")
	case m.starved(mirror, a):
		return m.starving(mirror, a)
	case a.Quiet() && last != "":
		return quiet(stateIdle, "idle: its sources are quiet; "+last)
	case a.Quiet():
		return quiet(stateIdle, "idle: its sources are quiet, their counters stand still")
	case last != "":
		return quiet(stateIdle, "idle: "+last)
	case (h == ovs.Waiting || h == ovs.Built) && capturing:
		return quiet(stateNotKnown, "waiting for the first packet")
	case h == ovs.Waiting:
		return quiet(stateNotKnown, "waiting for OVS to count")
	case h == ovs.Built:
		return quiet(stateNotKnown, "not known yet whether anything is copied: OVS counts every "+m.snap.StatsInterval.String())
	case capturing:
		return quiet(stateIdle, "idle: nothing arrives, and OVS's counters stand still")
	}
	return quiet(stateIdle, "idle: "+why)
}

// activity is that of a mirror in the snapshot on screen, which is asked for many
// times before the next one comes.
func (m *model) activity(mirror *ovs.Mirror) ovs.Activity {
	a, known := m.activities[mirror.UUID]
	if !known {
		a = m.snap.Activity(mirror)
		m.activities[mirror.UUID] = a
	}
	return a
}

// selectsNothing is the verdict on a mirror without sources.
func (m *model) selectsNothing(mirror *ovs.Mirror, why string) verdict {
	signs := m.st.Signs
	leaking := m.tap.mirror == mirror.UUID && m.tap.meter.leaking(m.now())
	s := m.silences[mirror.UUID]
	broken := func(reason string) verdict {
		return verdict{stateNotDelivering, signs.Wrong, "not delivering: " + reason, m.st.Bad}
	}
	switch {
	case len(m.lost[mirror.UUID]) > 0:
		return verdict{stateNotDelivering, signs.Wrong, m.lost[mirror.UUID][0].text(mirror), m.st.Warn}
	case s != nil:
		return m.silenceVerdict(s)
	case leaking:
		return verdict{stateStopping, signs.Wrong, "no source is on, yet copies still arrive: flows of before go on", m.st.Warn}
	case mirror.Owner.Kind == ovs.ThisRun:
		return verdict{stateOff, signs.Down, "off: " + why, m.st.Dim}
	case mirror.Owner.Kind == ovs.Kept:
		return broken("no source is on")
	}
	return broken(why)
}

// starved reports whether the sources of a mirror were busy in a time in which it
// was as it is now, and nothing of that was copied: as far as our own capture can
// tell, if there is one, else by OVS's counters.
func (m *model) starved(mirror *ovs.Mirror, a ovs.Activity) bool {
	const slack = time.Second // we look at the counters a little after OVS
	from := a.From.Add(-slack)
	if !a.Busy() || from.Before(mirror.FirstSeen) || from.Before(mirror.LastChanged) {
		return false
	}
	t := &m.tap
	if t.mirror != mirror.UUID || t.capture == nil {
		return mirror.LastMoved.Before(from) && m.now().Sub(mirror.FirstSeen) > 2*m.snap.StatsInterval
	}
	return from.After(t.opened) && from.After(t.meter.altered) && t.meter.arrived.Before(from)
}

// starving is the verdict on a mirror that is starved.
func (m *model) starving(mirror *ovs.Mirror, a ovs.Activity) verdict {
	passed := fmt.Sprintf("nothing of %s's %s", m.hide(a.Busiest), packetRate(a.Rate))
	switch {
	case len(mirror.VLANs) > 0:
		return verdict{stateIdle, m.st.Signs.Down, "idle: " + passed + " is in VLAN " + ovs.Ranges(mirror.VLANs), m.st.Dim}
	case mirror.Filter != "":
		return verdict{stateIdle, m.st.Signs.Down, "idle: " + passed + " passes its filter", m.st.Dim}
	}
	return verdict{stateNotDelivering, m.st.Signs.Wrong, "not delivering: " + passed + " is copied", m.st.Bad}
}

// missing reports whether OVS has counted copies in a time in which we looked and
// none came: it last saw its counters move at LastMoved, so what moved them came
// in the interval before that (F4).
func (m *model) missing(mirror *ovs.Mirror) bool {
	const slack = time.Second // packets and counters come on different ways
	counted := mirror.LastMoved.Add(-m.snap.StatsInterval - slack)
	watched := m.tap.opened
	if m.tap.meter.altered.After(watched) {
		watched = m.tap.meter.altered
	}
	return watched.Before(counted) && m.tap.meter.arrived.Before(counted)
}

// outputTrouble is what is wrong with the interface that copies leave by: as our
// capture sees it, else as OVS does. "" if nothing is.
func (m *model) outputTrouble(mirror *ovs.Mirror) string {
	if m.tap.mirror == mirror.UUID && m.tap.capture != nil && m.tap.away() {
		return m.interfaceTrouble()
	}
	if mirror.OutputPort == nil || m.snap.Stale() {
		return ""
	}
	port := m.snap.Port(mirror.OutputPort.UUID)
	if port == nil || len(port.Interfaces) != 1 {
		return ""
	}
	switch i := port.Interfaces[0]; {
	case i.AdminState == "down":
		return isDown(i.Name)
	case i.LinkState == "down":
		return "the link of its output " + i.Name + " is down"
	}
	return ""
}

// interfaceTrouble is why the interface that we capture on delivers nothing, ""
// if it should.
func (m *model) interfaceTrouble() string {
	switch s := m.tap.state; s.Phase {
	case capture.Down:
		return isDown(s.Interface)
	case capture.Gone:
		return s.Interface + " is gone since " + m.clockTime(s.Since)
	case capture.Running:
	}
	return ""
}

func isDown(name string) string { return name + " is down: ip link set " + name + " up" }
