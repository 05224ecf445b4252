package cli

import (
	"fmt"
	"strings"

	"ovscope/ovs"
)

// suggestion names the choices that look like what was typed, else some of them.
func suggestion(typed string, choices []string) string {
	var near []string
	for _, c := range choices {
		if strings.Contains(strings.ToLower(c), strings.ToLower(typed)) || distance(typed, c) <= max(1, len(typed)/4) {
			near = append(near, c)
		}
	}
	const most = 8
	switch {
	case len(choices) == 0:
		return "there are none"
	case len(near) > 0:
		return "did you mean " + strings.Join(near[:min(len(near), most)], ", ") + "?"
	case len(choices) > most:
		return fmt.Sprintf("there are %s and %d more; ovscope list shows all", strings.Join(choices[:most], ", "), len(choices)-most)
	}
	return "there are " + strings.Join(choices, ", ")
}

// distance is the Levenshtein distance in bytes: how many single-character edits
// apart two names are.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// unknownBridge names the bridges that the user may have meant.
func unknownBridge(s *ovs.Snapshot, name string) error {
	return fmt.Errorf("there is no bridge %q; %s", name, suggestion(name, bridgeNames(s)))
}

// unknownPort names the ports that the user may have meant.
func unknownPort(s *ovs.Snapshot, name string) error {
	if name == "" {
		return usagef("a port's name is missing")
	}
	return fmt.Errorf("no bridge has a port %q; %s", name, suggestion(name, portNames(s)))
}
