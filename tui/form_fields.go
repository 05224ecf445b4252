package tui

import (
	"fmt"
	"slices"
	"strings"

	"ovscope/ovs"
)

// formField is one line of a form.
type formField int

// The fields, in the order in which a form shows them.
const (
	fieldKind formField = iota
	fieldBridge
	fieldName
	fieldScope
	fieldSources
	fieldVLANs
	fieldWhere
	fieldOutput
	fieldNewPort
	fieldTag
	fieldOutVLAN
	fieldFlood
	fieldRemote
	fieldLocal
	fieldKey
	fieldVersion
	fieldIndex
	fieldDirection
	fieldHardwareID
	fieldSnapLen
	fieldFilter
	fieldSweep
	fieldOnQuit
	fieldConfirm // one for each name that a hazard wants typed
	fieldAgree
	fieldApply
)

// Choices of fields that have some, by their place in the list of options.
const (
	kindLocal = iota
	kindVLAN
	kindGRE
	kindERSPAN
)

const (
	scopePorts = iota
	scopeBridge
)

const (
	whereNew = iota
	whereThere
)

const (
	sweepOurs = iota
	sweepAll
)

const (
	quitRemoves = iota
	quitKeeps
)

// formRow is a line of the form as it is now; name is what a fieldConfirm wants typed.
type formRow struct {
	field formField
	name  string
}

// label is what a field is called on screen.
func (r formRow) label() string {
	switch r.field {
	case fieldKind:
		return "kind"
	case fieldBridge:
		return "bridge"
	case fieldName:
		return "name"
	case fieldScope:
		return "copy"
	case fieldSources:
		return "sources"
	case fieldVLANs:
		return "only VLANs"
	case fieldWhere:
		return "output"
	case fieldOutput:
		return "output port"
	case fieldNewPort:
		return "port's name"
	case fieldTag:
		return "port's tag"
	case fieldOutVLAN:
		return "output VLAN"
	case fieldFlood:
		return "flood it on"
	case fieldRemote:
		return "remote_ip"
	case fieldLocal:
		return "local_ip"
	case fieldKey:
		return "key"
	case fieldVersion:
		return "version"
	case fieldIndex:
		return "index"
	case fieldDirection:
		return "direction"
	case fieldHardwareID:
		return "hardware id"
	case fieldSnapLen:
		return "snaplen"
	case fieldFilter:
		return "filter"
	case fieldSweep:
		return "remove"
	case fieldOnQuit:
		return "on quit"
	case fieldConfirm:
		return "type " + r.name
	case fieldAgree:
		return "all the same?"
	case fieldApply:
	}
	return ""
}

// help says what to put into a field.
func (f *form) help(r formRow) string {
	switch r.field {
	case fieldKind:
		return "where copies go: a port here, a VLAN, another host"
	case fieldBridge:
		return "the bridge whose traffic is copied"
	case fieldName:
		return "the mirror's name"
	case fieldScope:
		return "some ports, or every packet of the bridge (select_all)"
	case fieldSources:
		return "enter opens the list of ports"
	case fieldVLANs:
		return "10,20,30-32 narrow what is copied; empty for all"
	case fieldWhere:
		return "a port made for it, or one that is there and carries nothing but copies from then on"
	case fieldOutput:
		return "enter opens the list of ports, and says which are safe"
	case fieldNewPort:
		return "at most 15 bytes; it is removed with the mirror"
	case fieldTag:
		return "makes an access port: copies lose their VLAN tag; empty keeps it"
	case fieldOutVLAN:
		return "copies get this tag instead of their own; 1 to 4095, used for nothing else"
	case fieldFlood:
		return "every bridge that the VLAN crosses must flood it (flood_vlans); enter opens the list"
	case fieldRemote:
		return "the analyzer's address, IPv4 or IPv6"
	case fieldLocal:
		return "this host's address, if not the route's"
	case fieldKey:
		if f.choices[fieldKind] == kindERSPAN {
			return "the session id, 0 to 1023; empty for 0"
		}
		return "the GRE key, decimal or 0x…; empty for none"
	case fieldVersion:
		return "type II has an index (erspan_ver=1), type III direction and hardware id (erspan_ver=2)"
	case fieldIndex:
		return "decimal or 0x…, up to 0xfffff; OVS reads erspan_idx as hexadecimal"
	case fieldDirection:
		return "what the analyzer is told in erspan_dir"
	case fieldHardwareID:
		return "decimal or 0x…, up to 0x3f; OVS reads erspan_hwid as hexadecimal"
	case fieldSnapLen:
		return "copy only so many bytes of each packet, 14 to 65535; empty for all"
	case fieldFilter:
		return "copy only this, in OVS's flow syntax; empty for all"
	case fieldSweep:
		return "only mirrors made with ovscope, or other people's too"
	case fieldOnQuit:
		return "whether the mirror goes when ovscope ends"
	case fieldConfirm:
		return "somebody is hurt, see the plan: type " + r.name + " to have it so"
	case fieldAgree:
		return "see what the plan says; space or " + "→" + " answers"
	case fieldApply:
		return "enter applies the plan"
	}
	return ""
}

