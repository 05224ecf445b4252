package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// logPage is the command log in full, newest first: what was changed and how it
// went, with the commands that do the same.
type logPage struct {
	at     int // number of the selected entry, as commandLog counts
	offset int // first line on screen
	height int // lines on screen when it was last drawn
}

// showLog opens the log with the newest entry selected.
func (m *model) showLog() {
	m.page = &logPage{at: m.log.dropped + len(m.log.entries) - 1}
}

// selected is the entry under the cursor, nil when there is none.
func (p *logPage) selected(l *commandLog) *logEntry {
	if len(l.entries) == 0 {
		return nil
	}
	p.at = min(max(p.at, l.dropped), l.dropped+len(l.entries)-1)
	return &l.entries[p.at-l.dropped]
}

func (p *logPage) press(m *model, id keymap.ID) tea.Cmd {
	p.selected(&m.log)
	page := max(1, p.height/3)
	switch id {
	case keymap.Up:
		p.at++
	case keymap.Down:
		p.at--
	case keymap.PageUp:
		p.at += page
	case keymap.PageDown, keymap.Pause:
		p.at -= page
	case keymap.Top:
		p.at = farAway
	case keymap.Bottom:
		p.at = 0
	case keymap.Copy:
		return p.copy(m)
	case keymap.Undo:
		action, _ := m.keys.Action(id)
		if why := m.unavailable(action); why != "" {
			m.say(m.label(id) + ": " + why)
			return nil
		}
		p.at = farAway // on what comes of it
		return m.undo()
	case keymap.Close, keymap.Open, keymap.Quit, keymap.Log:
		m.page = nil
	case keymap.Help:
		m.showHelp()
	default:
		m.useless()
	}
	return nil
}

// copy copies the commands of the selected entry, a line each; of one that has
// none, its text.
func (p *logPage) copy(m *model) tea.Cmd {
	e := p.selected(&m.log)
	switch {
	case e == nil:
		m.say("there is nothing to copy")
		return nil
	case len(e.commands) == 0:
		return m.copy("the entry of "+m.clockTime(e.at), e.title+"\n")
	}
	what := "the ovs-vsctl command"
	if len(e.commands) > 1 {
		what = plural(len(e.commands), "command")
	}
	return m.copy(what+" of "+m.clockTime(e.at), strings.Join(e.commands, "\n")+"\n")
}

func (p *logPage) keys(m *model) string {
	return m.label(keymap.Up) + m.label(keymap.Down) + " entries   " + m.label(keymap.Copy) + " copy the command   " +
		m.label(keymap.Undo) + " undo the last change   " + m.label(keymap.Close) + " back"
}

func (p *logPage) tick(*model, time.Time) tea.Cmd { return nil }

func (p *logPage) view(m *model, width, height int) []string {
	inside := min(width-4, 116)
	if inside < 10 || height < 4 {
		return nil
	}
	p.selected(&m.log)
	var lines []string
	first, last := 0, 0 // lines of the selected entry
	for i := len(m.log.entries) - 1; i >= 0; i-- {
		chosen := m.log.dropped+i == p.at
		if chosen {
			first = len(lines)
		}
		lines = append(lines, m.logEntryLines(&m.log.entries[i], inside, chosen)...)
		if chosen {
			last = len(lines)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, widget.NewLine(inside, m.st.Signs.Ellipsis).Put(m.st.Text, "Nothing has been changed yet.").String())
	}
	p.height = min(height-2, len(lines))
	p.offset = min(max(p.offset, last-p.height), first, len(lines)-p.height)
	tail := m.st.Signs.Ellipsis
	title := "Log of this run"
	if m.log.dropped > 0 {
		title += ", without the oldest " + count(uint64(m.log.dropped))
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1,
		Title: m.st.TitleFocus.Render(widget.Cut(title, inside/2, tail)), Right: m.st.Dim.Render(m.label(keymap.Close) + " closes"),
		Content: lines[p.offset : p.offset+p.height],
	}
	if step := m.lastUndo(); step != nil && !m.cfg.ReadOnly {
		box.Bottom = m.st.Text.Render(widget.Cut(m.label(keymap.Undo)+" takes back: "+m.st.Say(step.Title), inside-4, tail))
	}
	return box.Draw(inside+4, p.height+2)
}

// logEntryLines are an entry's time and outcome, and under it its commands.
func (m *model) logEntryLines(e *logEntry, width int, chosen bool) []string {
	var lines []string
	add := func(label, text string, st style.Style) {
		for i, part := range widget.Wrap(text, width-11) {
			line := widget.NewLine(width, m.st.Signs.Ellipsis)
			if chosen {
				line.Over(m.st.Row(true))
			}
			switch {
			case i > 0:
				line.Space(11)
			case chosen && len(lines) == 0:
				line.Put(m.st.Accent, m.st.Signs.Cursor).Col(m.st.Key, label, 8).Space(2)
			default:
				line.Space(1).Col(m.st.Key, label, 8).Space(2)
			}
			lines = append(lines, line.Put(st, part).String())
		}
	}
	text, st := m.outcome(e)
	if !e.note {
		text = m.st.Say(e.title) + ": " + text
	}
	add(m.clockTime(e.at), text, st)
	if e.proof != "" {
		add("", m.st.Say(e.proof), m.st.Dim)
	}
	for _, c := range e.commands {
		add("       $", c, m.st.Command)
	}
	return lines
}
