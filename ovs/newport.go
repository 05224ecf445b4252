package ovs

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// NewPort is an output port to be made: an internal port, or a tunnel.
type NewPort struct {
	// Name has at most 15 bytes (F26).
	Name string
	// Tag makes an access port of that VLAN, so that copies lose their tag (F8); 0
	// leaves a trunk, which keeps it.
	Tag int
	// Tunnel is where a tunnel port leads; the zero value means an internal port.
	Tunnel Tunnel
}

// Tunnel carries copies to another host, in GRE or ERSPAN (F15).
type Tunnel struct {
	Kind TunnelKind
	// Remote is the analyzer's address; Local ours, usually unset.
	Remote, Local netip.Addr
	// Key is GRE's key, or ERSPAN's session id of 10 bits; unset for none (ERSPAN: 0).
	Key Key
	// Index is ERSPAN type II's index, 20 bits.
	Index uint32
	// Direction is ERSPAN type III's direction: 0 from the guest, 1 to it.
	Direction uint8
	// HardwareID is ERSPAN type III's, 6 bits.
	HardwareID uint8
}

// Key is an optional number of a tunnel.
type Key struct {
	Set   bool
	Value uint32
}

// TunnelKind is the kind of a tunnel.
type TunnelKind int

// The kinds of tunnels. ERSPAN types II and III are versions 1 and 2 in OVS.
const (
	NoTunnel TunnelKind = iota
	GRE
	ERSPAN1
	ERSPAN2
)

func (k TunnelKind) String() string {
	switch k {
	case GRE:
		return "GRE"
	case ERSPAN1:
		return "ERSPAN type II"
	case ERSPAN2:
		return "ERSPAN type III"
	case NoTunnel:
	}
	return "internal"
}

// The sizes of ERSPAN's fields (draft-foschiano-erspan §4).
const (
	maxSession    = 1<<10 - 1
	maxIndex      = 1<<20 - 1
	maxHardwareID = 1<<6 - 1
)

// check says what OVS would not take. The error is an *InvalidError.
func (n *NewPort) check(s *Snapshot) error {
	t := n.Tunnel
	erspan := t.Kind == ERSPAN1 || t.Kind == ERSPAN2
	switch {
	case n.Name == "":
		return invalid("the new output port needs a name")
	case len(n.Name) > maxInterfaceName:
		return invalid("port name %q: Linux allows at most %d bytes", n.Name, maxInterfaceName)
	case n.Name != clean(n.Name):
		return invalid("port name %q: it has characters that cannot be shown", n.Name)
	case strings.ContainsAny(n.Name, "/: ") || n.Name == "." || n.Name == "..":
		return invalid("port name %q: Linux allows no blanks, slashes and colons in it", n.Name)
	case n.Name == "all" || n.Name == "default":
		// To switch IPv6 off on it would do so on all interfaces of the host.
		return invalid("port name %q: in /proc/sys/net it stands for all interfaces", n.Name)
	case n.Tag < 0 || n.Tag > maxVLAN:
		return invalid("tag %d: want 1 to %d", n.Tag, maxVLAN)
	case t.Kind == NoTunnel && t != Tunnel{}:
		return invalid("port %s: only GRE and ERSPAN have a remote address", n.Name)
	case t.Kind == NoTunnel:
		return nil
	case !t.Remote.IsValid() || t.Remote.IsUnspecified():
		return invalid("port %s: %s needs the analyzer's address", n.Name, t.Kind)
	case t.Remote.Zone() != "" || t.Local.Zone() != "":
		return invalid("port %s: a tunnel's address has no zone", n.Name)
	case t.Local.IsValid() && t.Local.Is4() != t.Remote.Is4():
		return invalid("port %s: local and remote address are of different families", n.Name)
	case erspan && t.Key.Value > maxSession:
		return invalid("session id %d: ERSPAN's has 10 bits, at most %d", t.Key.Value, maxSession)
	case t.Index > maxIndex || t.Index != 0 && t.Kind != ERSPAN1:
		return invalid("index %d: only ERSPAN type II has one, at most %d", t.Index, maxIndex)
	case t.Direction > 1 || t.Direction != 0 && t.Kind != ERSPAN2:
		return invalid("direction %d: only ERSPAN type III has one, 0 or 1", t.Direction)
	case t.HardwareID > maxHardwareID || t.HardwareID != 0 && t.Kind != ERSPAN2:
		return invalid("hardware id %d: only ERSPAN type III has one, at most %d", t.HardwareID, maxHardwareID)
	}
	if twin := s.tunnelTwin(n); twin != "" {
		return invalid("port %s leads to %s with the same key already, and OVS makes only one such tunnel", twin, t.Remote)
	}
	return nil
}

