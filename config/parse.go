package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"ovscope/keymap"
)

// keysTable holds the keys of actions.
const keysTable = "keys"

// maxMistakes bounds what is said of a file that is no config file at all.
const maxMistakes = 50

// Parse reads the text of a file: the settings, or everything that is wrong, by
// line.
func Parse(text string) (Settings, []Mistake) {
	f := &file{settings: Default(), keys: map[keymap.ID][]string{}, lines: map[keymap.ID]int{}}
	f.decode(text)
	for _, name := range slices.Sorted(maps.Keys(f.top)) {
		f.read("", name, f.top[name])
	}
	f.override()
	slices.SortStableFunc(f.mistakes, func(a, b Mistake) int { return a.Line - b.Line })
	return f.settings, f.mistakes
}

// file is a file that is being read.
type file struct {
	md       toml.MetaData
	top      map[string]toml.Primitive
	settings Settings
	keys     map[keymap.ID][]string
	lines    map[keymap.ID]int // of the keys
	mistakes []Mistake
}

func (f *file) wrong(line int, format string, args ...any) {
	if len(f.mistakes) < maxMistakes {
		f.mistakes = append(f.mistakes, Mistake{line, fmt.Sprintf(format, args...)})
	}
}

// decode reads the text as TOML. Where that fails it notes why, and reads on
// without what failed.
func (f *file) decode(text string) {
	for {
		top, md, err := decode(text)
		if err == nil {
			f.top, f.md = top, md
			return
		}
		f.wrong(err.Position.Line, "%s", err.Message)
		if len(f.mistakes) == maxMistakes {
			return
		}
		text = without(text, err.Position.Line)
	}
}

func decode(text string) (map[string]toml.Primitive, toml.MetaData, *toml.ParseError) {
	var top map[string]toml.Primitive
	md, err := toml.Decode(text, &top)
	if err == nil {
		return top, md, nil
	}
	var at toml.ParseError
	if !errors.As(err, &at) {
		at.Message = strings.TrimPrefix(err.Error(), "toml: ")
	}
	// The library counts the end of a line to the next one, now and then.
	before := text[:max(0, min(at.Position.Start, len(text)))]
	at.Position.Line = 1 + strings.Count(before, "\n")
	return nil, md, &at
}

// without blanks out the statement that the parser failed at in a line. A list or
// text that was not closed only shows in the statement after it, so the one before
// goes instead where the parser then comes further.
func without(text string, line int) string {
	lines := strings.Split(text, "\n")
	at := line - 1
	from := start(lines, at)
	this := blank(lines, from, end(lines, at))
	if from == 0 {
		return this
	}
	before := blank(lines, start(lines, from-1), at)
	if reach(before) > reach(this) {
		return before
	}
	return this
}

// statement matches the first line of one.
var statement = regexp.MustCompile(`^\s*(\[|("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=)`)

// start is the line in which the statement around a line begins; end that behind it.
func start(lines []string, at int) int {
	for at > 0 && !statement.MatchString(lines[at]) {
		at--
	}
	return at
}

func end(lines []string, at int) int {
	at++
	for at < len(lines) && !statement.MatchString(lines[at]) {
		at++
	}
	return at
}

func blank(lines []string, from, to int) string {
	lines = slices.Clone(lines)
	for i := from; i < to; i++ {
		lines[i] = ""
	}
	return strings.Join(lines, "\n")
}

// reach is the line in which parsing fails.
func reach(text string) int {
	if _, _, err := decode(text); err != nil {
		return err.Position.Line
	}
	return strings.Count(text, "\n") + 2
}

