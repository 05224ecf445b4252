package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/keymap"
	"ovscope/live"
	"ovscope/live/decode"
	"ovscope/tui/widget"
)

// packetPane is one packet in full: all its fields as a tree, and its bytes with
// those of the selected field lit. It holds the packet, so it stays whatever the
// store overwrites.
type packetPane struct {
	list   widget.List
	seq    uint64
	packet live.Packet // with Data of its own
	fields []field
	hex    int // first row of bytes on screen
	// listRows is how many packets are listed above it, 0 if the list is not there;
	// onList is set while keys move in that.
	listRows int
	onList   bool
}

// field is a row of the tree.
type field struct {
	*decode.Node
	depth int
}

// newPacketPane decodes a packet, whose Data becomes the pane's.
func newPacketPane(p live.Packet) *packetPane {
	d := &packetPane{packet: p, seq: p.Seq}
	var walk func(n *decode.Node, depth int)
	walk = func(n *decode.Node, depth int) {
		d.fields = append(d.fields, field{n, depth})
		for _, c := range n.Children {
			walk(c, depth+1)
		}
	}
	walk(decode.Tree(p.Data, p.Length), 0)
	return d
}

// selected is the field under the cursor.
func (d *packetPane) selected() field { return d.fields[d.list.Cursor] }

// similar moves the cursor to the field that has the path of names of another
// pane's cursor, so that going from packet to packet shows the same field.
func (d *packetPane) similar(other *packetPane) {
	at := other.selected()
	for i, f := range d.fields {
		if f.Name == at.Name && f.depth == at.depth {
			d.list.Cursor = i
			if i >= other.list.Cursor {
				break
			}
		}
	}
	d.list.Offset = other.list.Offset
	d.listRows, d.onList = other.listRows, other.onList
}

// showPacket opens the selected packet; while the list follows, that is the newest.
func (m *model) showPacket() {
	s := m.tap.store()
	m.packets.pause(s, m.packetRows())
	if d := m.readPacket(); d != nil {
		m.page = d
	}
}

// readPacket takes the packet under the cursor, nil if it is there no longer.
func (m *model) readPacket() *packetPane {
	s := m.tap.store()
	seq, ok := m.packets.selected(s)
	if ok {
		var p live.Packet
		if p, ok = s.Read(seq, nil); ok {
			return newPacketPane(p)
		}
	}
	m.say("this packet has been overwritten by newer ones")
	return nil
}

func (d *packetPane) press(m *model, id keymap.ID) tea.Cmd {
	if cmd, ok := d.pressSplit(m, id); ok {
		return cmd
	}
	if cmd, ok := d.pressList(m, id); ok {
		return cmd
	}
	move := func(delta int) { d.list.Move(delta, len(d.fields), 0) }
	switch id {
	case keymap.Up:
		move(-1)
	case keymap.Down:
		move(1)
	case keymap.PageUp:
		move(-10)
	case keymap.PageDown, keymap.Pause:
		move(10)
	case keymap.Top:
		move(-farAway)
	case keymap.Bottom:
		move(farAway)
	case keymap.NextPacket, keymap.Expand:
		d.turn(m, 1)
	case keymap.PrevPacket, keymap.Collapse:
		d.turn(m, -1)
	case keymap.Close, keymap.Open, keymap.Quit:
		m.page = nil
	case keymap.Help:
		m.showHelp()
	case keymap.Save:
		return m.askSave()
	case keymap.Copy:
		return d.copyTree(m)
	case keymap.CopyHex:
		return d.copyHex(m)
	default:
		m.useless()
	}
	return nil
}

