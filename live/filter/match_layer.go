package filter

const (
	vlanMask   = 0x0fff // of the VID in a tag's TCI (IEEE 802.1Q §9.6)
	labelShift = 12     // of the label in a stack entry (RFC 3032 §2.1)
	labelMask  = 0xfffff000
	bottomMask = 0x01 // of the bottom of the stack, in the entry's third byte

	pppoeBytes   = 6      // RFC 2516 §4: version and type, code, session, length
	sessionMask  = 0xffff // of the session in the first four bytes
	pppTypeBytes = 2
)

// layer compiles vlan, mpls and pppoes, and moves on what comes after.
func (c *compiler) layer(n *layerNode) (block, error) {
	switch n.from.text {
	case "mpls":
		return c.mpls(n)
	case "pppoes":
		return c.pppoes(n)
	default:
		return c.vlan(n)
	}
}

func (c *compiler) vlan(n *layerNode) (block, error) {
	if c.at.labels > 0 || c.at.ppp {
		return block{}, c.wrong(n.from, "no vlan after mpls or pppoes")
	}
	tpid := headerBlock(c.at.linkType, 2, 0xffff)
	b := anyOf(tpid.is(0x8100), tpid.is(0x88a8), tpid.is(0x9100))
	if n.hasNumber {
		b = all(b, headerBlock(c.at.payload, 2, vlanMask).is(n.number))
	}
	c.at.linkType += tagSize
	c.at.payload += tagSize
	return b, nil
}

func (c *compiler) mpls(n *layerNode) (block, error) {
	entry := c.at.network()
	parts := []block{c.moreLabels(entry)}
	if c.at.labels == 0 {
		link, err := c.link(n.from, etherTypeMPLS)
		if err != nil {
			return block{}, err
		}
		parts[0] = link
	}
	if n.hasNumber {
		parts = append(parts, headerBlock(entry, 4, labelMask).is(n.number<<labelShift))
	}
	c.at.labels++
	return all(parts...), nil
}

// moreLabels looks whether the label before an entry is not the last.
func (c *compiler) moreLabels(entry int) block {
	return headerBlock(entry-2, 1, bottomMask).is(0)
}

func (c *compiler) pppoes(n *layerNode) (block, error) {
	b, err := c.link(n.from, etherTypePPPoES)
	if err != nil {
		return block{}, err
	}
	if n.hasNumber {
		b = all(b, headerBlock(c.at.payload, 4, sessionMask).is(n.number))
	}
	header := c.at.payload + pppoeBytes
	c.at = headers{linkHeader: header, linkType: header, payload: header + pppTypeBytes, ppp: true}
	return b, nil
}
