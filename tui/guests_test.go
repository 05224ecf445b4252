package tui

import (
	"slices"
	"testing"
	"time"

	"ovscope/ovs"
)

// Delete deletes a port, as the end of a guest does.
func (u *ui) Delete(name string) {
	u.Edit(func(s *ovs.Snapshot) {
		port := s.PortByName(name)
		gone := func(r ovs.PortRef) bool { return r.UUID == port.UUID }
		b := s.Bridge(port.Bridge)
		b.Ports = slices.DeleteFunc(b.Ports, func(p *ovs.Port) bool { return p.UUID == port.UUID })
		for _, m := range b.Mirrors {
			m.Egress, m.Ingress = slices.DeleteFunc(m.Egress, gone), slices.DeleteFunc(m.Ingress, gone)
			if m.OutputPort != nil && gone(*m.OutputPort) {
				m.OutputPort = nil
			}
		}
	})
}

// Return makes a new port of a name.
func (u *ui) Return(name, bridge string) {
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName(bridge)
		i := &ovs.Interface{UUID: ovs.UUID("new-if-" + name), Name: name, LinkState: "up"}
		b.Ports = append(b.Ports, &ovs.Port{UUID: ovs.UUID("new-" + name), Name: name, Bridge: b.UUID, Interfaces: []*ovs.Interface{i}})
	})
	u.sync()
}

func TestGuestsRestartIsCopiedAgain(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b")
	u.Select("tap2")
	u.Press("e")
	u.Delete("tap1")
	u.Expect("tap1 was deleted; it is copied again when it comes back")
	u.Wait(time.Minute)
	u.Return("tap1", "br0")
	u.Expect("tap1 has come back as a new port: copying it again")
	u.ExpectMarks("tap1", "→←")
	u.ExpectMarks("tap2", "→ ")
	u.Press("u")
	u.Expect("undone: copy tap1 → ←")
	n := len(u.sw.Applied())
	u.Edit(func(*ovs.Snapshot) {})
	if len(u.sw.Applied()) != n {
		t.Error("it was done again")
	}
}

func TestRestartWithinOneSnapshotIsCopiedAgain(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		i := slices.IndexFunc(b.Ports, func(p *ovs.Port) bool { return p.Name == "tap1" })
		b.Ports[i] = &ovs.Port{UUID: "new-tap1", Name: "tap1", Bridge: b.UUID}
		b.Mirrors[0].Egress = nil
	})
	if m := u.sw.Snapshot().Mirrors()[0]; !m.Lists("new-tap1", ovs.Egress) || m.Lists("new-tap1", ovs.Ingress) {
		t.Errorf("it copies %v", m.Sources())
	}
}

func TestLastSourcesRestartIsWaitedFor(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Delete("tap1")
	u.Expect("! tap1 was deleted; it is copied again when it comes back")
	u.Return("tap1", "br1") // another bridge: not that port
	u.ExpectNot("has come back")
	u.Return("tap1", "br0")
	u.Expect("copying it again")
}

func TestOthersMirrorsAreNotRearmed(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("m") // span0 copies vnet2
	u.Delete("vnet2")
	u.Expect("vnet2 was deleted; when it comes back, this mirror does not copy it")
	u.Return("vnet2", "br1")
	u.Expect("vnet2 has come back as a new port; mirror span0 does not copy it")
	if len(u.sw.Applied()) != 0 {
		t.Error("something was changed")
	}
}

func TestMirrorDeletedByOthersLeavesItsPackets(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 5)
	u.Wait(time.Second)
	u.Edit(func(s *ovs.Snapshot) { s.BridgeByName("br0").Mirrors = nil })
	u.Expect("mirror ovscope3f9a0001 was deleted by somebody else", "Mirror ovscope3f9a0001 was deleted by somebody else.",
		"mirror ovscope3f9a0001 is gone; these are its last packets", "seq=5")
	u.Wait(time.Minute)
	u.Select("tap2")
	u.Expect("seq=5")
	u.Press("e")
	u.ExpectNot("seq=5", "is gone")
	u.Expect("Listening on ovscope3f9a0002")
}

func TestOutputDeletedByOthersIsAnnounced(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("e")
	u.Pings(1, 5)
	u.Wait(time.Second)
	u.Delete("ovscope3f9a0001")
	u.Expect("port ovscope3f9a0001, the output of mirror ovscope3f9a0001, was deleted by somebody else",
		"not delivering: its output was deleted; e, i or b makes it anew", "seq=5")
}

func TestKeptAndDeadMirrorsSayHowToRemoveThem(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Edit(func(s *ovs.Snapshot) {
		s.Mirror("span0").Owner = ovs.Owner{Kind: ovs.Kept, Lease: "x"}
		s.Mirror("span0").Egress, s.Mirror("span0").Ingress = nil, nil
		s.Mirror("ovn-m1").Owner = ovs.Owner{Kind: ovs.OtherRun, Lease: "y", Process: ovs.Process{PID: 31702}, Life: ovs.Dead}
	})
	u.Select("vnet2")
	u.Expect("Mirror span0, kept", "not delivering: no source is on", "kept; ovscope cleanup --kept removes it")
	u.ExpectNot("restarts")
	u.Press("m")
	u.Expect("a dead ovscope's", "its ovscope, process 31702, is gone: ovscope cleanup removes it")
}

func TestPeakIsNeverBelowNow(t *testing.T) {
	u := copying(t)
	u.Pings(1, 1)
	u.Wait(1100 * time.Millisecond)
	u.Pings(2, 60) // in the second that is not complete yet
	u.Wait(rateRefresh)
	u.ExpectIn("packets  ", " 60/s ", "peak 60/s")
}

func TestTinyScreensKeepTheHeader(t *testing.T) {
	u := start(t)
	u.Resize(44, 12)
	u.Expect("ovscope", "? help", "q quit")
	u.ExpectFits()
}
