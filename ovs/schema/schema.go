// Package schema holds the rows of the Open_vSwitch database as Go structs: only
// the tables and columns that ovscope reads, for libovsdb to fill. What the
// columns mean stands in ovs-vswitchd.conf.db(5).
//
// Optional columns are pointers; sets are slices; references are UUIDs as text.
package schema

// Database is the name of the database.
const Database = "Open_vSwitch"

// Names of the tables in use.
const (
	TableOpenVSwitch = "Open_vSwitch"
	TableBridge      = "Bridge"
	TablePort        = "Port"
	TableInterface   = "Interface"
	TableMirror      = "Mirror"
)

// OpenVSwitch is the root table; it has exactly one row.
type OpenVSwitch struct {
	UUID        string            `ovsdb:"_uuid"`
	Bridges     []string          `ovsdb:"bridges"`
	CurCfg      int               `ovsdb:"cur_cfg"`
	NextCfg     int               `ovsdb:"next_cfg"`
	OVSVersion  *string           `ovsdb:"ovs_version"`
	OtherConfig map[string]string `ovsdb:"other_config"`
	ExternalIDs map[string]string `ovsdb:"external_ids"`
}

// Bridge is a virtual switch.
type Bridge struct {
	UUID         string            `ovsdb:"_uuid"`
	Name         string            `ovsdb:"name"`
	DatapathType string            `ovsdb:"datapath_type"`
	Ports        []string          `ovsdb:"ports"`
	Mirrors      []string          `ovsdb:"mirrors"`
	FloodVLANs   []int             `ovsdb:"flood_vlans"`
	OtherConfig  map[string]string `ovsdb:"other_config"`
	ExternalIDs  map[string]string `ovsdb:"external_ids"`
}

// Port is a port of a bridge, with one interface or, for a bond, several.
type Port struct {
	UUID        string            `ovsdb:"_uuid"`
	Name        string            `ovsdb:"name"`
	Interfaces  []string          `ovsdb:"interfaces"`
	Tag         *int              `ovsdb:"tag"`
	Trunks      []int             `ovsdb:"trunks"`
	CVLANs      []int             `ovsdb:"cvlans"`
	VLANMode    *string           `ovsdb:"vlan_mode"`
	BondMode    *string           `ovsdb:"bond_mode"`
	LACP        *string           `ovsdb:"lacp"`
	ActiveSlave *string           `ovsdb:"bond_active_slave"`
	OtherConfig map[string]string `ovsdb:"other_config"`
	ExternalIDs map[string]string `ovsdb:"external_ids"`
}

// Interface is a network device of a port.
type Interface struct {
	UUID        string            `ovsdb:"_uuid"`
	Name        string            `ovsdb:"name"`
	Type        string            `ovsdb:"type"`
	OFPort      *int              `ovsdb:"ofport"`
	Error       *string           `ovsdb:"error"`
	LinkState   *string           `ovsdb:"link_state"`
	AdminState  *string           `ovsdb:"admin_state"`
	MACInUse    *string           `ovsdb:"mac_in_use"`
	MTU         *int              `ovsdb:"mtu"`
	MTURequest  *int              `ovsdb:"mtu_request"`
	Options     map[string]string `ovsdb:"options"`
	Status      map[string]string `ovsdb:"status"`
	LinkSpeed   *int              `ovsdb:"link_speed"`
	Duplex      *string           `ovsdb:"duplex"`
	OtherConfig map[string]string `ovsdb:"other_config"`
	ExternalIDs map[string]string `ovsdb:"external_ids"`
}

// Mirror copies packets of its bridge.
type Mirror struct {
	UUID          string            `ovsdb:"_uuid"`
	Name          string            `ovsdb:"name"`
	SelectAll     bool              `ovsdb:"select_all"`
	SelectSrcPort []string          `ovsdb:"select_src_port"`
	SelectDstPort []string          `ovsdb:"select_dst_port"`
	SelectVLAN    []int             `ovsdb:"select_vlan"`
	OutputPort    *string           `ovsdb:"output_port"`
	OutputVLAN    *int              `ovsdb:"output_vlan"`
	SnapLen       *int              `ovsdb:"snaplen"`
	Filter        *string           `ovsdb:"filter"` // OVS 3.4 on
	Statistics    map[string]int    `ovsdb:"statistics"`
	ExternalIDs   map[string]string `ovsdb:"external_ids"`
}
