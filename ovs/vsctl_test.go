package ovs

import (
	"strings"
	"testing"
)

// Whatever somebody has written into the database, a command that is pasted into a
// shell does what it says and no more.
func TestExternalIDsAreQuotedForTheShell(t *testing.T) {
	for key, want := range map[string]string{
		"ovscope-lease": " external_ids:ovscope-lease=v",
		"vm_name.2":     " external_ids:vm_name.2=v",
		"a; reboot":     ` external_ids:'"a; reboot"'=v`,
		"$(reboot)":     ` external_ids:'"$(reboot)"'=v`,
		"it's":          ` external_ids:'"it'\''s"'=v`,
		"a=b:c":         ` external_ids:'"a=b:c"'=v`,
		"":              ` external_ids:'""'=v`,
	} {
		if got := vsctlIDs(map[string]string{key: "v"}); got != want {
			t.Errorf("key %q is written as %s, want %s", key, got, want)
		}
	}
}

// Notes about flooding are found by how their keys begin; the rest is anybody's.
func TestReleasedFloodingIsQuotedForTheShell(t *testing.T) {
	s := &Snapshot{Bridges: []*Bridge{{UUID: "u", Name: "br0", FloodVLANs: []int{111}, ExternalIDs: map[string]string{keyFlood + "x; reboot": "111"}}}}
	plan, err := NewPlan(s, ReleaseLease{Lease: "x; reboot"})
	if err != nil {
		t.Fatal(err)
	}
	want := `remove Bridge u external_ids '"ovscope-flood-x; reboot"'`
	if len(plan.Commands) != 1 || !strings.Contains(plan.Commands[0], want) {
		t.Errorf("the commands are %q, want one with %s", plan.Commands, want)
	}
}
