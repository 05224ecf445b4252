package ovs

import "testing"

func TestGuestNameKnowsThePlatforms(t *testing.T) {
	onInterface := func(name string, ids map[string]string) *Port {
		return &Port{Name: name, Interfaces: []*Interface{{Name: name, ExternalIDs: ids}}}
	}
	const vm, iface = "5f0c8a1e-93d2-4b6e-8a53-1f2d3c4b5a69", "c2b7e0f4-6a1d-4d37-9e55-0a1b2c3d4e5f"
	for _, c := range []struct {
		name string
		port *Port
		want string
	}{
		{"a name goes before UUIDs", onInterface("vnet0", map[string]string{"vm-name": "web-1", "vm-id": vm, "iface-id": iface}), "web-1"},
		{"libvirt", onInterface("vnet0", map[string]string{"attached-mac": "52:54:00:00:00:01", "vm-id": vm, "iface-id": iface}), vm},
		{"OpenStack", onInterface("tapc2b7e0f4-6a", map[string]string{"vm-uuid": vm, "iface-id": iface, "iface-status": "active"}), vm},
		{"OVN-Kubernetes", onInterface("3f2a1b4c5d6e7f8", map[string]string{"iface-id": "shop_cart-7d9f", "sandbox": "3f2a"}), "shop_cart-7d9f"},
		{"Kube-OVN", onInterface("a1b2c3_h", map[string]string{"pod_name": "cart-0", "pod_namespace": "shop", "iface-id": "cart-0.shop"}), "shop/cart-0"},
		{"XenServer", onInterface("vif1.0", map[string]string{"xs-vm-uuid": vm, "xs-vif-uuid": iface}), vm},
		{"ids on the port", &Port{Name: "tap1", ExternalIDs: map[string]string{"vm-name": "db-1"}}, "db-1"},
		{"Proxmox, virtual machine", onInterface("tap100i0", nil), "VM 100 net0"},
		{"Proxmox, container", onInterface("veth101i1", nil), "CT 101 net1"},
		{"Proxmox with a name", onInterface("tap100i0", map[string]string{"vm-name": "mail"}), "mail"},
		{"just a tap", onInterface("tap12", nil), ""},
		{"nearly Proxmox", onInterface("tap100i0p", nil), ""},
		{"nothing", onInterface("eth0", nil), ""},
	} {
		if got := c.port.GuestName(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
