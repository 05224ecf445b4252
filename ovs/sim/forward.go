package sim

// maxHops ends loops between patched bridges.
const maxHops = 8

// pass is one packet's way through one bridge.
type pass struct {
	s    *Switch
	b    *bridge
	hops int
	// mirrored are the mirrors that have had their copy, with those that go to
	// the same place (F7).
	mirrored uint32
}

// receive takes a frame from the device with that name into the switch. The
// frame is only borrowed. The caller holds s.mu.
func (s *Switch) receive(name string, frame []byte) {
	if i := s.net.ifaces[name]; i != nil {
		p := split(frame)
		i.receive(s, &p, 0)
	}
}

func (i *iface) receive(s *Switch, p *packet, hops int) {
	i.counters.rxPackets++
	i.counters.rxBytes += p.length()
	for _, t := range i.rxTaps {
		t.push(s.now, p, 0)
	}
	if hops > maxHops {
		return
	}
	run := pass{s: s, b: i.port.bridge, hops: hops}
	run.mirror(i.port, i.port.fromGuest, p)
	if i.port.reserved {
		return // F11
	}
	tags, ok := i.port.enter(p.tags)
	if !ok {
		return
	}
	inside := packet{p.addresses, tags, p.rest}
	run.forward(i.port, &inside)
}

// forward is OVS's "normal" action: learn the source, send to the port where
// the destination was seen, or to all that are in the VLAN.
func (r *pass) forward(from *port, p *packet) {
	vlan := p.tags.vid()
	source, destination := p.source(), p.destination()
	if source[0]&1 == 0 && !r.b.flood[vlan] {
		r.b.macs[macKey{vlan, source}] = from
	}
	if destination[0]&1 == 0 && !r.b.flood[vlan] {
		if to := r.b.macs[macKey{vlan, destination}]; to != nil {
			if to != from && !to.reserved && to.carries(vlan) {
				r.output(to, p)
			}
			return
		}
	}
	for _, to := range r.b.ports {
		if to != from && !to.reserved && to.carries(vlan) {
			r.output(to, p)
		}
	}
}

// output sends a packet out of a port, and copies it when a mirror asks for what
// the port's guest receives.
func (r *pass) output(to *port, p *packet) {
	if len(to.ifaces) == 0 {
		return
	}
	out := packet{p.addresses, to.leave(p.tags), p.rest}
	r.mirror(to, to.toGuest, &out)
	r.deliver(to, &out, 0)
}

// mirror copies a packet as it passes the port on the guest's side of the switch
// (mirror_packet in ofproto-dpif-xlate.c).
func (r *pass) mirror(at *port, mirrors uint32, p *packet) {
	mirrors &^= r.mirrored
	if mirrors == 0 {
		return
	}
	tags, ok := at.enter(p.tags)
	if !ok {
		return
	}
	inside := packet{p.addresses, tags, p.rest}
	for i, m := range r.b.mirrors {
		bit := uint32(1) << i
		if mirrors&bit == 0 || r.mirrored&bit != 0 {
			continue
		}
		if len(m.vlans) > 0 && !m.vlans[tags.vid()] || !m.filter.matches(&inside) {
			continue
		}
		r.mirrored |= m.same
		m.counters.packets++
		m.counters.bytes += p.length()
		m.copy(r, &inside)
	}
}

// copy delivers a mirror's copy to its output.
func (m *mirror) copy(r *pass, p *packet) {
	if m.output != nil {
		out := packet{p.addresses, m.output.leave(p.tags), p.rest}
		r.deliver(m.output, &out, m.snapLen)
		return
	}
	if p.tags.vid() == m.outVLAN {
		return // frames already in the VLAN are not mirrored (F14)
	}
	// The original tag is lost (F14).
	tags := p.tags.pop().push(tag{tpidCustomer, uint16(m.outVLAN)})
	for _, to := range r.b.ports {
		if !to.reserved && to.carries(m.outVLAN) {
			out := packet{p.addresses, to.leave(tags), p.rest}
			r.deliver(to, &out, m.snapLen)
		}
	}
}

// deliver hands a packet to the port's device; what leaves by a patch port
// enters the other bridge, but truncated copies do not (F10).
func (r *pass) deliver(to *port, p *packet, limit int) {
	if len(to.ifaces) == 0 {
		return
	}
	i := to.ifaces[0]
	if len(to.ifaces) > 1 { // a bond: members by source address and VLAN (balance-slb)
		i = to.ifaces[(int(p.addresses[11])+p.tags.vid())%len(to.ifaces)]
	}
	length := p.length()
	if limit > 0 {
		length = min(length, limit)
	}
	i.counters.txPackets++
	i.counters.txBytes += length
	for _, t := range i.txTaps {
		t.push(r.s.now, p, limit)
	}
	switch i.kind {
	case "patch":
		if peer := r.s.net.ifaces[i.peer]; peer != nil && peer.kind == "patch" && limit == 0 {
			peer.receive(r.s, p, r.hops+1)
		}
	case "gre", "erspan", "ip6gre", "ip6erspan":
		r.s.encapsulate(i, p, limit)
	}
}
