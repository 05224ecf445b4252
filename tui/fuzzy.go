package tui

import (
	"strings"
	"unicode"
)

// needle is what is looked for: words of letters that must come in their order,
// but not next to each other.
type needle [][]rune

func newNeedle(text string) needle {
	var n needle
	for _, word := range strings.Fields(text) {
		n = append(n, lower(word))
	}
	return n
}

// lower keeps the number of characters, unlike strings.ToLower.
func lower(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = unicode.ToLower(r)
	}
	return runes
}

// Points of a match: letters that follow each other and that begin a word tell
// more than such anywhere; letters between cost.
const (
	pointsEach      = 16
	pointsFollowing = 24
	pointsBeginning = 20
	costOfGap       = 2
	mostGap         = 12
)

// match finds the words in a lower-case text. It says how well they fit and where
// their letters are.
func (n needle) match(text []rune) (points int, at []int, ok bool) {
	for _, word := range n {
		p, where, found := matchWord(word, text)
		if !found {
			return 0, nil, false
		}
		points += p
		at = append(at, where...)
	}
	return points, at, true
}

// matchWord tries every place where the word's first letter is, and takes the best.
func matchWord(word, text []rune) (best int, at []int, ok bool) {
	where := make([]int, len(word))
	const tries = 8
	tried := 0
	for start := 0; start+len(word) <= len(text) && tried < tries; start++ {
		if text[start] != word[0] {
			continue
		}
		tried++
		if !follow(word, text, start, where) {
			break // nor will it from further on
		}
		if points := weigh(text, where); !ok || points > best {
			best, at, ok = points, append(at[:0], where...), true
		}
	}
	return best, at, ok
}

// follow finds the word's letters from a place on, each as early as can be.
func follow(word, text []rune, from int, where []int) bool {
	i := from
	for k, r := range word {
		for i < len(text) && text[i] != r {
			i++
		}
		if i == len(text) {
			return false
		}
		where[k] = i
		i++
	}
	return true
}

func weigh(text []rune, where []int) int {
	points := 0
	for k, i := range where {
		points += pointsEach
		switch {
		case k > 0 && where[k-1] == i-1:
			points += pointsFollowing
		case beginsWord(text, i):
			points += pointsBeginning
		}
		if k > 0 {
			points -= min(mostGap, costOfGap*(i-where[k-1]-1))
		}
	}
	return points
}

// beginsWord reports whether a letter is the first of a word or number.
func beginsWord(text []rune, i int) bool {
	if i == 0 {
		return true
	}
	before, here := text[i-1], text[i]
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) || unicode.IsDigit(here) != unicode.IsDigit(before)
}
