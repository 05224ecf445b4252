package wire

import "slices"

// set reads a column's value (RFC 7047 §5.1) into a field.
func set(p *parser, field any) {
	switch f := field.(type) {
	case *string:
		*f = p.atom()
	case *int:
		*f = p.int()
	case *bool:
		*f = p.bool()
	case **string:
		*f = optional(p, p.atom)
	case **int:
		*f = optional(p, p.int)
	case *[]string:
		*f = elements(p, p.atom)
	case *[]int:
		*f = elements(p, p.int)
	case *map[string]string:
		*f = pairs(p, p.atom)
	case *map[string]int:
		*f = pairs(p, p.int)
	case *map[string]uint64:
		*f = pairs(p, func() uint64 { return uint64(max(0, p.int())) })
	default:
		p.fail("a field of another type")
	}
}

// modify changes a field as an update2 says: columns with at most one value are
// replaced; of sets, the elements told come or go; of maps, pairs that are there
// already go, others are put in (ovsdb-server(7), "Update2 Notification").
func modify(p *parser, field any) {
	switch f := field.(type) {
	case *[]string:
		*f = toggled(*f, elements(p, p.atom))
	case *[]int:
		*f = toggled(*f, elements(p, p.int))
	case *map[string]string:
		*f = merged(*f, pairs(p, p.atom))
	case *map[string]int:
		*f = merged(*f, pairs(p, p.int))
	default:
		set(p, field)
	}
}

// atom reads a string, or the text of ["uuid", "…"].
func (p *parser) atom() string {
	if p.peek() != '[' {
		return p.string()
	}
	p.at++
	p.string()
	p.expect(',')
	text := p.string()
	p.expect(']')
	return text
}

// compound reads ["set", […]], calling element for each, and reports true; of
// anything else it reads nothing.
func (p *parser) compound(tag string, element func()) bool {
	if p.peek() != '[' {
		return false
	}
	start := p.at
	p.at++
	if p.string() != tag {
		p.at = start
		return false
	}
	p.expect(',')
	p.array(element)
	p.expect(']')
	return true
}

func optional[T any](p *parser, value func() T) *T {
	list := elements(p, value)
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// elements reads a set; one of a single element may be written as that.
func elements[T any](p *parser, value func() T) []T {
	var list []T
	if !p.compound("set", func() { list = append(list, value()) }) {
		list = append(list, value())
	}
	return list
}

func pairs[T any](p *parser, value func() T) map[string]T {
	var m map[string]T
	ok := p.compound("map", func() {
		p.expect('[')
		key := p.atom()
		p.expect(',')
		if m == nil {
			m = map[string]T{}
		}
		m[key] = value()
		p.expect(']')
	})
	if !ok {
		p.fail("a map")
	}
	return m
}

func toggled[T comparable](old, differing []T) []T {
	goes := make(map[T]bool, len(differing))
	for _, v := range differing {
		goes[v] = true
	}
	out := make([]T, 0, len(old)+len(differing))
	for _, v := range old {
		if goes[v] {
			delete(goes, v)
			continue
		}
		out = append(out, v)
	}
	for _, v := range differing {
		if goes[v] {
			out = append(out, v)
		}
	}
	return slices.Clip(out)
}

func merged[T comparable](old, differing map[string]T) map[string]T {
	out := make(map[string]T, len(old)+len(differing))
	for k, v := range old {
		out[k] = v
	}
	for k, v := range differing {
		if was, there := out[k]; there && was == v {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}
