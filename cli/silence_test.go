package cli

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ovscope/ovs/lab"
)

// OFF is believed when the tap point is silent though the source goes on sending;
// and when something still arrives there, flows are purged once, and it is said.
func TestOffIsCheckedOnARealSwitch(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	ui := openScreen(t, l)
	ui.goTo("tap1")
	ui.press("e")
	ui.expect("copying, and packets arrive here")
	out := vsctl(t, l, "--bare", "--columns=name", "list", "Mirror")
	ui.press("e")
	ui.expect("stopping: watching " + out)
	ui.expect("stopped: silent for")
	if err := ui.WaitFor("what the silence is worth", 20*time.Second, func(s string) bool {
		return strings.Contains(s, "on "+out+", while tap1 passed")
	}); err != nil {
		t.Fatal(err)
	}
	ui.press("L")
	ui.expect("Log of this run")
	if text, err := ui.Screen(); err != nil || strings.Contains(text, "revalidator/purge") {
		t.Errorf("a purge though all was silent: %v\n%s", err, text)
	}
	ui.press("Escape")
	ui.expectGone("Log of this run")

	// Frames that the switch sends to the output port by itself are what copies that
	// go on look like.
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go leak(ctx, l, vsctl(t, l, "get", "Interface", out, "ofport"))
	ui.expect("copies still flow, though no source is on and flows were purged")
	time.Sleep(2 * time.Second)
	ui.press("L")
	ui.expect("Log of this run")
	text, err := ui.Screen()
	if n := strings.Count(text, "ovs-appctl revalidator/purge"); err != nil || n != 1 {
		t.Errorf("%d purges, want one: %v\n%s", n, err, text)
	}
	ui.press("Escape")
	stop()
	if err := ui.WaitFor("silence", 30*time.Second, func(s string) bool { return strings.Contains(s, "stopped: silent for") }); err != nil {
		t.Error(err)
	}
}

// leak makes the switch send a frame to a port, many times a second, until ctx ends.
func leak(ctx context.Context, l *lab.Lab, ofport string) {
	const frame = "ffffffffffff020000000001080600010800060400010200000000010a000a01000000000000" + "0a000a02"
	for ctx.Err() == nil {
		cmd := exec.CommandContext(ctx, "ovs-ofctl", "packet-out", "br0", "in_port=LOCAL packet="+frame+" actions=output:"+ofport)
		cmd.Env = l.Env()
		_ = cmd.Run()
		time.Sleep(50 * time.Millisecond)
	}
}
