package sim

import (
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// routine is a kind of conversation and how often it starts.
type routine struct {
	every  time.Duration
	steady bool // exactly so often
	talk   func(t *talk)
}

// routines are all that happens in the scene.
func routines() []routine {
	return []routine{
		{every: time.Second, steady: true, talk: pings},
	}
}

func pings(t *talk) {
	c := t.traffic.cast
	t.ping(c.web2, c.db1)
}

func (t *talk) ping(from, to *host) {
	id, sequence := uint16(7), uint16(t.at.Unix())
	t.ipv4(from, to, layers.IPProtocolICMPv4, &layers.ICMPv4{
		TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoRequest, 0), Id: id, Seq: sequence,
	}, gopacket.Payload(make([]byte, 56)))
	t.latency()
	t.ipv4(to, from, layers.IPProtocolICMPv4, &layers.ICMPv4{
		TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoReply, 0), Id: id, Seq: sequence,
	}, gopacket.Payload(make([]byte, 56)))
}
