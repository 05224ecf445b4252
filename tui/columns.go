package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ovscope/live/decode"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// Names of the packets' columns, for Config.Columns.
const (
	colNumber   = "no"
	colTime     = "time"
	colVLAN     = "vlan"
	colDir      = "dir"
	colSrcMAC   = "src-mac"
	colDstMAC   = "dst-mac"
	colSource   = "src"
	colDest     = "dst"
	colProtocol = "proto"
	colLength   = "len"
	colInfo     = "info"
)

// ColumnNames lists all columns that the list of packets can have.
func ColumnNames() []string {
	return []string{
		colNumber, colTime, colVLAN, colDir, colSrcMAC, colDstMAC, colSource, colDest, colProtocol, colLength, colInfo,
	}
}

// DefaultColumns are the columns unless the user chose others.
func DefaultColumns() []string {
	return []string{colTime, colVLAN, colDir, colSource, colDest, colProtocol, colInfo}
}

// CheckColumns says what is wrong with a choice of columns, nil if nothing is.
func CheckColumns(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("the list of packets needs a column: %s", strings.Join(ColumnNames(), ", "))
	}
	for i, name := range names {
		switch {
		case !slices.Contains(ColumnNames(), name):
			return fmt.Errorf("there is no column %q; there are %s", name, strings.Join(ColumnNames(), ", "))
		case slices.Contains(names[:i], name):
			return fmt.Errorf("column %q is there twice", name)
		}
	}
	return nil
}

// columnHelp says what a column shows.
func columnHelp(name string) string {
	switch name {
	case colNumber:
		return "number, from when the capture began"
	case colTime:
		return "time"
	case colVLAN:
		return "VLAN tags, outermost first"
	case colDir:
		return "→ from guest, ← to guest, where it is known"
	case colSrcMAC:
		return "source MAC address"
	case colDstMAC:
		return "destination MAC address"
	case colSource:
		return "source: address and port"
	case colDest:
		return "destination: address and port"
	case colProtocol:
		return "protocol"
	case colLength:
		return "length on the wire in bytes"
	}
	return "what the packet says"
}

// column is a column at its place. Source and destination that stand side by side
// are one, "a → b", in which a short one leaves its room to the other.
type column struct {
	name  string
	width int
	pair  bool // source and destination
}

// packetColumns are the list's columns from left to right.
type packetColumns struct {
	columns []column
	clock   string // layout of absolute times
	marks   bool   // rows have a cell for their mark
}

// packetNeeds are the widths in cells that columns would need.
type packetNeeds struct{ number, time, vlan, source, dest, ends, protocol, length int }

func (n *packetNeeds) see(r *packetRow) {
	l := &r.line
	source, dest := widget.Width(endpoint(l.Source())), widget.Width(endpoint(l.Destination()))
	n.number = max(n.number, digits(r.seq+1))
	n.vlan = max(n.vlan, len(vlanStack(l.VLANs)))
	n.source, n.dest = max(n.source, source), max(n.dest, dest)
	n.ends = max(n.ends, source+dest+4)
	n.protocol = max(n.protocol, widget.Width(l.Protocol))
	n.length = max(n.length, digits(uint64(r.length)))
}

func digits(n uint64) int { return len(strconv.FormatUint(n, 10)) }

const (
	// infoWidth is what the columns leave to the packet's own words where they can,
	// and infoLeast where addresses would have to be cut for it.
	infoWidth, infoLeast = 20, 8
	sinceWidth           = 10 // of the heading
	macWidth             = 17
	leastAddress         = 10
)

// packetColumnsFor divides width among the columns.
func packetColumnsFor(width int, names []string, needs packetNeeds, clocks []string, gutter int) packetColumns {
	c := packetColumns{marks: gutter > 1}
	for i := 0; i < len(names); i++ {
		if names[i] == colSource && i+1 < len(names) && names[i+1] == colDest {
			c.columns = append(c.columns, column{name: colSource, pair: true})
			i++
			continue
		}
		c.columns = append(c.columns, column{name: names[i]})
	}
	least := 24
	if width < 100 {
		least = 20
	}
	// Times get coarser before an address is cut.
	for i, clock := range clocks {
		if c.divide(width-gutter, least, needs, clock) || i == len(clocks)-1 {
			break
		}
	}
	return c
}

// divide decides the widths; it reports whether no address is cut.
func (c *packetColumns) divide(width, least int, needs packetNeeds, clock string) bool {
	c.clock = clock
	left := width - max(0, len(c.columns)-1)
	want, info := 0, -1
	for i := range c.columns {
		col := &c.columns[i]
		switch col.name {
		case colNumber:
			col.width = max(3, needs.number)
		case colTime:
			col.width = max(len(clock), needs.time)
			if clock == "" {
				col.width = max(sinceWidth, needs.time)
			}
		case colVLAN:
			col.width = min(max(4, needs.vlan), max(8, min(16, width/4)))
		case colDir:
			col.width = 2
		case colSrcMAC, colDstMAC:
			col.width = macWidth
		case colProtocol:
			col.width = min(max(4, needs.protocol), 8)
		case colLength:
			col.width = max(4, needs.length)
		case colSource, colDest:
			col.width = c.wanted(col, least, needs)
			want += col.width
			continue
		case colInfo:
			info = i
			continue
		}
		left -= col.width
	}
	room := left
	if info >= 0 {
		room -= infoWidth
		if want > room {
			room = min(want, left-infoLeast)
		}
	}
	fits := want <= room
	c.squeeze(want, room, least)
	if info >= 0 {
		for i := range c.columns {
			if n := c.columns[i].name; n == colSource || n == colDest {
				left -= c.columns[i].width
			}
		}
		c.columns[info].width = max(left, infoLeast)
	}
	return fits
}

