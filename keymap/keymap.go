// Package keymap holds what a user can do as data: every action with its keys, a
// few words of help, the group it is listed in, and whether it writes to Open
// vSwitch. The help screen, the palette, the README's table, read-only mode and
// the config template are derived from it and never typed twice.
//
// Default is the built-in map; Override puts a user's keys over it and says what
// is wrong with them. Why an action is of no use at this moment is the screen's
// to say, not the keymap's.
package keymap

import (
	"slices"
	"strings"
)

// ID names an action, in the config file too.
type ID string

// The actions.
const (
	Up            ID = "up"
	Down          ID = "down"
	PageUp        ID = "page-up"
	PageDown      ID = "page-down"
	Top           ID = "top"
	Bottom        ID = "bottom"
	NextPane      ID = "next-pane"
	PrevPane      ID = "previous-pane"
	Open          ID = "open"
	Expand        ID = "expand"
	Collapse      ID = "collapse"
	Egress        ID = "egress"
	Ingress       ID = "ingress"
	Both          ID = "both"
	Zoom          ID = "zoom"
	Sort          ID = "sort"
	Find          ID = "find"
	NextMirror    ID = "next-mirror"
	AllMirrors    ID = "all-mirrors"
	Undo          ID = "undo"
	Pause         ID = "pause"
	Filter        ID = "filter"
	NextPacket    ID = "next-packet"
	PrevPacket    ID = "previous-packet"
	Jump          ID = "jump"
	Mark          ID = "mark"
	Conversations ID = "conversations"
	NextHit       ID = "next-hit"
	PrevHit       ID = "previous-hit"
	Suggest       ID = "suggest"
	Columns       ID = "columns"
	TimeFormat    ID = "time-format"
	Save          ID = "save"
	Statistics    ID = "statistics"
	Log           ID = "log"
	Copy          ID = "copy"
	CopyHex       ID = "copy-hex"
	Help          ID = "help"
	Palette       ID = "palette"
	Close         ID = "close"
	Suspend       ID = "suspend"
	Redraw        ID = "redraw"
	Quit          ID = "quit"
	Abort         ID = "abort"
)

// The actions of forms.
const (
	NewMirror  ID = "new-mirror"
	EditMirror ID = "edit-mirror"
	Output     ID = "output"
	Detach     ID = "detach"
	DetachAll  ID = "detach-all"
	Apply      ID = "apply"
)

// Group is where help lists an action.
type Group string

// The groups, in the order in which help shows them.
const (
	Moving  Group = "Move"
	Ports   Group = "Ports"
	Mirrors Group = "Mirror"
	Packets Group = "Packets"
	Program Group = "Program"
)

// Groups lists the groups in the order in which help shows them.
func Groups() []Group { return []Group{Moving, Ports, Mirrors, Packets, Program} }

// Action is something that a user can do.
type Action struct {
	ID ID
	// Keys do it, as bubbletea spells them: "e", "space", "ctrl+c", "shift+tab".
	Keys []string
	// Help says what it does, in a few words.
	Help string
	// Short is Help for the screen's bottom line; empty for actions not shown there.
	Short string
	Group Group
	// Writes reports that the action changes something in Open vSwitch, so
	// read-only mode turns it off.
	Writes bool
}

// Map is a set of actions and the keys that do them. It does not change.
type Map struct {
	actions []Action
	byKey   map[string]ID
}

