package decode

import (
	"testing"
	"time"
)

func BenchmarkSummarize(b *testing.B) {
	for _, s := range samples() {
		switch s.name {
		case "802.1ad stack", "TCP data", "DNS response", "TLS ClientHello", "VXLAN":
			b.Run(s.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					Summarize(s.frame, len(s.frame))
				}
			})
		}
	}
}

func BenchmarkTree(b *testing.B) {
	frame := overTCP(40000, 443, clientHello("www.example.com"))
	b.ReportAllocs()
	for b.Loop() {
		Tree(frame, len(frame))
	}
}

func BenchmarkRecord(b *testing.B) {
	frame := overTCP(51234, 9999, text("hello"))
	now := time.Unix(1700000000, 0)
	b.ReportAllocs()
	for b.Loop() {
		NewRecord(now, len(frame), frame)
	}
}
