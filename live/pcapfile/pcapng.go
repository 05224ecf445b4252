package pcapfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"ovscope/live"
)

// pcapng reads the blocks of a pcapng file (draft-ietf-opsawg-pcapng §3).
type pcapng struct {
	input *input
	facts *facts
	order binary.ByteOrder // of the section
	// interfaces of the section; packets name them by their index.
	interfaces []ngInterface
}

// ngInterface is what reading packets needs to know about an interface.
type ngInterface struct {
	link    LinkType
	snapLen uint32
	clock   clock
	known   int // index in Info.Interfaces, or -1
}

// begin reads the first block, which isCapture has seen to be a section header.
func (p *pcapng) begin() error {
	p.facts.learn(func(i *Info) { i.Format = "pcapng" })
	kind, body, err := p.block()
	if err != nil {
		return fmt.Errorf("its header: %w", notEnough(err))
	}
	_, _, err = p.take(kind, body)
	return err
}

// next reads up to and with the next packet.
func (p *pcapng) next() (live.Frame, error) {
	for {
		kind, body, err := p.block()
		if err != nil {
			return live.Frame{}, err
		}
		f, isPacket, err := p.take(kind, body)
		if isPacket || err != nil {
			return f, err
		}
	}
}

// take takes in a block; the frame is there if it is a packet's.
func (p *pcapng) take(kind uint32, body []byte) (f live.Frame, isPacket bool, err error) {
	switch kind {
	case blockSection:
		err = p.section(body)
	case blockInterface:
		err = p.describe(body)
	case blockStatistics:
		err = p.statistics(body)
	case blockSimplePacket:
		isPacket = true
		f, err = p.simplePacket(body)
	case blockPacket, blockOldPacket:
		isPacket = true
		f, err = p.packet(kind, body)
	}
	return f, isPacket, inBlock(kind, err)
}

// block reads the next block that matters and returns what is between its type
// and length in front and its length behind.
func (p *pcapng) block() (kind uint32, body []byte, err error) {
	for {
		kind, size, err := p.blockHeader()
		if err != nil {
			return 0, nil, err
		}
		rest := size - 8
		matters := false
		switch kind {
		case blockSection, blockInterface, blockStatistics, blockPacket, blockOldPacket, blockSimplePacket:
			matters = true
		default: // Unknown blocks are to be passed by (§3.1).
			if err := p.input.skip(rest - 4); err != nil {
				return 0, nil, inBlock(kind, err)
			}
			rest = 4
		}
		body, err := p.input.body(rest)
		if err != nil {
			return 0, nil, inBlock(kind, err)
		}
		body, behind := body[:rest-4], p.order.Uint32(body[rest-4:])
		if int64(behind) != int64(size) {
			return 0, nil, inBlock(kind, fmt.Errorf("the lengths in front of it and behind it differ: %d and %d bytes", size, behind))
		}
		if matters {
			return kind, body, nil
		}
	}
}

// inBlock says which block is damaged if it is not the packet itself.
func inBlock(kind uint32, err error) error {
	switch {
	case err == nil, kind == blockPacket, kind == blockOldPacket, kind == blockSimplePacket:
		return err
	}
	return fmt.Errorf("the block of type %d before it: %w", kind, err)
}

// blockHeader reads the type and length that a block begins with; a section's
// tells the byte order, too.
func (p *pcapng) blockHeader() (kind uint32, size int, err error) {
	b, err := p.input.header(8)
	if err != nil {
		return 0, 0, err
	}
	if binary.BigEndian.Uint32(b) == blockSection { // the same in both orders
		if b, err = p.input.header(12); err != nil {
			return 0, 0, err
		}
		switch {
		case binary.BigEndian.Uint32(b[8:]) == byteOrderMagic:
			p.order = binary.BigEndian
		case binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic:
			p.order = binary.LittleEndian
		default:
			return 0, 0, fmt.Errorf("a section without a byte order: % x", b[8:12])
		}
	}
	kind, length := p.order.Uint32(b), p.order.Uint32(b[4:])
	if length < blockFrame || length%4 != 0 || length > maxBlock {
		return 0, 0, inBlock(kind, fmt.Errorf("its length of %d bytes is damaged", length))
	}
	return kind, int(length), p.input.skip(8)
}

var errShort = errors.New("too short for its type")

// section begins a new section, with interfaces of its own (§4.1).
func (p *pcapng) section(body []byte) error {
	if len(body) < 16 {
		return errShort
	}
	// Some writers say 1.2, which is the same (§4.1).
	if major, minor := p.order.Uint16(body[4:]), p.order.Uint16(body[6:]); major != 1 || minor != 0 && minor != 2 {
		return fmt.Errorf("pcapng version %d.%d is not supported, only 1.0", major, minor)
	}
	p.interfaces = p.interfaces[:0]
	var err error
	p.facts.learn(func(i *Info) {
		err = p.options(body[16:], func(code uint16, value []byte) {
			switch code {
			case optionComment:
				i.Comments = addComment(i.Comments, value)
			case sectionHardware:
				i.Hardware = clean(value)
			case sectionOS:
				i.OS = clean(value)
			case sectionApplication:
				i.Application = clean(value)
			}
		})
	})
	return err
}

