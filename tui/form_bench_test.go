package tui

import (
	"fmt"
	"testing"

	"ovscope/ovs"
)

// A key in a form on a switch with 10,000 ports costs less than a frame (DESIGN §6:
// 16 ms), in the fields and in the list of outputs.
func BenchmarkFormOf10kPorts(b *testing.B) {
	open := func(b *testing.B) *ui {
		u := start(b)
		u.Edit(func(s *ovs.Snapshot) {
			br := s.BridgeByName("br0")
			for i := range 10000 {
				name := fmt.Sprintf("vm%d", i)
				br.Ports = append(br.Ports, &ovs.Port{UUID: ovs.UUID(name), Name: name, Bridge: "br0", Interfaces: []*ovs.Interface{{Name: name, Type: "internal"}}})
			}
		})
		u.Select("tap1")
		u.Press("n")
		return u
	}
	b.Run("typing", func(b *testing.B) {
		u := open(b)
		u.Choose("kind", "VLAN (RSPAN)")
		u.Fill("output VLAN", "11")
		for b.Loop() {
			u.Press("1", "backspace")
		}
	})
	b.Run("outputs", func(b *testing.B) {
		u := open(b)
		u.Choose("output", "existing port")
		u.Field("output port")
		u.Press("enter")
		for b.Loop() {
			u.Press("9", "backspace")
		}
	})
	b.Run("open outputs", func(b *testing.B) {
		u := open(b)
		u.Choose("output", "existing port")
		u.Field("output port")
		for b.Loop() {
			u.Press("enter", "esc")
		}
	})
}
