package ovs

import "strings"

// GuestName is what the platform says about who is behind the port, "" when it
// says nothing: a guest's name where there is one, else its UUID, else the port's
// own id. Without external_ids it is the number in the names that Proxmox gives
// to its ports.
//
// Written by libvirt are vm-id and iface-id (OVS's topics/integration), by
// OpenStack vm-uuid and iface-id, by OVN-Kubernetes iface-id with namespace and pod, by
// Kube-OVN pod_namespace and pod_name, by ovs-docker container_id, by XenServer
// xs-vm-uuid; vm-name and iface-name are customary.
func (p *Port) GuestName() string {
	for _, key := range []string{
		"vm-name", "iface-name", "pod_name", "vm-uuid", "vm-id", "xs-vm-uuid", "container_id", "iface-id", "xs-vif-uuid",
	} {
		if v := p.ExternalIDs[key]; v != "" {
			return v
		}
		for _, i := range p.Interfaces {
			v := i.ExternalIDs[key]
			if v == "" {
				continue
			}
			if space := i.ExternalIDs["pod_namespace"]; key == "pod_name" && space != "" {
				return space + "/" + v
			}
			return v
		}
	}
	return proxmoxGuest(p.Name)
}

// proxmoxGuest reads names such as tap100i0, the first network card of the virtual
// machine 100, and veth101i1, the second one of the container 101; "" for others.
func proxmoxGuest(port string) string {
	kind := "VM "
	rest, ok := strings.CutPrefix(port, "tap")
	if !ok {
		kind = "CT "
		rest, ok = strings.CutPrefix(port, "veth")
	}
	id, card, cut := strings.Cut(rest, "i")
	if !ok || !cut || !digits(id) || !digits(card) {
		return ""
	}
	return kind + id + " net" + card
}

func digits(s string) bool { return s != "" && leadingDigits(s) == len(s) }
