package sim

import (
	"crypto/sha256"
	"fmt"

	"ovscope/ovs/schema"
	"ovscope/ovs/sim/db"
)

// Names in the scene that more than one file needs.
const (
	guestBridge  = "br-int"
	uplinkBridge = "br-ext"
	uplink       = "eth0"
)

// guest is a virtual machine on guestBridge. Its device is named after it.
type guest struct {
	name   string
	mac    string
	tag    int
	trunks []int
	// tunnel makes the port dot1q-tunnel for these customer VLANs.
	tunnel []int
	down   bool
	// missing leaves the device out, so that vswitchd reports an error (F25).
	missing bool
}

func (g guest) device() string { return "tap-" + g.name }

// VLANs of the scene.
const (
	transitVLAN = 5 // between the firewall and the provider
	serverVLAN  = 10
	officeVLAN  = 20
	cameraVLAN  = 30
	customerTag = 900 // service VLAN of cust-9
)

// guests are the virtual machines. The IDS has a port without a tag, so that
// copies keep the tags of their VLANs (F8).
func guests() []guest {
	return []guest{
		{name: "web-1", mac: "52:54:00:10:00:0b", tag: serverVLAN},
		{name: "web-2", mac: "52:54:00:10:00:0c", tag: serverVLAN},
		{name: "db-1", mac: "52:54:00:10:00:15", tag: serverVLAN},
		{name: "mail", mac: "52:54:00:10:00:19", tag: serverVLAN},
		{name: "dns", mac: "52:54:00:10:00:35", tag: serverVLAN},
		{name: "build-7", mac: "52:54:00:20:00:11", tag: officeVLAN},
		{name: "nas", mac: "52:54:00:20:00:14", tag: officeVLAN},
		{name: "voip", mac: "52:54:00:20:00:3c", tag: officeVLAN},
		{name: "phone-12", mac: "52:54:00:20:00:70", tag: officeVLAN},
		{name: "cam-3", mac: "52:54:00:30:00:67", tag: cameraVLAN},
		{name: "nvr", mac: "52:54:00:30:00:1e", tag: cameraVLAN},
		{name: "fw-1", mac: "52:54:00:05:00:01", trunks: []int{transitVLAN, serverVLAN, officeVLAN, cameraVLAN}},
		{name: "cust-9", mac: "52:54:00:90:00:09", tag: customerTag, tunnel: []int{101, 102}},
		{name: "ids", mac: "52:54:00:99:00:01"},
		{name: "test-2", mac: "52:54:00:10:00:63", tag: serverVLAN, down: true},
		{name: "legacy-4", mac: "52:54:00:30:00:04", tag: cameraVLAN, missing: true},
	}
}

// devices are the host's network devices: the guests' taps and the network cards.
func devices() map[string]device {
	const gigabit = 1_000_000_000
	out := map[string]device{
		uplink:       {mac: "02:00:00:e0:00:10", speed: 10 * gigabit},
		"eth1":       {mac: "02:00:00:e0:00:11", speed: 10 * gigabit},
		"eth2":       {mac: "02:00:00:e0:00:12", speed: 10 * gigabit},
		uplinkBridge: {mac: "02:00:00:e0:00:10"}, // a bridge takes its MAC from a port (F12)
	}
	for _, g := range guests() {
		if !g.missing {
			// The host's end of a guest's device has the guest's MAC with fe in front.
			out[g.device()] = device{mac: "fe" + g.mac[2:], down: g.down}
		}
	}
	return out
}

// fillScene writes the scene into an empty database.
func fillScene(tx *db.Tx) error {
	ports := map[string]db.UUID{}
	add := func(name string, port db.Row, interfaces ...db.Row) db.UUID {
		var ids []db.UUID
		for _, row := range interfaces {
			if row["name"].Empty() {
				row["name"] = db.Value(name)
			}
			ids = append(ids, tx.Insert(schema.TableInterface, row))
		}
		port["name"] = db.Value(name)
		port["interfaces"] = db.Value(ids...)
		ports[name] = tx.Insert(schema.TablePort, port)
		return ports[name]
	}
	internal := db.Row{"type": db.Value("internal")}

	inside := []db.UUID{
		add(guestBridge, db.Row{}, internal),
		add("patch-ext", db.Row{}, patch("patch-int")),
	}
	for _, g := range guests() {
		inside = append(inside, add(g.device(), g.port(), g.iface()))
	}
	outside := []db.UUID{
		add(uplinkBridge, db.Row{}, db.Row{"type": db.Value("internal")}),
		add(uplink, db.Row{}, db.Row{}),
		add("bond0", db.Row{"bond_mode": db.Value("balance-slb"), "lacp": db.Value("active")},
			db.Row{"name": db.Value("eth1")}, db.Row{"name": db.Value("eth2")}),
		add("patch-int", db.Row{}, patch("patch-ext")),
	}
	watched := db.Value(ports["tap-web-1"], ports["tap-db-1"])
	span := tx.Insert(schema.TableMirror, db.Row{
		"name":            db.Value("ids-span"),
		"select_src_port": watched,
		"select_dst_port": watched,
		"output_port":     db.Value(ports["tap-ids"]),
		"external_ids":    db.Map(map[string]string{"contact": "netops@example.net"}),
	})
	bridges := db.Value(
		tx.Insert(schema.TableBridge, db.Row{
			"name": db.Value(guestBridge), "datapath_type": db.Value("system"), "fail_mode": db.Value("standalone"),
			"ports": db.Value(inside...), "mirrors": db.Value(span),
		}),
		tx.Insert(schema.TableBridge, db.Row{
			"name": db.Value(uplinkBridge), "datapath_type": db.Value("system"), "ports": db.Value(outside...),
		}),
	)
	tx.Insert(schema.TableOpenVSwitch, db.Row{
		"bridges": bridges, "next_cfg": db.Value(17),
		"ovs_version": db.Value(ovsVersion), "db_version": db.Value(schemaVersion),
		"system_type": db.Value("debian"), "system_version": db.Value("13"),
		"datapath_types": db.Value("netdev", "system"),
		"iface_types":    db.Value("erspan", "gre", "internal", "ip6erspan", "ip6gre", "patch", "system"),
		"external_ids":   db.Map(map[string]string{"hostname": "hv-demo", "system-id": stableUUID("hv-demo")}),
	})
	return nil
}

func patch(peer string) db.Row {
	return db.Row{"type": db.Value("patch"), "options": db.Map(map[string]string{"peer": peer})}
}

func (g guest) port() db.Row {
	row := db.Row{}
	if g.tag != 0 {
		row["tag"] = db.Value(g.tag)
	}
	if len(g.trunks) > 0 {
		row["trunks"] = db.Value(g.trunks...)
	}
	if len(g.tunnel) > 0 {
		row["vlan_mode"] = db.Value("dot1q-tunnel")
		row["cvlans"] = db.Value(g.tunnel...)
	}
	return row
}

// iface is the guest's interface, described as platforms do it (OVS
// Documentation/topics/integration.rst).
func (g guest) iface() db.Row {
	return db.Row{"external_ids": db.Map(map[string]string{
		"attached-mac": g.mac,
		"iface-id":     stableUUID("iface " + g.name),
		"iface-status": "active",
		"vm-id":        stableUUID("vm " + g.name),
		"vm-name":      g.name,
	})}
}

// stableUUID is a UUID that depends on the name alone.
func stableUUID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%x-%x-4%03x-%04x-%x", sum[0:4], sum[4:6],
		(int(sum[6])<<8|int(sum[7]))&0xfff, 0x8000|(int(sum[8])<<8|int(sum[9]))&0x3fff, sum[10:16])
}
