package config

import (
	"fmt"
	"strings"

	"ovscope/keymap"
)

// Template is a file that says what there is to set, each with its default and
// commented out.
func Template() string {
	var b strings.Builder
	b.WriteString(`# What ovscope does unless a flag says otherwise, for ~/.config/ovscope/config.toml
# ($XDG_CONFIG_HOME; root's, where it runs as root). Everything here is the default;
# take the # before a line away to change it. "ovscope config check" names mistakes.
`)
	table := ""
	for _, s := range allSettings() {
		if s.table != table {
			table = s.table
			fmt.Fprintf(&b, "\n[%s]\n", table)
		}
		fmt.Fprintf(&b, "\n# %s\n", s.help)
		if len(s.choices) > 0 {
			fmt.Fprintf(&b, "# One of %s.\n", strings.Join(quoted(s.choices), ", "))
		}
		fmt.Fprintf(&b, "#%s = %s\n", s.name, literal(s.value(Default())))
	}
	fmt.Fprintf(&b, "\n[%s]\n\n# One key or a list; an empty list takes an action's keys away. Keys are spelled like\n"+
		"# \"e\", \"E\", \"space\", \"f1\", \"ctrl+x\" or \"shift+tab\".\n", keysTable)
	for _, g := range keymap.Groups() {
		fmt.Fprintf(&b, "\n# %s\n", g)
		for _, a := range keymap.Default().Actions() {
			if a.Group == g {
				fmt.Fprintf(&b, "#%s = %s # %s\n", a.ID, literal(a.Keys), a.Help)
			}
		}
	}
	return b.String()
}

// literal is a value in TOML.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case []string:
		return "[" + strings.Join(quoted(v), ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

func quoted(all []string) []string {
	list := make([]string, len(all))
	for i, t := range all {
		list[i] = fmt.Sprintf("%q", t)
	}
	return list
}
