package filter

import (
	"errors"
	"testing"
)

// FuzzParse: no panic, and what was parsed is what String says.
func FuzzParse(f *testing.F) {
	for _, e := range expressions() {
		f.Add(e)
	}
	samples := recording()
	few := samples[:0:0]
	for i := 0; i < len(samples); i += 50 {
		few = append(few, samples[i])
	}
	f.Fuzz(func(t *testing.T, expression string) {
		a, err := Parse(expression)
		if err != nil {
			var e *SyntaxError
			if !errors.As(err, &e) || e.Column < 1 || e.Column > len(expression)+1 || e.Expected == "" {
				t.Fatalf("%q: %#v", expression, err)
			}
			return
		}
		b, err := Parse(a.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", expression, a, err)
		}
		not, err := Parse("not (" + expression + ")")
		if err != nil {
			not = nil // too deep or too long with that, or empty
		}
		for _, s := range few {
			got := a.Match(s.data, s.wireLen)
			if got != b.Match(s.data, s.wireLen) {
				t.Fatalf("%q and %q differ on %x", expression, b, s.data)
			}
			if got && not != nil && not.Match(s.data, s.wireLen) {
				t.Fatalf("%q and its opposite match %x", expression, s.data)
			}
		}
	})
}

// FuzzMatch: no panic whatever the frame, and a filter without vlan says the same
// of a frame without its tags.
func FuzzMatch(f *testing.F) {
	filters := make([]*Filter, len(expressions()))
	for i, e := range expressions() {
		var err error
		if filters[i], err = Parse(e); err != nil {
			f.Fatal(err)
		}
	}
	for i, s := range recording() {
		if i%20 == 0 {
			f.Add(uint16(i), uint16(s.wireLen), s.data)
		}
	}
	f.Fuzz(func(t *testing.T, which, wireLen uint16, data []byte) {
		filter := filters[int(which)%len(filters)]
		s := sample{data, max(int(wireLen), len(data))}
		got := filter.Match(s.data, s.wireLen)
		stripped := s.stripped()
		if tags := len(s.data) - len(stripped.data); filter.tagged || tags > maxTags*tagSize {
			return
		}
		if got != filter.Match(stripped.data, stripped.wireLen) {
			t.Fatalf("%s: %v, but not without tags: %x", filter, got, data)
		}
	})
}
