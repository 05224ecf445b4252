package lab_test

import (
	"strings"
	"testing"
	"time"

	"ovscope/ovs/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

func TestSceneIsThere(t *testing.T) {
	start := time.Now()
	l := lab.New(t, lab.Options{Scene: true, Link: lab.VethLink})
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("starting took %v, want at most 2s", took)
	}
	show, err := l.Vsctl("show")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Bridge br0", "Bridge br1", "Port tap1\n", "trunks: [10, 20]", "Port uplink1"} {
		if !strings.Contains(show, want) {
			t.Errorf("ovs-vsctl show lacks %q:\n%s", want, show)
		}
	}
	if out, err := l.Exec("tap1", "ping", "-c1", "-W1", "10.0.10.2"); err != nil {
		t.Errorf("tap1 does not reach tap2: %v\n%s", err, out)
	}
}
