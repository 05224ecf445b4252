package decode

import (
	"bytes"
	"runtime"
	"testing"
)

// TestHostileFramesCostNoMoreThanTheirSize decodes frames of 64 KiB that repeat what
// multiplies work in naive decoders. Memory is the measure, since it takes time to
// fill and, unlike time, is the same on every machine.
func TestHostileFramesCostNoMoreThanTheirSize(t *testing.T) {
	const size = 65000
	fill := func(frame []byte, unit string) []byte {
		frame = append(frame, bytes.Repeat(raw(unit), size/len(raw(unit)))...)
		copy(frame[16:], raw("0000")) // of unknown length, as in offloaded segments
		if frame[23] == protoUDP {
			copy(frame[38:], raw("0000"))
		}
		return frame
	}
	name := "3f" + string(bytes.Repeat([]byte("61"), 63))
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"tags", append(raw("020000000002 020000000001"), bytes.Repeat(raw("81000001"), size/4)...)},
		{"tunnels", fill(overIP4(protoGRE)[:34], "0000 0800 45000000 0000 0000 402f 0000 0a000001 0a000002")},
		{"pointers to a long DNS name", fill(overUDP(1000, 53, raw("0001 0100 ffff 0000 0000 0000"+name+name+name+"00 0001 0001")), "c00c 0001 0001")},
		{"empty TLS records", fill(overTCP(1000, 443)[:54], "16 0301 0000")},
		{"HTTP lines", fill(overTCP(1000, 80, text("GET / HTTP/1.1\r\n")), "61 0d0a")},
		{"escapes", fill(overTCP(1000, 80, text("GET / HTTP/1.1\r\n")), "1b")},
		{"DHCP host names", fill(overUDP(68, 67, append(append(raw("01010600"), make([]byte, 232)...), raw("63825363")...)), "0c 01 61")},
		{"nested DHCPv6 options", fill(overUDP(546, 547, raw("01 123456")), "0003 ffff 00000000 00000000 00000000")},
		{"QUIC packets", fill(overUDP(1000, 443)[:42], "c3 00000001 00 00 00 00")},
		{"SNMP variables", fill(overUDP(1000, 161, raw("30 83ffffff 020101 0400 a0 83ffffff 020100 020100 020100 30 83ffffff")), "30 05 0601 2b 0500")},
		{"BGP messages", fill(overTCP(1000, 179)[:54], "ffffffffffffffffffffffffffffffff 0013 04")},
		{"SCTP chunks", fill(overIP4(protoSCTP, raw("0001 0002 00000000 00000000"))[:46], "00 03 0004")},
		{"ICMP errors about ICMP errors", fill(overIP4(protoICMP)[:34], "0300 0000 00000000 45000000 0000 0000 4001 0000 0a000001 0a000002")},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, line, tree runtime.MemStats
			runtime.ReadMemStats(&before)
			l := Summarize(c.frame, len(c.frame))
			runtime.ReadMemStats(&line)
			root := Tree(c.frame, len(c.frame))
			runtime.ReadMemStats(&tree)
			checkLine(t, &l)
			nodes := checkTree(t, root, 0, len(c.frame))
			forLine, forTree := line.TotalAlloc-before.TotalAlloc, tree.TotalAlloc-line.TotalAlloc
			t.Logf("line %d B, tree %d B, %d nodes; %s", forLine, forTree, nodes, shorten(l.Info, 80))
			if forLine > 100*size {
				t.Errorf("the line took %d bytes of memory", forLine)
			}
			if forTree > 500*size {
				t.Errorf("the tree took %d bytes of memory", forTree)
			}
		})
	}
}
