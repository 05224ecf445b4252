package capture

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"ovscope/live"
)

const (
	// blockBytes is the piece of the ring that the kernel hands over at once. It
	// holds the largest frame there is, a GRO super-frame of 64 KiB. To be woken
	// costs about 100 µs of CPU time: for each 256 KiB of 64 B frames that was a
	// third of all (150 ns a packet; 90 for each MiB).
	blockBytes = 1 << 20
	// ringFrameBytes only has to divide a block: TPACKET_V3 packs frames tightly.
	ringFrameBytes = 2048
	// retireMillis is after how long the kernel hands over a block that is not
	// full: the delay of a single packet.
	retireMillis = 8

	minRingBlocks = 4
	maxRingBlocks = 4096

	// descriptorBytes is where struct tpacket_hdr_v1 starts in a block.
	descriptorBytes = int(unsafe.Offsetof(unix.TpacketBlockDesc{}.Hdr))
	// addressOffset is where struct sockaddr_ll follows struct tpacket3_hdr.
	addressOffset = (int(unsafe.Sizeof(unix.Tpacket3Hdr{})) + unix.TPACKET_ALIGNMENT - 1) &^ (unix.TPACKET_ALIGNMENT - 1)

	defaultTPID = unix.ETH_P_8021Q
)

// ring is a TPACKET_V3 receive ring in memory shared with the kernel
// (linux/if_packet.h, Documentation/networking/packet_mmap.rst).
type ring struct {
	memory  []byte
	block   int  // the next one to be handed over
	full    bool // the last one was, before it was retireMillis old
	snapLen int  // 0: whole frames
}

// ring gives the socket a ring of about that size and maps it.
func (s *socket) ring(size int) (*ring, error) {
	if size <= 0 {
		size = DefaultRingBytes
	}
	blocks := min(max((size+blockBytes-1)/blockBytes, minRingBlocks), maxRingBlocks)
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return nil, fmt.Errorf("asking for TPACKET_V3: %w", err)
	}
	request := unix.TpacketReq3{
		Block_size:     blockBytes,
		Block_nr:       uint32(blocks),
		Frame_size:     ringFrameBytes,
		Frame_nr:       uint32(blocks * blockBytes / ringFrameBytes),
		Retire_blk_tov: retireMillis,
	}
	if err := unix.SetsockoptTpacketReq3(s.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request); err != nil {
		return nil, fmt.Errorf("making a ring of %d bytes: %w", blocks*blockBytes, err)
	}
	memory, err := unix.Mmap(s.fd, 0, blocks*blockBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping a ring of %d bytes: %w", blocks*blockBytes, err)
	}
	return &ring{memory: memory}, nil
}

func (r *ring) unmap() error { return unix.Munmap(r.memory) }

// deliver adds the frames of the next block to the store and gives the block
// back. It returns false when the kernel has not handed it over yet.
func (r *ring) deliver(into *live.Store) bool {
	block := r.memory[r.block*blockBytes:][:blockBytes]
	header := (*unix.TpacketHdrV1)(unsafe.Pointer(&block[descriptorBytes]))
	status := atomic.LoadUint32(&header.Block_status)
	if status&unix.TP_STATUS_USER == 0 {
		return false
	}
	r.full = status&unix.TP_STATUS_BLK_TMO == 0
	at := header.Offset_to_first_pkt
	for range header.Num_pkts {
		packet := block[at:]
		h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&packet[0]))
		address := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&packet[addressOffset]))
		into.Add(r.frame(h, address.Pkttype, packet[h.Mac:][:h.Snaplen]))
		at += h.Next_offset
	}
	atomic.StoreUint32(&header.Block_status, unix.TP_STATUS_KERNEL)
	if r.block++; (r.block+1)*blockBytes > len(r.memory) {
		r.block = 0
	}
	return true
}

// frame describes a frame in the ring. The tag that the kernel took out counts
// for the length and the snap length (F21).
func (r *ring) frame(h *unix.Tpacket3Hdr, kind uint8, data []byte) live.Frame {
	f := live.Frame{
		Time:      int64(h.Sec)*1e9 + int64(h.Nsec),
		Length:    int(h.Len),
		Data:      data,
		Direction: live.Incoming,
	}
	if kind == unix.PACKET_OUTGOING {
		f.Direction = live.Outgoing
	}
	if h.Status&unix.TP_STATUS_VLAN_VALID != 0 {
		f.HasTag = true
		f.Tag = live.Tag{TPID: defaultTPID, TCI: uint16(h.Hv1.Vlan_tci)}
		if h.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
			f.Tag.TPID = h.Hv1.Vlan_tpid
		}
		f.Length += 4
		if r.snapLen > 0 && len(data)+4 > r.snapLen {
			f.Data = data[:max(r.snapLen-4, 0)]
		}
	}
	return f
}

func nativeUint16(b [2]byte) uint16 { return binary.NativeEndian.Uint16(b[:]) }
