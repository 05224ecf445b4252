package sim

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// start runs a switch for the test, driven by hand.
func start(t *testing.T) *Switch {
	t.Helper()
	epoch := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	s, err := Start(t.Context(), Options{Seed: 1, Manual: true, Dir: shortDir(t), Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// shortDir is a directory for sockets, whose paths t.TempDir would make too long.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sim")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func tap(t *testing.T, s *Switch, name string, outgoing bool) *Tap {
	t.Helper()
	tp, err := s.Tap(name, outgoing)
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

// frames returns copies of what has passed the tap so far.
func frames(t *testing.T, tp *Tap) [][]byte {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var all [][]byte
	for {
		batch, err := tp.Next(ctx)
		if errors.Is(err, context.Canceled) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range batch {
			all = append(all, append([]byte(nil), f.Data...))
		}
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	dir := shortDir(t)
	s, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	tp := tap(t, s, "tap-ids", true)
	client, err := net.Dial("unix", strings.TrimPrefix(s.Endpoint(), "unix:"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("closing took %v", took)
	}
	for {
		_, err := tp.Next(context.Background())
		if errors.Is(err, ErrClosed) {
			break
		}
		if err != nil {
			t.Fatalf("the tap ended with %v", err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	deadline := time.Now().Add(2 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines left running", now-before)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

func TestLongTemporaryDirectoryDoesNotMatter(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(shortDir(t), strings.Repeat("long", 25)))
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestContextEndsTheSwitch(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, Options{Dir: shortDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	tp := tap(t, s, "tap-web-1", false)
	cancel()
	for {
		if _, err := tp.Next(context.Background()); err != nil {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("the tap ended with %v", err)
			}
			break
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestControlSocketAnswersAsVswitchd(t *testing.T) {
	s := start(t)
	pid, err := os.ReadFile(s.path("ovs-vswitchd.pid"))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(s.dir, "ovs-vswitchd."+strings.TrimSpace(string(pid))+".ctl")
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := json.NewDecoder(conn)
	for _, c := range []struct{ request, want string }{
		{`{"id":0,"method":"revalidator/purge","params":[]}`, `{"error":null,"id":0,"result":""}`},
		{`{"id":1,"method":"version","params":[]}`, `{"error":null,"id":1,"result":"ovs-vswitchd (Open vSwitch) 3.4.1"}`},
		{`{"id":2,"method":"fly","params":[]}`, `{"error":"\"fly\" is not a valid command (use \"list-commands\" to see a list of valid commands)\n","id":2,"result":null}`},
	} {
		if _, err := conn.Write([]byte(c.request)); err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if err := answers.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(answer); string(got) != c.want {
			t.Errorf("%s\nanswered %s\nwant     %s", c.request, got, c.want)
		}
	}
	if n := s.purges.Load(); n != 1 {
		t.Errorf("%d purges, want 1", n)
	}
}

func TestTapNeedsANetworkDevice(t *testing.T) {
	s := start(t)
	for _, name := range []string{"nothing", "patch-ext", "tap-legacy-4"} {
		if _, err := s.Tap(name, true); !errors.Is(err, unix.ENODEV) {
			t.Errorf("tapping %s: %v, want ENODEV", name, err)
		}
	}
}
