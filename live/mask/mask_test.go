package mask

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
)

var masker = New([]byte("test"))

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestWellKnownAddressesStay(t *testing.T) {
	for _, s := range []string{
		"0.0.0.0", "0.0.0.1", "127.0.0.1", "224.0.0.18", "239.1.2.3", "255.255.255.255", "255.255.252.0",
		"::", "::1", "ff02::1", "ff02::1:2",
	} {
		if got := masker.Addr(addr(s)); got != addr(s) {
			t.Errorf("%s became %s", s, got)
		}
	}
	for _, mac := range [][6]byte{{}, {255, 255, 255, 255, 255, 255}, {1, 0x80, 0xc2, 0, 0, 0xe}, {0x33, 0x33, 0, 0, 0, 1}} {
		if got := masker.MAC(mac); got != mac {
			t.Errorf("%x became %x", mac, got)
		}
	}
}

func TestStandInsAreOfTheSameKind(t *testing.T) {
	for _, test := range [][2]string{
		{"10.1.2.3", "10.0.0.0/8"},
		{"172.16.1.2", "172.16.0.0/12"},
		{"192.168.1.2", "192.168.0.0/16"},
		{"169.254.1.2", "169.254.0.0/16"},
		{"100.64.9.9", "100.64.0.0/10"},
		{"8.8.8.8", "240.0.0.0/4"},
		{"fe80::5054:ff:fe00:1", "fe80::/64"},
		{"2a00:1450:4001:80b::200e", "2001:db8::/32"},
		{"fd00::1", "2001:db8::/32"},
		{"ff02::1:ff00:1", "ff02::1:ff00:0/104"},
	} {
		got := masker.Addr(addr(test[0]))
		if !netip.MustParsePrefix(test[1]).Contains(got) || got == addr(test[0]) {
			t.Errorf("%s became %s, not of %s", test[0], got, test[1])
		}
	}
	if mac := masker.MAC([6]byte{0x52, 0x54, 0, 1, 2, 3}); mac[0] != 2 || mac == [6]byte{2, 0x54, 0, 1, 2, 3} {
		t.Errorf("%x", mac)
	}
}

func TestDifferentAddressesHaveDifferentStandIns(t *testing.T) {
	seen4, seenMAC, seen6 := map[netip.Addr]netip.Addr{}, map[[6]byte]int{}, map[netip.Addr]netip.Addr{}
	for i := range 1 << 16 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], 0xc0a80000|uint32(i)) // all of 192.168.0.0/16
		a := netip.AddrFrom4(b)
		if other, taken := seen4[masker.Addr(a)]; taken {
			t.Fatalf("%s and %s are both %s", a, other, masker.Addr(a))
		}
		seen4[masker.Addr(a)] = a
		mac := masker.MAC([6]byte{0x52, 0x54, 0, byte(i >> 16), byte(i >> 8), byte(i)})
		if _, taken := seenMAC[mac]; taken {
			t.Fatalf("MAC %d meets %d", i, seenMAC[mac])
		}
		seenMAC[mac] = i
		six := addr("2001:db8:1::").As16()
		binary.BigEndian.PutUint64(six[8:], uint64(i)*0x10001)
		if other, taken := seen6[masker.Addr(netip.AddrFrom16(six))]; taken {
			t.Fatalf("%x and %s meet", six, other)
		}
		seen6[masker.Addr(netip.AddrFrom16(six))] = netip.AddrFrom16(six)
	}
}

// Stand-ins share exactly the prefix that the addresses share.
func TestPrefixesStay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a := [4]byte{10, byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32())}
		n := 8 + random.IntN(24)
		b := a
		b[n/8] ^= 0x80 >> (n % 8) // the first bit that differs
		x, y := masker.ip4(a), masker.ip4(b)
		for i := range 32 {
			same := x[i/8]>>(7-i%8)&1 == y[i/8]>>(7-i%8)&1
			if i < n && !same || i == n && same {
				t.Fatalf("%v and %v differ from bit %d on; %v and %v at %d", a, b, n, x, y, i)
			}
		}
	}
}

