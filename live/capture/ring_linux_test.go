package capture

import (
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"ovscope/live"
)

// TestRingLayout holds the offsets that the kernel promises (linux/if_packet.h).
func TestRingLayout(t *testing.T) {
	if descriptorBytes != 8 || addressOffset != 48 || unsafe.Sizeof(unix.RawSockaddrLinklayer{}) != 20 {
		t.Errorf("block descriptor at %d, address at %d", descriptorBytes, addressOffset)
	}
}

func TestFrameTakesTheTagFromBesideTheFrame(t *testing.T) {
	data := frame(60)
	for _, test := range []struct {
		name      string
		status    uint32
		tci, tpid uint16
		snapLen   int
		want      live.Frame
	}{
		{"untagged", 0, 10, 0x8100, 0, live.Frame{Length: 60, Data: data}},
		{
			"802.1ad", unix.TP_STATUS_VLAN_VALID | unix.TP_STATUS_VLAN_TPID_VALID, 10, 0x88a8, 0,
			live.Frame{Length: 64, Data: data, HasTag: true, Tag: live.Tag{TPID: 0x88a8, TCI: 10}},
		},
		{
			"no TPID told, as by kernels before 3.14", unix.TP_STATUS_VLAN_VALID, 0xffff, 0, 0,
			live.Frame{Length: 64, Data: data, HasTag: true, Tag: live.Tag{TPID: 0x8100, TCI: 0xffff}},
		},
		{
			"TCI 0", unix.TP_STATUS_VLAN_VALID | unix.TP_STATUS_VLAN_TPID_VALID, 0, 0x8100, 0,
			live.Frame{Length: 64, Data: data, HasTag: true, Tag: live.Tag{TPID: 0x8100}},
		},
		{
			"cut", unix.TP_STATUS_VLAN_VALID | unix.TP_STATUS_VLAN_TPID_VALID, 7, 0x8100, 40,
			live.Frame{Length: 64, Data: data[:36], HasTag: true, Tag: live.Tag{TPID: 0x8100, TCI: 7}},
		},
	} {
		h := unix.Tpacket3Hdr{Sec: 3, Nsec: 4, Len: 60, Snaplen: 60, Status: unix.TP_STATUS_USER | test.status}
		h.Hv1.Vlan_tci, h.Hv1.Vlan_tpid = uint32(test.tci), test.tpid
		test.want.Time = 3_000_000_004
		for kind, direction := range map[uint8]live.Direction{
			unix.PACKET_HOST: live.Incoming, unix.PACKET_BROADCAST: live.Incoming, unix.PACKET_MULTICAST: live.Incoming,
			unix.PACKET_OTHERHOST: live.Incoming, unix.PACKET_OUTGOING: live.Outgoing,
		} {
			test.want.Direction = direction
			r := ring{snapLen: test.snapLen}
			if diff := cmp.Diff(test.want, r.frame(&h, kind, data)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	}
}
