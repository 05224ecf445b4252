// Package lab runs a private, real Open vSwitch for tests, benchmarks and demos:
// an ovsdb-server on a database of its own, an ovs-vswitchd with the userspace
// datapath (no kernel module), bridges, and guests in network namespaces.
//
// Everything lives in namespaces that belong to the program that uses the lab, see
// Run and Main: it sees the lab's devices as a hypervisor sees its own, never the
// host's, and when it ends, by whatever means, nothing is left.
//
//	func TestMain(m *testing.M) { lab.Main(m) }
//
//	func TestListsGuests(t *testing.T) {
//		l := lab.New(t, lab.Options{Scene: true})
//		client := connect(t, l.Endpoint())
//		…
//	}
//
// Needs root, /dev/net/tun and Debian's openvswitch-switch, iputils-ping and
// util-linux. Several programs may each have a lab; one program has one at a time.
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
	"sync"
)

// Options say what a lab has to begin with.
type Options struct {
	// Scene builds the standard bridges and guests and starts their traffic, see
	// Scene. Without it the lab is an empty switch.
	Scene bool
	// Silent leaves the scene's traffic out.
	Silent bool
	// DatabaseOnly leaves ovs-vswitchd out: rows, but no switch. See AddPorts.
	DatabaseOnly bool
	// Link connects the scene's two bridges.
	Link Link
	// OVSDBArgs are further arguments for ovsdb-server, such as
	// --remote=ptcp:6640:127.0.0.1 or --private-key=FILE.
	OVSDBArgs []string
}

// Lab is a running private Open vSwitch. Its methods may be called from any
// goroutine, but changes to guests and daemons are made one at a time.
type Lab struct {
	// Dir holds the database, sockets, logs, and in guests/ the guests' network
	// namespaces.
	Dir string

	opts     Options
	mark     net.Listener // held while this namespace has a lab
	ovsdb    *daemon
	vswitchd *daemon

	mu     sync.Mutex // guards what follows
	guests []*Guest
	flows  []*flow
	closed bool
}

// Start starts a lab. The program must run inside Run or Main. It takes about half
// a second; the context bounds only the start.
func Start(ctx context.Context, o Options) (*Lab, error) {
	base := insideDir()
	if base == "" {
		return nil, errors.New("starting a lab: the program is not inside lab.Run or lab.Main")
	}
	// An abstract socket belongs to the network namespace, as the switch's own
	// device does, of which there can be one.
	mark, err := net.Listen("unix", "@ovscope-lab")
	if err != nil {
		return nil, errors.New("starting a lab: this program has one already")
	}
	dir, err := makeDir(base)
	if err != nil {
		return nil, errors.Join(err, mark.Close())
	}
	l := &Lab{Dir: dir, opts: o, mark: mark}
	if err := l.start(ctx); err != nil {
		tail := l.LogTail(10)
		return nil, errors.Join(fmt.Errorf("starting a lab: %w\n%s", err, tail), l.Close())
	}
	return l, nil
}

func (l *Lab) start(ctx context.Context) error {
	if err := os.Mkdir(l.guestDir(), 0o700); err != nil {
		return err
	}
	schema, err := schemaFile()
	if err != nil {
		return err
	}
	if _, err := l.run(ctx, "ovsdb-tool", "create", l.path("conf.db"), schema); err != nil {
		return err
	}
	l.ovsdb = &daemon{
		name: "ovsdb-server", dir: l.Dir, env: l.Env(), ready: l.path("db.sock"),
		args: append([]string{l.path("conf.db"), "--remote=punix:" + l.path("db.sock")}, l.opts.OVSDBArgs...),
	}
	l.vswitchd = &daemon{
		name: "ovs-vswitchd", dir: l.Dir, env: l.Env(), ready: l.path("ovs-vswitchd.pid"),
		args: []string{l.Endpoint(), "--disable-system"},
	}
	if err := l.ovsdb.start(ctx); err != nil {
		return err
	}
	version, err := l.run(ctx, "ovs-vswitchd", "--version")
	if err != nil {
		return err
	}
	// What Debian's ovs-ctl writes, and two tags for QinQ.
	if _, err := l.run(ctx, "ovs-vsctl", "--db="+l.Endpoint(), "--no-wait", "--timeout=5", "init", "--", "set", "Open_vSwitch", ".",
		"ovs-version="+lastField(version), "external-ids:hostname=lab", "external-ids:system-id=lab",
		"other-config:vlan-limit=2"); err != nil {
		return err
	}
	if l.opts.DatabaseOnly {
		return nil
	}
	if err := l.vswitchd.start(ctx); err != nil {
		return err
	}
	if l.opts.Scene {
		return l.buildScene(ctx)
	}
	return nil
}

