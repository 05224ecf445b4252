// Command screenshots makes the pictures of the README and of docs from the
// program itself: it runs the screen on the simulated switch in a real terminal
// (tmux), presses keys, and draws what the terminal shows as SVG.
//
//	go run ./screenshots [NAME…]
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"ovscope/screenshots/terminal"
)

// picture is one scene: what is pressed, and what must then be on the screen.
type picture struct {
	name          string
	title         string
	columns, rows int
	env           []string
	script        []step
}

// step presses keys, or lets time pass, and waits for a text.
type step struct {
	keys    []string
	advance bool
	expect  string
}

func pictures() []picture {
	down := func(n int) []string { return slices.Repeat([]string{"Down"}, n) }
	// tap-fw-1 is the trunk of the demo's firewall. Its bridge has somebody else's
	// mirror already, so the first change asks; the default makes one of our own.
	overview := []step{
		{expect: "br-int"},
		{keys: down(15), expect: "ids-span"},
		{keys: []string{"b"}, expect: "own"},
		{keys: []string{"Enter"}, expect: "ovscope3f9a61c2"},
		{advance: true, expect: "TCP"},
	}
	return []picture{
		{"overview", "ovscope --demo", 132, 36, nil, overview},
		{"packet", "ovscope --demo", 120, 36, nil, append(slices.Clone(overview),
			step{keys: []string{"Tab", "Tab"}, expect: "Packets"},
			step{keys: []string{"Up", "Up", "Up", "Enter"}, expect: "0000"},
			step{keys: down(6), expect: "bytes"})},
		{"asking", "ovscope --demo", 80, 24, nil, overview[:3]},
		{"narrow", "ovscope --demo, 60×15", 60, 15, nil, overview[:4]},
		{"no-color", "NO_COLOR=1 ovscope --demo", 100, 30, []string{"NO_COLOR=1"}, overview},
	}
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if slices.Equal(args, []string{"-play"}) {
		return play(context.Background())
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, p := range pictures() {
		if len(args) > 0 && !slices.Contains(args, p.name) {
			continue
		}
		screen, err := p.take(self)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		path := filepath.Join("screenshots", p.name+".svg")
		if err := os.WriteFile(path, []byte(svg(p.title, screen, p.columns, p.rows)), 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

func (p picture) take(program string) (screen string, err error) {
	env := append([]string{"LC_ALL=C.UTF-8", "COLORTERM=truecolor"}, p.env...)
	t, err := terminal.Open(p.columns, p.rows, env, program, "-play")
	if err != nil {
		return "", err
	}
	defer t.Close()
	for _, s := range p.script {
		if len(s.keys) > 0 {
			if err := t.Press(s.keys...); err != nil {
				return "", err
			}
		}
		if s.advance {
			pid, err := t.PID()
			if err != nil {
				return "", err
			}
			if err := syscall.Kill(pid, advanceSignal); err != nil {
				return "", err
			}
		}
		if screen, err = t.Settled(s.expect); err != nil {
			return "", err
		}
	}
	return screen, nil
}
