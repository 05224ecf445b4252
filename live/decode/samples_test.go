package decode

type sample struct {
	name     string
	frame    []byte
	protocol string
	info     string
	tshark   string // protocol name that must be in tshark's frame.protocols
}

func samples() []sample { return []sample{{name: "x", frame: overUDP(1, 53, text("abc"))}} }
