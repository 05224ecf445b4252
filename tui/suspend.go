package tui

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// jobControl reports whether there is a shell that could continue this process once
// it is stopped. Without one, of which ssh -t HOST ovscope is an example, the kernel
// does not stop it either ("orphaned process groups" in setpgid(2)), and waiting to
// be continued would be for ever.
func jobControl() bool { return jobControlOf(os.Getpid(), "/proc") }

func jobControlOf(pid int, proc string) bool {
	self, ok := readProcess(pid, proc)
	for at := self; ok; {
		if at.parent == 0 {
			return false
		}
		var parent process
		if parent, ok = readProcess(at.parent, proc); !ok {
			break
		}
		if parent.group != self.group {
			return parent.session == self.session
		}
		at = parent
	}
	return true // nobody lets us look
}

// process is what proc(5) says of one in its stat.
type process struct{ parent, group, session int }

func readProcess(pid int, proc string) (process, bool) {
	text, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "stat"))
	if err != nil {
		return process{}, false
	}
	// The name before is in parentheses and may have some of its own.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 4 {
		return process{}, false
	}
	var n [3]int
	for i := range n {
		if n[i], err = strconv.Atoi(fields[i+1]); err != nil {
			return process{}, false
		}
	}
	return process{n[0], n[1], n[2]}, true
}

// whyNoSuspend is why suspending is of no use, "" when it is.
func (m *model) whyNoSuspend() string {
	if m.orphan {
		return "there is no shell that could bring it back"
	}
	return ""
}
