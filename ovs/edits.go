package ovs

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Edits remembers what a run has changed in mirrors that are not leases of its own,
// net: a source that was added and removed again is as it was. The zero value is
// ready.
type Edits struct {
	mu sync.Mutex
	// back takes the changes to a mirror back. Its Seen and Want hold only what
	// differs between the two.
	back map[UUID]EditMirror
}

// Note remembers how a plan that took effect is taken back, if it changed a mirror
// that is no lease of this run.
func (e *Edits) Note(p *Plan) {
	if !p.edits {
		return
	}
	var undo EditMirror
	switch c := p.Undo.(type) {
	case SetSources:
		undo = EditMirror{Mirror: c.Mirror, Seen: MirrorSpec{Sources: c.Remove}, Want: MirrorSpec{Sources: c.Add}}
	case EditMirror:
		undo = c
	default:
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	back, noted := e.back[undo.Mirror]
	if !noted {
		back = EditMirror{Mirror: undo.Mirror}
	}
	back.after(undo)
	if e.back == nil {
		e.back = map[UUID]EditMirror{}
	}
	if back.nothing() {
		delete(e.back, undo.Mirror)
	} else {
		e.back[undo.Mirror] = back
	}
}

// List are the changes that take everything back, by mirror.
func (e *Edits) List() []EditMirror {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []EditMirror
	for _, mirror := range slices.Sorted(maps.Keys(e.back)) {
		c := e.back[mirror]
		c.Seen, c.Want = c.Seen.sorted(), c.Want.sorted()
		all = append(all, c)
	}
	return all
}

// Leave makes the changes stay.
func (e *Edits) Leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.back = nil
}

// after makes of the way back one that goes a newer way back first.
func (c *EditMirror) after(newer EditMirror) {
	seen, want := &c.Seen, &c.Want
	was, to := newer.Seen, newer.Want
	compose(&seen.Name, &want.Name, was.Name, to.Name)
	compose(&seen.SelectAll, &want.SelectAll, was.SelectAll, to.SelectAll)
	compose(&seen.SnapLen, &want.SnapLen, was.SnapLen, to.SnapLen)
	compose(&seen.Filter, &want.Filter, was.Filter, to.Filter)
	composeSets(&seen.Sources, &want.Sources, was.Sources, to.Sources)
	composeSets(&seen.VLANs, &want.VLANs, was.VLANs, to.VLANs)
	if was.Output.same(to.Output) {
		composeSets(&c.Unflood, &c.Flood, newer.Unflood, newer.Flood)
	} else {
		if !seen.Output.same(to.Output) || want.Output.same(seen.Output) {
			want.Output, c.Flood = to.Output, newer.Flood
		}
		seen.Output = was.Output
		if want.Output.same(seen.Output) {
			seen.Output, want.Output, c.Flood = Output{}, Output{}, nil
		}
	}
	c.Lease = cmp.Or(newer.Lease, c.Lease)
}

// compose goes back from was to to first, and from there from seen to want. If
// somebody else came between the two, his value is the one to go back to.
func compose[T comparable](seen, want *T, was, to T) {
	var none T
	if was == to {
		return
	}
	if *seen != to {
		*want = to
	}
	if *seen = was; *seen == *want {
		*seen, *want = none, none
	}
}

// composeSets is compose for sets, of which seen has what goes and want what comes.
func composeSets[T comparable](seen, want *[]T, was, to []T) {
	move := func(list, against *[]T, v T) {
		if i := slices.Index(*against, v); i >= 0 {
			*against = slices.Delete(slices.Clone(*against), i, i+1)
		} else if !slices.Contains(*list, v) {
			*list = append(slices.Clone(*list), v)
		}
	}
	for _, v := range was {
		if !slices.Contains(to, v) {
			move(seen, want, v)
		}
	}
	for _, v := range to {
		if !slices.Contains(was, v) {
			move(want, seen, v)
		}
	}
}

// nothing reports whether the change leaves everything as it is.
func (c *EditMirror) nothing() bool {
	return c.Seen.Name == c.Want.Name && c.Seen.SelectAll == c.Want.SelectAll && c.Seen.SnapLen == c.Want.SnapLen &&
		c.Seen.Filter == c.Want.Filter && c.Seen.Output.same(c.Want.Output) &&
		len(c.Seen.Sources)+len(c.Want.Sources)+len(c.Seen.VLANs)+len(c.Want.VLANs)+len(c.Flood)+len(c.Unflood) == 0
}

// Possible is the change without what cannot be had any more: ports that are gone,
// and what somebody else has changed since.
func (c EditMirror) Possible(s *Snapshot) EditMirror {
	c.Want.Sources = slices.DeleteFunc(slices.Clone(c.Want.Sources), func(src Source) bool { return s.Port(src.Port) == nil })
	m := s.Mirror(c.Mirror)
	if m == nil {
		return c
	}
	if c.Want.Output.Port != "" && s.Port(c.Want.Output.Port) == nil || !c.Seen.Output.matches(s, m) {
		c.Want.Output = c.Seen.Output
	}
	is := m.Spec()
	keep(&c.Want.Name, c.Seen.Name, is.Name)
	keep(&c.Want.SelectAll, c.Seen.SelectAll, is.SelectAll)
	keep(&c.Want.SnapLen, c.Seen.SnapLen, is.SnapLen)
	keep(&c.Want.Filter, c.Seen.Filter, is.Filter)
	return c
}

// keep gives up a wish if it is not as it was seen.
func keep[T comparable](want *T, seen, is T) {
	if is != seen {
		*want = seen
	}
}

// Edits are the changes that take back what this run has changed in mirrors that
// are not leases of its own.
func (c *Client) Edits() []EditMirror { return c.edits.List() }

// LeaveEdits makes the changes to other mirrors stay when the run ends.
func (c *Client) LeaveEdits() { c.edits.Leave() }
