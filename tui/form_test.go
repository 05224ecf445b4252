package tui

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// Field moves the form's cursor to a field by its label.
func (u *ui) Field(label string) {
	u.Helper()
	f, ok := u.m.page.(*form)
	if !ok {
		u.Fatalf("no form is open:\n%s", u.Screen())
	}
	for range f.rows(u.m) {
		u.Press("shift+tab")
	}
	for range f.rows(u.m) {
		if f.at.label() == label || label == "apply" && f.at.field == fieldApply {
			return
		}
		u.Press("tab")
	}
	u.Fatalf("the form has no field %q:\n%s", label, u.Screen())
}

// Fill types a text into a field, in place of what is there.
func (u *ui) Fill(label, text string) {
	u.Helper()
	u.Field(label)
	u.Press("ctrl+u")
	u.Type(text)
}

// Choose takes an option of a field.
func (u *ui) Choose(label, option string) {
	u.Helper()
	u.Field(label)
	f := u.m.page.(*form)
	for range f.options(u.m, f.at.field) {
		if strings.Contains(u.Row(u.m.st.Signs.Cursor+" "+label), "["+option+"]") {
			return
		}
		u.Press("right")
	}
	u.Fatalf("%s has no option %q:\n%s", label, option, u.Screen())
}

// ExpectPlan fails unless all texts are in the form's plan, wherever lines end.
func (u *ui) ExpectPlan(texts ...string) {
	u.Helper()
	plan := u.plan()
	for _, text := range texts {
		if !strings.Contains(plan, text) {
			u.Fatalf("%q is not in the plan:\n%s\n%s", text, plan, u.Screen())
		}
	}
}

