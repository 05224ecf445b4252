package lab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"
)

// Names of the scene's connection between its bridges.
const (
	uplink0 = "uplink0" // on br0
	uplink1 = "uplink1" // on br1
	patch0  = "patch0"
	patch1  = "patch1"
)

// servicePort is where tap6 answers TCP and swallows UDP.
const servicePort = 5000

// The intervals of the scene's traffic.
const (
	pingEvery  = 50 * time.Millisecond
	frameEvery = 100 * time.Millisecond
	talkEvery  = 100 * time.Millisecond
	slowEvery  = 200 * time.Millisecond
)

// actor is a guest of the scene.
type actor struct {
	name, bridge string
	options      GuestOptions
	sends        string // for people
	start        func(l *Lab, g *Guest) error
}

// actors are the scene's guests. tapN has the MAC address 52:54:00:00:00:0N.
func actors() []actor {
	mac := func(n int) string { return fmt.Sprintf("52:54:00:00:00:%02x", n) }
	ping := func(to string, every time.Duration) func(*Lab, *Guest) error {
		return func(l *Lab, g *Guest) error {
			l.ping(g, netip.MustParseAddr(to), every)
			return nil
		}
	}
	return []actor{
		{
			"tap1", "br0",
			GuestOptions{Tag: 10, Addr: "10.0.10.1/24", MAC: mac(1)},
			"pings tap2 (10.0.10.2), 20/s", ping("10.0.10.2", pingEvery),
		},
		{
			"tap2", "br0",
			GuestOptions{Device: Internal, Tag: 10, Addr: "10.0.10.2/24", MAC: mac(2), Neighbors: map[string]string{"10.0.10.3": mac(3)}},
			"answers", nil,
		},
		{
			"tap3", "br0",
			GuestOptions{Trunks: []int{10, 20}, MAC: mac(3)},
			"tagged: VLAN 10 to tap2, and VLAN 20 with PCP 5 to tap6, pings of its own, 10/s each", sendTrunk,
		},
		{
			"tap4", "br0",
			GuestOptions{MAC: mac(4)},
			"QinQ: 802.1ad 100 PCP 3, 802.1Q 200, pings to nobody, 10/s", sendQinQ,
		},
		{
			"tap5", "br0",
			GuestOptions{Tag: 20, Addr: "10.0.20.5/24", MAC: mac(5)},
			"TCP requests, 10/s, and UDP datagrams, 20/s, to tap6 (10.0.20.6:5000)",
			func(l *Lab, g *Guest) error {
				to := netip.AddrPortFrom(netip.MustParseAddr("10.0.20.6"), servicePort)
				l.talk(g, to, talkEvery)
				l.stream(g, to, pingEvery)
				return nil
			},
		},
		{
			"tap6", "br0",
			GuestOptions{Tag: 20, Addr: "10.0.20.6/24", MAC: mac(6), Neighbors: map[string]string{"10.0.20.3": mac(3)}},
			"answers", func(l *Lab, g *Guest) error { return l.serve(g, servicePort) },
		},
		{
			"tap7", "br1",
			GuestOptions{Device: Internal, Tag: 30, Addr: "10.0.30.7/24", MAC: mac(7)},
			"pings tap8 (10.0.30.8), 5/s", ping("10.0.30.8", slowEvery),
		},
		{
			"tap8", "br1",
			GuestOptions{Tag: 30, Addr: "10.0.30.8/24", MAC: mac(8)},
			"answers", nil,
		},
	}
}

// sendTrunk sends what a router on a trunk would.
func sendTrunk(l *Lab, g *Guest) error {
	src := net.HardwareAddr{0x52, 0x54, 0, 0, 0, 3}
	for i, to := range []struct {
		tag  Tag
		mac  byte
		addr string
	}{
		{Tag{TPID: 0x8100, VID: 10}, 2, "10.0.10.2"},
		{Tag{TPID: 0x8100, VID: 20, PCP: 5}, 6, "10.0.20.6"},
	} {
		dst := net.HardwareAddr{0x52, 0x54, 0, 0, 0, to.mac}
		addr := netip.MustParseAddr(to.addr)
		from := netip.AddrFrom4([4]byte{10, 0, byte(to.tag.VID), 3})
		l.frames(g, frameEvery, func(n int) []byte {
			return EchoRequest(src, dst, []Tag{to.tag}, from, addr, uint16(300+i), uint16(n))
		})
	}
	return nil
}

// sendQinQ sends to an address that nobody has, so that the frames are flooded to
// every port that carries VLAN 100.
func sendQinQ(l *Lab, g *Guest) error {
	src, dst := net.HardwareAddr{0x52, 0x54, 0, 0, 0, 4}, net.HardwareAddr{0x52, 0x54, 0, 0, 0, 0x44}
	tags := []Tag{{TPID: 0x88a8, VID: 100, PCP: 3}, {TPID: 0x8100, VID: 200}}
	from, to := netip.MustParseAddr("10.0.200.4"), netip.MustParseAddr("10.0.200.44")
	l.frames(g, frameEvery, func(n int) []byte { return EchoRequest(src, dst, tags, from, to, 400, uint16(n)) })
	return nil
}

func (l *Lab) buildScene(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	args := []string{"--timeout=10"}
	for _, bridge := range []string{"br0", "br1"} {
		args = append(args, "--", "add-br", bridge, "--", "set", "Bridge", bridge, "datapath_type=netdev")
	}
	for _, a := range actors() {
		g, err := l.newGuest(a.name, a.bridge, a.options)
		if err != nil {
			return err
		}
		args = append(args, g.portArgs()...)
	}
	switch l.opts.Link {
	case NotLinked:
	case PatchLink:
		args = append(args,
			"--", "add-port", "br0", patch0, "--", "set", "Interface", patch0, "type=patch", "options:peer="+patch1,
			"--", "add-port", "br1", patch1, "--", "set", "Interface", patch1, "type=patch", "options:peer="+patch0)
	case VethLink:
		if err := makeVeth(uplink0, uplink1); err != nil {
			return err
		}
		args = append(args, "--", "add-port", "br0", uplink0, "--", "add-port", "br1", uplink1)
	}
	// One transaction: it costs as much as one port would.
	if _, err := l.Vsctl(args...); err != nil {
		return err
	}
	for _, g := range l.guests {
		if err := g.connect(); err != nil {
			return fmt.Errorf("connecting guest %s: %w", g.Name, err)
		}
	}
	if l.opts.Silent {
		return nil
	}
	for i, a := range actors() {
		if a.start == nil {
			continue
		}
		if err := a.start(l, l.guests[i]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Scene describes the guests of a lab with Options.Scene, a line each.
func Scene() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BRIDGE\tPORT\tDEVICE\tVLAN\tADDRESS\tTHE GUEST")
	for _, a := range actors() {
		o := a.options
		device, vlan := "veth", "trunk, all"
		if o.Device == Internal {
			device = "internal"
		}
		switch {
		case o.Tag != 0:
			vlan = fmt.Sprint("tag ", o.Tag)
		case len(o.Trunks) != 0:
			vlan = "trunk " + strings.Trim(fmt.Sprint(o.Trunks), "[]")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.bridge, a.name, device, vlan, o.Addr, a.sends)
	}
	_ = w.Flush() // a strings.Builder takes all
	return text.String()
}
