package ovs

import "testing"

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
