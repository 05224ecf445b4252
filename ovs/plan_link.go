package ovs

import "fmt"

// link is a port whose interface is to be brought up.
type link struct {
	name string
	mtu  int // bytes; 0 leaves it
}

func planRaiseOutput(s *Snapshot, c RaiseOutput) (*Plan, error) {
	m := s.Mirror(c.Mirror)
	if m == nil {
		return nil, &GoneError{Kind: "mirror", Name: c.Mirror.Short()}
	}
	p := &Plan{Change: c, Title: fmt.Sprintf("mirror %s is already so", m.Name)}
	if m.OutputPort == nil {
		return p, nil
	}
	port, b := s.Port(m.OutputPort.UUID), s.Bridge(m.Bridge)
	if port == nil || port.Owner.Lease == "" || port.Owner.Lease != m.Owner.Lease || portKind(port) != "internal" || port.LinkState() != "down" {
		return p, nil
	}
	p.Title = "set " + port.Name + " up, the output of mirror " + m.Name
	p.links = []link{{port.Name, b.MTU()}}
	p.Commands = []string{p.links[0].command()}
	return p, nil
}

// command does in a shell what Links does. It has slashes where sysctl(8) mostly has
// dots, because the name may have dots. A kernel without IPv6 has no such key.
func (l link) command() string {
	return "sysctl -qw " + quote("net/ipv6/conf/"+l.name+"/disable_ipv6=1") + "; ip link set " + quote(l.name) + " up"
}
