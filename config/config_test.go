package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ovscope/keymap"
)

func TestParseTakesEverySetting(t *testing.T) {
	s, mistakes := Parse(`
theme = "high-contrast"
columns = [
  "no", # first
  "info",
]
time = "relative"
buffer = 128
read-only = true
mouse = true
confirm.quit = "keep"
confirm.foreign = false
[keys]
egress = "ctrl+x"
"up" = ["k", "ctrl+p"]
`)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	keys := s.Keys
	s.Keys = nil
	want := Settings{
		Theme: "high-contrast", Columns: []string{"no", "info"}, TimeFormat: "relative", BufferMiB: 128,
		ReadOnly: true, Mouse: true, OnQuit: "keep",
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	for key, id := range map[string]keymap.ID{"ctrl+x": keymap.Egress, "ctrl+p": keymap.Up, "i": keymap.Ingress} {
		if a, _ := keys.Lookup(key); a.ID != id {
			t.Errorf("%q does %q, want %q", key, a.ID, id)
		}
	}
	if a, ok := keys.Lookup("e"); ok {
		t.Errorf("e still does %q", a.ID)
	}
}

// mistakes are written as "line: text" in the tests.
func listed(mistakes []Mistake) []string {
	var list []string
	for _, m := range mistakes {
		list = append(list, fmt.Sprintf("%d: %s", m.Line, m.Text))
	}
	return list
}

// wanted matches lines against patterns one to one.
func wanted(t *testing.T, got []Mistake, patterns ...string) {
	t.Helper()
	lines := listed(got)
	if len(lines) != len(patterns) {
		t.Errorf("%d mistakes, want %d:\n%s", len(lines), len(patterns), strings.Join(lines, "\n"))
		return
	}
	for i, p := range patterns {
		if !regexp.MustCompile("^" + p).MatchString(lines[i]) {
			t.Errorf("%q does not match %q", lines[i], p)
		}
	}
}

func TestParseNamesEveryMistakeWithItsLine(t *testing.T) {
	_, mistakes := Parse(`# a comment
colour = "red"
theme = "drak"
columns = ["time", "tiem"]
time = 5
buffer = 0
read-only = "yes"
mouse = [true]

[confirm]
quit = "remove"
foregin = true

[keys]
egress = "i"
both = ["banana", "B"]
fly = "f"
quit = []
help = 1

[colours]
good = "green"
`)
	wanted(t, mistakes,
		`2: there is no setting "colour"; there are theme, columns, .*\[confirm\], \[keys\]`,
		`3: theme: "drak" is none of auto, dark`,
		`4: columns: .*"tiem".*vlan`,
		`5: time: wants a text in quotes, not a number`,
		`6: buffer: wants 1 to 65536, not 0`,
		`7: read-only: wants true or false, not a text`,
		`8: mouse: wants true or false, not a list`,
		`12: there is no setting "confirm.foregin"; there are confirm.quit, confirm.foreign`,
		`15: key "i" does two things: egress and ingress`,
		`16: action "both": "banana" is no key`,
		`17: there is no action "fly"`,
		`18: action "quit" needs a key`,
		`19: keys.help: wants a key .*, not a number`,
		`2[12]: there is no setting "colours"`,
	)
}

func TestParseReadsOnBehindWhatIsNoTOML(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"no quotes":         {"theme = dark\nbuffer = 0\n", []string{"1: ", "2: buffer: wants"}},
		"a list not closed": {"columns = [\"time\",\ntheme = \"drak\"\nbuffer = 0\n", []string{"2: ", "2: theme: ", "3: buffer: "}},
		"no comma":          {"columns = [\n  \"time\"\n  \"info\"\n]\nbuffer = 0\n", []string{"[23]: ", "5: buffer: "}},
		"said twice":        {"buffer = 1\nbuffer = 2\nmouse = 1\n", []string{"2: .*already", "3: mouse: "}},
		"a text not closed": {"theme = \"dark\nbuffer = 0\n", []string{"1: ", "2: buffer: "}},
		"no value":          {"theme =\nbuffer = 0\n", []string{"1: ", "2: buffer: "}},
		"no statement":      {"hello\nbuffer = 0\n", []string{"[12]: ", "2: buffer: "}},
		"a table not closed": {
			"[keys\negress = \"i\"\nbuffer = 0\n", // the rest is then at the top
			[]string{"1: ", `2: there is no setting "egress"`, "3: buffer: "},
		},
		"not UTF-8":      {"theme = \"\xff\"\nbuffer = 0\n", []string{"1: ", "2: buffer: "}},
		"a table wanted": {"keys = 3\nconfirm = [1]\n", []string{`1: keys: wants a table, \[keys\], not a number`, "2: confirm: wants a table"}},
		"empty":          {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, mistakes := Parse(test.text)
			wanted(t, mistakes, test.want...)
		})
	}
}

func TestConflictIsTheLineThatMadeIt(t *testing.T) {
	_, mistakes := Parse("[keys]\negress = \"x\"\n\ningress = [\"i\", \"x\"]\n")
	wanted(t, mistakes, `4: key "x" does two things: egress and ingress`)
}

// Whatever a file says, reading it ends and says where.
func FuzzParse(f *testing.F) {
	f.Add(Template())
	f.Add(uncommented())
	f.Add("keys = 3\n[[confirm]]\nquit = {a = [1, 'x']}\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, mistakes := Parse(text)
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > strings.Count(text, "\n")+1 || m.Text == "" {
				t.Errorf("%+v in %q", m, text)
			}
		}
	})
}

// uncommented is the template with everything said.
func uncommented() string {
	return regexp.MustCompile(`(?m)^#([a-z0-9-]+ = )`).ReplaceAllString(Template(), "$1")
}

func TestTemplateSaysTheDefaults(t *testing.T) {
	for name, text := range map[string]string{"as it is": Template(), "uncommented": uncommented()} {
		s, mistakes := Parse(text)
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", name, listed(mistakes))
		}
		got, want := s.Keys.Actions(), keymap.Default().Actions()
		s.Keys = nil
		defaults := Default()
		defaults.Keys = nil
		if d := cmp.Diff(defaults, s) + cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	// It says everything: each of its lines, wrong, is noticed.
	for _, s := range allSettings() {
		if !strings.Contains(Template(), "\n#"+s.name+" = ") {
			t.Errorf("%s is not in the template", s.key())
		}
	}
	for _, a := range keymap.Default().Actions() {
		if !strings.Contains(Template(), "\n#"+string(a.ID)+" = ") {
			t.Errorf("action %s is not in the template", a.ID)
		}
	}
}

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	if _, err := Load(file); !os.IsNotExist(err) {
		t.Errorf("of no file it says %v", err)
	}
	if err := os.WriteFile(file, []byte("mouse = true\nbuffer = -1\ntheme = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file)
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], file+":2: ") || !strings.HasPrefix(lines[1], file+":3: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestPathFollowsXDG(t *testing.T) {
	if !slices.Contains(strings.Split(Path(), string(filepath.Separator)), "ovscope") || filepath.Base(Path()) != "config.toml" {
		t.Errorf("the file is %s", Path())
	}
}
