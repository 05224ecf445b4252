package sim

// ovsVersion and schemaVersion are the release that the simulation stands for:
// the first with Mirror.filter (F10).
const (
	ovsVersion    = "3.4.1"
	schemaVersion = "8.7.0"
)

// schemaDocument is what the simulated server answers to get_schema: the tables
// and columns of ovs-vswitchd.conf.db(5) that tools looking at bridges, ports
// and mirrors use, with the types, limits and references they have there.
const schemaDocument = `{"name":"Open_vSwitch","version":"8.7.0","cksum":"0 0","tables":{
 "Open_vSwitch":{"isRoot":true,"maxRows":1,"columns":{
   "bridges":{"type":{"key":{"type":"uuid","refTable":"Bridge"},"min":0,"max":"unlimited"}},
   "cur_cfg":{"type":"integer"},
   "next_cfg":{"type":"integer"},
   "ovs_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "db_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "system_type":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "system_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "datapath_types":{"type":{"key":{"type":"string"},"min":0,"max":"unlimited"}},
   "iface_types":{"type":{"key":{"type":"string"},"min":0,"max":"unlimited"}},
   "dpdk_initialized":{"type":"boolean"},
   "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "statistics":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true}}},
 "Bridge":{"indexes":[["name"]],"columns":{
   "name":{"type":"string","mutable":false},
   "datapath_type":{"type":"string"},
   "datapath_id":{"type":{"key":"string","min":0,"max":1},"ephemeral":true},
   "ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},
   "mirrors":{"type":{"key":{"type":"uuid","refTable":"Mirror"},"min":0,"max":"unlimited"}},
   "fail_mode":{"type":{"key":{"type":"string","enum":["set",["standalone","secure"]]},"min":0,"max":1}},
   "stp_enable":{"type":"boolean"},
   "rstp_enable":{"type":"boolean"},
   "mcast_snooping_enable":{"type":"boolean"},
   "flood_vlans":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},
   "status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},
   "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},
 "Port":{"indexes":[["name"]],"columns":{
   "name":{"type":"string","mutable":false},
   "interfaces":{"type":{"key":{"type":"uuid","refTable":"Interface"},"min":1,"max":"unlimited"}},
   "tag":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":1}},
   "trunks":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},
   "cvlans":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},
   "vlan_mode":{"type":{"key":{"type":"string","enum":["set",["trunk","access","native-tagged","native-untagged","dot1q-tunnel"]]},"min":0,"max":1}},
   "bond_mode":{"type":{"key":{"type":"string","enum":["set",["balance-tcp","balance-slb","active-backup"]]},"min":0,"max":1}},
   "lacp":{"type":{"key":{"type":"string","enum":["set",["active","passive","off"]]},"min":0,"max":1}},
   "bond_active_slave":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},
   "statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},
   "protected":{"type":"boolean"},
   "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},
 "Interface":{"indexes":[["name"]],"columns":{
   "name":{"type":"string","mutable":false},
   "type":{"type":"string"},
   "ofport":{"type":{"key":"integer","min":0,"max":1}},
   "ofport_request":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":65279},"min":0,"max":1}},
   "error":{"type":{"key":"string","min":0,"max":1}},
   "link_state":{"type":{"key":{"type":"string","enum":["set",["up","down"]]},"min":0,"max":1},"ephemeral":true},
   "admin_state":{"type":{"key":{"type":"string","enum":["set",["up","down"]]},"min":0,"max":1},"ephemeral":true},
   "link_speed":{"type":{"key":"integer","min":0,"max":1},"ephemeral":true},
   "duplex":{"type":{"key":{"type":"string","enum":["set",["half","full"]]},"min":0,"max":1},"ephemeral":true},
   "mac":{"type":{"key":{"type":"string"},"min":0,"max":1}},
   "mac_in_use":{"type":{"key":{"type":"string"},"min":0,"max":1},"ephemeral":true},
   "ifindex":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":1},"ephemeral":true},
   "mtu":{"type":{"key":"integer","min":0,"max":1},"ephemeral":true},
   "mtu_request":{"type":{"key":{"type":"integer","minInteger":1},"min":0,"max":1}},
   "options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},
   "statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},
   "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
   "external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},
 "Mirror":{"columns":{
   "name":{"type":"string"},
   "select_all":{"type":"boolean"},
   "select_src_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":"unlimited"}},
   "select_dst_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":"unlimited"}},
   "select_vlan":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},
   "output_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":1}},
   "output_vlan":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4095},"min":0,"max":1}},
   "snaplen":{"type":{"key":{"type":"integer","minInteger":14,"maxInteger":65535},"min":0,"max":1}},
   "filter":{"type":{"key":"string","min":0,"max":1}},
   "statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},
   "external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}}`
