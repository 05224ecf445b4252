// Package terminal runs a program in a real terminal, tmux, presses keys and reads
// the screen: for pictures, and for tests that want to see what a user sees.
package terminal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Terminal is one window of a tmux server of its own.
type Terminal struct {
	dir string
	env []string
}

// config makes tmux pass 24-bit colours and keep the window after the program has
// ended, so that its last words can be read.
const config = `set -g status off
set -g default-terminal tmux-256color
set -ga terminal-features ',*:RGB'
set -g remain-on-exit on
set -g escape-time 0
`

// Open starts a program in a terminal of that many columns and rows. env is added
// to this process's environment.
func Open(columns, rows int, env []string, program string, args ...string) (*Terminal, error) {
	dir, err := os.MkdirTemp("", "ovscope-terminal-")
	if err != nil {
		return nil, err
	}
	t := &Terminal{dir: dir, env: append(os.Environ(), env...)}
	file := filepath.Join(dir, "tmux.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	// tmux does not always tell the exit code, so a shell writes it down.
	script := `"$0" "$@"; echo $? >'` + t.exitFile() + `'`
	words := []string{"-f", file, "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows), "sh", "-c", script, program}
	if _, err := t.tmux(append(words, args...)...); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Press types keys, by tmux's names: "e", "Down", "Enter", "C-c".
func (t *Terminal) Press(keys ...string) error {
	_, err := t.tmux(append([]string{"send-keys"}, keys...)...)
	return err
}

// Resize changes the window's size.
func (t *Terminal) Resize(columns, rows int) error {
	_, err := t.tmux("resize-window", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows))
	return err
}

// Screen is the text on the screen.
func (t *Terminal) Screen() (string, error) { return t.tmux("capture-pane", "-p") }

// Everything is the text on the screen and what has scrolled off it, as the word
// that tmux itself adds when a program ends makes it do.
func (t *Terminal) Everything() (string, error) { return t.tmux("capture-pane", "-p", "-S", "-") }

// Styled is the text on the screen with its colours as escape sequences.
func (t *Terminal) Styled() (string, error) { return t.tmux("capture-pane", "-e", "-p") }

// Set sets a global option of tmux.
func (t *Terminal) Set(option, value string) error {
	_, err := t.tmux("set-option", "-g", option, value)
	return err
}

// Clipboard is tmux's newest buffer, where the text goes that a program inside has
// copied; an error when there is none.
func (t *Terminal) Clipboard() (string, error) { return t.tmux("show-buffer") }

// WaitFor returns once the screen satisfies the condition. The error holds the
// last screen.
func (t *Terminal) WaitFor(what string, patience time.Duration, holds func(screen string) bool) error {
	screen := ""
	for start := time.Now(); time.Since(start) < patience; time.Sleep(5 * time.Millisecond) {
		var err error
		if screen, err = t.Screen(); err != nil {
			return err
		}
		if holds(screen) {
			return nil
		}
	}
	return fmt.Errorf("waited %v for %s; the screen is:\n%s", patience, what, screen)
}

// Settled waits until the screen holds still with the text on it, and returns it
// with its styles.
func (t *Terminal) Settled(text string) (string, error) {
	const still, patience = 600 * time.Millisecond, 20 * time.Second
	last, since := "", time.Now()
	for start := time.Now(); time.Since(start) < patience; time.Sleep(50 * time.Millisecond) {
		screen, err := t.Styled()
		if err != nil {
			return "", err
		}
		if screen != last {
			last, since = screen, time.Now()
		}
		if strings.Contains(screen, text) && time.Since(since) >= still {
			return strings.TrimSuffix(screen, "\n"), nil
		}
	}
	return "", fmt.Errorf("the screen never settled with %q on it:\n%s", text, last)
}

// PID is the program's process id.
func (t *Terminal) PID() (int, error) {
	shell, err := t.tmux("display-message", "-p", "#{pane_pid}")
	if err != nil {
		return 0, err
	}
	shell = strings.TrimSpace(shell)
	children, err := os.ReadFile(filepath.Join("/proc", shell, "task", shell, "children"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(children)))
}

// Exited reports whether the program has ended, and its exit code.
func (t *Terminal) Exited() (code int, ended bool, err error) {
	text, err := os.ReadFile(t.exitFile())
	if os.IsNotExist(err) || err == nil && len(text) == 0 {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	code, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return code, true, err
}

func (t *Terminal) exitFile() string { return filepath.Join(t.dir, "exit") }

// Close ends the program and the terminal.
func (t *Terminal) Close() {
	_, _ = t.tmux("kill-server")
	_ = os.RemoveAll(t.dir)
}

func (t *Terminal) tmux(args ...string) (string, error) {
	cmd := exec.Command("tmux", append([]string{"-S", filepath.Join(t.dir, "socket")}, args...)...)
	cmd.Env = t.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("tmux %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}
