package ovs

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// UUID is the identity of an OVSDB row, in its usual text form.
type UUID string

// Short is the UUID's first group, enough for a screen.
func (u UUID) Short() string {
	head, _, _ := strings.Cut(string(u), "-")
	return head
}

// Snapshot is everything ovscope knows of one Open vSwitch at one moment. It is
// complete and immutable: whoever holds one may read it from any goroutine.
//
// Strings in it have been stripped of control characters; they are safe to print.
type Snapshot struct {
	// Generation grows by at least one with every published snapshot.
	Generation uint64
	Time       time.Time

	// Endpoint is the OVSDB server's address as ovs-vsctl --db takes it.
	Endpoint string
	// StaleSince is when the connection was lost; zero while connected.
	StaleSince time.Time
	// StaleReason says why the connection was lost.
	StaleReason string

	OVSVersion    string // of ovs-vswitchd, "3.1.0"; empty when vswitchd never ran
	SchemaVersion string // of the database, "8.3.1"
	Hostname      string // external_ids:hostname
	Features      Features
	// CurCfg and NextCfg: vswitchd has applied what was asked when CurCfg has
	// caught up with NextCfg (F2).
	CurCfg, NextCfg int
	// StatsInterval is how often vswitchd refreshes Mirror statistics (F4).
	StatsInterval time.Duration
	// HardwareOffload is other_config:hw-offload.
	HardwareOffload bool

	Bridges []*Bridge // sorted by name
	// Counters are those of the interfaces that Client.Watch was told of.
	Counters map[UUID]Counters

	// revision counts the snapshots that differ in more than their counters.
	revision uint64

	root  UUID   // the single Open_vSwitch row
	facts *Facts // nil while nobody has asked
}

// Features are what the server's schema offers beyond OVS 2.17.
type Features struct {
	MirrorFilter bool // the Mirror table has a filter column: OVS 3.4, schema 8.7.0 (F10)
}

// Bridge is a row of the Bridge table.
type Bridge struct {
	UUID UUID
	Name string
	// DatapathType is "system" (kernel) or "netdev" (userspace).
	DatapathType string
	FloodVLANs   []int
	Ports        []*Port   // local port first, then by name
	Mirrors      []*Mirror // by name, then by UUID
	OtherConfig  map[string]string
	ExternalIDs  map[string]string

	rawName        string            // as in OVSDB, for guards
	rawExternalIDs map[string]string // likewise
}

// Port is a row of the Port table.
type Port struct {
	UUID   UUID
	Name   string
	Bridge UUID
	// Tag is the access or native VLAN, nil when unset.
	Tag *int
	// Trunks are the VLANs a trunk carries; empty means all.
	Trunks []int
	// CVLANs are the customer VLANs of a dot1q-tunnel port; empty means all.
	CVLANs []int
	// VLANMode is the column's value, often empty; see Mode.
	VLANMode string
	BondMode string
	// LACP is "active", "passive", "off" or "" when unset; ActiveMember is the MAC
	// of the member that a bond sends on, "" when OVS does not say.
	LACP, ActiveMember string
	// Interfaces has one element, or several for a bond; sorted by name.
	Interfaces  []*Interface
	ExternalIDs map[string]string
	OtherConfig map[string]string
	Owner       Owner

	rawName string // as in OVSDB, for guards
}

// Interface is a row of the Interface table.
type Interface struct {
	UUID UUID
	Name string
	Type string // "" is a system device; "internal", "patch", "gre", "vxlan", …
	// OFPort is the OpenFlow port number: nil while unset, -1 when it failed (F25).
	OFPort *int
	// Error is why the interface does not work; empty when it does (F25).
	Error string
	// LinkState and AdminState are "up", "down" or "" when not known.
	LinkState, AdminState string
	MAC                   string // mac_in_use
	MTU                   int    // 0 when not known
	MTURequest            int    // 0 when nobody asked for one
	LinkSpeed             int    // bit/s, 0 when not known
	Duplex                string // "half", "full" or "" when not known
	Options               map[string]string
	Status                map[string]string
	OtherConfig           map[string]string
	ExternalIDs           map[string]string
}

// Mirror is a row of the Mirror table with its references resolved.
type Mirror struct {
	UUID   UUID
	Name   string
	Bridge UUID
	// SelectAll copies every packet of the bridge and overrides the port lists (F6).
	SelectAll bool
	// Egress are the ports whose sent traffic is copied (select_src_port, →).
	Egress []PortRef
	// Ingress are the ports whose received traffic is copied (select_dst_port, ←).
	Ingress []PortRef
	// VLANs narrow the selection; empty means all (F6).
	VLANs []int
	// OutputPort is nil when the mirror has none.
	OutputPort *PortRef
	// OutputVLAN is the RSPAN VLAN, nil when unset.
	OutputVLAN *int
	SnapLen    *int // bytes, nil when whole packets are copied
	Filter     string
	// Statistics are OVS's own counters, nil while OVS has reported none (F3, F4).
	Statistics *MirrorStatistics
	// FirstSeen is when this run of ovscope first saw the row.
	FirstSeen time.Time
	// LastMoved is when Statistics were last seen to grow; zero if never.
	LastMoved time.Time
	// LastChanged is when what is copied, or where to, was last seen to change; zero
	// if never.
	LastChanged time.Time
	Owner       Owner
	ExternalIDs map[string]string

	rawName, rawFilter string // as in OVSDB, for guards
}

// PortRef is a port as seen from a mirror.
type PortRef struct {
	UUID UUID
	Name string
}

