package tui

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/tuitest"
)

// dice decide what happens next, by bytes that are random or the fuzzer's.
type dice struct{ bytes []byte }

// IntN is at least 0 and below n, and 0 when there are no bytes left.
func (d *dice) IntN(n int) int {
	v := 0
	for range 2 {
		if len(d.bytes) == 0 || v > 0 && n <= 256 {
			break
		}
		v = v<<8 | int(d.bytes[0])
		d.bytes = d.bytes[1:]
		if n <= 256 {
			break
		}
	}
	return v % max(1, n)
}

func (d *dice) one(of []string) string { return of[d.IntN(len(of))] }

// anyKeys are all keys that do something, some of them more often, and some letters.
func anyKeys() []string {
	keys := []string{"enter", "enter", "enter", "esc", "esc", "esc", "down", "down", "up", "tab", "b", "1", "2", "3", "x", "backspace", "delete", "ctrl+w", "ctrl+u", "left", "right", "K", "0", ".", " "}
	for _, a := range keymap.Default().Actions() {
		keys = append(keys, a.Keys...)
	}
	return keys
}

// chaos lets anything happen for as long as there are bytes. Nothing may panic, and
// the frame must always be exactly as large as the terminal.
func chaos(t *testing.T, bytes []byte) {
	d := &dice{bytes}
	t.Chdir(t.TempDir()) // files are written there
	kind := d.IntN(256)
	change := func(c *Config) {
		c.ASCII, c.ReadOnly, c.Demo, c.NoColor, c.StoreBytes = kind%5 == 4, kind%7 == 6, kind%3 == 2, kind%2 == 0, 16<<10
		c.Theme, c.Mouse = style.Themes()[kind%len(style.Themes())], true
	}
	u := start(t, change)
	if kind%8 == 7 {
		u = alone(t, kind%16 == 15, change)
	}
	names, keys := hostileNames(), anyKeys()
	for len(d.bytes) > 0 {
		u.anything(d, names, keys)
		if u.m.width > 0 && u.m.height > 0 {
			u.ExpectFits()
			u.ExpectClean()
		}
	}
	u.Release()
}

// anything is one thing that can happen.
func (u *ui) anything(d *dice, names, keys []string) {
	switch d.IntN(24) {
	case 0:
		u.Resize(d.IntN(210), d.IntN(60))
	case 1:
		sizes := [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 50}, {30, 8}, {59, 14}}
		size := sizes[d.IntN(len(sizes))]
		u.Resize(size[0], size[1])
	case 2:
		u.Wait(time.Duration(d.IntN(3000)) * time.Millisecond)
	case 3:
		if u.m.tap.capture != nil {
			u.Pings(d.IntN(1000), d.IntN(200), tuitest.Tag(uint16(d.IntN(4096))))
		}
	case 4:
		if u.m.tap.capture != nil {
			u.Feed(hostileFrame(u.clock, d, names))
		}
	case 5:
		if save := u.m.save; save == nil {
			u.Send(tea.PasteMsg{Content: d.one(names)})
		}
	case 6, 7, 8:
		if !u.m.alone() {
			u.Edit(func(s *ovs.Snapshot) { wreck(s, d, names) })
		}
	case 9:
		u.Hold()
	case 10, 11:
		u.Release()
	case 12:
		u.openErr, u.sw.Fail = nil, nil
		if d.IntN(2) == 0 {
			u.openErr = errors.New(d.one(names))
		}
		if d.IntN(3) == 0 {
			u.sw.Fail = errors.New(d.one(names))
		}
		if n := len(u.sources); n > 0 {
			u.sources[n-1].KernelDrops = uint64(d.IntN(1 << 16))
		}
	case 13:
		at := tea.Mouse{X: d.IntN(220) - 5, Y: d.IntN(65) - 5, Button: tea.MouseLeft + tea.MouseButton(d.IntN(6))}
		u.Send([]tea.Msg{tea.MouseClickMsg(at), tea.MouseWheelMsg(at), tea.MouseReleaseMsg(at)}[d.IntN(3)])
	default:
		if save := u.m.save; save != nil && strings.Contains(save.input.Text(), "/") {
			save.input.Set("here.pcapng") // not anywhere else
		}
		u.Press(keys[d.IntN(len(keys))])
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// ExpectClean fails if anything but text and styles is on its way to the terminal.
func (u *ui) ExpectClean() {
	u.Helper()
	for i, r := range sgr.ReplaceAllString(u.m.View().Content, "") {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar) {
			u.Fatalf("character %d, %q, reaches the terminal:\n%s", i, r, u.Screen())
		}
	}
}

