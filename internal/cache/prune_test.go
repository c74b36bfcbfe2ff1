package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// names puts n entries, the first the oldest, and returns their files.
func names(t *testing.T, s *Store, dir string, n int) []string {
	t.Helper()
	var files []string
	for i := range n {
		k := key(fmt.Sprint(i))
		s.Put("proof", k, []byte("12345678"))
		files = append(files, s.name("proof", k))
		old(t, dir, files[i], time.Duration(n-i)*time.Minute)
	}
	return files
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := []string{}
	for _, e := range entries {
		files = append(files, e.Name())
	}
	return files
}

func TestPruneOldestFirst(t *testing.T) {
	const size = 40 // of an entry
	for _, tt := range []struct {
		name   string
		limits limits
		kept   int
	}{
		{"as many as allowed", limits{entries: 8, bytes: 1 << 20}, 8},
		{"one too many", limits{entries: 7, bytes: 1 << 20}, 5},
		{"as large as allowed", limits{entries: 100, bytes: 8 * size}, 8},
		{"a byte too large", limits{entries: 100, bytes: 8*size - 1}, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			own(t, dir)
			s := store(t, dir, "build")
			files := names(t, s, dir, 8)
			s.limits = tt.limits
			s.prune()
			want := slices.Clone(files[8-tt.kept:])
			slices.Sort(want)
			if diff := cmp.Diff(want, listing(t, dir)); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPruneOutlived(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s, other := store(t, dir, "build"), store(t, dir, "other")
	mine := names(t, s, dir, 1)[0]
	theirs := names(t, other, dir, 2)
	for _, name := range []string{"new-young", "new-old"} {
		write(t, filepath.Join(dir, name), "")
	}
	old(t, dir, mine, 1000*time.Hour)
	old(t, dir, theirs[0], defaults.foreign+time.Minute)
	old(t, dir, theirs[1], defaults.foreign-time.Minute)
	old(t, dir, "new-old", defaults.abandoned+time.Minute)
	old(t, dir, "new-young", defaults.abandoned-time.Minute)
	s.prune()
	want := []string{mine, theirs[1], "new-young"}
	slices.Sort(want)
	if diff := cmp.Diff(want, listing(t, dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestPruneByItself: a store that is only put to stays bounded.
func TestPruneByItself(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s := Open(dir, "build")
	defer s.Close()
	s.limits = limits{entries: 50, bytes: 1 << 20}
	s.due = oneIn(8)
	for i := range 2000 {
		s.Put("proof", key(fmt.Sprint(i)), nil)
	}
	// Not to prune 400 times in turn has a chance of 10 to the minus 23.
	if n := len(listing(t, dir)); n > 450 {
		t.Errorf("%d entries are left", n)
	}
}
