package tui

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