func (d *packetPane) keys(m *model) string {
	if d.listRows > 0 {
		to := "the list"
		if d.onList {
			to = "the fields"
		}
		return fmt.Sprintf("%s move   %s %s   %s/%s next and previous packet   %s copy   %s as hex   %s back",
			m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.NextPane), to, m.label(keymap.NextPacket), m.label(keymap.PrevPacket),
			m.label(keymap.Copy), m.label(keymap.CopyHex), m.label(keymap.Close))
	}
	return fmt.Sprintf("%s fields   %s/%s next and previous packet   %s copy   %s as hex   %s back",
		m.label(keymap.Up)+m.label(keymap.Down), m.label(keymap.NextPacket), m.label(keymap.PrevPacket),
		m.label(keymap.Copy), m.label(keymap.CopyHex), m.label(keymap.Close))
}

// turn goes on to another packet of the list.
func (d *packetPane) turn(m *model, delta int) {
	m.packets.move(delta, m.tap.store(), m.packetRows())
	next := m.readPacket()
	if next == nil {
		return
	}
	if next.seq == d.seq {
		m.say("there is no further packet")
		return
	}
	next.similar(d)
	m.page = next
}

// viewPacket draws the packet in exactly width × height cells: the tree and the bytes side
// by side where there is room for both, else one above the other.
func (d *packetPane) viewPacket(m *model, width, height int) []string {
	inside, rows := width-2, height-2
	if inside < 12 || rows < 2 {
		return nil
	}
	var content []string
	perRow := bytesPerRow(inside)
	const least = 44 // a field's name and value
	if side := hexWidth(16); inside >= least+3+side {
		tree := inside - side - 3
		bar := m.st.Border.Render(" " + m.st.Signs.Border.Vertical + " ")
		left, right := d.viewTree(m, tree, rows), d.viewHex(m, 16, side, rows)
		for i := range rows {
			content = append(content, left[i]+bar+right[i])
		}
	} else {
		bytes := min((len(d.packet.Data)+perRow-1)/perRow, max(2, rows*2/5), max(0, rows-4))
		divider := min(1, bytes)
		content = d.viewTree(m, inside, rows-bytes-divider)
		if bytes > 0 {
			content = append(content, widget.NewLine(inside, "").Put(m.st.Border, strings.Repeat(m.st.Signs.Border.Horizontal, inside)).String())
			content = append(content, d.viewHex(m, perRow, inside, bytes)...)
		}
	}
	frame, heading, title := m.st.BorderFocus, m.st.TitleFocus, d.title(m)
	switch {
	case d.onList:
		frame, heading = m.st.Border, m.st.Title
	case d.listRows > 0:
		title = m.st.Signs.Cursor + " " + title // seen without colour, too
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: frame, Content: content,
		Title:  heading.Render(widget.Cut(title, inside-6, m.st.Signs.Ellipsis)),
		Right:  m.st.Dim.Render(m.label(keymap.Close) + " closes"),
		Bottom: m.st.Text.Render(widget.Cut(d.where(), inside-4, m.st.Signs.Ellipsis)),
	}
	return box.Draw(width, height)
}

func (d *packetPane) title(m *model) string {
	at := d.packet.Time.In(m.now().Location()).Format("2006-01-02 15:04:05.000000000 -07:00")
	text := fmt.Sprintf("Packet %s, %s", count(d.seq+1), at)
	if m.alone() {
		switch d.packet.Direction {
		case live.Incoming:
			return text + ", in"
		case live.Outgoing:
			return text + ", out"
		case live.DirectionUnknown:
		}
		return text
	}
	// Which way copies pass the tap point says nothing about the guest (F22).
	line := decode.Summarize(d.packet.Data, d.packet.Length)
	switch m.directions.of(line.EthSrc, line.EthDst) {
	case fromGuest:
		text += ", → from guest"
	case toGuest:
		text += ", ← to guest"
	}
	return m.st.Say(text)
}

// where says which bytes the selected field has, for those who cannot see them lit.
func (d *packetPane) where() string {
	switch f := d.selected(); f.End - f.Start {
	case 0:
		return f.Name
	case 1:
		return fmt.Sprintf("%s: byte %d", f.Name, f.Start)
	default:
		return fmt.Sprintf("%s: bytes %d to %d", f.Name, f.Start, f.End-1)
	}
}

