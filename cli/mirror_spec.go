package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ovscope/ovs"
)

// specFlags are what mirror add and mirror set say of a mirror.
type specFlags struct {
	name, bridge           string
	ports, egress, ingress string
	noPorts, noEgress      string
	noIngress              string
	all                    bool
	vlans, filter          string
	snapLen                int

	output, newPort, gre, erspan string
	outputVLAN                   int
	flood                        string
	tag                          int
	key, index                   string
	erspanVersion, direction     int
	hardwareID                   string
	local                        string

	given   map[string]bool // flags that were typed
	missing []string        // ports to copy no longer that are not there at all
}

func (f *specFlags) register(a *app, cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVarP(&f.ports, "port", "i", "", "source ports, separated by commas: both directions")
	fl.StringVar(&f.egress, "egress", "", "source ports: only → what they send (select_src_port)")
	fl.StringVar(&f.ingress, "ingress", "", "source ports: only ← what they receive (select_dst_port)")
	fl.BoolVar(&f.all, "all", false, "the whole bridge as source (select_all)")
	fl.StringVar(&f.vlans, "vlan", "", "copy only these VLANs, separated by commas")
	fl.StringVar(&f.filter, "filter", "", "copy only this, in OVS's flow syntax; OVS 3.4 and newer")
	fl.IntVar(&f.snapLen, "snaplen", 0, "copy only this many bytes of each packet, 14 to 65535 (0: all)")
	fl.StringVar(&f.output, "output", "", "output: a port that is there")
	fl.IntVar(&f.outputVLAN, "output-vlan", 0, "output: this VLAN of the bridge (RSPAN)")
	fl.StringVar(&f.flood, "flood", "", "bridges that shall flood the output VLAN, separated by commas (all that it crosses)")
	fl.StringVar(&f.newPort, "new-port", "", "output: an internal port made with the mirror; with --gre or --erspan, the tunnel port's name")
	fl.IntVar(&f.tag, "tag", 0, "make the new port an access port of this VLAN: copies lose their tag")
	fl.StringVar(&f.gre, "gre", "", "output: a GRE tunnel to this address, IPv4 or IPv6")
	fl.StringVar(&f.erspan, "erspan", "", "output: an ERSPAN tunnel to this address, IPv4 or IPv6")
	fl.IntVar(&f.erspanVersion, "erspan-version", 1, "1 for ERSPAN type II, 2 for type III")
	fl.StringVar(&f.key, "key", "", "the tunnel's key; for ERSPAN the session id, 0 to 1023")
	fl.StringVar(&f.index, "index", "", "index in ERSPAN type II, decimal or 0x…, up to 0xfffff")
	fl.IntVar(&f.direction, "direction", 0, "direction in ERSPAN type III: 0 from the guest, 1 to it")
	fl.StringVar(&f.hardwareID, "hardware-id", "", "hardware id in ERSPAN type III, decimal or 0x…, up to 0x3f")
	fl.StringVar(&f.local, "local", "", "the tunnel's address on this host, if it is not the route's")
	// The only error is a flag that does not exist.
	for _, name := range []string{"port", "egress", "ingress"} {
		_ = cmd.RegisterFlagCompletionFunc(name, a.completeNames(portNames))
	}
	_ = cmd.RegisterFlagCompletionFunc("output", a.completeName(portNames))
	_ = cmd.RegisterFlagCompletionFunc("flood", a.completeNames(bridgeNames))
}

// read notes which flags were typed.
func (f *specFlags) read(cmd *cobra.Command) {
	f.given = map[string]bool{}
	for _, name := range []string{
		"name", "all", "vlan", "filter", "snaplen", "output", "output-vlan", "new-port", "gre", "erspan",
		"flood", "tag", "key", "index", "erspan-version", "direction", "hardware-id", "local",
	} {
		f.given[name] = cmd.Flags().Changed(name)
	}
}

