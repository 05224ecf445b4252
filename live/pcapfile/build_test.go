package pcapfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ovscope/live"
)

// order is what the builders need of a byte order.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// orders are both byte orders by name.
func orders() map[string]order {
	return map[string]order{"little-endian": binary.LittleEndian, "big-endian": binary.BigEndian}
}

// builder makes capture files by hand, so that reading is not tested with what
// writing believes.
type builder struct {
	order
	bytes []byte
}

func (b *builder) pcapHeader(magic uint32, link uint32) *builder {
	b.bytes = b.AppendUint32(b.bytes, magic)
	b.bytes = b.AppendUint16(b.bytes, 2)
	b.bytes = b.AppendUint16(b.bytes, 4)
	b.bytes = append(b.bytes, make([]byte, 8)...)
	b.bytes = b.AppendUint32(b.bytes, 65535)
	b.bytes = b.AppendUint32(b.bytes, link)
	return b
}

func (b *builder) pcapRecord(seconds, fraction uint32, length int, data []byte) *builder {
	for _, v := range []uint32{seconds, fraction, uint32(len(data)), uint32(length)} {
		b.bytes = b.AppendUint32(b.bytes, v)
	}
	b.bytes = append(b.bytes, data...)
	return b
}

func (b *builder) block(kind uint32, parts ...[]byte) *builder {
	body := bytes.Join(parts, nil)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	b.bytes = b.AppendUint32(b.bytes, kind)
	b.bytes = b.AppendUint32(b.bytes, uint32(len(body)+12))
	b.bytes = append(b.bytes, body...)
	b.bytes = b.AppendUint32(b.bytes, uint32(len(body)+12))
	return b
}

func (b *builder) option(code int, value string) []byte {
	o := b.AppendUint16(nil, uint16(code))
	o = append(b.AppendUint16(o, uint16(len(value))), value...)
	for len(o)%4 != 0 {
		o = append(o, 0)
	}
	return o
}

func (b *builder) number(v uint64) string { return string(b.AppendUint64(nil, v)) }

func (b *builder) words(v ...uint32) []byte {
	var out []byte
	for _, v := range v {
		out = b.AppendUint32(out, v)
	}
	return out
}

func (b *builder) section(options ...[]byte) *builder {
	head := b.AppendUint32(nil, 0x1a2b3c4d)
	head = b.AppendUint16(head, 1)
	head = b.AppendUint16(head, 0)
	head = b.AppendUint64(head, 1<<64-1)
	return b.block(0x0a0d0d0a, append([][]byte{head}, options...)...)
}

func (b *builder) iface(link uint16, snapLen uint32, options ...[]byte) *builder {
	head := b.AppendUint16(nil, link)
	head = b.AppendUint16(head, 0)
	head = b.AppendUint32(head, snapLen)
	return b.block(1, append([][]byte{head}, options...)...)
}

func (b *builder) packet(iface uint32, ts uint64, length int, data []byte, options ...[]byte) *builder {
	head := b.words(iface, uint32(ts>>32), uint32(ts), uint32(len(data)), uint32(length))
	padded := append(bytes.Clone(data), make([]byte, (4-len(data)%4)%4)...)
	return b.block(6, append([][]byte{head, padded}, options...)...)
}

// got is a packet as tests compare it.
type got struct {
	Time   int64
	Length int
	Data   string
	Way    live.Direction
}

// readAll reads a file from memory, and returns the error that ended it.
func readAll(t testing.TB, file []byte) (packets []got, info Info, err error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file), "test")
	if err != nil {
		return nil, Info{}, err
	}
	defer r.Close()
	store := live.NewStore(1 << 20)
	err = r.Run(t.Context(), store)
	return stored(store), r.Info(), err
}

func stored(store *live.Store) (packets []got) {
	first, next := store.Range()
	store.Scan(first, next, func(p live.Packet) bool {
		packets = append(packets, got{p.Time.UnixNano(), p.Length, string(p.Data), p.Direction})
		return true
	})
	return packets
}

// ethernet returns a frame of that size with tags.
func ethernet(size int, tags ...uint32) []byte {
	f := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	for _, tag := range tags {
		f = binary.BigEndian.AppendUint32(f, tag)
	}
	f = append(f, 0x88, 0xb5) // IEEE 802 local experimental
	for len(f) < size {
		f = append(f, byte(len(f)))
	}
	return f
}

// tool returns the path of a program, or skips: fails if OVSCOPE_TEST_ALL=1.
func tool(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
		t.Fatalf("%s is not installed, and OVSCOPE_TEST_ALL=1 lets nothing be skipped", name)
	}
	t.Skipf("%s is not installed; apt-get install %s", name, pkg)
	return ""
}

// run runs a program and returns what it printed to standard output.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running %s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
