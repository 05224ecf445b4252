package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/vishvananda/netlink"
)

// startTimeout bounds the start of a daemon after the lab's own.
const startTimeout = 10 * time.Second

// StopVswitchd ends ovs-vswitchd in good order: nothing is forwarded any more.
func (l *Lab) StopVswitchd() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.vswitchd.stop()
}

// StartVswitchd starts ovs-vswitchd again, with a new process id and so a new
// control socket, waits until it has built the bridges, and connects the guests on
// internal ports, whose devices are new.
func (l *Lab) StartVswitchd() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := l.vswitchd.start(ctx); err != nil {
		return err
	}
	// A change, so that ovs-vsctl has something to wait for.
	if _, err := l.Vsctl("set", "Open_vSwitch", ".", "external-ids:lab-starting=true"); err != nil {
		return err
	}
	if _, err := l.Vsctl("remove", "Open_vSwitch", ".", "external-ids", "lab-starting"); err != nil {
		return err
	}
	for _, g := range l.guests {
		if g.Options.Device != Internal {
			continue
		}
		if err := waitForLink(ctx, g.Name); err != nil {
			return err
		}
		if err := g.connect(); err != nil {
			return fmt.Errorf("connecting guest %s: %w", g.Name, err)
		}
	}
	return nil
}

// StopOVSDB ends ovsdb-server in good order; its socket goes. The switch goes on
// forwarding.
func (l *Lab) StopOVSDB() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ovsdb.stop()
}

// StartOVSDB starts ovsdb-server again on the same database and returns when it
// takes connections. The switch finds it again within a few seconds.
func (l *Lab) StartOVSDB() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return l.ovsdb.start(ctx)
}

// RestartOVSDB ends ovsdb-server and starts it again.
func (l *Lab) RestartOVSDB() error {
	if err := l.StopOVSDB(); err != nil {
		return err
	}
	return l.StartOVSDB()
}

func waitForLink(ctx context.Context, name string) error {
	for {
		_, err := netlink.LinkByName(name)
		if err == nil {
			return nil
		}
		sleep(ctx, 5*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for device %s: %w", name, err)
		}
	}
}
