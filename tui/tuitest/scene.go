package tuitest

import (
	"time"

	"ovscope/ovs"
)

// Scene is the switch of the pictures: br0 with guests on all kinds of ports and
// no mirror, br1 with a colleague's mirror and one of OVN's.
func Scene(now time.Time) *ovs.Snapshot {
	s := &ovs.Snapshot{
		Generation: 1, Time: now, Endpoint: "unix:/var/run/openvswitch/db.sock",
		OVSVersion: "3.1.0", SchemaVersion: "8.3.1", Hostname: "hv1", CurCfg: 7, NextCfg: 7,
		StatsInterval: 5 * time.Second,
	}
	br0 := &ovs.Bridge{UUID: "br0", Name: "br0", DatapathType: "system"}
	br0.Ports = []*ovs.Port{
		port(br0, "br0", "internal", ""),
		{
			UUID: "bond0", Name: "bond0", Bridge: "br0", BondMode: "balance-tcp",
			Interfaces: []*ovs.Interface{
				{UUID: "if-eth0", Name: "eth0", OFPort: ofport(1), LinkState: "up", AdminState: "up", MTU: 1500},
				{UUID: "if-eth1", Name: "eth1", OFPort: ofport(2), LinkState: "down", AdminState: "up", MTU: 1500},
			},
		},
		attached(access(port(br0, "tap1", "", "web-1"), 10), "52:54:00:00:00:01"),
		access(port(br0, "tap2", "", "db-1"), 20),
		trunk(port(br0, "tap3", "", "firewall"), 10, 20, 30),
		tunnel(port(br0, "tap4", "", "customer-q"), 100),
		down(access(port(br0, "tap5", "", ""), 10)),
		broken(port(br0, "vhost7", "dpdkvhostuser", "old-vm"), "could not open network device vhost7 (Address family not supported by protocol)"),
	}
	br1 := &ovs.Bridge{UUID: "br1", Name: "br1", DatapathType: "netdev"}
	br1.Ports = []*ovs.Port{
		port(br1, "br1", "internal", ""),
		port(br1, "mon0", "", "ids"),
		port(br1, "patch-br0", "patch", ""),
		access(port(br1, "vnet1", "", "mail"), 30),
		access(port(br1, "vnet2", "", "proxy"), 30),
	}
	br1.Mirrors = []*ovs.Mirror{
		{
			UUID: "ovn-m1", Name: "ovn-m1", Bridge: "br1", Owner: ovs.Owner{Kind: ovs.OVN},
			Egress: []ovs.PortRef{ref(br1, "vnet1")}, OutputPort: refTo(br1, "patch-br0"),
			Statistics: &ovs.MirrorStatistics{Packets: 12, Bytes: 900}, FirstSeen: now.Add(-time.Hour),
		},
		{
			UUID: "span0", Name: "span0", Bridge: "br1",
			Egress: []ovs.PortRef{ref(br1, "vnet2")}, Ingress: []ovs.PortRef{ref(br1, "vnet2"), ref(br1, "br1")},
			OutputPort: refTo(br1, "mon0"),
			Statistics: &ovs.MirrorStatistics{Packets: 48213, Bytes: 6102345},
			FirstSeen:  now.Add(-time.Hour), LastMoved: now.Add(-500 * time.Millisecond),
		},
	}
	s.Bridges = []*ovs.Bridge{br0, br1}
	return s
}

// Empty is an Open vSwitch without bridges.
func Empty(now time.Time) *ovs.Snapshot {
	s := Scene(now)
	s.Bridges = nil
	return s
}

func ofport(n int) *int { return &n }

func port(b *ovs.Bridge, name, kind, guest string) *ovs.Port {
	p := &ovs.Port{
		UUID: ovs.UUID(name), Name: name, Bridge: b.UUID,
		Interfaces: []*ovs.Interface{{
			UUID: ovs.UUID("if-" + name), Name: name, Type: kind, OFPort: ofport(5),
			LinkState: "up", AdminState: "up", MAC: "52:54:00:00:00:05", MTU: 1500,
		}},
	}
	if name == b.Name {
		p.UUID = ovs.UUID("local-" + name)
	}
	if guest != "" {
		p.ExternalIDs = map[string]string{"vm-name": guest}
	}
	return p
}

func access(p *ovs.Port, tag int) *ovs.Port {
	p.Tag = &tag
	return p
}

// attached says which MAC address the guest has, as libvirt does: that of Ping.
func attached(p *ovs.Port, mac string) *ovs.Port {
	p.Interfaces[0].ExternalIDs = map[string]string{"attached-mac": mac}
	return p
}

func trunk(p *ovs.Port, vlans ...int) *ovs.Port {
	p.Trunks = vlans
	return p
}

func tunnel(p *ovs.Port, tag int) *ovs.Port {
	p.Tag, p.VLANMode = &tag, "dot1q-tunnel"
	return p
}

func down(p *ovs.Port) *ovs.Port {
	p.Interfaces[0].LinkState = "down"
	return p
}

func broken(p *ovs.Port, text string) *ovs.Port {
	p.Interfaces[0].Error, p.Interfaces[0].OFPort, p.Interfaces[0].LinkState = text, ofport(-1), ""
	return p
}

func ref(b *ovs.Bridge, name string) ovs.PortRef {
	return ovs.PortRef{UUID: b.PortByName(name).UUID, Name: name}
}

func refTo(b *ovs.Bridge, name string) *ovs.PortRef {
	r := ref(b, name)
	return &r
}
