package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/config"
	"ovscope/tui"
	"ovscope/tui/style"
)

// needsNoConfig reports whether a verb works without the config file, and so when
// that is wrong.
func needsNoConfig(cmd *cobra.Command) bool {
	for c := cmd; c.HasParent(); c = c.Parent() {
		switch c.Name() {
		case "config", "man", "help", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			return true
		}
	}
	return false
}

// configCommand prints a config file with the defaults, and checks one.
func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print a config file with every setting and its default",
		Long: paragraphs(`config prints a config file: every setting and key with a word about it and its
default, commented out. Settings are read from ovscope/config.toml in
$XDG_CONFIG_HOME (~/.config), or from --config FILE; flags beat them.`),
		Example: `ovscope config > ~/.config/ovscope/config.toml
ovscope config check`,
		Args: cobra.NoArgs,
		RunE: a.verb(func(context.Context, []string) error {
			a.printf("%s", config.Template())
			return nil
		}),
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [FILE]",
		Short: "Name every mistake in a config file",
		Long: paragraphs(`check names every mistake in a config file with its line: what is no TOML, settings
and actions that do not exist, values of the wrong kind, keys that would do two
things. Exit code 2 says that there are some.`),
		Args: cobra.MaximumNArgs(1),
		RunE: a.verb(func(_ context.Context, args []string) error { return a.checkConfig(args) }),
	})
	return cmd
}

func (a *app) checkConfig(args []string) error {
	file := a.configFile()
	if len(args) == 1 {
		file = args[0]
	}
	_, err := config.Load(file)
	switch {
	case os.IsNotExist(err) && len(args) == 0 && a.flags.config == "":
		a.printf("there is no %s, so everything is as ovscope config prints it\n", file)
		return nil
	case err != nil:
		return err
	}
	a.printf("%s is right\n", file)
	return nil
}

func (a *app) configFile() string {
	if a.flags.config != "" {
		return a.flags.config
	}
	return config.Path()
}

// readConfig reads the config file, if there is one, and fills the flags that were
// not given from it.
func (a *app) readConfig(cmd *cobra.Command) error {
	settings, err := config.Load(a.configFile())
	if err != nil {
		if !os.IsNotExist(err) || a.flags.config != "" {
			return &configError{err}
		}
		settings = config.Default()
	}
	a.settings = settings
	given := func(flag string) bool {
		f := cmd.Flags().Lookup(flag)
		return f != nil && f.Changed
	}
	if !given("buffer") {
		a.flags.bufferMiB = settings.BufferMiB
	}
	if !given("read-only") {
		a.flags.readOnly = settings.ReadOnly
	}
	if !given("theme") {
		a.flags.theme = string(settings.Theme)
	}
	if !given("mask") {
		a.flags.mask = settings.Mask
	}
	if !given("mouse") {
		a.flags.mouse = settings.Mouse
	}
	return nil
}

// configError is a config file that cannot be used.
type configError struct{ err error }

func (e *configError) Error() string {
	var wrong *config.Error
	if errors.As(e.err, &wrong) {
		return e.err.Error() + "\novscope config prints a file with every setting"
	}
	return fmt.Sprintf("reading the config file: %v", e.err)
}

func (e *configError) Unwrap() error { return e.err }

// configure hands the settings to the screen.
func (a *app) configure(cfg *tui.Config) {
	cfg.Theme = style.Theme(a.flags.theme)
	cfg.Mouse = a.flags.mouse
	cfg.Mask = a.masker()
	cfg.Columns = a.settings.Columns
	cfg.TimeFormat = a.settings.TimeFormat
	cfg.OnQuit = a.settings.OnQuit
	cfg.EditForeign = !a.settings.AskForeign
	cfg.Keys = a.settings.Keys
}

func themes() string {
	all := style.Themes()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// completeValues completes what flags can be.
func (a *app) completeValues(root *cobra.Command) {
	_ = root.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(strings.Split(themes(), ", "), cobra.ShellCompDirectiveNoFileComp))
	_ = root.MarkPersistentFlagFilename("config", "toml")
}
