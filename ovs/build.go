package ovs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ovn-kubernetes/libovsdb/cache"

	"ovscope/ovs/schema"
)

// builder makes snapshots from libovsdb's cache. It remembers between two of them
// what the rows themselves do not say: when a mirror was first seen and when its
// counters last moved.
type builder struct {
	self    Process
	local   bool // the database is this host's
	now     func() time.Time
	mirrors map[UUID]mirrorHistory
}

type mirrorHistory struct {
	firstSeen, lastMoved time.Time
	statistics           *MirrorStatistics
}

// build reads the whole cache. The result shares nothing with it.
func (b *builder) build(c *cache.TableCache) *Snapshot {
	s := &Snapshot{Time: b.now(), StatsInterval: statsInterval("")}
	for id, root := range rows[schema.OpenVSwitch](c, schema.TableOpenVSwitch) {
		s.root = UUID(id)
		s.CurCfg, s.NextCfg = root.CurCfg, root.NextCfg
		s.OVSVersion = clean(deref(root.OVSVersion))
		s.Hostname = clean(root.ExternalIDs["hostname"])
		s.StatsInterval = statsInterval(root.OtherConfig["stats-update-interval"])
		s.HardwareOffload = root.OtherConfig["hw-offload"] == "true"
	}
	interfaces := b.interfaces(c)
	ports := b.ports(c, interfaces)
	mirrors := rows[schema.Mirror](c, schema.TableMirror)
	history := make(map[UUID]mirrorHistory, len(mirrors))

	for id, row := range rows[schema.Bridge](c, schema.TableBridge) {
		bridge := &Bridge{
			UUID:         UUID(id),
			Name:         clean(row.Name),
			DatapathType: clean(cmp.Or(row.DatapathType, "system")),
			FloodVLANs:   slices.Sorted(slices.Values(row.FloodVLANs)),
			OtherConfig:  cleanMap(row.OtherConfig),
			ExternalIDs:  cleanMap(row.ExternalIDs),
			rawName:      row.Name,
		}
		for _, portID := range row.Ports {
			if p := ports[portID]; p != nil {
				p.Bridge = bridge.UUID
				bridge.Ports = append(bridge.Ports, p)
			}
		}
		for _, mirrorID := range row.Mirrors {
			if m := mirrors[mirrorID]; m != nil {
				bridge.Mirrors = append(bridge.Mirrors, b.mirror(m, bridge.UUID, ports, history))
			}
		}
		slices.SortFunc(bridge.Ports, func(x, y *Port) int {
			if local := cmpBool(y.Name == bridge.Name, x.Name == bridge.Name); local != 0 {
				return local
			}
			return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
		})
		slices.SortFunc(bridge.Mirrors, func(x, y *Mirror) int {
			return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
		})
		s.Bridges = append(s.Bridges, bridge)
	}
	slices.SortFunc(s.Bridges, func(x, y *Bridge) int {
		return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
	})
	b.mirrors = history
	return s
}

func (b *builder) interfaces(c *cache.TableCache) map[string]*Interface {
	table := rows[schema.Interface](c, schema.TableInterface)
	out := make(map[string]*Interface, len(table))
	for id, row := range table {
		out[id] = &Interface{
			UUID:        UUID(id),
			Name:        clean(row.Name),
			Type:        clean(row.Type),
			OFPort:      clone(row.OFPort),
			Error:       clean(deref(row.Error)),
			LinkState:   clean(deref(row.LinkState)),
			AdminState:  clean(deref(row.AdminState)),
			MAC:         clean(deref(row.MACInUse)),
			MTU:         deref(row.MTU),
			MTURequest:  deref(row.MTURequest),
			LinkSpeed:   deref(row.LinkSpeed),
			Duplex:      clean(deref(row.Duplex)),
			Options:     cleanMap(row.Options),
			Status:      cleanMap(row.Status),
			OtherConfig: cleanMap(row.OtherConfig),
			ExternalIDs: cleanMap(row.ExternalIDs),
		}
	}
	return out
}

