package pcapfile

import (
	"slices"
	"sync"
)

// Info is what a capture file tells about itself. All texts are fit for a terminal.
type Info struct {
	Name   string // as given to Open or NewReader
	Format string // such as "pcapng" or "pcap, nanoseconds, big-endian"
	Size   int64  // bytes of the file; 0 for a stream
	// Application, OS and Hardware wrote the file; pcapng only, else "".
	Application, OS, Hardware string
	Comments                  []string // of the sections; pcapng only
	Interfaces                []Interface
}

// Interface is what a capture file tells about an interface; of pcap, which
// knows no more, LinkType and SnapLen.
type Interface struct {
	Name, Description string
	LinkType          LinkType
	SnapLen           uint32 // bytes kept of each packet at most; 0 if all
	Comments          []string
	// Received and Dropped are as the capturing program counted them; 0 if it did not.
	Received, Dropped uint64
}

// Of a hostile file not all interfaces and comments are remembered.
const (
	maxInterfaces = 1024
	maxComments   = 16 // of an interface, and of all sections
)

// facts is an Info that is filled while others look.
type facts struct {
	mu   sync.Mutex
	info Info
}

// learn calls fn with the Info, alone.
func (f *facts) learn(fn func(*Info)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn(&f.info)
}

func (f *facts) snapshot() Info {
	f.mu.Lock()
	defer f.mu.Unlock()
	info := f.info
	info.Comments = slices.Clone(info.Comments)
	info.Interfaces = slices.Clone(info.Interfaces) // an interface's comments never change
	return info
}

func addComment(to []string, text []byte) []string {
	if s := clean(text); s != "" && len(to) < maxComments {
		return append(to, s)
	}
	return to
}
