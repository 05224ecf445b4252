package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
	"ovscope/tui/layout"
)

// toastTime is how long a message stays, unless a key comes first.
const toastTime = 8 * time.Second

// bridge is the one that the selected row belongs to, nil when there is none.
func (m *model) bridge() *ovs.Bridge {
	if row := m.bridges.selected(); row != nil {
		return row.bridge
	}
	return nil
}

// mirror is the selected mirror, nil when the bridge has none.
func (m *model) mirror() *ovs.Mirror { return m.mirrorOf(m.bridge()) }

// mirrorOf is the mirror of a bridge that the screen shows: the one that the user
// picked, else our own, else one that was kept, else the first.
func (m *model) mirrorOf(b *ovs.Bridge) *ovs.Mirror {
	if b == nil || len(b.Mirrors) == 0 {
		return nil
	}
	for _, mirror := range b.Mirrors {
		if mirror.UUID == m.chosen[b.UUID] {
			return mirror
		}
	}
	for _, kind := range []ovs.OwnerKind{ovs.ThisRun, ovs.Kept} {
		if mirror := ownedBy(b, kind); mirror != nil {
			return mirror
		}
	}
	return b.Mirrors[0]
}

// ownedBy is the first mirror of a bridge with that kind of owner, nil if none.
func ownedBy(b *ovs.Bridge, kind ovs.OwnerKind) *ovs.Mirror {
	for _, mirror := range b.Mirrors {
		if mirror.Owner.Kind == kind {
			return mirror
		}
	}
	return nil
}

// choose makes a mirror the one that the screen shows for its bridge.
func (m *model) choose(mirror *ovs.Mirror) { m.chosen[mirror.Bridge] = mirror.UUID }

func (m *model) nextMirror() tea.Cmd {
	b, current := m.bridge(), m.mirror()
	for i, mirror := range b.Mirrors {
		if mirror.UUID == current.UUID {
			m.choose(b.Mirrors[(i+1)%len(b.Mirrors)])
			break
		}
	}
	return m.retarget()
}

// inner is the inside of a pane as it is laid out now.
func (m *model) inner(p layout.Pane) layout.Rect {
	return m.layOut().Inner(p)
}

// layOut says where everything goes now.
func (m *model) layOut() layout.Screen {
	return layout.Of(m.width, m.height, m.layoutState())
}

func (m *model) layoutState() layout.State {
	return layout.State{
		Focus: m.focus, Alone: m.alone(), Zoomed: m.zoomed, Mirror: mirrorUses,
		Tree: m.bridges.needs + 2, TreeWithRates: m.bridges.needsWithRates + 2,
	}
}
