package filter

// node is a condition in the tree that the parser makes.
type node interface{}

type (
	// groupNode is all of its nodes (and) or any of them, from left to right.
	groupNode struct {
		and   bool
		nodes []node
	}
	notNode struct{ node node }

	// hostNode is an IPv4 host or net.
	hostNode struct {
		from       token // for errors
		protocol   protocol
		direction  direction
		addr, mask uint32
	}
	// host6Node is an IPv6 host or net, in 32-bit words.
	host6Node struct {
		from       token
		direction  direction
		addr, mask [4]uint32
	}
	macNode struct {
		from      token
		direction direction
		mac       [6]byte
	}
	portNode struct {
		from      token
		protocols portProtocols
		direction direction
		low, high uint16
	}
	// protocolNode is "proto": of anyProtocol (IPv4 or IPv6), ether, ip or ip6.
	protocolNode struct {
		from     token
		protocol protocol
		number   uint32
	}
	// nameNode is a protocol's name standing alone.
	nameNode struct {
		from     token
		protocol protocol
	}
	broadcastNode struct {
		from     token
		protocol protocol
	}
	multicastNode struct {
		from     token
		protocol protocol
	}
	// layerNode is vlan, mpls or pppoes, with its number if it has one.
	layerNode struct {
		from      token
		number    uint32
		hasNumber bool
	}
	relationNode struct {
		operator    string // = != < <= > >=
		left, right value
	}
)

// value is a number in the tree: the operands of a relation.
type value interface{}

type (
	numberValue uint32
	lengthValue struct{}
	loadValue   struct {
		from     token
		protocol protocol
		index    value
		size     int
	}
	binaryValue struct {
		operator    arithmetic
		left, right value
	}
)

// arithmetic is an operator between values.
type arithmetic uint8

const (
	noArithmetic arithmetic = iota
	add
	subtract
	multiply
	divide
	modulo
	bitAnd
	bitOr
	bitXor
	shiftLeft
	shiftRight
)

// join makes one condition of two.
func join(operator token, left, right node) node {
	and := operator.is("and")
	if g, ok := left.(*groupNode); ok && g.and == and {
		g.nodes = append(g.nodes, right)
		return g
	}
	return &groupNode{and: and, nodes: []node{left, right}}
}

// direction says which of two addresses or ports is meant.
type direction uint8

const (
	eitherWay direction = iota
	source
	destination
	bothWays
)

// kind is what an id is: "host", "net" …
type kind uint8

const (
	hostKind kind = iota
	netKind
	portKind
	portrangeKind
	protoKind
)

// qualifiers are the words before an id. The zero value is none: no id may follow.
type qualifiers struct {
	given     bool
	protocol  protocol
	direction direction
	kind      kind
}