// options are what a field can be chosen from, none for other fields.
func (f *form) options(m *model, id formField) []string {
	switch id {
	case fieldKind:
		return []string{"local port", "VLAN (RSPAN)", "GRE", "ERSPAN"}
	case fieldBridge:
		var names []string
		for _, b := range m.real.Bridges {
			names = append(names, b.Name)
		}
		return names
	case fieldScope:
		return []string{"ports", "the whole bridge"}
	case fieldWhere:
		return []string{"new internal port", "existing port"}
	case fieldVersion:
		return []string{"1 (type II)", "2 (type III)"}
	case fieldDirection:
		return []string{"0 from guest", "1 to guest"}
	case fieldOnQuit:
		return []string{"remove it", "keep it"}
	case fieldSweep:
		return []string{"ours", "all whatsoever"}
	case fieldAgree:
		return []string{"no", "yes"}
	default:
	}
	return nil
}

// isText reports whether a field is typed into.
func (id formField) isText() bool {
	switch id {
	case fieldName, fieldVLANs, fieldNewPort, fieldTag, fieldOutVLAN, fieldRemote, fieldLocal, fieldKey,
		fieldIndex, fieldHardwareID, fieldSnapLen, fieldFilter, fieldConfirm:
		return true
	default:
	}
	return false
}

// opens reports whether a field opens a list.
func (id formField) opens() bool {
	return id == fieldSources || id == fieldOutput || id == fieldFlood
}

// rows are the lines that the form has now: only the fields that its kind needs.
func (f *form) rows(m *model) []formRow {
	var rows []formRow
	put := func(when bool, ids ...formField) {
		for _, id := range ids {
			if when {
				rows = append(rows, formRow{field: id})
			}
		}
	}
	kind := f.choices[fieldKind]
	tunnel := kind == kindGRE || kind == kindERSPAN
	made := tunnel || kind == kindLocal && f.choices[fieldWhere] == whereNew
	whole := f.aim == aimNew || f.aim == aimEdit
	shaped := whole || f.aim == aimOutput

	put(shaped, fieldKind)
	put(f.aim == aimNew && len(m.real.Bridges) > 1, fieldBridge)
	put(whole, fieldName, fieldScope)
	put(whole && f.choices[fieldScope] == scopePorts, fieldSources)
	put(whole, fieldVLANs)
	put(shaped && kind == kindLocal, fieldWhere)
	put(shaped && kind == kindLocal && !made, fieldOutput)
	put(shaped && made, fieldNewPort)
	put(shaped && made && !tunnel, fieldTag)
	put(shaped && kind == kindVLAN, fieldOutVLAN)
	put(shaped && kind == kindVLAN, fieldFlood)
	put(shaped && tunnel, fieldRemote, fieldLocal, fieldKey)
	put(shaped && kind == kindERSPAN, fieldVersion)
	put(shaped && kind == kindERSPAN && f.choices[fieldVersion] == 0, fieldIndex)
	put(shaped && kind == kindERSPAN && f.choices[fieldVersion] == 1, fieldDirection, fieldHardwareID)
	put(whole, fieldSnapLen)
	put(whole && m.real.Features.MirrorFilter, fieldFilter)
	put(f.aim == aimNew, fieldOnQuit)
	put(f.aim == aimSweep, fieldSweep)
	for _, name := range f.names() {
		rows = append(rows, formRow{fieldConfirm, name})
	}
	put(f.doubt() != "", fieldAgree)
	put(true, fieldApply)
	return rows
}

// newVLAN reports whether the output VLAN is another than that of the mirror.
func (f *form) newVLAN() bool {
	return f.aim == aimNew || strings.TrimSpace(f.text(fieldOutVLAN)) != fmt.Sprint(f.seen.Output.VLAN)
}

// names are what must be typed before the plan is applied.
func (f *form) names() []string {
	var names []string
	if f.plan == nil {
		return nil
	}
	for _, h := range f.plan.Hazards {
		if h.Severity >= ovs.Confirm && h.Name != "" && !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

// doubt is what a yes is asked for, "" for nothing.
func (f *form) doubt() string {
	var texts []string
	if f.plan == nil {
		return ""
	}
	for _, h := range f.plan.Hazards {
		if h.Severity >= ovs.Confirm && h.Name == "" {
			texts = append(texts, h.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// unconfirmed is the first line that must be filled in before the plan is applied.
func (f *form) unconfirmed() (formRow, bool) {
	for _, name := range f.names() {
		if in := f.typedNames[name]; in == nil || strings.TrimSpace(in.Text()) != name {
			return formRow{fieldConfirm, name}, true
		}
	}
	if doubt := f.doubt(); doubt != "" && f.agreed != doubt {
		return formRow{field: fieldAgree}, true
	}
	return formRow{}, false
}
