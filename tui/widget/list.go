package widget

// List is a cursor in a list of rows and the part of it that is on screen.
type List struct {
	Cursor int // the selected row
	Offset int // the first row on screen
}

// Move moves the cursor by delta rows in a list of count rows, of which height
// are on screen.
func (l *List) Move(delta, count, height int) {
	l.Cursor += delta
	l.Clamp(count, height)
}

// Clamp keeps the cursor inside the list and on the screen.
func (l *List) Clamp(count, height int) {
	l.Cursor = max(0, min(l.Cursor, count-1))
	if height <= 0 {
		return
	}
	l.Offset = max(l.Offset, l.Cursor-height+1)
	l.Offset = min(l.Offset, l.Cursor, max(0, count-height))
	l.Offset = max(0, l.Offset)
}

// Scroll moves what is on screen by delta rows, and the cursor with it.
func (l *List) Scroll(delta, count, height int) {
	l.Offset += delta
	l.Cursor += delta
	l.Offset = max(0, min(l.Offset, count-height))
	l.Clamp(count, height)
}
