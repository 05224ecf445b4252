package cli

import (
	"os"
	"strings"
	"testing"

	"ovscope/ovs/lab"
)

// With OVSDB away at the end, the user hears what is left, and cleanup removes it
// later.
func TestEndWhileOVSDBIsAway(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	cmd, out := start(t, l, "--db", l.Endpoint(), "dump", "-i", "tap1", "icmp")
	eventually(t, "packets", func() bool { return strings.Contains(out.String(), "ICMP") })
	if err := l.StopOVSDB(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	err := cmd.Wait()
	text := out.String()
	if err == nil || !strings.Contains(text, "waiting for OVSDB") || !strings.Contains(text, "mirror ovscope") || !strings.Contains(text, "run ovscope cleanup once it does") {
		t.Errorf("%v\n%s", err, text[max(0, len(text)-2000):])
	}
	if err := l.StartOVSDB(); err != nil {
		t.Fatal(err)
	}
	if r := ovscope(t, "--db", l.Endpoint(), "cleanup"); r.code != exitDone || !strings.Contains(r.stdout, "removed mirror ovscope") {
		t.Errorf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("left:\n%s", after)
	}
}
