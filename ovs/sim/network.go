package sim

import (
	"cmp"
	"maps"
	"slices"

	"ovscope/ovs/schema"
	"ovscope/ovs/sim/db"
)

// maxMirrors is how many mirrors a bridge can have; vswitchd ignores further ones (F3).
const maxMirrors = 32

// network is the configuration of all bridges as forwarding needs it. It is
// built anew whenever the database changes.
type network struct {
	bridges []*bridge
	ifaces  map[string]*iface // by name, those that work
}

type bridge struct {
	id      db.UUID
	name    string
	ports   []*port // by name
	mirrors []*mirror
	flood   map[int]bool // VLANs without MAC learning (F14)
	macs    macTable
}

type port struct {
	id       db.UUID
	name     string
	bridge   *bridge
	ifaces   []*iface
	mode     vlanMode
	tag      int // access or native VLAN, or the service VLAN of a tunnel; 0 for none
	trunks   map[int]bool
	cvlans   map[int]bool
	qinqType uint16 // TPID that a dot1q-tunnel port pushes
	reserved bool   // a mirror's output: forwarding leaves it alone (F11)
	// Bits by index in bridge.mirrors.
	fromGuest, toGuest uint32
}

// iface is a network device that works.
type iface struct {
	name     string
	kind     string // the Interface's type
	port     *port
	peer     string // of a patch interface
	options  map[string]string
	counters *ifaceCounters
	// Taps on what the switch receives from the device, and what it sends there.
	rxTaps, txTaps []*Tap
}

type mirror struct {
	id       db.UUID
	vlans    map[int]bool // empty for all (F6)
	output   *port
	outVLAN  int
	snapLen  int
	filter   filter
	same     uint32 // mirrors with the same destination, this one too (F7)
	counters *mirrorCounters
}

type ifaceCounters struct{ rxPackets, rxBytes, txPackets, txBytes int }

type mirrorCounters struct{ packets, bytes int }

// macTable is what a bridge has learned.
type macTable map[macKey]*port

type macKey struct {
	vlan int
	mac  [6]byte
}

// buildNetwork reads the configuration. Interfaces for which working is false are left out.
func (s *Switch) buildNetwork(tx *db.Tx, working map[db.UUID]bool) *network {
	n := &network{ifaces: map[string]*iface{}}
	interfaces := tx.Rows(schema.TableInterface)
	portRows := tx.Rows(schema.TablePort)
	mirrorRows := tx.Rows(schema.TableMirror)
	for id, row := range tx.Rows(schema.TableBridge) {
		b := &bridge{id: id, name: row.Text("name"), flood: setOf(row.Ints("flood_vlans"))}
		byID := map[db.UUID]*port{}
		for _, portID := range row.Refs("ports") {
			p := newPort(portID, portRows[portID])
			p.bridge = b
			for _, ifaceID := range portRows[portID].Refs("interfaces") {
				if working[ifaceID] {
					p.ifaces = append(p.ifaces, s.newIface(p, interfaces[ifaceID]))
				}
			}
			slices.SortFunc(p.ifaces, func(a, b *iface) int { return cmp.Compare(a.name, b.name) })
			for _, i := range p.ifaces {
				n.ifaces[i.name] = i
			}
			byID[portID] = p
			b.ports = append(b.ports, p)
		}
		slices.SortFunc(b.ports, func(a, b *port) int { return cmp.Compare(a.name, b.name) })
		for _, mirrorID := range row.Refs("mirrors") {
			s.addMirror(b, byID, mirrorID, mirrorRows[mirrorID])
		}
		b.macs = s.net.macsOf(id, byID)
		n.bridges = append(n.bridges, b)
	}
	slices.SortFunc(n.bridges, func(a, b *bridge) int { return cmp.Compare(a.name, b.name) })
	return n
}

// macsOf carries what a bridge has learned over to its ports' next configuration.
func (n *network) macsOf(bridge db.UUID, ports map[db.UUID]*port) macTable {
	macs := macTable{}
	if n == nil {
		return macs
	}
	for _, b := range n.bridges {
		if b.id != bridge {
			continue
		}
		for key, old := range b.macs {
			if p := ports[old.id]; p != nil {
				macs[key] = p
			}
		}
	}
	return macs
}

