// Package decode turns a captured frame into what people read: one line for a
// list. It never keeps the frame, never panics on hostile ones, and strips
// control characters from everything that came from the wire.
package decode
