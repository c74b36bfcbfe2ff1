// Package seeds says how many random cases a test plays: a few with -short,
// which is the tier of every commit, and all without. It is for tests alone.
//
// A test that fails names its seed, and plays it alone with
//
//	go test ./internal/render -run Rebuilds -args -seed 17 -cases 1
package seeds

import (
	"flag"
	"testing"
)

// Flags of every test binary that imports this package. The name -count would
// be that of go test itself.
var (
	first = flag.Uint64("seed", 1, "first seed of the random cases")
	cases = flag.Int("cases", 0, "number of random cases, if not the tier's")
)

// Of returns a test's seeds, few or all of them, and says in its log which.
func Of(t testing.TB, few, all int) []uint64 {
	t.Helper()
	s := make([]uint64, Count(few, all))
	for i := range s {
		s[i] = *first + uint64(i)
	}
	t.Logf("%d of %d seeds, from %d", len(s), all, *first)
	return s
}

// Count is the number of seeds: few with -short, else all, unless -cases says
// another.
func Count(few, all int) int {
	switch {
	case *cases > 0:
		return *cases
	case testing.Short():
		return few
	}
	return all
}
