package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"

	"ovscope/ovs/lab"
)

// mirrors is what is configured of mirrors, their ports and their flooding; the
// lease's id, which differs from run to run, is left out.
func mirrors(t *testing.T, l *lab.Lab) string {
	t.Helper()
	rows := strings.Split(strings.Join([]string{
		vsctl(t, l, "--columns=name,select_all,select_src_port,select_dst_port,select_vlan,output_vlan,snaplen,external_ids", "list", "Mirror"),
		vsctl(t, l, "--columns=name,flood_vlans,external_ids", "list", "Bridge"),
	}, "\n\n"), "\n\n")
	show := strings.Split(vsctl(t, l, "show"), "\n")
	slices.Sort(rows) // their order is any
	slices.Sort(show)
	text := strings.Join(rows, "\n\n") + "\n" + strings.Join(show, "\n")
	for line := range strings.Lines(text) {
		for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" {},=\"\n", r) }) {
			if id, ok := strings.CutPrefix(word, "ovscope-flood-"); ok {
				text = strings.ReplaceAll(text, id, "LEASE")
			}
		}
		if _, id, ok := strings.Cut(line, "ovscope-lease="); ok {
			id = strings.Trim(strings.FieldsFunc(id, func(r rune) bool { return r == ',' || r == '}' })[0], `"`)
			text = strings.ReplaceAll(text, `"`+id+`"`, "LEASE")
			text = strings.ReplaceAll(text, id, "LEASE")
		}
	}
	return text
}