// Default returns the built-in actions and keys.
func Default() *Map {
	return build([]Action{
		{Up, []string{"up", "k"}, "move up", "", Moving, false},
		{Down, []string{"down", "j"}, "move down", "", Moving, false},
		{PageUp, []string{"pgup", "ctrl+b"}, "a page up", "", Moving, false},
		{PageDown, []string{"pgdown", "ctrl+f"}, "a page down", "", Moving, false},
		{Top, []string{"home", "g"}, "to the first row", "", Moving, false},
		{Bottom, []string{"end", "G"}, "to the last row; in the packets, follow the newest", "", Moving, false},
		{NextPane, []string{"tab"}, "next pane", "pane", Moving, false},
		{PrevPane, []string{"shift+tab"}, "previous pane", "", Moving, false},
		{Open, []string{"enter"}, "expand a bridge or bond, show a port, mirror or packet in full", "open", Moving, false},
		{Expand, []string{"right", "l"}, "expand a bridge or bond", "", Moving, false},
		{Collapse, []string{"left", "h"}, "collapse a bridge or bond", "", Moving, false},

		{Zoom, []string{"z"}, "zoom the pane to the whole screen, and back", "zoom", Moving, false},

		{Find, []string{"f"}, "find a port by some letters of its name or its guest's; in the packets, a text", "find", Ports, false},
		{Sort, []string{"s"}, "sort the ports by name, by rate or by VLAN", "sort", Ports, false},

		{Egress, []string{"e"}, "copy → what the guest sends, on or off", "→ from guest", Mirrors, true},
		{Ingress, []string{"i"}, "copy ← what the guest receives, on or off", "← to guest", Mirrors, true},
		{Both, []string{"b"}, "copy both directions, on or off", "both", Mirrors, true},
		{NextMirror, []string{"m"}, "next mirror of the bridge", "mirror", Mirrors, false},
		{AllMirrors, []string{"M"}, "all mirrors of the host; enter goes to one", "", Mirrors, false},
		{Undo, []string{"u"}, "undo the last change", "undo", Mirrors, true},
		{NewMirror, []string{"n"}, "new mirror of any kind: SPAN, RSPAN, GRE, ERSPAN", "", Mirrors, true},
		{EditMirror, []string{"E"}, "change all about the mirror on screen", "", Mirrors, true},
		{Output, []string{"o"}, "choose another output for it", "", Mirrors, true},
		{Detach, []string{"d"}, "remove the mirror on screen", "", Mirrors, true},
		{DetachAll, []string{"D"}, "remove our mirrors of the bridge, or all whatsoever", "", Mirrors, true},
		{Apply, []string{"ctrl+s"}, "in a form: apply the plan that it shows", "", Mirrors, true},

		{Log, []string{"L"}, "what was changed in this run, as ovs-vsctl commands", "", Mirrors, false},

		{Filter, []string{"/"}, "show only some packets, in tcpdump's language", "filter", Packets, false},
		{Pause, []string{"space"}, "pause the packets, or follow the newest again", "pause", Packets, false},
		{NextPacket, []string{"]"}, "next packet, in the opened packet too", "", Packets, false},
		{PrevPacket, []string{"["}, "previous packet", "", Packets, false},
		{Suggest, []string{"F"}, "filters that the packet suggests: its host, its conversation, not its VLAN", "", Packets, false},
		{NextHit, []string{">"}, "next packet with the text that was looked for", "", Packets, false},
		{PrevHit, []string{"<"}, "previous packet with it", "", Packets, false},
		{Jump, []string{"J"}, "jump to a packet by its number or time", "", Packets, false},
		{Mark, []string{"x"}, "mark the packet, or no longer", "", Packets, false},
		{Columns, []string{"c"}, "columns of the packets: which, and in which order", "", Packets, false},
		{TimeFormat, []string{"T"}, "times: of day, since the first, since the one before, since the one shown before", "", Packets, false},
		{Save, []string{"w"}, "write packets to a pcapng file", "write", Packets, false},
		{Statistics, []string{"t"}, "top protocols, VLANs, talkers and conversations", "top", Packets, false},
		{Conversations, []string{"C"}, "conversations: who talks to whom, to sort and to choose from", "", Packets, false},

		{Copy, []string{"y"}, "copy the selected port, mirror, packet or command", "", Program, false},
		{CopyHex, []string{"Y"}, "copy the selected packet as hex", "", Program, false},
		{Help, []string{"?", "f1"}, "this help", "help", Program, false},
		{Palette, []string{":"}, "every action by its name, with its key and why it is of no use now", "", Program, false},
		{Close, []string{"esc"}, "close a dialog", "", Program, false},
		{Redraw, []string{"ctrl+l"}, "draw the screen afresh", "", Program, false},
		{Suspend, []string{"ctrl+z"}, "suspend; fg comes back", "", Program, false},
		{Quit, []string{"q"}, "quit; asks what to do with mirrors made in this run", "quit", Program, false},
		{Abort, []string{"ctrl+c"}, "quit at once and remove what was made in this run", "", Program, false},
	})
}

func build(actions []Action) *Map {
	m := &Map{actions: actions, byKey: map[string]ID{}}
	for _, a := range actions {
		for _, k := range a.Keys {
			if _, taken := m.byKey[k]; !taken {
				m.byKey[k] = a.ID
			}
		}
	}
	return m
}

// Actions lists all actions in the order in which help shows them. The slice is
// the caller's.
func (m *Map) Actions() []Action { return slices.Clone(m.actions) }

// Action finds an action by its id.
func (m *Map) Action(id ID) (Action, bool) {
	for _, a := range m.actions {
		if a.ID == id {
			return a, true
		}
	}
	return Action{}, false
}

// Lookup finds the action that a key does, by bubbletea's name of the key.
func (m *Map) Lookup(key string) (Action, bool) {
	id, ok := m.byKey[key]
	if !ok {
		return Action{}, false
	}
	return m.Action(id)
}

// Key is the first key of an action as people read it, "" when it has none.
func (m *Map) Key(id ID) string {
	a, ok := m.Action(id)
	if !ok || len(a.Keys) == 0 {
		return ""
	}
	return Label(a.Keys[0])
}

// Labels are the action's keys as people read them, in order.
func (a Action) Labels() []string {
	labels := make([]string, len(a.Keys))
	for i, k := range a.Keys {
		labels[i] = Label(k)
	}
	return labels
}

// Label is a key as people read it: "↑" for "up", "^c" for "ctrl+c".
func Label(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgdown":
		return "pgdn"
	case "shift+tab":
		return "shift-tab"
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return "^" + rest
	}
	return key
}
