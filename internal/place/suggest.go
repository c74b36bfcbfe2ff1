package place

import (
	"slices"
	"strings"
)

// Suggest returns the candidate that word was most likely meant to be, or "".
// Spelling with other case, "-" and "_" counts as the same word.
func Suggest(word string, candidates []string) string {
	if slices.Contains(candidates, word) {
		return ""
	}
	best, least := "", 1<<30
	for _, c := range candidates {
		d := distance(plain(word), plain(c))
		if d < least || d == least && c < best {
			best, least = c, d
		}
	}
	if best != "" && best != word && least <= max(len(plain(word)), len(plain(best)))/3 {
		return best
	}
	// A part of the word that is there: "memory" for "userMemory".
	part := ""
	for _, c := range candidates {
		a, b := plain(word), plain(c)
		if len(a) >= 4 && len(b) >= 4 && (strings.Contains(a, b) || strings.Contains(b, a)) {
			if part != "" {
				return ""
			}
			part = c
		}
	}
	return part
}

func plain(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(s))
}

// distance is the number of letters to add, drop, change or swap with the next
// (optimal string alignment). Words longer than any name are not compared.
func distance(a, b string) int {
	const tooLong = 1 << 20
	if len(a) > 80 || len(b) > 80 {
		return tooLong
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
