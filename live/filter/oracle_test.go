package filter

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// oracle asks tcpdump which frames of a recording an expression selects.
type oracle struct {
	samples      []sample
	asIs, noTags string // files
}

func newOracle(t testing.TB) *oracle {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		if os.Getenv("OVSCOPE_TEST_ALL") == "1" {
			t.Fatal("tcpdump is needed: install the package tcpdump")
		}
		t.Skip("tcpdump is not installed")
	}
	o := &oracle{samples: recording(), asIs: filepath.Join(t.TempDir(), "asis.pcap"), noTags: filepath.Join(t.TempDir(), "notags.pcap")}
	stripped := make([]sample, len(o.samples))
	for i, s := range o.samples {
		stripped[i] = s.stripped()
	}
	writeRecording(t, o.asIs, o.samples)
	writeRecording(t, o.noTags, stripped)
	return o
}

// writeRecording gives each frame its number as time stamp.
func writeRecording(t testing.TB, name string, samples []sample) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := pcapgo.NewWriter(file)
	if err := w.WriteFileHeader(1<<16, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for i, s := range samples {
		info := gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: len(s.data), Length: s.wireLen}
		if err := w.WritePacket(info, s.data); err != nil {
			t.Fatal(err)
		}
	}
}

// selected returns for each frame whether tcpdump selects it. Expressions with
// vlan see the recording as it is, others a copy without tags.
func (o *oracle) selected(expression string, options ...string) ([]bool, error) {
	file := o.noTags
	if strings.Contains(expression, "vlan") {
		file = o.asIs
	}
	command := exec.Command("tcpdump", append(options, "-n", "-r", file, "-w", "-", "--", expression)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	wanted := make([]bool, len(o.samples))
	if err != nil {
		if strings.Contains(stderr.String(), "expression rejects all packets") {
			return wanted, nil
		}
		return nil, fmt.Errorf("tcpdump: %s", strings.TrimSpace(stderr.String()))
	}
	r, err := pcapgo.NewReader(bytes.NewReader(out))
	if err != nil {
		return nil, err
	}
	for {
		_, info, err := r.ReadPacketData()
		if err != nil {
			return wanted, nil
		}
		wanted[info.Timestamp.Unix()] = true
	}
}

// compare fails if the filter and tcpdump differ about any frame, unless tcpdump
// differs from itself: its optimizer may spare it bytes that were not captured,
// see the package's comment. It returns how many frames tcpdump selects.
func (o *oracle) compare(t *testing.T, expression, forTcpdump string) int {
	t.Helper()
	f, err := Parse(expression)
	if err != nil {
		t.Errorf("%s: %v", expression, err)
		return 0
	}
	wanted, err := o.selected(forTcpdump)
	if err != nil {
		t.Errorf("%s: %v", forTcpdump, err)
		return 0
	}
	var unoptimized []bool
	count, wrong := 0, 0
	for i, s := range o.samples {
		if wanted[i] {
			count++
		}
		got := f.Match(s.data, s.wireLen)
		if got == wanted[i] {
			continue
		}
		if unoptimized == nil {
			if unoptimized, err = o.selected(forTcpdump, "-O"); err != nil {
				t.Errorf("%s: %v", forTcpdump, err)
				return 0
			}
		}
		if got == unoptimized[i] {
			continue
		}
		if wrong++; wrong <= 3 {
			t.Errorf("%s: frame %d (%d of %d bytes) matches: %v, tcpdump: %v\n%x", expression, i, len(s.data), s.wireLen, got, wanted[i], s.data[:min(len(s.data), 90)])
		}
	}
	if wrong > 3 {
		t.Errorf("%s: %d frames differ", expression, wrong)
	}
	return count
}

// each runs fn for all expressions, as many at a time as there are processors.
func each(expressions []string, fn func(string)) {
	var group sync.WaitGroup
	work := make(chan string)
	for range runtime.NumCPU() {
		group.Go(func() {
			for e := range work {
				fn(e)
			}
		})
	}
	for _, e := range expressions {
		work <- e
	}
	close(work)
	group.Wait()
}

// TestFiltersSelectWhatTcpdumpSelects compares with the real one. Every expression
// selects something and leaves something: otherwise it would prove nothing.
func TestFiltersSelectWhatTcpdumpSelects(t *testing.T) {
	o := newOracle(t)
	each(expressions(), func(e string) {
		if n := o.compare(t, e, e); n == 0 || n == len(o.samples) {
			t.Errorf("%s selects %d of %d frames", e, n, len(o.samples))
		}
	})
	each(nothingSelected(), func(e string) {
		if n := o.compare(t, e, e); n > 0 {
			t.Errorf("%s selects %d frames", e, n)
		}
	})
	t.Logf("%d expressions over %d frames", len(expressions()), len(o.samples))
}

// TestShorterSpellings are ours, with what they mean in tcpdump.
func TestShorterSpellings(t *testing.T) {
	o := newOracle(t)
	for ours, theirs := range map[string]string{
		"gre":                       "proto 47",
		"gre and host 10.0.0.1":     "proto 47 and host 10.0.0.1",
		"ether proto ip":            `ether proto \ip`,
		"ether proto arp or lldp":   "ether proto 0x806 or 0x88cc",
		"ip proto tcp":              `ip proto \tcp`,
		"ip proto (tcp or udp)":     `ip proto (\tcp or \udp)`,
		"proto icmp6":               "proto 58",
		"port domain or port vxlan": "port domain or udp port 4789",
	} {
		if o.compare(t, ours, theirs) == 0 {
			t.Errorf("%s selects nothing", ours)
		}
	}
}
