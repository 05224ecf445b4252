// Package tui is ovscope's terminal interface.
//
// There is one bubbletea model, the root (model.go). The panes (bridges.go,
// mirror.go, packets.go) are plain structs that it asks for their lines; layout
// says where they go, style what they look like, widget draws. What the user can
// do is keymap's; keys.go carries it out and says why something is of no use now.
//
// Two streams arrive: snapshots of Open vSwitch, one message each, and frames,
// which a Source writes into a live.Store. Of the frames the model sees nothing
// but the few rows on screen, at most ten times a second.
//
// Update does no I/O. Whatever talks to somebody is a command (commands.go) with
// a deadline; its answer is one message, and late answers are dropped.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/live/mask"
	"ovscope/ovs"
	"ovscope/tui/style"
)

// Switch is the Open vSwitch that the screen shows.
type Switch interface {
	// Snapshot is the newest one; nil before there is any.
	Snapshot() *ovs.Snapshot
	// Loading is how many ports have arrived so far, before there is a snapshot.
	Loading() int
	// Next waits for a snapshot newer than the given generation.
	Next(ctx context.Context, after uint64) (*ovs.Snapshot, error)
	// Watch makes these interfaces' counters, and no others, part of the snapshots to
	// come. It does not block.
	Watch(interfaces []ovs.UUID)
	// WatchAll asks for the counters of all interfaces, until Watch is called.
	WatchAll()
	// Apply carries a plan out.
	Apply(ctx context.Context, p *ovs.Plan) (ovs.Result, error)
	// Facts looks for a moment at the interfaces, for the hazards of a plan.
	Facts(ctx context.Context) (*ovs.Facts, error)
	// Purge makes running flows follow the mirrors as they are now.
	Purge(ctx context.Context) (ovs.Result, error)
	// Self owns what this run creates.
	Self() ovs.Process
	// Edits take back what this run has changed in mirrors of others; LeaveEdits
	// makes those changes stay.
	Edits() []ovs.EditMirror
	LeaveEdits()
}

// Capture is one source of packets that is shown without any Open vSwitch.
type Capture struct {
	// Title says what it is: "interface eth0", "file out.pcapng".
	Title string
	// Open starts it. It is called again after a failure, but for a file.
	Open func(context.Context) (live.Source, error)
	// File sources are read once, from beginning to end, as fast as they can be:
	// the list starts at the top and does not follow, and there are no rates.
	File bool
}

// Config is what the screen shows and how. It needs Switch and OpenTap, or
// Capture instead.
type Config struct {
	Switch Switch
	// OpenTap starts capturing where a mirror's copies can be seen. A Source that
	// has a method State() capture.State is asked what its interface is doing.
	OpenTap func(context.Context, ovs.TapPoint) (live.Source, error)
	// Capture is shown when Switch is nil.
	Capture *Capture

	ReadOnly bool // nothing that writes is offered
	Demo     bool // the switch is simulated: say so
	NoColor  bool
	ASCII    bool        // print only ASCII, for locales without UTF-8
	Theme    style.Theme // "" for style.Auto
	Mouse    bool        // clicks select and the wheel scrolls; text is then selected with shift

	// Columns of the list of packets, of ColumnNames, in their order; nil for
	// DefaultColumns.
	Columns []string
	// TimeFormat is how a packet's time is shown, of TimeFormats; "" for the first.
	TimeFormat string
	// OnQuit is what quitting does with what was made; "" for QuitAsks.
	OnQuit OnQuit
	// EditForeign changes mirrors of others (never OVN's) without asking first.
	EditForeign bool

	// Mask replaces addresses by stand-ins, for screens that others look at: of all
	// packets before they are stored, and of what OVSDB says. Nothing is written to
	// files then. Nil shows everything as it is.
	Mask *mask.Masker

	// StoreBytes is the memory for packets; live.DefaultStoreBytes if zero.
	StoreBytes int
	// Keys are the actions and their keys; nil for keymap.Default.
	Keys *keymap.Map
	// Now is the clock, and its location that of all times shown; nil for time.Now.
	Now func() time.Time
	// After is what waits for the next look at what changes by itself, so that a
	// scene can be played by a clock of its own; nil for time.After.
	After func(time.Duration) <-chan time.Time
	// NewLeaseID makes ids for leases; nil for ovs.NewLeaseID.
	NewLeaseID func() string
	// TmuxBuffer hands a text to the tmux that the screen runs in; nil for tmux itself.
	TmuxBuffer func(ctx context.Context, text string) error
	// Log gets what does not belong on the screen; nil for nothing.
	Log *slog.Logger
	// Hostname is shown until OVS names the host itself.
	Hostname string
	Version  string
	// CrashDir is where a crash leaves its report; os.TempDir if empty.
	CrashDir string
	// Environ is the environment, which says what the terminal is; nil for the
	// process's own.
	Environ []string
	// Input and Output are the terminal; nil for the process's own.
	Input  io.Reader
	Output io.Writer
}

