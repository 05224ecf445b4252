// Package config reads the config file: what a user wants to be different from the
// start, without saying so in flags.
//
// The settings are data (settings.go): their names, what they mean, what they can
// be. Reading a file, naming everything that is wrong in it with its line, and the
// template with the defaults are derived from that, and the keys from keymap.
package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/tui"
	"ovscope/tui/style"
)

// MaxBufferMiB is more memory for packets than a hypervisor has to spare.
const MaxBufferMiB = 1 << 16

// Settings are what the file says, and the defaults where it says nothing.
type Settings struct {
	Theme      style.Theme
	Columns    []string // of the list of packets, of tui.ColumnNames
	TimeFormat string   // of tui.TimeFormats
	BufferMiB  int
	ReadOnly   bool
	Mouse      bool
	Mask       bool // show stand-ins for addresses
	// OnQuit is what quitting does with what was made.
	OnQuit tui.OnQuit
	// AskForeign asks before the first change of a mirror that is somebody else's.
	AskForeign bool
	Keys       *keymap.Map
}

// Default is what there is without a file.
func Default() Settings {
	return Settings{
		Theme:      style.Themes()[0],
		Columns:    tui.DefaultColumns(),
		TimeFormat: tui.TimeFormats()[0],
		BufferMiB:  live.DefaultStoreBytes >> 20,
		OnQuit:     tui.QuitAnswers()[0],
		AskForeign: true,
		Keys:       keymap.Default(),
	}
}

// Path is where the file is unless a flag says otherwise.
func Path() string { return filepath.Join(xdg.ConfigHome, "ovscope", "config.toml") }

// Mistake is something wrong in a file.
type Mistake struct {
	Line int // from 1
	Text string
}

// Error is all that is wrong with a file, in the order of its lines.
type Error struct {
	File     string
	Mistakes []Mistake
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = fmt.Sprintf("%s:%d: %s", e.File, m.Line, m.Text)
	}
	return strings.Join(lines, "\n")
}

// Load reads a file. What is wrong in it is an *Error; a file that is not there
// is one of os.ReadFile's.
func Load(file string) (Settings, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Default(), err
	}
	settings, mistakes := Parse(string(text))
	if len(mistakes) > 0 {
		return Default(), &Error{file, mistakes}
	}
	return settings, nil
}
