package tui

// What a user can choose, by the names that the config file has for it. The first
// of each list is what there is without a choice.

// ColumnNames are the columns that the list of packets can have, in the order in
// which they are listed.
func ColumnNames() []string {
	return []string{"number", "time", "vlan", "direction", "macs", "source", "destination", "protocol", "length", "info"}
}

// DefaultColumns are those of the list of packets unless somebody says otherwise.
func DefaultColumns() []string {
	return []string{"time", "vlan", "source", "destination", "protocol", "info"}
}

// TimeFormats are the ways to show a packet's time: the clock, since the first
// packet, since the packet before, or since the one before that is listed.
func TimeFormats() []string {
	return []string{"absolute", "relative", "since-previous", "since-shown"}
}

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
