package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"

	"ovscope/ovs/lab"
)

// beMain in the environment makes the test binary ovscope itself, so that tests
// can run it as a process of its own and kill it.
const beMain = "OVSCOPE_TEST_BE_MAIN"

func TestMain(m *testing.M) {
	if where := os.Getenv(crashIn); where != "" {
		os.Exit(crash(where))
	}
	if os.Getenv(beMain) != "" {
		os.Exit(Main(Build{Version: "test"}))
	}
	// Whoever runs the tests may have a config file.
	if err := os.Setenv("XDG_CONFIG_HOME", "/nonexistent/ovscope-test"); err != nil {
		panic(err)
	}
	xdg.Reload()
	lab.Main(m)
}

// result is what a run of ovscope came to.
type result struct {
	code           int
	stdout, stderr string
}

// ovscope runs the program in this process.
func ovscope(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}
	code := a.run(ctx, args)
	if ctx.Err() != nil {
		t.Fatalf("ovscope %v did not end:\n%s%s", args, out.String(), errs.String())
	}
	return result{code, out.String(), errs.String()}
}

// words is what a process said so far.
type words struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// start runs the program as a process.
func start(t *testing.T, l *lab.Lab, args ...string) (*exec.Cmd, *words) {
	t.Helper()
	var out words
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(l.Env(), beMain+"=1")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, &out
}

func vsctl(t *testing.T, l *lab.Lab, args ...string) string {
	t.Helper()
	out, err := l.Vsctl(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// inOVS is everything that is configured in the switch.
func inOVS(t *testing.T, l *lab.Lab) string {
	t.Helper()
	return vsctl(t, l, "show") + "\n" + vsctl(t, l, "--columns=_uuid,name,select_src_port,select_dst_port,output_port,external_ids", "list", "Mirror")
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// addForeign makes a mirror as another program would.
func addForeign(t *testing.T, l *lab.Lab) {
	t.Helper()
	vsctl(t, l, "--", "add-port", "br0", "mon0", "--", "set", "Interface", "mon0", "type=internal",
		"--", "--id=@s", "get", "Port", "tap3", "--", "--id=@o", "get", "Port", "mon0",
		"--", "--id=@m", "create", "Mirror", "name=theirs", "select_src_port=@s", "output_port=@o",
		"--", "add", "Bridge", "br0", "mirrors", "@m")
}

func TestDumpPrintsARunningFlowAndLeavesNothing(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	addForeign(t, l)
	before := inOVS(t, l)
	r := ovscope(t, "--db", l.Endpoint(), "dump", "-i", "tap1", "-c", "10")
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 10 {
		t.Errorf("%d lines, want 10", len(lines))
	}
	for _, line := range lines {
		if !strings.Contains(line, " vlan 10 ") {
			t.Errorf("no tag: %s", line)
		}
	}
	for _, want := range []string{"10.0.10.1 → 10.0.10.2 ICMP", "10.0.10.2 → 10.0.10.1 ICMP"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("not both directions: no %q in\n%s", want, r.stdout)
		}
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("something changed:\n%s", cmp.Diff(before, after))
	}
}

func TestDumpInOneDirection(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	for flag, source := range map[string]string{"--egress": "10.0.10.1", "--ingress": "10.0.10.2"} {
		r := ovscope(t, "--db", l.Endpoint(), "dump", "-i", "tap1", "-c", "5", flag, "--json")
		if r.code != exitDone {
			t.Fatalf("%s: exit code %d: %s", flag, r.code, r.stderr)
		}
		for line := range strings.SplitSeq(strings.TrimSpace(r.stdout), "\n") {
			var packet struct {
				IPSrc string `json:"ip_src"`
				VLANs []struct {
					VID  int    `json:"vid"`
					TPID string `json:"-"`
				} `json:"vlans"`
			}
			if err := json.Unmarshal([]byte(line), &packet); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if packet.IPSrc != source || len(packet.VLANs) != 1 || packet.VLANs[0].VID != 10 {
				t.Errorf("%s: %s", flag, line)
			}
		}
	}
}

// A port that is another mirror's output: its copies are all there is to see (F7).
func TestDumpOfAnOutputShowsItsCopiesAndSaysSo(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	addForeign(t, l)
	r := ovscope(t, "--db", l.Endpoint(), "dump", "-i", "mon0", "-c", "3")
	if strings.Count(r.stdout, "\n") != 3 || strings.Count(r.stdout, "vlan") != 3 || !strings.Contains(r.stderr, "source mon0 is the output of mirror theirs (foreign)") {
		t.Errorf("exit code %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestDumpShowsTrunkAndQinQTags(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	r := ovscope(t, "--db", l.Endpoint(), "dump", "-i", "tap3,tap4", "-c", "40", "--egress")
	for _, want := range []string{" vlan 10 ", " vlan 20 p 5 ", " 0x88a8 vlan 100 p 3 vlan 200 "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s%s", want, r.stdout, r.stderr)
		}
	}
}

func TestSignalsTakeBackWhatDumpMade(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd, out := start(t, l, "--db", l.Endpoint(), "dump", "-i", "tap1")
			eventually(t, "a mirror", func() bool { return inOVS(t, l) != before })
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if after := inOVS(t, l); after != before {
				t.Errorf("something is left:\n%s", cmp.Diff(before, after))
			}
		})
	}
}

