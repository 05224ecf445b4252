package widget

import "time"

// Toast is a short message that goes away by itself.
type Toast struct {
	Text  string
	until time.Time
}

// Show puts a message up until the given time.
func (t *Toast) Show(text string, until time.Time) { t.Text, t.until = text, until }

// Expire takes the message away if its time is over and reports whether it did.
func (t *Toast) Expire(now time.Time) bool {
	if t.Text == "" || now.Before(t.until) {
		return false
	}
	t.Text = ""
	return true
}
