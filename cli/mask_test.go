package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// demoSecrets are addresses of the simulated network.
var demoSecrets = regexp.MustCompile(`52:54:00|02:00:5e|192\.168\.[0-9]+\.1\b|10\.0\.[0-9]+\.`)

func TestDumpMasksAddresses(t *testing.T) {
	plain := ovscope(t, "--demo", "dump", "-i", "tap-web-1", "-c", "200", "--json")
	if plain.code != exitDone || !demoSecrets.MatchString(plain.stdout) {
		t.Fatalf("code %d, no address that could be masked:\n%s%s", plain.code, plain.stdout, plain.stderr)
	}
	for _, more := range [][]string{{"--json"}, nil} {
		r := ovscope(t, append([]string{"--demo", "--mask", "dump", "-i", "tap-web-1", "-c", "200"}, more...)...)
		if r.code != exitDone || strings.Count(r.stdout, "\n") != 200 {
			t.Fatalf("code %d\n%s", r.code, r.stderr)
		}
		if found := demoSecrets.FindString(r.stdout); found != "" {
			t.Errorf("%q is in the output", found)
		}
	}
}

func TestMaskedPacketsAreNotWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out.pcapng")
	r := ovscope(t, "--demo", "dump", "--mask", "-i", "tap-web-1", "-c", "1", "-w", file)
	if r.code != exitUsage || !strings.Contains(r.stderr, "--mask and -w exclude each other: only addresses have stand-ins") {
		t.Errorf("code %d\n%s", r.code, r.stderr)
	}
}

func TestListMasksAddresses(t *testing.T) {
	for _, args := range [][]string{{"--demo", "list", "--json"}, {"--demo", "--mask", "list", "--json"}} {
		r := ovscope(t, args...)
		if r.code != exitDone || demoSecrets.MatchString(r.stdout) == (len(args) == 4) {
			t.Errorf("%q: code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}
