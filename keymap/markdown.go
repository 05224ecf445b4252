package keymap

import "strings"

// Markdown is the table of the built-in keys for the README.
func Markdown() string { return Default().Markdown() }

// Markdown is the map as a table in GitHub's Markdown, one row an action.
func (m *Map) Markdown() string {
	var b strings.Builder
	b.WriteString("| | key | does |\n| --- | --- | --- |\n")
	for _, g := range Groups() {
		heading := string(g)
		for _, a := range m.actions {
			if a.Group != g {
				continue
			}
			labels := a.Labels()
			for i, l := range labels {
				labels[i] = "`" + strings.ReplaceAll(l, "|", `\|`) + "`"
			}
			b.WriteString("| " + heading + " | " + strings.Join(labels, " ") + " | " + a.Help + " |\n")
			heading = ""
		}
	}
	return b.String()
}
