package ovs

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

func vsctlIDs(ids map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(ids)) {
		b.WriteString(" external_ids:" + vsctlKey(k) + "=" + value(ids[k]))
	}
	return b.String()
}

// vsctlKey makes a word of ovs-vsctl's for a map's key, which may be anything that
// somebody has written into the database: the command is there to be pasted.
func vsctlKey(k string) string {
	if strings.IndexFunc(k, func(r rune) bool { return r != '-' && !isPlainWord(r) }) < 0 && k != "" {
		return k
	}
	return quoteJSON(k)
}

// sourcesText lists ports with their directions: "tap1 → ←, tap2 →".
func sourcesText(s *Snapshot, sources []Source) string {
	byPort := map[UUID]string{}
	var order []UUID
	for _, src := range sources {
		if byPort[src.Port] == "" {
			order = append(order, src.Port)
		}
		byPort[src.Port] += " " + src.Direction.Arrow()
	}
	names := make([]string, len(order))
	for i, id := range order {
		names[i] = s.portName(id) + byPort[id]
	}
	return strings.Join(names, ", ")
}

// titleSources says which sources a mirror gains and loses: "copy tap1 → into m0".
func titleSources(s *Snapshot, mirror string, add, remove []Source) string {
	var parts []string
	if len(add) > 0 {
		parts = append(parts, "copy "+sourcesText(s, add)+" into "+mirror)
	}
	if len(remove) > 0 {
		parts = append(parts, "stop copying "+sourcesText(s, remove)+" into "+mirror)
	}
	return strings.Join(parts, "; ")
}

// quote makes a word safe for a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/@=,+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// value makes a word of ovs-vsctl's for a string column: quoted for OVSDB where it
// could be taken for anything but a plain string, and then for the shell.
func value(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !isPlainWord(r) }) < 0 {
		return s
	}
	return quoteJSON(s)
}

func isPlainWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.'
}

// quoteJSON writes a string in double quotes, which is a JSON string (ovsdb-types(5)),
// and quotes that for the shell.
func quoteJSON(s string) string {
	text, _ := json.Marshal(s) // a string can always be
	return quote(string(text))
}
