package main_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ovscope/ovs/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

func TestLabsRunSideBySide(t *testing.T) {
	bin, tmp := build(t)
	a, b := start(t, bin, tmp), start(t, bin, tmp)
	a.vsctl(t, "add-br", "only-a")
	if got := b.vsctl(t, "list-br"); got != "br0\nbr1" {
		t.Errorf("the second lab has bridges %q", got)
	}
	a.endWell(t, syscall.SIGTERM)
	if got := b.vsctl(t, "list-br"); got != "br0\nbr1" {
		t.Errorf("after the first lab's end the second has bridges %q", got)
	}
	b.endWell(t, syscall.SIGTERM)
	expectNothingLeft(t, tmp, a, b)
}

func TestEndsWithoutTrace(t *testing.T) {
	bin, tmp := build(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		l := start(t, bin, tmp)
		l.endWell(t, sig)
		expectNothingLeft(t, tmp, l)
	}
}

func TestKilledLabIsSweptByTheNext(t *testing.T) {
	bin, tmp := build(t)
	killed, alive := start(t, bin, tmp), start(t, bin, tmp)
	if err := killed.end(t, syscall.SIGKILL); err == nil {
		t.Error("a killed lab ended well")
	}
	eventually(t, "all processes of the killed lab are gone", func() bool { return killed.processes(t) == "" })

	if out, err := command(bin, tmp, "-silent", "--", "true").CombinedOutput(); err != nil {
		t.Fatalf("the next lab: %v: %s", err, out)
	}
	if _, err := os.Stat(killed.dir); !os.IsNotExist(err) {
		t.Errorf("the killed lab's directory is still there (%v)", err)
	}
	if got := alive.vsctl(t, "list-br"); got != "br0\nbr1" {
		t.Errorf("the sweep hit a living lab: bridges %q", got)
	}
	alive.endWell(t, syscall.SIGTERM)
	expectNothingLeft(t, tmp, killed, alive)
}

func TestCommandRunsBesideTheLab(t *testing.T) {
	bin, tmp := build(t)
	out, err := command(bin, tmp, "-link", "veth", "--", "sh", "-c",
		`echo "$0" $(ovs-vsctl port-to-br uplink1) $(ovs-appctl version | head -1); exit 3`).Output()
	if code := exitCode(err); code != 3 {
		t.Errorf("exit code %d, want the command's 3 (%v)", code, err)
	}
	if want := "sh br1 ovs-vswitchd"; !strings.HasPrefix(string(out), want) {
		t.Errorf("printed %q, want %q first", out, want)
	}
	expectNothingLeft(t, tmp)
}

// running is a lab in the foreground of another process.
type running struct {
	cmd           *exec.Cmd
	endpoint, dir string
}

// build returns the command, and a directory for labs that only the test uses.
func build(t *testing.T) (bin, tmp string) {
	t.Helper()
	lab.Require(t)
	bin = filepath.Join(t.TempDir(), "lab")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	tmp, err := os.MkdirTemp("", "labtest") // t.TempDir's paths are too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	return bin, tmp
}

func command(bin, tmp string, args ...string) *exec.Cmd {
	cmd := exec.Command(bin, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	return cmd
}

func start(t *testing.T, bin, tmp string) *running {
	t.Helper()
	cmd := command(bin, tmp)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, db, ok := strings.Cut(lines.Text(), "ovs-vsctl --db="); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			endpoint := strings.TrimSuffix(db, " show")
			socket := strings.TrimPrefix(endpoint, "unix:")
			return &running{cmd, endpoint, filepath.Dir(filepath.Dir(socket))}
		}
	}
	t.Fatalf("the lab printed no endpoint: %v, %v", lines.Err(), cmd.Wait())
	return nil
}

// end sends a signal and waits until the lab has ended.
func (r *running) end(t *testing.T, s syscall.Signal) error {
	t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(10*time.Second, func() { _ = r.cmd.Process.Kill() })
	defer timer.Stop()
	return r.cmd.Wait()
}

func (r *running) endWell(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := r.end(t, s); err != nil {
		t.Errorf("after %v the lab ended with %v", s, err)
	}
}

func (r *running) vsctl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("ovs-vsctl", append([]string{"--timeout=5", "--no-wait", "--db=" + r.endpoint}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ovs-vsctl %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// processes lists those with the lab's directory in their arguments: its daemons,
// and what runs in its guests.
func (r *running) processes(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("ps", "-ww", "-eo", "args").Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, r.dir) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

func expectNothingLeft(t *testing.T, tmp string, labs ...*running) {
	t.Helper()
	for _, l := range labs {
		if left := l.processes(t); left != "" {
			t.Errorf("processes left:\n%s", left)
		}
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 0 {
		t.Errorf("left in the temporary directory: %v", entries)
	}
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for range 100 {
		if f() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("not within 5s: %s", what)
}

func exitCode(err error) int {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode()
	}
	return 0
}
