package ovs

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// edits remembers what a run has changed in mirrors that are not its own, net: a
// source that was added and removed again is as it was.
type edits struct {
	mu sync.Mutex
	// restore says for each mirror which sources it must get back (true) or lose
	// (false) to be as before.
	restore map[UUID]map[Source]bool
}

// note remembers how a change that took effect is taken back.
func (e *edits) note(undo SetSources) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.restore == nil {
		e.restore = map[UUID]map[Source]bool{}
	}
	sources := e.restore[undo.Mirror]
	if sources == nil {
		sources = map[Source]bool{}
		e.restore[undo.Mirror] = sources
	}
	for back, list := range map[bool][]Source{true: undo.Add, false: undo.Remove} {
		for _, s := range list {
			if was, noted := sources[s]; noted && was != back {
				delete(sources, s)
				continue
			}
			sources[s] = back
		}
	}
	if len(sources) == 0 {
		delete(e.restore, undo.Mirror)
	}
}

func (e *edits) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.restore = nil
}

func (e *edits) list() []SetSources {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []SetSources
	for _, mirror := range slices.Sorted(maps.Keys(e.restore)) {
		change := SetSources{Mirror: mirror}
		for s, back := range e.restore[mirror] {
			if back {
				change.Add = append(change.Add, s)
			} else {
				change.Remove = append(change.Remove, s)
			}
		}
		order := func(a, b Source) int {
			return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Direction, b.Direction))
		}
		slices.SortFunc(change.Add, order)
		slices.SortFunc(change.Remove, order)
		all = append(all, change)
	}
	return all
}

// Edits are the changes that take back what this run has changed in mirrors that
// are not leases of its own.
func (c *Client) Edits() []SetSources { return c.edits.list() }

// LeaveEdits makes the changes to other mirrors stay when the run ends.
func (c *Client) LeaveEdits() { c.edits.forget() }
