package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui/style"
	"ovscope/tui/tuitest"
	"ovscope/tui/widget"
)

// ui drives the screen as a user does. It runs commands at once instead of in
// the background, and time passes only when told to.
type ui struct {
	testing.TB
	m       *model
	sw      *tuitest.Switch
	clock   time.Time
	sources []*tuitest.Source
	openErr error  // what opening a tap answers
	copied  string // the terminal's clipboard
	raw     string // what else was sent to the terminal, past the renderer
	held    []tea.Cmd
	holding bool
	quit    bool
}

// alone opens the screen on a source without Open vSwitch.
func alone(t testing.TB, file bool, change ...func(*Config)) *ui {
	t.Helper()
	var u *ui
	source := func(c *Config) {
		open := c.OpenTap
		c.Switch, c.OpenTap = nil, nil
		c.Capture = &Capture{Title: "interface eth0", File: file, Open: func(ctx context.Context) (live.Source, error) { return open(ctx, ovs.TapPoint{}) }}
		if file {
			c.Capture.Title = "file out.pcapng"
		}
	}
	u = start(t, append([]func(*Config){source}, change...)...)
	return u
}

// End ends the source that was opened last, as the end of a file does.
func (u *ui) End(err error) {
	c := u.m.tap.capture
	u.sources[len(u.sources)-1].Break(err)
	<-c.done
	u.Wait(fastTick)
}

// Save writes the packets to a file of that name in a new directory.
func (u *ui) Save(name string) string {
	u.Helper()
	path := filepath.Join(u.TempDir(), name)
	u.Press("w", "ctrl+u")
	u.Type(path)
	u.Press("enter")
	return path
}

// start opens the screen on the scene of the pictures, at 120×40 without colours.
func start(t testing.TB, change ...func(*Config)) *ui {
	t.Helper()
	u := &ui{TB: t, clock: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)}
	now := func() time.Time { return u.clock }
	u.sw = tuitest.NewSwitch(tuitest.Scene(u.clock), now)
	lease := 0
	cfg := Config{
		Switch: u.sw, Now: now, Version: "test", NoColor: true, StoreBytes: 1 << 20, Environ: []string{"TERM=xterm-256color"}, CrashDir: t.TempDir(),
		NewLeaseID: func() string { lease++; return "3f9a000" + string(rune('0'+lease)) },
		OpenTap: func(context.Context, ovs.TapPoint) (live.Source, error) {
			if u.openErr != nil {
				return nil, u.openErr
			}
			s := tuitest.NewSource()
			u.sources = append(u.sources, s)
			return s, nil
		},
	}
	for _, c := range change {
		c(&cfg)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	crash := &crashReport{dir: cfg.CrashDir, now: now, stop: cancel}
	u.m = newModel(ctx, cfg.withDefaults(), crash)
	u.m.clock.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if pace, ok := msg.(paceMsg); ok { // what is held back is to be seen at once
			return func() tea.Msg { return pace }
		}
		return nil
	}
	u.m.clock.watch = func(*model, uint64) tea.Cmd { return nil }
	t.Cleanup(func() {
		cancel(nil)
		u.m.shutdown()
		if err := crash.error(); err != nil {
			t.Error(err)
		}
	})
	u.run(u.m.Init())
	u.Resize(120, 40)
	return u
}

// Send gives the model a message and runs what comes of it.
func (u *ui) Send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		u.quit = true
		return
	}
	_, cmd := u.m.Update(msg)
	u.run(cmd)
	u.m.View()
}

func (u *ui) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if u.holding {
		u.held = append(u.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.RawMsg:
		u.raw += fmt.Sprint(msg.Msg)
	case tea.BatchMsg:
		for _, c := range msg {
			u.run(c)
		}
	default:
		if reflect.TypeOf(msg) == setClipboard { // bubbletea sends OSC 52
			u.copied = fmt.Sprint(msg)
			return
		}
		u.Send(msg)
	}
}

// setClipboard is bubbletea's own message.
var setClipboard = reflect.TypeOf(tea.SetClipboard("")())

// Hold makes commands wait until Release, as if the other side were slow.
func (u *ui) Hold() { u.holding = true }

// Release runs the commands that wait.
func (u *ui) Release() {
	u.holding = false
	for len(u.held) > 0 {
		cmd := u.held[0]
		u.held = u.held[1:]
		u.run(cmd)
	}
	u.sync()
}

// sync delivers the newest snapshot, as the watch command does.
func (u *ui) sync() {
	if u.m.alone() {
		return
	}
	if s := u.sw.Snapshot(); s != nil && s.Generation > u.m.generation() {
		u.Send(snapshotMsg{s})
	}
}

// Edit changes Open vSwitch behind ovscope's back.
func (u *ui) Edit(edit func(*ovs.Snapshot)) {
	u.sw.Edit(edit)
	u.sync()
}

