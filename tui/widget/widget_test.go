package widget

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"ovscope/tui/style"
)

func TestFitIsExact(t *testing.T) {
	for _, s := range []string{"", "a", "abcdef", "日本語", "👨‍👩‍👧", "é", "e\u0301", "\u202eabc", "❤️", "a\tb\x1b[31m"} {
		for w := range 10 {
			for name, got := range map[string]string{"Fit": Fit(s, w, "…"), "FitRight": FitRight(s, w, "…")} {
				if Width(got) != w || ansi.StringWidthWc(got) != w {
					t.Errorf("%s(%q, %d) = %q, %d cells", name, s, w, got, Width(got))
				}
			}
		}
	}
}

func TestCutMarksWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{{"hello", 5, "hello"}, {"hello", 4, "hel…"}, {"hello", 1, "…"}, {"hello", 0, ""}, {"日本語", 4, "日…"}, {"Grüße", 4, "Grü…"}, {"a→b→c", 3, "a→…"}} {
		if got := Cut(c.in, c.w, "…"); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain":               "plain",
		"Grüße 日本":            "Grüße 日本",
		"\u202eevil":          "evil",
		"a\u200bb":            "ab",
		"e\u0301\u0302\u0303": "e\u0301\u0302",
		"x\x1b[2J":            "x[2J",
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

// Characters that are counted without looking at clusters take one cell for every
// terminal, whatever is before them.
func TestNarrowCharactersTakeOneCell(t *testing.T) {
	n := 0
	for r := range rune(0x10000) {
		if !narrow(r) {
			continue
		}
		n++
		for _, s := range []string{string(r), "a" + string(r), string(r) + "…", "日" + string(r)} {
			slow := ansi.StringWidth(s)
			if want := len([]rune(s)); slow != want && !strings.HasPrefix(s, "日") || slow != ansi.StringWidthWc(s) || Width(s) != slow {
				t.Errorf("%q (U+%04X) is %d cells, %d without clusters; Width says %d", s, r, slow, ansi.StringWidthWc(s), Width(s))
			}
		}
		if got := Safe("日" + string(r)); got != "日"+string(r) { // 日 makes it look at every cluster
			t.Errorf("U+%04X does not pass Safe: %q", r, got)
		}
	}
	if n < 100 {
		t.Errorf("only %d characters are narrow", n)
	}
}

func TestOverlayKeepsTheWidth(t *testing.T) {
	base := []string{"日本語日本語日本語", "abcdefghijklmnopqr", "\x1b[1m日a本b語c日d本\x1b[m    "}
	for x := range 14 {
		for i, line := range Overlay(base, []string{"####", "####", "####"}, x, 0, 18) {
			if Width(line) != 18 {
				t.Errorf("at %d, line %d is %d cells wide: %q", x, i, Width(line), line)
			}
			if got := ansi.Strip(ansi.Cut(line, x, x+4)); got != "####" {
				t.Errorf("at %d, line %d shows %q", x, i, got)
			}
		}
	}
}

func TestSparkline(t *testing.T) {
	bars := []string{" ", ".", ":", "|"}
	for _, c := range []struct {
		name   string
		values []float64
		width  int
		want   string
		full   float64
	}{
		{"nothing", nil, 4, "    ", 0},
		{"all zero", []float64{0, 0}, 4, "    ", 0},
		{"newest on the right", []float64{1, 3}, 4, "  .|", 3},
		{"older ones leave", []float64{9, 1, 2, 3}, 3, ".:|", 3},
		{"little is not nothing", []float64{0.001, 100}, 2, ".|", 100},
		{"no room", []float64{1}, 0, "", 0},
	} {
		if got, full := Sparkline(c.values, c.width, bars); got != c.want || full != c.full {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, full, c.want, c.full)
		}
	}
}

