package ovs

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/vishvananda/netlink"
)

// hostLinks are the interfaces of the network namespace that we run in.
type hostLinks struct{}

// linkPoll is how often Prepare looks whether vswitchd has made the interface.
// Polling costs a netlink request; a subscription would cost more code.
const linkPoll = 3 * time.Millisecond

func (hostLinks) Prepare(ctx context.Context, name string, mtu int) error {
	link, err := waitForLink(ctx, name)
	if err != nil {
		return err
	}
	// The kernel speaks IPv6 the moment the link is up, so this comes first.
	// Without IPv6 in the kernel there is no such file, and nothing to switch off.
	err = os.WriteFile(filepath.Join("/proc/sys/net/ipv6/conf", name, "disable_ipv6"), []byte("1"), 0o644)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("switching IPv6 off on %s (needs root or CAP_NET_ADMIN): %w", name, err)
	}
	if mtu > 0 && link.Attrs().MTU != mtu {
		// mtu_request says the same to vswitchd, which may not have got to it yet;
		// where it may not be set at all, vswitchd's word stands.
		_ = netlink.LinkSetMTU(link, mtu)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("setting %s up (needs root or CAP_NET_ADMIN): %w", name, err)
	}
	return nil
}

func waitForLink(ctx context.Context, name string) (netlink.Link, error) {
	for {
		link, err := netlink.LinkByName(name)
		if err == nil {
			return link, nil
		}
		var missing netlink.LinkNotFoundError
		if !errors.As(err, &missing) {
			return nil, fmt.Errorf("looking for interface %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("interface %s did not appear: %w", name, os.ErrNotExist)
		case <-time.After(linkPoll):
		}
	}
}

// counters reads what the kernel counts of all interfaces, and their addresses.
func (hostLinks) counters() (map[string]counters, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("listing interfaces: %w", err)
	}
	all := make(map[string]counters, len(links))
	names := make(map[int]string, len(links))
	for _, l := range links {
		a := l.Attrs()
		names[a.Index] = a.Name
		c := counters{}
		if s := a.Statistics; s != nil {
			c.rxPackets, c.rxBytes, c.txPackets, c.txBytes = s.RxPackets, s.RxBytes, s.TxPackets, s.TxBytes
		}
		all[a.Name] = c
	}
	addresses, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("listing addresses: %w", err)
	}
	for _, a := range addresses {
		ip, ok := netip.AddrFromSlice(a.IP)
		if !ok || ip.IsLinkLocalUnicast() {
			continue // every interface gives itself one
		}
		ones, _ := a.Mask.Size()
		name := names[a.LinkIndex]
		c := all[name]
		c.addresses = append(c.addresses, netip.PrefixFrom(ip.Unmap(), ones))
		all[name] = c
	}
	return all, nil
}
