package cli

import (
	"time"

	"ovscope/ovs"
)

// listing is the JSON of ovscope list. Fields that do not apply are absent.
type listing struct {
	Endpoint   string          `json:"endpoint"`
	OVSVersion string          `json:"ovs_version,omitempty"`
	Bridges    []bridgeListing `json:"bridges"`
}

type bridgeListing struct {
	UUID         ovs.UUID        `json:"uuid"`
	Name         string          `json:"name"`
	DatapathType string          `json:"datapath_type"`
	FloodVLANs   []int           `json:"flood_vlans,omitempty"`
	Ports        []portListing   `json:"ports"`
	Mirrors      []mirrorListing `json:"mirrors"`
}

type portListing struct {
	UUID        ovs.UUID           `json:"uuid"`
	Name        string             `json:"name"`
	VLANMode    string             `json:"vlan_mode"`
	Tag         *int               `json:"tag,omitempty"`
	Trunks      []int              `json:"trunks,omitempty"`
	CVLANs      []int              `json:"cvlans,omitempty"`
	BondMode    string             `json:"bond_mode,omitempty"`
	LinkState   string             `json:"link_state,omitempty"`
	Error       string             `json:"error,omitempty"`
	Guest       string             `json:"guest,omitempty"`
	Interfaces  []interfaceListing `json:"interfaces"`
	ExternalIDs map[string]string  `json:"external_ids,omitempty"`
}

type interfaceListing struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	OFPort      *int              `json:"ofport,omitempty"`
	LinkState   string            `json:"link_state,omitempty"`
	MAC         string            `json:"mac,omitempty"`
	MTU         int               `json:"mtu,omitempty"`
	Error       string            `json:"error,omitempty"`
	ExternalIDs map[string]string `json:"external_ids,omitempty"`
}

type mirrorListing struct {
	UUID       ovs.UUID `json:"uuid"`
	Name       string   `json:"name"`
	Owner      string   `json:"owner"`
	SelectAll  bool     `json:"select_all"`
	Egress     []string `json:"select_src_port"` // → from guest
	Ingress    []string `json:"select_dst_port"` // ← to guest
	VLANs      []int    `json:"select_vlan,omitempty"`
	OutputPort string   `json:"output_port,omitempty"`
	OutputVLAN *int     `json:"output_vlan,omitempty"`
	SnapLen    *int     `json:"snaplen,omitempty"`
	Filter     string   `json:"filter,omitempty"`
	Packets    *uint64  `json:"tx_packets,omitempty"`
	Bytes      *uint64  `json:"tx_bytes,omitempty"`
	Health     string   `json:"health"`
	Reason     string   `json:"reason,omitempty"`
}

func listingOf(s *ovs.Snapshot, bridges []*ovs.Bridge) listing {
	l := listing{Endpoint: s.Endpoint, OVSVersion: s.OVSVersion, Bridges: []bridgeListing{}}
	for _, b := range bridges {
		bl := bridgeListing{
			UUID: b.UUID, Name: b.Name, DatapathType: b.DatapathType, FloodVLANs: b.FloodVLANs,
			Ports: []portListing{}, Mirrors: []mirrorListing{},
		}
		for _, p := range b.Ports {
			bl.Ports = append(bl.Ports, portListingOf(p))
		}
		for _, m := range b.Mirrors {
			bl.Mirrors = append(bl.Mirrors, mirrorListingOf(s, m))
		}
		l.Bridges = append(l.Bridges, bl)
	}
	return l
}

func portListingOf(p *ovs.Port) portListing {
	pl := portListing{
		UUID: p.UUID, Name: p.Name, VLANMode: p.Mode(), Tag: p.Tag, Trunks: p.Trunks, CVLANs: p.CVLANs,
		BondMode: p.BondMode, LinkState: p.LinkState(), Error: p.Error(), Guest: p.GuestName(),
		Interfaces: []interfaceListing{}, ExternalIDs: p.ExternalIDs,
	}
	for _, i := range p.Interfaces {
		pl.Interfaces = append(pl.Interfaces, interfaceListing{
			Name: i.Name, Type: i.Type, OFPort: i.OFPort, LinkState: i.LinkState,
			MAC: i.MAC, MTU: i.MTU, Error: i.Error, ExternalIDs: i.ExternalIDs,
		})
	}
	return pl
}

func mirrorListingOf(s *ovs.Snapshot, m *ovs.Mirror) mirrorListing {
	health, reason := s.Health(m, time.Now())
	ml := mirrorListing{
		UUID: m.UUID, Name: m.Name, Owner: m.Owner.Kind.String(), SelectAll: m.SelectAll,
		Egress: refNames(m.Egress), Ingress: refNames(m.Ingress), VLANs: m.VLANs,
		OutputVLAN: m.OutputVLAN, SnapLen: m.SnapLen, Filter: m.Filter,
		Health: health.String(), Reason: reason,
	}
	if m.OutputPort != nil {
		ml.OutputPort = m.OutputPort.Name
	}
	if m.Statistics != nil {
		ml.Packets, ml.Bytes = &m.Statistics.Packets, &m.Statistics.Bytes
	}
	return ml
}

func refNames(refs []ovs.PortRef) []string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.Name
	}
	return names
}
