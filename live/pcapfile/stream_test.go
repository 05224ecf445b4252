package pcapfile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ovscope/live"
)

// waitFor polls until done, and fails after a while.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: nothing for 10 s", what)
		}
	}
}

// TestReadPipeAsItIsWritten: packets come out while the writer still lives, and a
// quiet pipe holds up neither cancelling nor Close.
func TestReadPipeAsItIsWritten(t *testing.T) {
	for _, end := range []string{"cancel", "Close", "end of file"} {
		t.Run(end, func(t *testing.T) {
			source, sink := io.Pipe()
			defer source.Close()
			written := make(chan *Writer)
			go func() {
				w, err := NewWriter(sink, Options{})
				if err != nil {
					t.Error(err)
				}
				written <- w
			}()
			r, err := NewReader(source, "pipe")
			if err != nil {
				t.Fatal(err)
			}
			w := <-written
			store := live.NewStore(0)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() { ended <- r.Run(ctx, store) }()
			for i := range uint64(10) {
				if err := errors.Join(w.Write(live.Packet{Data: ethernet(60)}), w.Flush()); err != nil {
					t.Fatal(err)
				}
				waitFor(t, "packet", func() bool { return store.Counters().Packets == i+1 })
			}
			switch end {
			case "cancel":
				cancel()
			case "Close":
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			case "end of file":
				sink.Close()
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("Run did not end")
			}
			if err := errors.Join(r.Close(), r.Close()); err != nil {
				t.Error(err)
			}
			if _, err := r.Next(t.Context()); err == nil {
				t.Error("Next after the end returns no error")
			}
		})
	}
}

func TestFileIsLeftWhenCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	store := live.NewStore(0)
	fill(store, 100)
	w, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFrom(store, 0, 100, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	back := live.NewStore(0)
	if err := r.Run(ctx, back); err != nil || back.Counters().Packets != 0 {
		t.Errorf("%d packets, %v", back.Counters().Packets, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}

	if r, err = Open(path); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("error at the end is %v", err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("error is %v", err)
	}
}

func TestNamedPipeIsWrittenTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("cannot make a named pipe: %v", err)
	}
	type result struct {
		w   *Writer
		err error
	}
	created := make(chan result)
	go func() {
		w, err := Create(path, Options{})
		created <- result{w, err}
	}()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := <-created
	if c.err != nil {
		t.Fatal(c.err)
	}
	go func() {
		if err := errors.Join(c.w.Write(live.Packet{Data: ethernet(60)}), c.w.Close()); err != nil {
			t.Error(err)
		}
	}()
	store := live.NewStore(0)
	if err := r.Run(t.Context(), store); err != nil {
		t.Error(err)
	}
	if n := store.Counters().Packets; n != 1 {
		t.Errorf("%d packets", n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is now %v, %v", info, err)
	}
}
