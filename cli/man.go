package cli

import (
	"fmt"
	"regexp"
	"strings"

	mcobra "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"ovscope/keymap"
)

// manCommand prints the manual page: what --help says of every verb, and what
// belongs to the program as a whole.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page, for man -l -",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, c := range cmd.Root().Commands() {
				c.Hidden = c.Hidden || c.Name() == "completion" || c.Name() == "help"
			}
			page, err := mcobra.NewManPage(1, cmd.Root())
			if err != nil {
				return err
			}
			page = page.WithSection("Filter", filterHelp).
				WithSection("Keys", keysText()).
				WithSection("Examples", cmd.Root().Example).
				WithSection("Exit status", exitText).
				WithSection("Files", filesText).
				WithSection("Environment", environmentText).
				WithSection("See also", "ovs-vsctl(8), ovs-vswitchd.conf.db(5), pcap-filter(7), tcpdump(8)")
			// mango writes shorthands with two dashes.
			text := regexp.MustCompile(`\\fB--(\w) `).ReplaceAllString(page.Build(roff.NewDocument()), `\fB-$1, `)
			_, err = fmt.Fprint(a.stdout, text)
			return err
		},
	}
}

const (
	filterHelp = "FILTER is in tcpdump's language, pcap-filter(7). One thing differs: a filter that does not say vlan looks through all tags, so icmp finds tagged pings, too."

	filesText = "ovscope/config.toml in $XDG_CONFIG_HOME holds settings and keys; ovscope config prints one with every default."

	exitText = "0 done, 1 failed, 2 wrong usage, 3 refused by a guard rail, 4 OVSDB not reachable."

	environmentText = "OVS_RUNDIR is where Open vSwitch's sockets are, /var/run/openvswitch if unset. NO_COLOR, unless empty, turns colours off. XDG_CONFIG_HOME is where the config file is looked for, ~/.config if unset. LC_ALL, LC_CTYPE and LANG decide whether more than ASCII is printed."
)

// keysText is the table of keys as lines of text.
func keysText() string {
	var lines []string
	for _, action := range keymap.Default().Actions() {
		lines = append(lines, fmt.Sprintf("%s: %s", strings.Join(action.Labels(), " "), action.Help))
	}
	return strings.Join(lines, "\n\n")
}

// paragraphs joins the lines of each paragraph, so that whoever prints it can break
// them anew.
func paragraphs(text string) string {
	all := strings.Split(text, "\n\n")
	for i, p := range all {
		all[i] = strings.ReplaceAll(p, "\n", " ")
	}
	return strings.Join(all, "\n\n")
}
