package sim

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ovscope/ovs/schema"
	"ovscope/ovs/sim/db"
)

const (
	defaultMTU      = 1500
	localPortNumber = 65534 // OFPP_LOCAL
)

// device is a network device that the host has apart from Open vSwitch.
type device struct {
	mac   string
	down  bool
	speed int // bit/s
}

// vswitchd is the simulated daemon: it applies the database to the switch and
// reports back, until done is closed.
func (s *Switch) vswitchd() {
	for {
		select {
		case <-s.changed:
			s.apply()
		case <-s.done:
			return
		}
	}
}

// apply does what vswitchd does for a changed database: it opens devices,
// configures forwarding and says so by cur_cfg (F2).
func (s *Switch) apply() {
	err := s.db.Transact(func(tx *db.Tx) error {
		working := s.openDevices(tx)
		s.mu.Lock()
		s.install(s.buildNetwork(tx, working))
		s.mu.Unlock()
		for id, row := range tx.Rows(schema.TableOpenVSwitch) {
			next, _ := row.Int("next_cfg")
			tx.Set(schema.TableOpenVSwitch, id, "cur_cfg", db.Value(next))
		}
		return nil
	})
	s.must(err)
}

// install makes a configuration the one in force. The caller holds s.mu.
func (s *Switch) install(n *network) {
	s.net = n
	s.forget(n)
	for _, name := range slices.Sorted(maps.Keys(s.taps)) {
		if n.ifaces[name] != nil {
			continue
		}
		for _, t := range slices.Clone(s.taps[name]) {
			s.detach(t, fmt.Errorf("reading from network interface %s: %w", name, unix.ENETDOWN))
		}
	}
}

// openDevices gives interfaces that vswitchd has not seen yet their device, and
// tells which interfaces work.
func (s *Switch) openDevices(tx *db.Tx) map[db.UUID]bool {
	working := map[db.UUID]bool{}
	used := map[int]bool{0: true}
	interfaces := tx.Rows(schema.TableInterface)
	for _, row := range interfaces {
		if number, ok := row.Int("ofport"); ok {
			used[number] = true
		}
	}
	local := map[string]bool{}
	for _, row := range tx.Rows(schema.TableBridge) {
		local[row.Text("name")] = true
	}
	ids := slices.SortedFunc(maps.Keys(interfaces), func(a, b db.UUID) int {
		return cmp.Compare(interfaces[a].Text("name"), interfaces[b].Text("name"))
	})
	for _, id := range ids {
		row := interfaces[id]
		set := func(column string, value db.Datum) { tx.Set(schema.TableInterface, id, column, value) }
		name := row.Text("name")
		if problem := s.problem(row, local[name]); problem != "" {
			set("error", db.Value(problem))
			set("ofport", db.Value(-1))
			continue
		}
		working[id] = true
		if number, ok := row.Int("ofport"); !ok || number == -1 {
			number = localPortNumber
			if !local[name] {
				number = 1
				for used[number] {
					number++
				}
				used[number] = true
			}
			set("ofport", db.Value(number))
			set("error", db.Datum{})
		}
		s.report(row, set)
	}
	return working
}

// problem is why an interface cannot work, "" when it can (F25).
func (s *Switch) problem(row db.Row, local bool) string {
	name, options := row.Text("name"), row.TextMap("options")
	switch kind := row.Text("type"); kind {
	case "internal":
		return ""
	case "", "system":
		if _, exists := s.devices[name]; exists || local {
			return ""
		}
		return fmt.Sprintf("could not open network device %s (No such device)", name)
	case "patch":
		if options["peer"] == "" {
			return name + ": patch type requires valid 'peer' argument"
		}
	case "gre", "erspan", "ip6gre", "ip6erspan":
		if options["remote_ip"] == "" {
			return fmt.Sprintf("%s: %s type requires valid 'remote_ip' argument", name, kind)
		}
	default:
		return fmt.Sprintf("could not add network device %s to ofproto (Address family not supported by protocol)", name)
	}
	return ""
}

// report fills in what the device says of itself.
func (s *Switch) report(row db.Row, set func(column string, value db.Datum)) {
	name, kind := row.Text("name"), row.Text("type")
	d, exists := s.devices[name]
	if !exists {
		d.mac = madeUpMAC(name)
	}
	state := "up"
	if d.down {
		state = "down"
	}
	set("mac_in_use", db.Value(d.mac))
	set("admin_state", db.Value(state))
	set("link_state", db.Value(state))
	set("ifindex", db.Value(ifIndex(name)))
	switch kind {
	case "patch":
		return
	case "gre", "erspan", "ip6gre", "ip6erspan":
		set("status", db.Map(map[string]string{
			"tunnel_egress_iface": uplinkBridge, "tunnel_egress_iface_carrier": "up",
		}))
		return
	}
	mtu := defaultMTU
	if want, ok := row.Int("mtu_request"); ok {
		mtu = want
	}
	set("mtu", db.Value(mtu))
	if d.speed > 0 {
		set("link_speed", db.Value(d.speed))
		set("duplex", db.Value("full"))
	}
	driver := "tun"
	switch {
	case kind == "internal":
		driver = "openvswitch"
	case d.speed > 0:
		driver = "ixgbe"
	}
	set("status", db.Map(map[string]string{"driver_name": driver}))
}

// statsInterval is how often statistics are written (F4).
func statsInterval(row db.Row) time.Duration {
	ms, _ := strconv.Atoi(row.TextMap("other_config")["stats-update-interval"])
	return max(5*time.Second, time.Duration(ms)*time.Millisecond)
}

// writeStatistics copies the counters into the database.
func (s *Switch) writeStatistics() {
	err := s.db.Transact(func(tx *db.Tx) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, row := range tx.Rows(schema.TableOpenVSwitch) {
			s.nextStats = s.now.Add(statsInterval(row))
		}
		for id := range tx.Rows(schema.TableMirror) {
			if c := s.mirrorCounters[id]; c != nil {
				tx.Set(schema.TableMirror, id, "statistics", db.Map(map[string]int{
					"tx_packets": c.packets, "tx_bytes": c.bytes,
				}))
			}
		}
		for id, row := range tx.Rows(schema.TableInterface) {
			if c := s.ifaceCounters[row.Text("name")]; c != nil {
				tx.Set(schema.TableInterface, id, "statistics", db.Map(map[string]int{
					"rx_packets": c.rxPackets, "rx_bytes": c.rxBytes, "rx_dropped": 0, "rx_errors": 0,
					"tx_packets": c.txPackets, "tx_bytes": c.txBytes, "tx_dropped": 0, "tx_errors": 0,
				}))
			}
		}
		return nil
	})
	s.must(err)
}

// madeUpMAC is a locally administered address that depends on the name alone.
func madeUpMAC(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", sum[0]&0xfc|2, sum[1], sum[2], sum[3], sum[4], sum[5])
}

func ifIndex(name string) int {
	sum := sha256.Sum256([]byte(name))
	return 10 + int(sum[0])<<4 + int(sum[1])&15
}
