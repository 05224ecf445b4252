package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"ovscope/live"
	"ovscope/ovs"
	"ovscope/tui"
)

// globalFlags are the flags that every verb takes.
type globalFlags struct {
	db                              string
	privateKey, certificate, caCert string
	demo, readOnly, noColor         bool
	log                             string
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "ovscope",
		Short: "See what a guest of Open vSwitch really sends",
		Long: `ovscope browses the bridges and ports of Open vSwitch, turns port mirroring on and
off per port and direction, and decodes the copies, 802.1Q tags included.

Without a verb it opens the terminal UI. What it creates there is removed when it
ends, unless you choose to keep it.`,
		Example: `# the terminal UI on this host's Open vSwitch
sudo ovscope

# all of it without Open vSwitch and without root
ovscope --demo

# ten packets of one port, both directions, then everything is as before
sudo ovscope dump -i tap1 -c 10`,
		Args: cobra.NoArgs,
		RunE: a.verb(func(ctx context.Context, _ []string) error { return a.ui(ctx) }),
	}
	f := root.PersistentFlags()
	f.StringVar(&a.flags.db, "db", "", "the OVSDB server: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT (default the db.sock in $OVS_RUNDIR or /var/run/openvswitch)")
	f.StringVar(&a.flags.privateKey, "private-key", "", "the PEM file with our private key, for ssl:")
	f.StringVar(&a.flags.certificate, "certificate", "", "the PEM file with our certificate, for ssl:")
	f.StringVar(&a.flags.caCert, "ca-cert", "", "the PEM file with the CA that must have signed the server's certificate, for ssl:")
	f.BoolVar(&a.flags.demo, "demo", false, "use a simulated switch: no Open vSwitch, no root")
	f.BoolVar(&a.flags.readOnly, "read-only", false, "change nothing in Open vSwitch")
	f.StringVar(&a.flags.log, "log", "", "append what is done to Open vSwitch to this file")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colours, like NO_COLOR=1")
	root.AddCommand(a.listCommand(), a.dumpCommand(), a.cleanupCommand())
	return root
}

func (a *app) ui(ctx context.Context) error {
	out, ok := a.stdout.(*os.File)
	if !ok || !term.IsTerminal(out.Fd()) {
		return usagef("the terminal UI needs a terminal, and standard output is none; for scripts and pipes there is ovscope dump")
	}
	if os.Getenv("TERM") == "dumb" {
		return usagef("the terminal UI cannot work with TERM=dumb; use ovscope dump")
	}
	return a.withSwitch(ctx, func(s *attached) error {
		before := s.client.Snapshot()
		err := tui.Run(ctx, tui.Config{
			Switch: s.client,
			OpenTap: func(ctx context.Context, t ovs.TapPoint) (live.Source, error) {
				return s.openTap(ctx, t, 0)
			},
			ReadOnly:   a.flags.readOnly,
			Demo:       a.flags.demo,
			NoColor:    a.noColor(),
			ASCII:      !utf8Locale(os.Getenv),
			StoreBytes: live.DefaultStoreBytes,
			NewLeaseID: ovs.NewLeaseID,
			Log:        s.log,
			Version:    a.build.Version,
		})
		a.sayKept(s.client.Snapshot(), before)
		if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			return nil // a signal is an ordinary way to end
		}
		return err
	})
}

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
