// Package waits holds the pods of any workload back until what they need answers: by
// init containers, which say for what they wait, and after minutes what may be wrong.
package waits

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// process changes the selected workloads.
func process(r *krm.Run, s Spec) error {
	r.Given("spec.image", s.Image)
	if len(s.Waits) == 0 {
		r.Fail("spec.waits is empty")
	}
	pods.Check(&r.Check, "spec.waits", s.Waits)
	seen := map[string]bool{}
	var init krm.L
	for i, w := range s.Waits {
		r.Unique(fmt.Sprintf("spec.waits[%d].name", i), w.Name, seen)
		init = append(init, w.Container(s.Image))
	}
	workloads := r.Workloads("spec.selector", s.Selector)
	if r.Err() != nil {
		return nil
	}
	for _, w := range workloads {
		if err := r.Merge(w.Node, w.Fragment(krm.M{"initContainers": init})); err != nil {
			return err
		}
		r.Tell(w.Node, "waits for %d others", len(init))
	}
	return nil
}
