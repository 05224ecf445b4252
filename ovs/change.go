package ovs

// Change is something a user asks for. NewPlan turns it into what must be done.
// The changes are SetSources, CreateMirror, EditMirror, RaiseOutput, DetachMirror,
// DetachOurs, ClearMirrors, RestoreMirrors, CreateLease, KeepLease and ReleaseLease.
type Change interface{ isChange() }

// SetSources adds sources to a mirror and takes sources away from it. What is
// already as asked is left alone.
type SetSources struct {
	Mirror UUID
	Add    []Source
	Remove []Source
}

// CreateMirror makes a mirror of any kind, and its output port with it where
// Output says so.
type CreateMirror struct {
	Bridge UUID
	MirrorSpec
	// Flood are the bridges on which OVS must flood the output VLAN instead of
	// learning addresses in it (F14). What is flooded already is left alone.
	Flood []UUID
	// Lease is an id from NewLeaseID that ties together what is made. Without one
	// the mirror is not tagged as ours, which only suits the restoring of foreign ones.
	Lease string
	// Owner is the process that will remove the mirror at its end; the zero value
	// means that it stays (Kept).
	Owner Process
	// ExternalIDs are further keys of the mirror's row.
	ExternalIDs map[string]string
}

// EditMirror changes a mirror from what its user saw into what he wants. Only what
// differs between the two is written, and only if nobody else has written it
// meanwhile; else planning or applying fails with a *ChangedError.
type EditMirror struct {
	Mirror     UUID
	Seen, Want MirrorSpec
	// Flood are the bridges on which OVS must flood the output VLAN (F14), Unflood
	// those on which it need not any more for this mirror. What is as asked is left alone.
	Flood, Unflood []UUID
	// Lease is an id for what is made with a mirror that has none, from NewLeaseID.
	Lease string
}

// RaiseOutput sets the port that was made for a mirror up again. A restart of the
// host leaves internal ports down, and then copies are lost.
type RaiseOutput struct {
	Mirror UUID
}

// DetachMirror removes one mirror, and what was made with it: its output port and
// the flooding of its VLAN.
type DetachMirror struct {
	Mirror UUID
}

// DetachOurs removes the mirrors on a bridge that this run made or that were kept,
// with what was made with them.
type DetachOurs struct {
	Bridge UUID
}

// ClearMirrors removes all mirrors of a bridge, other people's too, but not OVN's.
type ClearMirrors struct {
	Bridge UUID
}

// RestoreMirrors makes several mirrors at once, as they were before they were removed.
type RestoreMirrors struct {
	Mirrors []CreateMirror
}

// CreateLease makes a mirror for this run, with an internal port of its own as
// output, and tags both so that they can be told from everybody else's.
type CreateLease struct {
	Bridge  UUID
	Sources []Source
	// Lease is the new lease's id, see NewLeaseID; LeaseName names mirror and port after it.
	Lease string
	// Owner is the process that will remove the lease.
	Owner Process
}

// ReleaseLease removes the mirrors and ports of a lease.
type ReleaseLease struct {
	Lease string
}

// KeepLease makes the mirrors and ports of a lease outlive their run: they stay
// ours, but no run owns them and cleanup leaves them alone.
type KeepLease struct {
	Lease string
}

func (SetSources) isChange()     {}
func (CreateMirror) isChange()   {}
func (EditMirror) isChange()     {}
func (RaiseOutput) isChange()    {}
func (DetachMirror) isChange()   {}
func (DetachOurs) isChange()     {}
func (ClearMirrors) isChange()   {}
func (RestoreMirrors) isChange() {}
func (CreateLease) isChange()    {}
func (ReleaseLease) isChange()   {}
func (KeepLease) isChange()      {}
