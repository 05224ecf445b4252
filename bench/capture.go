package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"ovscope/live"
	"ovscope/live/capture"
)

// report is what the capturing child says when it ends.
type report struct {
	Packets, Drops uint64
}

// captureAndStore captures on the host's end into a store of the usual size until
// it is interrupted, and looks at the counters, and at the statistics if they are
// kept, as often as a screen does.
func captureAndStore(out io.Writer, statistics bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, unix.SIGTERM)
	defer stop()
	handle, err := capture.Open(capture.Config{Interface: hostEnd, Direction: live.Incoming})
	if err != nil {
		return err
	}
	defer handle.Close()
	store := live.NewStore(0)
	var stats *live.Stats
	if statistics {
		stats = live.NewStats(store)
	}
	go func() {
		var meter live.Meter
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-tick.C:
				c := store.Counters()
				c.KernelDrops, c.Freezes = handle.Drops()
				meter.Sample(now, c)
				if stats != nil {
					stats.Summary(now, 20)
				}
			}
		}
	}()
	if err := handle.Run(ctx, store); err != nil {
		return err
	}
	drops, _ := handle.Drops()
	return json.NewEncoder(out).Encode(report{store.Counters().Packets, drops})
}
