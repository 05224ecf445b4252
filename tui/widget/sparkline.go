package widget

import "strings"

// Sparkline draws the newest values as bars, one cell each, the newest on the
// right, in exactly width cells. bars are the signs from empty to full. A value
// above zero is never drawn empty. It returns the value that a full bar stands
// for, 0 when there is nothing.
func Sparkline(values []float64, width int, bars []string) (line string, full float64) {
	if width <= 0 || len(bars) == 0 {
		return "", 0
	}
	values = values[max(0, len(values)-width):]
	for _, v := range values {
		full = max(full, v)
	}
	var b strings.Builder
	b.WriteString(strings.Repeat(bars[0], width-len(values)))
	top := len(bars) - 1
	for _, v := range values {
		level := 0
		if v > 0 && top > 0 {
			level = max(1, int(v/full*float64(top)+0.5))
		}
		b.WriteString(bars[min(level, top)])
	}
	return b.String(), full
}
