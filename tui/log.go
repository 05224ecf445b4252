package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ovscope/ovs"
	"ovscope/tui/style"
)

// commandLog is what was applied, newest last.
type commandLog struct {
	entries []logEntry
	dropped int // older entries that made room
	// hide masks what is shown.
	hide func(string) string
}

type logEntry struct {
	at       time.Time
	title    string
	commands []string
	done     bool
	result   ovs.Result
	err      error
	undone   string // the change that this one takes back, "" for none
	proof    string // why nothing can be copied any more after it, "" for nothing to say
	// note entries only say what happened; style is theirs.
	note  bool
	style style.Style
}

// maxLog bounds the command log.
const maxLog = 500

// begin adds a plan that is being applied and returns its number for finish.
func (l *commandLog) begin(plan *ovs.Plan, undoing *undoStep, at time.Time) int {
	e := logEntry{at: at, title: plan.Title, commands: plan.Commands}
	if undoing != nil {
		e.undone = undoing.Title
	}
	return l.add(e)
}

func (l *commandLog) add(e logEntry) int {
	e.title, e.undone = l.hide(e.title), l.hide(e.undone)
	e.commands = slices.Clone(e.commands)
	for i, c := range e.commands {
		e.commands[i] = l.hide(c)
	}
	l.entries = append(l.entries, e)
	if over := len(l.entries) - maxLog; over > 0 {
		l.entries = l.entries[over:]
		l.dropped += over
	}
	return l.dropped + len(l.entries) - 1
}

func (l *commandLog) finish(number int, result ovs.Result, err error) {
	i := number - l.dropped
	if i < 0 || i >= len(l.entries) {
		return
	}
	e := &l.entries[i]
	e.done, e.result, e.err = true, result, err
}

// prove notes why a change has ended all copies that it was to end.
func (l *commandLog) prove(number int, proof string) {
	if i := number - l.dropped; i >= 0 && i < len(l.entries) {
		l.entries[i].proof = proof
	}
}

// last is the newest entry, nil when there is none.
func (l *commandLog) last() *logEntry {
	if len(l.entries) == 0 {
		return nil
	}
	return &l.entries[len(l.entries)-1]
}

// announce adds something that happened to the log, where it can be read again.
func (m *model) announce(text string, st style.Style) {
	m.toast.Text = "" // it may be about the same
	m.log.add(logEntry{at: m.now(), title: text, done: true, note: true, style: st})
}

// outcome says how an entry went: "ok 12 ms, flows purged".
func (m *model) outcome(e *logEntry) (string, style.Style) {
	switch {
	case e.note:
		return m.st.Say(e.title), e.style
	case !e.done:
		return "applying" + m.st.Signs.Ellipsis, m.st.Dim
	case e.err != nil:
		return "failed: " + m.hide(m.st.Say(strings.ReplaceAll(e.err.Error(), "\n", "; "))), m.st.Bad
	case e.result.Warning != "":
		return "warning: " + m.st.Say(e.result.Warning), m.st.Warn
	}
	text := fmt.Sprintf("ok in %d ms", max(1, e.result.Took.Milliseconds()))
	if e.undone != "" {
		text = "undone: " + m.st.Say(e.undone) + ", " + text
	}
	if e.result.Purged {
		text += ", flows purged"
	}
	return text, m.st.Good
}