// create is the change that makes the mirror, or what is left of it to do.
func (f *specFlags) create(s *ovs.Snapshot, name string) (ovs.Change, error) {
	want := ovs.MirrorSpec{Name: name, SelectAll: f.all, SnapLen: f.snapLen, Filter: f.filter}
	var err error
	if want.Sources, err = f.sources(s, f.ports, f.egress, f.ingress); err != nil {
		return nil, err
	}
	if want.VLANs, err = numbers("--vlan", f.vlans); err != nil {
		return nil, err
	}
	output, err := f.parseOutput(s)
	if err != nil {
		return nil, err
	}
	if output == nil {
		return nil, usagef("mirror add needs an output: --new-port, --output, --output-vlan, --gre or --erspan")
	}
	want.Output = *output
	b, err := f.findBridge(s, want)
	if err != nil {
		return nil, err
	}
	flood, err := f.floods(s, want.Output)
	if err != nil {
		return nil, err
	}
	var twins []*ovs.Mirror
	for _, m := range b.Mirrors {
		if m.Name == name {
			twins = append(twins, m)
		}
	}
	if len(twins) > 0 {
		for _, m := range twins {
			edit, err := ovs.NewPlan(s, ovs.EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want, Flood: flood})
			if err == nil && edit.Empty() {
				return ovs.RaiseOutput{Mirror: m.UUID}, nil // nothing to do unless it is down
			}
		}
		return nil, fmt.Errorf("bridge %s has a mirror %s already, and it is another one (%s ⇒ %s); ovscope mirror set %s changes it",
			b.Name, name, twins[0].SourcesText(), twins[0].OutputText(), name)
	}
	return ovs.CreateMirror{Bridge: b.UUID, MirrorSpec: want, Flood: flood, Lease: ovs.NewLeaseID()}, nil
}

// edit is the change that makes the mirror as the flags say.
func (f *specFlags) edit(s *ovs.Snapshot, m *ovs.Mirror) (ovs.Change, error) {
	want := m.Spec()
	add, err := f.sources(s, f.ports, f.egress, f.ingress)
	if err != nil {
		return nil, err
	}
	remove, err := f.sources(s, f.there(s, f.noPorts), f.there(s, f.noEgress), f.there(s, f.noIngress))
	if err != nil {
		return nil, err
	}
	for _, src := range add {
		if !slices.Contains(want.Sources, src) {
			want.Sources = append(want.Sources, src)
		}
	}
	want.Sources = slices.DeleteFunc(want.Sources, func(src ovs.Source) bool { return slices.Contains(remove, src) })
	if f.given["name"] {
		want.Name = f.name
	}
	if f.given["all"] {
		want.SelectAll = f.all
	}
	if f.given["snaplen"] {
		want.SnapLen = f.snapLen
	}
	if f.given["filter"] {
		want.Filter = f.filter
	}
	if f.given["vlan"] {
		if want.VLANs, err = numbers("--vlan", f.vlans); err != nil {
			return nil, err
		}
	}
	output, err := f.parseOutput(s)
	if err != nil {
		return nil, err
	}
	if output != nil {
		want.Output = *output
	}
	flood, err := f.floods(s, want.Output)
	if err != nil {
		return nil, err
	}
	return ovs.EditMirror{Mirror: m.UUID, Seen: m.Spec(), Want: want, Flood: flood, Lease: ovs.NewLeaseID()}, nil
}

// sources are the ports of the three lists: both directions, egress, ingress.
func (f *specFlags) sources(s *ovs.Snapshot, both, egress, ingress string) ([]ovs.Source, error) {
	var sources []ovs.Source
	for _, list := range []struct {
		names      string
		directions []ovs.Direction
	}{
		{both, []ovs.Direction{ovs.Egress, ovs.Ingress}},
		{egress, []ovs.Direction{ovs.Egress}},
		{ingress, []ovs.Direction{ovs.Ingress}},
	} {
		for _, name := range listed(list.names) {
			p := s.PortByName(name)
			if p == nil {
				return nil, unknownPort(s, name)
			}
			for _, d := range list.directions {
				if src := (ovs.Source{Port: p.UUID, Direction: d}); !slices.Contains(sources, src) {
					sources = append(sources, src)
				}
			}
		}
	}
	return sources, nil
}

// there is a list of ports without those that are not there: a guest that is gone
// has taken its port out of every mirror (F19).
func (f *specFlags) there(s *ovs.Snapshot, list string) string {
	var there []string
	for _, name := range listed(list) {
		if name != "" && s.PortByName(name) == nil {
			f.missing = append(f.missing, name)
			continue
		}
		there = append(there, name)
	}
	return strings.Join(there, ",")
}

