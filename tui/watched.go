package tui

import (
	"slices"

	"ovscope/ovs"
	"ovscope/tui/layout"
)

// watchList are the interfaces whose counters the screen wants, see ovs.Client.Watch.
type watchList struct {
	bridges []*ovs.Bridge // that mirrors and ofMirrors belong to
	// ofMirrors are the interfaces of all sources and outputs.
	ofMirrors []ovs.UUID
	list      []ovs.UUID
	all       bool // every interface instead
}

// watchShown asks for the counters of what is on screen: the visible rows, the
// selected one, and the sources and outputs of mirrors; if there are few, of all
// others, too. It costs next to nothing when that has not changed.
func (m *model) watchShown() {
	if m.snap == nil || m.alone() {
		return
	}
	w := &m.watched
	if m.bridges.order == byRate { // the busiest may be anywhere
		if !w.all {
			w.all, w.list = true, nil
			m.cfg.Switch.WatchAll()
		}
		return
	}
	if !slices.Equal(w.bridges, m.snap.Bridges) {
		w.bridges, w.ofMirrors = m.snap.Bridges, mirrored(m.snap)
	}
	want := make([]ovs.UUID, 0, len(w.list))
	seen := make(map[ovs.UUID]bool, len(w.list))
	add := func(ids ...ovs.UUID) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				want = append(want, id)
			}
		}
	}
	p := &m.bridges
	rows := func(first, n int) {
		first, end := max(0, first), min(len(p.rows), first+n)
		for i := first; i < end; i++ {
			add(p.rows[i].interfaces()...)
		}
	}
	// Whole pages, so that the list does not change with every step: the cursor's,
	// and those before and after, so that rates are there when one scrolls. What is
	// visible is among them.
	if height := m.inner(layout.Ports).H; height > 0 {
		page := p.list.Cursor / height * height
		rows(page, height)
		rows(page+height, height)
		rows(page-height, height)
	} else if row := p.selected(); row != nil {
		add(row.interfaces()...)
	}
	add(w.ofMirrors...)
	add(p.few...)
	if w.all || !slices.Equal(want, w.list) {
		w.list, w.all = want, false
		m.cfg.Switch.Watch(want)
	}
}

// interfaces are those whose traffic the row is about.
func (r *treeRow) interfaces() []ovs.UUID {
	switch {
	case r.member != nil:
		return []ovs.UUID{r.member.UUID}
	case r.port != nil:
		return interfacesOf(r.port)
	}
	return nil
}

func interfacesOf(p *ovs.Port) []ovs.UUID {
	ids := make([]ovs.UUID, len(p.Interfaces))
	for i, member := range p.Interfaces {
		ids[i] = member.UUID
	}
	return ids
}

// mirrored are the interfaces of all sources and outputs of mirrors, our own
// mirrors' first: of very many, not all can be watched.
func mirrored(s *ovs.Snapshot) []ovs.UUID {
	var own, others []ovs.UUID
	for _, b := range s.Bridges {
		wanted := map[ovs.UUID]bool{} // whether for a mirror of our own
		for _, mirror := range b.Mirrors {
			ours := mirror.Owner.Kind == ovs.ThisRun
			for _, src := range mirror.Sources() {
				wanted[src.Port] = wanted[src.Port] || ours
			}
			if out := mirror.OutputPort; out != nil {
				wanted[out.UUID] = wanted[out.UUID] || ours
			}
		}
		if len(wanted) == 0 {
			continue
		}
		for _, p := range b.Ports {
			ours, is := wanted[p.UUID]
			switch {
			case ours:
				own = append(own, interfacesOf(p)...)
			case is:
				others = append(others, interfacesOf(p)...)
			}
		}
	}
	return append(own, others...)
}
