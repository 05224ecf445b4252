package cli

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ovscope/ovs/lab"
	"ovscope/screenshots/terminal"
)

// slowLine passes on what a server says, but slowly, and returns the socket to
// connect to, and how to cut the line.
func slowLine(t *testing.T, server string) (socket string, cut func()) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "slow.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("unix", server)
			if err != nil {
				return
			}
			go func() {
				<-done
				_, _ = client.Close(), upstream.Close()
			}()
			go func() { _, _ = io.Copy(upstream, client) }()
			go func() {
				b := make([]byte, 16<<10)
				for {
					n, err := upstream.Read(b)
					if err != nil {
						return
					}
					if _, err := client.Write(b[:n]); err != nil {
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
			}()
		}
	}()
	return socket, func() {
		_ = listener.Close()
		close(done)
	}
}

func TestLargeDatabaseShowsItsProgress(t *testing.T) {
	l := lab.New(t, lab.Options{DatabaseOnly: true})
	rows, err := l.AddPorts(t.Context(), 2, 3000)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	open := func(socket string) screen {
		term, err := terminal.Open(120, 40, append(l.Env(), beMain+"=1", "LC_ALL=C.UTF-8"), os.Args[0], "--db", "unix:"+socket)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(term.Close)
		return screen{t, term}
	}
	line := func() (string, func()) { return slowLine(t, strings.TrimPrefix(l.Endpoint(), "unix:")) }

	socket, _ := line()
	ui := open(socket)
	ui.expect("connecting")
	ui.expect("loading: ")
	ui.press("?")
	ui.expect("Help")
	ui.press("Escape")
	ui.expect("1,500 ports") // of br0
	ui.press("q")

	socket, cut := line()
	ui = open(socket)
	ui.expect("loading: ")
	cut()
	ui.expect("the server closed the connection")
	if code := ui.exits(); code != exitUnreachable {
		t.Errorf("exit code %d, want %d", code, exitUnreachable)
	}
}
