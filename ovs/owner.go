package ovs

// Keys in external_ids by which ovscope knows its own rows.
const (
	keyOwner = "ovscope-owner" // the process that made the row, see Process
	keyLease = "ovscope-lease" // ties a mirror and the port made with it together
	keyKept  = "ovscope-kept"  // "true" once the user chose to keep it
)

// OwnerKind says whose a mirror or port is.
type OwnerKind int

const (
	// Foreign is somebody else's: it carries no tag of ours.
	Foreign OwnerKind = iota
	// ThisRun is a lease of this process; it is removed when the run ends.
	ThisRun
	// OtherRun is a lease of another ovscope process, alive or dead.
	OtherRun
	// Kept was made by ovscope and kept by its user; no run owns it.
	Kept
	// OVN is written by ovn-controller; never edit it (F20).
	OVN
)

func (k OwnerKind) String() string {
	switch k {
	case ThisRun:
		return "this run"
	case OtherRun:
		return "another ovscope"
	case Kept:
		return "kept by ovscope"
	case OVN:
		return "OVN"
	case Foreign:
	}
	return "foreign"
}

// Owner is whose a mirror or port is.
type Owner struct {
	Kind OwnerKind
	// Lease is the lease's id; empty unless the kind is ThisRun, OtherRun or Kept.
	Lease string
	// Process made the lease; empty unless the kind is ThisRun or OtherRun.
	Process Process
	// Life tells whether Process still ran when the snapshot was made.
	Life Life
}

// ownerOf reads the owner out of a row's external_ids.
func ownerOf(ids map[string]string, self Process, localDatabase bool) Owner {
	if ids["ovn-owned"] == "true" {
		return Owner{Kind: OVN}
	}
	lease := ids[keyLease]
	if lease == "" {
		return Owner{}
	}
	if ids[keyKept] != "" {
		return Owner{Kind: Kept, Lease: lease}
	}
	// A lease whose owner cannot be read has no living owner to defend it, but
	// neither is it known to be dead: it stays with "another ovscope".
	process, err := ParseProcess(ids[keyOwner])
	if err == nil && process == self {
		return Owner{Kind: ThisRun, Lease: lease, Process: process, Life: Alive}
	}
	return Owner{Kind: OtherRun, Lease: lease, Process: process, Life: process.Life(self, localDatabase)}
}