func (u *ui) plan() string {
	u.Helper()
	f, ok := u.m.page.(*form)
	if !ok {
		u.Fatalf("no form is open:\n%s", u.Screen())
	}
	lines := f.planLines(u.m, 2000)
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

// PickOutput opens the list of ports and takes one.
func (u *ui) PickOutput(name string) {
	u.Helper()
	u.Choose("output", "existing port")
	u.Field("output port")
	u.Press("enter")
	u.Type(name)
	u.Press("enter")
}

// mirrorNamed is a mirror of the switch by its name.
func (u *ui) mirrorNamed(name string) *ovs.Mirror {
	u.Helper()
	for _, m := range u.sw.Snapshot().Mirrors() {
		if m.Name == name {
			return m
		}
	}
	u.Fatalf("there is no mirror %s", name)
	return nil
}

func TestFormMakesAMirrorOfTheSelectedPort(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Expect("New mirror on br0", "tap1 → ←", "→ copy tap1 → ← into new span1", "$ ovs-vsctl -- --id=@p1 get Port tap1", "[remove it]")
	if n := len(u.sw.Applied()); n != 0 {
		t.Fatalf("%d changes before anything was applied", n)
	}
	u.Field("apply")
	u.Press("enter")
	u.ExpectNot("New mirror on br0")
	u.Expect("Mirror span1, ours", "tap1", "1 mirror to remove on quit", "ok in 12 ms")
	u.Pings(1, 3, tuitest.Tag(10)) // it is followed at once
	u.Wait(time.Second)
	u.Expect("seq=3 ")
	u.Press("L")
	u.Expect("copy tap1 → ← into new span1: ok in 12 ms")
	u.Press("esc", "u")
	u.Expect("undone: copy tap1", "Nothing is copied on br0")
	u.ExpectNot("deleted by somebody else")
}

// What is pasted is a text, also where it is called like a key.
func TestFormTakesPastedWordsForText(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Field("apply")
	u.Send(tea.PasteMsg{Content: "enter"})
	if u.m.work.busy || len(u.sw.Applied()) > 0 {
		t.Error("a pasted word applies the plan")
	}
	u.Send(tea.PasteMsg{Content: "esc"})
	u.Expect("New mirror on br0")
	u.Field("sources")
	u.Press("enter")
	u.Send(tea.PasteMsg{Content: "esc"})
	u.Expect("Sources on br0", "search esc")
}

func TestFormKeepsAMirror(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Choose("on quit", "keep it")
	u.Press("ctrl+s")
	u.Expect("Mirror span1, kept")
	u.ExpectNot("to remove on quit")
	u.Press("q")
	if !u.quit {
		t.Error("q asked about a mirror that stays")
	}
}

// Each kind asks for what it needs, and for nothing else.
func TestFormAsksOnlyForWhatTheKindNeeds(t *testing.T) {
	fields := map[string]string{ // by field: the kinds that have it
		"output  ": "local port", "port's name": "local port, GRE, ERSPAN", "port's tag": "local port",
		"output VLAN": "VLAN (RSPAN)", "flood it on": "VLAN (RSPAN)", "remote_ip": "GRE, ERSPAN", "local_ip": "GRE, ERSPAN",
		"key": "GRE, ERSPAN", "version": "ERSPAN", "index": "ERSPAN", "sources": "local port, VLAN (RSPAN), GRE, ERSPAN",
		"snaplen": "local port, VLAN (RSPAN), GRE, ERSPAN", "only VLANs": "local port, VLAN (RSPAN), GRE, ERSPAN",
	}
	u := start(t)
	u.Press("n")
	for _, kind := range []string{"local port", "VLAN (RSPAN)", "GRE", "ERSPAN"} {
		u.Choose("kind", kind)
		for field, kinds := range fields {
			has := slices.Contains(strings.Split(kinds, ", "), kind)
			if is := strings.Contains(u.Screen(), "  "+field); is != has {
				t.Errorf("%s: %s is asked for: %v\n%s", kind, field, is, u.Screen())
			}
		}
		u.ExpectNot("hardware id", "filter")
	}
	u.Choose("version", "2 (type III)")
	u.Expect("hardware id", "direction")
	u.ExpectNot("  index")
	u.Edit(func(s *ovs.Snapshot) { s.Features.MirrorFilter = true })
	u.Expect("  filter") // which the server's schema has now
}

func TestFormMakesEveryKind(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("2001:db8::9")
	for name, test := range map[string]struct {
		fill func(*ui)
		want ovs.MirrorSpec
	}{
		"access port": {func(u *ui) {
			u.Fill("port's name", "mon9")
			u.Fill("port's tag", "10")
			u.Fill("only VLANs", "10,20-22")
			u.Fill("snaplen", "128")
		}, ovs.MirrorSpec{Name: "span1", VLANs: []int{10, 20, 21, 22}, SnapLen: 128, Output: ovs.Output{New: &ovs.NewPort{Name: "mon9", Tag: 10}}}},
		"whole bridge": {func(u *ui) {
			u.Fill("name", "all of it")
			u.Choose("copy", "the whole bridge")
		}, ovs.MirrorSpec{Name: "all of it", SelectAll: true, Output: ovs.Output{New: &ovs.NewPort{Name: "span0"}}}},
		"RSPAN": {func(u *ui) {
			u.Choose("kind", "VLAN (RSPAN)")
			u.Fill("output VLAN", "111")
		}, ovs.MirrorSpec{Name: "rspan0", Output: ovs.Output{VLAN: 111}}},
		"GRE, IPv6": {func(u *ui) {
			u.Choose("kind", "GRE")
			u.Fill("remote_ip", "2001:db8::9")
			u.Fill("local_ip", "2001:db8::1")
			u.Fill("key", "0x10")
		}, ovs.MirrorSpec{Name: "gre-span0", Output: ovs.Output{New: &ovs.NewPort{Name: "gre-span0", Tunnel: ovs.Tunnel{
			Kind: ovs.GRE, Remote: v6, Local: netip.MustParseAddr("2001:db8::1"), Key: ovs.Key{Set: true, Value: 16},
		}}}}},
		"ERSPAN II": {func(u *ui) {
			u.Choose("kind", "ERSPAN")
			u.Fill("remote_ip", "192.0.2.9")
			u.Fill("key", "7")
			u.Fill("index", "26")
			u.Expect("= 26 (0x1a)")
			u.ExpectPlan("options:erspan_idx=1a", "session id 7, index 26 (0x1a)")
		}, ovs.MirrorSpec{Name: "erspan0", Output: ovs.Output{New: &ovs.NewPort{Name: "erspan0", Tunnel: ovs.Tunnel{
			Kind: ovs.ERSPAN1, Remote: v4, Key: ovs.Key{Set: true, Value: 7}, Index: 26,
		}}}}},
		"ERSPAN III": {func(u *ui) {
			u.Choose("kind", "ERSPAN")
			u.Fill("remote_ip", "192.0.2.9")
			u.Choose("version", "2 (type III)")
			u.Choose("direction", "1 to guest")
			u.Fill("hardware id", "0x3f")
			u.Expect("= 63 (0x3f)")
		}, ovs.MirrorSpec{Name: "erspan0", Output: ovs.Output{New: &ovs.NewPort{Name: "erspan0", Tunnel: ovs.Tunnel{
			Kind: ovs.ERSPAN2, Remote: v4, Direction: 1, HardwareID: 63,
		}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			u := start(t)
			u.Select("tap1")
			u.Press("n")
			test.fill(u)
			f := u.m.page.(*form)
			for _, n := range f.names() { // the scene's trunks get RSPAN's copies
				u.Fill("type "+n, n)
			}
			u.Press("ctrl+s")
			if len(u.sw.Applied()) != 1 {
				t.Fatalf("nothing was applied:\n%s", u.Screen())
			}
			got := u.sw.Applied()[0].Change.(ovs.CreateMirror)
			if !test.want.SelectAll {
				test.want.Sources = sourcesOf("tap1", []ovs.Direction{ovs.Egress, ovs.Ingress})
			}
			want, is := test.want, got.MirrorSpec
			if want.Output.New != nil && is.Output.New != nil && *want.Output.New == *is.Output.New {
				is.Output.New = want.Output.New
			}
			if want.Name != is.Name || want.SelectAll != is.SelectAll || !slices.Equal(want.Sources, is.Sources) ||
				!slices.Equal(want.VLANs, is.VLANs) || want.SnapLen != is.SnapLen || want.Output != is.Output {
				t.Errorf("got %+v\nwant %+v", is, want)
			}
			if is.Output.VLAN != 0 && !slices.Equal(got.Flood, []ovs.UUID{"br0"}) {
				t.Errorf("it floods on %v", got.Flood)
			}
			u.Expect("Mirror " + want.Name + ", ours")
		})
	}
}

func TestFormSaysWhatIsWrongWithAField(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	for _, c := range [][3]string{
		{"only VLANs", "10,x", `only VLANs: "x" is no VLAN, 0 to 4095`},
		{"snaplen", "13", "snaplen 13: want 14 to 65535 bytes"},
		{"port's name", "much-too-long-a-name", "Linux allows at most 15 bytes"},
		{"port's tag", "5000", "tag 5000: want 1 to 4095"},
	} {
		u.Fill(c[0], c[1])
		u.Expect("[ apply ]  not yet: see the plan")
		u.ExpectPlan(c[2])
		u.Press("ctrl+s")
		if len(u.sw.Applied()) != 0 {
			t.Fatalf("%s %s was applied", c[0], c[1])
		}
		u.Fill(c[0], "")
		u.ExpectNot("not yet")
	}
	u.Choose("kind", "GRE")
	u.ExpectPlan("remote_ip: the tunnel needs the analyzer's address")
	u.Fill("remote_ip", "analyzer")
	u.ExpectPlan(`"analyzer" is no IP address`)
	u.Field("apply")
	u.Press("enter") // goes where the trouble is
	if at := u.m.page.(*form).at.label(); at != "remote_ip" {
		t.Errorf("the cursor is on %s", at)
	}
}

func TestFormPicksSourcesFromASearchableList(t *testing.T) {
	u := start(t)
	u.Select("br0")
	u.Press("n")
	u.Expect("none; enter opens the list")
	u.ExpectPlan("nothing will be copied: the mirror has no source")
	u.Field("sources")
	u.Press("enter")
	u.Expect("Sources on br0", "vhost7", "1 of 8")
	u.Type("DB")
	u.Expect("▸    tap2", "1 of 1") // by its guest's name
	u.ExpectNot("vhost7")
	u.Press("right")
	u.Expect("▸ →  tap2")
	u.Press("esc") // clears the search
	u.Expect("vhost7")
	u.Press("home", "down", "down", "space")
	u.Expect("→← tap1")
	u.Press("down", "down", "left")
	u.Expect(" ← tap3")
	u.Press("enter")
	u.Expect("tap2 →, tap1 → ←, tap3 ←")
	u.ExpectPlan("copy tap2 →, tap1 → ←, tap3 ← into new span1")
	u.Press("ctrl+s")
	u.Expect("Mirror span1, ours")
	u.ExpectMarks("tap1", "→←")
	u.ExpectMarks("tap3", " ←")
}

// Outputs are listed with why they are safe or not, and what hurts must be typed.
func TestFormRefusesAGuestAsOutputUntilItsNameIsTyped(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Choose("output", "existing port")
	u.Expect("output port: choose the port that copies go to")
	u.Field("output port")
	u.Press("enter")
	u.Expect("! tap1", "is a source: it cannot be both", "! tap2", "guest db-1 on tap2 loses its network", "! bond0")
	u.Type("tap2")
	u.Press("enter")
	u.ExpectPlan("guest db-1 on tap2 loses its network: what it sends is dropped, and it receives only copies (type tap2 to confirm)")
	u.Expect("first: type tap2")
	u.Press("ctrl+s")
	u.Expect("first: type tap2")
	if len(u.sw.Applied()) != 0 {
		t.Fatal("it was applied")
	}
	u.Type("tap")
	u.Press("ctrl+s")
	if len(u.sw.Applied()) != 0 {
		t.Fatal("half a name was enough")
	}
	u.Type("2")
	u.Expect("confirmed", "first: type br0")
	u.Fill("type br0", "br0") // whose MAC address changes, too
	u.Press("ctrl+s")
	if m := u.mirrorNamed("span1"); m.OutputPort == nil || m.OutputPort.Name != "tap2" {
		t.Errorf("output %v", m.OutputPort)
	}
}

// What only a look at the interfaces tells is among the hazards, too.
func TestFormJudgesByWhatTheInterfacesDo(t *testing.T) {
	u := start(t)
	u.sw.SetFacts(&ovs.Facts{NoControl: "no such file", Interfaces: map[string]ovs.InterfaceFacts{
		"mon0": {Measured: true, Receiving: true}, "vnet1": {Measured: true, Rate: 4e9},
	}})
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br1")
		mon0 := b.PortByName("mon0")
		mon0.ExternalIDs, b.Mirrors = nil, nil
		mon0.Interfaces = []*ovs.Interface{{Name: "mon0", Type: "internal", MTU: 1500}}
	})
	u.Select("vnet1")
	u.Press("n")
	u.ExpectPlan("connections that are running will follow only seconds later, because ovs-vswitchd cannot be asked: no such file")
	u.Choose("copy", "the whole bridge")
	u.ExpectPlan("bridge br1 passes 2 Gbit/s now")
	u.Choose("copy", "ports")
	u.PickOutput("mon0")
	u.ExpectPlan("somebody uses mon0, which was sending just now")
	u.sw.SetFacts(&ovs.Facts{})
	u.Wait(2 * factsEvery) // it looks again
	if strings.Contains(u.plan(), "somebody uses mon0") {
		t.Error("it still says that mon0 is in use")
	}
	u.Expect("safe: nobody is known to use it")
}

func TestFormChangesAMirror(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "E")
	u.Expect("Change mirror ovscope3f9a0001 on br0", "[new internal port]", "ovscope3f9a0001", "tap1 → ←", "nothing to do")
	u.ExpectNot("on quit  ")
	u.Fill("name", "ids")
	u.Fill("snaplen", "96")
	u.Fill("port's tag", "10")
	u.ExpectPlan("call it ids; output new port ovscope3f9a0001; copy 96 bytes of a packet")
	u.Press("ctrl+s")
	u.Expect("Mirror ids, ours", "first 96 bytes", "ok in 12 ms")
	if p := u.sw.Snapshot().PortByName("ovscope3f9a0001"); p == nil || p.Tag == nil || *p.Tag != 10 {
		t.Errorf("the output port is %+v", p)
	}
	u.Press("u")
	u.Expect("Mirror ovscope3f9a0001, ours")
	u.ExpectNot("first 96 bytes")
}

