package ovs

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"ovscope/ovs/schema"
	"ovscope/ovs/wire"
)

// builder makes snapshots from a replica of the database. What has not changed since
// the snapshot before is shared with it: on a switch with 10,000 ports most rows never
// do. It also remembers what the rows themselves do not say: when a mirror was
// first seen and when its counters last moved.
type builder struct {
	self    Process
	local   bool // the database is this host's
	now     func() time.Time
	mirrors map[UUID]mirrorHistory

	builtInterfaces map[string]built[schema.Interface, Interface]
	builtPorts      map[string]built[schema.Port, Port]
	builtBridges    map[string]builtBridge
}

// built is what was made of a row. Rows are replaced when they change, never
// written to, so the same row makes the same.
type built[R, T any] struct {
	row  *R
	made *T
}

// builtBridge was made of a row, of ports and of mirrors.
type builtBridge struct {
	row     *schema.Bridge
	mirrors []*schema.Mirror
	made    *Bridge
}

func newBuilder(cfg Config) *builder {
	return &builder{self: cfg.Self, local: isLocal(cfg.Endpoint), now: cfg.Now}
}

type mirrorHistory struct {
	firstSeen, lastMoved, lastChanged time.Time
	statistics                        *MirrorStatistics
	spec                              MirrorSpec
}

// build reads all rows. It wants to be called in the replica's Read.
func (b *builder) build(r *wire.Replica) *Snapshot {
	s := &Snapshot{Time: b.now(), StatsInterval: statsInterval("")}
	for id, root := range wire.Rows[schema.OpenVSwitch](r, schema.TableOpenVSwitch) {
		s.root = UUID(id)
		s.CurCfg, s.NextCfg = root.CurCfg, root.NextCfg
		s.OVSVersion = clean(deref(root.OVSVersion))
		s.Hostname = clean(root.ExternalIDs["hostname"])
		s.StatsInterval = statsInterval(root.OtherConfig["stats-update-interval"])
		s.HardwareOffload = root.OtherConfig["hw-offload"] == "true"
	}
	b.interfaces(r)
	b.ports(r)
	history := make(map[UUID]mirrorHistory, len(b.mirrors))
	bridges := make(map[string]builtBridge, r.Len(schema.TableBridge))
	for id, row := range wire.Rows[schema.Bridge](r, schema.TableBridge) {
		next := b.bridge(r, id, row, history)
		bridges[id] = next
		s.Bridges = append(s.Bridges, next.made)
	}
	slices.SortFunc(s.Bridges, func(x, y *Bridge) int {
		return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
	})
	b.mirrors, b.builtBridges = history, bridges
	return s
}

// bridge makes a bridge with its ports and mirrors, or takes that of before.
func (b *builder) bridge(r *wire.Replica, id string, row *schema.Bridge, history map[UUID]mirrorHistory) builtBridge {
	before := b.builtBridges[id]
	ports := b.portsOf(row)
	next := builtBridge{row: row}
	for _, mirrorID := range row.Mirrors {
		if m := wire.Row[schema.Mirror](r, schema.TableMirror, mirrorID); m != nil {
			next.mirrors = append(next.mirrors, m)
		}
	}
	samePorts := before.made != nil && sameElements(before.made.Ports, ports)
	if samePorts && before.row == row && slices.Equal(before.mirrors, next.mirrors) {
		for _, m := range before.made.Mirrors {
			history[m.UUID] = b.mirrors[m.UUID]
		}
		return before
	}
	next.made = &Bridge{
		UUID:         UUID(id),
		Name:         clean(row.Name),
		DatapathType: clean(cmp.Or(row.DatapathType, "system")),
		FloodVLANs:   slices.Sorted(slices.Values(row.FloodVLANs)),
		OtherConfig:  cleanMap(row.OtherConfig),
		ExternalIDs:  cleanMap(row.ExternalIDs),
		Ports:        ports,
		rawName:      row.Name,

		rawExternalIDs: maps.Clone(row.ExternalIDs),
	}
	if samePorts {
		next.made.Ports = before.made.Ports
	} else {
		sortPorts(next.made)
	}
	for _, m := range next.mirrors {
		next.made.Mirrors = append(next.made.Mirrors, b.mirror(m, UUID(id), history))
	}
	slices.SortFunc(next.made.Mirrors, func(x, y *Mirror) int {
		return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
	})
	return next
}

