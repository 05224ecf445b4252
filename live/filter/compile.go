package filter

import "fmt"

// headers is where they are in the frame at this place of the filter: vlan,
// mpls and pppoes move them for all that comes after.
type headers struct {
	linkHeader int // of ether[0]
	linkType   int // of the EtherType, or of PPP's protocol
	payload    int // of what comes after that
	labels     int // MPLS labels between payload and network
	ppp        bool
}

func ethernet() headers { return headers{linkType: macBytes, payload: macBytes + 2} }

// network is where IP or ARP begins.
func (h headers) network() int { return h.payload + mplsBytes*h.labels }

const mplsBytes = 4 // of a label stack entry (RFC 3032 §2.1)

// compiler makes blocks of the tree's nodes. It must see them from left to right.
type compiler struct {
	source string
	at     headers
}

// wrong is the error that a token cannot be where the layers are by now.
func (c *compiler) wrong(t token, expected string) error {
	return newError(c.source, t.at, expected, t.raw)
}

// block compiles a condition.
func (c *compiler) block(n node) (block, error) {
	switch n := n.(type) {
	case *groupNode:
		return c.group(n)
	case *notNode:
		inner, err := c.block(n.node)
		return not(inner), err
	case *hostNode:
		return c.host(n)
	case *host6Node:
		return c.host6(n)
	case *macNode:
		return c.mac(n)
	case *portNode:
		return c.port(n)
	case *protocolNode:
		return c.proto(n)
	case *nameNode:
		return c.name(n)
	case *broadcastNode:
		return c.broadcast(n)
	case *multicastNode:
		return c.multicast(n)
	case *layerNode:
		return c.layer(n)
	case *relationNode:
		return c.relation(n)
	}
	return block{}, fmt.Errorf("filter: no check for %T", n) // cannot be: the parser makes no other nodes
}

func (c *compiler) group(n *groupNode) (block, error) {
	parts := make([]block, len(n.nodes))
	for i, inner := range n.nodes {
		var err error
		if parts[i], err = c.block(inner); err != nil {
			return block{}, err
		}
	}
	if n.and {
		return all(parts...), nil
	}
	return anyOf(parts...), nil
}
