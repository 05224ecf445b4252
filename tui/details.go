package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ovscope/ovs"
	"ovscope/tui/layout"
)

func (m *model) mapLines(p *textPage, label string, values map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(values)) {
		p.add(label, k+"="+values[k], m.st.Text)
		label = ""
	}
}

// showMirror opens a page with a mirror in full, and the command log.
func (m *model) showMirror(mirror *ovs.Mirror) {
	page := m.mirrorPage(mirror)
	if len(m.log.entries) > 0 {
		page.add("", "", m.st.Text)
		page.add("Changes made in this run", "", m.st.Title)
		m.logLines(page)
	}
	m.page = page
}

// mirrorPage is a mirror in full.
func (m *model) mirrorPage(mirror *ovs.Mirror) *textPage {
	page := &textPage{title: "Mirror " + mirror.Name}
	add := func(label, text string) { page.add(label, orElse(text, "none"), m.st.Text) }
	v := m.verdict(mirror)
	page.add("state", v.text, v.style)
	add("uuid", string(mirror.UUID))
	add("bridge", m.bridgeName(mirror))
	add("owner", whose(mirror.Owner))
	if mirror.SelectAll {
		add("sources", "every packet of the bridge (select_all)")
	} else {
		add(m.st.Signs.From+" from guest", names(mirror.Egress))
		add(m.st.Signs.To+" to guest", names(mirror.Ingress))
	}
	if len(mirror.VLANs) > 0 {
		add("only VLANs", ovs.Ranges(mirror.VLANs))
	}
	add("output", m.outputText(mirror))
	if t := &m.tap; t.unseen != nil {
		page.add("seen on", m.hide(t.unseen.Error()), m.st.Warn)
	} else {
		add("seen on", fmt.Sprintf("%s, %s frames", t.point.Interface, t.point.Direction))
	}
	if mirror.Statistics != nil {
		add("OVS counted", fmt.Sprintf("%s, %s; every %v, before delivery, whole packets",
			plural(int(mirror.Statistics.Packets), "packet"), byteSize(mirror.Statistics.Bytes), m.snap.StatsInterval))
	} else {
		add("OVS counted", "nothing yet")
	}
	c := m.tap.meter.counters
	add("seen here", fmt.Sprintf("%s, %s", plural(int(c.Packets), "packet"), byteSize(c.Bytes)))
	add("lost", fmt.Sprintf("%s in the kernel, %s of its ring; %s overwritten by newer ones",
		plural(int(c.KernelDrops), "packet"), plural(int(c.Freezes), "freeze"), count(c.Overwritten)))
	m.mapLines(page, "external_ids", mirror.ExternalIDs)
	return page
}

// logLines adds the command log to a page, newest first.
func (m *model) logLines(page *textPage) {
	for i := len(m.log.entries) - 1; i >= 0; i-- {
		e := &m.log.entries[i]
		text, st := m.outcome(e)
		if !e.note {
			text = m.st.Say(e.title) + ": " + text
		}
		page.add(m.clockTime(e.at), text, st)
		for _, c := range e.commands {
			page.add("$", c, m.st.Command)
		}
	}
}

func names(refs []ovs.PortRef) string {
	list := make([]string, len(refs))
	for i, r := range refs {
		list[i] = r.Name
	}
	return strings.Join(list, ", ")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// paneTitle is what a pane is called on a tab.
func (m *model) paneTitle(p layout.Pane) string {
	switch p {
	case layout.Mirror:
		if m.alone() {
			return "Source"
		}
		return "Mirror"
	case layout.Packets:
		return "Packets"
	case layout.Ports:
	}
	return "Ports"
}