// hostileFrame is a frame with hostile text where text is looked for, or noise.
func hostileFrame(now time.Time, d *dice, names []string) live.Frame {
	text := d.one(names)
	text = text[:min(len(text), 1200)]
	var f live.Frame
	switch d.IntN(4) {
	case 0: // DNS
		label := text[:min(len(text), 63)]
		f = tuitest.UDP(now, "10.0.0.1:5353", "10.0.0.2:53")
		f.Data = append(f.Data, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, byte(len(label)))
		f.Data = append(append(f.Data, label...), 0, 0, 1, 0, 1)
	case 1:
		f = tuitest.UDP(now, "[2001:db8::1]:69", "[2001:db8::2]:514")
		f.Data = append(f.Data, text...)
	case 2: // HTTP
		f = tuitest.UDP(now, "10.0.0.1:1024", "10.0.0.2:80")
		f.Data[23] = 6
		f.Data = append(f.Data, 0, 0, 0, 0, 0x50, 0x18, 0, 0, 0, 0, 0, 0)
		f.Data = append(f.Data, "GET /"+text+" HTTP/1.1\r\nHost: "+text+"\r\n\r\n"...)
	default:
		f = tuitest.Ping(now, 1)
		for range d.IntN(40) {
			f.Data[d.IntN(len(f.Data))] = byte(d.IntN(256))
		}
		f.Data = f.Data[:14+d.IntN(len(f.Data)-14)]
	}
	f.Length = len(f.Data)
	return f
}

// wreck changes something that a switch may do at any time.
func wreck(s *ovs.Snapshot, d *dice, names []string) {
	if d.IntN(8) == 0 {
		s.Hostname, s.Endpoint, s.OVSVersion = d.one(names), d.one(names), d.one(names)
	}
	if len(s.Bridges) == 0 {
		s.Bridges = tuitest.Scene(s.Time).Bridges
		return
	}
	b := s.Bridges[d.IntN(len(s.Bridges))]
	switch d.IntN(16) {
	case 0:
		s.StaleSince, s.StaleReason = s.Time, d.one(names)
	case 1, 2:
		s.StaleSince = time.Time{}
	case 3:
		if len(b.Ports) > 1 {
			i := d.IntN(len(b.Ports))
			b.Ports = append(b.Ports[:i:i], b.Ports[i+1:]...)
		}
	case 4:
		if len(b.Mirrors) > 0 {
			b.Mirrors = b.Mirrors[:len(b.Mirrors)-1]
		}
	case 5:
		for _, m := range b.Mirrors {
			m.Egress, m.OutputPort = nil, nil
		}
	case 6:
		if d.IntN(10) == 0 {
			s.Bridges = nil
		}
	case 7, 8:
		if len(b.Ports) > 0 {
			wreckPort(b.Ports[d.IntN(len(b.Ports))], d, names)
		}
	case 9, 10:
		if len(b.Mirrors) > 0 {
			wreckMirror(b.Mirrors[d.IntN(len(b.Mirrors))], d, names)
		}
	case 11:
		countAbsurdly(s, d)
	case 12:
		s.Bridges = manyPorts(4 * d.IntN(400))
	case 13:
		b.Name = d.one(names)
	case 14: // a guest restarts
		if len(b.Ports) > 1 {
			p := b.Ports[1+d.IntN(len(b.Ports)-1)]
			p.UUID += "'"
		}
	case 15:
		*b = *tuitest.Scene(s.Time).Bridges[d.IntN(2)]
	}
}

