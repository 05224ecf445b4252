package capture

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// outer builds a frame to remote with a GRE header of that protocol and what follows.
func outer(remote netip.Addr, options bool, protocol uint16, gre ...byte) []byte {
	f := make([]byte, 12, 128)
	if remote.Is4() {
		f = append(f, 0x08, 0, 0x46, 0, 0, 0, 0, 0, 0x40, 0, 64, 47, 0, 0, 192, 0, 2, 1)
		f = append(append(f, remote.AsSlice()...), 1, 1, 1, 1) // an IPv4 option
	} else {
		next := byte(47)
		if options {
			next = 60
		}
		f = append(f, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 0, next, 64)
		f = append(append(f, make([]byte, 16)...), remote.AsSlice()...)
		if options {
			f = append(f, 47, 0, 4, 1, 4, 1, 0, 0)
		}
	}
	f = append(f, gre[:2]...)
	f = binary.BigEndian.AppendUint16(f, protocol)
	return append(append(f, gre[2:]...), make([]byte, 40)...)
}

func TestTunnelsAreToldApart(t *testing.T) {
	v4, v6, other := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("2001:db8::9"), netip.MustParseAddr("192.0.2.8")
	key7 := []byte{0x20, 0, 0, 0, 0, 7}
	session7 := []byte{0x10, 0, 0, 0, 0, 1, 0x10, 10, 0xf8, 7} // VLAN 10, session 7
	for name, test := range map[string]struct {
		tunnel Tunnel
		frame  []byte
		want   bool
	}{
		"no tunnel":            {Tunnel{}, frame(60), true},
		"GRE":                  {Tunnel{Remote: v4, Protocol: GREProtocol}, outer(v4, false, GREProtocol, 0, 0), true},
		"another host":         {Tunnel{Remote: v4, Protocol: GREProtocol}, outer(other, false, GREProtocol, 0, 0), false},
		"another protocol":     {Tunnel{Remote: v4, Protocol: GREProtocol}, outer(v4, false, ERSPAN2Protocol, 0x10, 0), false},
		"GRE's key":            {Tunnel{Remote: v4, Protocol: GREProtocol, Keyed: true, Key: 7}, outer(v4, false, GREProtocol, key7...), true},
		"another key":          {Tunnel{Remote: v4, Protocol: GREProtocol, Keyed: true, Key: 8}, outer(v4, false, GREProtocol, key7...), false},
		"no key":               {Tunnel{Remote: v4, Protocol: GREProtocol, Keyed: true, Key: 7}, outer(v4, false, GREProtocol, 0, 0), false},
		"ERSPAN's session":     {Tunnel{Remote: v4, Protocol: ERSPAN2Protocol, Keyed: true, Key: 7}, outer(v4, false, ERSPAN2Protocol, session7...), true},
		"another session":      {Tunnel{Remote: v4, Protocol: ERSPAN2Protocol, Keyed: true, Key: 9}, outer(v4, false, ERSPAN2Protocol, session7...), false},
		"IPv6":                 {Tunnel{Remote: v6, Protocol: ERSPAN3Protocol, Keyed: true, Key: 7}, outer(v6, false, ERSPAN3Protocol, session7...), true},
		"IPv6 with options":    {Tunnel{Remote: v6, Protocol: GREProtocol, Keyed: true, Key: 7}, outer(v6, true, GREProtocol, key7...), true},
		"IPv6, another":        {Tunnel{Remote: v6, Protocol: GREProtocol}, outer(v4, false, GREProtocol, 0, 0), false},
		"no tunnel's frame":    {Tunnel{Remote: v4, Protocol: GREProtocol}, frame(60), false},
		"shorter than headers": {Tunnel{Remote: v4, Protocol: GREProtocol}, frame(14), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.tunnel.Matches(test.frame); got != test.want {
				t.Errorf("matches %v, want %v", got, test.want)
			}
		})
	}
}
