package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ovscope/tui/widget"
)

// fill makes lines exactly height many.
func fill(lines []string, width, height int) []string {
	if len(lines) > height {
		return lines[:max(0, height)]
	}
	for len(lines) < height {
		lines = append(lines, widget.Spaces(width))
	}
	return lines
}

// plural is "1 port", "2 ports".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(uint64(n)) + " " + noun + "s"
}

// count is a number with thousands marked, at most 10 characters: "1,234",
// "1,234,567", from a hundred million on "123 M".
func count(n uint64) string {
	if n >= 1e8 {
		return scaled(float64(n), "")
	}
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// byteSize is a size, at most 8 characters: "512 B", "1.23 MB".
func byteSize(n uint64) string { return scaled(float64(n), "B") }

// bitrate is at most 11 characters: "9.60 kbit/s".
func bitrate(bits float64) string { return scaled(bits, "bit/s") }

// packetRate is at most 8 characters: "12/s", "1.23 M/s".
func packetRate(perSecond float64) string {
	switch {
	case perSecond < 0.05:
		return "0/s"
	case perSecond < 9.95:
		return fmt.Sprintf("%.1f/s", perSecond)
	case perSecond < 99999.5:
		return count(uint64(perSecond+0.5)) + "/s"
	}
	return scaled(perSecond, "/s")
}

// scaled is a number of three digits with a decimal prefix.
func scaled(v float64, unit string) string {
	prefix := ""
	for _, p := range []string{"k", "M", "G", "T", "P", "E"} {
		if v < 999.5 {
			break
		}
		v /= 1000
		prefix = p
	}
	digits := 0
	switch {
	case prefix == "":
	case v < 9.995:
		digits = 2
	case v < 99.95:
		digits = 1
	}
	return strings.TrimRight(fmt.Sprintf("%.*f %s%s", digits, v, prefix, unit), " ")
}

// compact is a number without its unit, at most 5 characters: "0", "210", "1.23M".
func compact(v float64) string {
	if v < 0.5 {
		return "0"
	}
	return strings.ReplaceAll(scaled(v, ""), " ", "")
}

// exact is a number with thousands marked and no digit left out.
func exact(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ago is how long something has lasted, in the largest unit: "12 s", "3 min".
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d/time.Second)))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}

// capital makes the first letter of a sentence large.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
