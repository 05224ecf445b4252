package lab

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Link is how the scene's two bridges are connected.
type Link int

const (
	// NotLinked bridges share nothing.
	NotLinked Link = iota
	// PatchLink is a pair of patch ports, patch0 and patch1.
	PatchLink
	// VethLink is a veth pair, uplink0 and uplink1, as a cable between two hosts.
	VethLink
)

// makeVeth makes a pair of devices, both up on the host's side.
func makeVeth(name, peer string) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: peer}); err != nil {
		return fmt.Errorf("making the veth pair %s: %w", name, err)
	}
	for _, end := range []string{name, peer} {
		err := ipv6Off(end) // it would speak before a guest does (F24)
		if err == nil {
			err = checksumOffloadOff(end)
		}
		if err == nil {
			err = linkUp(end)
		}
		if err != nil {
			return fmt.Errorf("preparing the veth device %s: %w", end, err)
		}
	}
	return nil
}

// ipv6Off switches IPv6 off on a device, or for "all" and "default". A kernel
// without IPv6 is fine.
func ipv6Off(conf string) error {
	err := os.WriteFile("/proc/sys/net/ipv6/conf/"+conf+"/disable_ipv6", []byte("1"), 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("switching IPv6 off: %w", err)
	}
	return nil
}

// checksumOffloadOff makes the kernel fill in the checksums of what it sends on a
// veth: the userspace datapath passes frames on as it reads them, and nothing
// behind it would.
func checksumOffloadOff(device string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	value := struct{ cmd, data uint32 }{cmd: unix.ETHTOOL_STXCSUM}
	request := struct { // struct ifreq, netdevice(7)
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}{data: unsafe.Pointer(&value)}
	copy(request.name[:unix.IFNAMSIZ-1], device)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return fmt.Errorf("switching checksum offload off: %w", errno)
	}
	return nil
}

func linkUp(name string) error {
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkSetUp(link)
	}
	if err != nil {
		return fmt.Errorf("switching device %s on: %w", name, err)
	}
	return nil
}

// deleteLink removes a device; one that is gone is fine.
func deleteLink(name string) error {
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkDel(link)
	}
	if _, gone := errors.AsType[netlink.LinkNotFoundError](err); gone || err == nil {
		return nil
	}
	return fmt.Errorf("removing device %s: %w", name, err)
}

// deleteTaps removes the tap devices of internal ports: ovs-vswitchd makes them
// persistent, so that they outlive it.
func deleteTaps() error {
	links, err := netlink.LinkList()
	if err != nil {
		return fmt.Errorf("listing devices: %w", err)
	}
	var errs []error
	for _, link := range links {
		if link.Type() == "tuntap" {
			errs = append(errs, deleteLink(link.Attrs().Name))
		}
	}
	return errors.Join(errs...)
}
