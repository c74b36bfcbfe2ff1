package cache

import (
	"cmp"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// limits bound the directory.
type limits struct {
	entries int
	bytes   int64
	// foreign is how long an entry of another build may lie unused. Two
	// versions that are used in turn both keep theirs.
	foreign time.Duration
	// abandoned is the age at which a file that was never renamed is taken
	// for that of a killed process.
	abandoned time.Duration
}

// defaults hold the proofs of a thousand environments.
var defaults = limits{entries: 16384, bytes: 256 << 20, foreign: 7 * 24 * time.Hour, abandoned: time.Hour}

// every is the number of entries, on average, after which one looks for what
// is too much: that is as long as making a hundred entries.
const every = 256

// oneIn is true once in n times. Chance needs no counter that outlives the
// process and is shared with others; nothing but the moment of cleaning
// depends on it.
func oneIn(n int) func() bool { return func() bool { return rand.IntN(n) == 0 } }

// prune removes what is abandoned, what other builds left, and then the oldest
// until a quarter of the limits is free.
func (s *Store) prune() {
	dir, err := s.root.Open(".")
	if err != nil {
		return
	}
	files, err := dir.Readdir(-1)
	dir.Close()
	if err != nil {
		return
	}
	now := time.Now()
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	total := int64(0)
	files = slices.DeleteFunc(files, func(f fs.FileInfo) bool {
		gone := f.IsDir() || s.outlived(f, now)
		if gone {
			s.remove(f)
		} else {
			total += f.Size()
		}
		return gone
	})
	if len(files) <= s.limits.entries && total <= s.limits.bytes {
		return
	}
	size := int64(0)
	for i, f := range files {
		size += f.Size()
		if i >= s.limits.entries*3/4 || size > s.limits.bytes*3/4 {
			s.remove(f)
		}
	}
}

// outlived tells whether nobody will ask for a file any more.
func (s *Store) outlived(f fs.FileInfo, now time.Time) bool {
	age := now.Sub(f.ModTime())
	switch {
	case strings.HasPrefix(f.Name(), temporary):
		return age > s.limits.abandoned
	case strings.HasPrefix(f.Name(), s.prefix):
		return false
	}
	return age > s.limits.foreign
}

// remove spares directories: an entry is never one.
func (s *Store) remove(f fs.FileInfo) {
	if !f.IsDir() {
		_ = s.root.Remove(f.Name())
	}
}
