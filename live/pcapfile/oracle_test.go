package pcapfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ovscope/live"
)

// tagged is frames with one, two, three and priority tags, and none.
func tagged() [][]byte {
	return [][]byte{
		ethernet(60),
		ethernet(64, 0x8100_600a),
		ethernet(64, 0x8100_0000),
		ethernet(68, 0x88a8_0064, 0x8100_100a),
		ethernet(72, 0x9100_0001, 0x8100_0002, 0x8100_0003),
	}
}

// write writes the frames as tagged to a file, their times counting in odd nanoseconds.
func write(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.pcapng")
	w, err := Create(path, Options{Version: "1.0", Interface: "tap1", Description: "mirror m0", Comment: "a comment"})
	if err != nil {
		t.Fatal(err)
	}
	for i, data := range tagged() {
		p := live.Packet{
			Time: time.Unix(1700000000, 123456789+int64(i)), Length: len(data) + i, Data: data, Direction: live.Direction(i % 3),
		}
		n := Note{}
		if i == 1 {
			n = Note{Comment: "look here", Missed: 7}
		}
		if err := w.WriteNoted(p, n); err != nil {
			t.Fatal(err)
		}
	}
	w.SetStatistics(Statistics{Start: time.Unix(1699999999, 0), End: time.Unix(1700000001, 0), Received: 12, Dropped: 7})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTsharkReadsWhatWeWrite(t *testing.T) {
	tshark := tool(t, "tshark", "tshark")
	out := run(t, tshark, "-n", "-r", write(t), "-T", "fields", "-E", "separator=|",
		"-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len", "-e", "ieee8021ad.id", "-e", "vlan.id", "-e", "vlan.priority",
		"-e", "frame.interface_name", "-e", "frame.interface_description", "-e", "frame.comment",
		"-e", "frame.packet_flags_direction", "-e", "frame.drop_count")
	want := `1700000000.123456789|60|60||||tap1|mirror m0|||
1700000000.123456790|65|64||10|3|tap1|mirror m0|look here|0x00000001|7
1700000000.123456791|66|64||0|0|tap1|mirror m0||0x00000002|
1700000000.123456792|71|68|100|10|0|tap1|mirror m0|||
1700000000.123456793|76|72||1,2,3|0,0,0|tap1|mirror m0||0x00000001|
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("tshark (-want +got):\n%s", diff)
	}
}

func TestCapinfosReadsWhatWeWrite(t *testing.T) {
	out := run(t, tool(t, "capinfos", "tshark"), write(t))
	for _, want := range []string{
		"Wireshark/... - pcapng", "Ethernet", "nanoseconds (9)", "Number of packets:   5",
		"Capture application: ovscope 1.0", "Capture oper-sys:    " + systemName(), "Capture comment:     a comment",
		"Name = tap1", "Description = mirror m0", "Number of stat entries = 1", "Number of packets = 5",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestTcpdumpReadsWhatWeWrite(t *testing.T) {
	out := run(t, tool(t, "tcpdump", "tcpdump"), "-nn", "-e", "-tt", "--nano", "-r", write(t))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "\t") }) // hex dumps
	if len(lines) != len(tagged()) {
		t.Fatalf("tcpdump prints %d lines:\n%s", len(lines), out)
	}
	for i, want := range []string{
		"1700000000.123456789 02:00:00:00:00:01 > 02:00:00:00:00:02", "vlan 10, p 3", "vlan 0, p 0", "vlan 100, p 0", "vlan 3, p 0",
	} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d has no %q: %s", i+1, want, lines[i])
		}
	}
}

// want is what readers must find in what write wrote, in units of time of so many nanoseconds.
func want(unit int64, directions bool) (packets []got) {
	for i, data := range tagged() {
		p := got{Time: (1700000000123456789 + int64(i)) / unit * unit, Length: len(data) + i, Data: string(data)}
		if directions {
			p.Way = live.Direction(i % 3)
		}
		packets = append(packets, p)
	}
	return packets
}

// TestReadWhatOthersWrite has editcap, mergecap and tcpdump write our file again in each format they know.
func TestReadWhatOthersWrite(t *testing.T) {
	path := write(t)
	editcap, mergecap, tcpdump := tool(t, "editcap", "tshark"), tool(t, "mergecap", "tshark"), tool(t, "tcpdump", "tcpdump")
	out := filepath.Join(t.TempDir(), "out")
	for _, test := range []struct {
		name    string
		command []string
		want    []got
		format  string
	}{
		{"editcap pcap", []string{editcap, "-F", "pcap", path, out}, want(1000, false), "pcap, microseconds, little-endian"},
		{"editcap nsecpcap", []string{editcap, "-F", "nsecpcap", path, out}, want(1, false), "pcap, nanoseconds, little-endian"},
		{"editcap pcapng", []string{editcap, "-F", "pcapng", path, out}, want(1, true), "pcapng"},
		{"tcpdump", []string{tcpdump, "-r", path, "-w", out}, want(1000, false), "pcap, microseconds, little-endian"},
		{"tcpdump --nano", []string{tcpdump, "--nano", "-r", path, "-w", out}, want(1, false), "pcap, nanoseconds, little-endian"},
		{"mergecap", []string{mergecap, "-a", "-w", out, path, path}, append(want(1, true), want(1, true)...), "pcapng"},
		{"mergecap pcap", []string{mergecap, "-a", "-F", "pcap", "-w", out, path, path}, append(want(1000, false), want(1000, false)...), "pcap, microseconds, little-endian"},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, test.command[0], test.command[1:]...)
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			packets, info, err := readAll(t, b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, packets); diff != "" {
				t.Errorf("packets (-want +got):\n%s", diff)
			}
			if info.Format != test.format {
				t.Errorf("format is %q", info.Format)
			}
		})
	}
}

// TestReadWhatDumpcapWrites gives dumpcap a named pipe to capture from, which
// needs no rights, and reads the file that it makes.
func TestReadWhatDumpcapWrites(t *testing.T) {
	dumpcap := tool(t, "dumpcap", "tshark")
	var source builder
	source.order = binary.LittleEndian
	source.pcapHeader(0xa1b23c4d, 1)
	for i, data := range tagged() {
		source.pcapRecord(1700000000, uint32(123456789+i), len(data)+i, data)
	}
	out := filepath.Join(t.TempDir(), "out.pcapng")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, dumpcap, "-q", "-i", "-", "-w", out, "--capture-comment", "by dumpcap")
	cmd.Stdin = bytes.NewReader(source.bytes)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("dumpcap: %v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	packets, info, err := readAll(t, b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want(1, false), packets); diff != "" {
		t.Errorf("packets (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(info.Application, "Dumpcap") || len(info.Comments) != 1 || info.Comments[0] != "by dumpcap" || len(info.Interfaces) != 1 {
		t.Errorf("info is %+v", info)
	}
}

// TestLivePipeIntoTshark: a packet is on tshark's output while the pipe is still open.
func TestLivePipeIntoTshark(t *testing.T) {
	for _, name := range []string{"tshark", "tcpdump"} {
		t.Run(name, func(t *testing.T) {
			path := tool(t, name, name)
			args := []string{"-n", "-r", "-", "-l"}
			if name == "tcpdump" {
				args = append(args, "-e")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, args...)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Wait() }()
			defer in.Close()
			w, err := NewWriter(in, Options{Interface: "tap1"})
			if err != nil {
				t.Fatal(err)
			}
			store := live.NewStore(1 << 20)
			lines := bufio.NewReader(out)
			for i := range uint64(3) {
				fill(store, 1)
				if _, err := w.WriteFrom(store, i, i+1, nil); err != nil {
					t.Fatal(err)
				}
				line := "\t"
				for strings.HasPrefix(line, "\t") { // hex dump of the last one
					if line, err = lines.ReadString('\n'); err != nil {
						t.Fatal(err)
					}
				}
				if !strings.Contains(line, "02:00:00:00:00:01") {
					t.Errorf("packet %d is %q", i, line)
				}
			}
			if err := errors.Join(w.Close(), in.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLinkTypesAgreeWithTshark compares what is shown of cooked and raw packets.
func TestLinkTypesAgreeWithTshark(t *testing.T) {
	tshark := tool(t, "tshark", "tshark")
	ip := []byte{
		0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, // IPv4
		0x30, 0x39, 0, 53, 0, 8, 0, 0, // UDP
	}
	for link, head := range map[uint16]string{
		0: "\x02\x00\x00\x00", 101: "", 108: "\x00\x00\x00\x02",
		113: "\x00\x04\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01zz\x08\x00",
		276: "\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x04\x06\x02\x00\x00\x00\x00\x01zz",
	} {
		t.Run(fmt.Sprint(link), func(t *testing.T) {
			packet := append([]byte(head), ip...)
			b := builder{order: binary.LittleEndian}
			b.pcapHeader(0xa1b2c3d4, uint32(link)).pcapRecord(1700000000, 1, len(packet), packet)
			packets, _, err := readAll(t, b.bytes)
			if err != nil {
				t.Fatal(err)
			}
			var ours bytes.Buffer
			w, _ := NewWriter(&ours, Options{})
			_ = w.Write(live.Packet{Time: time.Unix(0, packets[0].Time), Length: packets[0].Length, Data: []byte(packets[0].Data)})
			_ = w.Close()
			var shown []string
			for _, file := range [][]byte{b.bytes, ours.Bytes()} {
				path := filepath.Join(t.TempDir(), "file")
				if err := os.WriteFile(path, file, 0o600); err != nil {
					t.Fatal(err)
				}
				shown = append(shown, run(t, tshark, "-n", "-r", path, "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "udp.dstport", "-e", "frame.time_epoch"))
			}
			if shown[0] != shown[1] || !strings.HasPrefix(shown[0], "192.0.2.1\t192.0.2.2\t53") {
				t.Errorf("tshark shows %q of the file, and %q of what we made of it", shown[0], shown[1])
			}
		})
	}
}
