package ovs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
	"ovscope/ovs/wire"
)

// maxWatched is how many interfaces can be watched: more than a screen shows.
// On a switch with very many, monitoring the statistics of all would cost more than
// the rest of the program, whether anybody looks or not.
const maxWatched = 256

// watchPause is the least time between two looks, so that scrolling through a
// long list does not ask for all of it.
const watchPause = 200 * time.Millisecond

// watched is what Watch was last told.
type watched struct {
	interfaces []UUID
	all        bool          // every interface instead
	changed    chan struct{} // has a token when interfaces are new
}

// Watch makes the counters of these interfaces, and of no others, part of the
// snapshots from now on. They stand in Snapshot.Counters within a fraction of a
// second, their rates after OVS's next refresh. Beyond 256 interfaces the rest is
// left out. It does not block and may be called often.
func (c *Client) Watch(interfaces []UUID) {
	interfaces = interfaces[:min(len(interfaces), maxWatched)]
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.watched.all && slices.Equal(c.watched.interfaces, interfaces) {
		return
	}
	c.watched.interfaces, c.watched.all = slices.Clone(interfaces), false
	c.watched.touch()
}

// WatchAll makes the counters of every interface part of the snapshots, until
// Watch is called again. Of 10,000 interfaces a look takes a quarter of a second of
// one core, so that it is for as long as somebody wants it.
func (c *Client) WatchAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watched.all = true
	c.watched.touch()
}

// touch lets the new interfaces be looked at; it never blocks.
func (w *watched) touch() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// count keeps the counters of the watched interfaces up to date until ctx is done.
// It reads them when OVS's next refresh is due, and at once what is newly watched.
func (c *Client) count(ctx context.Context) {
	var book counterBook
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-c.watched.changed:
		}
		c.mu.Lock()
		s, interfaces, all := c.session, c.watched.interfaces, c.watched.all
		interval := statsInterval("")
		if c.snapshot != nil {
			interval = c.snapshot.StatsInterval
		}
		c.mu.Unlock()
		wait := longestWait
		if len(interfaces) == 0 && !all {
			if book.take(c.cfg.Now(), interval, nil) {
				c.publishCounters(book.counters)
			}
		} else if s != nil {
			var seen map[UUID]gauge
			var err error
			if all {
				seen, err = s.readAllCounters(ctx)
			} else {
				seen, err = s.readCounters(ctx, interfaces)
			}
			now := c.cfg.Now()
			switch {
			case err != nil:
				if ctx.Err() == nil {
					c.cfg.Logger.Warn("reading counters", "error", err)
				}
			case book.take(now, interval, seen):
				c.publishCounters(book.counters)
			}
			wait = book.wait(now, interval)
			if all {
				wait = book.waitForAll(now, interval)
			}
		} else {
			wait = lookEvery // until there is a connection again
		}
		if !sleep(ctx, watchPause) {
			return
		}
		timer.Reset(max(0, wait-watchPause))
	}
}

// publishCounters makes the counters part of the newest snapshot and of those to come.
func (c *Client) publishCounters(counters map[UUID]Counters) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counters = counters
	if c.snapshot == nil {
		return
	}
	next := *c.snapshot
	c.announce(&next)
}

// counted are the columns of an interface that counters are made of.
type counted struct {
	UUID       string            `ovsdb:"_uuid"`
	Statistics map[string]uint64 `ovsdb:"statistics"`
	LinkSpeed  *int              `ovsdb:"link_speed"`
}

// readCounters asks for the statistics of some interfaces. Those that are gone, or
// that OVS has counted nothing on yet, are not in the answer.
func (s *session) readCounters(ctx context.Context, interfaces []UUID) (map[UUID]gauge, error) {
	// All conditions of one select must hold (RFC 7047 §5.2.2), so it takes one for
	// each row; the server finds a row by its UUID at once.
	operations := make([]any, len(interfaces))
	for i, id := range interfaces {
		operations[i] = selectCounters(whereUUID(id))
	}
	return s.selectCounters(ctx, operations...)
}

// readAllCounters asks for the statistics of all interfaces at once.
func (s *session) readAllCounters(ctx context.Context) (map[UUID]gauge, error) {
	return s.selectCounters(ctx, selectCounters([]ovsdb.Condition{}))
}

func selectCounters(where []ovsdb.Condition) ovsdb.Operation {
	return ovsdb.Operation{
		Op: ovsdb.OperationSelect, Table: schema.TableInterface, Where: where,
		Columns: []string{"_uuid", "statistics", "link_speed"},
	}
}

func (s *session) selectCounters(ctx context.Context, operations ...any) (map[UUID]gauge, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	rows, err := wire.Select[counted](ctx, s.conn, schema.Database, operations...)
	if err != nil {
		return nil, fmt.Errorf("reading interfaces' counters: %s", clean(err.Error()))
	}
	seen := make(map[UUID]gauge, len(rows))
	for _, row := range rows {
		if len(row.Statistics) > 0 {
			seen[UUID(row.UUID)] = gaugeOf(row)
		}
	}
	return seen, nil
}

func gaugeOf(row *counted) gauge {
	all := row.Statistics
	for name := range all {
		if !isPlain(name) {
			all = cleanNames(all)
			break
		}
	}
	return gauge{
		Traffic: Traffic{
			RxPackets: all["rx_packets"], RxBytes: all["rx_bytes"], RxDropped: all["rx_dropped"], RxErrors: all["rx_errors"],
			TxPackets: all["tx_packets"], TxBytes: all["tx_bytes"], TxDropped: all["tx_dropped"], TxErrors: all["tx_errors"],
		},
		linkSpeed: uint64(max(0, deref(row.LinkSpeed))),
		all:       all,
	}
}

func cleanNames(m map[string]uint64) map[string]uint64 {
	out := make(map[string]uint64, len(m))
	for name, value := range m {
		out[clean(name)] = value
	}
	return out
}
