package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"ovscope/live"
	"ovscope/live/decode"
	"ovscope/live/filter"
	"ovscope/live/mask"
	"ovscope/live/pcapfile"
)

// errEnough says that as many packets as were asked for have been written.
var errEnough = errors.New("enough packets")

// errReaderGone says that whoever read the output has closed it.
var errReaderGone = errors.New("nobody reads the output any more")

// output takes packets in order and writes those that are wanted.
type output struct {
	wanted  *filter.Filter
	count   uint64 // to write; 0 for no end
	written uint64
	missed  uint64 // overwritten in the store before they could be written

	// Packets go to file if it is not nil, else to text.
	file *pcapfile.Writer
	text io.Writer
	json bool
	// arrow stands between source and destination.
	arrow string
	line  []byte
	// mask is nil but for --mask.
	mask   *mask.Masker
	masked []byte
}

func (a *app) newOutput(f dumpFlags, wanted *filter.Filter, options pcapfile.Options) (*output, error) {
	o := &output{wanted: wanted, count: f.count, text: a.stdout, json: f.json, arrow: a.plain("→"), mask: a.masker()}
	options.Version, options.SnapLen = a.build.Version, f.snapLen
	var err error
	switch f.write {
	case "":
	case "-":
		o.file, err = pcapfile.NewWriter(a.stdout, options)
	default:
		o.file, err = pcapfile.Create(f.write, options)
	}
	return o, err
}

// abort drops an output that never got a packet, so that no empty file is left.
func (o *output) abort() error {
	if o.file == nil {
		return nil
	}
	return o.file.Abort()
}

// close completes the output.
func (o *output) close() error {
	if o.file == nil {
		return nil
	}
	return gone(o.file.Close())
}

// take writes the packet if it is wanted. The error is errEnough after the last
// one, errReaderGone when the output was closed by its reader, or what went wrong.
func (o *output) take(p live.Packet) error {
	if !o.wanted.Match(p.Data, p.Length) {
		return nil
	}
	if err := o.write(p); err != nil {
		return gone(err)
	}
	o.written++
	if o.written == o.count {
		return errEnough
	}
	return nil
}

func (o *output) write(p live.Packet) error {
	if o.file != nil {
		return o.file.Write(p)
	}
	if o.mask != nil {
		o.masked = append(o.masked[:0], p.Data...)
		o.mask.Frame(o.masked, p.Length)
		p.Data = o.masked
	}
	o.line = o.line[:0]
	if o.json {
		record, err := json.Marshal(decode.NewRecord(p.Time, p.Length, p.Data))
		if err != nil {
			return err
		}
		o.line = append(o.line, record...)
	} else {
		line := decode.Summarize(p.Data, p.Length)
		o.line = appendLine(o.line, p, &line, o.arrow)
	}
	o.line = append(o.line, '\n')
	if _, err := o.text.Write(o.line); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

// flush hands on what was gathered, so that a live pipe shows it at once.
func (o *output) flush() error {
	if o.file == nil {
		return nil
	}
	return gone(o.file.Flush())
}

// gone makes errReaderGone of a write into a pipe that nobody reads.
func gone(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return errReaderGone
	}
	return err
}

// catchUp takes everything from the store from the packet next on, and returns
// the packet after that.
func (o *output) catchUp(store *live.Store, next uint64, buf *[]byte) (uint64, error) {
	first, end := store.Range()
	if next < first {
		o.missed += first - next
		next = first
	}
	for ; next < end; next++ {
		packet, ok := store.Read(next, *buf)
		if !ok {
			o.missed++
			continue
		}
		*buf = packet.Data
		if err := o.take(packet); err != nil {
			return next + 1, errors.Join(o.flush(), err)
		}
	}
	return next, o.flush()
}

// printInterval is how often new packets are fetched from the store: short enough
// that a line seems to come at once.
const printInterval = 20 * time.Millisecond

// follow writes what a live source delivers until there is enough, the source
// ends, whoever reads the output goes away, or ctx is done. What was lost is said
// at the end.
func (a *app) follow(ctx context.Context, source live.Source, o *output) error {
	began := time.Now()
	store := live.NewStore(a.reserveStore())
	run, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.recovered(func() error { return source.Run(run, store) }) }()

	tick := time.NewTicker(printInterval)
	defer tick.Stop()
	var next uint64
	var buf []byte
	var err error
	for running := true; running && err == nil; {
		select {
		case err = <-ended:
			running = false
		case <-tick.C:
		}
		var outErr error
		next, outErr = o.catchUp(store, next, &buf)
		err = errors.Join(err, outErr)
	}
	dropped, _ := source.Drops()
	if o.file != nil {
		o.file.SetStatistics(pcapfile.Statistics{Start: began, End: time.Now(), Received: store.Counters().Packets, Dropped: dropped})
	}
	closed := o.close()
	_, _ = fmt.Fprintf(a.stderr, "%s, %d lost in the kernel, %d lost because the output was too slow\n", o.summary(), dropped, o.missed)
	return failures(err, closed)
}

// copyFile writes what a file holds.
func (a *app) copyFile(ctx context.Context, reader *pcapfile.Reader, o *output) error {
	var err error
	for n := uint64(0); err == nil; n++ {
		var f live.Frame
		if f, err = reader.Next(ctx); err == nil {
			err = o.take(live.Packet{Seq: n, Time: time.Unix(0, f.Time), Length: f.Length, Data: f.Data, Direction: f.Direction})
		}
	}
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		err = nil
	}
	closed := o.close()
	if o.file != nil {
		_, _ = fmt.Fprintln(a.stderr, o.summary())
	}
	return failures(err, closed)
}

func (o *output) summary() string {
	what := "printed"
	if o.file != nil {
		what = "written"
	}
	if o.written == 1 {
		return "1 packet " + what
	}
	return fmt.Sprintf("%d packets %s", o.written, what)
}

// failures joins the errors that are no ordinary end.
func failures(errs ...error) error {
	var left []error
	for _, err := range errs {
		switch joined, ok := err.(interface{ Unwrap() []error }); {
		case ok:
			left = append(left, failures(joined.Unwrap()...))
		case !errors.Is(err, errEnough) && !errors.Is(err, errReaderGone):
			left = append(left, err)
		}
	}
	return errors.Join(left...)
}

// appendLine is a packet on one line of text:
// "12:00:01.123456 vlan 10 192.0.2.1 → 192.0.2.2 ICMP echo request …".
func appendLine(b []byte, packet live.Packet, line *decode.Line, arrow string) []byte {
	b = packet.Time.AppendFormat(b, "15:04:05.000000")
	for _, v := range line.VLANs {
		b = append(b, ' ')
		b = appendVLAN(b, v)
	}
	b = fmt.Appendf(b, " %s %s %s %s", line.Source(), arrow, line.Destination(), line.Protocol)
	if line.Info != "" {
		b = append(b, ' ')
		b = append(b, line.Info...)
	}
	return fmt.Appendf(b, " length %d", packet.Length)
}

// appendVLAN is a tag as tcpdump writes it: "vlan 10", with the priority and the
// drop eligible bit where set, and the TPID where it is not 802.1Q's.
func appendVLAN(b []byte, v decode.VLAN) []byte {
	if v.TPID != 0x8100 {
		b = fmt.Appendf(b, "0x%04x ", v.TPID)
	}
	b = fmt.Appendf(b, "vlan %d", v.VID)
	if v.PCP != 0 {
		b = fmt.Appendf(b, " p %d", v.PCP)
	}
	if v.DEI {
		b = append(b, " DEI"...)
	}
	return b
}
