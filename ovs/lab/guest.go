package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Device is what kind of port a guest hangs on.
type Device int

const (
	// Veth is one end of a veth pair, the other is the guest's. On the host's side
	// it is a system device, as a virtual machine's tap is (F22), with a link state
	// and counters.
	Veth Device = iota
	// Internal is an OVS internal port, moved into the guest as with a container.
	// No device is left on the host's side, so that OVS shows its link as down and
	// its counters as 0, while it works.
	Internal
)

// GuestOptions say how a guest is connected. The zero value is a veth whose port
// is a trunk for every VLAN, without an address.
type GuestOptions struct {
	Device Device
	Tag    int    // access VLAN, 0 for none
	Trunks []int  // VLANs of a trunk port, none for all
	Addr   string // address with prefix length, "10.0.10.1/24"
	MAC    string // "52:54:00:00:00:01"; one is made up when empty
	IPv6   bool   // lets the guest's kernel speak IPv6
	// Neighbors are addresses that the guest need not ask for, with their MACs.
	Neighbors map[string]string
	// Port are further columns of the Port for ovs-vsctl, "vlan_mode=native-untagged".
	Port []string
}

// Guest is a network namespace connected to a bridge's port. Inside, its device
// is named eth0.
type Guest struct {
	Name   string // of the port
	Bridge string
	// Netns is the path of the guest's network namespace.
	Netns   string
	Options GuestOptions
}

// guestDevice is a guest's device, inside its namespace.
const guestDevice = "eth0"

// AddGuest makes a guest named like its port, connects it to the bridge, and waits
// until it can send. The name has at most 15 bytes (F26).
func (l *Lab) AddGuest(name, bridge string, o GuestOptions) (*Guest, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, err := l.newGuest(name, bridge, o)
	if err != nil {
		return nil, err
	}
	_, err = l.Vsctl(g.portArgs()...)
	if err == nil {
		err = g.connect()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting guest %s: %w", name, err), l.removeGuest(g))
	}
	return g, nil
}

// RemoveGuest takes the guest and its port away, as when a virtual machine stops.
func (l *Lab) RemoveGuest(name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range l.guests {
		if g.Name == name {
			return l.removeGuest(g)
		}
	}
	return fmt.Errorf("removing guest %s: there is none", name)
}

// Guest returns the guest of that name, nil if there is none.
func (l *Lab) Guest(name string) *Guest {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range l.guests {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// Exec runs a command in a guest's network namespace and returns what it printed.
func (l *Lab) Exec(guest string, argv ...string) (string, error) {
	g := l.Guest(guest)
	if g == nil {
		return "", fmt.Errorf("running %s in guest %s: there is no such guest", argv[0], guest)
	}
	out, err := g.Command(context.Background(), argv...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("running %s in guest %s: %w: %s", strings.Join(argv, " "), guest, err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Command prepares a command that will run in the guest's network namespace.
func (g *Guest) Command(ctx context.Context, argv ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nsenter", append([]string{"--net=" + g.Netns, "--"}, argv...)...)
}

// Do calls f in the guest's network namespace, on a thread of its own. Sockets
// that f opens stay in the guest; goroutines that it starts do not.
func (g *Guest) Do(f func() error) error {
	ns, err := os.Open(g.Netns)
	if err != nil {
		return fmt.Errorf("entering guest %s: %w", g.Name, err)
	}
	defer ns.Close()
	return onThread(func() error {
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("entering guest %s: %w", g.Name, err)
		}
		return f()
	})
}

// onThread calls f on a thread that is thrown away afterwards, so that f may
// change the thread's network namespace.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		done <- f()
	}()
	return <-done
}

// newGuest makes the guest's namespace, and for a Veth the pair.
func (l *Lab) newGuest(name, bridge string, o GuestOptions) (*Guest, error) {
	if len(name) >= unix.IFNAMSIZ {
		return nil, fmt.Errorf("adding guest %s: the name has more than 15 bytes", name)
	}
	if slices.ContainsFunc(l.guests, func(g *Guest) bool { return g.Name == name }) {
		return nil, fmt.Errorf("adding guest %s: there is one already", name)
	}
	if o.MAC == "" {
		sum := 0
		for _, c := range []byte(name) {
			sum = sum*31 + int(c)
		}
		o.MAC = net.HardwareAddr{0x52, 0x54, 0, byte(sum >> 16), byte(sum >> 8), byte(sum)}.String()
	}
	g := &Guest{Name: name, Bridge: bridge, Netns: filepath.Join(l.guestDir(), name), Options: o}
	if err := g.makeNetns(); err != nil {
		return nil, fmt.Errorf("adding guest %s: %w", name, errors.Join(err, g.leave()))
	}
	if o.Device == Veth {
		if err := makeVeth(name, name+".g"); err != nil {
			return nil, fmt.Errorf("adding guest %s: %w", name, errors.Join(err, g.leave()))
		}
	}
	l.guests = append(l.guests, g)
	return g, nil
}

// makeNetns makes a network namespace and binds it to g.Netns. The binding is in
// our mount namespace and so goes with it.
func (g *Guest) makeNetns() error {
	if err := os.WriteFile(g.Netns, nil, 0o600); err != nil {
		return err
	}
	return onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("making a network namespace: %w", err)
		}
		if err := unix.Mount("/proc/thread-self/ns/net", g.Netns, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("keeping the network namespace: %w", err)
		}
		if !g.Options.IPv6 { // whatever is sent shall be meant
			if err := errors.Join(ipv6Off("all"), ipv6Off("default")); err != nil {
				return err
			}
		}
		return linkUp("lo")
	})
}

