package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"ovscope/screenshots/terminal"
)

// What is copied gets out of the program and into the terminal: as tmux comes, by
// its own buffer; where nobody knows of tmux, as over SSH, by OSC 52.
func TestCopiesReachTheTerminal(t *testing.T) {
	for name, how := range map[string]struct {
		setClipboard string
		env          []string
		says         string
	}{
		"tmux as it comes": {"external", nil, "to tmux's buffer"},
		"OSC 52":           {"on", []string{"-u", "TMUX"}, "to the terminal's clipboard"},
	} {
		t.Run(name, func(t *testing.T) {
			env := []string{beMain + "=1", "LC_ALL=C.UTF-8"}
			words := append(how.env, os.Args[0], "--demo")
			term, err := terminal.Open(120, 40, env, "env", words...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(term.Close)
			if err := term.Set("set-clipboard", how.setClipboard); err != nil {
				t.Fatal(err)
			}
			ui := screen{t, term}
			ui.expect("tap-web-2")
			ui.goTo("tap-web-2")
			ui.press("y")
			ui.expect("copied the description of port tap-web-2 " + how.says)
			copied := func(want string) {
				t.Helper()
				text := ""
				for range 200 {
					if text, _ = term.Clipboard(); strings.Contains(text, want) {
						return
					}
					time.Sleep(10 * time.Millisecond)
				}
				t.Fatalf("no %q in the clipboard:\n%s", want, text)
			}
			copied("Port tap-web-2\n")
			ui.press("b")
			ui.expect("ake my own")
			ui.press("Enter")
			ui.expect(", ours")
			ui.expect("copying, and packets arrive here")
			ui.press("L")
			ui.expect("Log of this run")
			ui.press("y")
			copied("ovs-vsctl -- --id=@p1 get Port tap-web-2 -- add-port ")
			ui.press("Escape")
			ui.expectGone("Log of this run")
			ui.press("Tab")
			ui.expect("▸ Mirror")
			ui.press("Tab")
			ui.expect("▸ Packets")
			ui.press("Enter")
			ui.expect("as hex")
			ui.press("y")
			copied("Ethernet")
			ui.press("Y")
			copied("000000  ")
		})
	}
}
