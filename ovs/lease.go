package ovs

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
)

// maxInterfaceName is how long a Linux interface's name may be in bytes (F26):
// IFNAMSIZ less the closing zero.
const maxInterfaceName = 15

// NewLeaseID makes an id for a lease: 8 hexadecimal digits.
func NewLeaseID() string {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails, see crypto/rand
	return hex.EncodeToString(id)
}

// LeaseName is what mirror and port of a lease are called.
func LeaseName(id string) string {
	name := "ovscope" + id
	return name[:min(len(name), maxInterfaceName)]
}

// Lease is what one run of ovscope created: mirrors and the ports made for them.
type Lease struct {
	ID      string
	Owner   Owner
	Mirrors []*Mirror
	Ports   []*Port
}

// Leases lists the leases of all runs, and what was kept, by id.
func (s *Snapshot) Leases() []*Lease {
	byID := map[string]*Lease{}
	get := func(o Owner) *Lease {
		l := byID[o.Lease]
		if l == nil {
			l = &Lease{ID: o.Lease, Owner: o}
			byID[o.Lease] = l
		}
		return l
	}
	for _, b := range s.Bridges {
		for _, m := range b.Mirrors {
			if m.Owner.Lease != "" {
				l := get(m.Owner)
				l.Mirrors = append(l.Mirrors, m)
			}
		}
		for _, p := range b.Ports {
			if p.Owner.Lease != "" {
				l := get(p.Owner)
				l.Ports = append(l.Ports, p)
			}
		}
	}
	leases := make([]*Lease, 0, len(byID))
	for _, l := range byID {
		leases = append(leases, l)
	}
	slices.SortFunc(leases, func(a, b *Lease) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return leases
}

// LeasesOf lists the leases of one kind of owner.
func (s *Snapshot) LeasesOf(kind OwnerKind) []*Lease {
	return slices.DeleteFunc(s.Leases(), func(l *Lease) bool { return l.Owner.Kind != kind })
}