func TestFormAsksBeforeItChangesAForeignMirror(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m", "E")
	u.Expect("Change mirror span0 on br1", "vnet2 → ←", "[existing port]", "mon0")
	u.Fill("snaplen", "64")
	u.ExpectPlan("mirror span0 is not ours (foreign): whoever uses it sees other traffic from now on")
	u.Expect("first: answer the question above")
	u.Press("ctrl+s")
	if len(u.sw.Applied()) != 0 {
		t.Fatal("it did not ask")
	}
	u.Press("right", "ctrl+s")
	if m := u.mirrorNamed("span0"); m.SnapLen == nil || *m.SnapLen != 64 {
		t.Fatalf("snaplen %v", m.SnapLen)
	}
	u.Expect("1 change to take back on quit")
	u.Press("q")
	u.Expect("snaplen of span0 was whole packets, is 64 bytes (foreign)", "r  take back and quit")
	u.Press("r")
	if m := u.mirrorNamed("span0"); m.SnapLen != nil || !u.quit {
		t.Error("it was not taken back")
	}
}

func TestOVNsMirrorIsNeverChanged(t *testing.T) {
	u := start(t)
	u.Select("vnet1") // ovn-m1 is shown
	for _, key := range []string{"E", "o", "d"} {
		u.Press(key)
		u.Expect(key + ": mirror ovn-m1 belongs to OVN, which would write it back at once")
	}
	if u.m.page != nil {
		t.Error("a form is open")
	}
}

