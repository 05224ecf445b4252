package mask

import (
	"net/netip"

	"ovscope/live/decode"
)

// Frame replaces the addresses in a frame, in place and without changing its
// length: those that decode.Tree shows, in inner packets of tunnels too, and those
// in texts. Checksums are not mended. wireLen is the frame's original length.
//
// It takes about as long as decoding the frame.
func (m *Masker) Frame(frame []byte, wireLen int) {
	if m == nil {
		return
	}
	var room [32]decode.Address
	for _, a := range decode.Addresses(room[:0], frame, wireLen) {
		m.replace(frame[a.Start:a.End], &a)
	}
	m.payload(frame)
}

func (m *Masker) replace(b []byte, a *decode.Address) {
	switch {
	case a.Cut:
		clear(b)
	case a.Size == 6 && len(b) == 6:
		mac := m.MAC([6]byte(b))
		copy(b, mac[:])
	case a.Size == 4 && len(b) <= 4:
		var ip [4]byte
		copy(ip[:], b) // the rest of a prefix is 0; the stand-in begins the same for all of it
		ip = m.ip4(ip)
		copy(b, ip[:])
	case a.Size == 16 && len(b) == 16:
		ip := m.Addr(netip.AddrFrom16([16]byte(b))).As16()
		copy(b, ip[:])
	default:
		blot(b)
	}
}

// blot makes letters and digits unreadable, and everything else 0.
func blot(b []byte) {
	for i, c := range b {
		switch {
		case c == '.' || c == '-' || c == ':':
		case c > ' ' && c <= '~':
			b[i] = 'x'
		default:
			b[i] = 0
		}
	}
}

// payload replaces addresses that are written out in the frame's bytes. What does
// not fit is blotted out.
func (m *Masker) payload(frame []byte) {
	for at := 0; ; {
		f, ok := next(frame, at)
		if !ok {
			return
		}
		at = f.end
		b := frame[f.start:f.end]
		if text := m.standIn(f); len(text) == len(b) {
			copy(b, text)
			continue
		}
		blot(b)
	}
}
