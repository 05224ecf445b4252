package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"ovscope/keymap"
	"ovscope/ovs"
	"ovscope/tui/layout"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// model is the root, the only tea.Model of the screen's state.
type model struct {
	cfg   Config
	ctx   context.Context // ends with the program; for commands
	crash *crashReport
	keys  *keymap.Map
	clock clock

	tty           tty
	orphan        bool // no shell could continue this process if it were suspended
	terminal      style.Terminal
	st            *style.Styles
	width, height int
	screen        layout.Screen
	focus         layout.Pane
	zoomed        bool // the pane in focus has the whole body

	snap    *ovs.Snapshot // nil until the first
	real    *ovs.Snapshot // what snap is made from: the same, but for --mask
	loaded  int           // ports of which we know that they are there, before that
	bridges bridgesPane
	watched watchList
	packets packetsPane
	tap     tap
	// columns and timeFormat are how the list of packets looks, directions whose
	// guests' packets it shows.
	columns    []string
	timeFormat timeFormat
	directions directions
	// recorder is where the tap's packets are kept.
	recorder recorder

	// chosen is the mirror that the user picked on a bridge, by the bridge.
	chosen map[ovs.UUID]ovs.UUID
	// editLeases tie together what is made for mirrors of others, by the mirror.
	editLeases map[ovs.UUID]string
	// follow is the lease of a mirror that was made and is not in a snapshot yet.
	follow string
	// mirrorRates are those of all mirrors by OVS's counters.
	mirrorRates mirrorRates
	// agreed are the mirrors of others that the user agreed to change.
	agreed map[ovs.UUID]bool

	// lost are the ports that a mirror copied and that were deleted, by the mirror.
	lost map[ovs.UUID][]*lostSource
	// activities are what is known of the sources of mirrors in snap.
	activities map[ovs.UUID]ovs.Activity
	// silences are the mirrors that were switched off and must fall silent.
	silences map[ovs.UUID]*silence
	// released are the leases and mirrors that this run has given up itself.
	released map[string]bool

	work  work
	log   commandLog
	undos []*undoStep
	toast widget.Toast
	// pressed is the key that was pressed last, as it is printed.
	pressed string
	// clipboard is the terminal's.
	clipboard clipboard

	save   *savePrompt // the file that is asked for, nil for none
	saving *saveJob    // the file that is being written, nil for none

	question *question // the dialog on top of everything, nil for none
	page     page      // something on top of the panes, nil for none

	scans  int    // numbers the filters' runs over a store
	ticks  int    // which chain of ticks counts; others are dropped
	frame  string // the screen as last drawn
	redraw bool   // the frame is out of date

	underway underway
	pace     pace
}

// clock makes commands that wait, so that tests can do without waiting.
type clock struct {
	// after sends a message later.
	after func(time.Duration, tea.Msg) tea.Cmd
	// watch sends the snapshot after a generation.
	watch func(m *model, after uint64) tea.Cmd
}

func clockOf(cfg Config) clock {
	return clock{
		after: func(d time.Duration, msg tea.Msg) tea.Cmd {
			// The wait begins now, not when the command's turn comes.
			passed := cfg.After(d)
			return func() tea.Msg {
				<-passed
				return msg
			}
		},
		watch: (*model).watch,
	}
}

func newModel(ctx context.Context, cfg Config, crash *crashReport) *model {
	m := &model{
		cfg:    cfg,
		ctx:    ctx,
		crash:  crash,
		keys:   cfg.Keys,
		clock:  clockOf(cfg),
		chosen: map[ovs.UUID]ovs.UUID{},
		agreed: map[ovs.UUID]bool{}, mirrorRates: mirrorRates{},
		lost: map[ovs.UUID][]*lostSource{}, released: map[string]bool{},
		silences: map[ovs.UUID]*silence{}, activities: map[ovs.UUID]ovs.Activity{},
		redraw: true,
	}
	m.tty = newTTY(cfg.Environ)
	m.terminal = style.Terminal{Profile: m.tty.profile(), ASCII: cfg.ASCII, Theme: cfg.Theme}
	if cfg.NoColor {
		m.terminal.Profile = colorprofile.ASCII
	}
	m.st = style.New(m.terminal)
	m.recorder.size, m.log.hide = cfg.StoreBytes, m.hide
	if cfg.Mask != nil {
		m.recorder.rewrite = cfg.Mask.Frame
	}
	m.columns, m.timeFormat = cfg.Columns, timeFormatOf(cfg.TimeFormat)
	if m.alone() {
		m.focus = layout.Packets
	}
	return m
}

// alone reports that there is no Open vSwitch, only one source of packets.
func (m *model) alone() bool { return m.cfg.Switch == nil }

// ofFile reports that the packets come from a file.
func (m *model) ofFile() bool { return m.alone() && m.cfg.Capture.File }

