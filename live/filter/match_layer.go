package filter

const (
	vlanMask   = 0x0fff // of the VID in a tag's TCI (IEEE 802.1Q §9.6)
	labelShift = 12     // of the label in a stack entry (RFC 3032 §2.1)
	labelMask  = 0xfffff000

	pppoeBytes   = 6      // RFC 2516 §4: version and type, code, session, length
	sessionMask  = 0xffff // of the session in the first four bytes
	pppTypeBytes = 2
)

// layer compiles vlan, mpls and pppoes, and moves on what comes after.
func (c *compiler) layer(n *layerNode) (test, error) {
	switch n.from.text {
	case "mpls":
		return c.mpls(n)
	case "pppoes":
		return c.pppoes(n)
	default:
		return c.vlan(n)
	}
}

func (c *compiler) vlan(n *layerNode) (test, error) {
	if c.at.labels > 0 || c.at.ppp {
		return nil, c.wrong(n.from, "no vlan after mpls or pppoes")
	}
	at, tci := c.at.linkType, c.at.payload
	c.at.linkType += tagSize
	c.at.payload += tagSize
	if !n.hasNumber {
		return func(f frame) verdict {
			tpid, ok := f.u16(at)
			if !ok {
				return outside
			}
			return verdictOf(isTag(tpid))
		}, nil
	}
	vid := uint16(n.number)
	return func(f frame) verdict {
		tpid, ok := f.u16(at)
		if !ok {
			return outside
		}
		if !isTag(tpid) {
			return no
		}
		v, ok := f.u16(tci)
		if !ok {
			return outside
		}
		return verdictOf(v&vlanMask == vid)
	}, nil
}

func (c *compiler) mpls(n *layerNode) (test, error) {
	var tests []test
	entry := c.at.network()
	if c.at.labels > 0 {
		tests = append(tests, func(f frame) verdict { // the entry before is not the bottom
			b, ok := f.u8(entry - 2)
			if !ok {
				return outside
			}
			return verdictOf(b&1 == 0)
		})
	} else {
		link, err := c.link(n.from, etherTypeMPLS)
		if err != nil {
			return nil, err
		}
		tests = append(tests, link.match)
	}
	if n.hasNumber {
		tests = append(tests, masked(entry, labelMask, n.number<<labelShift))
	}
	c.at.labels++
	return all(tests...), nil
}

func (c *compiler) pppoes(n *layerNode) (test, error) {
	link, err := c.link(n.from, etherTypePPPoES)
	if err != nil {
		return nil, err
	}
	tests := []test{link.match}
	if n.hasNumber {
		tests = append(tests, masked(c.at.payload, sessionMask, n.number))
	}
	header := c.at.payload + pppoeBytes
	c.at = headers{linkHeader: header, linkType: header, payload: header + pppTypeBytes, ppp: true}
	return all(tests...), nil
}

// masked compares some bits of four bytes.
func masked(at int, mask, value uint32) test {
	return func(f frame) verdict {
		v, ok := f.u32(at)
		if !ok {
			return outside
		}
		return verdictOf(v&mask == value)
	}
}
