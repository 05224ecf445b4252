package pcapfile

import (
	"encoding/binary"
	"fmt"

	"ovscope/live"
)

const (
	pcapHeaderBytes = 24
	pcapRecordBytes = 16
)

// pcap reads the records of a pcap file (draft-ietf-opsawg-pcap §4, §5).
type pcap struct {
	input *input
	order binary.ByteOrder
	unit  int64 // nanoseconds of the second word of a timestamp
	link  LinkType
}

// begin reads the file's header.
func (p *pcap) begin(known *facts) error {
	b, err := p.input.body(pcapHeaderBytes)
	if err != nil {
		return fmt.Errorf("its header: %w", err)
	}
	var order, unit string
	magic := binary.BigEndian.Uint32(b)
	switch magic {
	case magicMicro, magicNano:
		p.order, order = binary.BigEndian, "big-endian"
	default:
		p.order, order = binary.LittleEndian, "little-endian"
	}
	switch magic {
	case magicNano, magicNanoSwapped:
		p.unit, unit = 1, "nanoseconds"
	default:
		p.unit, unit = 1000, "microseconds"
	}
	// Before 2.4 lengths may be in another order; nobody has written that since 1998.
	if major, minor := p.order.Uint16(b[4:]), p.order.Uint16(b[6:]); major != 2 || minor < 4 {
		return fmt.Errorf("pcap version %d.%d is not supported, only 2.4", major, minor)
	}
	// The upper bits tell whether frames end in a checksum.
	p.link = LinkType(p.order.Uint32(b[20:]) & 0x03ffffff)
	if err := p.link.check(); err != nil {
		return err
	}
	known.learn(func(i *Info) {
		i.Format = "pcap, " + unit + ", " + order
		i.Interfaces = []Interface{{LinkType: p.link, SnapLen: p.order.Uint32(b[16:])}}
	})
	return nil
}

// next reads a record.
func (p *pcap) next() (live.Frame, error) {
	b, err := p.input.header(pcapRecordBytes)
	if err != nil {
		return live.Frame{}, err
	}
	at := int64(p.order.Uint32(b))*1e9 + int64(p.order.Uint32(b[4:]))*p.unit
	captured, length := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	if captured > maxPacket {
		return live.Frame{}, tooLong(captured)
	}
	if err := p.input.skip(pcapRecordBytes); err != nil {
		return live.Frame{}, err
	}
	if _, err := p.input.body(int(captured)); err != nil {
		return live.Frame{}, err
	}
	f := p.link.frame(p.input.buf, headroom, length)
	f.Time = at
	return f, nil
}

func tooLong(captured uint32) error {
	return fmt.Errorf("its length of %d bytes is damaged (more than %d)", captured, maxPacket)
}
