package sim

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// tapped are the frames that pass the devices within the time.
func tapped(t *testing.T, s *Switch, d time.Duration, devices ...string) [][]byte {
	t.Helper()
	var taps []*Tap
	for _, name := range devices {
		taps = append(taps, tap(t, s, name, false), tap(t, s, name, true))
	}
	s.Step(d)
	var all [][]byte
	for _, tp := range taps {
		all = append(all, frames(t, tp)...)
		if tp.Drops() > 0 {
			t.Errorf("%d frames dropped", tp.Drops())
		}
	}
	return all
}

func TestSameSeedSameFrames(t *testing.T) {
	one := tapped(t, start(t), 10*time.Second, "tap-ids", "eth0")
	two := tapped(t, start(t), 10*time.Second, "tap-ids", "eth0")
	if len(one) < 100 || !slices.EqualFunc(one, two, bytes.Equal) {
		t.Errorf("%d and %d frames, not the same", len(one), len(two))
	}
}

func TestTrafficHasEveryKindOfFrame(t *testing.T) {
	s := start(t)
	seen := map[string]bool{}
	devices := []string{"eth0", "tap-fw-1", "tap-cust-9", "tap-nas", "tap-dns", "tap-phone-12", "tap-db-1", "tap-mail"}
	for _, data := range tapped(t, s, 40*time.Second, devices...) {
		p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
		if failure := p.ErrorLayer(); failure != nil && !ours(p) {
			t.Errorf("a frame that gopacket cannot read: %v\n% x", failure.Error(), data)
		}
		for _, l := range p.Layers() {
			seen[l.LayerType().String()] = true
		}
		if tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
			seen["TLS hello "] = seen["TLS hello "] || bytes.Contains(tcp.Payload, []byte("www.example.com"))
			seen["HTTP"] = seen["HTTP"] || bytes.HasPrefix(tcp.Payload, []byte("HTTP/1.1 200"))
		}
		if udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok && udp.DstPort == 5353 {
			seen["mDNS"] = true
		}
		if tags := split(data).tags; tags.n == 2 && tags.tags[0].tpid == tpidService {
			seen["QinQ"] = true
		}
	}
	for _, want := range []string{
		"ARP", "DNS", "DHCPv4", "NTP", "ICMPv4", "ICMPv6Echo", "ICMPv6NeighborSolicitation",
		"Dot1Q", "HTTP", "TLS hello ", "mDNS", "QinQ", "TCP", "UDP",
	} {
		if !seen[want] {
			t.Errorf("no %s in 40 s", want)
		}
	}
}

// ours reports frames that only a guess by port number makes unreadable.
func ours(p gopacket.Packet) bool {
	return p.Layer(layers.LayerTypeTCP) != nil || p.Layer(layers.LayerTypeUDP) != nil
}

func TestOfficeRate(t *testing.T) {
	s := start(t)
	sum := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		n := 0
		for name, c := range s.ifaceCounters {
			if s.net.ifaces[name].kind != "patch" {
				n += c.rxPackets
			}
		}
		return n
	}
	before := sum()
	s.Step(20 * time.Second)
	if rate := (sum() - before) / 20; rate < officeRate*8/10 || rate > officeRate*12/10 {
		t.Errorf("%d frames/s, want about %d", rate, officeRate)
	}
}

func TestPacketsPerSecond(t *testing.T) {
	epoch := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	s, err := Start(t.Context(), Options{
		Manual: true, Dir: shortDir(t), PacketsPerSecond: 10_000, Now: func() time.Time { return epoch },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tp := tap(t, s, "tap-build-7", true)
	s.Step(time.Second)
	got := frames(t, tp)
	if len(got) < 4500 || len(got) > 5500 {
		t.Errorf("build-7 got %d frames in a second, want half of 10,000", len(got))
	}
	data := slices.DeleteFunc(got, func(b []byte) bool { return len(b) < segment })
	for i := 1; i < len(data); i++ {
		tcp := data[i][34:]
		// With the pseudo header's sum in it, a right checksum makes the whole 0.
		pseudo := append(slices.Clone(data[i][26:34]), 0, 6)
		pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(tcp)))
		if checksum(append(pseudo, tcp...)) != 0 {
			t.Fatalf("frame %d has a wrong TCP checksum", i)
		}
	}
}

func TestLiveSwitchSendsByItself(t *testing.T) {
	s, err := Start(t.Context(), Options{Dir: shortDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tp := tap(t, s, "tap-voip", true)
	began := time.Now()
	got, err := tp.Next(t.Context())
	if err != nil || len(got) == 0 {
		t.Fatalf("%d frames, %v", len(got), err)
	}
	if late := time.Since(began); late > time.Second {
		t.Errorf("the first frame came after %v", late)
	}
	if age := time.Since(time.Unix(0, got[0].Time)); age < 0 || age > time.Second {
		t.Errorf("the frame's time is %v ago", age)
	}
}
