package style

import (
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// A Style makes of a text what lipgloss's style of the same looks makes of it.
func TestStyleRendersAsLipgloss(t *testing.T) {
	for name, c := range map[string]struct {
		ours   Style
		theirs lipgloss.Style
	}{
		"plain":    {Style{}, lipgloss.NewStyle()},
		"bold":     {Style{}.Bold(true), lipgloss.NewStyle().Bold(true)},
		"not bold": {Style{}.Bold(true).Bold(false), lipgloss.NewStyle().Bold(true).Bold(false)},
		"reverse":  {Style{}.Reverse(true).Bold(true), lipgloss.NewStyle().Reverse(true).Bold(true)},
		"colours": {
			Style{}.Foreground(lipgloss.Red).Background(lipgloss.Color("24")).Bold(true),
			lipgloss.NewStyle().Foreground(lipgloss.Red).Background(lipgloss.Color("24")).Bold(true),
		},
		"true colour": {
			Style{}.Foreground(lipgloss.Color("#12ab34")), lipgloss.NewStyle().Foreground(lipgloss.Color("#12ab34")),
		},
	} {
		for _, text := range []string{"", "tap1", "  gap  ", "日本 → x"} {
			if got, want := c.ours.Render(text), c.theirs.Render(text); got != want && text != "" {
				t.Errorf("%s: %q becomes %q, want %q", name, text, got, want)
			}
		}
	}
}

func TestRenderOfNothingIsNothing(t *testing.T) {
	if got := New(Terminal{Profile: colorprofile.ANSI256}).Accent.Render(""); got != "" {
		t.Errorf("an empty text becomes %q", got)
	}
}