// wanted is what a column of addresses would like to have.
func (c *packetColumns) wanted(col *column, least int, needs packetNeeds) int {
	switch {
	case col.pair:
		return min(max(least, needs.ends), 90)
	case col.name == colSource:
		return min(max(leastAddress, needs.source), 47)
	}
	return min(max(leastAddress, needs.dest), 47)
}

// squeeze makes the columns of addresses fit the room that there is for them.
func (c *packetColumns) squeeze(want, room, least int) {
	if want <= room {
		return
	}
	for i := range c.columns {
		col := &c.columns[i]
		if col.name != colSource && col.name != colDest {
			continue
		}
		share := col.width * max(0, room) / want
		if col.pair {
			col.width = max(least, share)
		} else {
			col.width = max(leastAddress, share)
		}
	}
}

func (c packetColumns) heading(width int, m *model) string {
	st := m.st
	line := widget.NewLine(width, st.Signs.Ellipsis).Space(1)
	if c.marks {
		line.Space(1)
	}
	for i, col := range c.columns {
		if i > 0 {
			line.Space(1)
		}
		right := col.name == colNumber || col.name == colLength || col.name == colTime && m.timeFormat != timeAbsolute
		if right {
			line.ColRight(st.Dim, c.title(&col, m), col.width)
		} else {
			line.Col(st.Dim, c.title(&col, m), col.width)
		}
	}
	return line.String()
}

func (c packetColumns) title(col *column, m *model) string {
	switch col.name {
	case colNumber:
		return "no"
	case colTime:
		return m.timeFormat.title(c.clock)
	case colVLAN:
		return "VLAN"
	case colDir:
		return both(m.st.Signs)
	case colSrcMAC:
		return "source MAC"
	case colDstMAC:
		return "destination MAC"
	case colSource:
		if col.pair {
			return "source " + m.st.Signs.Arrow + " destination"
		}
		return "source"
	case colDest:
		return "destination"
	case colProtocol:
		return "proto"[:min(5, col.width)]
	case colLength:
		return "len"
	}
	return "info"
}

// put draws a packet's columns.
func (c packetColumns) put(line *widget.Line, r *packetRow, m *model) {
	st := m.st
	for i, col := range c.columns {
		if i > 0 {
			line.Space(1)
		}
		switch col.name {
		case colNumber:
			line.ColRight(st.Dim, strconv.FormatUint(r.seq+1, 10), col.width)
		case colTime:
			if m.timeFormat == timeAbsolute {
				line.Col(st.Dim, r.time.In(m.now().Location()).Format(c.clock), col.width)
			} else {
				line.ColRight(st.Dim, r.since, col.width)
			}
		case colVLAN:
			if len(r.line.VLANs) == 0 {
				line.Col(st.Dim, st.Signs.Dash, col.width)
			} else {
				line.Col(st.VLAN, vlanStack(r.line.VLANs), col.width)
			}
		case colDir:
			m.putDirection(line, r)
		case colSrcMAC:
			line.Col(st.Text, endpoint(r.line.EthSrc), col.width)
		case colDstMAC:
			line.Col(st.Text, endpoint(r.line.EthDst), col.width)
		case colSource:
			if col.pair {
				m.putLit(line, st.Text, ends(&r.line, col.width, st.Signs), col.width)
			} else {
				line.Col(st.Text, cutAddress(endpoint(r.line.Source()), col.width, st.Signs.Ellipsis), col.width)
			}
		case colDest:
			line.Col(st.Text, cutAddress(endpoint(r.line.Destination()), col.width, st.Signs.Ellipsis), col.width)
		case colProtocol:
			m.putLit(line, st.Protocol, r.line.Protocol, col.width)
		case colLength:
			line.ColRight(st.Text, strconv.Itoa(r.length), col.width)
		case colInfo:
			m.putLit(line, st.Text, r.line.Info, col.width)
		}
	}
}

// ends is "source → destination", each cut evenly if both do not fit.
func ends(l *decode.Line, width int, signs style.Signs) string {
	return pairText(endpoint(l.Source()), endpoint(l.Destination()), signs.Arrow, width, signs.Ellipsis)
}

// pairText is two addresses with a sign between them.
func pairText(a, b, sign string, width int, tail string) string {
	room := width - widget.Width(sign) - 2
	if widget.Width(a)+widget.Width(b) > room {
		half := room / 2
		switch {
		case widget.Width(a) <= half:
			b = cutAddress(b, room-widget.Width(a), tail)
		case widget.Width(b) <= room-half:
			a = cutAddress(a, room-widget.Width(b), tail)
		default:
			a, b = cutAddress(a, half, tail), cutAddress(b, room-half, tail)
		}
	}
	return a + " " + sign + " " + b
}

// cutAddress makes an address fit: out of the middle, because its beginning is the
// network and its end the host, and the port stays.
func cutAddress(address string, width int, tail string) string {
	if widget.Width(address) <= width {
		return address
	}
	host, port, ok := cutPort(address)
	if room := width - len(port) - 1; ok && room >= 4 {
		return cutMiddle(host, room, tail) + ":" + port
	}
	return cutMiddle(address, width, tail)
}

// cutMiddle leaves the beginning and the end of a text without wide characters.
func cutMiddle(s string, width int, tail string) string {
	room := width - widget.Width(tail)
	if room < 6 || len(s) <= width {
		return widget.Cut(s, width, tail)
	}
	end := room / 2
	return s[:room-end] + tail + s[len(s)-end:]
}

// cutPort splits "10.0.0.1:80" and "[2001:db8::1]:80"; MAC and bare IPv6 addresses
// have no port.
func cutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i <= 0 || strings.IndexByte(address, ':') != i && address[i-1] != ']' {
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
