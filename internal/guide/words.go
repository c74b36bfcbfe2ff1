package guide

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// code sets words as code.
func code(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = "`" + w + "`"
	}
	return all
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// numbered is what names made of a stem and an ordinal are: the first and the
// last of them.
func numbered(stem string, n int) string {
	if n == 1 {
		return "`" + stem + "0`"
	}
	return fmt.Sprintf("`%s0` to `%s%d`", stem, stem, n-1)
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// upper begins a sentence.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// next revision after one that is written.
func next(revision int) int { return revision + 1 }
