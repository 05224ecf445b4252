package tui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ovscope/ovs"
)

// portDetails is everything known about a port or a bond's member: what is wrong
// first, then what it carries, then every column. It follows the snapshots.
type portDetails struct {
	textPage
	row treeRow // as last seen
}

// showPort opens the page.
func (m *model) showPort(row *treeRow) { m.page = m.portDetails(row) }

// portPage is the page's text.
func (m *model) portPage(row *treeRow) *textPage { return &m.portDetails(row).textPage }

func (m *model) portDetails(row *treeRow) *portDetails {
	p := &portDetails{textPage: textPage{title: "Port " + row.port.Name}, row: *row}
	p.write(m)
	return p
}

func (p *portDetails) view(m *model, width, height int) []string {
	p.write(m)
	return p.textPage.view(m, width, height)
}

// write makes the lines out of the newest snapshot.
func (p *portDetails) write(m *model) {
	p.lines = p.lines[:0]
	if !p.refresh(m.snap) {
		p.add("gone", "this port was deleted; below is what was last known of it", m.st.Warn)
	}
	p.addPort(m)
	for _, i := range p.row.port.Interfaces {
		if p.row.member == nil || p.row.member.UUID == i.UUID {
			p.addInterface(m, i)
		}
	}
}

// refresh takes the port from a newer snapshot; false when it is not there.
func (p *portDetails) refresh(s *ovs.Snapshot) bool {
	b := s.Bridge(p.row.bridge.UUID)
	if b == nil {
		return false
	}
	port := b.Port(p.row.port.UUID)
	if port == nil {
		return false
	}
	p.row.bridge, p.row.port = b, port
	if p.row.member == nil {
		return true
	}
	i := slices.IndexFunc(port.Interfaces, func(i *ovs.Interface) bool { return i.UUID == p.row.member.UUID })
	if i < 0 {
		return false
	}
	p.row.member = port.Interfaces[i]
	return true
}

// fact adds a line unless there is nothing to say.
func (p *portDetails) fact(m *model, label, text string) {
	if text != "" {
		p.add(label, text, m.st.Text)
	}
}

func (p *portDetails) addPort(m *model) {
	port, b := p.row.port, p.row.bridge
	if fault := port.Error(); fault != "" {
		p.add("error", fault, m.st.Bad)
	}
	for _, mirror := range b.Mirrors {
		if how := m.mirrored(mirror, port); how != "" {
			p.fact(m, "mirror "+mirror.Name, how)
		}
	}
	p.fact(m, "guest", port.GuestName())
	p.fact(m, "bridge", b.Name)
	p.fact(m, "VLANs", port.VLANText())
	p.fact(m, "vlan_mode", port.VLANMode)
	if port.Tag != nil {
		p.fact(m, "tag", strconv.Itoa(*port.Tag))
	}
	p.fact(m, "trunks", ovs.Ranges(port.Trunks))
	p.fact(m, "cvlans", ovs.Ranges(port.CVLANs))
	p.fact(m, "bond_mode", port.BondMode)
	p.fact(m, "lacp", port.LACP)
	p.fact(m, "bond_active_slave", port.ActiveMember)
	m.mapLines(&p.textPage, "other_config", port.OtherConfig)
	m.mapLines(&p.textPage, "external_ids", port.ExternalIDs)
	if port.Owner.Lease != "" {
		p.fact(m, "made by", whose(port.Owner))
	}
	p.fact(m, "uuid", string(port.UUID))
}

// mirrored says what a mirror has to do with a port, "" for nothing.
func (m *model) mirrored(mirror *ovs.Mirror, p *ovs.Port) string {
	var how []string
	if mirror.Selects(p.UUID, ovs.Egress) {
		how = append(how, m.st.Signs.From+" from guest")
	}
	if mirror.Selects(p.UUID, ovs.Ingress) {
		how = append(how, m.st.Signs.To+" to guest")
	}
	if mirror.OutputPort != nil && mirror.OutputPort.UUID == p.UUID {
		how = append(how, "output")
	}
	return strings.Join(how, ", ")
}

func (p *portDetails) addInterface(m *model, i *ovs.Interface) {
	p.add("", "", m.st.Text)
	p.add("Interface "+i.Name, "", m.st.Title)
	if fault := interfaceError(i); fault != "" {
		p.add("error", fault, m.st.Bad)
	}
	c := m.snap.Counters[i.UUID]
	if troubles := troubles(c.All); troubles != "" {
		p.add("counted", troubles, m.st.Warn)
	}
	p.addRates(m, c)
	p.fact(m, "link_state", m.linkText(i))
	p.fact(m, "admin_state", i.AdminState)
	p.fact(m, "type", orElse(i.Type, "system"))
	if i.OFPort != nil {
		p.fact(m, "ofport", strconv.Itoa(*i.OFPort))
	}
	p.fact(m, "mac_in_use", i.MAC)
	if i.MTU > 0 {
		p.fact(m, "mtu", strconv.Itoa(i.MTU))
	}
	if i.MTURequest > 0 {
		p.fact(m, "mtu_request", strconv.Itoa(i.MTURequest))
	}
	m.mapLines(&p.textPage, "options", i.Options)
	m.mapLines(&p.textPage, "status", i.Status)
	m.mapLines(&p.textPage, "other_config", i.OtherConfig)
	m.mapLines(&p.textPage, "external_ids", i.ExternalIDs)
	p.fact(m, "uuid", string(i.UUID))
	label := "statistics"
	for _, name := range slices.SortedFunc(maps.Keys(c.All), byCounter) {
		p.add(label, fmt.Sprintf("%-20s %20s", name, exact(c.All[name])), m.st.Text)
		label = ""
	}
}

// byCounter puts what is received together, then what is sent, and packets and
// bytes before the rest.
func byCounter(a, b string) int {
	key := func(s string) string {
		for rank, known := range []string{"_packets", "_bytes", "_dropped", "_errors"} {
			if strings.HasSuffix(s, known) && len(s) == len("rx")+len(known) {
				return s[:2] + strconv.Itoa(rank)
			}
		}
		return "~" + s
	}
	return strings.Compare(key(a), key(b))
}

// troubles are the counters above zero that count something bad.
func troubles(statistics map[string]uint64) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(statistics)) {
		bad := false
		for _, word := range []string{"err", "drop", "collision", "miss", "fail", "no_buf"} {
			bad = bad || strings.Contains(name, word)
		}
		if n := statistics[name]; bad && n > 0 {
			list = append(list, name+" "+exact(n))
		}
	}
	return strings.Join(list, ", ")
}

// addRates says what an interface carries now.
func (p *portDetails) addRates(m *model, c ovs.Counters) {
	l, known := loadOf(c)
	if !known || m.snap.Stale() {
		return
	}
	for d, label := range []string{m.st.Signs.From + " from guest", m.st.Signs.To + " to guest"} {
		p.fact(m, label, fmt.Sprintf("%s, %s, over the last %v", bitrate(l[d].Bits), packetRate(l[d].Packets), c.Over))
	}
}

// linkText is a link's state with its speed.
func (m *model) linkText(i *ovs.Interface) string {
	text := orElse(i.LinkState, "not known")
	if i.LinkSpeed > 0 {
		text += ", " + bitrate(float64(i.LinkSpeed))
	}
	if i.Duplex != "" {
		text += ", " + i.Duplex + " duplex"
	}
	return text
}
