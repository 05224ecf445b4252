package ovs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// vsctlSources is the ovs-vsctl command that adds and removes sources of a mirror.
// It names the mirror by UUID, because mirror names are not unique (F9).
func vsctlSources(s *Snapshot, m *Mirror, add, remove []Source) string {
	refs := newPortRefs(s, slices.Concat(add, remove))
	var words []string
	for _, src := range add {
		words = append(words, fmt.Sprintf("add Mirror %s %s %s", m.UUID, src.Direction.Column(), refs.name[src.Port]))
	}
	for _, src := range remove {
		words = append(words, fmt.Sprintf("remove Mirror %s %s %s", m.UUID, src.Direction.Column(), refs.name[src.Port]))
	}
	return "ovs-vsctl -- " + strings.Join(slices.Concat(refs.gets, words), " -- ")
}

// vsctlCreateLease is the ovs-vsctl command that makes a lease.
func vsctlCreateLease(s *Snapshot, b *Bridge, c CreateLease, mtu int, ids map[string]string) string {
	name := quote(LeaseName(c.Lease))
	refs := newPortRefs(s, c.Sources)
	iface := fmt.Sprintf("set Interface %s type=internal", name)
	if mtu > 0 {
		iface += fmt.Sprintf(" mtu_request=%d", mtu)
	}
	mirror := "--id=@m create Mirror name=" + name + " output_port=@out"
	for _, d := range []Direction{Egress, Ingress} {
		var names []string
		for _, src := range c.Sources {
			if src.Direction == d {
				names = append(names, refs.name[src.Port])
			}
		}
		if len(names) > 0 {
			mirror += " " + d.Column() + "=" + strings.Join(names, ",")
		}
	}
	tags := vsctlIDs(ids)
	words := slices.Concat(refs.gets, []string{
		fmt.Sprintf("add-port %s %s", quote(b.Name), name),
		iface + tags,
		fmt.Sprintf("set Port %s", name) + tags,
		fmt.Sprintf("--id=@out get Port %s", name),
		mirror + tags,
		fmt.Sprintf("add Bridge %s mirrors @m", quote(b.Name)),
	})
	return "ovs-vsctl -- " + strings.Join(words, " -- ")
}

// portRefs gives ports names that one ovs-vsctl command can use: "@p1", "@p2", …
type portRefs struct {
	gets []string
	name map[UUID]string
}

func newPortRefs(s *Snapshot, sources []Source) portRefs {
	refs := portRefs{name: map[UUID]string{}}
	for _, src := range sources {
		if refs.name[src.Port] != "" {
			continue
		}
		if s.Port(src.Port) == nil {
			refs.name[src.Port] = string(src.Port) // a port that is gone can still be removed
			continue
		}
		refs.name[src.Port] = fmt.Sprintf("@p%d", len(refs.gets)+1)
		refs.gets = append(refs.gets, fmt.Sprintf("--id=%s get Port %s", refs.name[src.Port], quote(s.portName(src.Port))))
	}
	return refs
}

func vsctlIDs(ids map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(ids)) {
		b.WriteString(" external_ids:" + k + "=" + quote(`"`+ids[k]+`"`))
	}
	return b.String()
}

// titleSources says which sources a mirror gains and loses: "copy tap1 → into m0".
func titleSources(s *Snapshot, mirror string, add, remove []Source) string {
	list := func(sources []Source) string {
		byPort := map[UUID]string{}
		var order []UUID
		for _, src := range sources {
			if byPort[src.Port] == "" {
				order = append(order, src.Port)
			}
			byPort[src.Port] += " " + src.Direction.Arrow()
		}
		names := make([]string, len(order))
		for i, id := range order {
			names[i] = s.portName(id) + byPort[id]
		}
		return strings.Join(names, ", ")
	}
	var parts []string
	if len(add) > 0 {
		parts = append(parts, "copy "+list(add)+" into "+mirror)
	}
	if len(remove) > 0 {
		parts = append(parts, "stop copying "+list(remove)+" into "+mirror)
	}
	return strings.Join(parts, "; ")
}

// quote makes a word safe for a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/@=,+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
