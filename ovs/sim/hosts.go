package sim

import (
	"net"
	"net/netip"
)

// Addresses outside of the virtual machines.
const (
	gatewayMAC     = "02:00:5e:00:00:fe" // the provider's router
	adminMAC       = "02:00:5e:00:00:14"
	sanMAC         = "02:00:5e:20:00:c8"
	hypervisorIP   = "192.0.2.10"
	hypervisorIPv6 = "2001:db8:2::10"
)

// host is one end of a conversation: whoever sends into a device of the switch.
type host struct {
	iface string
	mac   net.HardwareAddr
	ip4   netip.Addr
	ip6   netip.Addr // link-local if it begins with fe80
	// tags are those the host itself puts on its frames.
	tags stack
	// net is the VLAN whose network the host is in; between networks packets
	// pass the firewall.
	net int
}

func addressOf(mac string) net.HardwareAddr {
	address, err := net.ParseMAC(mac)
	if err != nil {
		panic(err) // a constant of this package
	}
	return address
}

func newHost(iface, mac, ip4, ip6 string, network int, tags ...tag) *host {
	h := &host{iface: iface, mac: addressOf(mac), net: network}
	if ip4 != "" {
		h.ip4 = netip.MustParseAddr(ip4)
	}
	if ip6 != "" {
		h.ip6 = netip.MustParseAddr(ip6)
	}
	h.tags.n = copy(h.tags.tags[:], tags)
	return h
}

// vm is a guest of the scene as an end of conversations.
func vm(name, ip4, ip6 string, network int, tags ...tag) *host {
	for _, g := range guests() {
		if g.name == name {
			return newHost(g.device(), g.mac, ip4, ip6, network, tags...)
		}
	}
	panic("no guest " + name)
}

func customer(vid int) tag { return tag{tpidCustomer, uint16(vid)} }

// outside is a host on the Internet, behind the provider's router.
func outside(ip4 string) *host {
	return newHost(uplink, gatewayMAC, ip4, "", transitVLAN, customer(transitVLAN))
}

// cast is who takes part in the traffic.
type cast struct {
	web1, web2, db1, mail, dns, build, nas, voip, phone, cam, nvr *host
	firewall                                                      map[int]*host // by VLAN
	admin, hypervisor, san                                        *host
	visitors                                                      []*host // clients on the Internet
	mirrorSite, timeServer, provider                              *host   // servers there
	// Both ends of a customer's lines, by customer VLAN.
	branch, headquarters map[int]*host
}

func newCast() *cast {
	c := &cast{
		web1:  vm("web-1", "192.168.10.11", "2001:db8:10::b", serverVLAN),
		web2:  vm("web-2", "192.168.10.12", "2001:db8:10::c", serverVLAN),
		db1:   vm("db-1", "192.168.10.21", "2001:db8:10::15", serverVLAN),
		mail:  vm("mail", "192.168.10.25", "2001:db8:10::19", serverVLAN),
		dns:   vm("dns", "192.168.10.53", "2001:db8:10::35", serverVLAN),
		build: vm("build-7", "192.168.20.17", "2001:db8:20::11", officeVLAN),
		nas:   vm("nas", "192.168.20.20", "2001:db8:20::14", officeVLAN),
		voip:  vm("voip", "192.168.20.60", "2001:db8:20::3c", officeVLAN),
		phone: vm("phone-12", "192.168.20.112", "fe80::5054:ff:fe20:70", officeVLAN),
		cam:   vm("cam-3", "192.168.30.103", "", cameraVLAN),
		nvr:   vm("nvr", "192.168.30.30", "", cameraVLAN),

		firewall: map[int]*host{
			transitVLAN: vm("fw-1", "198.51.100.2", "", transitVLAN, customer(transitVLAN)),
			serverVLAN:  vm("fw-1", "192.168.10.1", "2001:db8:10::1", serverVLAN, customer(serverVLAN)),
			officeVLAN:  vm("fw-1", "192.168.20.1", "2001:db8:20::1", officeVLAN, customer(officeVLAN)),
			cameraVLAN:  vm("fw-1", "192.168.30.1", "", cameraVLAN, customer(cameraVLAN)),
		},
		admin:      newHost(uplink, adminMAC, "192.0.2.20", "", 0),
		hypervisor: newHost(uplinkBridge, devices()[uplinkBridge].mac, hypervisorIP, hypervisorIPv6, 0),
		san:        newHost("eth1", sanMAC, "192.168.20.200", "", officeVLAN, customer(officeVLAN)),

		visitors: []*host{
			outside("203.0.113.7"), outside("203.0.113.45"), outside("203.0.113.90"), outside("203.0.113.201"),
		},
		mirrorSite: outside("198.51.100.80"),
		timeServer: outside("198.51.100.123"),
		provider:   outside("198.51.100.1"),

		branch: map[int]*host{}, headquarters: map[int]*host{},
	}
	for _, vid := range []int{101, 102} {
		net := "10." + map[int]string{101: "101", 102: "102"}[vid] + ".0."
		c.branch[vid] = vm("cust-9", net+"9", "", customerTag, customer(vid))
		c.headquarters[vid] = newHost(uplink, "02:00:5e:90:00:01", net+"1", "", customerTag,
			tag{tpidService, customerTag}, customer(vid))
	}
	return c
}

// everybody lists all hosts, in the same order each time.
func (c *cast) everybody() []*host {
	all := []*host{
		c.web1, c.web2, c.db1, c.mail, c.dns, c.build, c.nas, c.voip, c.phone, c.cam, c.nvr,
		c.admin, c.hypervisor, c.san, c.provider,
	}
	for _, vlan := range []int{transitVLAN, serverVLAN, officeVLAN, cameraVLAN} {
		all = append(all, c.firewall[vlan])
	}
	for _, vid := range []int{101, 102} {
		all = append(all, c.branch[vid], c.headquarters[vid])
	}
	return all
}
