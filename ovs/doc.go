// Package ovs knows Open vSwitch: what is there, what a change would do, and how
// to do it without hurting anybody.
//
// A Client keeps a connection to the OVSDB server and publishes immutable
// Snapshots. A Change on a Snapshot makes a Plan (NewPlan, which talks to
// nothing); Client.Apply carries a Plan out, waits until ovs-vswitchd has taken
// it up, and makes running flows follow (F1).
//
// The numbers F1 to F27 in comments name facts about Open vSwitch that decide
// how this package behaves; docs/open-vswitch.md lists them with their sources.
package ovs
