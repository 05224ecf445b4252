package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// flow is traffic that runs until it is stopped. It survives its device: when
// ovs-vswitchd restarts, it goes on.
type flow struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// retry is how long a flow waits when it cannot send.
const retry = 100 * time.Millisecond

// flow calls f again and again until the flow is stopped. The caller holds l.mu.
func (l *Lab) flow(f func(ctx context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	fl := &flow{cancel: cancel, done: make(chan struct{})}
	l.flows = append(l.flows, fl)
	go func() {
		defer close(fl.done)
		for ctx.Err() == nil {
			if f(ctx) != nil {
				sleep(ctx, retry)
			}
		}
	}()
}

func (f *flow) stop() {
	f.cancel()
	<-f.done
}

// Ping lets a guest's kernel ping an address until the lab closes.
func (l *Lab) Ping(guest string, to netip.Addr, every time.Duration) error {
	g := l.Guest(guest)
	if g == nil {
		return fmt.Errorf("pinging from guest %s: there is no such guest", guest)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ping(g, to, every)
	return nil
}

func (l *Lab) ping(g *Guest, to netip.Addr, every time.Duration) {
	interval := strconv.FormatFloat(every.Seconds(), 'f', -1, 64)
	l.flow(func(ctx context.Context) error {
		if err := g.Command(ctx, "ping", "-n", "-q", "-i", interval, to.String()).Run(); err != nil {
			return fmt.Errorf("pinging: %w", err)
		}
		return nil
	})
}

// SendFrames lets a guest send frames, tags and all, until the lab closes: next
// makes the n-th one.
func (l *Lab) SendFrames(guest string, every time.Duration, next func(n int) []byte) error {
	g := l.Guest(guest)
	if g == nil {
		return fmt.Errorf("sending from guest %s: there is no such guest", guest)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames(g, every, next)
	return nil
}

func (l *Lab) frames(g *Guest, every time.Duration, next func(n int) []byte) {
	n := 0
	l.flow(func(ctx context.Context) error {
		send, closeSocket, err := g.rawSocket()
		if err != nil {
			return err
		}
		defer closeSocket()
		for tick(ctx, every) {
			if err := send(next(n)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
}

// rawSocket opens a packet(7) socket on the guest's device. It only sends.
func (g *Guest) rawSocket() (send func(frame []byte) error, closeSocket func(), err error) {
	var fd int
	to := &unix.SockaddrLinklayer{}
	err = g.Do(func() error {
		device, err := net.InterfaceByName(guestDevice)
		if err != nil {
			return fmt.Errorf("finding %s: %w", guestDevice, err)
		}
		to.Ifindex = device.Index
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("opening a packet socket in guest %s: %w", g.Name, err)
	}
	return func(frame []byte) error { return unix.Sendto(fd, frame, 0, to) }, func() { unix.Close(fd) }, nil
}

// serve answers TCP and swallows UDP on a port of the guest.
func (l *Lab) serve(g *Guest, port int) error {
	var listener net.Listener
	var sink net.PacketConn
	address := ":" + strconv.Itoa(port)
	err := g.Do(func() (err error) {
		if listener, err = net.Listen("tcp4", address); err != nil {
			return err
		}
		sink, err = net.ListenPacket("udp4", address)
		return err
	})
	if err != nil {
		if listener != nil {
			listener.Close()
		}
		return fmt.Errorf("listening in guest %s: %w", g.Name, err)
	}
	l.flow(func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { listener.Close() })()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return err
			}
			go answer(ctx, conn)
		}
	})
	l.flow(func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { sink.Close() })()
		for {
			if _, _, err := sink.ReadFrom(make([]byte, 2048)); err != nil {
				return err
			}
		}
	})
	return nil
}

const (
	request  = 100 // bytes the client sends
	response = 600 // bytes it gets back
)

func answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	for {
		if _, err := io.CopyN(io.Discard, conn, request); err != nil {
			return
		}
		if _, err := conn.Write(make([]byte, response)); err != nil {
			return
		}
	}
}

// talk exchanges requests with a server over TCP: a new connection for every 50.
func (l *Lab) talk(g *Guest, to netip.AddrPort, every time.Duration) {
	l.flow(func(ctx context.Context) error {
		conn, err := g.dial("tcp4", to)
		if err != nil {
			return err
		}
		defer conn.Close()
		for range 50 {
			if !tick(ctx, every) {
				return nil
			}
			err := conn.SetDeadline(time.Now().Add(time.Second))
			if err == nil {
				_, err = conn.Write(make([]byte, request))
			}
			if err == nil {
				_, err = io.CopyN(io.Discard, conn, response)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// stream sends datagrams of 200 bytes.
func (l *Lab) stream(g *Guest, to netip.AddrPort, every time.Duration) {
	l.flow(func(ctx context.Context) error {
		conn, err := g.dial("udp4", to)
		if err != nil {
			return err
		}
		defer conn.Close()
		for tick(ctx, every) {
			if _, err := conn.Write(make([]byte, 200)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (g *Guest) dial(network string, to netip.AddrPort) (net.Conn, error) {
	var conn net.Conn
	err := g.Do(func() (err error) {
		conn, err = net.DialTimeout(network, to.String(), time.Second)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("dialling %v from guest %s", to, g.Name), err)
	}
	return conn, nil
}

// tick waits, and reports whether the flow shall go on.
func tick(ctx context.Context, every time.Duration) bool {
	sleep(ctx, every)
	return ctx.Err() == nil
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
