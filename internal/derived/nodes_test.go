package derived

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// TestFreePods: what has a pod on each of the invokers' nodes takes the place of
// an action.
func TestFreePods(t *testing.T) {
	free := func(prePull bool) int64 {
		env := environment.Base()
		env.Actions.PrePull = prePull
		v, err := New(&env)
		if err != nil {
			t.Fatal(err)
		}
		return v.FreePods(environment.NodePool{Count: 1, Pods: 110, SystemPods: 10})
	}
	if without, with := free(false), free(true); without != 99 || with != 98 {
		t.Errorf("%d action pods without, %d with", without, with)
	}
}