// parseOutput is the output that the flags name, nil when they name none.
func (f *specFlags) parseOutput(s *ovs.Snapshot) (*ovs.Output, error) {
	var given []string
	for _, name := range []string{"output", "output-vlan", "gre", "erspan"} {
		if f.given[name] {
			given = append(given, "--"+name)
		}
	}
	tunnel := f.given["gre"] || f.given["erspan"]
	if f.given["new-port"] && !tunnel {
		given = append(given, "--new-port")
	}
	for _, name := range []string{"key", "local", "index", "erspan-version", "direction", "hardware-id"} {
		switch {
		case f.given[name] && !tunnel:
			return nil, usagef("--%s goes with --gre or --erspan", name)
		case f.given[name] && !f.given["erspan"] && name != "key" && name != "local":
			return nil, usagef("--%s goes with --erspan", name)
		}
	}
	switch {
	case len(given) > 1:
		return nil, usagef("a mirror has one output: %s exclude each other", strings.Join(given, " and "))
	case f.given["tag"] && !f.given["new-port"]:
		return nil, usagef("--tag goes with --new-port")
	case len(given) == 0:
		return nil, nil
	}
	switch given[0] {
	case "--output":
		p := s.PortByName(f.output)
		if p == nil {
			return nil, unknownPort(s, f.output)
		}
		return &ovs.Output{Port: p.UUID}, nil
	case "--output-vlan":
		if f.outputVLAN < 1 {
			return nil, usagef("--output-vlan wants 1 to 4095")
		}
		return &ovs.Output{VLAN: f.outputVLAN}, nil
	case "--new-port":
		return &ovs.Output{New: &ovs.NewPort{Name: f.newPort, Tag: f.tag}}, nil
	}
	return f.tunnel()
}

// tunnel is the tunnel port that the flags describe.
func (f *specFlags) tunnel() (*ovs.Output, error) {
	t := ovs.Tunnel{Kind: ovs.GRE}
	name, remote := "gre0", f.gre
	if f.given["erspan"] {
		name, remote = "erspan0", f.erspan
		t.Kind = ovs.ERSPAN1
		switch f.erspanVersion {
		case 1:
		case 2:
			t.Kind = ovs.ERSPAN2
		default:
			return nil, usagef("--erspan-version wants 1 (type II) or 2 (type III)")
		}
	}
	if f.given["new-port"] {
		name = f.newPort
	}
	var err error
	if t.Remote, err = ovs.ParseAddress(remote); err != nil {
		return nil, usagef("%w; the tunnel needs the analyzer's", err)
	}
	if f.given["local"] {
		if t.Local, err = ovs.ParseAddress(f.local); err != nil {
			return nil, usagef("--local: %w", err)
		}
	}
	for _, field := range []struct {
		flag, text string
		bits       int
		set        func(uint32)
	}{
		{"key", f.key, ovs.KeyBits, func(v uint32) { t.Key = ovs.Key{Set: true, Value: v} }},
		{"index", f.index, ovs.IndexBits, func(v uint32) { t.Index = v }},
		{"hardware-id", f.hardwareID, ovs.HardwareIDBits, func(v uint32) { t.HardwareID = uint8(v) }},
	} {
		if !f.given[field.flag] {
			continue
		}
		v, err := ovs.ParseNumber(field.text, field.bits)
		if err != nil {
			return nil, usagef("--%s: %w", field.flag, err)
		}
		field.set(v)
	}
	if f.direction < 0 || f.direction > 1 {
		return nil, usagef("--direction wants 0 or 1")
	}
	t.Direction = uint8(f.direction)
	return &ovs.Output{New: &ovs.NewPort{Name: name, Tag: f.tag, Tunnel: t}}, nil
}

// findBridge is the mirror's bridge: the one named, or that of the ports.
func (f *specFlags) findBridge(s *ovs.Snapshot, want ovs.MirrorSpec) (*ovs.Bridge, error) {
	if f.bridge != "" {
		b := s.BridgeByName(f.bridge)
		if b == nil {
			return nil, unknownBridge(s, f.bridge)
		}
		return b, nil
	}
	for _, src := range want.Sources {
		return s.Bridge(s.Port(src.Port).Bridge), nil
	}
	if p := s.Port(want.Output.Port); p != nil {
		return s.Bridge(p.Bridge), nil
	}
	return nil, usagef("without ports as sources, --bridge must name the mirror's bridge")
}

// floods are the bridges to flood the output VLAN: those named.
func (f *specFlags) floods(s *ovs.Snapshot, output ovs.Output) ([]ovs.UUID, error) {
	if f.given["flood"] && output.VLAN == 0 {
		return nil, usagef("--flood goes with --output-vlan")
	}
	var bridges []ovs.UUID
	for _, name := range listed(f.flood) {
		b := s.BridgeByName(name)
		if b == nil {
			return nil, unknownBridge(s, name)
		}
		bridges = append(bridges, b.UUID)
	}
	return bridges, nil
}

// numbers reads a list of VLANs.
func numbers(flag, text string) ([]int, error) {
	list, err := ovs.ParseVLANs(text)
	if err != nil {
		return nil, usagef("%s: %w", flag, err)
	}
	return list, nil
}

// listed are the parts of a list separated by commas, none for an empty one.
func listed(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
