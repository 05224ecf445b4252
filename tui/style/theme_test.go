package style

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// palette is a word in every style, on rows that are selected or not.
func palette(s *Styles) string {
	var b strings.Builder
	all := []Style{
		s.Text, s.Dim, s.Bold, s.Accent, s.Good, s.Warn, s.Bad, s.Egress, s.Ingress, s.Elsewhere, s.VLAN, s.Protocol,
		s.Border, s.BorderFocus, s.Title, s.TitleFocus, s.Badge, s.BadgeWarn, s.Key, s.Command, s.Chosen, s.Caret, s.Lit,
	}
	for _, st := range all {
		for _, look := range []Style{st, s.Row(true)(st), s.Row(false)(st)} {
			b.WriteString(look.Render("x") + "\n")
		}
	}
	return b.String()
}

var (
	colours256 = regexp.MustCompile(`[34]8;5;`)
	colours    = regexp.MustCompile(`\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)
	greys      = regexp.MustCompile(`[34]8;5;2[345]\d|[;\[]90m`)
)

func of(theme Theme, p colorprofile.Profile, light bool) string {
	return palette(New(Terminal{Profile: p, Light: light, Theme: theme}))
}

func TestThemes(t *testing.T) {
	const most = colorprofile.TrueColor
	dark, light := of(Auto, most, false), of(Auto, most, true)
	switch {
	case dark == light:
		t.Error("auto looks the same on dark and light")
	case of("", most, true) != light:
		t.Error("no theme is not auto")
	case of(Dark, most, true) != dark || of(Light, most, false) != light:
		t.Error("dark or light depends on what the terminal says")
	case !colours256.MatchString(dark) || colours256.MatchString(of(Sixteen, most, false)+of(Sixteen, most, true)):
		t.Error("16 uses more than sixteen colours")
	case of(Sixteen, most, true) != of(Auto, colorprofile.ANSI, true):
		t.Error("16 is not what a terminal with sixteen colours gets")
	case !greys.MatchString(dark) || greys.MatchString(of(HighContrast, most, false)+of(HighContrast, most, true)):
		t.Error("high contrast has grey in it")
	case of(HighContrast, most, false) == of(HighContrast, most, true):
		t.Error("high contrast does not care about the background")
	}
	for _, theme := range Themes() {
		for _, p := range []colorprofile.Profile{colorprofile.NoTTY, colorprofile.ASCII} {
			if found := colours.FindString(of(theme, p, false)); found != "" {
				t.Errorf("%s: %q on a terminal without colours", theme, found)
			}
		}
	}
}
