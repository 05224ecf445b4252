package ovs

import (
	"fmt"
	"slices"
)

// Difference is something that two descriptions of a mirror do not agree on, in words.
type Difference struct {
	// What differs: "name", "selection", "sources", "VLANs", "output", "snaplen", "filter".
	What    string
	Was, Is string
}

// Differences says what a mirror's user would have to change to get from one
// description to another.
func (c MirrorSpec) Differences(s *Snapshot, to MirrorSpec) []Difference {
	var all []Difference
	differ := func(what string, differs bool, was, is string) {
		if differs {
			all = append(all, Difference{what, was, is})
		}
	}
	from := c.sorted()
	to = to.sorted()
	selection := func(all bool) string {
		if all {
			return "the whole bridge"
		}
		return "ports"
	}
	differ("name", from.Name != to.Name, from.Name, to.Name)
	differ("selection", from.SelectAll != to.SelectAll, selection(from.SelectAll), selection(to.SelectAll))
	differ("sources", !slices.Equal(from.Sources, to.Sources), s.sourcesOrNone(from.Sources), s.sourcesOrNone(to.Sources))
	differ("VLANs", !slices.Equal(from.VLANs, to.VLANs), vlansOrAll(from.VLANs), vlansOrAll(to.VLANs))
	differ("output", !from.Output.same(to.Output), from.Output.text(s), to.Output.text(s))
	differ("snaplen", from.SnapLen != to.SnapLen, bytesOrAll(from.SnapLen), bytesOrAll(to.SnapLen))
	differ("filter", from.Filter != to.Filter, orNone(from.Filter), orNone(to.Filter))
	return all
}

func (s *Snapshot) sourcesOrNone(list []Source) string { return orNone(sourcesText(s, list)) }

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func vlansOrAll(list []int) string {
	if len(list) == 0 {
		return "all"
	}
	return Ranges(list)
}

func bytesOrAll(n int) string {
	if n == 0 {
		return "whole packets"
	}
	return fmt.Sprintf("%d bytes", n)
}

// Merge puts what a user wants, who has seen a mirror as it was, together with what
// somebody else has made of it meanwhile: each keeps what only he has changed, and
// sources and VLANs are added and taken away by both. Of what both have changed
// differently, mine decides whose word counts; conflicts names that.
func Merge(seen, want, is MirrorSpec, mine bool) (merged MirrorSpec, conflicts []string) {
	seen, want, is = seen.sorted(), want.sorted(), is.sorted()
	merged = is
	mergeValue(&merged.Name, seen.Name, want.Name, "name", mine, &conflicts)
	mergeValue(&merged.SelectAll, seen.SelectAll, want.SelectAll, "selection", mine, &conflicts)
	mergeValue(&merged.SnapLen, seen.SnapLen, want.SnapLen, "snaplen", mine, &conflicts)
	mergeValue(&merged.Filter, seen.Filter, want.Filter, "filter", mine, &conflicts)
	merged.Sources = mergeSets(seen.Sources, want.Sources, is.Sources)
	merged.VLANs = mergeSets(seen.VLANs, want.VLANs, is.VLANs)
	switch {
	case want.Output.same(seen.Output) || want.Output.same(is.Output):
	case is.Output.same(seen.Output):
		merged.Output = want.Output
	default:
		conflicts = append(conflicts, "output")
		if mine {
			merged.Output = want.Output
		}
	}
	return merged.sorted(), conflicts
}

// mergeValue leaves in is what counts.
func mergeValue[T comparable](is *T, seen, want T, what string, mine bool, conflicts *[]string) {
	switch {
	case want == seen || want == *is:
	case *is == seen:
		*is = want
	default:
		*conflicts = append(*conflicts, what)
		if mine {
			*is = want
		}
	}
}

func mergeSets[T comparable](seen, want, is []T) []T {
	merged := slices.DeleteFunc(slices.Clone(is), func(v T) bool {
		return slices.Contains(seen, v) && !slices.Contains(want, v)
	})
	for _, v := range want {
		if !slices.Contains(seen, v) && !slices.Contains(merged, v) {
			merged = append(merged, v)
		}
	}
	return merged
}
