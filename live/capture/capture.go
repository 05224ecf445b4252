// Package capture reads the frames that pass a Linux interface, every tag
// included, and hands them to a live.Store.
//
// It is a small reader of its own for the kernel's memory-mapped TPACKET_V3 ring
// (packet_mmap.rst) and not gopacket/afpacket, because that one allocates for
// each tagged packet and leaves out tags whose TCI is 0 (priority tags of
// priority 0), which are what an admin may be looking for. Here a frame is
// copied once, from the ring into the Store, and nothing is allocated.
//
// The kernel takes the outer tag out of a frame and tells it beside the frame
// (F21); it is handed on as it came, with its TPID, PCP and DEI. Which way
// frames pass is decided in the kernel (F22), so frames of the wrong way cost nothing.
//
// Opening needs CAP_NET_RAW and no cgo. On other systems than Linux it fails
// with ErrUnsupported.
package capture

import (
	"errors"
	"fmt"
	"time"

	"ovscope/live"
)

// Config says what to capture. Only Interface is required.
type Config struct {
	// Interface is the name of a Linux interface that carries Ethernet, at most 15 bytes.
	Interface string
	// Direction is which frames are wanted; DirectionUnknown means both ways.
	Direction live.Direction
	// Tunnel is the tunnel whose packets are wanted; the zero value means all frames.
	Tunnel Tunnel
	// SnapLen is how many bytes of a frame to keep, tags included, and
	// not less than MinSnapLen; 0 means all.
	SnapLen int
	// RingBytes is the memory that the kernel fills while we are busy; 0 means
	// DefaultRingBytes. It is rounded up to whole blocks of 1 MiB.
	RingBytes int
	// OnState, if set, is called by Run when the interface goes or comes back. It
	// must return soon and may not call Close.
	OnState func(State)
}

// MinSnapLen keeps an Ethernet header with one tag.
const MinSnapLen = 18

// wholeFrame is more bytes than any frame has.
const wholeFrame = 1 << 18

// DefaultRingBytes lets the reader pause for 100 ms at a million small packets a
// second, and for 20 ms at half a million large ones.
const DefaultRingBytes = 16 << 20

// Errors that Open wraps.
var (
	// ErrNoInterface says that there is no interface of that name here.
	ErrNoInterface = errors.New("no such interface in this network namespace")
	// ErrPermission says that the process may not capture.
	ErrPermission = errors.New("not permitted: capturing needs CAP_NET_RAW; run as root, " +
		"or give it to the program with setcap cap_net_raw+ep")
	// ErrName says that the interface cannot exist: Linux allows 1 to 15 bytes (F26).
	ErrName = errors.New("interface names have 1 to 15 bytes")
	// ErrNotEthernet says that what passes the interface are no Ethernet frames.
	ErrNotEthernet = errors.New("the interface does not carry Ethernet frames")
	// ErrUnsupported says that this system has no AF_PACKET sockets.
	ErrUnsupported = errors.New("capturing works on Linux only")
)

// Phase is what the captured interface is doing.
type Phase uint8

const (
	// Running means that the interface is up and frames are captured.
	Running Phase = iota
	// Down means that the interface is there but switched off.
	Down
	// Gone means that there is no interface of that name; it is captured again when it comes back.
	Gone
)

// State is what the captured interface is doing, and since when.
type State struct {
	Interface string
	Phase     Phase
	Since     time.Time
}

// String is a state in a few words, such as "tap1 is gone since 14:03:22".
func (s State) String() string {
	var what string
	switch s.Phase {
	case Running:
		return fmt.Sprintf("%s is captured", s.Interface)
	case Down:
		what = "down"
	case Gone:
		what = "gone"
	}
	return fmt.Sprintf("%s is %s since %s", s.Interface, what, s.Since.Format(time.TimeOnly))
}
