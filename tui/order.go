package tui

import (
	"cmp"
	"slices"

	"ovscope/ovs"
)

// portOrder is how the ports of a bridge are sorted.
type portOrder int

const (
	byName portOrder = iota // the local port first, tap2 before tap10
	byRate                  // the busiest first
	byVLAN                  // trunks last
	portOrders
)

func (o portOrder) String() string {
	switch o {
	case byRate:
		return "rate"
	case byVLAN:
		return "VLAN"
	default:
	}
	return "name"
}

// sorted is a bridge's ports in an order; snapshots have them by name.
func (p *bridgesPane) sorted(ports []*ovs.Port) []*ovs.Port {
	switch p.order {
	case byRate:
		bits := make(map[*ovs.Port]float64, len(ports))
		for _, port := range ports {
			l, known := p.load(&treeRow{port: port})
			bits[port] = l[ovs.Egress].Bits + l[ovs.Ingress].Bits
			if !known {
				bits[port] = -1
			}
		}
		ports = slices.Clone(ports)
		slices.SortStableFunc(ports, func(a, b *ovs.Port) int { return cmp.Compare(bits[b], bits[a]) })
	case byVLAN:
		ports = slices.Clone(ports)
		slices.SortStableFunc(ports, func(a, b *ovs.Port) int { return cmp.Compare(firstVLAN(a), firstVLAN(b)) })
	default:
	}
	return ports
}

// firstVLAN is a port's own VLAN, or for trunks something greater than any.
func firstVLAN(p *ovs.Port) int {
	const trunk = 4096
	switch {
	case p.Tag != nil:
		return *p.Tag
	case len(p.Trunks) > 0:
		return trunk + p.Trunks[0]
	}
	return 2 * trunk
}

// sortPorts goes on to the next order.
func (m *model) sortPorts() {
	p := &m.bridges
	p.order = (p.order + 1) % portOrders
	p.rebuild()
	if p.order == byRate {
		m.say("the busiest ports first, as OVS counts them every " + m.snap.StatsInterval.String())
		return
	}
	m.say("sorted by " + p.order.String())
}
