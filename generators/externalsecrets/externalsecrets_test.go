package externalsecrets

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// A key of a Secret has at most 253 characters.
func TestLongestKey(t *testing.T) {
	for length, fine := range map[int]bool{1: true, 253: true, 254: false} {
		key := strings.Repeat("k", length)
		spec := Spec{Owner: krm.Owner{Component: "a", Tier: "b"}, Secrets: []Secret{{Name: "s", Keys: map[string]Key{key: {Fixed: "x"}}}}}
		if err := check(spec); (err == nil) != fine {
			t.Errorf("a key of %d: %v", length, err)
		}
	}
}
