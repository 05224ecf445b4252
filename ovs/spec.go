package ovs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MirrorSpec is all that a user can say about a mirror.
type MirrorSpec struct {
	Name string
	// SelectAll copies the whole bridge and overrides Sources (F6).
	SelectAll bool
	Sources   []Source
	// VLANs narrow the selection; empty means all (F6).
	VLANs  []int
	Output Output
	// SnapLen is how many bytes of a packet are copied, 14–65535; 0 means all.
	SnapLen int
	// Filter narrows the selection in OVS's flow syntax; needs Features.MirrorFilter.
	Filter string
}

// Output is where copies go. One of its fields is set; all zero is a mirror whose
// output has been deleted.
type Output struct {
	// Port is a port of the mirror's bridge.
	Port UUID
	// VLAN is the VLAN of an RSPAN, 1–4095; 0 for none.
	VLAN int
	// New is a port that is made with the mirror.
	New *NewPort
}

// Spec is the mirror as a user could have asked for it.
func (m *Mirror) Spec() MirrorSpec {
	spec := MirrorSpec{
		Name: m.Name, SelectAll: m.SelectAll, Sources: m.Sources(), VLANs: slices.Clone(m.VLANs),
		SnapLen: deref(m.SnapLen), Filter: m.Filter,
	}
	switch {
	case m.OutputPort != nil:
		spec.Output.Port = m.OutputPort.UUID
	case m.OutputVLAN != nil:
		spec.Output.VLAN = *m.OutputVLAN
	}
	return spec
}

// sorted puts lists into one order and leaves out what is there twice.
func (c MirrorSpec) sorted() MirrorSpec {
	c.Sources = slices.SortedFunc(slices.Values(distinct(c.Sources)), func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Port, b.Port))
	})
	c.VLANs = slices.Compact(slices.Sorted(slices.Values(c.VLANs)))
	return c
}

// The ranges of vswitch.ovsschema.
const (
	minSnapLen, maxSnapLen = 14, 65535 // bytes
	maxVLAN                = 4095
)

// check says what OVS would not take. The error is an *InvalidError.
func (c MirrorSpec) check(s *Snapshot) error {
	for _, vlan := range c.VLANs {
		if vlan < 0 || vlan > maxVLAN {
			return invalid("VLAN %d: want 0 to %d", vlan, maxVLAN)
		}
	}
	switch {
	case c.SnapLen != 0 && (c.SnapLen < minSnapLen || c.SnapLen > maxSnapLen):
		return invalid("snaplen %d: want %d to %d bytes, or 0 for whole packets", c.SnapLen, minSnapLen, maxSnapLen)
	case c.Output.VLAN < 0 || c.Output.VLAN > maxVLAN:
		return invalid("output VLAN %d: want 1 to %d", c.Output.VLAN, maxVLAN)
	case c.Filter != "" && !s.Features.MirrorFilter:
		return invalid("filter %q: this Open vSwitch (%s) cannot filter mirrors, which came with 3.4", c.Filter, cmp.Or(s.OVSVersion, "of unknown release"))
	case c.Name != clean(c.Name):
		return invalid("name %q: it has characters that cannot be shown", c.Name)
	}
	outputs := 0
	for _, is := range []bool{c.Output.Port != "", c.Output.VLAN != 0, c.Output.New != nil} {
		if is {
			outputs++
		}
	}
	if outputs > 1 {
		return invalid("a mirror has one output: a port or a VLAN")
	}
	if c.Output.New != nil {
		return c.Output.New.check(s)
	}
	return nil
}

// matches reports whether the mirror has that output. A port that was new when the
// change was planned is known by its name and what it is.
func (o Output) matches(s *Snapshot, m *Mirror) bool {
	switch {
	case o.New != nil:
		p := s.PortByName(o.New.Name)
		return p != nil && m.OutputPort != nil && m.OutputPort.UUID == p.UUID && o.New.Describes(p)
	case o.Port != "":
		return m.OutputPort != nil && m.OutputPort.UUID == o.Port
	case o.VLAN != 0:
		return m.OutputPort == nil && m.OutputVLAN != nil && *m.OutputVLAN == o.VLAN
	}
	return m.OutputPort == nil && m.OutputVLAN == nil
}

func (o Output) same(other Output) bool {
	if o.New != nil && other.New != nil {
		return *o.New == *other.New
	}
	return o == other
}

// text is the output in a few words: "port mon0", "VLAN 111", "new port mon0".
func (o Output) text(s *Snapshot) string {
	switch {
	case o.New != nil:
		return "new port " + o.New.text()
	case o.Port != "":
		return "port " + s.portName(o.Port)
	case o.VLAN != 0:
		return fmt.Sprintf("VLAN %d", o.VLAN)
	}
	return "nowhere"
}

// text is what the mirror copies: "tap1 →, tap2 ←", "the whole bridge, only VLAN 10".
func (c MirrorSpec) text(s *Snapshot) string {
	parts := []string{"nothing"}
	switch {
	case c.SelectAll:
		parts[0] = "the whole bridge"
	case len(c.Sources) > 0:
		parts = strings.Split(sourcesText(s, c.Sources), ", ")
	}
	if len(c.VLANs) > 0 {
		parts = append(parts, "only VLAN "+Ranges(c.VLANs))
	}
	return strings.Join(parts, ", ")
}
