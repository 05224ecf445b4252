package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

const (
	columns = 120
	rows    = 40
)

// display is a terminal that keeps what is written to it.
type display struct {
	master *os.File
	done   chan struct{}

	mu    sync.Mutex
	data  []byte
	total uint64
	last  time.Time // when the newest came
}

// startDisplay starts a program in a terminal of 120×40.
func startDisplay(cmd *exec.Cmd) (*display, error) {
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: columns, Rows: rows})
	if err != nil {
		return nil, err
	}
	d := &display{master: master, done: make(chan struct{})}
	go d.read()
	return d, nil
}

func (d *display) read() {
	defer close(d.done)
	b := make([]byte, 64<<10)
	for {
		n, err := d.master.Read(b)
		d.answer(b[:n])
		d.mu.Lock()
		d.data = append(d.data, b[:n]...)
		d.total += uint64(n)
		d.last = time.Now()
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// answer answers what programs ask a terminal, so that none waits: the device
// attributes, as an xterm would.
func (d *display) answer(b []byte) {
	if strings.Contains(string(b), "\x1b[c") {
		_, _ = d.master.WriteString("\x1b[?62;22c")
	}
}

// reset forgets what was written so far.
func (d *display) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.data, d.total = d.data[:0], 0
}

// written is how many bytes were written since reset.
func (d *display) written() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.total
}

// wrote returns when the newest was written, if a text has been since reset.
func (d *display) wrote(text string) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last, len(d.data) > 0 && bytes.Contains(d.data, []byte(text))
}

// text is what was written since reset, without escape sequences.
func (d *display) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return ansi.Strip(string(d.data))
}

func (d *display) press(key string) { _, _ = d.master.WriteString(key) }

// redraw has the program draw all of its screen, by changing the size, and returns that.
func (d *display) redraw() string {
	_ = pty.Setsize(d.master, &pty.Winsize{Cols: columns, Rows: rows - 1})
	time.Sleep(time.Second) // all numbers on it are shown anew within that
	d.reset()
	_ = pty.Setsize(d.master, &pty.Winsize{Cols: columns, Rows: rows})
	time.Sleep(500 * time.Millisecond)
	return d.text()
}

func (d *display) close() {
	_ = d.master.Close()
	<-d.done
}

// screenCounts finds the totals on the screen: of all numbers the packets' is the
// largest that is not larger than what arrived.
func screenCounts(screen string, arrived uint64) (packets, drops uint64, err error) {
	for _, s := range regexp.MustCompile(`\d{1,3}(,\d{3})+`).FindAllString(screen, -1) {
		if n, err := strconv.ParseUint(strings.ReplaceAll(s, ",", ""), 10, 64); err == nil && n <= arrived {
			packets = max(packets, n)
		}
	}
	if packets == 0 {
		return 0, 0, fmt.Errorf("no number of packets on its screen")
	}
	drops, _ = find(screen, `kernel ([\d,]+)`)
	return packets, drops, nil
}
