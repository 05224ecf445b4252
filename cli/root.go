package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ovscope/config"
	"ovscope/live"
	"ovscope/live/capture"
	"ovscope/live/pcapfile"
	"ovscope/ovs"
	"ovscope/tui"
	"ovscope/tui/style"
)

// globalFlags are the flags that every verb takes.
type globalFlags struct {
	db                              string
	privateKey, certificate, caCert string
	demo, readOnly, noColor, mask   bool
	log, config                     string
	bufferMiB                       int
	// theme and mouse are the terminal UI's only.
	theme string
	mouse bool
	// demoRate is for measurements.
	demoRate int
}

func (a *app) rootCommand() *cobra.Command {
	var f uiFlags
	root := &cobra.Command{
		Use:   "ovscope [FILE]",
		Short: "See what a guest of Open vSwitch really sends",
		Long: paragraphs(`ovscope browses the bridges and ports of Open vSwitch, turns port mirroring on and
off per port and direction, and decodes the copies, 802.1Q tags included.

Without a verb it opens the terminal UI. What it creates there is removed when it
ends, unless you choose to keep it. With --interface or a capture FILE (pcap or
pcapng, - for standard input) it shows only packets, without Open vSwitch.`),
		Example: `# the terminal UI on this host's Open vSwitch
sudo ovscope

# all of it without Open vSwitch and without root
ovscope --demo

# ten packets of one port, both directions, then everything is as before
sudo ovscope dump -i tap1 -c 10`,
		Args: uiArgs,
		RunE: a.verb(func(ctx context.Context, args []string) error {
			if len(args) == 1 {
				f.file = args[0]
			}
			return a.ui(ctx, f)
		}),
	}
	root.Flags().StringVar(&f.iface, "interface", "", "show any Linux interface, without Open vSwitch")
	root.Flags().StringVar(&a.flags.theme, "theme", string(style.Auto), "colours: "+themes())
	root.Flags().BoolVar(&a.flags.mouse, "mouse", false, "click to select and scroll with the wheel; text is then selected with shift")
	a.globalFlags(root.PersistentFlags())
	root.Flags().IntVar(&a.flags.demoRate, "demo-rate", 0, "packets a second in the demo, for measurements")
	_ = root.Flags().MarkHidden("demo-rate")
	a.completeValues(root)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if a.flags.bufferMiB < 1 || a.flags.bufferMiB > config.MaxBufferMiB {
			return fmt.Errorf("--buffer wants 1 to %d MiB", config.MaxBufferMiB)
		}
		if !slices.Contains(style.Themes(), style.Theme(a.flags.theme)) && cmd == root {
			return fmt.Errorf("--theme wants one of %s", themes())
		}
		if needsNoConfig(cmd) {
			return nil
		}
		a.err = a.readConfig(cmd)
		return nil
	}
	root.AddCommand(a.listCommand(), a.dumpCommand(), a.mirrorCommand(), a.cleanupCommand(), a.configCommand(), a.manCommand())
	return root
}

// uiArgs takes one argument, a capture file, and a word that is none for a
// mistyped verb.
func uiArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("want one FILE, not %d arguments", len(args))
	}
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	if _, err := os.Stat(args[0]); err != nil {
		return fmt.Errorf("there is no verb and no file %q; the verbs are %s", args[0], verbs(cmd))
	}
	return nil
}

func verbs(cmd *cobra.Command) string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			names = append(names, c.Name())
		}
	}
	return strings.Join(names, ", ")
}

func (a *app) globalFlags(f *pflag.FlagSet) {
	f.StringVar(&a.flags.db, "db", "", "the OVSDB server: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT (default the db.sock in $OVS_RUNDIR or /var/run/openvswitch)")
	f.StringVar(&a.flags.privateKey, "private-key", "", "the PEM file with our private key, for ssl:")
	f.StringVar(&a.flags.certificate, "certificate", "", "the PEM file with our certificate, for ssl:")
	f.StringVar(&a.flags.caCert, "ca-cert", "", "the PEM file with the CA that must have signed the server's certificate, for ssl:")
	f.BoolVar(&a.flags.demo, "demo", false, "use a simulated switch: no Open vSwitch, no root")
	f.BoolVar(&a.flags.readOnly, "read-only", false, "change nothing in Open vSwitch")
	f.BoolVar(&a.flags.mask, "mask", false, "show stand-ins for all addresses, for screens that others look at; nothing is written to files")
	f.StringVar(&a.flags.log, "log", "", "append what is done to Open vSwitch to this file")
	f.StringVar(&a.flags.config, "config", "", "another config file than ovscope/config.toml in $XDG_CONFIG_HOME (~/.config)")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colours, like NO_COLOR=1")
	f.IntVar(&a.flags.bufferMiB, "buffer", live.DefaultStoreBytes>>20, "the memory for packets in MiB; the oldest make room")
}

// uiFlags say what the terminal UI shows instead of Open vSwitch.
type uiFlags struct {
	iface, file string
}