// Close ends the traffic, the guests and the switch, and removes all that the lab
// made. Calling it again does nothing.
func (l *Lab) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	var errs []error
	for _, f := range l.flows {
		f.stop()
	}
	errs = append(errs, l.vswitchd.kill(), l.ovsdb.kill())
	for _, g := range l.guests {
		errs = append(errs, g.leave())
	}
	errs = append(errs, deleteLink(uplink0), deleteTaps(), os.RemoveAll(l.Dir), l.mark.Close())
	return errors.Join(errs...)
}

// Endpoint is the database's address, as ovscope --db and ovs-vsctl --db take it.
func (l *Lab) Endpoint() string { return "unix:" + l.path("db.sock") }

// Env is this process's environment with Open vSwitch's directories set to the
// lab's, so that OVS's tools and ovscope find the lab without --db.
func (l *Lab) Env() []string {
	return append(os.Environ(), "OVS_RUNDIR="+l.Dir, "OVS_DBDIR="+l.Dir, "OVS_LOGDIR="+l.Dir)
}

// Vsctl runs ovs-vsctl on the lab's database and returns what it printed, without
// the space around it. Like ovs-vsctl itself it waits until vswitchd has followed;
// after 10 s it gives up.
func (l *Lab) Vsctl(args ...string) (string, error) {
	return l.run(context.Background(), "ovs-vsctl", append([]string{"--db=" + l.Endpoint(), "--timeout=10"}, args...)...)
}

// Appctl runs ovs-appctl on the lab's ovs-vswitchd and returns what it printed.
func (l *Lab) Appctl(args ...string) (string, error) {
	return l.run(context.Background(), "ovs-appctl", append([]string{"--timeout=10"}, args...)...)
}

// run returns the trimmed output of a command run with the lab's environment.
func (l *Lab) run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = l.Env()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// LogTail returns the last n lines that ovs-vswitchd wrote to its log.
func (l *Lab) LogTail(n int) string {
	log, err := os.ReadFile(l.path("ovs-vswitchd.log"))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// HostPID is process 1 of the lab's namespaces, as the host outside numbers it:
// nsenter --net=/proc/PID/ns/net runs a command beside the lab.
func HostPID() (int, error) {
	text, err := os.ReadFile(filepath.Join(insideDir(), pidFile))
	if err != nil {
		return 0, fmt.Errorf("reading the lab's process id: %w", err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		return 0, fmt.Errorf("reading the lab's process id: %w", err)
	}
	return pid, nil
}

func (l *Lab) path(name string) string { return filepath.Join(l.Dir, name) }

func (l *Lab) guestDir() string { return l.path("guests") }

// schemaFile finds the database schema that came with the installed OVS.
func schemaFile() (string, error) {
	dirs := []string{os.Getenv("OVS_PKGDATADIR"), "/usr/share/openvswitch", "/usr/local/share/openvswitch"}
	for _, dir := range dirs {
		file := filepath.Join(dir, "vswitch.ovsschema")
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("finding vswitch.ovsschema: not in %s", strings.Join(dirs[1:], " or "))
}

// lastField of the first line: "ovs-vswitchd (Open vSwitch) 3.1.0" → "3.1.0".
func lastField(version string) string {
	line, _, _ := strings.Cut(version, "\n")
	return line[strings.LastIndex(line, " ")+1:]
}
