package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"ovscope/config"
	"ovscope/tui"
	"ovscope/tui/style"
)

// configFile writes a config file where ovscope looks for it.
func configFile(t *testing.T, text string) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	file := filepath.Join(home, "ovscope", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConfigPrintsAFileThatIsRight(t *testing.T) {
	r := ovscope(t, "config")
	if r.code != exitDone || r.stdout != config.Template() {
		t.Errorf("code %d: %s%s", r.code, r.stderr, r.stdout)
	}
	file := configFile(t, r.stdout)
	if r = ovscope(t, "config", "check"); r.code != exitDone || r.stdout != file+" is right\n" {
		t.Errorf("code %d: %s%s", r.code, r.stderr, r.stdout)
	}
}

func TestConfigCheckNamesEveryMistake(t *testing.T) {
	const text = "buffer = \"much\"\nnonsense = 1\n[keys]\negress = \"i\"\n"
	file := configFile(t, text)
	elsewhere := filepath.Join(t.TempDir(), "other.toml")
	if err := os.WriteFile(elsewhere, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file string
		args []string
	}{
		"the file":      {file, []string{"config", "check"}},
		"another":       {elsewhere, []string{"config", "check", elsewhere}},
		"--config":      {elsewhere, []string{"config", "check", "--config", elsewhere}},
		"list":          {file, []string{"--demo", "list"}},
		"list --config": {elsewhere, []string{"--demo", "list", "--config", elsewhere}},
		"the screen":    {file, []string{"--demo"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := ovscope(t, test.args...)
			if r.code != exitUsage || r.stdout != "" {
				t.Errorf("code %d, %s", r.code, r.stdout)
			}
			for _, want := range []string{":1: buffer: wants a number", `:2: there is no setting "nonsense"`, `:4: key "i" does two things`} {
				if !strings.Contains(r.stderr, test.file+want) {
					t.Errorf("no %q in %s", want, r.stderr)
				}
			}
		})
	}
}

// What helps to mend a wrong file must not stumble over it.
func TestVerbsThatNeedNoConfigFileDoNotReadIt(t *testing.T) {
	configFile(t, "nonsense\n")
	for _, args := range [][]string{{"config"}, {"man"}, {"completion", "bash"}, {"help"}, {"--help"}, {"--version"}, {"__complete", "--theme", ""}} {
		if r := ovscope(t, args...); r.code != exitDone || strings.Contains(r.stderr, "nonsense") {
			t.Errorf("%v: code %d, %s", args, r.code, r.stderr)
		}
	}
}

func TestConfigFileThatIsNotThere(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "config.toml")
	if r := ovscope(t, "--demo", "list"); r.code != exitDone {
		t.Errorf("without one: code %d, %s", r.code, r.stderr)
	}
	if r := ovscope(t, "config", "check"); r.code != exitDone || !strings.Contains(r.stdout, "there is no ") {
		t.Errorf("check: code %d, %s%s", r.code, r.stdout, r.stderr)
	}
	for _, args := range [][]string{{"--demo", "list", "--config", missing}, {"--demo", "list", "--config", t.TempDir()}} {
		if r := ovscope(t, args...); r.code != exitUsage || !strings.Contains(r.stderr, args[3]) {
			t.Errorf("%v: code %d, %s", args, r.code, r.stderr)
		}
	}
}

// seen runs the command line up to the verb and returns what it comes to there.
func seen(t *testing.T, args ...string) (globalFlags, tui.Config) {
	t.Helper()
	a := &app{}
	root := a.rootCommand()
	root.RunE = func(*cobra.Command, []string) error { return nil }
	root.SetArgs(args)
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if a.err != nil {
		t.Fatal(a.err)
	}
	var cfg tui.Config
	a.configure(&cfg)
	return a.flags, cfg
}

func TestFlagsBeatTheConfigFile(t *testing.T) {
	file := configFile(t, `
theme = "light"
columns = ["no", "info"]
time = "relative"
buffer = 7
read-only = true
mouse = true
[confirm]
quit = "keep"
foreign = false
[keys]
egress = "f9"
`)
	flags, cfg := seen(t)
	if flags.bufferMiB != 7 || !flags.readOnly || cfg.Theme != "light" || !cfg.Mouse || cfg.TimeFormat != "relative" ||
		strings.Join(cfg.Columns, " ") != "no info" || cfg.OnQuit != tui.QuitKeeps || !cfg.EditForeign || cfg.Keys.Key("egress") != "f9" {
		t.Errorf("of the file's: %+v %+v", flags, cfg)
	}
	flags, cfg = seen(t, "--theme=dark", "--buffer=9", "--read-only=false", "--mouse=false")
	if flags.bufferMiB != 9 || flags.readOnly || cfg.Theme != "dark" || cfg.Mouse {
		t.Errorf("beside flags: %+v %+v", flags, cfg)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	flags, cfg = seen(t)
	if flags.bufferMiB != 64 || flags.readOnly || cfg.Theme != "auto" || cfg.Mouse || cfg.EditForeign {
		t.Errorf("without a file: %+v %+v", flags, cfg)
	}
}

func TestReadOnlyOfTheConfigFileCountsInScripts(t *testing.T) {
	configFile(t, "read-only = true\n")
	if r := ovscope(t, "--demo", "mirror", "clear", "br-int"); r.code == exitDone || !strings.Contains(r.stderr, "read-only") {
		t.Errorf("code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestThemeThatDoesNotExist(t *testing.T) {
	if r := ovscope(t, "--demo", "--theme", "pink"); r.code != exitUsage || !strings.Contains(r.stderr, "high-contrast") {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
}

// The settings that the README shows exist, and mean what it says.
func TestReadmeShowsSettingsThatExist(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```toml\n")
	example, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("the README shows no config file")
	}
	settings, mistakes := config.Parse(example)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if settings.OnQuit != tui.QuitRemoves || settings.Theme != style.HighContrast {
		t.Errorf("it says %+v", settings)
	}
	for _, theme := range style.Themes() {
		if !strings.Contains(example, string(theme)) {
			t.Errorf("theme %s is not named", theme)
		}
	}
}
