package tui

import (
	"context"
	"sync"
	"sync/atomic"

	"ovscope/live"
)

// recording is a source that runs, and the store that it fills.
type recording struct {
	source live.Source
	store  *live.Store
	stats  *live.Stats // of what the store receives
	stop   context.CancelFunc
	once   sync.Once
	done   chan struct{} // closed when Run has returned
	err    error         // of Run; valid once done is closed
}

func (m *model) record(source live.Source, store *live.Store, stats *live.Stats) *recording {
	ctx, stop := context.WithCancel(m.ctx)
	c := &recording{source: source, store: store, stats: stats, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		defer m.crash.catch()
		c.err = source.Run(ctx, store)
	}()
	return c
}

// close ends the recording and waits until nothing writes into the store any more.
func (c *recording) close() {
	c.stop()
	<-c.done
	c.once.Do(func() { _ = c.source.Close() })
}

// ended reports whether the source has stopped by itself, and why.
func (c *recording) ended() (bool, error) {
	select {
	case <-c.done:
		return true, c.err
	default:
		return false, nil
	}
}

// recorder owns the one store for packets that a run has, whatever it looks at,
// and lets one capture at a time write into it. So memory stays flat (DESIGN §6).
// Its methods may be called by several goroutines.
type recorder struct {
	size int // bytes of the store
	// rewrite changes frames before anybody sees them; nil for none.
	rewrite func(frame []byte, length int)
	// epoch grows when the store is emptied: whoever reads it beside the screen
	// then reads another's packets.
	epoch atomic.Uint64

	mu      sync.Mutex
	wanted  int        // the generation (see tap) whose capture may write
	current *recording // nil while there is none
	store   *live.Store
	stats   *live.Stats // of what the store has received since it was last emptied
	// drops and freezes are the kernel's losses of captures that have ended, since
	// the store was last emptied.
	drops, freezes uint64
}

// want lets the capture of a generation start, and no other.
func (r *recorder) want(generation int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = generation
}

// stop ends the capture that runs, if any, for a generation. It reports false,
// and does nothing, when that one is no longer wanted.
func (r *recorder) stop(generation int) bool {
	r.mu.Lock()
	wanted, c := r.wanted == generation, r.current
	r.mu.Unlock()
	if !wanted {
		return false
	}
	r.end(c)
	return true
}

func (r *recorder) end(c *recording) {
	if c == nil {
		return
	}
	c.close() // may take a moment
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == c {
		r.count(c)
		r.current = nil
	}
}

func (r *recorder) count(c *recording) {
	drops, freezes := c.source.Drops()
	r.drops += drops
	r.freezes += freezes
}

// start runs a capture of a generation, into an empty store or after what is
// there. It returns nil when that one is no longer wanted.
func (r *recorder) start(generation int, empty bool, run func(*live.Store, *live.Stats) *recording) *recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wanted != generation {
		return nil
	}
	switch {
	case r.store == nil:
		r.store = live.NewStore(r.size)
		r.store.Rewrite(r.rewrite)
		r.stats = live.NewStats(r.store)
	case empty:
		r.epoch.Add(1) // before anything in the store changes
		r.store.Reset()
		r.stats = live.NewStats(r.store)
		r.drops, r.freezes = 0, 0
	}
	r.current = run(r.store, r.stats)
	return r.current
}

// lost is what the kernel has lost since the store was last emptied.
func (r *recorder) lost() (drops, freezes uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	drops, freezes = r.drops, r.freezes
	if r.current != nil {
		d, f := r.current.source.Drops()
		drops, freezes = drops+d, freezes+f
	}
	return drops, freezes
}

// shutdown ends what runs; nothing starts any more.
func (r *recorder) shutdown() {
	r.mu.Lock()
	r.wanted = -1
	c := r.current
	r.mu.Unlock()
	r.end(c)
}
