package cli

import (
	"strings"
	"sync"
	"testing"

	"ovscope/ovs/lab"
)

// Several scripts add the same mirror at the same time: one makes it, the others
// find it made, and its port perhaps not up yet.
func TestMirrorIsAddedOnceByScriptsAtOnce(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	const scripts = 4
	results := make([]result, scripts)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			results[i] = ovscope(t, "--db", l.Endpoint(), "mirror", "add", "ids", "-i", "tap1", "--new-port", "ids")
		})
	}
	all.Wait()
	made := 0
	for _, r := range results {
		switch {
		case r.code != exitDone:
			t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
		case strings.Contains(r.stdout, "into new ids"):
			made++
		}
	}
	if n := strings.Count(vsctl(t, l, "--columns=name", "list", "Mirror"), "ids"); made != 1 || n != 1 {
		t.Errorf("%d scripts have made it, and there are %d: %+v", made, n, results)
	}
}