// tunnelTwin is a tunnel port that OVS could not tell from the new one.
func (s *Snapshot) tunnelTwin(n *NewPort) string {
	want := n.options()
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			for _, i := range p.Interfaces {
				if p.Name != n.Name && i.Type == n.kind() && i.Options["remote_ip"] == want["remote_ip"] &&
					cmp.Or(i.Options["key"], "0") == cmp.Or(want["key"], "0") && i.Options["local_ip"] == want["local_ip"] {
					return p.Name
				}
			}
		}
	}
	return ""
}

// kind is the Interface's type.
func (n *NewPort) kind() string {
	kind := "internal"
	switch n.Tunnel.Kind {
	case GRE:
		kind = "gre"
	case ERSPAN1, ERSPAN2:
		kind = "erspan"
	case NoTunnel:
		return kind
	}
	if n.Tunnel.Remote.Is6() {
		return "ip6" + kind
	}
	return kind
}

// options are the Interface's options. OVS reads erspan_idx and erspan_hwid as
// hexadecimal (F15).
func (n *NewPort) options() map[string]string {
	t := n.Tunnel
	if t.Kind == NoTunnel {
		return nil
	}
	o := map[string]string{"remote_ip": t.Remote.String()}
	if t.Local.IsValid() {
		o["local_ip"] = t.Local.String()
	}
	if t.Key.Set {
		o["key"] = strconv.FormatUint(uint64(t.Key.Value), 10)
	}
	switch t.Kind {
	case ERSPAN1:
		o["erspan_ver"] = "1"
		o["erspan_idx"] = strconv.FormatUint(uint64(t.Index), 16)
	case ERSPAN2:
		o["erspan_ver"] = "2"
		o["erspan_dir"] = strconv.Itoa(int(t.Direction))
		o["erspan_hwid"] = strconv.FormatUint(uint64(t.HardwareID), 16)
	case NoTunnel, GRE:
	}
	return o
}

// text is the port in a few words: "mon0", "gre0 (GRE to 192.0.2.9, key 7)".
func (n *NewPort) text() string {
	t := n.Tunnel
	if t.Kind == NoTunnel {
		return n.Name
	}
	text := fmt.Sprintf("%s (%s to %s", n.Name, t.Kind, t.Remote)
	if t.Key.Set {
		word := "key"
		if t.Kind != GRE {
			word = "session id"
		}
		text += fmt.Sprintf(", %s %d", word, t.Key.Value)
	}
	switch t.Kind {
	case ERSPAN1:
		text += fmt.Sprintf(", index %s", IndexText(t.Index))
	case ERSPAN2:
		text += fmt.Sprintf(", direction %d, hardware id %d", t.Direction, t.HardwareID)
	case NoTunnel, GRE:
	}
	return text + ")"
}

// IndexText is an ERSPAN index in decimal and as OVS reads it (F15): "26 (0x1a)".
func IndexText(index uint32) string { return fmt.Sprintf("%d (0x%x)", index, index) }

