package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ovscope/ovs/lab"
)

// field moves the form's cursor to a field.
func (ui screen) field(label string) {
	ui.Helper()
	const most = 20 // fields of a form
	cursor := func() string {
		text, _ := ui.Screen()
		_, after, _ := strings.Cut(text, "│ ▸ ")
		line, _, _ := strings.Cut(after, "\n")
		return strings.Join(strings.Fields(line)[:min(2, len(strings.Fields(line)))], " ")
	}
	ui.press(slices.Repeat([]string{"BTab"}, most)...)
	for at, since := "", time.Now(); time.Since(since) < 700*time.Millisecond; time.Sleep(10 * time.Millisecond) {
		if now := cursor(); now != at {
			at, since = now, time.Now()
		}
	}
	for range most {
		before := cursor()
		if text, _ := ui.Screen(); strings.Contains(text, "▸ "+label) {
			return
		}
		ui.press("Tab")
		_ = ui.WaitFor("the cursor to move", 5*time.Second, func(string) bool { return cursor() != before })
	}
	text, _ := ui.Screen()
	ui.Fatalf("no way to field %s:\n%s", label, text)
}

// fill types into a field of the form.
func (ui screen) fill(label, text string) {
	ui.Helper()
	ui.field(label)
	ui.press("C-u")
	ui.press("-l", text)
	ui.expect(text)
}

// mirrorRow is a mirror's columns as ovs-vsctl shows them.
func mirrorRow(t *testing.T, l *lab.Lab, name, columns string) string {
	t.Helper()
	return strings.TrimSpace(vsctl(t, l, "--bare", "--columns="+columns, "find", "Mirror", "name="+name))
}

// A mirror made in the form is followed at once, on a real switch; changed by
// another program while its form is open, nobody's change is lost, and it asks
// again.
func TestFormOnARealSwitch(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	ui := openScreen(t, l)
	ui.goTo("tap1")
	ui.press("n")
	ui.expect("New mirror on br0")
	ui.expect("copy tap1 → ← into new span0")
	ui.fill("name", "watch")
	ui.fill("port's name", "watch0")
	ui.press("C-s")
	ui.expect("Mirror watch, ours")
	if err := ui.WaitFor("packets", 10*time.Second, packetLine); err != nil {
		t.Fatal(err)
	}
	if got := mirrorRow(t, l, "watch", "snaplen"); got != "" {
		t.Errorf("snaplen %q", got)
	}

	ui.press("E")
	ui.expect("Change mirror watch on br0")
	ui.fill("snaplen", "100")
	ui.expect("copy 100 bytes of a packet")
	vsctl(t, l, "--", "--id=@p", "get", "Port", "tap3", "--", "add", "Mirror", "watch", "select_src_port", "@p", "--", "set", "Mirror", "watch", "snaplen=64")
	ui.expect("changed by somebody else meanwhile")
	ui.expect("[ apply ]  it was changed meanwhile: asks first")
	ui.press("C-s")
	ui.expect("Mirror watch was changed meanwhile")
	ui.expect("snaplen was whole packets, is 64 bytes")
	ui.expect("snaplen: 100 bytes, which both have changed")
	if got := mirrorRow(t, l, "watch", "snaplen"); got != "64" {
		t.Errorf("it did not ask: snaplen %q", got)
	}
	ui.press("2")
	ui.expect("first 100 bytes")
	if got := mirrorRow(t, l, "watch", "snaplen"); got != "100" {
		t.Errorf("snaplen %q", got)
	}
	if got := strings.Fields(mirrorRow(t, l, "watch", "select_src_port")); len(got) != 2 {
		t.Errorf("the other program's source is lost: %q", got)
	}

	ui.press("o")
	ui.expect("Output on br0")
	ui.press("-l", "vlan")
	ui.press("Enter")
	ui.fill("output VLAN", "111")
	ui.expect("output VLAN 111")
	ui.expect("every trunk that carries all VLANs")
	ui.press("C-s")
	ui.expect("output       VLAN 111")
	eventually(t, "the bridge floods it", func() bool {
		return strings.TrimSpace(vsctl(t, l, "get", "Bridge", "br0", "flood_vlans")) == "[111]"
	})

	ui.press("d")
	ui.expect("Remove mirror watch from br0")
	ui.press("Enter")
	ui.expect("Nothing is copied on br0")
	ui.press("q")
	if code := ui.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("something is left:\n%s", cmp.Diff(before, after))
	}
}