// Press presses keys one after the other.
func (u *ui) Press(keys ...string) {
	u.Helper()
	for _, k := range keys {
		u.Send(keyPress(k))
		if !u.holding {
			u.sync()
		}
	}
}

func keyPress(name string) tea.KeyPressMsg {
	var k tea.Key
	rest := name
	if r, ok := strings.CutPrefix(rest, "ctrl+"); ok {
		k.Mod, rest = k.Mod|tea.ModCtrl, r
	}
	if r, ok := strings.CutPrefix(rest, "shift+"); ok {
		k.Mod, rest = k.Mod|tea.ModShift, r
	}
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "f1": tea.KeyF1, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	if code, ok := named[rest]; ok {
		k.Code = code
		return tea.KeyPressMsg(k)
	}
	if rest == "space" {
		rest = " "
	}
	k.Code = []rune(rest)[0]
	if k.Mod == 0 {
		k.Text = rest
	}
	return tea.KeyPressMsg(k)
}

// Select moves the cursor to a port or bridge by name.
func (u *ui) Select(name string) {
	u.Helper()
	u.Press("home")
	for range u.m.bridges.rows {
		row := u.m.bridges.selected()
		at := row.bridge.Name
		if row.port != nil {
			at = row.port.Name
		}
		if row.member != nil {
			at = row.member.Name
		}
		if at == name && (row.port != nil || u.sw.Snapshot().BridgeByName(name) != nil) {
			return
		}
		u.Press("down")
	}
	u.Fatalf("there is no row %s", name)
}

// Wait lets time pass, a tick at a time.
func (u *ui) Wait(d time.Duration) {
	for end := u.clock.Add(d); u.clock.Before(end); {
		u.clock = u.clock.Add(min(fastTick, end.Sub(u.clock)))
		u.Send(tickMsg{u.m.ticks})
	}
}

// Feed lets packets arrive at the capture that was opened last.
func (u *ui) Feed(frames ...live.Frame) {
	u.Helper()
	if len(u.sources) == 0 {
		u.Fatal("no tap was opened")
	}
	u.sources[len(u.sources)-1].Feed(frames...)
}

// Pings lets n pings with a tag arrive, numbered from first on.
func ping(u *ui, seq int) live.Frame { return tuitest.Ping(u.clock, seq) }

func (u *ui) Pings(first, n int, tags ...live.Tag) {
	u.Helper()
	for i := range n {
		u.Feed(tuitest.Ping(u.clock.Add(time.Duration(i)*time.Millisecond), first+i, tags...))
	}
}

// Resize changes the terminal's size.
func (u *ui) Resize(w, h int) { u.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Screen is what is to be read, without styles.
func (u *ui) Screen() string { return ansi.Strip(u.m.View().Content) }

// Expect fails unless all texts are on the screen.
func (u *ui) Expect(texts ...string) {
	u.Helper()
	screen := u.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			u.Fatalf("%q is not on the screen:\n%s", text, screen)
		}
	}
}

// ExpectNot fails if any of the texts is on the screen.
func (u *ui) ExpectNot(texts ...string) {
	u.Helper()
	screen := u.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			u.Fatalf("%q is on the screen:\n%s", text, screen)
		}
	}
}

// Row is the first line of the screen with a text in it.
func (u *ui) Row(text string) string {
	u.Helper()
	lines := strings.Split(u.Screen(), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, text) })
	if i < 0 {
		u.Fatalf("%q is not on the screen:\n%s", text, u.Screen())
	}
	return lines[i]
}

// ExpectFits fails unless the frame has exactly the terminal's size.
func (u *ui) ExpectFits() {
	u.Helper()
	lines := strings.Split(u.m.View().Content, "\n")
	if len(lines) != u.m.height {
		u.Fatalf("%d lines on a screen of %d:\n%s", len(lines), u.m.height, u.Screen())
	}
	for i, l := range lines {
		if w, wc := ansi.StringWidth(l), ansi.StringWidthWc(l); w != u.m.width || wc != u.m.width {
			u.Fatalf("line %d is %d (%d) cells wide on a screen of %d: %q\n%s", i, w, wc, u.m.width, l, u.Screen())
		}
	}
}

// coloured turns colours on.
func coloured(c *Config) { c.NoColor = false }

// InColour sets the terminal's colours as bubbletea finds them out.
func (u *ui) InColour(p colorprofile.Profile, light bool) {
	u.m.terminal = style.Terminal{Profile: p, Light: light, ASCII: u.m.cfg.ASCII}
	u.m.st = style.New(u.m.terminal)
	u.m.redraw = true
}

func newLine(width int) *widget.Line { return widget.NewLine(width, "") }

func stripped(l *widget.Line) string { return ansi.Strip(l.String()) }