// NewPortOf describes a port so that it can be made again; nil when it is
// none that NewPort can describe.
func NewPortOf(p *Port) *NewPort {
	if p == nil || len(p.Interfaces) != 1 {
		return nil
	}
	i := p.Interfaces[0]
	n := &NewPort{Name: p.Name, Tag: deref(p.Tag)}
	number := func(key string, base int) uint32 {
		v, _ := strconv.ParseUint(i.Options[key], base, 32)
		return uint32(v)
	}
	switch {
	case i.Type == "internal":
		return n
	case i.Type == "gre" || i.Type == "ip6gre":
		n.Tunnel.Kind = GRE
	case (i.Type == "erspan" || i.Type == "ip6erspan") && i.Options["erspan_ver"] == "2":
		n.Tunnel = Tunnel{Kind: ERSPAN2, Direction: uint8(number("erspan_dir", 10)), HardwareID: uint8(number("erspan_hwid", 16))}
	case i.Type == "erspan" || i.Type == "ip6erspan":
		n.Tunnel = Tunnel{Kind: ERSPAN1, Index: number("erspan_idx", 16)}
	default:
		return nil
	}
	var err error
	if n.Tunnel.Remote, err = netip.ParseAddr(i.Options["remote_ip"]); err != nil {
		return nil
	}
	n.Tunnel.Local, _ = netip.ParseAddr(i.Options["local_ip"])
	if _, set := i.Options["key"]; set {
		n.Tunnel.Key = Key{true, number("key", 0)}
	}
	return n
}

// Describes reports whether the port is like this one.
func (n *NewPort) Describes(p *Port) bool {
	is := NewPortOf(p)
	return is != nil && *is == *n
}

// newPort adds the operations that make a port of the bridge, and returns how the
// transaction and the command refer to it.
func (d *draft) newPort(b *Bridge, n *NewPort, ids map[string]string) (ovsdb.UUID, string) {
	d.made++
	port, iface, word := fmt.Sprintf("port%d", d.made), fmt.Sprintf("iface%d", d.made), fmt.Sprintf("@out%d", d.made)

	row := ovsdb.Row{"name": n.Name, "type": n.kind()}
	set := fmt.Sprintf("set Interface %s type=%s", quote(n.Name), n.kind())
	mtu := 0
	if n.Tunnel.Kind == NoTunnel {
		if mtu = b.MTU(); mtu > 0 {
			row["mtu_request"] = mtu // so that whole frames of the bridge fit (F13)
			set += fmt.Sprintf(" mtu_request=%d", mtu)
		}
		d.plan.links = append(d.plan.links, link{n.Name, mtu})
		d.after = append(d.after, link{n.Name, mtu}.command())
	}
	if options := n.options(); options != nil {
		row["options"] = ovsMap(options)
		for _, k := range slices.Sorted(maps.Keys(options)) {
			set += " options:" + k + "=" + value(options[k])
		}
	}
	portRow := ovsdb.Row{"name": n.Name, "interfaces": ovsdb.UUID{GoUUID: iface}}
	setPort := "set Port " + quote(n.Name)
	if n.Tag != 0 {
		portRow["tag"] = n.Tag
		setPort += fmt.Sprintf(" tag=%d", n.Tag)
	}
	if len(ids) > 0 {
		row["external_ids"], portRow["external_ids"] = ovsMap(ids), ovsMap(ids)
	}
	d.plan.tx.insert("Interface", iface, row)
	d.plan.tx.insert("Port", port, portRow)
	d.plan.tx.mutate("Bridge", b.UUID, "bridge "+b.Name,
		*ovsdb.NewMutation("ports", ovsdb.MutateOperationInsert, ovsdb.UUID{GoUUID: port}))
	d.say("add-port %s %s", quote(b.Name), quote(n.Name))
	d.say("%s%s", set, vsctlIDs(ids))
	if n.Tag != 0 || len(ids) > 0 {
		d.say("%s%s", setPort, vsctlIDs(ids))
	}
	d.say("--id=%s get Port %s", word, quote(n.Name))
	return ovsdb.UUID{GoUUID: port}, word
}