func (b *builder) ports(c *cache.TableCache, interfaces map[string]*Interface) map[string]*Port {
	table := rows[schema.Port](c, schema.TablePort)
	out := make(map[string]*Port, len(table))
	for id, row := range table {
		p := &Port{
			UUID:        UUID(id),
			Name:        clean(row.Name),
			Tag:         clone(row.Tag),
			Trunks:      slices.Sorted(slices.Values(row.Trunks)),
			CVLANs:      slices.Sorted(slices.Values(row.CVLANs)),
			VLANMode:    clean(deref(row.VLANMode)),
			BondMode:    clean(deref(row.BondMode)),
			LACP:        clean(deref(row.LACP)),
			OtherConfig: cleanMap(row.OtherConfig),
			ExternalIDs: cleanMap(row.ExternalIDs),
			Owner:       ownerOf(row.ExternalIDs, b.self, b.local),
			rawName:     row.Name,
		}
		p.ActiveMember = clean(deref(row.ActiveSlave))
		for _, interfaceID := range row.Interfaces {
			if i := interfaces[interfaceID]; i != nil {
				p.Interfaces = append(p.Interfaces, i)
			}
		}
		slices.SortFunc(p.Interfaces, func(x, y *Interface) int { return natural(x.Name, y.Name) })
		out[id] = p
	}
	return out
}

func (b *builder) mirror(row *schema.Mirror, bridge UUID, ports map[string]*Port, history map[UUID]mirrorHistory) *Mirror {
	m := &Mirror{
		UUID:        UUID(row.UUID),
		Name:        clean(row.Name),
		Bridge:      bridge,
		SelectAll:   row.SelectAll,
		Egress:      portRefsOf(row.SelectSrcPort, ports),
		Ingress:     portRefsOf(row.SelectDstPort, ports),
		VLANs:       slices.Sorted(slices.Values(row.SelectVLAN)),
		OutputVLAN:  clone(row.OutputVLAN),
		SnapLen:     clone(row.SnapLen),
		Filter:      clean(deref(row.Filter)),
		ExternalIDs: cleanMap(row.ExternalIDs),
		Owner:       ownerOf(row.ExternalIDs, b.self, b.local),
		rawName:     row.Name,
		rawFilter:   deref(row.Filter),
	}
	if row.OutputPort != nil {
		m.OutputPort = &portRefsOf([]string{*row.OutputPort}, ports)[0]
	}
	if packets, ok := row.Statistics["tx_packets"]; ok {
		m.Statistics = &MirrorStatistics{Packets: uint64(packets), Bytes: uint64(row.Statistics["tx_bytes"])}
	}
	h, known := b.mirrors[m.UUID]
	if !known {
		h.firstSeen = b.now()
	}
	if known && m.Statistics != nil && moved(h.statistics, m.Statistics) {
		h.lastMoved = b.now()
	}
	h.statistics = m.Statistics
	history[m.UUID] = h
	m.FirstSeen, m.LastMoved = h.firstSeen, h.lastMoved
	return m
}

// moved reports whether the counters grew. The first ones that OVS reports count
// as growth if they are not zero.
func moved(before, after *MirrorStatistics) bool {
	if before == nil {
		return after.Packets > 0
	}
	return after.Packets > before.Packets
}

func portRefsOf(ids []string, ports map[string]*Port) []PortRef {
	refs := make([]PortRef, 0, len(ids))
	for _, id := range ids {
		ref := PortRef{UUID: UUID(id), Name: UUID(id).Short()}
		if p := ports[id]; p != nil {
			ref.Name = p.Name
		}
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(x, y PortRef) int { return natural(x.Name, y.Name) })
	return refs
}

// statsInterval is how often vswitchd refreshes Mirror statistics:
// max(5 s, other_config:stats-update-interval in milliseconds) (F4).
func statsInterval(configured string) time.Duration {
	const least = 5 * time.Second
	ms, err := strconv.Atoi(configured)
	if err != nil {
		return least
	}
	return max(least, time.Duration(ms)*time.Millisecond)
}

// natural orders tap2 before tap10.
func natural(a, b string) int {
	for a != "" && b != "" {
		da, db := leadingDigits(a), leadingDigits(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// clean strips what could move a terminal's cursor or hide text: control
// characters, and format characters such as bidirectional overrides. Invalid
// UTF-8 becomes U+FFFD. Every string of the database passes here, once.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	bad := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if bad(r) {
			return -1
		}
		return r
	}, s)
}

func cleanMap(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[clean(k)] = clean(v)
	}
	return out
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
