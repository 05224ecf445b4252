package tui

import "ovscope/ovs"

// What a user can choose, by the names that the config file has for it. The first
// of each list is what there is without a choice. The columns are in columns.go,
// the time formats in times.go.

// OnQuit is what quitting does with what the run has made.
type OnQuit string

// The answers.
const (
	QuitAsks    OnQuit = "ask"
	QuitRemoves OnQuit = "remove" // and takes back what it has changed
	QuitKeeps   OnQuit = "keep"
)

// QuitAnswers lists them.
func QuitAnswers() []OnQuit { return []OnQuit{QuitAsks, QuitRemoves, QuitKeeps} }

// trust notes that nobody needs to be asked before a mirror is changed, if the
// config file says so. OVN's is never changed, and in one that copies the whole
// bridge a port more or less changes nothing: those are still asked about.
func (m *model) trust(mirror *ovs.Mirror) {
	if mirror != nil && m.cfg.EditForeign && mirror.Owner.Kind != ovs.OVN && !mirror.SelectAll {
		m.agreed[mirror.UUID] = true
	}
}
