package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	basePrefix = "ovscope-lab-"
	lockFile   = "lock" // held with flock(2) while the owner lives
	pidFile    = "pid"  // process 1 of the namespaces, as the host numbers it
)

// makeBase makes the directory of one run. The lock on it goes when the process
// does, whatever ends it.
func makeBase(parent string) (dir string, unlock func(), err error) {
	dir, err = os.MkdirTemp(parent, basePrefix)
	if err != nil {
		return "", nil, fmt.Errorf("making the lab's directory: %w", err)
	}
	// Locked before it has its name, so that sweep never sees it unlocked.
	f, err := os.Create(filepath.Join(dir, lockFile+".new"))
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, lockFile))
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("locking the lab's directory: %w", err), os.RemoveAll(dir))
	}
	return dir, func() { f.Close() }, nil
}

// sweep removes what runs that were killed left in parent. What cannot be removed
// is not ours to worry about.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), basePrefix) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if abandoned(dir) {
			_ = os.RemoveAll(dir)
		}
	}
}

func abandoned(dir string) bool {
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || int(st.Uid) != os.Geteuid() {
		return false
	}
	f, err := os.Open(filepath.Join(dir, lockFile))
	if errors.Is(err, os.ErrNotExist) {
		// Killed before it was locked, or just being made.
		return time.Since(time.Unix(st.Mtim.Unix())) > time.Minute
	}
	if err != nil {
		return false
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// makeDir makes the next free numbered directory below base: short, because the
// path of a Unix socket has at most 107 bytes.
func makeDir(base string) (string, error) {
	for n := 1; ; n++ {
		dir := filepath.Join(base, fmt.Sprint(n))
		err := os.Mkdir(dir, 0o700)
		switch {
		case err == nil:
			return dir, nil
		case !errors.Is(err, os.ErrExist):
			return "", fmt.Errorf("making the lab's directory: %w", err)
		}
	}
}