func (a *app) ui(ctx context.Context, f uiFlags) error {
	out, ok := a.stdout.(*os.File)
	switch {
	case !ok || !term.IsTerminal(out.Fd()):
		return usagef("the terminal UI needs a terminal, and standard output is none; for scripts and pipes there is ovscope dump")
	case os.Getenv("TERM") == "":
		return usagef("the terminal UI must know the terminal, and TERM is not set; set it (to xterm, linux or vt100, say), or use ovscope dump")
	case os.Getenv("TERM") == "dumb":
		return usagef("the terminal UI cannot work with TERM=dumb; use ovscope dump")
	case f.iface != "" && f.file != "":
		return usagef("--interface and FILE exclude each other")
	case (f.iface != "" || f.file != "") && (a.flags.demo || a.flags.db != ""):
		return usagef("--interface and FILE show packets without Open vSwitch; --demo and --db do not go with them")
	}
	cfg := tui.Config{
		ReadOnly:   a.flags.readOnly,
		NoColor:    a.noColor(),
		ASCII:      !utf8Locale(os.Getenv),
		StoreBytes: a.storeBytes(),
		Version:    a.build.Version,
	}
	a.configure(&cfg)
	if f.iface != "" || f.file != "" {
		return a.packetUI(ctx, f, cfg)
	}
	return a.withSwitchAfter(ctx, loadPatience, func(s *attached) error {
		cfg.Switch, cfg.Demo, cfg.Log = s.client, a.flags.demo, s.log
		cfg.OpenTap = func(ctx context.Context, t ovs.TapPoint) (live.Source, error) {
			a.storing.Do(collectSooner) // before there are packets it would only be dear
			return s.openTap(ctx, t, 0)
		}
		// A connection that fails while the screen is up ends it.
		loading, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		first := make(chan *ovs.Snapshot, 1)
		go func() {
			if err := s.client.Wait(loading); err != nil {
				cancel(err)
				return
			}
			first <- s.client.Snapshot()
		}()
		err := tui.Run(loading, cfg)
		select {
		case before := <-first:
			a.sayKept(s.client.Snapshot(), before)
		default: // nothing can have been made
		}
		return unlessSignalled(ctx, err)
	})
}

// loadPatience is how long the screen waits for Open vSwitch. Most databases are there
// in less, and come up at once; of a large one the screen shows how it loads.
const loadPatience = 25 * time.Millisecond

// packetUI shows an interface or a file, without Open vSwitch.
func (a *app) packetUI(ctx context.Context, f uiFlags, cfg tui.Config) error {
	collectSooner()
	if f.iface != "" {
		open := func(context.Context) (live.Source, error) {
			return capture.Open(capture.Config{Interface: f.iface})
		}
		// What is wrong with it is better said before the screen comes up.
		first, err := open(ctx)
		if err != nil {
			return fmt.Errorf("capturing on %s: %w", f.iface, err)
		}
		_ = first.Close()
		cfg.Capture = &tui.Capture{Title: "interface " + f.iface, Open: open}
		return unlessSignalled(ctx, tui.Run(ctx, cfg))
	}
	reader, err := pcapfile.Open(f.file)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	title := "file " + f.file
	if f.file == "-" {
		title = "standard input"
		keys, err := os.Open("/dev/tty")
		if err != nil {
			return fmt.Errorf("reading keys while packets come from standard input: %w", err)
		}
		defer func() { _ = keys.Close() }()
		cfg.Input = keys
	}
	cfg.Capture = &tui.Capture{Title: title, File: true, Open: func(context.Context) (live.Source, error) { return reader, nil }}
	return unlessSignalled(ctx, tui.Run(ctx, cfg))
}

// unlessSignalled drops the error of a screen that a signal ended: an ordinary end.
func unlessSignalled(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil
	}
	return err
}

// reserveStore is how much memory packets get. Go would let as much garbage gather as
// there is live memory, and takes the packets for that; so with a store the
// garbage is collected sooner: memory levels off at 98 MiB instead of growing
// slowly beyond 100 (docs/performance.md), and GOGC still overrules it.
func (a *app) reserveStore() int {
	collectSooner()
	return a.storeBytes()
}

func (a *app) storeBytes() int { return a.flags.bufferMiB << 20 }

func collectSooner() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}

// garbagePercent of the live memory may be garbage.
const garbagePercent = 10

// sayKept names what was kept during the run, and how to be rid of it later.
func (a *app) sayKept(now, before *ovs.Snapshot) {
	for _, lease := range now.LeasesOf(ovs.Kept) {
		if before.LeaseMirror(lease.ID) == nil {
			a.printf("%s stays; ovscope cleanup --kept removes it\n", describe(lease))
		}
	}
}

func (a *app) noColor() bool { return a.flags.noColor || os.Getenv("NO_COLOR") != "" }

// logger writes to --log, or nowhere.
func (a *app) logger() (*slog.Logger, func(), error) {
	if a.flags.log == "" {
		return slog.New(slog.DiscardHandler), func() {}, nil
	}
	file, err := os.OpenFile(a.flags.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening --log: %w", err)
	}
	return slog.New(slog.NewTextHandler(file, nil)), func() { _ = file.Close() }, nil
}
