// Package budgets makes the PodDisruptionBudgets of workloads, each with the selector
// of the object itself.
package budgets

import (
	"regexp"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

var share = regexp.MustCompile(`^([1-9][0-9]?|100)%$`)

// process makes the budgets.
func process(r *krm.Run, s Spec) error {
	bound, of := "maxUnavailable", s.MaxUnavailable
	if s.MinAvailable != nil {
		bound, of = "minAvailable", s.MinAvailable
	}
	if (s.MaxUnavailable == nil) == (s.MinAvailable == nil) {
		r.Fail("spec wants one of maxUnavailable and minAvailable")
	}
	number, counted := pieces(of)
	if text, ok := of.(string); of != nil && !(counted && number > 0) && !(ok && share.MatchString(text)) {
		r.Fail("spec.%s is %v, wanted a number of at least 1, or a share from 1%% to 100%%", bound, of)
	}
	for _, w := range r.Workloads("spec.selector", s.Selector) {
		own := w.PodSelector()
		switch {
		case !w.Replicated():
			r.Warn(w.Node, "kind", "has no budget: a drain does not wait for pods of this kind, or they end by themselves")
			continue
		case own == nil:
			r.FailAt(w.Node, "spec.selector", "has neither a selector nor labels by which a budget could mean its pods")
			continue
		case bound == "minAvailable" && (counted && number >= w.Replicas() || of == "100%"):
			r.FailAt(w.Node, "spec.replicas", "has %d replicas, and %v are always to be there: no node of theirs could ever be drained", w.Replicas(), of)
			continue
		}
		o := krm.New("policy/v1", "PodDisruptionBudget", w.Namespace, w.Name, s.Labels)
		o["spec"] = pods.Budget(bound, of, own)
		r.Make(o)
	}
	return nil
}

// pieces is a value as a number, if it is one. JSON's are floats.
func pieces(v any) (int, bool) {
	f, ok := v.(float64)
	return int(f), ok && f == float64(int(f))
}
