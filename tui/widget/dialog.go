package widget

import (
	"fmt"

	"ovscope/tui/style"
)

// Dialog is a question with answers, one of which enter takes.
type Dialog struct {
	Title   string
	Body    []Paragraph
	Answers []string
	Keys    []string // letters that take the answers, beside their numbers; may be shorter
	Chosen  int      // index into Answers
	Hint    string   // which keys answer
	Alarm   bool     // draw the frame as a warning
}

// Paragraph is a text in a dialog; it is wrapped.
type Paragraph struct {
	Text  string
	Style style.Style
}

// Move chooses the answer delta further, going round.
func (d *Dialog) Move(delta int) {
	if n := len(d.Answers); n > 0 {
		d.Chosen = ((d.Chosen+delta)%n + n) % n
	}
}

// Draw returns the dialog in at most width × height cells. When it is too high,
// the text is cut, and says so: the answers are always there.
func (d *Dialog) Draw(width, height int, st *style.Styles) []string {
	inside := 0
	for _, p := range d.Body {
		inside = max(inside, Width(Safe(p.Text)))
	}
	for _, a := range d.Answers {
		inside = max(inside, Width(a)+6)
	}
	inside = max(inside, Width(d.Hint), Width(d.Title)+4)
	inside = min(inside, width-4, 96)
	if inside < 8 || height < 3 {
		return nil
	}

	tail := st.Signs.Ellipsis
	var text []Paragraph // a line each
	for _, p := range d.Body {
		for _, line := range Wrap(p.Text, inside) {
			text = append(text, Paragraph{line, p.Style})
		}
	}
	var body, answers []string
	for i, a := range d.Answers {
		line := NewLine(inside, tail)
		label := fmt.Sprintf(" %d  %s ", i+1, a)
		if i < len(d.Keys) && d.Keys[i] != "" {
			label = fmt.Sprintf(" %s  %s ", d.Keys[i], a)
		}
		if i == d.Chosen {
			line.Put(st.Bold, st.Signs.Cursor).Put(st.Chosen, label)
		} else {
			line.Space(1).Put(st.Text, label)
		}
		answers = append(answers, line.String())
	}
	blank := Spaces(inside)
	if len(answers) > 0 {
		answers = append([]string{blank}, answers...)
	}
	if d.Hint != "" {
		answers = append(answers, blank, NewLine(inside, tail).Put(st.Dim, d.Hint).String())
	}
	room := height - 2
	if len(answers) > room { // only the answers themselves, then
		answers = answers[1:min(len(answers), len(d.Answers)+1)]
	}
	if cut := len(text) + len(answers) - room; cut > 0 {
		text = text[:max(0, len(text)-cut)]
		if n := len(text); n > 0 {
			last := &text[n-1]
			last.Text = Cut(last.Text, inside-Width(tail)-1, "") + " " + tail
		}
	}
	for _, p := range text {
		body = append(body, NewLine(inside, tail).Put(p.Style, p.Text).String())
	}
	content := append(body, answers...)
	content = content[:min(len(content), room)]

	frame := st.BorderFocus
	if d.Alarm {
		frame = st.Warn
	}
	box := Box{
		Border: st.Signs.Border, Style: frame, Pad: 1, Content: content,
		Title: st.TitleFocus.Render(Cut(d.Title, inside-2, tail)),
	}
	return box.Draw(inside+4, len(content)+2)
}