// MirrorStatistics are OVS's counters of a mirror, counted before delivery (F4).
type MirrorStatistics struct {
	Packets, Bytes uint64
}

// Direction is which traffic of a port a mirror copies, seen from the guest.
type Direction int

const (
	// Egress is what the guest sends: select_src_port, shown →.
	Egress Direction = iota
	// Ingress is what the guest receives: select_dst_port, shown ←.
	Ingress
)

func (d Direction) String() string {
	if d == Ingress {
		return "ingress"
	}
	return "egress"
}

// Arrow is the direction's sign on every screen.
func (d Direction) Arrow() string {
	if d == Ingress {
		return "←"
	}
	return "→"
}

// Column is the Mirror column that selects the direction.
func (d Direction) Column() string {
	if d == Ingress {
		return "select_dst_port"
	}
	return "select_src_port"
}

// Source is one direction of one port.
type Source struct {
	Port      UUID
	Direction Direction
}

// Bridge finds a bridge by UUID, nil when there is none.
func (s *Snapshot) Bridge(id UUID) *Bridge {
	for _, b := range s.Bridges {
		if b.UUID == id {
			return b
		}
	}
	return nil
}

// BridgeByName finds a bridge by name, nil when there is none.
func (s *Snapshot) BridgeByName(name string) *Bridge {
	for _, b := range s.Bridges {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// Port finds a port by UUID on any bridge, nil when there is none.
func (s *Snapshot) Port(id UUID) *Port {
	for _, b := range s.Bridges {
		if p := b.Port(id); p != nil {
			return p
		}
	}
	return nil
}

// PortByName finds a port by name on any bridge (port names are unique in
// OVSDB), nil when there is none.
func (s *Snapshot) PortByName(name string) *Port {
	for _, b := range s.Bridges {
		if p := b.PortByName(name); p != nil {
			return p
		}
	}
	return nil
}

// Mirror finds a mirror by UUID on any bridge, nil when there is none.
func (s *Snapshot) Mirror(id UUID) *Mirror {
	for _, b := range s.Bridges {
		for _, m := range b.Mirrors {
			if m.UUID == id {
				return m
			}
		}
	}
	return nil
}

// Mirrors lists the mirrors of all bridges, in the bridges' order.
func (s *Snapshot) Mirrors() []*Mirror {
	var all []*Mirror
	for _, b := range s.Bridges {
		all = append(all, b.Mirrors...)
	}
	return all
}

// Stale reports whether the connection is lost, so that the rest may be out of date.
func (s *Snapshot) Stale() bool { return !s.StaleSince.IsZero() }

// Port finds a port of the bridge by UUID, nil when there is none.
func (b *Bridge) Port(id UUID) *Port {
	for _, p := range b.Ports {
		if p.UUID == id {
			return p
		}
	}
	return nil
}

// PortByName finds a port of the bridge by name, nil when there is none.
func (b *Bridge) PortByName(name string) *Port {
	for _, p := range b.Ports {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// LocalPort is the port named like the bridge, nil if there is none.
func (b *Bridge) LocalPort() *Port { return b.PortByName(b.Name) }

// MTU is the MTU of the bridge's local interface in bytes, 0 when not known.
func (b *Bridge) MTU() int {
	if p := b.LocalPort(); p != nil && len(p.Interfaces) > 0 {
		return p.Interfaces[0].MTU
	}
	return 0
}

// IsBond reports whether the port has several member interfaces.
func (p *Port) IsBond() bool { return len(p.Interfaces) > 1 }

// Mode is the VLAN mode in force: "access", "trunk", "native-tagged",
// "native-untagged" or "dot1q-tunnel". When the column is empty OVS takes a tag
// without trunks for an access port and anything else for a trunk
// (ovs-vswitchd.conf.db(5)).
func (p *Port) Mode() string {
	switch {
	case p.VLANMode != "":
		return p.VLANMode
	case p.Tag != nil && len(p.Trunks) == 0:
		return "access"
	case p.Tag != nil:
		return "native-tagged"
	default:
		return "trunk"
	}
}

// Error is the first error among the port's interfaces, "" when all work (F25).
func (p *Port) Error() string {
	for _, i := range p.Interfaces {
		switch {
		case i.Error != "":
			return i.Error
		case i.OFPort != nil && *i.OFPort == -1:
			return "OVS could not open " + i.Name + " (ofport -1)"
		}
	}
	return ""
}

// LinkState is "up" when any interface of the port is up, else "down", or ""
// when OVS does not know.
func (p *Port) LinkState() string {
	state := ""
	for _, i := range p.Interfaces {
		if i.LinkState == "up" {
			return "up"
		}
		state = cmp.Or(state, i.LinkState)
	}
	return state
}

// Selects reports whether the mirror copies that direction of the port.
func (m *Mirror) Selects(port UUID, d Direction) bool {
	if m.SelectAll {
		return true
	}
	return m.Lists(port, d)
}

// Lists reports whether the mirror names that direction of the port itself.
func (m *Mirror) Lists(port UUID, d Direction) bool {
	refs := m.Egress
	if d == Ingress {
		refs = m.Ingress
	}
	return slices.ContainsFunc(refs, func(r PortRef) bool { return r.UUID == port })
}

// Sources lists the ports the mirror names, egress first.
func (m *Mirror) Sources() []Source {
	sources := make([]Source, 0, len(m.Egress)+len(m.Ingress))
	for _, r := range m.Egress {
		sources = append(sources, Source{r.UUID, Egress})
	}
	for _, r := range m.Ingress {
		sources = append(sources, Source{r.UUID, Ingress})
	}
	return sources
}
