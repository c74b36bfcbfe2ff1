package monitors

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// Grafana refuses ids of more than 40 characters, and two environments have two.
func TestUID(t *testing.T) {
	for length, same := range map[int]bool{39: true, 40: true, 41: false, 73: false} {
		file := strings.Repeat("a", length)
		if got := uid(file); (got == file) != same || len(got) > 40 {
			t.Errorf("%d: %q", length, got)
		}
	}
	if long := strings.Repeat("a", 41); uid(long+"b") == uid(long+"c") {
		t.Error("two names have one id")
	}
}
