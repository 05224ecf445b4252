// Package style holds what things look like: colours, borders and signs. A
// Styles is built once for a terminal and handed down; it never changes.
//
// Colours are the terminal's own sixteen wherever they carry meaning, so they fit
// the user's theme and cost few bytes; shades of grey are used only where the
// terminal has 256 colours. Nothing means anything by colour alone.
package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Terminal is what styles are built for.
type Terminal struct {
	Profile colorprofile.Profile // at or below colorprofile.ASCII nothing is coloured
	Light   bool                 // the background is light
	Theme   Theme                // "" is Auto
	ASCII   bool                 // only ASCII may be printed
}

// Styles is the look of everything on screen.
type Styles struct {
	Terminal Terminal
	Signs    Signs

	Text, Dim, Bold  Style
	Accent           Style // names of what is in focus
	Good, Warn, Bad  Style
	Egress, Ingress  Style // the arrows → and ←
	Elsewhere        Style // the arrows of other mirrors
	VLAN, Protocol   Style
	Border           Style
	BorderFocus      Style
	Title            Style
	TitleFocus       Style
	Badge, BadgeWarn Style
	Key              Style // a key in the bottom line
	Command          Style // an ovs-vsctl line
	Chosen           Style // the answer that enter takes
	Caret            Style // the cell that is typed into
	Lit              Style // the bytes of the field under the cursor

	selected, blurred func(Style) Style
}

// New builds the styles for a terminal.
func New(t Terminal) *Styles {
	t = t.themed()
	s := &Styles{Terminal: t, Signs: unicodeSigns()}
	if t.ASCII {
		s.Signs = asciiSigns()
	}
	var plain Style
	s.Text, s.Bold, s.Caret = plain, plain.Bold(true), plain.Reverse(true)
	if t.Profile <= colorprofile.ASCII {
		s.withoutColour(plain)
		return s
	}
	if t.Theme == HighContrast {
		s.withContrast(plain)
		return s
	}

	red, green, yellow, blue, magenta, cyan := lipgloss.Red, lipgloss.Green, lipgloss.Yellow, lipgloss.Blue, lipgloss.Magenta, lipgloss.Cyan
	accent := cyan
	if t.Light {
		accent = blue
	}
	s.Dim = plain.Foreground(lipgloss.BrightBlack)
	border := plain.Foreground(lipgloss.BrightBlack)
	if t.Profile >= colorprofile.ANSI256 {
		grey, line := lipgloss.Color("245"), lipgloss.Color("240")
		if t.Light {
			grey, line = lipgloss.Color("242"), lipgloss.Color("249")
		}
		s.Dim, border = plain.Foreground(grey), plain.Foreground(line)
	}
	s.Accent = plain.Foreground(accent).Bold(true)
	s.Good = plain.Foreground(green)
	s.Warn = plain.Foreground(yellow)
	s.Bad = plain.Foreground(red).Bold(true)
	s.Egress = plain.Foreground(green).Bold(true)
	s.Ingress = plain.Foreground(magenta).Bold(true)
	s.Elsewhere = s.Dim
	s.VLAN = plain.Foreground(accent).Bold(true)
	s.Protocol = plain.Foreground(yellow)
	if t.Light {
		s.Protocol = plain.Foreground(magenta)
	}
	s.Border = border
	s.BorderFocus = plain.Foreground(accent)
	s.Title = plain.Bold(true)
	s.TitleFocus = s.Accent
	s.Badge = plain.Foreground(lipgloss.Black).Background(accent)
	s.BadgeWarn = plain.Foreground(lipgloss.Black).Background(yellow)
	s.Key = plain.Foreground(accent).Bold(true)
	s.Command = s.Text
	s.Chosen = plain.Foreground(lipgloss.Black).Background(accent).Bold(true)
	s.Lit = plain.Foreground(lipgloss.Black).Background(yellow)
	if t.Light {
		s.Badge = s.Badge.Foreground(lipgloss.White)
		s.Chosen = s.Chosen.Foreground(lipgloss.White)
	}
	s.selected = func(st Style) Style { return st.Reverse(true) }
	s.blurred = func(st Style) Style { return st.Underline(true) }
	if t.Profile >= colorprofile.ANSI256 {
		strong, weak := lipgloss.Color("24"), lipgloss.Color("236")
		if t.Light {
			strong, weak = lipgloss.Color("153"), lipgloss.Color("254")
		}
		s.selected, s.blurred = onto(strong), onto(weak)
	}
	return s
}