func TestMirrorsFromScripts(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	addForeign(t, l)
	before := mirrors(t, l)
	run := func(want int, args ...string) result {
		t.Helper()
		r := ovscope(t, append([]string{"--db", l.Endpoint(), "mirror"}, args...)...)
		if r.code != want {
			t.Errorf("mirror %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, want, r.stdout, r.stderr)
		}
		return r
	}
	unchanged := func(args ...string) {
		t.Helper()
		at := inOVS(t, l)
		if r := run(exitDone, args...); !strings.Contains(r.stdout, "unchanged") || inOVS(t, l) != at {
			t.Errorf("mirror %s: %s", strings.Join(args, " "), r.stdout)
		}
	}
	// Each is made, is unchanged the second time, and is the same when its dry run
	// is pasted into a shell.
	for name, add := range map[string][]string{
		"SPAN":         {"-i", "tap1,tap5", "--new-port", "span0"},
		"RSPAN":        {"--egress", "tap1", "--ingress", "tap5", "--output-vlan", "111", "--flood", "br0,br1"},
		"whole bridge": {"--bridge", "br1", "--all", "--vlan", "30,31", "--new-port", "span0", "--snaplen", "100"},
		"GRE":          {"-i", "tap1", "--gre", "192.0.2.9", "--key", "7"},
		"ERSPAN":       {"-i", "tap1", "--erspan", "2001:db8::9", "--key", "7", "--index", "26"},
		"guest":        {"-i", "tap1", "--output", "tap6", "--force"},
	} {
		add = append([]string{"add", "a " + name}, add...)
		dry := run(exitDone, append(add, "--dry-run")...)
		if after := mirrors(t, l); after != before {
			t.Fatalf("%s: the dry run changed\n%s", name, cmp.Diff(before, after))
		}
		run(exitDone, add...)
		made := mirrors(t, l)
		unchanged(add...)
		run(exitDone, "rm", "a "+name)
		if after := mirrors(t, l); after != before {
			t.Fatalf("%s: left\n%s", name, cmp.Diff(before, after))
		}
		unchanged("rm", "a "+name)
		cmd := exec.CommandContext(t.Context(), "sh", "-e")
		cmd.Stdin, cmd.Env = strings.NewReader(dry.stdout), l.Env()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s\n%s", name, err, dry.stdout, out)
		}
		if pasted := mirrors(t, l); pasted != made {
			t.Errorf("%s: by ovscope (-) and pasted (+) differ:\n%s", name, cmp.Diff(made, pasted))
		}
		run(exitDone, "clear", "br0")
		run(exitDone, "clear", "br1")
		unchanged("clear", "br0")
	}

	// As after a restart of the host: the port is there, but down.
	run(exitDone, "add", "m", "-i", "tap1", "--new-port", "span0")
	link, err := netlink.LinkByName("span0")
	if err != nil || netlink.LinkSetDown(link) != nil {
		t.Fatal(err)
	}
	eventually(t, "OVS knows that it is down", func() bool {
		return strings.Contains(vsctl(t, l, "get", "Interface", "span0", "link_state"), "down")
	})
	if r := run(exitDone, "add", "m", "-i", "tap1", "--new-port", "span0", "--dry-run"); !strings.Contains(r.stdout, "ip link set span0 up") {
		t.Errorf("dry run: %s", r.stdout)
	}
	run(exitDone, "add", "m", "-i", "tap1", "--new-port", "span0")
	if link, err = netlink.LinkByName("span0"); err != nil || link.Attrs().Flags&net.FlagUp == 0 {
		t.Errorf("%v, span0 is still down", err)
	}
	eventually(t, "OVS knows that it is up", func() bool {
		return strings.Contains(vsctl(t, l, "get", "Interface", "span0", "link_state"), "up")
	})
	unchanged("add", "m", "-i", "tap1", "--new-port", "span0")
	run(exitDone, "rm", "m")

	// Flooding can be asked for afterwards; what is so already is no command to paste.
	run(exitDone, "add", "r", "-i", "tap1", "--output-vlan", "111", "--flood", "br0")
	run(exitDone, "set", "r", "--flood", "br1")
	unchanged("set", "r", "--output-vlan", "111", "--flood", "br0,br1")
	if r := run(exitDone, "set", "r", "--flood", "br0,br1", "--dry-run"); !strings.HasPrefix(r.stdout, "# unchanged") {
		t.Errorf("a dry run that does nothing prints\n%s", r.stdout)
	}
	if got := vsctl(t, l, "get", "Bridge", "br1", "flood_vlans"); !strings.Contains(got, "111") {
		t.Errorf("br1 floods %s", got)
	}
	run(exitDone, "rm", "r")
	if after := mirrors(t, l); after != before {
		t.Errorf("left:\n%s", cmp.Diff(before, after))
	}

	run(exitDone, "add", "m", "-i", "tap1", "--new-port", "span0")
	run(exitDone, "set", "m", "-i", "tap5", "--no-ingress", "tap1", "--snaplen", "128", "--vlan", "10,20", "--name", "n")
	unchanged("set", "n", "-i", "tap5", "--no-ingress", "tap1", "--snaplen", "128")
	unchanged("set", "n", "--no-port", "tap99") // a guest that is gone
	if got := vsctl(t, l, "--bare", "--columns=snaplen,select_vlan", "list", "Mirror", "n"); strings.Join(strings.Fields(got), " ") != "128 10 20" {
		t.Errorf("after set: %s", got)
	}
	if r := run(exitFailed, "add", "n", "-i", "tap3", "--new-port", "span0"); !strings.Contains(r.stderr, "mirror set n") {
		t.Errorf("another one of that name: %s", r.stderr)
	}
	var o outcome
	if err := json.Unmarshal([]byte(run(exitDone, "set", "n", "--output", "tap6", "--force", "--json").stdout), &o); err != nil || o.Result != "done" || len(o.Hazards) == 0 || len(o.Mirrors) != 1 {
		t.Errorf("%v: %+v", err, o)
	}
	if strings.Contains(vsctl(t, l, "show"), "span0") {
		t.Error("the port that was made with the mirror stays when the output is another one")
	}
	run(exitDone, "rm", string(o.Mirrors[0].UUID))
	if after := mirrors(t, l); after != before {
		t.Errorf("left:\n%s", cmp.Diff(before, after))
	}

	// Guard rails.
	for want, args := range map[string][]string{
		"loses its network":      {"add", "m", "-i", "tap1", "--output", "tap6"},
		"have it flood":          {"add", "m", "-i", "tap1", "--output-vlan", "111"},
		"is not ours (foreign)":  {"set", "theirs", "-i", "tap1"},
		"whoever uses it loses":  {"rm", "theirs"},
		"all 1 mirrors of bridg": {"clear", "br0", "--all"},
		"--force":                {"rm", "theirs", "--dry-run"},
	} {
		if r := run(exitRefused, args...); !strings.Contains(r.stderr, want) {
			t.Errorf("%v: no %q in\n%s", args, want, r.stderr)
		}
	}
	for want, args := range map[string][]string{
		"see ovscope mirror add --help": {"add", "m", "-i", "tap1", "--output", ""},
		"mirror rm wants one NAME":      {"rm"},
		"needs an output":               {"add", "m", "-i", "tap1"},
		"exclude each other":            {"add", "m", "-i", "tap1", "--new-port", "x", "--output", "tap6"},
		"--bridge must name":            {"add", "m", "--all", "--new-port", "x"},
		"want 14 to 65535":              {"add", "m", "-i", "tap1", "--new-port", "x", "--snaplen", "13"},
		"at most 1023":                  {"add", "m", "-i", "tap1", "--erspan", "192.0.2.9", "--key", "1024"},
		"no IP address":                 {"add", "m", "-i", "tap1", "--gre", "analyzer"},
		"goes with --erspan":            {"add", "m", "-i", "tap1", "--gre", "192.0.2.9", "--index", "1"},
		"no blanks, slashes":            {"add", "m", "-i", "tap1", "--new-port", "a/b"},
		"goes with --output":            {"add", "m", "-i", "tap1", "--new-port", "x", "--flood", "br0"},
		"--read-only forbids":           {"rm", "theirs", "--read-only"},
		"came with 3.4":                 {"add", "m", "-i", "tap1", "--new-port", "x", "--filter", "icmp"},
	} {
		if r := run(exitUsage, args...); !strings.Contains(r.stderr, want) {
			t.Errorf("%v: no %q in\n%s", args, want, r.stderr)
		}
	}
	vsctl(t, l, "--", "--id=@m", "create", "Mirror", "name=theirs", "--", "add", "Bridge", "br1", "mirrors", "@m")
	if r := run(exitUsage, "rm", "theirs"); strings.Count(r.stderr, "theirs") < 1 || strings.Count(r.stderr, " on br") != 2 {
		t.Errorf("an ambiguous name (F9): %s", r.stderr)
	}
	run(exitDone, "clear", "br0", "--all", "--force")
	if got := vsctl(t, l, "get", "Bridge", "br0", "mirrors"); got != "[]" {
		t.Errorf("left: %s", got)
	}
}