// portArgs are the ovs-vsctl commands that add the guest's port.
func (g *Guest) portArgs() []string {
	o := g.Options
	args := []string{"--", "add-port", g.Bridge, g.Name}
	if o.Tag != 0 {
		args = append(args, "tag="+strconv.Itoa(o.Tag))
	}
	if len(o.Trunks) != 0 {
		args = append(args, "trunks="+strings.Trim(strings.ReplaceAll(fmt.Sprint(o.Trunks), " ", ","), "[]"))
	}
	args = append(args, o.Port...)
	// As libvirt and Nova tag a guest's interface.
	args = append(args, "--", "set", "Interface", g.Name, `external-ids:attached-mac="`+o.MAC+`"`, "external-ids:iface-id="+g.Name)
	if o.Device == Internal {
		args = append(args, "type=internal")
	}
	return args
}

// connect moves the port's device into the guest, as eth0, and switches it on.
// It is called again when ovs-vswitchd has made the device anew.
func (g *Guest) connect() error {
	name := g.Name
	if g.Options.Device == Veth {
		name += ".g"
	}
	link, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("finding device %s: %w", name, err)
	}
	ns, err := os.Open(g.Netns)
	if err != nil {
		return err
	}
	defer ns.Close()
	// The device before a restart of ovs-vswitchd is still there, without a switch.
	if err := g.Do(func() error { return deleteLink(guestDevice) }); err != nil {
		return err
	}
	if err := netlink.LinkSetNsFd(link, int(ns.Fd())); err != nil {
		return fmt.Errorf("moving device %s: %w", name, err)
	}
	return g.Do(func() error { return g.configure(name) })
}

// configure runs inside the guest.
func (g *Guest) configure(device string) error {
	link, err := netlink.LinkByName(device)
	if err != nil {
		return fmt.Errorf("finding device %s: %w", device, err)
	}
	mac, err := net.ParseMAC(g.Options.MAC)
	if err != nil {
		return err
	}
	if err := errors.Join(
		netlink.LinkSetName(link, guestDevice),
		netlink.LinkSetHardwareAddr(link, mac),
		netlink.LinkSetUp(link),
	); err != nil {
		return fmt.Errorf("switching %s on: %w", guestDevice, err)
	}
	if g.Options.Addr != "" {
		addr, err := netlink.ParseAddr(g.Options.Addr)
		if err == nil {
			err = netlink.AddrAdd(link, addr)
		}
		if err != nil {
			return fmt.Errorf("giving %s the address %s: %w", guestDevice, g.Options.Addr, err)
		}
	}
	for ip, mac := range g.Options.Neighbors {
		if err := addNeighbor(link, ip, mac); err != nil {
			return fmt.Errorf("naming the neighbor %s: %w", ip, err)
		}
	}
	return nil
}

func addNeighbor(link netlink.Link, ip, mac string) error {
	lladdr, err := net.ParseMAC(mac)
	if err != nil {
		return err
	}
	return netlink.NeighSet(&netlink.Neigh{
		LinkIndex: link.Attrs().Index, State: netlink.NUD_PERMANENT, IP: net.ParseIP(ip), HardwareAddr: lladdr,
	})
}

func (l *Lab) removeGuest(g *Guest) error {
	l.guests = slices.DeleteFunc(l.guests, func(x *Guest) bool { return x == g })
	_, err := l.Vsctl("--if-exists", "del-port", g.Bridge, g.Name)
	return errors.Join(err, g.leave())
}

// leave lets go of the guest's device and namespace. The namespace ends when the
// last process and socket in it has.
func (g *Guest) leave() error {
	var err error
	if g.Options.Device == Veth {
		err = deleteLink(g.Name)
	}
	if uerr := unix.Unmount(g.Netns, unix.MNT_DETACH); uerr != nil && !errors.Is(uerr, unix.EINVAL) && !errors.Is(uerr, unix.ENOENT) {
		err = errors.Join(err, uerr)
	}
	if rerr := os.Remove(g.Netns); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	if err != nil {
		return fmt.Errorf("leaving guest %s: %w", g.Name, err)
	}
	return nil
}
