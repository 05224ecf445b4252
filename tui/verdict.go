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
	sign, text string
	style      style.Style
}

// verdict combines what OVS's rows say (Health) with what our own capture sees.
func (m *model) verdict(mirror *ovs.Mirror) verdict {
	now := m.now()
	h, why := m.snap.Health(mirror, now)
	why = m.st.Say(why)
	t := &m.tap
	signs := m.st.Signs
	mine := t.mirror == mirror.UUID
	seen := mine && t.meter.arriving(now)
	capturing := mine && t.capture != nil

	good := func(text string) verdict { return verdict{signs.Up, text, m.st.Good} }
	quiet := func(text string) verdict { return verdict{signs.Down, text, m.st.Dim} }
	warn := func(text string) verdict { return verdict{signs.Wrong, text, m.st.Warn} }
	bad := func(text string) verdict { return verdict{signs.Wrong, text, m.st.Bad} }

	switch h {
	case ovs.SelectsNothing:
		switch {
		case mine && t.meter.leaking(now):
			return warn("no source is on, yet copies still arrive: flows of before go on")
		case len(m.lost[mirror.UUID]) > 0:
			return warn(m.lost[mirror.UUID][0].text(mirror))
		case mirror.Owner.Kind == ovs.ThisRun:
			return quiet("off: " + why)
		case mirror.Owner.Kind == ovs.Kept:
			return bad("copies nothing: no source is on")
		}
		return bad("copies nothing: " + why)
	case ovs.NoOutput:
		if lostOutput(mirror) {
			return bad(fmt.Sprintf("goes nowhere: its output port was deleted; %s, %s or %s makes the mirror anew",
				m.label(keymap.Egress), m.label(keymap.Ingress), m.label(keymap.Both)))
		}
		return bad("goes nowhere: " + why)
	case ovs.NeverBuilt:
		if !seen {
			return bad("does not work: " + why)
		}
	case ovs.Delivering, ovs.Idle, ovs.Waiting, ovs.Built:
	}
	if trouble := m.outputTrouble(mirror); trouble != "" && !seen {
		return bad(trouble)
	}
	switch {
	case m.snap.Stale() && !seen:
		return warn("not known: the connection to Open vSwitch is lost")
	case seen:
		return good("copying, and packets arrive here")
	case h == ovs.Delivering && capturing && m.missing(mirror):
		return warn("OVS counts copies, but none arrive on " + t.point.Interface)
	case h == ovs.Delivering && capturing && !t.meter.arrived.IsZero():
		return good("copying, says OVS; the last packet came here " + ago(now.Sub(t.meter.arrived)) + " ago")
	case h == ovs.Delivering:
		return good("copying, says OVS")
	case capturing && !t.meter.arrived.IsZero():
		return quiet("idle: the last packet came " + ago(now.Sub(t.meter.arrived)) + " ago")
	case (h == ovs.Waiting || h == ovs.Built) && capturing:
		return quiet("waiting for the first packet")
	case h == ovs.Waiting:
		return quiet("waiting for OVS to count")
	case h == ovs.Built:
		return quiet("not known yet whether anything is copied: OVS counts every " + m.snap.StatsInterval.String())
	case capturing:
		return quiet("idle: the sources are quiet")
	}
	return quiet("idle: " + why)
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
