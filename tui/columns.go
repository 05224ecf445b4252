package tui

import (
	"strconv"
	"strings"

	"ovscope/live/decode"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// packetColumns are the widths of the list's columns in cells.
type packetColumns struct {
	clock                      string // layout of the time
	time, vlan, ends, protocol int
}

// packetNeeds are the widths in cells that columns would need.
type packetNeeds struct{ vlan, ends, protocol int }

func (n *packetNeeds) see(l *decode.Line) {
	n.vlan = max(n.vlan, len(vlanStack(l.VLANs)))
	n.ends = max(n.ends, widget.Width(endpoint(l.Source()))+widget.Width(endpoint(l.Destination()))+4)
	n.protocol = max(n.protocol, widget.Width(l.Protocol))
}

// infoWidth is what the columns leave to the packet's own words where they can.
const infoWidth = 20

// packetColumnsFor divides width among the columns.
func packetColumnsFor(width int, needs packetNeeds) packetColumns {
	c := packetColumns{clock: "15:04:05.000000", protocol: min(max(4, needs.protocol), 8)}
	switch {
	case width < 70:
		c.clock = "15:04:05"
	case width < 79: // less than a terminal of 120 leaves
		c.clock = "04:05.000" // the hour is known
	case width < 100:
		c.clock = "15:04:05.000"
	}
	c.vlan = min(max(4, needs.vlan), max(8, min(16, width/4)))
	c.time = len(c.clock)
	left := width - 1 - c.time - 1 - c.vlan - 1 - 1 - c.protocol - 1 - infoWidth
	least := 24
	if width < 70 {
		least = 20
	}
	c.ends = min(max(least, needs.ends), max(least, min(left, width*52/100)), 90)
	return c
}

func (c packetColumns) heading(width int, st *style.Styles) string {
	return widget.NewLine(width, st.Signs.Ellipsis).Space(1).
		Col(st.Dim, c.clockName(), c.time).Space(1).
		Col(st.Dim, "VLAN", c.vlan).Space(1).
		Col(st.Dim, "source "+st.Signs.Arrow+" destination", c.ends).Space(1).
		Col(st.Dim, "proto"[:min(5, c.protocol)], c.protocol).Space(1).
		Put(st.Dim, "info").String()
}

func (c packetColumns) clockName() string {
	if strings.HasPrefix(c.clock, "15") {
		return "time"
	}
	return "min:s"
}

func (c packetColumns) packet(line *widget.Line, r *packetRow, m *model) {
	st := m.st
	line.Col(st.Dim, r.time.In(m.now().Location()).Format(c.clock), c.time).Space(1)
	if len(r.line.VLANs) == 0 {
		line.Col(st.Dim, st.Signs.Dash, c.vlan).Space(1)
	} else {
		line.Col(st.VLAN, vlanStack(r.line.VLANs), c.vlan).Space(1)
	}
	line.Col(st.Text, ends(&r.line, c.ends, st.Signs), c.ends).Space(1)
	line.Col(st.Protocol, r.line.Protocol, c.protocol).Space(1)
	line.Put(st.Text, r.line.Info)
}

// ends is "source → destination", each cut evenly if both do not fit.
func ends(l *decode.Line, width int, signs style.Signs) string {
	src, dst, tail := endpoint(l.Source()), endpoint(l.Destination()), signs.Ellipsis
	room := width - widget.Width(signs.Arrow) - 2
	if widget.Width(src)+widget.Width(dst) > room {
		half := room / 2
		switch {
		case widget.Width(src) <= half:
			dst = cutAddress(dst, room-widget.Width(src), tail)
		case widget.Width(dst) <= room-half:
			src = cutAddress(src, room-widget.Width(dst), tail)
		default:
			src, dst = cutAddress(src, half, tail), cutAddress(dst, room-half, tail)
		}
	}
	return src + " " + signs.Arrow + " " + dst
}

// cutAddress makes an address fit; its port says more than its end.
func cutAddress(address string, width int, tail string) string {
	host, port, ok := cutPort(address)
	if room := width - len(port) - 1; ok && room >= 4 && widget.Width(address) > width {
		return widget.Cut(host, room, tail) + ":" + port
	}
	return widget.Cut(address, width, tail)
}

// cutPort splits "10.0.0.1:80" and "[2001:db8::1]:80"; MAC and bare IPv6 addresses
// have no port.
func cutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i < 0 || strings.IndexByte(address, ':') != i && address[i-1] != ']' {
		return address, "", false
	}
	return address[:i], address[i+1:], true
}

// endpoint is a sender or receiver as the list shows it.
func endpoint(address string) string {
	if address == "ff:ff:ff:ff:ff:ff" {
		return "broadcast"
	}
	return address
}

// vlanStack is a frame's tags, outermost first: "10", "100.10", with a priority
// "10/p5", with another TPID than 0x8100 "88a8:100.10", with DEI "10/d".
func vlanStack(tags []decode.VLAN) string {
	var b strings.Builder
	for i, t := range tags {
		if i > 0 {
			b.WriteByte('.')
		}
		if t.TPID != 0x8100 {
			b.WriteString(strconv.FormatUint(uint64(t.TPID), 16) + ":")
		}
		b.WriteString(strconv.Itoa(int(t.VID)))
		if t.PCP != 0 {
			b.WriteString("/p" + strconv.Itoa(int(t.PCP)))
		}
		if t.DEI {
			b.WriteString("/d")
		}
	}
	return b.String()
}
