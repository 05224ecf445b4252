package ovs

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
	"ovscope/ovs/wire"
)

// Facts are what hazards are judged by and a snapshot does not hold, because it
// would have to be made anew every few seconds: ask with Client.Facts and give
// them to the plan with Snapshot.With.
type Facts struct {
	// Interfaces are by name.
	Interfaces map[string]InterfaceFacts
	// Devices are the interfaces of this host that are no ports of the switch, by
	// name: a new port cannot be called like one of them.
	Devices map[string]bool
	// NoControl is why ovs-vswitchd's control socket cannot be used (F1); empty when it can.
	NoControl string
}

// InterfaceFacts are what is known of an interface at one moment.
type InterfaceFacts struct {
	// Received and Sent are packets as the switch counts them: received from the port.
	Received, Sent uint64
	// LinkSpeed is in bit/s, 0 when not known.
	LinkSpeed uint64
	// Addresses are the host's own on the interface.
	Addresses []netip.Prefix
	// Measured reports that the two below are known: the interface is a device of
	// this host, which was watched for a moment.
	Measured bool
	// Rate is what passes in both directions, in bit/s.
	Rate float64
	// Receiving reports that packets came in from the port in that moment.
	Receiving bool
}

// With is the snapshot with facts, for NewPlan.
func (s *Snapshot) With(f *Facts) *Snapshot {
	with := *s
	with.facts = f
	return &with
}

// interfaceFacts are what is known of a port's interfaces, together.
func (s *Snapshot) interfaceFacts(p *Port) InterfaceFacts {
	all := InterfaceFacts{Measured: s.facts != nil && len(p.Interfaces) > 0}
	if s.facts == nil {
		return all
	}
	for _, i := range p.Interfaces {
		f := s.facts.Interfaces[i.Name]
		all.Received += f.Received
		all.Sent += f.Sent
		all.LinkSpeed += f.LinkSpeed
		all.Addresses = append(all.Addresses, f.Addresses...)
		all.Measured = all.Measured && f.Measured
		all.Rate += f.Rate
		all.Receiving = all.Receiving || f.Receiving
	}
	return all
}

// measureFor is how long interfaces are watched to know their rates.
const measureFor = 250 * time.Millisecond

// counters are what the kernel knows of an interface, as the host counts.
type counters struct {
	addresses          []netip.Prefix
	rxPackets, rxBytes uint64
	txPackets, txBytes uint64
}

// linkCounter is what Links may also be able to do.
type linkCounter interface {
	counters() (map[string]counters, error)
}

// Facts looks at the switch and at this host for a quarter of a second.
func (c *Client) Facts(ctx context.Context) (*Facts, error) {
	f := &Facts{Interfaces: map[string]InterfaceFacts{}}
	if err := c.readStatistics(ctx, f); err != nil {
		return nil, err
	}
	dir := c.runDir()
	if dir == "" {
		f.NoControl = "ovs-vswitchd runs on another host"
	} else if _, err := callVswitchd(ctx, dir, "version"); err != nil {
		f.NoControl = err.Error()
	}
	links, ok := c.cfg.Links.(linkCounter)
	if !ok || controlDir(c.cfg.Endpoint) == "" {
		return f, nil // the interfaces are another host's
	}
	start := c.cfg.Now()
	before, err := links.counters()
	if err == nil && sleep(ctx, measureFor) {
		var after map[string]counters
		if after, err = links.counters(); err == nil {
			f.measure(c.Snapshot(), before, after, max(c.cfg.Now().Sub(start), measureFor))
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return f, err
}

// readStatistics asks for the columns that the snapshot leaves out.
func (c *Client) readStatistics(ctx context.Context, f *Facts) error {
	c.mu.Lock()
	s := c.session
	c.mu.Unlock()
	if s == nil {
		return &ConnectError{Endpoint: c.cfg.Endpoint, Err: errors.New("not connected")}
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	rows, err := wire.Select[namedCounters](ctx, s.conn, schema.Database, ovsdb.Operation{
		Op: ovsdb.OperationSelect, Table: schema.TableInterface, Where: []ovsdb.Condition{},
		Columns: []string{"name", "statistics", "link_speed"},
	})
	if err != nil {
		return fmt.Errorf("reading the interfaces' statistics: %s", clean(err.Error()))
	}
	for _, row := range rows {
		f.Interfaces[clean(row.Name)] = InterfaceFacts{
			Received: row.Statistics["rx_packets"], Sent: row.Statistics["tx_packets"],
			LinkSpeed: uint64(max(0, deref(row.LinkSpeed))),
		}
	}
	return nil
}

// namedCounters are the columns that facts are made of.
type namedCounters struct {
	Name       string            `ovsdb:"name"`
	Statistics map[string]uint64 `ovsdb:"statistics"`
	LinkSpeed  *int              `ovsdb:"link_speed"`
}

// measure tells rates from two looks at the host's interfaces. What the host
// receives from an internal port, the switch has sent there; for a system device
// both receive the same.
func (f *Facts) measure(s *Snapshot, before, after map[string]counters, passed time.Duration) {
	f.Devices = map[string]bool{}
	for name := range after {
		f.Devices[name] = true
	}
	for _, b := range s.Bridges {
		for _, p := range b.Ports {
			for _, i := range p.Interfaces {
				if p.Error() == "" {
					delete(f.Devices, i.Name)
				}
				was, known := before[i.Name]
				is, still := after[i.Name]
				if !known || !still {
					continue
				}
				facts := f.Interfaces[i.Name]
				facts.Measured, facts.Addresses = true, is.addresses
				// The counters of a device that was made anew begin at 0.
				if is.rxBytes >= was.rxBytes && is.txBytes >= was.txBytes {
					facts.Rate = 8 * float64(is.rxBytes-was.rxBytes+is.txBytes-was.txBytes) / passed.Seconds()
				}
				facts.Receiving = is.rxPackets > was.rxPackets
				if i.Type == "internal" || i.Type == "tap" {
					facts.Receiving = is.txPackets > was.txPackets
				}
				f.Interfaces[i.Name] = facts
			}
		}
	}
}
