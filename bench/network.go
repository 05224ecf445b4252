package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Names of the two ends.
const (
	guestEnd = "guest" // the sender's
	hostEnd  = "host"  // where tools capture
)

// network is the veth pair, and who runs on which CPU.
type network struct {
	guest, host int // interface indexes
	senderCPU   int
	senders     unix.CPUSet // the CPU of the sender
	receivers   unix.CPUSet // all others
	before      unix.CPUSet // what was allowed before
}

func newNetwork() (*network, error) {
	runtime.LockOSThread() // whose children shall run on the receivers' CPUs
	n := &network{}
	if err := unix.SchedGetaffinity(0, &n.before); err != nil {
		return nil, fmt.Errorf("asking which CPUs there are: %w", err)
	}
	n.receivers = n.before
	for cpu := range len(n.before) * 64 {
		if n.before.IsSet(cpu) {
			n.senderCPU = cpu
			n.senders.Set(cpu)
			break
		}
	}
	if n.before.Count() > 1 {
		n.receivers.Clear(n.senderCPU)
	}
	if err := unix.SchedSetaffinity(0, &n.receivers); err != nil {
		return nil, fmt.Errorf("leaving CPU %d to the sender: %w", n.senderCPU, err)
	}
	// The kernel would speak IPv6 on the new interfaces.
	err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("switching IPv6 off: %w", err)
	}
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: guestEnd, MTU: 2000}, PeerName: hostEnd}
	if err := netlink.LinkAdd(pair); err != nil {
		return nil, fmt.Errorf("making a veth pair: %w", err)
	}
	for _, end := range []struct {
		name  string
		index *int
	}{{guestEnd, &n.guest}, {hostEnd, &n.host}} {
		link, err := netlink.LinkByName(end.name)
		if err == nil {
			*end.index = link.Attrs().Index
			err = netlink.LinkSetUp(link)
		}
		if err != nil {
			return nil, fmt.Errorf("setting up %s: %w", end.name, err)
		}
	}
	return n, nil
}

// close leaves the thread as it was. The pair goes with the namespace.
func (n *network) close() { _ = unix.SchedSetaffinity(0, &n.before) }

// arrived is how many packets have come in on the host's end.
func (n *network) arrived() (uint64, error) {
	b, err := os.ReadFile("/sys/class/net/" + hostEnd + "/statistics/rx_packets")
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
}

// sockets is how many packet sockets capture on the host's end (packet(7)).
func (n *network) sockets() int {
	b, err := os.ReadFile("/proc/net/packet")
	if err != nil {
		return 0
	}
	count := 0
	for line := range bytes.Lines(b) {
		// sk RefCnt Type Proto Iface R Rmem User Inode
		if f := bytes.Fields(line); len(f) > 5 && string(f[4]) == strconv.Itoa(n.host) && string(f[5]) == "1" {
			count++
		}
	}
	return count
}
