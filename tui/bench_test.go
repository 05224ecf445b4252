package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ovscope/ovs"
)

// A key on a switch with 10,000 ports: Update and View (DESIGN §6: ≤ 16 ms).
func BenchmarkKeyWith10000Ports(b *testing.B) {
	u := start(b, coloured)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(10000) })
	u.Resize(120, 40)
	keys := []string{"down", "pgdown", "up", "end", "home"}
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		u.m.Update(keyPress(keys[len(took)%len(keys)]))
		u.m.View()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}

// A new snapshot of a switch with 10,000 ports.
func BenchmarkSnapshotWith10000Ports(b *testing.B) {
	u := start(b, coloured)
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = manyPorts(10000) })
	s := *u.m.snap
	for b.Loop() {
		s.Generation++
		next := s
		u.m.Update(snapshotMsg{&next})
		u.m.View()
	}
}

// A frame while packets come: 100 new ones every time.
func BenchmarkFrameOfPackets(b *testing.B) {
	u := start(b, coloured)
	u.Select("tap1")
	u.Press("b")
	for b.Loop() {
		u.Pings(1, 100)
		u.m.redraw = true
		u.m.View()
	}
}

func manyPorts(n int) []*ovs.Bridge {
	var bridges []*ovs.Bridge
	for i := range 4 {
		b := &ovs.Bridge{UUID: ovs.UUID(fmt.Sprint("b", i)), Name: fmt.Sprint("br", i)}
		m := &ovs.Mirror{UUID: ovs.UUID(fmt.Sprint("m", i)), Name: "m", Bridge: b.UUID}
		for j := range n / 4 {
			tag := j % 4094
			p := &ovs.Port{UUID: ovs.UUID(fmt.Sprintf("p%d-%d", i, j)), Name: fmt.Sprintf("tap%d-%d", i, j), Bridge: b.UUID, Tag: &tag}
			p.Interfaces = []*ovs.Interface{{UUID: "i" + p.UUID, Name: p.Name, LinkState: "up"}}
			b.Ports = append(b.Ports, p)
			if j%10 == 0 {
				m.Egress = append(m.Egress, ovs.PortRef{UUID: p.UUID, Name: p.Name})
			}
		}
		b.Mirrors = []*ovs.Mirror{m}
		bridges = append(bridges, b)
	}
	return bridges
}
