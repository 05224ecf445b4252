package capture

import (
	"errors"
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"ovscope/live"
)

// socket is an AF_PACKET socket (packet(7)). All look-ups go through it, so they
// happen in the network namespace that it was opened in, whatever thread asks.
type socket struct {
	fd   int
	name string // of the interface
}

// openSocket opens a socket that receives nothing yet: its protocol is 0.
func openSocket(name string) (*socket, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES):
		return nil, ErrPermission
	case errors.Is(err, unix.EAFNOSUPPORT):
		return nil, fmt.Errorf("opening a packet socket: %w (kernel module af_packet missing)", err)
	case err != nil:
		return nil, fmt.Errorf("opening a packet socket: %w", err)
	}
	return &socket{fd: fd, name: name}, nil
}

// filter lets pass only frames of that direction and tunnel, and snapLen bytes of those.
func (s *socket) filter(direction live.Direction, tunnel Tunnel, snapLen int) error {
	keep := uint32(wholeFrame)
	if snapLen > 0 && snapLen < wholeFrame {
		keep = uint32(snapLen)
	}
	pass := tunnel.program([]bpf.Instruction{bpf.RetConstant{Val: keep}})
	if direction != live.DirectionUnknown {
		jump := bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.PACKET_OUTGOING, SkipFalse: uint8(len(pass))}
		if direction == live.Incoming {
			jump.Cond = bpf.JumpNotEqual
			// Also spares the kernel the copy. Linux 4.20 and newer; the filter does for the rest.
			_ = unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
		}
		pass = append([]bpf.Instruction{bpf.LoadExtension{Num: bpf.ExtType}, jump}, pass...)
		pass = append(pass, bpf.RetConstant{Val: 0})
	}
	raw, err := bpf.Assemble(pass)
	if err != nil {
		return fmt.Errorf("assembling the filter: %w", err)
	}
	code := make([]unix.SockFilter, len(raw))
	for i, in := range raw {
		code[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	program := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if err := unix.SetsockoptSockFprog(s.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		return fmt.Errorf("attaching the filter: %w", err)
	}
	return nil
}

// bind receives from the interface with that index from now on, also when the
// socket received from another one before. The kernel leaves promiscuous mode
// by itself when the socket is closed or the interface goes.
func (s *socket) bind(ifindex int) error {
	address := unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL), Ifindex: ifindex}
	if err := unix.Bind(s.fd, &address); err != nil {
		return s.wrap("binding to the interface", err)
	}
	promiscuous := unix.PacketMreq{Ifindex: int32(ifindex), Type: unix.PACKET_MR_PROMISC}
	if err := unix.SetsockoptPacketMreq(s.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &promiscuous); err != nil {
		return s.wrap("entering promiscuous mode", err)
	}
	return nil
}

// bound returns the index of the interface that the socket receives from, or a
// negative number when that was deleted.
func (s *socket) bound() (int, error) {
	address, err := unix.Getsockname(s.fd)
	if err != nil {
		return 0, fmt.Errorf("asking which interface is captured: %w", err)
	}
	if link, ok := address.(*unix.SockaddrLinklayer); ok {
		return link.Ifindex, nil
	}
	return 0, fmt.Errorf("asking which interface is captured: got a %T", address)
}

func (s *socket) ifindex() (int, error) {
	request, err := s.ask(unix.SIOCGIFINDEX)
	if err != nil {
		return 0, err
	}
	return int(request.Uint32()), nil
}

func (s *socket) isUp() (bool, error) {
	request, err := s.ask(unix.SIOCGIFFLAGS)
	if err != nil {
		return false, err
	}
	return request.Uint16()&unix.IFF_UP != 0, nil
}

func (s *socket) checkEthernet() error {
	request, err := s.ask(unix.SIOCGIFHWADDR)
	if err != nil {
		return err
	}
	switch kind := request.Uint16(); kind {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return nil
	default:
		return fmt.Errorf("%w (its ARPHRD type is %d)", ErrNotEthernet, kind)
	}
}

// ask asks the kernel about the interface by its name (netdevice(7)).
func (s *socket) ask(what uint) (*unix.Ifreq, error) {
	request, err := unix.NewIfreq(s.name)
	if err != nil {
		return nil, ErrName
	}
	if err := unix.IoctlIfreq(s.fd, what, request); err != nil {
		return nil, s.wrap("asking for the interface", err)
	}
	return request, nil
}

func (s *socket) wrap(doing string, err error) error {
	if errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENXIO) {
		return ErrNoInterface
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// pendingError returns and clears what made poll report an error.
func (s *socket) pendingError() error {
	number, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if number != 0 {
		return unix.Errno(number)
	}
	return nil
}

// lost returns and resets the kernel's counts of dropped packets and ring freezes.
func (s *socket) lost() (drops, freezes uint64) {
	stats, err := unix.GetsockoptTpacketStatsV3(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, 0
	}
	return uint64(stats.Drops), uint64(stats.Freeze_q_cnt)
}

// bigEndian is v in network byte order, for struct fields that keep it so.
func bigEndian(v uint16) uint16 {
	var b [2]byte
	b[0], b[1] = byte(v>>8), byte(v)
	return nativeUint16(b)
}