// portsOf are the ports of a bridge, in any order.
func (b *builder) portsOf(row *schema.Bridge) []*Port {
	ports := make([]*Port, 0, len(row.Ports))
	for _, id := range row.Ports {
		one := b.builtPorts[id]
		if one.made == nil {
			continue
		}
		if one.made.Bridge != UUID(row.UUID) {
			moved := *one.made
			moved.Bridge = UUID(row.UUID)
			one.made = &moved
			b.builtPorts[id] = one
		}
		ports = append(ports, one.made)
	}
	return ports
}

// sameElements reports whether two lists without duplicates have the same elements.
func sameElements(a, b []*Port) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[*Port]struct{}, len(a))
	for _, p := range a {
		in[p] = struct{}{}
	}
	for _, p := range b {
		if _, ok := in[p]; !ok {
			return false
		}
	}
	return true
}

func sortPorts(b *Bridge) {
	slices.SortFunc(b.Ports, func(x, y *Port) int {
		if local := cmpBool(y.Name == b.Name, x.Name == b.Name); local != 0 {
			return local
		}
		return cmp.Or(natural(x.Name, y.Name), cmp.Compare(x.UUID, y.UUID))
	})
}

func (b *builder) interfaces(r *wire.Replica) {
	next := make(map[string]built[schema.Interface, Interface], r.Len(schema.TableInterface))
	for id, row := range wire.Rows[schema.Interface](r, schema.TableInterface) {
		if before := b.builtInterfaces[id]; before.row == row {
			next[id] = before
			continue
		}
		next[id] = built[schema.Interface, Interface]{row, &Interface{
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
		}}
	}
	b.builtInterfaces = next
}

func (b *builder) ports(r *wire.Replica) {
	next := make(map[string]built[schema.Port, Port], r.Len(schema.TablePort))
	for id, row := range wire.Rows[schema.Port](r, schema.TablePort) {
		interfaces := make([]*Interface, 0, len(row.Interfaces))
		for _, interfaceID := range row.Interfaces {
			if i := b.builtInterfaces[interfaceID].made; i != nil {
				interfaces = append(interfaces, i)
			}
		}
		slices.SortFunc(interfaces, func(x, y *Interface) int { return natural(x.Name, y.Name) })
		if before := b.builtPorts[id]; before.row == row && slices.Equal(before.made.Interfaces, interfaces) {
			next[id] = before
			continue
		}
		next[id] = built[schema.Port, Port]{row, &Port{
			UUID:         UUID(id),
			Name:         clean(row.Name),
			Tag:          clone(row.Tag),
			Trunks:       slices.Sorted(slices.Values(row.Trunks)),
			CVLANs:       slices.Sorted(slices.Values(row.CVLANs)),
			VLANMode:     clean(deref(row.VLANMode)),
			BondMode:     clean(deref(row.BondMode)),
			LACP:         clean(deref(row.LACP)),
			ActiveMember: clean(deref(row.ActiveSlave)),
			Interfaces:   interfaces,
			OtherConfig:  cleanMap(row.OtherConfig),
			ExternalIDs:  cleanMap(row.ExternalIDs),
			Owner:        ownerOf(row.ExternalIDs, b.self, b.local),
			rawName:      row.Name,
		}}
	}
	b.builtPorts = next
}

func (b *builder) mirror(row *schema.Mirror, bridge UUID, history map[UUID]mirrorHistory) *Mirror {
	m := &Mirror{
		UUID:        UUID(row.UUID),
		Name:        clean(row.Name),
		Bridge:      bridge,
		SelectAll:   row.SelectAll,
		Egress:      b.portRefs(row.SelectSrcPort),
		Ingress:     b.portRefs(row.SelectDstPort),
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
		m.OutputPort = &b.portRefs([]string{*row.OutputPort})[0]
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
	spec := m.Spec().sorted()
	spec.Name = ""
	if known && !reflect.DeepEqual(h.spec, spec) {
		h.lastChanged = b.now()
	}
	h.statistics, h.spec = m.Statistics, spec
	history[m.UUID] = h
	m.FirstSeen, m.LastMoved, m.LastChanged = h.firstSeen, h.lastMoved, h.lastChanged
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

func (b *builder) portRefs(ids []string) []PortRef {
	refs := make([]PortRef, 0, len(ids))
	for _, id := range ids {
		ref := PortRef{UUID: UUID(id), Name: UUID(id).Short()}
		if p := b.builtPorts[id].made; p != nil {
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
	if isPlain(s) {
		return s
	}
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

// isPlain reports that there is nothing but printable ASCII, as nearly always.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cleanMap may return the map itself: nobody writes to a row's.
func cleanMap(m map[string]string) map[string]string {
	plain := m != nil
	for k, v := range m {
		plain = plain && isPlain(k) && isPlain(v)
	}
	if plain {
		return m
	}
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
