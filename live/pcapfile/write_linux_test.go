package pcapfile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ovscope/live"
)

// TestFullDisk fills a small file system.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=128k"); err != nil {
		if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
			t.Fatalf("cannot mount a tmpfs, and OVSCOPE_TEST_ALL=1 lets nothing be skipped: %v", err)
		}
		t.Skipf("cannot mount a tmpfs: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	store := live.NewStore(0)
	fill(store, 5000)
	for _, end := range []string{"Close", "Abort"} {
		path := filepath.Join(dir, "out.pcapng")
		w, err := Create(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.WriteFrom(store, 0, 5000, nil)
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != "writing "+path+": no space left on device" {
			t.Errorf("error is %v", err)
		}
		want := 0
		if end == "Close" {
			want = 1
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			packets, _, err := readAll(t, b)
			if err != nil || len(packets) < 900 {
				t.Errorf("%d packets, %v", len(packets), err)
			}
		} else if err := w.Abort(); err != nil {
			t.Error(err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != want {
			t.Errorf("after %s: %v", end, entries)
		}
		_ = os.Remove(path)
	}
}
