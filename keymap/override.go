package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// UnknownActionError is an override for an action that does not exist.
type UnknownActionError struct{ ID ID }

func (e *UnknownActionError) Error() string { return fmt.Sprintf("there is no action %q", e.ID) }

// NoKeyError is an override that would leave an action without which the
// program cannot be used without a key.
type NoKeyError struct{ ID ID }

func (e *NoKeyError) Error() string { return fmt.Sprintf("action %q needs a key", e.ID) }

// BadKeyError is an override with something that is no key.
type BadKeyError struct {
	ID  ID
	Key string
}

func (e *BadKeyError) Error() string {
	return fmt.Sprintf("action %q: %q is no key; keys are spelled like \"e\", \"space\", \"f1\" or \"ctrl+x\"", e.ID, e.Key)
}

// ConflictError is a key that would do two things.
type ConflictError struct {
	Key     string
	Actions []ID // two or more, in the order of the map
}

func (e *ConflictError) Error() string {
	names := make([]string, len(e.Actions))
	for i, id := range e.Actions {
		names[i] = string(id)
	}
	return fmt.Sprintf("key %q does two things: %s", e.Key, strings.Join(names, " and "))
}

// Override returns the map with other keys for some actions; an empty list takes
// an action's keys away. All that is wrong comes back joined in one error:
// *UnknownActionError, *NoKeyError, *BadKeyError, *ConflictError.
func (m *Map) Override(keys map[ID][]string) (*Map, error) {
	var wrong []error
	actions := m.Actions()
	for i, a := range actions {
		own, ok := keys[a.ID]
		if !ok {
			continue
		}
		if len(own) == 0 && (a.ID == Quit || a.ID == Help) {
			wrong = append(wrong, &NoKeyError{a.ID})
		}
		for _, k := range own {
			if !validKey(k) {
				wrong = append(wrong, &BadKeyError{a.ID, k})
			}
		}
		actions[i].Keys = slices.Clone(own)
	}
	for id := range keys {
		if _, ok := m.Action(id); !ok {
			wrong = append(wrong, &UnknownActionError{id})
		}
	}
	slices.SortStableFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	for _, c := range conflicts(actions) {
		wrong = append(wrong, c)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return build(actions), nil
}

// conflicts lists the keys that more than one action claims, in the order in
// which they come up.
func conflicts(actions []Action) []*ConflictError {
	claims := map[string][]ID{}
	var order []string
	for _, a := range actions {
		for _, k := range a.Keys {
			if slices.Contains(claims[k], a.ID) {
				continue
			}
			if len(claims[k]) == 1 {
				order = append(order, k)
			}
			claims[k] = append(claims[k], a.ID)
		}
	}
	found := make([]*ConflictError, len(order))
	for i, k := range order {
		found[i] = &ConflictError{k, claims[k]}
	}
	return found
}

// validKey reports whether bubbletea could ever report such a key: modifiers in
// its order, then one character or a name.
func validKey(key string) bool {
	rest := key
	for _, mod := range []string{"ctrl+", "alt+", "shift+"} {
		rest = strings.TrimPrefix(rest, mod)
	}
	runes := []rune(rest)
	if len(runes) == 1 {
		// A terminal reports shift with a letter as the capital, and ctrl with one
		// as the small letter.
		if rest != key && unicode.IsUpper(runes[0]) || strings.HasPrefix(key, "shift+") {
			return false
		}
		return runes[0] > ' ' && runes[0] != 0x7f
	}
	return slices.Contains([]string{
		"up", "down", "left", "right", "pgup", "pgdown", "home", "end", "insert", "delete",
		"enter", "tab", "space", "backspace", "esc",
		"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
	}, rest)
}
