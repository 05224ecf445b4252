package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ovscope/live"
)

// fill stores frames of many kinds.
func fill(store *live.Store, count int) {
	for i := range count {
		f := live.Frame{
			Time:      1700000000123456789 + int64(i)*1001,
			Data:      ethernet(60+i%7, []uint32{0x8100000a}[:i%2]...),
			Direction: live.Direction(i % 3),
		}
		f.Length = len(f.Data) + i%2*1000
		store.Add(f)
	}
}

func TestRoundTrip(t *testing.T) {
	store := live.NewStore(0)
	fill(store, 1000)
	path := filepath.Join(t.TempDir(), "out.pcapng")
	w, err := Create(path, Options{
		Version: "1.2.3", Interface: "tap1", Description: "mirror m0 of br0: tap1 →", Comment: "both directions", SnapLen: 2000,
	})
	if err != nil {
		t.Fatal(err)
	}
	next, err := w.WriteFrom(store, 0, 400, nil)
	if next != 400 || err != nil {
		t.Fatalf("wrote up to %d, %v", next, err)
	}
	if next, err = w.WriteFrom(store, next, 5000, nil); next != 1000 || err != nil {
		t.Fatalf("wrote up to %d, %v", next, err)
	}
	w.SetStatistics(Statistics{Start: time.Unix(1, 2), End: time.Unix(3, 4), Received: 1003, Dropped: 3})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), w.Abort(), w.Write(live.Packet{})); err != nil {
		t.Errorf("after Close: %v", err)
	}

	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	back := live.NewStore(0)
	if err := r.Run(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stored(store), stored(back)); diff != "" {
		t.Errorf("packets (-want +got):\n%s", diff)
	}
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Name: path, Format: "pcapng", Size: stat.Size(), Application: "ovscope 1.2.3", OS: systemName(),
		Comments: []string{"both directions"},
		Interfaces: []Interface{{
			Name: "tap1", Description: "mirror m0 of br0: tap1 →", LinkType: 1, SnapLen: 2000, Received: 1003, Dropped: 3,
		}},
	}
	if diff := cmp.Diff(want, r.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	if drops, _ := r.Drops(); drops != 3 {
		t.Errorf("%d drops", drops)
	}
	if err := r.Run(t.Context(), back); err == nil {
		t.Error("a second Run returns no error")
	}
}

