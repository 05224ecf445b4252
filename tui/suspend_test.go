package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestJobControl(t *testing.T) {
	for name, test := range map[string]struct {
		// processes from ovscope, 100, upwards: parent, group, session.
		processes map[int][3]int
		want      bool
	}{
		"from a shell":         {map[int][3]int{100: {50, 100, 50}, 50: {40, 50, 50}}, true},
		"below sudo":           {map[int][3]int{100: {90, 90, 50}, 90: {50, 90, 50}, 50: {40, 50, 50}}, true},
		"sudo with its pty":    {map[int][3]int{100: {91, 100, 91}, 91: {90, 91, 91}, 90: {50, 90, 50}}, true},
		"ssh -t host ovscope":  {map[int][3]int{100: {40, 100, 100}, 40: {1, 40, 40}}, false},
		"a script in a window": {map[int][3]int{100: {50, 50, 50}, 50: {40, 50, 50}, 40: {1, 40, 40}}, false},
		"container's first":    {map[int][3]int{100: {0, 100, 100}}, false},
		"hidden parents":       {map[int][3]int{100: {50, 100, 50}}, true},
		"no proc":              {nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			proc := t.TempDir()
			for pid, p := range test.processes {
				dir := filepath.Join(proc, fmt.Sprint(pid))
				if err := os.Mkdir(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				text := fmt.Sprintf("%d (a) name (1 2 3) S %d %d %d 34816 0\n", pid, p[0], p[1], p[2])
				if err := os.WriteFile(filepath.Join(dir, "stat"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := jobControlOf(100, proc); got != test.want {
				t.Errorf("it says %v", got)
			}
		})
	}
	if p, ok := readProcess(os.Getpid(), "/proc"); ok && p.parent != os.Getppid() {
		t.Errorf("our own parent is %+v, not %d", p, os.Getppid())
	}
}

func TestSuspendSaysWhereNothingCouldComeBack(t *testing.T) {
	u := start(t)
	cmd := u.m.onKey(keyPress("ctrl+z"))
	if _, ok := cmd().(tea.SuspendMsg); !ok {
		t.Error("it does not suspend")
	}
	u.m.orphan = true
	if cmd := u.m.onKey(keyPress("ctrl+z")); cmd != nil {
		t.Error("it suspends where nothing could continue it")
	}
	u.m.redraw = true
	u.Expect("^z: ", "no shell")
	u.Press(":")
	u.Type("suspend")
	u.Expect("not now")
}