func newPort(id db.UUID, row db.Row) *port {
	tag, tagged := row.Int("tag")
	p := &port{
		id: id, name: row.Text("name"), tag: tag,
		trunks: setOf(row.Ints("trunks")), cvlans: setOf(row.Ints("cvlans")),
		qinqType: tpidService,
	}
	if row.TextMap("other_config")["qinq-ethtype"] == "802.1q" {
		p.qinqType = tpidCustomer
	}
	switch mode := row.Text("vlan_mode"); {
	case mode == "access", mode == "" && tagged && len(p.trunks) == 0:
		p.mode = modeAccess
	case mode == "native-untagged":
		p.mode = modeNativeUntagged
	case mode == "native-tagged", mode == "" && tagged:
		p.mode = modeNativeTagged
	case mode == "dot1q-tunnel":
		p.mode = modeTunnel
	default:
		p.mode = modeTrunk
	}
	return p
}

func (s *Switch) newIface(p *port, row db.Row) *iface {
	name := row.Text("name")
	if s.ifaceCounters[name] == nil {
		s.ifaceCounters[name] = &ifaceCounters{}
	}
	i := &iface{
		name: name, kind: row.Text("type"), port: p,
		options:  row.TextMap("options"),
		counters: s.ifaceCounters[name],
	}
	i.peer = i.options["peer"]
	if i.kind == "system" {
		i.kind = "" // another way to write it
	}
	for _, t := range s.taps[name] {
		i.attach(t)
	}
	return i
}

// attach puts a tap where its frames pass. What the switch sends to a system
// device goes out of it; what it sends to an internal port comes in (F22).
func (i *iface) attach(t *Tap) {
	if t.outgoing == (i.kind == "internal") {
		i.rxTaps = append(i.rxTaps, t)
	} else {
		i.txTaps = append(i.txTaps, t)
	}
}

// addMirror builds a mirror as vswitchd does: one without an output on its own
// bridge, with a bad filter, or beyond the limit is not built (F3).
func (s *Switch) addMirror(b *bridge, ports map[db.UUID]*port, id db.UUID, row db.Row) {
	m := &mirror{id: id, vlans: setOf(row.Ints("select_vlan"))}
	m.snapLen, _ = row.Int("snaplen")
	if out := row.Ref("output_port"); out != "" {
		if m.output = ports[out]; m.output == nil {
			return
		}
	} else if m.outVLAN, _ = row.Int("output_vlan"); m.outVLAN == 0 {
		return
	}
	var ok bool
	if m.filter, ok = parseFilter(row.Text("filter")); !ok || len(b.mirrors) == maxMirrors {
		return
	}
	if s.mirrorCounters[id] == nil {
		s.mirrorCounters[id] = &mirrorCounters{}
	}
	m.counters = s.mirrorCounters[id]

	bit := uint32(1) << len(b.mirrors)
	b.mirrors = append(b.mirrors, m)
	for i, other := range b.mirrors {
		if other.output == m.output && other.outVLAN == m.outVLAN {
			other.same |= bit
			m.same |= 1 << i
		}
	}
	if m.output != nil {
		m.output.reserved = true
	}
	if row.Bool("select_all") {
		for _, p := range b.ports {
			p.fromGuest |= bit
			p.toGuest |= bit
		}
		return
	}
	for _, source := range row.Refs("select_src_port") {
		if p := ports[source]; p != nil {
			p.fromGuest |= bit
		}
	}
	for _, source := range row.Refs("select_dst_port") {
		if p := ports[source]; p != nil {
			p.toGuest |= bit
		}
	}
}

func setOf(list []int) map[int]bool {
	set := make(map[int]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
}

// forget drops counters of what is no longer there.
func (s *Switch) forget(n *network) {
	maps.DeleteFunc(s.ifaceCounters, func(name string, _ *ifaceCounters) bool { return n.ifaces[name] == nil })
	alive := map[db.UUID]bool{}
	for _, b := range n.bridges {
		for _, m := range b.mirrors {
			alive[m.id] = true
		}
	}
	maps.DeleteFunc(s.mirrorCounters, func(id db.UUID, _ *mirrorCounters) bool { return !alive[id] })
}
