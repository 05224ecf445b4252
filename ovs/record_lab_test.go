package ovs_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"ovscope/ovs"
	"ovscope/ovs/lab"
)

// Who changed what stands in the database's own log, and with time, command and
// result in ours.
func TestChangesAreOnRecord(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	var log bytes.Buffer
	c := dial(t, l, func(cfg *ovs.Config) {
		cfg.User = "alice as root"
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	s := c.Snapshot()
	plan, _ := apply(t, c, lease(s, c.Self(), ovs.Source{Port: port(t, s, "tap1").UUID, Direction: ovs.Egress}))

	comments := shell(t, l, []string{"ovsdb-tool show-log -m " + filepath.Join(l.Dir, "conf.db")})
	if want := `"ovscope, alice as root: ` + plan.Title; !strings.Contains(comments, want) {
		t.Errorf("no %s in the database's log:\n%s", want, comments)
	}
	if err := l.StopVswitchd(); err != nil {
		t.Fatal(err)
	}
	failing, err := ovs.NewPlan(c.Snapshot(), plan.Undo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apply(t.Context(), failing); err == nil {
		t.Fatal("it worked without ovs-vswitchd")
	}
	for title, want := range map[string][]string{
		plan.Title:    {"time=", "level=INFO", "ovs-vsctl -- ", " add-port br0 ovscope", `result="ok, flows purged"`, "took="},
		failing.Title: {"time=", "level=ERROR", "ovs-vsctl -- ", " del-port br0 ovscope", `result="failed: the change is in the database`},
	} {
		line := ""
		for l := range strings.Lines(log.String()) {
			if line == "" && strings.Contains(l, `plan="`+title) {
				line = l
			}
		}
		for _, part := range want {
			if !strings.Contains(line, part) {
				t.Errorf("no %s in %q of\n%s", part, line, log.String())
			}
		}
	}
}