func (c Config) withDefaults() Config {
	if c.StoreBytes <= 0 {
		c.StoreBytes = live.DefaultStoreBytes
	}
	if len(c.Columns) == 0 {
		c.Columns = DefaultColumns()
	}
	if c.TimeFormat == "" {
		c.TimeFormat = TimeFormats()[0]
	}
	if c.OnQuit == "" {
		c.OnQuit = QuitAsks
	}
	if c.Keys == nil {
		c.Keys = keymap.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.NewLeaseID == nil {
		c.NewLeaseID = ovs.NewLeaseID
	}
	if c.TmuxBuffer == nil {
		c.TmuxBuffer = tmuxBuffer
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Environ == nil {
		c.Environ = os.Environ()
	}
	if c.CrashDir == "" {
		c.CrashDir = os.TempDir()
	}
	return c
}

// framesPerSecond bounds how often bubbletea looks for something new to draw.
// What changes by itself changes ten times a second at most (see tick); the rest
// is for keys, which are to be seen within 16 ms (DESIGN §6). More would be dearer
// while nothing happens.
const framesPerSecond = 80

// quitPatience is how long bubbletea may take to quit before it is killed.
const quitPatience = time.Second

// Run shows the screen until the user quits, which returns nil. When ctx ends
// first it returns ctx's cause; after a crash a *CrashError. The terminal is
// restored in every case, and no change is under way any more.
//
// Leases of this run that the user did not choose to keep are the caller's to
// remove: Run does it only when the user answers so.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	crash := &crashReport{dir: cfg.CrashDir, version: cfg.Version, now: cfg.Now, stop: cancel}
	m := newModel(inner, cfg, crash)
	m.orphan = !jobControl()

	program, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	options := []tea.ProgramOption{
		tea.WithContext(program), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond),
		tea.WithColorProfile(m.terminal.Profile), tea.WithEnvironment(m.tty.forBubbletea()),
	}
	if cfg.Input != nil {
		options = append(options, tea.WithInput(cfg.Input))
	}
	if out := m.tty.output(cfg.Output); out != nil {
		options = append(options, tea.WithOutput(out))
	}
	p := tea.NewProgram(&guard{model: m, crash: crash}, options...)
	// Asked to quit, bubbletea waits for its reader of keys before it closes it;
	// killed, it does not.
	defer context.AfterFunc(inner, func() {
		defer time.AfterFunc(quitPatience, kill).Stop()
		p.Quit()
		<-program.Done()
	})()
	_, err := p.Run()
	cancel(nil)
	kill()
	m.shutdown()

	switch {
	case crash.error() != nil:
		return crash.error()
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrProgramPanic):
		return &CrashError{Cause: err}
	case err != nil:
		return fmt.Errorf("driving the terminal: %w", err)
	}
	return nil
}
