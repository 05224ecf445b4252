package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
)

// Rows are many ports in a lab's database that no switch stands behind.
type Rows struct {
	conn       net.Conn
	replies    *json.Decoder
	interfaces []any // UUIDs in the notation of RFC 7047 §5.1
	counted    int64
}

// portsPerTransaction keeps a transaction's text below a megabyte or two.
const portsPerTransaction = 1000

// AddPorts fills the database of a lab that is DatabaseOnly with bridges and
// ports, evenly spread, with what ovs-vswitchd and a platform for virtual machines
// would write into their rows.
func (l *Lab) AddPorts(ctx context.Context, bridges, ports int) (*Rows, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", l.path("db.sock"))
	if err != nil {
		return nil, err
	}
	r := &Rows{conn: conn, replies: json.NewDecoder(conn)}
	for i := range bridges {
		if err := r.addBridge(fmt.Sprintf("br%d", i), i, ports/bridges-1); err != nil { // and its local port
			r.Close()
			return nil, err
		}
	}
	return r, nil
}

// Close ends the connection; the rows stay.
func (r *Rows) Close() { _ = r.conn.Close() }

// Count lets traffic have passed all interfaces: it changes all their counters,
// in one transaction, as ovs-vswitchd does every five seconds.
func (r *Rows) Count() error {
	r.counted++
	operations := make([]any, len(r.interfaces))
	for i, id := range r.interfaces {
		operations[i] = object{
			"op": "update", "table": "Interface", "where": []any{[]any{"_uuid", "==", id}},
			"row": object{"statistics": statistics(r.counted*1000 + int64(i))},
		}
	}
	_, err := r.transact(operations)
	return err
}

type object = map[string]any

func (r *Rows) addBridge(name string, number, ports int) error {
	bridge, local, iface := named("bridge"), named("port"), named("iface")
	results, err := r.transact([]any{
		object{"op": "insert", "table": "Interface", "uuid-name": iface[1], "row": interfaceRow(name, "internal", 0)},
		object{"op": "insert", "table": "Port", "uuid-name": local[1], "row": object{"name": name, "interfaces": iface}},
		object{"op": "insert", "table": "Bridge", "uuid-name": bridge[1], "row": object{"name": name, "ports": local}},
		object{"op": "mutate", "table": "Open_vSwitch", "where": []any{}, "mutations": []any{[]any{"bridges", "insert", set(bridge)}}},
	})
	if err != nil {
		return err
	}
	r.interfaces = append(r.interfaces, results[0].UUID)
	for first := 0; first < ports; first += portsPerTransaction {
		if err := r.addPorts(name, number*ports+first, min(portsPerTransaction, ports-first)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rows) addPorts(bridge string, first, n int) error {
	var operations, refs []any
	for i := range n {
		number := first + i
		name := fmt.Sprintf("tap%05d", number)
		port, iface := named(fmt.Sprint("port", i)), named(fmt.Sprint("iface", i))
		operations = append(operations,
			object{"op": "insert", "table": "Interface", "uuid-name": iface[1], "row": interfaceRow(name, "", number)},
			object{"op": "insert", "table": "Port", "uuid-name": port[1], "row": object{"name": name, "interfaces": iface, "tag": 1 + number%4000}},
		)
		refs = append(refs, port)
	}
	operations = append(operations, object{
		"op": "mutate", "table": "Bridge", "where": []any{[]any{"name", "==", bridge}},
		"mutations": []any{[]any{"ports", "insert", set(refs...)}},
	})
	results, err := r.transact(operations)
	if err != nil {
		return err
	}
	for i := range n {
		r.interfaces = append(r.interfaces, results[2*i].UUID)
	}
	return nil
}

// result is that of one operation.
type result struct {
	UUID    any    `json:"uuid"`
	Error   string `json:"error"`
	Details string `json:"details"`
}

func (r *Rows) transact(operations []any) ([]result, error) {
	request := object{"id": 1, "method": "transact", "params": append([]any{"Open_vSwitch"}, operations...)}
	if err := json.NewEncoder(r.conn).Encode(request); err != nil {
		return nil, fmt.Errorf("filling the database: %w", err)
	}
	var reply struct {
		Method string   `json:"method"`
		Result []result `json:"result"`
		Error  any      `json:"error"`
	}
	for reply.Result == nil {
		if err := r.replies.Decode(&reply); err != nil {
			return nil, fmt.Errorf("filling the database: %w", err)
		}
		if reply.Error != nil {
			return nil, fmt.Errorf("filling the database: %v", reply.Error)
		}
		if reply.Method == "echo" { // the server asks whether we are there
			if err := json.NewEncoder(r.conn).Encode(object{"id": "echo", "result": []any{}, "error": nil}); err != nil {
				return nil, fmt.Errorf("filling the database: %w", err)
			}
		}
	}
	for _, one := range reply.Result {
		if one.Error != "" {
			return nil, fmt.Errorf("filling the database: %s: %s", one.Error, one.Details)
		}
	}
	return reply.Result, nil
}

func named(name string) []any        { return []any{"named-uuid", name} }
func set(elements ...any) []any      { return []any{"set", elements} }
func pairs(elements ...[2]any) []any { return []any{"map", elements} }

// interfaceRow is what stands in the row of a guest's device.
func interfaceRow(name, kind string, number int) object {
	mac := fmt.Sprintf("52:54:00:%02x:%02x:%02x", number>>16, number>>8&0xff, number&0xff)
	id := func() string {
		return fmt.Sprintf("%08x-0000-4000-8000-%012x", number, rand.Uint64N(1<<48))
	}
	return object{
		"name": name, "type": kind, "ofport": 1 + number%65000, "ofport_request": 1 + number%65000,
		"mac_in_use": mac, "admin_state": "up", "link_state": "up", "mtu": 1500, "ifindex": 10 + number,
		"link_speed": 10_000_000_000, "duplex": "full",
		"status": pairs([2]any{"driver_name", "tun"}, [2]any{"driver_version", "1.6"}, [2]any{"firmware_version", ""}),
		"external_ids": pairs(
			[2]any{"attached-mac", mac}, [2]any{"iface-id", id()}, [2]any{"iface-status", "active"}, [2]any{"vm-uuid", id()},
		),
		"statistics": statistics(int64(number)),
	}
}

// statistics are the counters that the kernel's devices have.
func statistics(n int64) []any {
	return pairs(
		[2]any{"collisions", 0}, [2]any{"rx_bytes", 1000 * n}, [2]any{"rx_crc_err", 0}, [2]any{"rx_dropped", 0},
		[2]any{"rx_errors", 0}, [2]any{"rx_frame_err", 0}, [2]any{"rx_missed_errors", 0}, [2]any{"rx_over_err", 0},
		[2]any{"rx_packets", 10 * n}, [2]any{"tx_bytes", 500 * n}, [2]any{"tx_dropped", 0}, [2]any{"tx_errors", 0},
		[2]any{"tx_packets", 5 * n},
	)
}