func TestListKeepsTheCursorOnScreen(t *testing.T) {
	var l List
	for _, step := range []struct{ delta, count, height, cursor, offset int }{
		{1, 10, 4, 1, 0},
		{3, 10, 4, 4, 1},
		{100, 10, 4, 9, 6},
		{-2, 10, 4, 7, 6},
		{-3, 10, 4, 4, 4},
		{0, 3, 4, 2, 0},
		{0, 0, 4, 0, 0},
		{5, 10, 20, 5, 0},
	} {
		l.Move(step.delta, step.count, step.height)
		if l.Cursor != step.cursor || l.Offset != step.offset {
			t.Fatalf("after %+v: cursor %d, offset %d", step, l.Cursor, l.Offset)
		}
	}
}

// A command that is cut must not look whole.
func TestDialogSaysThatItsTextIsCut(t *testing.T) {
	st := style.New(style.Terminal{})
	d := Dialog{Body: []Paragraph{{Text: "one two three four five six seven eight nine"}}, Answers: []string{"yes"}}
	whole := strings.Join(d.Draw(24, 12, st), "\n")
	if strings.Contains(whole, st.Signs.Ellipsis) {
		t.Errorf("nothing is cut here:\n%s", whole)
	}
	if cut := strings.Join(d.Draw(24, 5, st), "\n"); !strings.Contains(cut, st.Signs.Ellipsis) || !strings.Contains(cut, "yes") {
		t.Errorf("this is cut:\n%s", cut)
	}
}

func TestDialogAlwaysShowsItsAnswers(t *testing.T) {
	st := style.New(style.Terminal{Profile: colorprofile.ASCII})
	d := Dialog{
		Title: "A title that is longer than it should be", Hint: "enter answers",
		Body:    []Paragraph{{Text: strings.Repeat("many words ", 80)}},
		Answers: []string{"yes", "no"},
	}
	for w := 14; w < 130; w += 9 {
		for h := 6; h < 40; h += 3 {
			box := d.Draw(w, h, st)
			if len(box) > h {
				t.Fatalf("%d×%d: %d lines", w, h, len(box))
			}
			for _, line := range box {
				if Width(line) > w || Width(line) != Width(box[0]) {
					t.Fatalf("%d×%d: %d cells: %q", w, h, Width(line), line)
				}
			}
			text := strings.Join(box, "\n")
			if !strings.Contains(text, "yes") || !strings.Contains(text, "no") {
				t.Fatalf("%d×%d: no answers in\n%s", w, h, text)
			}
		}
	}
	d.Move(-1)
	if d.Chosen != 1 {
		t.Error("moving up from the first answer does not reach the last")
	}
}

func TestBoxIsExact(t *testing.T) {
	border := style.New(style.Terminal{}).Signs.Border
	for w := 2; w < 40; w++ {
		for _, line := range (Box{Border: border, Title: "a title", Right: "right", Bottom: "the bottom"}).Draw(w, 4) {
			if Width(line) != w {
				t.Errorf("%d cells, want %d: %q", Width(line), w, line)
			}
		}
	}
}

func TestInputShowsTheTextAroundItsCursor(t *testing.T) {
	st := style.New(style.Terminal{Profile: colorprofile.ASCII})
	var in Input
	in.Insert(strings.Repeat("0123456789", 400) + "日本")
	for _, c := range []struct{ key, want string }{
		{"", "56789日本 "}, {"left", "56789日本 "}, {"left", "56789日本 "}, {"home", "0123456789"}, {"end", "56789日本 "},
	} {
		in.Key(c.key)
		if got := ansi.Strip(in.Draw(10, st)); got != c.want {
			t.Errorf("after %q: %q, want %q", c.key, got, c.want)
		}
	}
}

func TestWrapLosesNothingButSpaces(t *testing.T) {
	text := `set Interface x external_ids:owner='"a=b;c=d"' -- set Port x -- --id=@m1 create Mirror 这是一个 name=a-b --`
	for w := 2; w < 120; w++ {
		lines := Wrap(text, w)
		for _, l := range lines {
			if Width(l) > w {
				t.Errorf("%d cells: %q is wider", w, l)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Errorf("%d cells: %q", w, lines)
		}
	}
	if got := Wrap("  two  spaces\n\nand more", 30); len(got) != 3 || got[0] != "  two  spaces" {
		t.Errorf("%q", got)
	}
}