func onto(background color.Color) func(Style) Style {
	return func(st Style) Style { return st.Background(background) }
}

// withoutColour uses weight and reverse video only, for NO_COLOR and for
// terminals without colours.
func (s *Styles) withoutColour(plain Style) {
	bold, reverse := plain.Bold(true), plain.Reverse(true)
	s.Dim, s.Border, s.Elsewhere, s.Command, s.Protocol = plain, plain, plain, plain, plain
	s.Good, s.Warn, s.Bad = plain, bold, bold
	s.Accent, s.Egress, s.Ingress, s.VLAN, s.Title, s.Key = bold, bold, bold, plain, plain, bold
	s.BorderFocus, s.TitleFocus = bold, reverse
	s.Badge, s.BadgeWarn, s.Chosen, s.Lit = reverse, reverse, reverse, reverse
	s.selected = func(st Style) Style { return st.Reverse(true) }
	s.blurred = func(st Style) Style { return st }
}

// Row returns how a style looks on the selected row of a pane that has the focus
// or not.
func (s *Styles) Row(focused bool) func(Style) Style {
	if focused {
		return s.selected
	}
	return s.blurred
}

// Signs are the characters that are not text.
type Signs struct {
	Ellipsis string // one cell
	From, To string // what the guest sends and receives
	// FromElse and ToElse are the same for other mirrors of the bridge.
	FromElse, ToElse     string
	Arrow                string // between source and destination
	Cursor               string // one cell, marks the selected row
	Mark                 string // one cell, a packet that the user marked
	Expanded, Collapsed  string // one cell
	Branch, LastBranch   string // one cell, of a bond's members
	Up, Down, Wrong, Off string // one cell, the state of a link; Off is not known
	Dot, Dash            string // one cell, separators
	Bars                 []string
	Border               Border
}

// Border are the characters of a pane's frame.
type Border struct{ TopLeft, TopRight, BottomLeft, BottomRight, Horizontal, Vertical string }

func unicodeSigns() Signs {
	return Signs{
		Ellipsis: "…",
		From:     "→", To: "←", FromElse: "›", ToElse: "‹",
		Arrow: "→", Cursor: "▸", Mark: "*", Expanded: "▾", Collapsed: "▸", Branch: "├", LastBranch: "└",
		Up: "●", Down: "○", Wrong: "!", Off: "·", Dot: "·", Dash: "–",
		Bars:   []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		Border: Border{"╭", "╮", "╰", "╯", "─", "│"},
	}
}

func asciiSigns() Signs {
	return Signs{
		Ellipsis: "~",
		From:     "->", To: "<-", FromElse: ".>", ToElse: "<.",
		Arrow: "->", Cursor: ">", Mark: "*", Expanded: "-", Collapsed: "+", Branch: "|", LastBranch: "`",
		Up: "*", Down: "o", Wrong: "!", Off: ".", Dot: "-", Dash: "-",
		Bars:   []string{" ", "_", ".", ":", "-", "=", "+", "*", "#"},
		Border: Border{"+", "+", "+", "+", "-", "|"},
	}
}

// Say is a text of our own with the signs that the terminal can show.
func (s *Styles) Say(text string) string {
	if !s.Terminal.ASCII {
		return text
	}
	return strings.NewReplacer("→", "->", "←", "<-", "↑", "up ", "↓", "down ", "…", "...", "–", "-", "×", "x", "·", "-").Replace(text)
}
