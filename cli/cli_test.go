package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithoutOpenVSwitch(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no socket":          {[]string{"--db", "unix:" + dir + "/db.sock", "list"}, exitUnreachable, "--demo"},
		"nobody answers":     {[]string{"--db", "unix:" + plain, "list"}, exitUnreachable, "no ovsdb-server answers"},
		"no such endpoint":   {[]string{"--db", "/run/db.sock", "list"}, exitUsage, "unix:PATH"},
		"nobody on the port": {[]string{"--db", "tcp:127.0.0.1:1", "list"}, exitUnreachable, "connection refused"},
		"ssl without keys":   {[]string{"--db", "ssl:127.0.0.1:1", "list"}, exitUsage, "--private-key"},
		"demo and db":        {[]string{"--demo", "--db", "tcp:127.0.0.1:1", "list"}, exitUsage, "exclude each other"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ovscope(t, test.args...)
			if r.code != test.code || !strings.Contains(r.stderr, test.want) || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("code %d, want %d; want one line with %q:\n%s", r.code, test.code, test.want, r.stderr)
			}
		})
	}
}

func TestDefaultEndpointFollowsRunDir(t *testing.T) {
	t.Setenv("OVS_RUNDIR", "/nowhere/at/all")
	if r := ovscope(t, "list"); r.code != exitUnreachable || !strings.Contains(r.stderr, "/nowhere/at/all/db.sock") {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
}

func TestDemoDoesTheMainJob(t *testing.T) {
	r := ovscope(t, "--demo", "list")
	if r.code != exitDone || !strings.Contains(r.stdout, "bridge br-") {
		t.Fatalf("code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	port := ""
	for line := range strings.Lines(r.stdout) {
		if strings.Contains(line, "tag 10 ") {
			port = strings.Fields(line)[0]
			break
		}
	}
	r = ovscope(t, "--demo", "dump", "-i", port, "-c", "5")
	if r.code != exitDone || strings.Count(r.stdout, "vlan 10") != 5 {
		t.Errorf("dump of %s: code %d\n%s%s", port, r.code, r.stdout, r.stderr)
	}
	if strings.Contains(r.stdout+r.stderr, "ovsdb-server") {
		t.Error("the simulated server talks into the output")
	}
}

func TestVersion(t *testing.T) {
	a := &app{build: Build{Version: "v1.2.3", Commit: "abcdef0", Date: "2026-01-01"}}
	var out strings.Builder
	a.stdout, a.stderr = &out, &out
	if code := a.run(t.Context(), []string{"--version"}); code != exitDone {
		t.Errorf("code %d", code)
	}
	for _, want := range []string{"v1.2.3", "abcdef0", "2026-01-01"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}

func TestUTF8Locale(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing set":     {nil, false},
		"LANG":            {map[string]string{"LANG": "de_DE.UTF-8"}, true},
		"C.utf8":          {map[string]string{"LANG": "C.utf8"}, true},
		"LC_ALL wins":     {map[string]string{"LC_ALL": "C", "LANG": "en_US.UTF-8"}, false},
		"LC_CTYPE before": {map[string]string{"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, true},
	} {
		if got := utf8Locale(func(k string) string { return test.env[k] }); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSuggestion(t *testing.T) {
	for typed, want := range map[string]string{"tap11": "tap1", "TAP": "tap1, tap2", "eth": "there are tap1, tap2, web"} {
		if got := suggestion(typed, []string{"tap1", "tap2", "web"}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", typed, got)
		}
	}
}

func TestCompletionOffersRealPortsAndBridges(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{"list", ""}, "br-int"},
		{[]string{"dump", "-i", ""}, "tap-web-1"},
		{[]string{"dump", "-i", "tap-dns,t"}, "tap-dns,tap-web-1"},
		{[]string{"mirror", "rm", ""}, "ids-span"},
		{[]string{"mirror", "set", ""}, "ids-span"},
		{[]string{"mirror", "clear", ""}, "br-int"},
		{[]string{"mirror", "add", "m", "--output", ""}, "tap-web-1"},
		{[]string{"mirror", "add", "m", "--flood", ""}, "br-int"},
		{[]string{"mirror", "add", "m", "--egress", "tap-dns,"}, "tap-dns,tap-web-1"},
	} {
		r := ovscope(t, append([]string{"__complete", "--demo"}, test.words...)...)
		if !strings.Contains(r.stdout, test.want+"\n") {
			t.Errorf("%q: no %q in\n%s%s", test.words, test.want, r.stdout, r.stderr)
		}
		if strings.Contains(r.stdout, "tap-dns,tap-dns") {
			t.Errorf("%q: offers what is there already:\n%s", test.words, r.stdout)
		}
	}
}

func TestManualPageSaysItAll(t *testing.T) {
	r := ovscope(t, "man")
	for _, want := range []string{".TH OVSCOPE 1", ".SH EXIT STATUS", ".SH KEYS", "tagged pings", `\fB-i, --port\fP`, "--kept"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in the manual page:\n%s", want, r.stdout)
		}
	}
}