// Somebody else's mirror, changed in the form with all that it has, is as before when
// the program ends.
func TestFormsEditOfAForeignMirrorIsTakenBack(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "--", "--id=@s", "get", "Port", "tap3", "--", "--id=@o", "get", "Port", "tap4",
		"--", "--id=@m", "create", "Mirror", "name=theirs", "select_src_port=@s", "output_port=@o", "--", "add", "Bridge", "br0", "mirrors", "@m")
	const columns = "name,select_src_port,select_dst_port,select_vlan,select_all,output_port,output_vlan,snaplen"
	row, before := mirrorRow(t, l, "theirs", columns), inOVS(t, l)
	ui := openScreen(t, l)
	ui.goTo("tap1")
	ui.press("E")
	ui.expect("Change mirror theirs on br0")
	ui.fill("only VLANs", "10")
	ui.fill("snaplen", "96")
	ui.field("all the same?")
	ui.press("Right")
	ui.expect("[yes]")
	ui.press("C-s")
	ui.expect("1 change to take back on quit")
	if got := mirrorRow(t, l, "theirs", "snaplen,select_vlan"); !slices.Equal(strings.Fields(got), []string{"96", "10"}) {
		t.Fatalf("got %q", got)
	}
	ui.press("o")
	ui.expect("Output on br0")
	ui.press("Enter") // a new internal port
	ui.field("all the same?")
	ui.press("Right")
	ui.expect("[yes]")
	ui.press("C-s")
	ui.expectGone("Another output for mirror")
	ui.press("C-c") // at once, without a question
	if code := ui.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if got := mirrorRow(t, l, "theirs", columns); got != row {
		t.Errorf("left changed: %s", cmp.Diff(row, got))
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("something is left:\n%s", cmp.Diff(before, after))
	}
}

// Every kind of mirror, from the screen to the database.
func TestFormMakesEveryKindOnARealSwitch(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	before := inOVS(t, l)
	for i, kind := range []struct {
		name  string
		steps func(screen)
		want  string // of the output port's interface
	}{
		{"GRE", func(ui screen) {
			ui.fill("remote_ip", "2001:db8::9")
			ui.fill("key", "7")
		}, `ip6gre {key="7", remote_ip="2001:db8::9"}`},
		{"ERSPAN", func(ui screen) {
			ui.fill("remote_ip", "192.0.2.9")
			ui.fill("key", "9")
			ui.fill("index", "26")
			ui.expect("= 26 (0x1a)")
		}, `erspan {erspan_idx="1a", erspan_ver="1", key="9", remote_ip="192.0.2.9"}`},
	} {
		t.Run(kind.name, func(t *testing.T) {
			ui := openScreen(t, l)
			ui.goTo("tap1")
			ui.press("n")
			for range i + 2 {
				ui.press("Right")
			}
			ui.expect("[" + kind.name + "]")
			kind.steps(ui)
			ui.fill("name", "far")
			ui.fill("port's name", "far0")
			ui.press("C-s")
			ui.expect("Mirror far, ours")
			got := fmt.Sprintf("%s %s", strings.TrimSpace(vsctl(t, l, "get", "Interface", "far0", "type")), strings.TrimSpace(vsctl(t, l, "get", "Interface", "far0", "options")))
			if got != kind.want {
				t.Errorf("got %s, want %s", got, kind.want)
			}
			ui.press("u")
			ui.expect("Nothing is copied on br0")
			ui.press("q")
			if code := ui.exits(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
			if after := inOVS(t, l); after != before {
				t.Errorf("something is left:\n%s", cmp.Diff(before, after))
			}
		})
	}
}
