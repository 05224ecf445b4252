package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ovscope/keymap"
	"ovscope/tui/layout"
	"ovscope/tui/style"
	"ovscope/tui/widget"
)

// finder is the prompt in the ports pane that finds ports, bonds' members and
// bridges by letters of their names or of their guests'. The tree stays as it is
// until a hit is chosen.
type finder struct {
	input widget.Input
	all   []candidate
	hits  []hit // best first
	list  widget.List
}

// candidate is a row that can be found, folded away or not.
type candidate struct {
	row   treeRow
	name  string // safe to print
	guest string
	text  []rune // both, in lower case
}

// hit is a candidate that matches.
type hit struct {
	candidate int // index
	points    int
	at        []int // which characters of name and guest match
}

// maxCandidate bounds what is looked at of a name, in bytes.
const maxCandidate = 256

// askFind opens the prompt.
func (m *model) askFind() {
	m.focus = layout.Ports
	m.bridges.finder = &finder{all: m.bridges.candidates()}
	m.bridges.finder.search()
}

// finding reports whether letters go to the finder.
func (m *model) finding() bool { return m.bridges.finder != nil && m.page == nil }

func (p *bridgesPane) candidates() []candidate {
	var all []candidate
	add := func(row treeRow, name, guest string) {
		c := candidate{row: row, name: shortened(name), guest: shortened(guest)}
		c.text = lower(c.name + " " + c.guest)
		all = append(all, c)
	}
	for _, b := range p.snap.Bridges {
		add(treeRow{bridge: b}, b.Name, "")
		for _, port := range b.Ports {
			add(treeRow{bridge: b, port: port}, port.Name, port.GuestName())
			if !port.IsBond() {
				continue
			}
			for i, member := range port.Interfaces {
				add(treeRow{b, port, member, i == len(port.Interfaces)-1}, member.Name, "")
			}
		}
	}
	return all
}

func shortened(name string) string { return widget.Safe(name[:min(len(name), maxCandidate)]) }

// refind looks again after the ports have changed.
func (p *bridgesPane) refind() {
	if f := p.finder; f != nil {
		f.all = p.candidates()
		f.search()
	}
}

func (f *finder) search() {
	f.hits = f.hits[:0]
	wanted := newNeedle(f.input.Text())
	for i := range f.all {
		if points, at, ok := wanted.match(f.all[i].text); ok {
			f.hits = append(f.hits, hit{i, points, at})
		}
	}
	if len(wanted) > 0 {
		slices.SortStableFunc(f.hits, func(a, b hit) int {
			return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(len(f.all[a.candidate].text), len(f.all[b.candidate].text)))
		})
	}
	f.list.Clamp(len(f.hits), 0)
}

// insert puts text into the prompt and looks for what it is now.
func (f *finder) insert(text string) {
	f.input.Insert(text)
	f.list = widget.List{}
	f.search()
}

// typeFind gives a key to the prompt.
func (m *model) typeFind(msg tea.KeyPressMsg, id keymap.ID) tea.Cmd {
	f := m.bridges.finder
	rows := max(1, m.inner(layout.Ports).H-1)
	switch key := msg.String(); {
	case key == "enter":
		return m.goToHit()
	case key == "esc":
		m.bridges.finder = nil
	case msg.Text != "":
		f.insert(msg.Text)
	case id == keymap.Up:
		f.list.Move(-1, len(f.hits), rows)
	case id == keymap.Down:
		f.list.Move(1, len(f.hits), rows)
	case key == "pgup":
		f.list.Move(-rows, len(f.hits), rows)
	case key == "pgdown":
		f.list.Move(rows, len(f.hits), rows)
	case f.input.Key(key):
		f.search()
	default:
		m.say("a port is being looked for: " + m.st.Say(findKeys))
	}
	return nil
}

const findKeys = "enter goes there, esc back, ↑↓ choose"

// goToHit closes the prompt and puts the cursor on the hit that is chosen.
func (m *model) goToHit() tea.Cmd {
	p := &m.bridges
	f := p.finder
	if len(f.hits) == 0 {
		m.say("nothing is called like that; esc goes back")
		return nil
	}
	p.finder = nil
	p.reveal(f.all[f.hits[f.list.Cursor].candidate].row)
	p.list.Clamp(len(p.rows), m.treeRows())
	return m.retarget()
}

// viewFinder is the prompt over what it has found.
func (m *model) viewFinder(width, height int) []string {
	f := m.bridges.finder
	tail := m.st.Signs.Ellipsis
	const label = "find "
	found := " " + count(uint64(len(f.hits))) + " of " + count(uint64(len(f.all))) + " "
	if len(label)+len(found)+12 > width {
		found = ""
	}
	prompt := widget.NewLine(1+len(label), tail).Space(1).Put(m.st.Key, label).String() +
		f.input.Draw(max(1, width-1-len(label)-len(found)), m.st)
	lines := []string{prompt + widget.NewLine(len(found), "").Put(m.st.Dim, found).String()}
	rows := height - 1
	f.list.Clamp(len(f.hits), rows)
	for i := f.list.Offset; i < min(len(f.hits), f.list.Offset+rows); i++ {
		lines = append(lines, m.hitLine(f.hits[i], width, i == f.list.Cursor))
	}
	if len(f.hits) == 0 {
		for _, l := range widget.Wrap("No bridge, port or guest has these letters in this order.", width-2) {
			lines = append(lines, widget.NewLine(width, "").Space(1).Put(m.st.Dim, l).String())
		}
	}
	return fill(lines, width, height)
}

func (m *model) hitLine(h hit, width int, chosen bool) string {
	c := &m.bridges.finder.all[h.candidate]
	line := widget.NewLine(width, m.st.Signs.Ellipsis)
	if chosen {
		line.Over(m.st.Row(true)).Put(m.st.Accent, m.st.Signs.Cursor)
	} else {
		line.Space(1)
	}
	switch r := c.row; {
	case r.member != nil:
		sign, st := m.linkSign(interfaceError(r.member), r.member.LinkState)
		line.Put(st, sign)
	case r.port != nil:
		sign, st := m.linkSign(r.port.Error(), r.port.LinkState())
		line.Put(st, sign)
	default:
		line.Put(m.st.Accent, m.foldSign(r.bridge.UUID))
	}
	line.Space(1)
	lit := m.st.Accent.Underline(true) // without colour, too
	name := len([]rune(c.name))
	where := " on " + c.row.bridge.Name
	if c.row.port == nil {
		where = ""
	}
	room := max(8, line.Left()-2-min(widget.Width(c.guest), line.Left()/2))
	putLit(line, c.name, h.at, 0, m.st.Text, lit, room)
	if c.guest != "" {
		line.Space(2)
		putLit(line, c.guest, h.at, name+1, m.st.Dim, lit, line.Left())
	}
	return line.Put(m.st.Dim, where).String()
}

// putLit puts a text of which some characters are lit, in at most most cells. at
// counts characters from first on.
func putLit(line *widget.Line, text string, at []int, first int, plain, lit style.Style, most int) {
	text = widget.Cut(text, most, "")
	i := first
	var run strings.Builder
	on := false
	flush := func() {
		st := plain
		if on {
			st = lit
		}
		line.Put(st, run.String())
		run.Reset()
	}
	for text != "" {
		cluster, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		text = text[len(cluster):]
		n := len([]rune(cluster))
		hit := slices.ContainsFunc(at, func(k int) bool { return k >= i && k < i+n })
		if hit != on {
			flush()
			on = hit
		}
		run.WriteString(cluster)
		i += n
	}
	flush()
}
