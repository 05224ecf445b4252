package ovs

// Change is something a user asks for. NewPlan turns it into what must be done.
// The changes are SetSources, CreateLease, KeepLease and ReleaseLease.
type Change interface{ isChange() }

// SetSources adds sources to a mirror and takes sources away from it. What is
// already as asked is left alone.
type SetSources struct {
	Mirror UUID
	Add    []Source
	Remove []Source
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

func (SetSources) isChange()   {}
func (CreateLease) isChange()  {}
func (ReleaseLease) isChange() {}
func (KeepLease) isChange()    {}
