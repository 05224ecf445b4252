package ovs

// Keys in external_ids by which ovscope knows its own rows.
const (
	keyOwner = "ovscope-owner" // the process that made the row, see Process
	keyLease = "ovscope-lease" // ties a mirror and the port made with it together
	keyKept  = "ovscope-kept"  // RFC 3339 time at which the user chose to keep it
)

// OwnerKind says whose a mirror is.
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
}
