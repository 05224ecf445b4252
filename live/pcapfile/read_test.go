package pcapfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ovscope/live"
)

func TestReadPcap(t *testing.T) {
	frame := ethernet(61, 0x8100000a)
	for name, o := range orders() {
		for _, test := range []struct {
			unit  string
			magic uint32
			scale int64
		}{
			{"microseconds", 0xa1b2c3d4, 1000},
			{"nanoseconds", 0xa1b23c4d, 1},
		} {
			t.Run(name+" "+test.unit, func(t *testing.T) {
				b := builder{order: o}
				b.pcapHeader(test.magic, 1).
					pcapRecord(1700000000, 123456, 61, frame).
					pcapRecord(4294967295, 999999, 1500, frame[:20]).
					pcapRecord(0, 0, 0, nil)
				packets, info, err := readAll(t, b.bytes)
				if err != nil {
					t.Fatal(err)
				}
				want := []got{
					{1700000000e9 + 123456*test.scale, 61, string(frame), live.DirectionUnknown},
					{4294967295e9 + 999999*test.scale, 1500, string(frame[:20]), live.DirectionUnknown},
					{},
				}
				if diff := cmp.Diff(want, packets); diff != "" {
					t.Errorf("packets (-want +got):\n%s", diff)
				}
				wantInfo := Info{
					Name:       "test",
					Format:     "pcap, " + test.unit + ", " + name,
					Interfaces: []Interface{{LinkType: 1, SnapLen: 65535}},
				}
				if diff := cmp.Diff(wantInfo, info); diff != "" {
					t.Errorf("info (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestReadPcapng(t *testing.T) {
	frame := ethernet(61, 0x8100000a)
	for name, o := range orders() {
		t.Run(name, func(t *testing.T) {
			b := builder{order: o}
			b.section(b.option(2, "x86"), b.option(3, "Linux"), b.option(4, "dumpcap\x1b[31m"), b.option(1, "one"), b.option(1, "two"),
				b.option(2988, "whatever"), b.option(0, "")).
				block(10, []byte("TLSK"), make([]byte, 40)). // secrets
				iface(1, 262144, b.option(2, "eth0"), b.option(3, "up\nlink"), b.option(9, "\x09"), b.option(1, "hello"), b.option(0, "")).
				iface(1, 0, b.option(9, "\x94"), b.option(14, b.number(1000))). // 2^-20, and no end of options
				iface(1, 24, b.option(9, "\x03"), b.option(14, b.number(math.MaxUint64)), b.option(0, "")).
				iface(1, 0).
				packet(0, 1700000000123456789, 61, frame, b.option(1, "note"), b.option(2, string(b.words(0b0101))), b.option(0, "")).
				packet(1, 5<<20|1<<19|1, 61, frame, b.option(2, string(b.words(0xffff0002)))).
				block(0x80001234, []byte("somebody's own")).
				packet(2, 10_001, 61, frame[:24]).
				packet(3, 1700000000123456, 61, frame, b.option(2, string(b.words(3)))).
				block(4, make([]byte, 16)).           // name resolution
				block(0xbad, []byte("custom, 3.13")). // custom
				block(5, b.words(0, 0, 0), b.option(4, b.number(100)), b.option(5, b.number(7)), b.option(7, b.number(3)), b.option(0, "")).
				block(2, b.words(0, 0x18bcfe56), b.words(0x80000000, 61, 61), frame, []byte{0, 0, 0}, b.option(2, string(b.words(1)))).
				block(3, b.words(61), frame)
			packets, info, err := readAll(t, b.bytes)
			if err != nil {
				t.Fatal(err)
			}
			want := []got{
				{1700000000123456789, 61, string(frame), live.Incoming},
				{1005e9 + 500000953, 61, string(frame), live.Outgoing},
				{9001e6, 61, string(frame[:24]), live.DirectionUnknown},
				{1700000000123456000, 61, string(frame), live.DirectionUnknown},
				{0x18bcfe56_80000000, 61, string(frame), live.Incoming},
				{0, 61, string(frame), live.DirectionUnknown},
			}
			if diff := cmp.Diff(want, packets); diff != "" {
				t.Errorf("packets (-want +got):\n%s", diff)
			}
			wantInfo := Info{
				Name:        "test",
				Format:      "pcapng",
				Application: "dumpcap\ufffd[31m",
				OS:          "Linux",
				Hardware:    "x86",
				Comments:    []string{"one", "two"},
				Interfaces: []Interface{
					{Name: "eth0", Description: "up link", LinkType: 1, SnapLen: 262144, Comments: []string{"hello"}, Received: 100, Dropped: 10},
					{LinkType: 1},
					{LinkType: 1, SnapLen: 24},
					{LinkType: 1},
				},
			}
			if diff := cmp.Diff(wantInfo, info); diff != "" {
				t.Errorf("info (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadSections joins files of both byte orders, as cat does.
func TestReadSections(t *testing.T) {
	frame := ethernet(60)
	little, big := builder{order: binary.LittleEndian}, builder{order: binary.BigEndian}
	little.section(little.option(1, "first")).iface(1, 0, little.option(2, "a")).iface(1, 0).packet(1, 1, 60, frame)
	big.section(big.option(1, "second")).iface(113, 0, big.option(2, "b")).iface(1, 0, big.option(9, "\x09")).packet(1, 1, 60, frame)
	packets, info, err := readAll(t, append(little.bytes, big.bytes...))
	if err != nil {
		t.Fatal(err)
	}
	want := []got{{Time: 1000, Length: 60, Data: string(frame)}, {Time: 1, Length: 60, Data: string(frame)}}
	if diff := cmp.Diff(want, packets); diff != "" {
		t.Errorf("packets (-want +got):\n%s", diff)
	}
	if len(info.Interfaces) != 4 || len(info.Comments) != 2 {
		t.Errorf("info is %+v", info)
	}

	// The interfaces of the first section are not those of the second.
	big = builder{order: binary.BigEndian}
	big.section().iface(1, 0).packet(1, 1, 60, frame)
	if _, _, err := readAll(t, append(little.bytes, big.bytes...)); err == nil || !strings.Contains(err.Error(), "packet 2: it is of interface 1") {
		t.Errorf("error is %v", err)
	}
}

func TestClock(t *testing.T) {
	for _, test := range []struct {
		resolution uint8
		offset     int64
		ts         uint64
		want       int64
	}{
		{0, 0, 1700000000, 1700000000e9},
		{3, 0, 1700000000123, 1700000000123e6},
		{6, 0, 1700000000123456, 1700000000123456000},
		{9, 0, 1700000000123456789, 1700000000123456789},
		{10, 0, 17000000001234567899, 1700000000123456789},
		{12, 0, 1999999999999, 1999999999},
		{19, 0, 15e18, 1500000000},
		{20, 0, math.MaxUint64, 184467440},
		{28, 0, math.MaxUint64, 1},
		{29, 0, math.MaxUint64, 0},
		{127, 0, math.MaxUint64, 0},
		{0x80, 0, 17, 17e9},
		{0x80 | 1, 0, 3, 1500000000},
		{0x80 | 20, 0, 1<<20 - 1, 999999046}, // 1e9 - 953.67…
		{0x80 | 30, 0, 1<<30 + 1, 1e9},       // a unit of 0.93 ns
		{0x80 | 32, 0, 1700000000<<32 | 0x80000000, 1700000000500000000},
		{0x80 | 63, 0, math.MaxUint64, 1999999999},
		{0x80 | 64, 0, math.MaxUint64, 999999999},
		{0x80 | 64, 0, 1 << 63, 500000000},
		{0x80 | 65, 0, 1 << 63, 250000000},
		{0x80 | 127, 0, math.MaxUint64, 0},
		{6, 10, 1, 10e9 + 1000},
		{6, -10, 1, -10e9 + 1000},
		{6, math.MaxInt64, 1, maxSeconds*1e9 + 1000},
		{6, math.MinInt64, 1, -maxSeconds*1e9 + 1000},
		{0, math.MaxInt64, math.MaxUint64, maxSeconds * 1e9},
		{0, math.MinInt64, math.MaxUint64, 0},
	} {
		if at := (clock{test.resolution, test.offset}).nanoseconds(test.ts); at != test.want {
			t.Errorf("resolution %#x, offset %d: %d is %d, want %d", test.resolution, test.offset, test.ts, at, test.want)
		}
	}
}

func TestReadLinkTypes(t *testing.T) {
	ip4, ip6 := "\x45payload", "\x60payload"
	none := strings.Repeat("\x00", 12)
	mac := "\x02\x00\x00\x00\x00\x01"
	for _, test := range []struct {
		name   string
		link   uint16
		packet string
		want   string
		way    live.Direction
	}{
		{"Ethernet", 1, string(ethernet(60)), string(ethernet(60)), 0},
		{"raw IPv4", 101, ip4, none + "\x08\x00" + ip4, 0},
		{"raw IPv6", 12, ip6, none + "\x86\xdd" + ip6, 0},
		{"raw on OpenBSD", 14, ip6, none + "\x86\xdd" + ip6, 0},
		{"raw nonsense", 101, "\x10", none + "\xff\xff\x10", 0},
		{"raw nothing", 101, "", none + "\xff\xff", 0},
		{"IPv4", 228, ip4, none + "\x08\x00" + ip4, 0},
		{"loopback, little-endian", 0, "\x02\x00\x00\x00" + ip4, none + "\x08\x00" + ip4, 0},
		{"loopback, big-endian", 0, "\x00\x00\x00\x1e" + ip6, none + "\x86\xdd" + ip6, 0},
		{"OpenBSD loopback", 108, "\x00\x00\x00\x18" + ip6, none + "\x86\xdd" + ip6, 0},
		{"loopback, unknown family", 0, "\x63\x00\x00\x00" + ip6, none + "\xff\xff" + ip6, 0},
		{"loopback, cut", 0, "\x02\x00", "", 0},
		{"cooked, sent", 113, "\x00\x04\x00\x01\x00\x06" + mac + "zz\x08\x00" + ip4, "\x00\x00\x00\x00\x00\x00" + mac + "\x08\x00" + ip4, live.Outgoing},
		{"cooked, broadcast, tagged", 113, "\x00\x01\x00\x01\x00\x06" + mac + "zz\x81\x00\x00\x0a\x08\x00" + ip4, "\xff\xff\xff\xff\xff\xff" + mac + "\x81\x00\x00\x0a\x08\x00" + ip4, live.Incoming},
		{"cooked, no address", 113, "\x00\x00\x03\x04\x00\x00" + "abcdefgh\x08\x00" + ip4, none + "\x08\x00" + ip4, live.Incoming},
		{"cooked, LLC", 113, "\x00\x00\x00\x01\x00\x06" + mac + "zz\x00\x04\x42\x42\x03", "\x00\x00\x00\x00\x00\x00" + mac + "\x00\x03\x42\x42\x03", live.Incoming},
		{"cooked, CAN", 113, "\x00\x00\x01\x18\x00\x00" + "abcdefgh\x00\x0c" + "data", none + "\xff\xffdata", live.Incoming},
		{"cooked, cut", 113, "\x00\x04\x00\x01\x00\x06" + mac + "zz\x08", "", 0},
		{"cooked v2, sent", 276, "\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x04\x06" + mac + "zz" + ip4, "\x00\x00\x00\x00\x00\x00" + mac + "\x08\x00" + ip4, live.Outgoing},
		{"cooked v2, long address", 276, "\x86\xdd\x00\x00\x00\x00\x00\x02\x00\x20\x00\xff" + "abcdefgh" + ip6, "\x00\x00\x00\x00\x00\x00abcdef\x86\xdd" + ip6, live.Incoming},
		{"cooked v2, cut", 276, "\x08\x00\x00\x00\x00\x00", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			classic := builder{order: binary.LittleEndian}
			classic.pcapHeader(0xa1b2c3d4, uint32(test.link)).pcapRecord(0, 0, len(test.packet)+100, []byte(test.packet))
			section := builder{order: binary.BigEndian}
			section.section().iface(test.link, 0).packet(0, 0, len(test.packet)+100, []byte(test.packet))
			for _, file := range [][]byte{classic.bytes, section.bytes} {
				packets, _, err := readAll(t, file)
				if err != nil {
					t.Fatal(err)
				}
				want := []got{{Length: len(test.want) + 100, Data: test.want, Way: test.way}}
				if test.name == "cooked, LLC" {
					want[0].Data = strings.Replace(test.want, "\x00\x03", "\x00\x67", 1) // the length on the wire
				}
				if test.want == "" {
					want[0].Length = packets[0].Length
				}
				if diff := cmp.Diff(want, packets); diff != "" {
					t.Errorf("packets (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestReadUnsupportedLinkTypeIsNamed(t *testing.T) {
	const want = "link type 105 (IEEE 802.11 wireless) is not supported"
	classic := builder{order: binary.LittleEndian}
	classic.pcapHeader(0xa1b2c3d4, 105).pcapRecord(0, 0, 4, []byte("1234"))
	if _, _, err := readAll(t, classic.bytes); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v", err)
	}
	// An interface that is not used does no harm.
	section := builder{order: binary.LittleEndian}
	section.section().iface(1, 0).iface(105, 0).packet(0, 0, 60, ethernet(60)).packet(1, 0, 4, []byte("1234"))
	packets, _, err := readAll(t, section.bytes)
	if err == nil || !strings.Contains(err.Error(), "packet 2: "+want) || len(packets) != 1 {
		t.Errorf("%d packets, error is %v", len(packets), err)
	}
}

func TestReadGzip(t *testing.T) {
	b := builder{order: binary.LittleEndian}
	b.section().iface(1, 0).packet(0, 1, 60, ethernet(60))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(b.bytes); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packets, _, err := readAll(t, packed.Bytes())
	if err != nil || len(packets) != 1 {
		t.Errorf("%d packets, %v", len(packets), err)
	}
	packets, _, err = readAll(t, packed.Bytes()[:packed.Len()-6])
	if err == nil || len(packets) != 1 {
		t.Errorf("cut: %d packets, %v", len(packets), err)
	}
}

func TestReadWhatIsNoCapture(t *testing.T) {
	for _, file := range []string{"", "\n", "\x0a\x0d", "#!/bin/sh\necho", "\x7fELF", strings.Repeat("\x00", 100), "\xa1\xb2\xcd\x34" + strings.Repeat("\x00", 20)} {
		if _, _, err := readAll(t, []byte(file)); !errors.Is(err, ErrNotCapture) {
			t.Errorf("%q: error is %v", file, err)
		}
	}
}