func TestWriteOnlyWhatIsWanted(t *testing.T) {
	store := live.NewStore(0)
	fill(store, 100)
	var out bytes.Buffer
	w, err := NewWriter(&out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	marked := map[uint64]bool{3: true, 50: true, 99: true}
	next, err := w.WriteFrom(store, 10, 1<<60, func(p live.Packet) bool { return marked[p.Seq] })
	if next != 100 || err != nil {
		t.Fatalf("wrote up to %d, %v", next, err)
	}
	if written, missed := w.Packets(); written != 2 || missed != 0 {
		t.Errorf("%d written, %d missed", written, missed)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packets, _, err := readAll(t, out.Bytes())
	all := stored(store)
	if diff := cmp.Diff([]got{all[50], all[99]}, packets); diff != "" || err != nil {
		t.Errorf("packets (-want +got):\n%s%v", diff, err)
	}
}

// TestWriteCountsWhatTheStoreLost: packets that were overwritten before their turn are told.
func TestWriteCountsWhatTheStoreLost(t *testing.T) {
	store := live.NewStore(16 << 10)
	var out bytes.Buffer
	w, err := NewWriter(&out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(store, 10)
	from, err := w.WriteFrom(store, 0, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	fill(store, 5000)
	first, next := store.Range()
	if _, err := w.WriteFrom(store, from, next, nil); err != nil {
		t.Fatal(err)
	}
	written, missed := w.Packets()
	if missed != first-10 || written+missed != next {
		t.Errorf("%d written and %d missed of %d, of which the store lost %d", written, missed, next, first-10)
	}
	// The drop count is in the first packet after the gap and nowhere else.
	option := appendCount(nil, packetDropCount, missed)
	if n := bytes.Count(out.Bytes(), option); n != 1 {
		t.Errorf("the drop count is told %d times", n)
	}
}

func TestWritingDoesNotAllocate(t *testing.T) {
	store := live.NewStore(0)
	fill(store, 3000)
	w, err := NewWriter(io.Discard, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := store.Read(1, nil)
	if n := testing.AllocsPerRun(5000, func() { _ = w.Write(p) }); n != 0 {
		t.Errorf("Write allocates %v times", n)
	}
	if n := testing.AllocsPerRun(10, func() { _, _ = w.WriteFrom(store, 0, 3000, nil) }); n > 50 {
		t.Errorf("WriteFrom allocates %v times for 3000 packets", n)
	}
}

func TestReadingDoesNotAllocate(t *testing.T) {
	store := live.NewStore(0)
	fill(store, 10000)
	var out bytes.Buffer
	w, _ := NewWriter(&out, Options{})
	_, _ = w.WriteFrom(store, 0, 10000, nil)
	_ = w.Close()
	r, err := NewReader(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n := testing.AllocsPerRun(9000, func() {
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("Next allocates %v times", n)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, content := range map[string]string{"notes.txt": "do not lose me", "short": "abc", "read-only.pcapng": "\x0a\x0d\x0d\x0a"} {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(at("nowhere"), at("dangling")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want string }{
		{at("notes.txt"), "it exists and is not a pcap or pcapng file, so it is not overwritten"},
		{at("short"), "it exists and is not a pcap or pcapng file, so it is not overwritten"},
		{dir, "it is a directory; name a file in it"},
		{at("dangling"), "it is a symbolic link to " + at("nowhere") + ", which does not exist"},
		{at("missing/out.pcapng"), "making a temporary file in " + at("missing") + ": no such file or directory"},
		{at("notes.txt/out.pcapng"), "not a directory"},
		{"/dev/full", "it is a device or socket, not a file"},
		{"/dev/zero", "it is a device or socket, not a file"},
		{"", "the name is empty"},
	} {
		w, err := Create(test.path, Options{})
		if err == nil {
			t.Errorf("creating %q: no error", test.path)
			_ = w.Abort()
			continue
		}
		if !strings.HasPrefix(err.Error(), "creating "+test.path+": ") || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("creating %q: %v\nwant …%s", test.path, err, test.want)
		}
	}
	if _, err := Create(at("notes.txt"), Options{}); !errors.Is(err, ErrNotCapture) {
		t.Errorf("error is %v", err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 4 {
		t.Errorf("left behind: %v", entries)
	}
	if b, _ := os.ReadFile(at("notes.txt")); string(b) != "do not lose me" {
		t.Errorf("notes.txt is now %q", b)
	}
}

func TestCreateReplacesCapturesOnlyAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	old, link := filepath.Join(dir, "old.pcap"), filepath.Join(dir, "link.pcap")
	for _, content := range []string{"", "\xd4\xc3\xb2\xa1 an old capture", "\x0a\x0d\x0d\x0a another"} {
		if err := os.WriteFile(old, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
		_ = os.Symlink("old.pcap", link)
		write := func(end func(*Writer) error) {
			t.Helper()
			w, err := Create(link, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := os.ReadFile(old); string(b) != content {
				t.Errorf("the old file is %q while the new one is written", b)
			}
			if err := w.Write(live.Packet{Data: ethernet(60)}); err != nil {
				t.Fatal(err)
			}
			if err := end(w); err != nil {
				t.Fatal(err)
			}
		}
		write((*Writer).Abort)
		if b, _ := os.ReadFile(old); string(b) != content {
			t.Errorf("after Abort the old file is %q", b)
		}
		write((*Writer).Close)
		b, _ := os.ReadFile(link)
		packets, _, err := readAll(t, b)
		if err != nil || len(packets) != 1 {
			t.Errorf("%d packets, %v", len(packets), err)
		}
		if info, _ := os.Lstat(old); info.Mode() != 0o640 {
			t.Errorf("mode is %v", info.Mode())
		}
		if info, _ := os.Lstat(link); info.Mode()&fs.ModeSymlink == 0 {
			t.Error("the link was replaced")
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 2 {
			t.Errorf("left behind: %v", entries)
		}
	}
	w, err := Create(filepath.Join(dir, "new"), Options{})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "new")); err != nil || info.Mode() != 0o600 {
		t.Errorf("a new file: %v, %v", info, err)
	}
}

func TestCreateToNull(t *testing.T) {
	w, err := Create(os.DevNull, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(live.Packet{Data: ethernet(60)}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Fatalf("%s is %v, %v", os.DevNull, info, err)
	}
}

func TestFullDeviceIsToldOnce(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this system has none: %v", err)
	}
	defer full.Close()
	if _, err := NewWriter(full, Options{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error is %v", err)
	}
}

// short fails after some bytes, as a full disk does.
type short struct {
	bytes.Buffer
	room int
}

func (s *short) Write(b []byte) (int, error) {
	n := min(len(b), s.room-s.Len())
	s.Buffer.Write(b[:n])
	if n < len(b) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func TestFailureIsToldOnceAndTheCaptureGoesOn(t *testing.T) {
	store := live.NewStore(0)
	fill(store, 5000)
	out := &short{room: 200_000}
	w, err := NewWriter(out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	next, err := w.WriteFrom(store, 0, 5000, nil)
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "writing the output: no space left on device" {
		t.Errorf("error is %v", err)
	}
	if next != 5000 {
		t.Errorf("goes on from %d", next)
	}
	fill(store, 10)
	if next, err = w.WriteFrom(store, next, 5010, nil); next != 5010 || err != nil {
		t.Errorf("afterwards: %d, %v", next, err)
	}
	if err := errors.Join(w.Write(live.Packet{}), w.Flush(), w.Close()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	packets, _, err := readAll(t, out.Bytes()[:w.whole])
	if err != nil || len(packets) < 1000 {
		t.Errorf("whole are %d packets, %v", len(packets), err)
	}
	if w.whole+200 < int64(out.Len()) {
		t.Errorf("%d of %d bytes are whole blocks", w.whole, out.Len())
	}
}

func TestCloseKeepsThePacketsWhenTheNameIsTaken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.pcapng")
	w, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	err = w.Close()
	kept, _ := filepath.Glob(filepath.Join(dir, ".ovscope-*"))
	if err == nil || len(kept) != 1 || !strings.HasSuffix(err.Error(), fmt.Sprintf("the packets are in %s", kept[0])) {
		t.Errorf("error is %v, kept %v", err, kept)
	}
}

func TestBrokenPipeIsToldOnce(t *testing.T) {
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := NewWriter(out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	_ = w.Write(live.Packet{Data: ethernet(60)})
	if err := w.Flush(); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("error is %v", err)
	}
	if err := errors.Join(w.Flush(), w.Close()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
