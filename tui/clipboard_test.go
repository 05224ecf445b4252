package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/tuitest"
)

// copying opens the screen with tap1 copied and one packet there.
func copyingOnePacket(t *testing.T, change ...func(*Config)) *ui {
	u := start(t, change...)
	u.Select("tap1")
	u.Press("e")
	u.Feed(tuitest.Ping(u.clock, 7, live.Tag{TPID: 0x8100, TCI: 10}))
	u.Wait(time.Second)
	return u
}

// ExpectCopied checks what is in the clipboard.
func (u *ui) ExpectCopied(texts ...string) {
	u.Helper()
	for _, text := range texts {
		if !strings.Contains(u.copied, text) {
			u.Fatalf("%q is not in the clipboard:\n%s", text, u.copied)
		}
	}
}

func TestWhatIsSelectedIsCopied(t *testing.T) {
	u := copyingOnePacket(t)
	u.Press("y")
	u.Expect("copied the description of port tap1 to the terminal's clipboard")
	u.ExpectCopied("Port tap1\n", "VLANs: access, tag 10\n", "guest: web-1\n", "mac_in_use: 52:54:00:00:00:05\n")
	u.Press("Y")
	u.Expect("Y: this copies a packet as hex")

	u.Press("tab", "y")
	u.Expect("copied the description of mirror ovscope3f9a0001")
	u.ExpectCopied("Mirror ovscope3f9a0001\n", "→ from guest: tap1\n", "output: port ovscope3f9a0001\n")

	u.Press("tab", "y")
	u.Expect("copied packet 1 as a line")
	u.ExpectCopied("2026-03-14 15:09:26.000000  VLAN 10  10.0.0.1 → 10.0.0.2  ICMP  echo request")
	u.Press("Y")
	u.Expect("copied packet 1 as hex, 102 bytes")
	u.ExpectCopied("000000  52 54 00 00 00 02 52 54 00 00 00 01 81 00 00 0a\n000010  08 00 45 00", "\n000060  00 00 00 00 00 00\n")

	u.Press("enter", "y")
	u.Expect("copied packet 1 as text")
	u.ExpectCopied("Packet 1, 2026-03-14", "\n802.1Q tag: VLAN 10, priority 0\n", "\n  Sequence number: 7\n")
	u.copied = ""
	u.Press("Y")
	u.ExpectCopied("000000  52 54 00 00 00 02")
}

func TestCopySaysWhatThereIsNothingOf(t *testing.T) {
	u := start(t)
	u.Press("home", "y")
	u.Expect("y: select a port first; this row is the whole bridge")
	u.Press("tab", "y")
	u.Expect("y: there is no mirror to describe")
	u.Press("tab", "y")
	u.Expect("y: there are no packets")
	u.Press("L", "y")
	u.Expect("there is nothing to copy")
	u.Press("esc", "tab")
	u.Send(tea.EnvMsg{"TERM=linux"})
	u.Select("tap1")
	u.Press("y")
	u.Expect("y: this terminal (TERM=linux) has no clipboard")
	if u.copied != "" {
		t.Errorf("copied %q", u.copied)
	}
}

// What a guest is called must not reach another terminal's command line as more
// than text.
func TestWhatIsCopiedHasNoEscapes(t *testing.T) {
	u := start(t)
	u.Edit(func(s *ovs.Snapshot) {
		s.PortByName("tap1").ExternalIDs = map[string]string{"vm-name": "evil\x1b]0;x\x07\rname"}
	})
	u.Select("tap1")
	u.Press("y")
	for _, r := range strings.ReplaceAll(u.copied, "\n", "") {
		if r < ' ' || r == 0x7f {
			t.Fatalf("%q is in the clipboard: %q", r, u.copied)
		}
	}
}

// tmux takes the text itself, as it drops OSC 52 unless it was told otherwise.
func TestInsideTmuxItsBufferIsUsed(t *testing.T) {
	var buffer string
	var refusal error
	u := copyingOnePacket(t, func(c *Config) {
		c.TmuxBuffer = func(_ context.Context, text string) error { buffer = text; return refusal }
	})
	u.Send(tea.EnvMsg{"TERM=tmux-256color", "TMUX=/tmp/tmux-0/default,1,0"})
	u.Select("tap1")
	u.Press("y")
	u.Expect("copied the description of port tap1 to tmux's buffer and the clipboard")
	if !strings.HasPrefix(buffer, "Port tap1\n") || u.copied != "" {
		t.Errorf("tmux has %q, the terminal %q", buffer, u.copied)
	}
	refusal = errors.New("no server running")
	u.Press("y")
	u.Expect("tmux may ignore that: set-clipboard on makes it listen")
	u.ExpectCopied("Port tap1\n")
	osc := "\x1b\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(u.copied)) + "\x07"
	if want := "\x1bPtmux;" + osc + "\x1b\\"; u.raw != want {
		t.Errorf("sent %q, want %q", u.raw, want)
	}
}

// Over SSH only TERM tells of the multiplexer on the other side.
func TestMultiplexersHandTheClipboardThrough(t *testing.T) {
	for env, want := range map[string]string{
		"TERM=tmux-256color":                     "\x1bPtmux;\x1b\x1b]52;c;",
		"TERM=screen-256color":                   "\x1bP\x1b]52;c;",
		"TERM=xterm-256color":                    "",
		"TERM=xterm-256color STY=1234.pts-0.hv1": "\x1bP\x1b]52;c;",
	} {
		u := copyingOnePacket(t)
		u.Send(tea.EnvMsg(strings.Fields(env)))
		u.Press("tab", "tab", "enter", "y")
		if !strings.HasPrefix(u.raw, want) || (want == "") != (u.raw == "") || u.copied == "" {
			t.Errorf("%s: sent %q", env, u.raw)
		}
		for part := range strings.SplitSeq(u.raw, "\x1b\\") {
			if strings.HasPrefix(env, "TERM=screen") && len(part) > screenLimit+2 {
				t.Errorf("screen takes no string of %d bytes", len(part))
			}
		}
	}
}

// What is masked on the screen does not get out by the clipboard.
func TestNoAddressIsCopiedWithMask(t *testing.T) {
	u := copyingOnePacket(t, maskedScreen)
	addressed(u)
	check := func(where string) {
		t.Helper()
		if u.copied == "" {
			t.Fatalf("%s: nothing was copied", where)
		}
		for _, secret := range []string{"10.0.0.", "10-0-0-1", "52:54:00", "52 54 00", "fe80::5054"} {
			if strings.Contains(strings.ReplaceAll(u.copied, u.m.hide("10.0.0.1"), ""), secret) {
				t.Errorf("%s: %s was copied:\n%s", where, secret, u.copied)
			}
		}
		u.copied = ""
	}
	u.Select("tap2")
	u.Press("y")
	check("port")
	u.Expect("with stand-ins for addresses")
	u.Press("tab", "tab", "y")
	check("packet's line")
	u.Press("enter", "y")
	check("packet")
	u.Press("Y")
	u.Expect("masked: only addresses have stand-ins")
	if u.copied != "" {
		t.Errorf("copied the bytes:\n%s", u.copied)
	}
}