func TestFormChoosesAnotherOutput(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "o")
	u.Expect("Output on br0", "a new internal port", "a VLAN (RSPAN)", "an ERSPAN tunnel to another host", "is a source: it cannot be both", "guest db-1 on tap2 loses its network")
	u.Type("erspan")
	u.Press("enter")
	u.Expect("Another output for mirror ovscope3f9a0001", "remote_ip: the tunnel needs")
	u.Fill("remote_ip", "192.0.2.9")
	u.Press("ctrl+s")
	m := u.sw.Snapshot().Mirrors()[0]
	if p := u.sw.Snapshot().Port(m.OutputPort.UUID); p == nil || p.Interfaces[0].Type != "erspan" {
		t.Errorf("the output is %+v", p)
	}
	if u.sw.Snapshot().PortByName("ovscope3f9a0001") != nil {
		t.Error("the old output port is still there")
	}
	u.ExpectMarks("tap1", "→←")
	u.Press("u")
	u.Expect("output       port ovscope3f9a0001")
}

func TestDetachShowsThePlanFirst(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("b", "d")
	u.Expect("Remove mirror ovscope3f9a0001 from br0", "$ ovs-vsctl -- remove Bridge br0 mirrors", "▸ [ apply ]")
	if len(u.sw.Applied()) != 1 {
		t.Fatal("it did not wait")
	}
	u.Press("enter")
	u.Expect("Nothing is copied on br0", "ok in 12 ms")
	u.ExpectNot("deleted by somebody else")
	u.Press("u")
	u.Expect("Mirror ovscope3f9a0001, ours")
	u.ExpectMarks("tap1", "→←")
	u.Press("d", "esc")
	u.Expect("Mirror ovscope3f9a0001, ours")
}