func (d *packetPane) viewTree(m *model, width, height int) []string {
	d.list.Clamp(len(d.fields), height)
	var lines []string
	for i := d.list.Offset; i < min(len(d.fields), d.list.Offset+height); i++ {
		f := d.fields[i]
		line := widget.NewLine(width, m.st.Signs.Ellipsis)
		if i == d.list.Cursor {
			line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
		} else {
			line.Space(1)
		}
		line.Space(min(2*max(0, f.depth-1), width/3))
		st := m.st.Dim
		if f.depth <= 1 {
			st = m.st.Bold
		}
		name := f.Name
		if f.Value != "" {
			name += ": "
		}
		line.Put(st, name)
		text := f.Value
		if f.Err != "" {
			text = strings.TrimSpace(text + " [" + f.Err + "]")
		}
		value := m.st.Text
		if f.Err != "" {
			value = m.st.Bad
		}
		line.Put(value, text)
		lines = append(lines, line.String())
	}
	return fill(lines, width, height)
}

// bytesPerRow is how many bytes fit a row of a hex dump.
func bytesPerRow(width int) int {
	for _, n := range []int{16, 12, 8} {
		if hexWidth(n) <= width {
			return n
		}
	}
	return 4
}

// hexWidth is what a row of n bytes takes: "0000  00 01 02 03  ....".
func hexWidth(n int) int { return 4 + 2 + 3*n + 1 + n }

func (d *packetPane) viewHex(m *model, perRow, width, height int) []string {
	data := d.packet.Data
	f := d.selected()
	rows := (len(data) + perRow - 1) / perRow
	if first, last := f.Start/perRow, max(f.Start, f.End-1)/perRow; first < d.hex || last >= d.hex+height {
		d.hex = first
		if last-first < height {
			d.hex = max(0, first-(height-(last-first+1))/2)
		}
	}
	d.hex = max(0, min(d.hex, rows-height))
	lit := func(i int) bool { return f.depth > 0 && i >= f.Start && i < f.End }
	var lines []string
	for r := d.hex; r < min(rows, d.hex+height); r++ {
		from := r * perRow
		line := widget.NewLine(width, "")
		line.Put(m.st.Dim, fmt.Sprintf("%04x", from)).Space(2)
		// Runs of bytes that look alike are drawn in one go.
		for i := from; i < from+perRow; {
			j := i
			var b strings.Builder
			for ; j < from+perRow && lit(j) == lit(i); j++ {
				if j < len(data) {
					fmt.Fprintf(&b, "%02x", data[j])
				} else {
					b.WriteString("  ")
				}
				if j+1 < from+perRow && lit(j) == lit(j+1) {
					b.WriteByte(' ')
				}
			}
			if lit(i) {
				line.Put(m.st.Lit, b.String())
			} else {
				line.Put(m.st.Text, b.String())
			}
			line.Space(1)
			i = j
		}
		line.Space(1)
		for i := from; i < min(len(data), from+perRow); {
			j := i
			var b strings.Builder
			for ; j < min(len(data), from+perRow) && lit(j) == lit(i); j++ {
				if c := data[j]; c >= ' ' && c <= '~' {
					b.WriteByte(c)
				} else {
					b.WriteByte('.')
				}
			}
			if lit(i) {
				line.Put(m.st.Lit, b.String())
			} else {
				line.Put(m.st.Dim, b.String())
			}
			i = j
		}
		lines = append(lines, line.String())
	}
	return fill(lines, width, height)
}

func (d *packetPane) tick(*model, time.Time) tea.Cmd { return nil }

// followPage lets the opened packet be the one under the cursor, if one is open.
func (m *model) followPage() {
	if d, ok := m.page.(*packetPane); ok {
		if next := m.readPacket(); next != nil && next.seq != d.seq {
			next.similar(d)
			m.page = next
		}
	}
}