// A guest's restart deletes its port: the mirror copies nothing from then on, and
// whoever waits for packets must hear of it (F19).
func TestDumpEndsWhenItsMirrorBreaks(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := vsctl(t, l, "--bare", "--columns=name", "list", "Mirror")
	for name, test := range map[string]struct {
		breaks func(lease string)
		want   string
	}{
		"the guest's port was deleted": {func(string) { vsctl(t, l, "del-port", "tap3") }, "selects nothing any more"},
		"the output was deleted":       {func(lease string) { vsctl(t, l, "del-port", lease) }, "delivers nothing any more"},
		"the mirrors were cleared":     {func(string) { vsctl(t, l, "clear", "Bridge", "br0", "mirrors") }, "somebody removed it"},
	} {
		t.Run(name, func(t *testing.T) {
			source := "tap1"
			if strings.Contains(name, "guest") {
				source = "tap3"
			}
			cmd, out := start(t, l, "--db", l.Endpoint(), "dump", "-i", source)
			eventually(t, "packets", func() bool { return strings.Contains(out.String(), "ICMP") })
			test.breaks(vsctl(t, l, "--bare", "--columns=name", "list", "Mirror"))
			if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(out.String(), test.want) {
				t.Errorf("%v; want %q in the last lines of\n%s", err, test.want, out)
			}
			if after := vsctl(t, l, "--bare", "--columns=name", "list", "Mirror"); after != before {
				t.Errorf("mirrors left: %s", after)
			}
		})
	}
}

func TestDumpEndsWhenNobodyReads(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" --db "$1" dump -i tap1 | head -n 1`, os.Args[0], l.Endpoint())
	cmd.Env = append(l.Env(), beMain+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "vlan 10") {
		t.Errorf("%v\n%s", err, out)
	}
	eventually(t, "as before", func() bool { return inOVS(t, l) == before })
}

func TestCleanupRemovesExactlyWhatADeadRunLeft(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	addForeign(t, l)
	alive, _ := start(t, l, "--db", l.Endpoint(), "dump", "-i", "tap2")
	eventually(t, "the living one's mirror", func() bool { return strings.Count(inOVS(t, l), "ovscope-lease") == 1 })
	before := inOVS(t, l)

	dead, _ := start(t, l, "--db", l.Endpoint(), "dump", "-i", "tap1")
	eventually(t, "the dead one's mirror", func() bool { return strings.Count(inOVS(t, l), "ovscope-lease") == 2 })
	if err := dead.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = dead.Wait()
	left := inOVS(t, l)

	r := ovscope(t, "--db", l.Endpoint(), "cleanup", "--dry-run")
	if r.code != exitDone || !strings.Contains(r.stdout, "would remove mirror ovscope") || !strings.Contains(r.stdout, "ovs-vsctl") {
		t.Errorf("dry run: code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if inOVS(t, l) != left {
		t.Error("the dry run was not dry")
	}
	r = ovscope(t, "--db", l.Endpoint(), "cleanup")
	if r.code != exitDone || !strings.Contains(r.stdout, "removed mirror ovscope") {
		t.Errorf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("not exactly what it left:\n%s", cmp.Diff(before, after))
	}
	if r = ovscope(t, "--db", l.Endpoint(), "cleanup"); !strings.Contains(r.stdout, "nothing to clean up") {
		t.Errorf("second time: %s%s", r.stdout, r.stderr)
	}
	_ = alive
}

// A colleague has taken the port that a dead run left for his own mirror.
func TestCleanupLeavesAloneWhatSomebodyUses(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	dead, _ := start(t, l, "--db", l.Endpoint(), "dump", "-i", "tap1")
	eventually(t, "the mirror", func() bool { return strings.Count(inOVS(t, l), "ovscope-lease") == 1 })
	if err := dead.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = dead.Wait()
	name := strings.TrimSpace(vsctl(t, l, "--bare", "--columns=name", "find", "Port", "external_ids:ovscope-lease!=x"))
	vsctl(t, l, "--", "--id=@s", "get", "Port", "tap5", "--", "--id=@o", "get", "Port", name,
		"--", "--id=@m", "create", "Mirror", "name=his", "select_src_port=@s", "output_port=@o", "--", "add", "Bridge", "br0", "mirrors", "@m")
	before := inOVS(t, l)
	r := ovscope(t, "--db", l.Endpoint(), "cleanup")
	if !strings.Contains(r.stdout, "left alone mirror") || !strings.Contains(r.stdout, "which mirror his (foreign) uses") || inOVS(t, l) != before {
		t.Errorf("%s%s\n%s", r.stdout, r.stderr, cmp.Diff(before, inOVS(t, l)))
	}
	vsctl(t, l, "clear", "Mirror", "his", "output_port")
	if r := ovscope(t, "--db", l.Endpoint(), "cleanup"); !strings.Contains(r.stdout, "removed mirror") {
		t.Errorf("once nobody uses it: %s%s", r.stdout, r.stderr)
	}
}

// Somebody removes an RSPAN with ovs-vsctl, which knows nothing of its flooding.
func TestCleanupTakesBackFloodingWhoseMirrorIsGone(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	vsctl(t, l, "add", "Bridge", "br1", "flood_vlans", "7")
	before := vsctl(t, l, "--columns=name,flood_vlans,external_ids", "list", "Bridge", "br0", "br1")
	for name, vlan := range map[string]string{"gone": "111", "stays": "112"} {
		if r := ovscope(t, "--db", l.Endpoint(), "mirror", "add", name, "-i", "tap1", "--output-vlan", vlan, "--flood", "br0,br1"); r.code != exitDone {
			t.Fatal(r.stderr)
		}
	}
	vsctl(t, l, "--", "--id=@m", "get", "Mirror", "gone", "--", "remove", "Bridge", "br0", "mirrors", "@m")
	if r := ovscope(t, "--db", l.Endpoint(), "cleanup"); r.code != exitDone || !strings.Contains(r.stdout, "removed the flooding of VLAN 111 on br0, br1") {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	if got := vsctl(t, l, "get", "Bridge", "br1", "flood_vlans"); strings.TrimSpace(got) != "[7, 112]" {
		t.Errorf("br1 floods %s", got)
	}
	if r := ovscope(t, "--db", l.Endpoint(), "cleanup", "--kept"); r.code != exitDone {
		t.Error(r.stderr)
	}
	if after := vsctl(t, l, "--columns=name,flood_vlans,external_ids", "list", "Bridge", "br0", "br1"); after != before {
		t.Error(cmp.Diff(before, after))
	}
}

func TestListShowsNames(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	addForeign(t, l)
	r := ovscope(t, "--db", l.Endpoint(), "list")
	for _, want := range []string{"bridge br0 (netdev)", "tap1", "access, tag 10", "trunk, trunks 10,20", "mirror theirs (foreign): tap3 → ⇒ port mon0"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s%s", want, r.stdout, r.stderr)
		}
	}
	r = ovscope(t, "--db", l.Endpoint(), "list", "br0", "--json")
	var got listing
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Bridges) != 1 || got.Bridges[0].Mirrors[0].Egress[0] != "tap3" || got.Bridges[0].Mirrors[0].OutputPort != "mon0" {
		t.Errorf("%+v", got)
	}
}