// An IPv6 address, where its neighbours ask for it, and the MAC address that they
// ask at, end alike.
func TestSolicitedNodeAddressesBelongTogether(t *testing.T) {
	a := masker.Addr(addr("2a00::5054:ff:fe12:3456")).As16()
	g := masker.Addr(addr("ff02::1:ff12:3456")).As16()
	mac := masker.MAC([6]byte{0x33, 0x33, 0xff, 0x12, 0x34, 0x56})
	if [3]byte(a[13:]) != [3]byte(g[13:]) || [3]byte(a[13:]) != [3]byte(mac[3:]) || [3]byte(a[13:]) == [3]byte{0x12, 0x34, 0x56} {
		t.Errorf("%x, %x and %x", a, g, mac)
	}
}

func TestKeysMatter(t *testing.T) {
	if a := addr("10.1.2.3"); New([]byte("one")).Addr(a) == New([]byte("two")).Addr(a) {
		t.Error("another key gives the same stand-in")
	}
}

func TestNilMaskerLeavesAll(t *testing.T) {
	var none *Masker
	if none.Text("10.0.0.1") != "10.0.0.1" || none.Addr(addr("10.0.0.1")) != addr("10.0.0.1") || none.MAC([6]byte{2: 1}) != [6]byte{2: 1} {
		t.Error("something was replaced")
	}
}

func TestTextsWithAddresses(t *testing.T) {
	ip := func(s string) string { return masker.Addr(addr(s)).String() }
	mac := masker.Text("52:54:00:12:34:56")
	dashed := func(s string) string {
		b := []byte(ip(s))
		for i, c := range b {
			if c == '.' {
				b[i] = '-'
			}
		}
		return string(b)
	}
	for in, want := range map[string]string{
		"10.0.0.1":                       ip("10.0.0.1"),
		"remote_ip=10.0.0.1, key=5":      "remote_ip=" + ip("10.0.0.1") + ", key=5",
		"tcp:192.168.1.1:6640":           "tcp:" + ip("192.168.1.1") + ":6640",
		"ssl:[2a00::5]:6640":             "ssl:[" + ip("2a00::5") + "]:6640",
		"vxlan-10.0.0.5":                 "vxlan-" + ip("10.0.0.5"),
		"gre10.0.0.5":                    "gre" + ip("10.0.0.5"),
		"ip-10-0-0-5.ec2":                "ip-" + dashed("10.0.0.5") + ".ec2",
		"10.0.0.1/24 and fe80::1%eth0":   ip("10.0.0.1") + "/24 and " + ip("fe80::1") + "%eth0",
		"attached-mac=52:54:00:12:34:56": "attached-mac=" + mac,
		"mac 52-54-00-12-34-56.":         "mac " + string([]byte(mac[:2]+"-"+mac[3:5]+"-"+mac[6:8]+"-"+mac[9:11]+"-"+mac[12:14]+"-"+mac[15:])) + ".",
		"::ffff:10.0.0.9":                "::ffff:" + ip("10.0.0.9"),
		"2a00:1:2:3:4:5:6:7":             ip("2a00:1:2:3:4:5:6:7"),
		// No addresses:
		"":                                     "",
		"Open vSwitch 3.1.0":                   "Open vSwitch 3.1.0",
		"2026-03-14 15:09:26":                  "2026-03-14 15:09:26",
		"1.2.3.4.5":                            "1.2.3.4.5",
		"10.0.0.256":                           "10.0.0.256",
		"3f9a0001-0000-4000-8000-0123456789ab": "3f9a0001-0000-4000-8000-0123456789ab",
		"a::b is a path::":                     masker.Text("a::b") + " is a path::",
		"ovscope3f9a0001, 10,20,30 …":          "ovscope3f9a0001, 10,20,30 …",
	} {
		if got := masker.Text(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