func TestDetachingAForeignMirrorAsks(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m", "d")
	u.Expect("mirror span0 is not ours (foreign): whoever uses it loses it", "[no]")
	u.Press("ctrl+s")
	u.mirrorNamed("span0")
	u.Press("space", "ctrl+s")
	if len(u.sw.Snapshot().BridgeByName("br1").Mirrors) != 1 {
		t.Fatal("it is still there")
	}
	u.Press("u")
	u.Expect("Are you sure?", "first: type mon0")
	u.ExpectPlan("guest ids on mon0 loses its network") // again
	u.Fill("type mon0", "mon0")
	u.Fill("type br1", "br1")
	u.Press("ctrl+s")
	if m := u.mirrorNamed("span0"); m.Owner.Kind != ovs.Foreign || len(m.Ingress) != 2 {
		t.Errorf("made again as %+v", m)
	}
}

// D removes ours; all whatsoever only by the bridge's typed name, and never OVN's.
func TestDetachAll(t *testing.T) {
	u := start(t)
	u.Select("vnet1")
	u.Press("e", "enter") // a mirror of our own
	u.Press("D")
	u.Expect("Remove the mirrors of br1", "remove our mirrors on br1: ovscope3f9a0001")
	u.Field("apply")
	u.Press("enter")
	if got := len(u.sw.Snapshot().BridgeByName("br1").Mirrors); got != 2 {
		t.Fatalf("%d mirrors are left", got)
	}
	u.Press("u")
	u.mirrorNamed("ovscope3f9a0001")
	u.Press("D")
	u.Choose("remove", "all whatsoever")
	u.Expect("all 2 mirrors of bridge br1 go, and whoever uses span0 loses them (type br1 to confirm)", "mirror ovn-m1 belongs to OVN")
	u.Press("ctrl+s")
	u.Expect("first: type br1")
	u.Type("br1")
	u.Press("ctrl+s")
	if left := u.sw.Snapshot().BridgeByName("br1").Mirrors; len(left) != 1 || left[0].Name != "ovn-m1" {
		t.Errorf("left are %v", left)
	}
}

