package ovs

import (
	"fmt"
	"strconv"
	"strings"
)

// Ranges is a sorted list of numbers as people write it: "10,20,30-32".
func Ranges(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, fmt.Sprintf("%d-%d", list[i], list[j]))
			i = j + 1
			continue
		}
		parts = append(parts, strconv.Itoa(list[i]))
		i++
	}
	return strings.Join(parts, ",")
}

// VLANText is a port's VLANs in words: "access, tag 10", "trunk, trunks 10,20",
// "trunk, all VLANs", "dot1q-tunnel, tag 900, customer VLANs 101,102".
func (p *Port) VLANText() string {
	mode := p.Mode()
	words := []string{mode}
	if p.Tag != nil {
		words = append(words, "tag "+strconv.Itoa(*p.Tag))
	}
	switch {
	case len(p.Trunks) > 0:
		words = append(words, "trunks "+Ranges(p.Trunks))
	case mode != "access" && mode != "dot1q-tunnel":
		words = append(words, "all VLANs")
	}
	if len(p.CVLANs) > 0 {
		words = append(words, "customer VLANs "+Ranges(p.CVLANs))
	}
	return strings.Join(words, ", ")
}

// SourcesText is what a mirror selects: "tap1 →, tap2 ←", "whole bridge, only VLAN 10".
func (m *Mirror) SourcesText() string {
	var parts []string
	if m.SelectAll {
		parts = append(parts, "whole bridge")
	} else {
		for _, r := range m.Egress {
			parts = append(parts, r.Name+" "+Egress.Arrow())
		}
		for _, r := range m.Ingress {
			parts = append(parts, r.Name+" "+Ingress.Arrow())
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	if len(m.VLANs) > 0 {
		parts = append(parts, "only VLAN "+Ranges(m.VLANs))
	}
	if m.Filter != "" {
		parts = append(parts, "only "+m.Filter)
	}
	return strings.Join(parts, ", ")
}

// OutputText is where a mirror's copies go: "port mon0", "VLAN 111", "nowhere".
func (m *Mirror) OutputText() string {
	text := "nowhere"
	switch {
	case m.OutputPort != nil:
		text = "port " + m.OutputPort.Name
	case m.OutputVLAN != nil:
		text = "VLAN " + strconv.Itoa(*m.OutputVLAN)
	}
	if m.SnapLen != nil {
		text += fmt.Sprintf(", first %d bytes", *m.SnapLen)
	}
	return text
}

// LeaseMirror is the mirror of a lease, nil when it is not there.
func (s *Snapshot) LeaseMirror(lease string) *Mirror {
	for _, m := range s.Mirrors() {
		if lease != "" && m.Owner.Lease == lease {
			return m
		}
	}
	return nil
}
