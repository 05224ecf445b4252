package ovs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Process identifies a running ovscope across reboots, reuse of process ids, and
// containers. It is written into external_ids of everything that a run creates,
// so that a later run can tell the living from the dead.
type Process struct {
	Host  string // the machine, a digest of its machine-id
	Boot  string // this boot of it: /proc/sys/kernel/random/boot_id
	PIDNS string // the pid namespace, inode number
	PID   int
	Start uint64 // clock ticks from boot to the process's start, proc_pid_stat(5) field 22
}

// ThisProcess identifies the running process.
func ThisProcess() (Process, error) {
	p := Process{Host: hostID(), PID: os.Getpid()}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return Process{}, fmt.Errorf("reading the boot id: %w", err)
	}
	p.Boot = strings.TrimSpace(string(boot))
	if p.PIDNS, err = pidNamespace(); err != nil {
		return Process{}, err
	}
	if p.Start, err = startTime("/proc/self/stat"); err != nil {
		return Process{}, err
	}
	return p, nil
}

// String is the form that stands in external_ids.
func (p Process) String() string {
	return fmt.Sprintf("host=%s;boot=%s;pidns=%s;pid=%d;start=%d", p.Host, p.Boot, p.PIDNS, p.PID, p.Start)
}

// ParseProcess reads what String wrote. Unknown fields are passed over.
func ParseProcess(s string) (Process, error) {
	var p Process
	var err error
	for field := range strings.SplitSeq(s, ";") {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "host":
			p.Host = value
		case "boot":
			p.Boot = value
		case "pidns":
			p.PIDNS = value
		case "pid":
			p.PID, err = strconv.Atoi(value)
		case "start":
			p.Start, err = strconv.ParseUint(value, 10, 64)
		}
		if err != nil {
			return Process{}, fmt.Errorf("reading owner %q: %w", s, err)
		}
	}
	if p.Boot == "" || p.PID <= 0 || p.Start == 0 {
		return Process{}, fmt.Errorf("reading owner %q: boot, pid or start is missing", s)
	}
	return p, nil
}

// Life says what can be known of a process.
type Life int

const (
	// Unknown is for processes of another machine or container.
	Unknown Life = iota
	// Alive processes still run.
	Alive
	// Dead processes are gone for sure.
	Dead
)

// Life tells whether p still runs, as seen from self. Processes of another machine
// or of another pid namespace cannot be judged. A boot id is unique in the world;
// a machine id is not, because machines and containers are cloned: so another
// boot of the same machine counts as over only if the database is a local one,
// which no other machine writes to.
func (p Process) Life(self Process, localDatabase bool) Life {
	switch {
	case p == self:
		return Alive
	case p.Boot != self.Boot && p.Host == self.Host && localDatabase:
		return Dead
	case p.Boot != self.Boot:
		return Unknown
	case p.PIDNS != self.PIDNS:
		return Unknown
	}
	start, err := startTime(filepath.Join("/proc", strconv.Itoa(p.PID), "stat"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Dead
	case err != nil:
		return Unknown
	case start != p.Start:
		return Dead // the process id belongs to somebody else by now
	}
	return Alive
}

// startTime reads field 22 of a proc_pid_stat(5) file. The command's name, field
// 2, may itself contain blanks and parentheses, so fields count from the last ")".
func startTime(path string) (uint64, error) {
	stat, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const startAfterName = 22 - 3
	if len(fields) <= startAfterName {
		return 0, fmt.Errorf("reading %s: only %d fields", path, len(fields))
	}
	if state := fields[0][0]; state == 'Z' || state == 'X' {
		return 0, fmt.Errorf("%s: the process has exited: %w", path, os.ErrNotExist)
	}
	return strconv.ParseUint(string(fields[startAfterName]), 10, 64)
}

func pidNamespace() (string, error) {
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", fmt.Errorf("reading the pid namespace: %w", err)
	}
	return strings.Trim(strings.TrimPrefix(link, "pid:"), "[]"), nil
}

// hostID tells machines apart. machine-id(5) asks not to hand the id itself out,
// so it is hashed; without one, the host name serves.
func hostID() string {
	id, err := os.ReadFile("/etc/machine-id")
	if err != nil || len(bytes.TrimSpace(id)) == 0 {
		name, _ := os.Hostname()
		id = []byte(name)
	}
	sum := sha256.Sum256(append([]byte("ovscope "), bytes.TrimSpace(id)...))
	return hex.EncodeToString(sum[:4])
}
