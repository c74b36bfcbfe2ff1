package report

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkFolding: what folds compares environments with each other. Twenty times
// the environments should take some twenty times as long; the square would be four
// hundred times.
func BenchmarkFolding(b *testing.B) {
	for name, write := range writers {
		for _, n := range []int{10, 200} {
			r := distinct(n)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if err := write(io.Discard, r, Options{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