func TestReadOnlySaysWhyFormsAreOff(t *testing.T) {
	u := start(t, func(c *Config) { c.ReadOnly = true })
	u.Select("vnet2")
	for _, key := range []string{"n", "E", "o", "d", "D"} {
		u.Press(key)
		u.Expect(key + ": read-only, by --read-only or the config file: nothing is changed")
	}
	if u.m.page != nil {
		t.Error("a form is open")
	}
}

func TestFormKeysSayWhyTheyAreOfNoUse(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	for _, key := range []string{"E", "o", "d", "D"} {
		u.Press(key)
		u.Expect(key + ": there is no mirror on br0")
	}
	u.Press("ctrl+s")
	u.Expect("it applies what a form shows; n opens one")
	u.Edit(func(s *ovs.Snapshot) { s.Bridges = nil })
	u.Press("n")
	u.Expect("n: there is no bridge")
}

func TestClosingAFormAsksIfSomethingWouldBeLost(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n", "esc")
	u.ExpectNot("New mirror", "Close the form?")
	u.Press("n")
	u.Fill("name", "precious")
	u.Press("esc")
	u.Expect("Close the form?", "What you have filled in would be lost")
	u.Press("enter") // back
	u.Expect("New mirror on br0", "precious")
	u.Press("esc", "2")
	u.ExpectNot("New mirror on br0")
	if len(u.sw.Applied()) != 0 {
		t.Error("something was applied")
	}
}