// Killed at any moment of a create, the next cleanup leaves all as it was.
func TestKilledAtAnyMomentLeavesNothingAfterCleanup(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true})
	addForeign(t, l)
	before := inOVS(t, l)
	for moment := range 20 {
		cmd, _ := start(t, l, "dump", "-i", "tap1")
		time.Sleep(time.Duration(moment) * 10 * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if r := ovscope(t, "--db", l.Endpoint(), "cleanup"); r.code != exitDone {
			t.Fatalf("cleanup: %d %s", r.code, r.stderr)
		}
		if after := inOVS(t, l); after != before {
			t.Fatalf("killed after %d ms, left:\n%s", 10*moment, cmp.Diff(before, after))
		}
	}
}

// A database reached over TCP and over TLS, with right and wrong certificates.
func TestTCPAndSSLEndpoints(t *testing.T) {
	lab.Require(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, ca := range []string{"ca", "other"} {
		openssl(t, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN="+ca,
			"-keyout", file(ca+".key"), "-out", file(ca+".pem"))
		openssl(t, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN="+ca+" user", "-keyout", file(ca+"-user.key"), "-out", file("csr"))
		openssl(t, "x509", "-req", "-in", file("csr"), "-CA", file(ca+".pem"), "-CAkey", file(ca+".key"), "-CAcreateserial", "-days", "2", "-out", file(ca+"-user.pem"))
	}
	l := lab.New(t, lab.Options{Scene: true, Silent: true, OVSDBArgs: []string{
		"--remote=ptcp:16640:127.0.0.1", "--remote=pssl:16641:127.0.0.1",
		"--private-key=" + file("ca-user.key"), "--certificate=" + file("ca-user.pem"), "--ca-cert=" + file("ca.pem"),
	}})
	vsctl(t, l, "get-manager")
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"TCP":                      {[]string{"--db", "tcp:127.0.0.1:16640"}, exitDone, ""},
		"TLS":                      {[]string{"--db", "ssl:127.0.0.1:16641", "--private-key", file("ca-user.key"), "--certificate", file("ca-user.pem"), "--ca-cert", file("ca.pem")}, exitDone, ""},
		"another CA":               {[]string{"--db", "ssl:127.0.0.1:16641", "--private-key", file("ca-user.key"), "--certificate", file("ca-user.pem"), "--ca-cert", file("other.pem")}, exitUnreachable, "--ca-cert"},
		"our certificate is wrong": {[]string{"--db", "ssl:127.0.0.1:16641", "--private-key", file("other-user.key"), "--certificate", file("other-user.pem"), "--ca-cert", file("ca.pem")}, exitUnreachable, "--certificate"},
		"key of another":           {[]string{"--db", "ssl:127.0.0.1:16641", "--private-key", file("other-user.key"), "--certificate", file("ca-user.pem"), "--ca-cert", file("ca.pem")}, exitUsage, "private key does not match"},
		"TLS to a plain port":      {[]string{"--db", "ssl:127.0.0.1:16640", "--private-key", file("ca-user.key"), "--certificate", file("ca-user.pem"), "--ca-cert", file("ca.pem")}, exitUnreachable, "does not speak tls"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ovscope(t, append(test.args, "mirror", "add", "m", "-i", "tap1", "--new-port", "span0", "--dry-run")...)
			if r.code != test.code || !strings.Contains(strings.ToLower(r.stderr), test.want) {
				t.Errorf("code %d, want %d with %q: %s", r.code, test.code, test.want, r.stderr)
			}
		})
	}
}

func openssl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("openssl %s: %w\n%s", strings.Join(args, " "), err, out))
	}
}
