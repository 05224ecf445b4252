package live

// Store keeps the newest frames in memory of a fixed size.
//
// One Source writes; any number of goroutines read. The oldest frames make room
// for new ones and are counted.
type Store struct{}

// DefaultStoreBytes is the memory for frames unless the user says otherwise.
const DefaultStoreBytes = 64 << 20

// NewStore returns a store whose frames and records together take size bytes.
func NewStore(size int) *Store { panic("not built") }

// Add stores a frame, overwriting the oldest ones when there is no room. Only
// the Source calls it.
func (s *Store) Add(f Frame) { panic("not built") }

// Range returns the sequence numbers that can be read: first ≤ seq < next.
func (s *Store) Range() (first, next uint64) { panic("not built") }

// Read copies the packet with that number; its Data is appended to buf[:0]. It
// returns false when the packet is not there, or no longer.
func (s *Store) Read(seq uint64, buf []byte) (Packet, bool) { panic("not built") }

// Counters returns the totals. KernelDrops and Freezes are the Source's, not the Store's.
func (s *Store) Counters() Counters { panic("not built") }