func wreckPort(p *ovs.Port, d *dice, names []string) {
	switch d.IntN(8) {
	case 0:
		p.Name = d.one(names)
	case 1:
		p.ExternalIDs = map[string]string{"vm-name": d.one(names), d.one(names): d.one(names)}
		p.OtherConfig = map[string]string{d.one(names): d.one(names)}
	case 2:
		tag := d.IntN(4096)
		p.Tag, p.VLANMode = &tag, []string{"", "access", "trunk", "native-tagged", "dot1q-tunnel"}[d.IntN(5)]
	case 3:
		p.Tag, p.Trunks = nil, nil
		for range d.IntN(30) {
			p.Trunks = append(p.Trunks, d.IntN(4096))
		}
		slices.Sort(p.Trunks)
	case 4: // a bond, or not
		p.Interfaces = p.Interfaces[:min(1, len(p.Interfaces))]
		for i := range d.IntN(4) {
			p.Interfaces = append(p.Interfaces, &ovs.Interface{UUID: ovs.UUID(fmt.Sprint(p.UUID, i)), Name: d.one(names), Type: d.one(names)})
		}
	case 5:
		p.BondMode, p.LACP, p.ActiveMember = d.one(names), d.one(names), d.one(names)
	default:
		for i, f := range p.Interfaces {
			g := *f
			g.Name, g.Type, g.MAC, g.Duplex, g.LinkSpeed = d.one(names), d.one(names), d.one(names), d.one(names), d.IntN(1<<16)<<40
			if d.IntN(2) == 0 {
				g.Error = d.one(names)
			}
			g.Status, g.Options = map[string]string{d.one(names): d.one(names)}, map[string]string{d.one(names): d.one(names)}
			g.LinkState = []string{"up", "down", "", d.one(names)}[d.IntN(4)]
			p.Interfaces = slices.Clone(p.Interfaces)
			p.Interfaces[i] = &g
		}
	}
}

func wreckMirror(m *ovs.Mirror, d *dice, names []string) {
	switch d.IntN(6) {
	case 0:
		m.Name, m.Filter = d.one(names), d.one(names)
	case 1:
		m.Owner = ovs.Owner{Kind: ovs.OwnerKind(d.IntN(5)), Life: ovs.Life(d.IntN(3))}
		if m.Owner.Kind == ovs.ThisRun || m.Owner.Kind == ovs.OtherRun || m.Owner.Kind == ovs.Kept {
			m.Owner.Lease = "l"
		}
	case 2:
		m.SelectAll = !m.SelectAll
	case 3:
		vlan := d.IntN(4096)
		m.OutputVLAN, m.VLANs, m.SnapLen = &vlan, []int{vlan, vlan + 2}, &vlan
	case 4:
		m.Statistics = &ovs.MirrorStatistics{Packets: uint64(d.IntN(1<<16)) << 47, Bytes: uint64(d.IntN(1<<16)) << 48}
		m.LastMoved = time.Time{}
	case 5:
		m.ExternalIDs = map[string]string{d.one(names): d.one(names)}
		for i := range m.Egress {
			m.Egress[i].Name = d.one(names)
		}
	}
}

// countAbsurdly lets OVS count something absurd.
func countAbsurdly(s *ovs.Snapshot, d *dice) {
	s.Counters = map[ovs.UUID]ovs.Counters{}
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			for _, i := range p.Interfaces {
				n := uint64(d.IntN(256)) << d.IntN(57)
				s.Counters[i.UUID] = ovs.Counters{
					Now: ovs.Traffic{RxBytes: n, TxBytes: n / 3, RxPackets: n, TxPackets: n / 5}, Over: time.Duration(d.IntN(6)) * time.Second,
					All: map[string]uint64{"rx_bytes": n, "tx_errors": n, "rx_crc_err\x1b": n},
				}
			}
		}
	}
}

func TestRandomUseNeverBreaks(t *testing.T) {
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { chaos(t, randomBytes(seed, 500)) })
	}
}

func randomBytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	b[0] = byte(seed)
	return b
}

// FuzzScreen feeds keys, sizes, packets and snapshots to the whole screen:
//
//	go test ./tui -run '^$' -fuzz FuzzScreen -fuzztime 10m
func FuzzScreen(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomBytes(seed+100, 200))
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		chaos(t, bytes[:min(len(bytes), 600)])
	})
}
