package tui

import (
	"testing"
	"time"

	"ovscope/live/decode"
)

func TestShorten(t *testing.T) {
	names := []string{"tap1", "tap2", "tap3"}
	for width, want := range map[int]string{
		40: "tap1, tap2, tap3", 18: "tap1, tap2, tap3", 16: "tap1, tap2, +1", 10: "tap1, +2", 2: "tap1, +2",
	} {
		if got := shorten(names, width); got != want {
			t.Errorf("shorten to %d: %q, want %q", width, got, want)
		}
	}
	if got := shorten([]string{"one"}, 0); got != "one" {
		t.Errorf("a single name: %q", got)
	}
}

func TestNumbersReadWell(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 999: "999", 1234: "1,234", 99999999: "99,999,999", 123456789: "123 M", 18446744073709551615: "18.4 E",
	} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1000: "1.00 kB", 12345: "12.3 kB", 999999: "1.00 MB", 6102345: "6.10 MB"} {
		if got := byteSize(n); got != want {
			t.Errorf("byteSize(%d) = %q, want %q", n, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0/s", 0.5: "0.5/s", 9.94: "9.9/s", 9.96: "10/s", 12345.4: "12,345/s", 200000: "200 k/s"} {
		if got := packetRate(v); got != want {
			t.Errorf("packetRate(%v) = %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 25 * time.Hour: "25 h", 72 * time.Hour: "3 days",
	} {
		if got := ago(d); got != want {
			t.Errorf("ago(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestVLANStack(t *testing.T) {
	for want, tags := range map[string][]decode.VLAN{
		"10":             {{TPID: 0x8100, VID: 10}},
		"100.10":         {{TPID: 0x8100, VID: 100}, {TPID: 0x8100, VID: 10}},
		"88a8:100.10/p3": {{TPID: 0x88a8, VID: 100}, {TPID: 0x8100, VID: 10, PCP: 3}},
		"0/p7/d":         {{TPID: 0x8100, PCP: 7, DEI: true}},
	} {
		if got := vlanStack(tags); got != want {
			t.Errorf("vlanStack(%v) = %q, want %q", tags, got, want)
		}
	}
}

func TestEndsAreCutEvenly(t *testing.T) {
	l := &decode.Line{IPSrc: "2001:db8:1:2:3:4:5:6", IPDst: "fe80::1"}
	u := start(t)
	for width, want := range map[int]string{
		40: "2001:db8:1:2:3:4:5:6 → fe80::1",
		24: "2001:db…:4:5:6 → fe80::1",
		12: "200… → fe80…",
	} {
		if got := ends(l, width, u.m.st.Signs); got != want {
			t.Errorf("ends in %d: %q, want %q", width, got, want)
		}
	}
	l = &decode.Line{IPSrc: "192.168.20.20", IPDst: "192.168.20.200", SrcPort: 44253, DstPort: 80, HasPorts: true}
	for width, want := range map[int]string{
		40: "192.168.20.20:44253 → 192.168.20.200:80",
		34: "192.…0.20:44253 → 192.16…20.200:80",
		12: "192… → 192.…",
	} {
		if got := ends(l, width, u.m.st.Signs); got != want {
			t.Errorf("ends in %d: %q, want %q", width, got, want)
		}
	}
}
