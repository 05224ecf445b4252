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
	"time"

	"ovscope/screenshots/terminal"
)

// picture is one scene: what is pressed, and what must then be on the screen.
type picture struct {
	name          string
	title         string
	columns, rows int
	env           []string
	script        []step
	film          bool // all steps one after the other, not only the last
}

func (p picture) draw(shots []shot) string {
	if p.film {
		return film(p.title, shots, p.columns, p.rows)
	}
	return svg(p.title, shots[len(shots)-1].screen, p.columns, p.rows)
}

// step presses keys, or lets time pass, and waits for a text.
type step struct {
	keys   []string
	pass   time.Duration
	expect string

	// For a film: how long it shows what is then on the screen, and the keys in words.
	show    time.Duration
	caption string
}

// shot is what the screen showed after a step, and for how long a film shows it.
type shot struct {
	screen  string
	show    time.Duration
	caption string
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
		{pass: 30 * time.Second, expect: "TCP"},
	}
	const title = "ovscope --demo"
	return []picture{
		{name: "overview", title: title, columns: 132, rows: 36, script: overview},
		{name: "packet", title: title, columns: 120, rows: 36, script: append(slices.Clone(overview),
			step{keys: []string{"Tab", "Tab"}, expect: "Packets"},
			step{keys: []string{"Up", "Up", "Up", "Enter"}, expect: "0000"},
			step{keys: down(6), expect: "bytes"})},
		{name: "asking", title: title, columns: 80, rows: 24, script: overview[:3]},
		{name: "narrow", title: title + ", 60×15", columns: 60, rows: 15, script: append(slices.Clone(overview[:4]),
			step{pass: 30 * time.Second, expect: "copying"})},
		{name: "form", title: title, columns: 110, rows: 32, script: append(slices.Clone(overview[:2]),
			step{keys: []string{"n"}, expect: "New mirror"},
			step{keys: down(6), expect: "carries"},
			step{keys: []string{"Right", "Down", "Enter"}, expect: "Output on"},
			step{keys: []string{"n", "a", "s", "Enter"}, expect: "loses its network"})},
		{name: "no-color", title: "NO_COLOR=1 " + title, columns: 100, rows: 30, env: []string{"NO_COLOR=1"}, script: overview},
		{name: "tour", title: title, columns: 110, rows: 30, film: true, script: tour()},
	}
}

// tour is the film: from the list of ports to a tagged packet and back.
func tour() []step {
	const blink, look, read = 250 * time.Millisecond, time.Second, 2500 * time.Millisecond
	steps := []step{{expect: "br-int", show: read}}
	for range 15 {
		steps = append(steps, step{keys: []string{"Down"}, expect: "br-int", show: blink / 2, caption: "↓"})
	}
	steps = append(steps,
		step{keys: []string{"b"}, expect: "own", show: read, caption: "b: copy both directions"},
		step{keys: []string{"Enter"}, expect: "ovscope3f9a61c2", show: look, caption: "enter: a mirror of our own"})
	for range 24 {
		steps = append(steps, step{pass: 250 * time.Millisecond, expect: "ovscope3f9a61c2", show: blink})
	}
	return append(steps,
		step{keys: []string{"Tab", "Tab"}, expect: "Packets", show: look, caption: "tab: to the packets"},
		step{keys: []string{"Up", "Up", "Up"}, expect: "Packets", show: look, caption: "↑"},
		step{keys: []string{"Enter"}, expect: "0000", show: read, caption: "enter: every field"},
		step{keys: []string{"Down", "Down", "Down", "Down", "Down", "Down"}, expect: "bytes", show: read, caption: "↓: and its bytes"},
		step{keys: []string{"Escape"}, expect: "Packets", show: look, caption: "esc"},
		step{keys: []string{"q"}, expect: "quit", show: read, caption: "q: nothing is left behind"})
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "-play" {
		return play(context.Background(), args[1])
	}
	for _, p := range pictures() {
		if len(args) > 0 && !slices.Contains(args, p.name) {
			continue
		}
		screens, err := p.take()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		path := filepath.Join("screenshots", p.name+".svg")
		if err := os.WriteFile(path, []byte(p.draw(screens)), 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

// take plays the scene and returns what the screen showed after each step.
func (p picture) take() (screens []shot, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ovscope-scene-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	socket := filepath.Join(dir, "clock")
	env := append([]string{"LC_ALL=C.UTF-8", "COLORTERM=truecolor"}, p.env...)
	t, err := terminal.Open(p.columns, p.rows, env, self, "-play", socket)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	for _, s := range p.script {
		if len(s.keys) > 0 {
			if err := t.Press(s.keys...); err != nil {
				return nil, err
			}
		}
		if s.pass > 0 {
			if err := ask(socket, s.pass); err != nil {
				return nil, err
			}
		}
		screen, err := t.Settled(s.expect)
		if err != nil {
			return nil, err
		}
		screens = append(screens, shot{screen, s.show, s.caption})
	}
	return screens, nil
}
