package sim

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// Tunnels start at the host's own address, on the uplink bridge's internal port
// (F15, F23: Interface.status:tunnel_egress_iface).
const (
	greKeyBit      = 0x2000
	greSequenceBit = 0x1000
	protoGRE       = 47
	protoBridging  = 0x6558 // transparent Ethernet bridging
	protoERSPAN2   = 0x88be
	protoERSPAN3   = 0x22eb
)

// encapsulate sends a packet through a GRE (RFC 2890) or ERSPAN (types II and
// III, draft-foschiano-erspan) tunnel. Nobody answers at the far end, so all
// remote addresses are reached through the provider's gateway.
func (s *Switch) encapsulate(i *iface, p *packet, limit int) {
	remote, err := netip.ParseAddr(i.options["remote_ip"])
	if err != nil || s.tunnelDepth > 0 {
		return // a mirror of the tunnel's own uplink would never end
	}
	gre := s.appendGRE(make([]byte, 0, 16+p.length()), i, p)
	gre = p.appendTo(gre, limit)
	frame := make([]byte, 0, 14+40+len(gre))
	frame = append(frame, addressOf(gatewayMAC)...)
	frame = append(frame, addressOf(s.devices[uplinkBridge].mac)...)
	if remote.Is4() {
		frame = binary.BigEndian.AppendUint16(frame, 0x0800)
		frame = append(frame, 0x45, 0)
		frame = binary.BigEndian.AppendUint16(frame, uint16(20+len(gre)))
		frame = append(frame, 0, 0, 0x40, 0, 64, protoGRE, 0, 0)
		frame = append(frame, netip.MustParseAddr(hypervisorIP).AsSlice()...)
		frame = append(frame, remote.AsSlice()...)
		binary.BigEndian.PutUint16(frame[14+10:], checksum(frame[14:]))
	} else {
		frame = binary.BigEndian.AppendUint16(frame, 0x86dd)
		frame = append(frame, 0x60, 0, 0, 0)
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(gre)))
		frame = append(frame, protoGRE, 64)
		frame = append(frame, netip.MustParseAddr(hypervisorIPv6).AsSlice()...)
		frame = append(frame, remote.AsSlice()...)
	}
	frame = append(frame, gre...)
	s.tunnelDepth++
	s.receive(uplinkBridge, frame)
	s.tunnelDepth--
}

func (s *Switch) appendGRE(frame []byte, i *iface, p *packet) []byte {
	key, keyed := i.options["key"]
	number, _ := strconv.ParseUint(key, 0, 32)
	flags := uint16(0)
	if strings.HasSuffix(i.kind, "gre") {
		if keyed {
			flags = greKeyBit
		}
		frame = binary.BigEndian.AppendUint16(frame, flags)
		frame = binary.BigEndian.AppendUint16(frame, protoBridging)
		if keyed {
			frame = binary.BigEndian.AppendUint32(frame, uint32(number))
		}
		return frame
	}
	s.erspanSequence++
	header := func(protocol uint16) {
		frame = binary.BigEndian.AppendUint16(frame, greSequenceBit)
		frame = binary.BigEndian.AppendUint16(frame, protocol)
		frame = binary.BigEndian.AppendUint32(frame, s.erspanSequence)
	}
	vlan, session := uint16(p.tags.vid()), uint16(number&0x3ff)
	if i.options["erspan_ver"] == "2" {
		header(protoERSPAN3)
		direction, _ := strconv.ParseUint(i.options["erspan_dir"], 16, 1)
		hardware, _ := strconv.ParseUint(i.options["erspan_hwid"], 16, 6)
		frame = binary.BigEndian.AppendUint16(frame, 2<<12|vlan)
		frame = binary.BigEndian.AppendUint16(frame, session)
		frame = binary.BigEndian.AppendUint32(frame, uint32(s.now.UnixMicro()/100)) // in 100 µs
		frame = binary.BigEndian.AppendUint16(frame, 0)
		return binary.BigEndian.AppendUint16(frame, 1<<15|uint16(hardware)<<4|uint16(direction)<<3)
	}
	header(protoERSPAN2)
	index, _ := strconv.ParseUint(i.options["erspan_idx"], 16, 20) // hex (F15)
	frame = binary.BigEndian.AppendUint16(frame, 1<<12|vlan)
	frame = binary.BigEndian.AppendUint16(frame, session)
	return binary.BigEndian.AppendUint32(frame, uint32(index))
}

// checksum is the Internet checksum (RFC 1071) over an even number of bytes,
// with the checksum field itself 0.
func checksum(b []byte) uint16 {
	sum := uint32(0)
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
