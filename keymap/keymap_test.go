package keymap

import (
	"errors"
	"strings"
	"testing"
)

func TestDefaultHasNoConflicts(t *testing.T) {
	m := Default()
	for _, c := range conflicts(m.Actions()) {
		t.Error(c)
	}
	seen := map[ID]bool{}
	for _, a := range m.Actions() {
		if seen[a.ID] {
			t.Errorf("action %q is there twice", a.ID)
		}
		seen[a.ID] = true
		if a.Help == "" || a.Group == "" || len(a.Keys) == 0 {
			t.Errorf("action %q is incomplete: %+v", a.ID, a)
		}
		for _, k := range a.Keys {
			if !validKey(k) {
				t.Errorf("action %q: key %q is not valid", a.ID, k)
			}
			if got, ok := m.Lookup(k); !ok || got.ID != a.ID {
				t.Errorf("Lookup(%q) = %q, want %q", k, got.ID, a.ID)
			}
		}
	}
}

func TestOverrideReplacesKeys(t *testing.T) {
	m, err := Default().Override(map[ID][]string{Egress: {"ctrl+x", "ctrl+e"}, Up: {}})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]ID{"ctrl+x": Egress, "ctrl+e": Egress, "i": Ingress} {
		if a, _ := m.Lookup(key); a.ID != want {
			t.Errorf("%q does %q, want %q", key, a.ID, want)
		}
	}
	for _, key := range []string{"e", "up", "k"} {
		if a, ok := m.Lookup(key); ok {
			t.Errorf("%q still does %q", key, a.ID)
		}
	}
	if a, _ := Default().Lookup("e"); a.ID != Egress {
		t.Error("Override changed the default map")
	}
}

func TestOverrideNamesEveryMistake(t *testing.T) {
	_, err := Default().Override(map[ID][]string{
		"fly": {"f"}, Quit: {}, Ingress: {"e"}, Both: {"banana"}, Undo: {"shift+ctrl+u"},
	})
	var (
		unknown  *UnknownActionError
		noKey    *NoKeyError
		bad      *BadKeyError
		conflict *ConflictError
	)
	switch {
	case !errors.As(err, &unknown) || unknown.ID != "fly":
		t.Errorf("no unknown action in %v", err)
	case !errors.As(err, &noKey) || noKey.ID != Quit:
		t.Errorf("no missing key in %v", err)
	case !errors.As(err, &bad) || bad.Key != "banana":
		t.Errorf("no bad key in %v", err)
	case !errors.As(err, &conflict) || conflict.Key != "e":
		t.Errorf("no conflict in %v", err)
	case !strings.Contains(err.Error(), `"shift+ctrl+u"`):
		t.Errorf("wrong order of modifiers passes: %v", err)
	}
}

func TestKeysThatNoTerminalReportsAreRefused(t *testing.T) {
	for key, want := range map[string]bool{
		"e": true, "E": true, "ctrl+e": true, "alt+e": true, "shift+tab": true, "ctrl+shift+up": true, "f12": true, "é": true,
		"": false, "ctrl+": false, "shift+e": false, "ctrl+E": false, "shift+ctrl+e": false, "F1": false, "ee": false, " ": false, "\x1b": false,
	} {
		if validKey(key) != want {
			t.Errorf("%q is valid: %v, want %v", key, !want, want)
		}
	}
}

func TestMarkdownListsEveryAction(t *testing.T) {
	table := Markdown()
	for _, a := range Default().Actions() {
		if !strings.Contains(table, a.Help) {
			t.Errorf("%q is not in the table", a.ID)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if strings.Count(line, "|") != 4 {
			t.Errorf("not three columns: %s", line)
		}
	}
}
