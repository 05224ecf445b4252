// Package decode turns a captured frame into what people read: one line for a
// list (Summarize), a record for scripts (NewRecord), and the tree of all fields
// with their byte ranges for the detail and hex views (Tree).
//
// It never keeps the frame, never panics on hostile ones, and does work in
// proportion to the frame's size. A header that the capture cut off is marked
// [truncated], one that contradicts itself [malformed: …], and everything before
// that is shown.
//
// # How it works
//
// One pass over the frame fills both the line and the tree. A dissection is the
// state of that pass: the Line so far, the tree's root (nil when nobody wants a
// tree), the tunnels passed. A reader is a cursor over the bytes of one header. Every
// protocol is one function
//
//	func decodeUDP(p reader)
//
// that opens its layer (p.layer), reads the fields by name (r.u16, r.mac, r.bits …),
// writes Protocol and Info, and hands what is left to the next function. Reading
// past the end is safe: the first such read marks the frame and all later ones
// return zero, so decoders check r.stopped only where they are about to branch on
// what they read. A reader knows two ends: where the headers say the data ends
// (running over it is malformed) and where the capture ends (truncated).
//
// To add a protocol, write such a function in the file of its family and call it
// from where its number is known: etherTypePayload, ipPayload, udpPayload or tcpPayload.
//
// # Why not gopacket's layers
//
// Every field here needs its name, its text and its byte range, and must survive a
// frame that is cut in the middle of a header. gopacket's layers keep neither
// ranges nor what was read before an error, and would need a second walk
// over the same bytes for the tree. So the decoders are our own, each names its
// standard, and gopacket is what the tests build frames with and check against.
//
// # Text from the wire
//
// Bytes become text only through clean (text.go), which escapes whatever could move
// the cursor, reorder or hide text. All other strings are ASCII of our own.
package decode
