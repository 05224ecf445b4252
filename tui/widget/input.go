package widget

import (
	"slices"
	"strings"
	"unicode"

	"ovscope/tui/style"
)

// Input is one line of text that is being typed. The zero value is empty.
type Input struct {
	text   []rune
	cursor int // before which character
	offset int // the first character on screen
	width  int // cells when it was last drawn
}

// maxInput bounds what can be typed or pasted, in characters.
const maxInput = 4096

// Text is what has been typed.
func (in *Input) Text() string { return string(in.text) }

// Set replaces the text and puts the cursor at its end.
func (in *Input) Set(text string) {
	in.text, in.cursor, in.offset = nil, 0, 0
	in.Insert(text)
}

// Insert puts text at the cursor; what cannot be printed is left out.
func (in *Input) Insert(text string) {
	var clean []rune
	for _, r := range text {
		if unicode.IsPrint(r) && len(in.text)+len(clean) < maxInput {
			clean = append(clean, r)
		}
	}
	in.text = slices.Insert(in.text, in.cursor, clean...)
	in.cursor += len(clean)
}

// Key edits the text, by bubbletea's name of a key. It reports whether the key
// means anything here.
func (in *Input) Key(key string) bool {
	switch key {
	case "left", "ctrl+b":
		in.cursor = max(0, in.cursor-1)
	case "right", "ctrl+f":
		in.cursor = min(len(in.text), in.cursor+1)
	case "home", "ctrl+a":
		in.cursor = 0
	case "end", "ctrl+e":
		in.cursor = len(in.text)
	case "backspace", "ctrl+h":
		in.cut(in.cursor-1, in.cursor)
	case "delete", "ctrl+d":
		in.cut(in.cursor, in.cursor+1)
	case "ctrl+u":
		in.cut(0, in.cursor)
	case "ctrl+k":
		in.cut(in.cursor, len(in.text))
	case "ctrl+w":
		in.cut(in.wordStart(), in.cursor)
	default:
		return false
	}
	return true
}

func (in *Input) cut(from, to int) {
	from, to = max(0, from), min(to, len(in.text))
	if from >= to {
		return
	}
	in.text = slices.Delete(in.text, from, to)
	if in.cursor >= to {
		in.cursor -= to - from
	} else {
		in.cursor = min(in.cursor, from)
	}
}

func (in *Input) wordStart() int {
	i := in.cursor
	for i > 0 && in.text[i-1] == ' ' {
		i--
	}
	for i > 0 && in.text[i-1] != ' ' {
		i--
	}
	return i
}

// Draw returns the part around the cursor in exactly width cells.
func (in *Input) Draw(width int, st *style.Styles) string {
	in.width = width
	in.offset = min(in.offset, in.cursor)
	first, room := in.cursor, width-1
	for first > in.offset { // from the cursor back: much may have been pasted
		if room -= in.cells(first-1, first); room < 0 {
			break
		}
		first--
	}
	in.offset = first
	line := NewLine(width, "")
	line.Put(st.Text, string(in.text[in.offset:in.cursor]))
	under, rest := " ", ""
	if in.cursor < len(in.text) {
		under, rest = string(in.text[in.cursor]), string(in.text[in.cursor+1:])
	}
	return line.Put(st.Caret, under).Put(st.Text, rest).String()
}

// Cell is where a character was last drawn, in cells from the left; false when it
// was not on screen. The character after the last has a place, too.
func (in *Input) Cell(i int) (int, bool) {
	if i < in.offset || i > len(in.text) {
		return 0, false
	}
	c := in.cells(in.offset, i)
	return c, c < in.width
}

func (in *Input) cells(from, to int) int {
	n := 0
	for _, r := range in.text[from:to] {
		n += Width(Safe(string(r)))
	}
	return n
}

// Caret is a mark under cell at, with a text beside it, in width cells: to its
// right if there is room, else to its left.
func Caret(at int, text string, width int, tail string) string {
	text = Safe(text)
	switch {
	case at+2+Width(text) <= width || at < width/2:
		return Cut(Spaces(at)+"^ "+text, width, tail)
	case Width(text)+1 <= at:
		return Spaces(at-Width(text)-1) + text + " ^"
	}
	return Cut(strings.TrimSpace(text), width, tail)
}
