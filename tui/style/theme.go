package style

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Theme is a choice of colours, by the name that flags and the config file have
// for it.
type Theme string

// The themes.
const (
	Auto         Theme = "auto" // dark or light, as the terminal says its background is
	Dark         Theme = "dark"
	Light        Theme = "light"
	HighContrast Theme = "high-contrast" // nothing is dimmed, on dark and light backgrounds
	Sixteen      Theme = "16"            // the terminal's own sixteen colours only
)

// Themes lists the themes; the first is what there is without a choice.
func Themes() []Theme { return []Theme{Auto, Dark, Light, HighContrast, Sixteen} }

// AsksBackground reports whether the theme depends on the terminal's background.
func (t Theme) AsksBackground() bool { return t != Dark && t != Light }

// themed is the terminal as its theme wants it to be seen.
func (t Terminal) themed() Terminal {
	switch t.Theme {
	case Dark:
		t.Light = false
	case Light:
		t.Light = true
	case Sixteen:
		t.Profile = min(t.Profile, colorprofile.ANSI)
	case Auto, HighContrast:
	}
	return t
}

// withContrast writes everything in the terminal's own foreground, or in what
// stands out from any background: no grey, and no colour that is as light or as
// dark as the background.
func (s *Styles) withContrast(plain Style) {
	s.withoutColour(plain)
	bold := plain.Bold(true)
	onYellow := bold.Foreground(lipgloss.Black).Background(lipgloss.BrightYellow)
	s.Good, s.Warn = bold.Foreground(lipgloss.BrightGreen), bold.Foreground(lipgloss.BrightYellow)
	s.VLAN, s.Key = bold.Foreground(lipgloss.BrightCyan), bold.Foreground(lipgloss.BrightCyan)
	if s.Terminal.Light {
		s.Good, s.Warn = bold, onYellow
		s.VLAN, s.Key = bold.Foreground(lipgloss.Blue), bold.Foreground(lipgloss.Blue)
	}
	s.Bad = bold.Foreground(lipgloss.BrightWhite).Background(lipgloss.Red)
	s.BadgeWarn, s.Lit = onYellow, onYellow
	s.selected = func(Style) Style { return bold.Reverse(true) }
	s.blurred = func(st Style) Style { return st.Underline(true) }
}
