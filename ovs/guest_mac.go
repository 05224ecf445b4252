package ovs

import "strings"

// GuestMACs are the MAC addresses by which the guest behind the port is known, in
// lower case: what the platform says (external_ids:attached-mac, OVS's
// topics/integration), else what the device tells. An internal port's address is
// the guest's own where it was moved into its namespace; libvirt gives a tap its
// guest's address with fe in front. None are known of other devices: the address of
// a veth's or vhost-user port's near end is not the guest's.
func (p *Port) GuestMACs() []string {
	var macs []string
	for _, i := range p.Interfaces {
		mac := i.ExternalIDs["attached-mac"]
		if mac == "" && len(p.Interfaces) == 1 {
			mac = p.ExternalIDs["attached-mac"]
		}
		if mac == "" {
			switch rest, tap := strings.CutPrefix(strings.ToLower(i.MAC), "fe:"); {
			case i.Type == "internal":
				mac = i.MAC
			case i.Type == "" && tap && strings.HasPrefix(rest, "54:00:"):
				mac = "52:" + rest // of QEMU (libvirt's default)
			case i.Type == "" && tap && strings.HasPrefix(rest, "16:3e:"):
				mac = "fa:" + rest // of OpenStack
			}
		}
		if mac != "" {
			macs = append(macs, strings.ToLower(mac))
		}
	}
	return macs
}
