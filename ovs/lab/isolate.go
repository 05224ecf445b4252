package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A program that uses a lab is run three times, one inside the other:
//
//	outer   what the user started: owns the directory, forwards signals, waits
//	init    process 1 of the new namespaces: reaps, and takes all with it when it ends
//	inside  the program itself
//
// When init ends the kernel kills every process in its pid namespace, and with the
// last of them go the network namespaces and all devices. Init ends when the
// program does, and when the outer process is gone, however that died.
const (
	stageKey    = "OVSCOPE_LAB_STAGE"
	stageInit   = "init"
	stageInside = "inside"
	// dirKey in the environment of process 1 is how a process knows that it is
	// inside, and where the labs' directory is.
	dirKey = "OVSCOPE_LAB_DIR"
)

// grace is how long the inside may take to end after a signal.
const grace = 10 * time.Second

// lifelineFD is the pipe from the outer process to init. It says "go" once, and
// closes when the outer process is gone.
const lifelineFD = 3

// Run calls program in network, process and mount namespaces of its own, and
// returns its exit code. To get there it starts the running executable again,
// with the same arguments, so it belongs at the very beginning of main, where
// calling it twice does no harm. It needs root.
//
// An error means that the program was not called.
func Run(program func() int) (code int, err error) {
	stage := os.Getenv(stageKey)
	if err := os.Unsetenv(stageKey); err != nil {
		return 0, err
	}
	switch stage {
	case stageInside:
		return program(), nil
	case stageInit:
		return initMain()
	}
	return outer()
}

func outer() (int, error) {
	sweep(os.TempDir())
	dir, unlock, err := makeBase(os.TempDir())
	if err != nil {
		return 0, err
	}
	defer unlock()
	defer os.RemoveAll(dir)

	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	lifeline, hold, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer hold.Close()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT)
	defer signal.Stop(signals)

	cmd := exec.Command(self)
	cmd.Args = os.Args
	cmd.Env = append(os.Environ(), stageKey+"="+stageInit, dirKey+"="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{lifeline}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS,
	}
	err = cmd.Start()
	lifeline.Close()
	if err != nil {
		return 0, fmt.Errorf("making namespaces for the lab: %w", err)
	}
	err = os.WriteFile(filepath.Join(dir, pidFile), fmt.Appendln(nil, cmd.Process.Pid), 0o600)
	if err == nil {
		_, err = hold.WriteString("go\n")
	}
	if err != nil {
		return 0, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}

	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var late <-chan time.Time
	for {
		select {
		case err := <-done:
			return exitCode(cmd.ProcessState), ignoreExit(err)
		case s := <-signals:
			_ = cmd.Process.Signal(s) // gone already: done says so
			if late == nil {
				late = time.After(grace)
			}
		case <-late:
			_ = cmd.Process.Kill()
		}
	}
}

// initMain is process 1 of the lab's namespaces.
func initMain() (int, error) {
	lifeline := os.NewFile(lifelineFD, "lifeline")
	// Children must not hold the lab's lifeline.
	unix.CloseOnExec(lifelineFD)
	if _, err := lifeline.Read(make([]byte, len("go\n"))); err != nil {
		return 1, nil // the outer process is gone
	}
	go func() {
		_, _ = lifeline.Read(make([]byte, 1))
		os.Exit(1)
	}()
	if err := settle(); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1, nil
	}

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT)
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1, nil
	}
	inside, err := os.StartProcess(self, os.Args, &os.ProcAttr{
		Env:   append(os.Environ(), stageKey+"="+stageInside),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1, nil
	}
	go func() {
		for s := range signals {
			if s, ok := s.(syscall.Signal); ok {
				_ = unix.Kill(inside.Pid, s)
			}
		}
	}()
	for { // reap orphans, too
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 1, nil
		case pid == inside.Pid && status.Signaled():
			return 128 + int(status.Signal()), nil
		case pid == inside.Pid:
			return status.ExitStatus(), nil
		}
	}
}

// settle makes the new namespaces fit to live in: /proc and /sys show them, the
// loopback device works, and the host's Open vSwitch is out of sight.
func settle() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	if err := unix.Mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return fmt.Errorf("mounting /sys: %w", err)
	}
	for _, dir := range []string{"/run/openvswitch", "/var/run/openvswitch"} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if err := unix.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
			return fmt.Errorf("hiding the host's %s: %w", dir, err)
		}
	}
	return linkUp("lo")
}

// insideDir returns the directory for labs when this process runs in namespaces
// that Run made, else "".
func insideDir() string {
	environ, err := os.ReadFile("/proc/1/environ")
	if err != nil {
		return ""
	}
	for v := range bytes.SplitSeq(environ, []byte{0}) {
		if dir, ok := strings.CutPrefix(string(v), dirKey+"="); ok {
			return dir
		}
	}
	return ""
}

func exitCode(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return s.ExitCode()
}

func ignoreExit(err error) error {
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil
	}
	return err
}
