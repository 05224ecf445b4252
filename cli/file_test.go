package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ovscope/ovs/lab"
)

func TestDumpWritesAndReadsFiles(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	file := filepath.Join(l.Dir, "out.pcapng")
	r := ovscope(t, "--db", l.Endpoint(), "dump", "-i", "tap3,tap1", "-c", "40", "-w", file, "vlan 10 and icmp")
	if r.code != exitDone || r.stdout != "" || !strings.Contains(r.stderr, "40 packets written") {
		t.Fatalf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if after := inOVS(t, l); after != before {
		t.Errorf("something is left:\n%s", cmp.Diff(before, after))
	}
	r = ovscope(t, "dump", "-r", file)
	if r.code != exitDone || strings.Count(r.stdout, " vlan 10 ") != 40 || strings.Contains(r.stdout, "vlan 20") {
		t.Errorf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	// Without vlan in it, a filter looks through tags.
	r = ovscope(t, "dump", "-r", file, "-c", "3", "icmp", "and", "src", "host", "10.0.10.1")
	if r.code != exitDone || strings.Count(r.stdout, "10.0.10.1 → ") != 3 {
		t.Errorf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	capinfos, err := exec.CommandContext(t.Context(), "capinfos", file).CombinedOutput()
	if err != nil || !strings.Contains(string(capinfos), "nanoseconds") || !strings.Contains(string(capinfos), "ovscope") {
		t.Errorf("%v\n%s", err, capinfos)
	}
	// The same file again, filtered into another one.
	other := filepath.Join(l.Dir, "other.pcapng")
	if r = ovscope(t, "dump", "-r", file, "-w", other, "-c", "5"); r.code != exitDone || !strings.Contains(r.stderr, "5 packets written") {
		t.Errorf("code %d\n%s", r.code, r.stderr)
	}
}

func TestDumpIsALivePipe(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" --db "$1" dump -i tap1 -w - | tshark -l -n -r - -c 5 -T fields -e vlan.id`, os.Args[0], l.Endpoint())
	cmd.Env = append(l.Env(), beMain+"=1")
	out, err := cmd.Output()
	if err != nil || string(out) != "10\n10\n10\n10\n10\n" {
		t.Errorf("%v\n%s", err, out)
	}
	eventually(t, "as before", func() bool { return inOVS(t, l) == before })
}

func TestDumpOfAnInterfaceThatGoes(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	cmd, out := start(t, l, "dump", "--interface", "tap1", "icmp")
	eventually(t, "packets", func() bool { return strings.Contains(out.String(), "ICMP") })
	if err := l.RemoveGuest("tap1"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a word about it", func() bool { return strings.Contains(out.String(), "tap1 is gone") })
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A mistake is found before anything in Open vSwitch changes.
func TestDumpMistakesChangeNothing(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	before := inOVS(t, l)
	precious := filepath.Join(l.Dir, "precious.txt")
	if err := os.WriteFile(precious, []byte("no capture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a filter typo":             {[]string{"-i", "tap1", "tcp prot 80"}, exitUsage, "tcp prot 80\n             ^"},
		"a file that is no capture": {[]string{"-i", "tap1", "-w", precious}, exitFailed, "not a pcap"},
		"a directory that is not":   {[]string{"-i", "tap1", "-w", "/no/such/dir/x.pcapng"}, exitFailed, "no such file or directory"},
		"too short a cut":           {[]string{"-i", "tap1", "-s", "5"}, exitUsage, "at least 18 bytes"},
		"two inputs":                {[]string{"-i", "tap1", "-r", precious}, exitUsage, "exclude each other"},
		"no such interface":         {[]string{"--interface", "nope0"}, exitFailed, "nope0"},
		"directions of a file":      {[]string{"-r", precious, "--egress"}, exitUsage, "go with -i"},
		"a text for a capture":      {[]string{"-r", precious}, exitFailed, "not a pcap"},
		"no such file":              {[]string{"-r", "/no/such/file"}, exitFailed, "no such file"},
		"JSON into pcapng":          {[]string{"-i", "tap1", "--json", "-w", "-"}, exitUsage, "choose one"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ovscope(t, append([]string{"--db", l.Endpoint(), "dump"}, test.args...)...)
			if r.code != test.code || !strings.Contains(r.stderr, test.want) || r.stdout != "" {
				t.Errorf("code %d, want %d; want %q in\n%s", r.code, test.code, test.want, r.stderr)
			}
		})
	}
	if text, _ := os.ReadFile(precious); string(text) != "no capture" {
		t.Errorf("the file now holds %q", text)
	}
	if after := inOVS(t, l); after != before {
		t.Error(cmp.Diff(before, after))
	}
}

func TestDamagedFileIsShownUpToTheDamage(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.pcapng")
	if r := ovscope(t, "--demo", "dump", "-i", "tap-web-1", "-c", "20", "-w", whole); r.code != exitDone {
		t.Fatal(r.stderr)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut.pcapng")
	if err := os.WriteFile(cut, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	r := ovscope(t, "dump", "-r", cut)
	shown := strings.Count(r.stdout, "\n")
	if r.code != exitFailed || shown == 0 || shown >= 20 || !strings.Contains(r.stderr, "packet ") {
		t.Errorf("code %d, %d packets\n%s", r.code, shown, r.stderr)
	}
}

// A disk that is full ends in an error, and what fitted can be read.
func TestDumpToAFullDisk(t *testing.T) {
	if r := ovscope(t, "--demo", "dump", "-i", "tap-web-1", "-c", "2000", "-w", "/dev/full"); r.code != exitFailed || !strings.Contains(r.stderr, "/dev/full") {
		t.Errorf("code %d\n%s", r.code, r.stderr)
	}
}
