package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"ovscope/tui"
	"ovscope/tui/style"
)

// setting is one line of the file.
type setting struct {
	table, name string // table is "" at the top
	// help says what it is for, and choices what it can be.
	help    string
	choices []string
	// value of some settings, for the template.
	value func(Settings) any
	// set reads it; what is wrong comes back in words.
	set func(*Settings, value) error
}

// key is how people name it: "confirm.quit".
func (s setting) key() string {
	if s.table == "" {
		return s.name
	}
	return s.table + "." + s.name
}

// allSettings are in the order of the template. The keys of actions are apart:
// they are keymap's.
func allSettings() []setting {
	return []setting{
		{
			name: "theme", help: "Colours. auto is dark or light, as the terminal says.", choices: texts(style.Themes()),
			value: func(s Settings) any { return string(s.Theme) },
			set: func(s *Settings, v value) error {
				text, err := v.oneOf(texts(style.Themes()))
				s.Theme = style.Theme(text)
				return err
			},
		},
		{
			name: "columns", help: "Columns of the packets, in this order.", choices: tui.ColumnNames(),
			value: func(s Settings) any { return s.Columns },
			set: func(s *Settings, v value) (err error) {
				if s.Columns, err = v.list(); err != nil {
					return err
				}
				return tui.CheckColumns(s.Columns)
			},
		},
		{
			name: "time", help: "How a packet's time is shown.", choices: tui.TimeFormats(),
			value: func(s Settings) any { return s.TimeFormat },
			set: func(s *Settings, v value) (err error) {
				if s.TimeFormat, err = v.text(); err != nil {
					return err
				}
				return tui.CheckTimeFormat(s.TimeFormat)
			},
		},
		{
			name: "buffer", help: "The memory for packets in MiB; the oldest make room.",
			value: func(s Settings) any { return s.BufferMiB },
			set: func(s *Settings, v value) (err error) {
				s.BufferMiB, err = v.number(1, MaxBufferMiB)
				return err
			},
		},
		{
			name: "read-only", help: "Change nothing in Open vSwitch.",
			value: func(s Settings) any { return s.ReadOnly },
			set: func(s *Settings, v value) (err error) {
				s.ReadOnly, err = v.truth()
				return err
			},
		},
		{
			name: "mouse", help: "Click to select and scroll with the wheel; text is then selected with shift.",
			value: func(s Settings) any { return s.Mouse },
			set: func(s *Settings, v value) (err error) {
				s.Mouse, err = v.truth()
				return err
			},
		},
		{
			name: "mask", help: "Show stand-ins for all addresses; nothing is written to files.",
			value: func(s Settings) any { return s.Mask },
			set: func(s *Settings, v value) (err error) {
				s.Mask, err = v.truth()
				return err
			},
		},
		{
			table: "confirm", name: "quit", help: "What quitting does with what the run has made or changed.", choices: texts(tui.QuitAnswers()),
			value: func(s Settings) any { return string(s.OnQuit) },
			set: func(s *Settings, v value) error {
				text, err := v.oneOf(texts(tui.QuitAnswers()))
				s.OnQuit = tui.OnQuit(text)
				return err
			},
		},
		{
			table: "confirm", name: "foreign", help: "Ask before the first change of a mirror that is somebody else's.",
			value: func(s Settings) any { return s.AskForeign },
			set: func(s *Settings, v value) (err error) {
				s.AskForeign, err = v.truth()
				return err
			},
		},
	}
}

func texts[T ~string](all []T) []string {
	list := make([]string, len(all))
	for i, t := range all {
		list[i] = string(t)
	}
	return list
}

// value is what a file says, as the TOML library has it.
type value struct{ any }

func (v value) text() (string, error) {
	text, ok := v.any.(string)
	if !ok {
		return "", v.wrong(`a text in quotes`)
	}
	return text, nil
}

func (v value) oneOf(choices []string) (string, error) {
	text, err := v.text()
	if err == nil && !slices.Contains(choices, text) {
		err = fmt.Errorf("%q is none of %s", text, strings.Join(choices, ", "))
	}
	return text, err
}

// list reads a list of texts.
func (v value) list() ([]string, error) {
	items, ok := v.any.([]any)
	if !ok {
		return nil, v.wrong(`a list like ["…", "…"]`)
	}
	list := make([]string, len(items))
	for i, item := range items {
		if list[i], ok = item.(string); !ok {
			return nil, value{item}.wrong(`a list of texts in quotes`)
		}
	}
	return list, nil
}

func (v value) number(least, most int) (int, error) {
	n, ok := v.any.(int64)
	if !ok {
		return 0, v.wrong("a number")
	}
	if n < int64(least) || n > int64(most) {
		return 0, fmt.Errorf("wants %d to %d, not %d", least, most, n)
	}
	return int(n), nil
}

func (v value) truth() (bool, error) {
	b, ok := v.any.(bool)
	if !ok {
		return false, v.wrong("true or false")
	}
	return b, nil
}

// wrong says what the value should have been and what it is.
func (v value) wrong(want string) error {
	is := "a date or time"
	switch v.any.(type) {
	case string:
		is = "a text"
	case int64, float64:
		is = "a number"
	case bool:
		is = "true or false"
	case []any:
		is = "a list"
	case map[string]any, []map[string]any, map[string]toml.Primitive:
		is = "a table"
	}
	return fmt.Errorf("wants %s, not %s", want, is)
}
