package capture

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ovscope/live"
)

// Handle is an open capture. It is a live.Source.
type Handle struct {
	config Config
	socket *socket
	ring   *ring
	wake   int // eventfd that ends the wait in Run

	mu      sync.Mutex
	state   State
	drops   uint64
	freezes uint64
	started bool
	closed  bool
	ended   chan struct{} // closed when Run has returned, or was never called
}

var _ live.Source = (*Handle)(nil)

// retryInterval is how often an interface that is down or gone is looked for.
const retryInterval = 100 * time.Millisecond

// restMillis is how long Run lets frames gather when blocks fill faster than they
// time out, so that it is not woken for each: of 1500 B frames at 400,000 a second
// that takes 280 ns a packet instead of 350, and of 512 B frames a tenth less than
// 2 ms, in which not even one block fills.
const restMillis = 4

// Open starts capturing; the kernel's ring keeps what arrives before Run. Errors
// are ErrName, ErrNoInterface, ErrPermission, ErrNotEthernet or the kernel's, wrapped.
func Open(c Config) (*Handle, error) {
	h, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("capturing on %q: %w", c.Interface, err)
	}
	return h, nil
}

func open(c Config) (_ *Handle, err error) {
	if len(c.Interface) == 0 || len(c.Interface) >= unix.IFNAMSIZ {
		return nil, ErrName
	}
	if c.SnapLen > 0 {
		c.SnapLen = max(c.SnapLen, MinSnapLen)
	}
	h := &Handle{config: c, wake: -1, ended: make(chan struct{})}
	defer func() {
		if err != nil {
			_ = h.release()
		}
	}()
	if h.socket, err = openSocket(c.Interface); err != nil {
		return nil, err
	}
	ifindex, err := h.socket.ifindex()
	if err != nil {
		return nil, err
	}
	if err := h.socket.checkEthernet(); err != nil {
		return nil, err
	}
	// Filter and ring before bind: not one frame of the wrong way slips in.
	if err := h.socket.filter(c.Direction, c.Tunnel, c.SnapLen); err != nil {
		return nil, err
	}
	if h.ring, err = h.socket.ring(c.RingBytes); err != nil {
		return nil, err
	}
	h.ring.snapLen = c.SnapLen
	if h.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, fmt.Errorf("making an eventfd: %w", err)
	}
	if err := h.socket.bind(ifindex); err != nil {
		return nil, err
	}
	h.state = State{Interface: c.Interface, Phase: Running, Since: time.Now()}
	return h, nil
}

// Run writes frames into the store until ctx is done or Close is called (then it
// returns nil) or the kernel refuses. An interface that goes down or away is no
// error: Run waits for one of that name to come back and goes on with that.
func (h *Handle) Run(ctx context.Context, into *live.Store) error {
	h.mu.Lock()
	if h.started || h.closed {
		h.mu.Unlock()
		return fmt.Errorf("capturing on %q: already run or closed", h.config.Interface)
	}
	h.started = true
	h.mu.Unlock()
	defer close(h.ended)
	defer context.AfterFunc(ctx, h.interrupt)()

	for ctx.Err() == nil && !h.isClosed() {
		if h.ring.deliver(into) {
			continue
		}
		if h.ring.full {
			h.rest()
			continue
		}
		if err := h.wait(); err != nil {
			return fmt.Errorf("capturing on %q: %w", h.config.Interface, err)
		}
	}
	return nil
}

// rest lets frames gather for a moment. It returns early when somebody calls interrupt.
func (h *Handle) rest() {
	h.ring.full = false
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(h.wake), Events: unix.POLLIN}}, restMillis)
}

// wait returns when the ring has frames, the interface changed or somebody called interrupt.
func (h *Handle) wait() error {
	timeout := -1
	if h.State().Phase != Running {
		timeout = int(retryInterval / time.Millisecond)
	}
	fds := []unix.PollFd{
		{Fd: int32(h.socket.fd), Events: unix.POLLIN | unix.POLLERR},
		{Fd: int32(h.wake), Events: unix.POLLIN},
	}
	n, err := unix.Poll(fds, timeout)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("waiting for frames: %w", err)
	}
	failed := fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0
	if failed {
		if err := h.socket.pendingError(); err != nil && !errors.Is(err, unix.ENETDOWN) {
			return fmt.Errorf("waiting for frames: %w", err)
		}
	}
	if failed || n == 0 {
		return h.lookAgain()
	}
	return nil
}

// lookAgain finds out what became of the interface, and captures the one that
// has its name now.
func (h *Handle) lookAgain() error {
	ifindex, err := h.socket.ifindex()
	if errors.Is(err, ErrNoInterface) {
		h.enter(Gone)
		return nil
	}
	if err != nil {
		return err
	}
	bound, err := h.socket.bound()
	if err != nil {
		return err
	}
	if bound != ifindex {
		if err := h.socket.bind(ifindex); errors.Is(err, ErrNoInterface) {
			h.enter(Gone) // again
			return nil
		} else if err != nil {
			return err
		}
	}
	up, err := h.socket.isUp()
	switch {
	case errors.Is(err, ErrNoInterface):
		h.enter(Gone)
	case err != nil:
		return err
	case up:
		h.enter(Running)
	default:
		h.enter(Down)
	}
	return nil
}

func (h *Handle) enter(phase Phase) {
	h.mu.Lock()
	changed := h.state.Phase != phase
	if changed {
		h.state.Phase, h.state.Since = phase, time.Now()
	}
	state := h.state
	h.mu.Unlock()
	if changed && h.config.OnState != nil {
		h.config.OnState(state)
	}
}

// State returns what the interface is doing. It may be called at any time; it
// only changes while Run runs.
func (h *Handle) State() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// Drops returns what the kernel lost so far because the ring was full: packets,
// and how often the ring stood still. It may be called at any time.
func (h *Handle) Drops() (packets, freezes uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.countDrops()
	}
	return h.drops, h.freezes
}

// countDrops adds what the kernel lost since the last call, which resets it there.
func (h *Handle) countDrops() {
	drops, freezes := h.socket.lost()
	h.drops += drops
	h.freezes += freezes
}

// Close ends Run, waits for it and gives everything back to the kernel. It is
// safe to call more than once.
func (h *Handle) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		<-h.ended
		return nil
	}
	h.countDrops()
	h.closed = true
	h.signal()
	if !h.started {
		close(h.ended)
	}
	h.mu.Unlock()
	<-h.ended
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.release()
}

func (h *Handle) isClosed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

// interrupt ends the wait in Run.
func (h *Handle) interrupt() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.signal()
	}
}

func (h *Handle) signal() {
	one := [8]byte{1}
	// It can only fail when the counter is full, and then Run is awake anyway.
	_, _ = unix.Write(h.wake, one[:])
}

func (h *Handle) release() error {
	var errs []error
	if h.ring != nil {
		errs = append(errs, h.ring.unmap())
	}
	if h.socket != nil {
		errs = append(errs, unix.Close(h.socket.fd))
	}
	if h.wake >= 0 {
		errs = append(errs, unix.Close(h.wake))
	}
	h.ring, h.socket, h.wake = nil, nil, -1
	return errors.Join(errs...)
}