func (m *model) now() time.Time { return m.cfg.Now() }

func (m *model) Init() tea.Cmd {
	var cmds []tea.Cmd
	if m.alone() {
		cmds = append(cmds, m.reopen(), m.tick())
	} else {
		m.setSnapshot(m.cfg.Switch.Snapshot())
		cmds = append(cmds, m.clock.watch(m, m.generation()), m.retarget(), m.tick())
	}
	if !m.cfg.NoColor && !m.tty.old() && m.cfg.Theme.AsksBackground() {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.update(msg)
	m.watchShown()
	return m, cmd
}

func (m *model) update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if tick, ok := msg.(tickMsg); ok {
		return m, m.onTick(tick)
	}
	if found, ok := msg.(foundMsg); ok {
		m.redraw = true
		return m, m.onFound(found)
	}
	if scanned, ok := msg.(scannedMsg); ok {
		return m, m.onScanned(scanned)
	}
	switch msg := msg.(type) { // what changes by itself
	case snapshotMsg:
		return m, tea.Batch(m.onSnapshot(msg), m.changed())
	case conversationsMsg:
		return m, tea.Batch(m.onConversations(msg), m.changed())
	case paceMsg:
		m.onPace()
		return m, nil
	}
	m.redraw = true
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.terminal.Light = !msg.IsDark()
		m.st = style.New(m.terminal)
	case tea.EnvMsg:
		m.clipboard = newClipboard(msg)
	case purgedMsg:
		m.onPurged(msg)
	case sentryMsg:
		return m, m.onSentry(msg)
	case copiedMsg:
		return m, m.onCopied(msg)
	case tea.KeyPressMsg:
		return m, m.onKey(msg)
	case tea.MouseMsg:
		return m, m.onMouse(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case appliedMsg:
		return m, m.onApplied(msg)
	case factsMsg:
		return m, m.onFacts(msg)
	case tapOpenedMsg:
		return m, m.onTapOpened(msg)
	case saveExistsMsg:
		return m, m.onSaveExists(msg)
	case savedMsg:
		return m, m.onSaved(msg)
	case settledMsg:
		return m, m.onSettled(msg)
	}
	return m, nil
}

// setSnapshot takes a snapshot if it is newer than the one at hand.
func (m *model) setSnapshot(s *ovs.Snapshot) {
	if s == nil || m.snap != nil && s.Generation <= m.snap.Generation {
		return
	}
	unmasked := s
	s = m.masked(unmasked)
	m.compare(m.snap, s)
	if m.snap != nil && m.snap.Stale() && !s.Stale() {
		m.toast.Text = "" // it may say that the connection is lost
	}
	m.snap, m.real = s, unmasked
	clear(m.activities)
	m.bridges.setSnapshot(s)
	m.showMade()
	if f, ok := m.page.(*form); ok {
		f.onSnapshot(m)
	}
	m.mirrorRates.see(s)
}

func (m *model) onSnapshot(msg snapshotMsg) tea.Cmd {
	m.setSnapshot(msg.snapshot)
	again := m.clock.watch(m, m.generation())
	return tea.Batch(again, m.retarget(), m.rearm())
}

// generation of the snapshot on screen, 0 when there is none.
func (m *model) generation() uint64 {
	if m.snap == nil {
		return 0
	}
	return m.snap.Generation
}

const (
	// fastTick is how often the screen looks for new packets while it captures.
	fastTick = 100 * time.Millisecond
	// eagerTick is for the moment after a change, until its first packet comes:
	// somebody is waiting for it.
	eagerTick = 20 * time.Millisecond
	// slowTick is for what only depends on time, such as "stale since 12 s".
	slowTick = time.Second
)

// tickMsg asks to look for what changed by itself.
type tickMsg struct{ chain int }

// tick starts a chain of ticks; the one before ends.
func (m *model) tick() tea.Cmd {
	m.ticks++
	return m.nextTick()
}

func (m *model) nextTick() tea.Cmd {
	every := slowTick
	switch {
	case m.tap.capture != nil && m.tap.meter.awaited(m.now()):
		every = eagerTick
	case m.tap.capture != nil || m.suspicious() || m.tap.failed != nil && !m.tap.ended || m.loading():
		every = fastTick
	}
	return m.clock.after(every, tickMsg{m.ticks})
}

func (m *model) onTick(msg tickMsg) tea.Cmd {
	if msg.chain != m.ticks {
		return nil
	}
	now := m.now()
	fresh := m.poll(now) && m.packets.due(now, m.tap.store())
	var turning, drawing tea.Cmd
	if m.lookLoading() || m.toast.Expire(now) || m.tap.look(now) || fresh {
		drawing = m.changed()
	}
	if m.page != nil {
		turning = m.page.tick(m, now)
	}
	return tea.Batch(m.nextTick(), m.watchSilences(now), m.retry(now), m.scan(), turning, drawing)
}