// Somebody else changes the mirror while the form is open: that is seen, nothing
// typed is lost, and it asks again before anything is applied.
func TestFormNoticesAChangeByAnotherProgram(t *testing.T) {
	open := func(t *testing.T) *ui {
		u := start(t)
		u.Select("vnet2")
		u.Press("m", "E")
		u.Fill("name", "mine")
		u.Fill("snaplen", "64")
		u.Edit(func(s *ovs.Snapshot) {
			m := s.Mirror("span0")
			n := 100
			m.SnapLen = &n
			m.Egress = append(m.Egress, ovs.PortRef{UUID: "vnet1", Name: "vnet1"})
		})
		u.ExpectPlan("changed by somebody else meanwhile: snaplen was whole packets, is 100 bytes", "changed by somebody else meanwhile: sources was")
		u.Expect("it was changed meanwhile: asks first", "mine", "64")
		u.Press("ctrl+s")
		u.Expect("Mirror span0 was changed meanwhile", "name: mine", "snaplen: 64 bytes, which both have changed",
			"1  take theirs into the form and look again", "2  apply mine all the same, over snaplen", "3  back to the form")
		if len(u.sw.Applied()) != 0 {
			t.Fatal("it was applied without asking")
		}
		return u
	}
	t.Run("look again", func(t *testing.T) {
		u := open(t)
		u.Press("1")
		u.Expect("Change mirror", "mine", "snaplen        100", "vnet1 →")
		u.ExpectNot("meanwhile")
		u.Field("all the same?")
		u.Press("right", "ctrl+s")
		m := u.mirrorNamed("mine")
		if *m.SnapLen != 100 || !m.Lists("vnet1", ovs.Egress) || !m.Lists("vnet2", ovs.Egress) {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("apply mine", func(t *testing.T) {
		u := open(t)
		u.Press("2")
		u.Expect("first: answer the question above") // it is not ours, after all
		u.Press("right", "ctrl+s")
		m := u.mirrorNamed("mine")
		if *m.SnapLen != 64 || !m.Lists("vnet1", ovs.Egress) {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("back", func(t *testing.T) {
		u := open(t)
		u.Press("3")
		u.Expect("mine", "changed by somebody else meanwhile")
		u.ExpectNot("which both have changed")
	})
}

// The change comes at the last moment, after the plan was sent.
func TestFormAsksAgainWhenSomebodyWasFaster(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m", "E")
	u.Fill("snaplen", "64")
	u.Field("all the same?")
	u.Press("right")
	u.sw.Fail = &ovs.ChangedError{What: "the snaplen of mirror span0"}
	u.Press("ctrl+s")
	u.ExpectPlan("the snaplen of mirror span0 was changed by somebody else meanwhile; nothing was changed")
	u.Expect("Change mirror span0", "64")
	u.sw.Fail = nil
	u.Edit(func(s *ovs.Snapshot) { n := 100; s.Mirror("span0").SnapLen = &n })
	u.Expect("Mirror span0 was changed meanwhile", "snaplen was whole packets, is 100 bytes")
	u.Press("2", "ctrl+s")
	if m := u.mirrorNamed("span0"); *m.SnapLen != 64 {
		t.Errorf("snaplen %d:\n%s", *m.SnapLen, u.Screen())
	}
}

func TestFormKeepsEverythingWhenAChangeFails(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Fill("name", "precious")
	u.sw.Fail = errors.New("OVSDB refused the transaction")
	u.Press("ctrl+s")
	u.Expect("New mirror on br0", "precious")
	u.ExpectPlan("could not copy tap1 → ← into new precious: OVSDB refused the transaction")
	u.sw.Fail = nil
	u.Press("ctrl+s")
	u.Expect("Mirror precious, ours")
}

func TestFormOfADeletedMirrorMakesANewOne(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Press("m", "E")
	u.Fill("snaplen", "64")
	u.Edit(func(s *ovs.Snapshot) { b := s.BridgeByName("br1"); b.Mirrors = b.Mirrors[:1] })
	u.ExpectPlan("mirror span0 was deleted by somebody else meanwhile; what you filled in is still here")
	u.Press("ctrl+s")
	u.Expect("Mirror span0 is gone", "1  make a new mirror of what is filled in")
	u.Press("1")
	u.Expect("New mirror on br1", "vnet2 → ←", "64")
	f := u.m.page.(*form)
	for _, n := range f.names() {
		u.Fill("type "+n, n)
	}
	u.Press("ctrl+s")
	if m := u.mirrorNamed("span0"); *m.SnapLen != 64 || m.Owner.Kind != ovs.ThisRun {
		t.Errorf("got %+v", m)
	}
}

// A guest restarts while the form is open: it has another port of the same name.
func TestFormFollowsAGuestThatRestarts(t *testing.T) {
	u := start(t)
	u.Select("tap1")
	u.Press("n")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = slices.DeleteFunc(b.Ports, func(p *ovs.Port) bool { return p.Name == "tap1" })
	})
	u.ExpectPlan("sources: there is no port tap1 on br0 now")
	u.Expect("tap1 → ←")
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br0")
		b.Ports = append(b.Ports, &ovs.Port{UUID: "tap1-again", Name: "tap1", Bridge: "br0", Interfaces: []*ovs.Interface{{Name: "tap1"}}})
	})
	u.ExpectNot("not yet")
	u.Press("ctrl+s")
	if m := u.mirrorNamed("span1"); !m.Lists("tap1-again", ovs.Egress) {
		t.Errorf("got %+v", m)
	}
}

// The form waits for a change that is under way, and for what it applies itself.
func TestFormWaitsItsTurn(t *testing.T) {
	u := start(t)
	u.Select("tap2")
	u.Hold()
	u.Press("e")
	u.Press("n")
	u.Press("ctrl+s")
	u.Expect("waiting for the change that is under way")
	u.Release()
	if got := len(u.sw.Snapshot().BridgeByName("br0").Mirrors); got != 2 {
		t.Errorf("%d mirrors:\n%s", got, u.Screen())
	}
}

func TestUnknownFactsAreSaid(t *testing.T) {
	u := start(t)
	u.sw.FactsFail = context.DeadlineExceeded
	u.Select("tap1")
	u.Press("n")
	u.ExpectPlan("who would be hurt is known only in part")
	u.Press("ctrl+s")
	u.Expect("Mirror span1, ours")
}

// Whatever is pressed, at whatever size: the form fits the screen.
func TestFormsFit(t *testing.T) {
	keys := []string{"down", "right", "1", "enter", "a", "space", "left", "pgdown", "enter", "tab", "right", "x", "esc", "esc", "up", "right", "ctrl+s", "pgup", "shift+tab", "ctrl+u", "esc"}
	for _, size := range [][2]int{{200, 50}, {120, 40}, {80, 24}, {60, 15}, {31, 9}} {
		for _, open := range []string{"n", "E", "o", "d", "D"} {
			u := start(t)
			u.Select("vnet2")
			u.Press("m")
			u.Resize(size[0], size[1])
			u.Press(open)
			u.ExpectFits()
			for range 6 {
				for _, k := range keys {
					u.Press(k)
					u.ExpectFits()
				}
			}
		}
	}
}

// With --mask an address of the mirror has a stand-in in its form, and stays what it is.
func TestMaskedFormKeepsTheRealAddress(t *testing.T) {
	u := start(t, maskedScreen)
	u.Select("tap1")
	u.Press("n")
	u.Choose("kind", "GRE")
	u.Fill("remote_ip", "10.0.0.2")
	u.Press("ctrl+s", "E")
	u.Expect("Change mirror", u.m.hide("10.0.0.2"))
	u.ExpectNot("10.0.0.2")
	u.Fill("key", "7")
	u.Press("ctrl+s")
	p := u.sw.Snapshot().PortByName("gre-span0")
	if p == nil || p.Interfaces[0].Options["remote_ip"] != "10.0.0.2" || p.Interfaces[0].Options["key"] != "7" {
		t.Errorf("the tunnel is %+v", p)
	}
	expectMasked(t, u, "the panes")
}

// Who is quicker than the look at the interfaces need not press twice, and is asked all the same.
func TestFormAppliesOnceItIsKnownWhoWouldBeHurt(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		b := s.BridgeByName("br1")
		mon0 := b.PortByName("mon0")
		mon0.ExternalIDs, b.Mirrors = nil, nil
		mon0.Interfaces = []*ovs.Interface{{Name: "mon0", Type: "internal", MTU: 1500}}
	})
	for applied, busy := range []bool{true, false} {
		u.sw.SetFacts(&ovs.Facts{Interfaces: map[string]ovs.InterfaceFacts{"mon0": {Measured: true, Receiving: busy}}})
		u.Select("vnet1")
		u.Hold()
		u.Press("n")
		u.PickOutput("mon0")
		u.Expect("looking who would be hurt")
		u.Press("ctrl+s")
		before := len(u.sw.Applied())
		u.Release()
		if got := len(u.sw.Applied()) - before; got != applied {
			t.Fatalf("busy %v: %d changes\n%s", busy, got, u.Screen())
		}
		if busy {
			u.Expect("first: type mon0")
			u.Press("esc", "2")
		}
	}
}

