package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ovscope/live/mask"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

func maskedScreen(c *Config) {
	c.Mask = mask.New([]byte("test"))
	c.Hostname = "hv1"
}

// addressed puts addresses everywhere in what OVSDB says.
func addressed(u *ui) {
	u.Edit(func(s *ovs.Snapshot) {
		s.Endpoint = "tcp:10.0.0.1:6640"
		b := s.BridgeByName("br0")
		b.OtherConfig = map[string]string{"hwaddr": "52:54:00:00:00:05"}
		p := b.PortByName("tap2")
		p.ExternalIDs = map[string]string{"vm-name": "ip-10-0-0-1", "node": "10.0.0.2"}
		i := *p.Interfaces[0]
		i.Options = map[string]string{"remote_ip": "10.0.0.2", "local_ip": "fe80::5054:ff:fe00:5"}
		i.Status = map[string]string{"tunnel_egress_iface": "eth0", "mac": "52:54:00:00:00:05"}
		i.ExternalIDs = map[string]string{"attached-mac": "52:54:00:00:00:02"}
		p.Interfaces = []*ovs.Interface{&i}
		q := b.PortByName("tap3")
		q.Name = "gre-10.0.0.2"
	})
}

func expectMasked(t *testing.T, u *ui, where string) {
	t.Helper()
	screen := u.Screen()
	for _, secret := range []string{"10.0.0.1", "10.0.0.2", "10-0-0-1", "52:54:00", "5254 00", "52 54 00", "0a 00 00 0", "fe80::5054"} {
		if strings.Contains(screen, secret) {
			t.Errorf("%s: %s is on the screen:\n%s", where, secret, screen)
		}
	}
}

// Whatever is opened, no address is on the screen.
func TestNoSceneShowsAnAddressWithMask(t *testing.T) {
	for name, scene := range scenes() {
		if name == "save" || strings.HasPrefix(name, "filter-wrong") { // what is typed is what is typed
			continue
		}
		u := start(t, maskedScreen)
		addressed(u)
		scene(u)
		expectMasked(t, u, name)
	}
}

func TestMaskedPortDetails(t *testing.T) {
	u := start(t, maskedScreen)
	addressed(u)
	u.Resize(120, 60)
	u.Select("tap2")
	expectMasked(t, u, "the tree")
	u.Expect("masked", "gre-10.")
	u.Press("enter")
	expectMasked(t, u, "the port")
	u.Expect("remote_ip="+u.m.hide("10.0.0.2"), "attached-mac="+u.m.hide("52:54:00:00:00:02"), "vm-name="+u.m.hide("ip-10-0-0-1"))
}

// Packets have the same stand-ins as OVSDB's texts, so that directions can be told,
// and a filter finds what is on the screen.
func TestMaskedPacketsBelongToMaskedPorts(t *testing.T) {
	u := listening(t, maskedScreen)
	u.Pings(1, 3, tuitest.Tag(10))
	u.Wait(fastTick)
	from, to := u.m.hide("10.0.0.1"), u.m.hide("10.0.0.2")
	u.Expect(" 10   →  "+from+" → "+to, "echo request")
	u.Press("/")
	u.Type("host " + from)
	u.Press("enter")
	u.Expect("3 of 3 match")
	u.Press("enter")
	u.Expect("Source: "+u.m.hide("52:54:00:00:00:01"), "masked")
	expectMasked(t, u, "the packet")
}

func TestMaskedPacketsAreNotWritten(t *testing.T) {
	u := listening(t, maskedScreen)
	u.Pings(1, 3)
	u.Wait(fastTick)
	u.Press("w")
	u.Expect("w: masked: only addresses have stand-ins")
	u.ExpectNot("Write packets")
	u.Press("tab", "tab", "enter", "w")
	u.ExpectNot("Write packets")
}

// What is changed in Open vSwitch is what it is, not its stand-in.
func TestMaskedScreensChangeTheRealThing(t *testing.T) {
	u := start(t, maskedScreen)
	addressed(u)
	u.Select("tap2")
	u.Press("e")
	u.Wait(time.Second)
	u.ExpectMarks("tap2", "→ ")
	applied := u.sw.Applied()
	if len(applied) != 1 || len(u.sw.Snapshot().BridgeByName("br0").PortByName("tap2").Interfaces[0].Options) != 2 ||
		u.sw.Snapshot().BridgeByName("br0").PortByName("tap2").Interfaces[0].Options["remote_ip"] != "10.0.0.2" {
		t.Errorf("%d changes", len(applied))
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "NewPlan("+"m.snap") {
			t.Errorf("%s plans with the snapshot that may have stand-ins; take m.real", f)
		}
	}
}
