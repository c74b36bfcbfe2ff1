//go:build unix

package report

import (
	"syscall"
	"testing"
	"time"
)

// TestFoldingIsLinear: twenty times the environments take some twenty times as much
// of the processor, where four hundred times would be the square.
func TestFoldingIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	for name, write := range writers {
		took := func(n, times int) time.Duration {
			r, best := distinct(n), time.Hour
			for range times {
				begin := processor(t)
				written(t, write, r, Options{})
				best = min(best, processor(t)-begin)
			}
			return best
		}
		few, many := took(10, 5), took(200, 2)
		t.Logf("%s: %v for 10 environments, %v for 200", name, few, many)
		if many > 100*few+50*time.Millisecond {
			t.Errorf("%s: %v for 10 environments, %v for 200", name, few, many)
		}
	}
}

// processor time that this process has had. On a busy machine it says more than a
// clock does.
func processor(t *testing.T) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano())
}
