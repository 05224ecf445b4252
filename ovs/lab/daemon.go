package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// daemon is ovsdb-server or ovs-vswitchd, a child of this process.
type daemon struct {
	name  string
	dir   string
	args  []string
	env   []string
	ready string // a socket or pid file that is there when it works

	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
}

func (d *daemon) start(ctx context.Context) error {
	if d.running() {
		return fmt.Errorf("starting %s: it runs already", d.name)
	}
	// A kill -9 leaves them, and they would make it look ready.
	_ = os.Remove(d.ready)
	pidfile := filepath.Join(d.dir, d.name+".pid")
	_ = os.Remove(pidfile)
	args := append([]string{
		"--pidfile=" + pidfile, "--log-file=" + filepath.Join(d.dir, d.name+".log"),
		"-vconsole:off", "-vsyslog:off",
	}, d.args...)
	cmd := exec.Command(d.name, args...)
	cmd.Env, cmd.Dir = d.env, d.dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	// A process group of its own: a Ctrl-C at the terminal ends it through Close.
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", d.name, err)
	}
	d.cmd, d.done = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(d.done)
	}()

	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !d.isReady() {
		select {
		case <-tick.C:
		case <-d.done:
			return fmt.Errorf("starting %s: it ended: %s", d.name, strings.TrimSpace(stderr.String()))
		case <-ctx.Done():
			return fmt.Errorf("starting %s: %w", d.name, ctx.Err())
		}
	}
	return nil
}

func (d *daemon) isReady() bool {
	info, err := os.Stat(d.ready)
	if err != nil {
		return false
	}
	if info.Mode()&os.ModeSocket == 0 {
		return info.Size() > 0
	}
	conn, err := net.Dial("unix", d.ready)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func (d *daemon) running() bool {
	if d == nil || d.cmd == nil {
		return false
	}
	select {
	case <-d.done:
		return false
	default:
		return true
	}
}

// stop asks the daemon to end in good order and waits until it has.
func (d *daemon) stop() error { return d.signal(unix.SIGTERM) }

// kill ends the daemon at once. A daemon that does not run is fine.
func (d *daemon) kill() error { return d.signal(unix.SIGKILL) }

func (d *daemon) signal(s unix.Signal) error {
	if !d.running() {
		return nil
	}
	if err := d.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping %s: %w", d.name, err)
	}
	select {
	case <-d.done:
		return nil
	case <-time.After(5 * time.Second):
		return fmt.Errorf("stopping %s: still there 5 s after %v", d.name, s)
	}
}