// describe takes in an Interface Description Block (§4.2).
func (p *pcapng) describe(body []byte) error {
	if len(body) < 8 {
		return errShort
	}
	if len(p.interfaces) == 1<<16 {
		return fmt.Errorf("more than %d interfaces in a section", len(p.interfaces))
	}
	in := ngInterface{
		link:    LinkType(p.order.Uint16(body)),
		snapLen: p.order.Uint32(body[4:]),
		clock:   clock{resolution: defaultResolution},
		known:   -1,
	}
	told := Interface{LinkType: in.link, SnapLen: in.snapLen}
	if err := p.options(body[8:], func(code uint16, value []byte) {
		switch {
		case code == optionComment:
			told.Comments = addComment(told.Comments, value)
		case code == interfaceName:
			told.Name = clean(value)
		case code == interfaceDescription:
			told.Description = clean(value)
		case code == interfaceResolution && len(value) == 1:
			in.clock.resolution = value[0]
		case code == interfaceOffset && len(value) == 8:
			in.clock.offset = int64(p.order.Uint64(value))
		}
	}); err != nil {
		return err
	}
	p.facts.learn(func(i *Info) {
		if len(i.Interfaces) < maxInterfaces {
			in.known = len(i.Interfaces)
			i.Interfaces = append(i.Interfaces, told)
		}
	})
	p.interfaces = append(p.interfaces, in)
	return nil
}

// statistics takes in an Interface Statistics Block (§4.6). Each has the totals
// since the capture began, so the last one counts.
func (p *pcapng) statistics(body []byte) error {
	if len(body) < 12 {
		return errShort
	}
	in, err := p.iface(p.order.Uint32(body))
	if err != nil {
		return err
	}
	var received, dropped uint64
	if err := p.options(body[12:], func(code uint16, value []byte) {
		if len(value) != 8 {
			return
		}
		switch count := p.order.Uint64(value); code {
		case statisticsReceived:
			received = count
		case statisticsDropped, statisticsOSDropped:
			dropped += count
		}
	}); err != nil || in.known < 0 {
		return err
	}
	p.facts.learn(func(i *Info) {
		i.Interfaces[in.known].Received = received
		i.Interfaces[in.known].Dropped = dropped
	})
	return nil
}

func (p *pcapng) iface(index uint32) (*ngInterface, error) {
	if uint64(index) >= uint64(len(p.interfaces)) {
		return nil, fmt.Errorf("it is of interface %d, and the section has described %d", index, len(p.interfaces))
	}
	return &p.interfaces[index], nil
}

// packet reads an Enhanced Packet Block (§4.3) or the Packet Block that was
// before it (Appendix A), which differs in its first word only.
func (p *pcapng) packet(kind uint32, body []byte) (f live.Frame, err error) {
	const head = 20
	if len(body) < head {
		return f, errShort
	}
	index := p.order.Uint32(body)
	if kind == blockOldPacket {
		index = uint32(p.order.Uint16(body))
	}
	in, err := p.iface(index)
	if err != nil {
		return f, err
	}
	at := in.clock.nanoseconds(uint64(p.order.Uint32(body[4:]))<<32 | uint64(p.order.Uint32(body[8:])))
	captured, length := p.order.Uint32(body[12:]), p.order.Uint32(body[16:])
	if captured > maxPacket {
		return f, tooLong(captured)
	}
	padded := (int(captured) + 3) &^ 3
	if padded > len(body)-head {
		return f, fmt.Errorf("its length of %d bytes is damaged (the block has %d)", captured, len(body)-head)
	}
	var flags uint32
	if err := p.options(body[head+padded:], func(code uint16, value []byte) {
		if code == packetFlags && len(value) == 4 {
			flags = p.order.Uint32(value)
		}
	}); err != nil {
		return f, err
	}
	if f, err = p.frame(in, head, int(captured), length); err != nil {
		return f, err
	}
	f.Time = at
	switch flags & flagDirection {
	case flagInbound:
		f.Direction = live.Incoming
	case flagOutbound:
		f.Direction = live.Outgoing
	}
	return f, nil
}

// simplePacket reads a Simple Packet Block (§4.4), which has no timestamp.
func (p *pcapng) simplePacket(body []byte) (f live.Frame, err error) {
	if len(body) < 4 {
		return f, errShort
	}
	in, err := p.iface(0)
	if err != nil {
		return f, err
	}
	length := p.order.Uint32(body)
	captured := length
	if in.snapLen != 0 {
		captured = min(captured, in.snapLen)
	}
	if captured > maxPacket {
		return f, tooLong(captured)
	}
	if int(captured) > len(body)-4 {
		return f, fmt.Errorf("its length of %d bytes is damaged (the block has %d)", captured, len(body)-4)
	}
	return p.frame(in, 4, int(captured), length)
}

// frame makes a frame of the packet that is at that place of the body.
func (p *pcapng) frame(in *ngInterface, at, captured int, length uint32) (live.Frame, error) {
	if err := in.link.check(); err != nil {
		return live.Frame{}, err
	}
	return in.link.frame(p.input.buf[:headroom+at+captured], headroom+at, length), nil
}

// options hands the options of a block to each (§3.5). The values are the body's.
func (p *pcapng) options(b []byte, each func(code uint16, value []byte)) error {
	for len(b) > 0 { // some writers leave out the end of options
		if len(b) < 4 {
			return errShort
		}
		code, size := p.order.Uint16(b), int(p.order.Uint16(b[2:]))
		if code == optionEnd {
			return nil
		}
		padded := (size + 3) &^ 3
		if padded > len(b)-4 {
			return fmt.Errorf("its option of type %d is longer than the block", code)
		}
		each(code, b[4:4+size])
		b = b[4+padded:]
	}
	return nil
}