// read takes one key of a table.
func (f *file) read(table, name string, p toml.Primitive) {
	var v any
	if err := f.md.PrimitiveDecode(p, &v); err != nil {
		f.wrong(f.line(p), "%v", err)
		return
	}
	if table == keysTable {
		f.readKeys(name, value{v}, f.line(p))
		return
	}
	settings := allSettings()
	for _, s := range settings {
		if s.table == table && s.name == name {
			if err := s.set(&f.settings, value{v}); err != nil {
				f.wrong(f.line(p), "%s: %v", s.key(), err)
			}
			return
		}
	}
	isTable := name == keysTable || slices.ContainsFunc(settings, func(s setting) bool { return s.table == name })
	if table != "" || !isTable {
		f.wrong(f.line(p), "there is no setting %q; there are %s", setting{table: table, name: name}.key(), names(settings, table))
		return
	}
	var inside map[string]toml.Primitive
	if _, ok := v.(map[string]any); !ok || f.md.PrimitiveDecode(p, &inside) != nil {
		f.wrong(f.line(p), "%s: %v", name, value{v}.wrong("a table, ["+name+"]"))
		return
	}
	for _, n := range slices.Sorted(maps.Keys(inside)) {
		f.read(name, n, inside[n])
	}
}

// names are the settings of a table and, at the top, the tables.
func names(settings []setting, table string) string {
	var list []string
	for _, s := range settings {
		switch {
		case s.table == table:
			list = append(list, s.key())
		case table == "" && !slices.Contains(list, "["+s.table+"]"):
			list = append(list, "["+s.table+"]")
		}
	}
	if table == "" {
		list = append(list, "["+keysTable+"]")
	}
	return strings.Join(list, ", ")
}

// readKeys takes the keys of an action: one text or a list.
func (f *file) readKeys(name string, v value, line int) {
	keys, err := v.list()
	if text, ok := v.any.(string); ok {
		keys, err = []string{text}, nil
	}
	if err != nil {
		f.wrong(line, "%s.%s: %v", keysTable, name, v.wrong(`a key like "e" or a list like ["e", "ctrl+e"]`))
		return
	}
	f.keys[keymap.ID(name)], f.lines[keymap.ID(name)] = keys, line
}

// override puts the file's keys over the built-in ones.
func (f *file) override() {
	m, err := f.settings.Keys.Override(f.keys)
	if err == nil {
		f.settings.Keys = m
		return
	}
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		f.wrong(1, "%v", err)
		return
	}
	for _, err := range all.Unwrap() {
		f.wrong(f.lineOf(err), "%v", err)
	}
}

// lineOf is the line to which an error of keymap belongs: of a conflict, the last
// of those that are in the file.
func (f *file) lineOf(err error) int {
	var (
		unknown  *keymap.UnknownActionError
		noKey    *keymap.NoKeyError
		bad      *keymap.BadKeyError
		conflict *keymap.ConflictError
	)
	line := 1
	switch {
	case errors.As(err, &unknown):
		line = f.lines[unknown.ID]
	case errors.As(err, &noKey):
		line = f.lines[noKey.ID]
	case errors.As(err, &bad):
		line = f.lines[bad.ID]
	case errors.As(err, &conflict):
		for _, id := range conflict.Actions {
			line = max(line, f.lines[id])
		}
	}
	return line
}

// line is where a value stands.
func (f *file) line(p toml.Primitive) int {
	var at toml.ParseError
	if err := f.md.PrimitiveDecode(p, &marker{}); errors.As(err, &at) && at.Position.Line > 0 {
		return at.Position.Line
	}
	return f.firstLine(p)
}

// firstLine is that of the first value in a table, for the library knows no line
// of some tables; 1 when it is empty.
func (f *file) firstLine(p toml.Primitive) int {
	var inside map[string]toml.Primitive
	if f.md.PrimitiveDecode(p, &inside) != nil {
		return 1
	}
	first := 0
	for _, in := range inside {
		if l := f.line(in); first == 0 || l < first {
			first = l
		}
	}
	return max(1, first)
}

// marker refuses every value, to which the library adds the value's position.
type marker struct{}

var errMarked = errors.New("marked")

func (*marker) UnmarshalTOML(any) error { return errMarked }
