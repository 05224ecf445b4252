package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// testCase is a kind of traffic.
type testCase struct {
	name string
	size int      // of a frame on the wire without its checksum, tags included
	tags []uint32 // TPID and TCI
	rare bool     // also for tools that are too slow for all cases
}

func cases(quick bool) []testCase {
	tags := []struct {
		name string
		tags []uint32
	}{
		{"untagged", nil},
		{"802.1Q", []uint32{0x8100_000a}},
		{"QinQ", []uint32{0x88a8_0064, 0x8100_000a}},
	}
	var all []testCase
	for _, size := range []int{64, 512, 1500} {
		for _, t := range tags {
			all = append(all, testCase{
				name: fmt.Sprintf("%d B %s", size, t.name), size: size, tags: t.tags,
				rare: size == 64 && t.name != "QinQ" || size == 1500 && t.name == "QinQ",
			})
		}
	}
	if quick {
		few := all[:0]
		for _, c := range all {
			if c.rare {
				few = append(few, c)
			}
		}
		return few
	}
	return all
}

// flows is how many conversations the frames are of.
const flows = 64

// frames returns a UDP frame of each conversation.
func (c testCase) frames() [][]byte {
	frames := make([][]byte, flows)
	for i := range frames {
		f := []byte{2, 0, 0, 0, 1, byte(i), 2, 0, 0, 0, 0, byte(i)}
		for _, tag := range c.tags {
			f = binary.BigEndian.AppendUint32(f, tag)
		}
		f = binary.BigEndian.AppendUint16(f, 0x0800)
		ip := c.size - len(f)
		f = append(f, 0x45, 0, byte(ip>>8), byte(ip), 0, 0, 0, 0, 64, 17, 0, 0)
		f = append(f, 10, 0, 0, byte(i), 10, 0, 1, byte(i))
		f = binary.BigEndian.AppendUint16(f, uint16(40000+i))
		f = binary.BigEndian.AppendUint16(f, 53)
		f = binary.BigEndian.AppendUint16(f, uint16(ip-20))
		frames[i] = append(f, make([]byte, c.size-len(f))...)
	}
	return frames
}

// limit is when a sender stops: at whichever comes first.
type limit struct {
	time    time.Duration
	packets uint64 // 0: no limit
}

// messageHeader is the kernel's struct mmsghdr (sendmmsg(2)).
type messageHeader struct {
	header unix.Msghdr
	length uint32 // the kernel's answer
}

// send sends at the highest rate that one CPU reaches, from a thread of its own
// on that CPU.
func (n *network) send(c testCase, until limit) (sent uint64, took time.Duration, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its affinity
		if err = unix.SchedSetaffinity(0, &n.senders); err != nil {
			return
		}
		sent, took, err = n.sendHere(c, until)
	}()
	<-done
	if err != nil {
		err = fmt.Errorf("sending: %w", err)
	}
	return sent, took, err
}

func (n *network) sendHere(c testCase, until limit) (sent uint64, took time.Duration, err error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, err
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: n.guest}); err != nil {
		return 0, 0, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
		return 0, 0, err
	}
	frames := c.frames()
	vectors := make([]unix.Iovec, len(frames))
	messages := make([]messageHeader, len(frames))
	for i, f := range frames {
		vectors[i].Base = &f[0]
		vectors[i].SetLen(len(f))
		messages[i].header.Iov = &vectors[i]
		messages[i].header.SetIovlen(1)
	}
	start := time.Now()
	for took < until.time && (until.packets == 0 || sent < until.packets) {
		batch := uint64(len(messages))
		if until.packets > 0 {
			batch = min(batch, until.packets-sent)
		}
		count, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(batch), 0, 0, 0)
		if errno != 0 && !errors.Is(errno, unix.ENOBUFS) && !errors.Is(errno, unix.EINTR) {
			return sent, took, errno
		}
		if errno == 0 {
			sent += uint64(count)
		}
		took = time.Since(start)
	}
	runtime.KeepAlive(vectors)
	runtime.KeepAlive(frames)
	return sent, took, nil
}