// An RSPAN whose VLAN stays keeps the flooding that it has, and may get more.
func TestFormChangesTheFloodingOfAVLANThatStays(t *testing.T) {
	u := start(t)
	u.Select("vnet2")
	u.Edit(func(s *ovs.Snapshot) {
		m := s.Mirror("span0")
		vlan := 111
		m.OutputPort, m.OutputVLAN = nil, &vlan
	})
	u.Press("m", "E")
	u.Fill("snaplen", "64")
	if got := u.editOf(t); len(got.Flood)+len(got.Unflood) != 0 {
		t.Errorf("it floods on %v and no more on %v, though nobody asked", got.Flood, got.Unflood)
	}
	u.Field("flood it on")
	u.Press("enter", "space", "esc")
	if got := u.editOf(t); !slices.Equal(got.Flood, []ovs.UUID{"br0"}) {
		t.Errorf("it floods on %v", got.Flood)
	}
	u.Edit(func(s *ovs.Snapshot) { s.Bridge("br0").FloodVLANs = []int{111} })
	if got := u.editOf(t); len(got.Flood)+len(got.Unflood) != 0 {
		t.Errorf("what floods already: %v, %v", got.Flood, got.Unflood)
	}
	u.Press("enter", "space", "esc")
	if got := u.editOf(t); !slices.Equal(got.Unflood, []ovs.UUID{"br0"}) {
		t.Errorf("it floods no more on %v", got.Unflood)
	}
}

// editOf is what the form asks for.
func (u *ui) editOf(t *testing.T) ovs.EditMirror {
	t.Helper()
	change, err := u.m.page.(*form).change(u.m)
	if err != nil {
		t.Fatal(err)
	}
	return change.(ovs.EditMirror)
}