func TestBadInputOnALiveSwitch(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	before := inOVS(t, l)
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"unknown port":            {[]string{"dump", "-i", "tap11"}, exitFailed, "did you mean tap1"},
		"ports of two bridges":    {[]string{"dump", "-i", "tap1,tap7"}, exitRefused, "tap7 is on bridge br1"},
		"no port":                 {[]string{"dump"}, exitUsage, "-i PORT"},
		"an empty port":           {[]string{"dump", "-i", "tap1,,"}, exitUsage, "name is missing"},
		"read-only":               {[]string{"dump", "-i", "tap1", "--read-only"}, exitUsage, "--read-only"},
		"unknown bridge":          {[]string{"list", "br9"}, exitFailed, `no bridge "br9"`},
		"the UI without terminal": {nil, exitUsage, "ovscope dump"},
		"an unknown verb":         {[]string{"frobnicate"}, exitUsage, "--help"},
		"an unknown flag":         {[]string{"list", "--nope"}, exitUsage, "--nope"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ovscope(t, append([]string{"--db", l.Endpoint()}, test.args...)...)
			if r.code != test.code || !strings.Contains(r.stderr, test.want) || strings.Contains(r.stderr, "goroutine") {
				t.Errorf("code %d, want %d; want %q in\n%s", r.code, test.code, test.want, r.stderr)
			}
		})
	}
	if after := inOVS(t, l); after != before {
		t.Error(cmp.Diff(before, after))
	}
}

func TestNotRoot(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	// A copy that an unprivileged user may run, outside of go test's own directory.
	program := filepath.Join(l.Dir, "ovscope.test")
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := l.Dir; dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func() result {
		cmd := exec.CommandContext(t.Context(), program, "--db", l.Endpoint(), "dump", "-i", "tap1", "-c", "1")
		cmd.Env = append(l.Env(), beMain+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return result{code: cmd.ProcessState.ExitCode(), stderr: string(out)}
	}
	if r := run(); r.code != exitUnreachable || !strings.Contains(r.stderr, "permission denied") || !strings.Contains(r.stderr, "root") {
		t.Errorf("closed socket: code %d\n%s", r.code, r.stderr)
	}
	// With an open socket the database can be changed, but no port brought up:
	// nothing may stay.
	if err := os.Chmod(filepath.Join(l.Dir, "db.sock"), 0o666); err != nil {
		t.Fatal(err)
	}
	before := inOVS(t, l)
	if r := run(); r.code != exitFailed || !strings.Contains(r.stderr, "CAP_NET_") {
		t.Errorf("open socket: code %d\n%s", r.code, r.stderr)
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("half a change is left:\n%s", cmp.Diff(before, after))
	}
}
