package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ovscope/live"
)

// timeFormat is what the list's times count from.
type timeFormat int

const (
	timeAbsolute timeFormat = iota // the time of day
	timeRelative                   // since the first packet
	timePrevious                   // since the packet before, shown or not
	timeShown                      // since the row before
)

// TimeFormats lists the names for Config.TimeFormat; the first is the default.
func TimeFormats() []string { return []string{"absolute", "relative", "since-previous", "since-shown"} }

// CheckTimeFormat says what is wrong with a name, nil if nothing is; "" is the default.
func CheckTimeFormat(name string) error {
	if name != "" && !slices.Contains(TimeFormats(), name) {
		return fmt.Errorf("there is no time format %q; there are %s", name, strings.Join(TimeFormats(), ", "))
	}
	return nil
}

func timeFormatOf(name string) timeFormat {
	return timeFormat(max(0, slices.Index(TimeFormats(), name)))
}

// title is the column's heading.
func (f timeFormat) title(clock string) string {
	switch f {
	case timeRelative:
		return "since 1st"
	case timePrevious:
		return "since prev"
	case timeShown:
		return "since row"
	case timeAbsolute:
	}
	if strings.HasPrefix(clock, "15") {
		return "time"
	}
	return "min:s"
}

func (f timeFormat) String() string {
	return [...]string{
		"the time of day", "seconds since the first packet", "seconds since the packet before",
		"seconds since the packet before that is shown",
	}[f]
}

// nextTimeFormat counts times from something else.
func (m *model) nextTimeFormat() {
	m.timeFormat = (m.timeFormat + 1) % timeFormat(len(TimeFormats()))
	m.packets.needs.time = 0
	m.say("times are " + m.timeFormat.String())
}

// clocks are the layouts of absolute times for a list of some width: the most
// precise first, and then those that may stand in for it where addresses are long.
func (f timeFormat) clocks(width int) []string {
	switch {
	case f != timeAbsolute:
		return []string{""}
	case width < 70:
		return []string{"15:04:05"}
	case width < 79: // less than a terminal of 120 leaves
		return []string{"04:05.000"} // the hour is known
	case width < 100:
		return []string{"15:04:05.000", "04:05.000"}
	}
	return []string{"15:04:05.000000", "15:04:05.000"}
}

// count fills in what the times on screen count from.
func (m *model) countTimes(s *live.Store, rows []packetRow, width int) {
	p := &m.packets
	if p.origin.IsZero() {
		first, _ := s.Range()
		p.origin = timeOf(s, first)
	}
	if m.timeFormat == timeAbsolute {
		return
	}
	digits := 6
	if width < 79 {
		digits = 3
	}
	for i := range rows {
		r := &rows[i]
		if r.gone {
			continue
		}
		var from time.Time
		switch {
		case m.timeFormat == timeRelative:
			from = p.origin
		case m.timeFormat == timePrevious:
			if r.seq > 0 {
				from = timeAt(s, r.seq-1)
			}
		case i > 0:
			from = rows[i-1].time
		default:
			if before, ok := p.list(s).step(r.seq, -1); ok && before < r.seq {
				from = timeAt(s, before)
			}
		}
		r.since = m.st.Signs.Dash
		if !from.IsZero() {
			r.since = strconv.FormatFloat(r.time.Sub(from).Seconds(), 'f', digits, 64)
		}
		p.needs.time = max(p.needs.time, len(r.since))
	}
}

// timeAt is when a packet came, without copying it; the zero time if it is not there.
func timeAt(s *live.Store, seq uint64) (t time.Time) {
	s.Scan(seq, seq+1, func(p live.Packet) bool {
		t = p.Time
		return false
	})
	return t
}
