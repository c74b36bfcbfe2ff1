package pods

import "github.com/whiskops/whiskops/internal/krm"

// Budget is the specification of a PodDisruptionBudget that lets a node drain take some
// pods: a bound, "maxUnavailable" or "minAvailable", and its value. A pod that is not
// ready may always go: it would otherwise block the drain for ever and serves nobody.
func Budget(bound string, of any, selector krm.M) krm.M {
	return krm.M{bound: of, "selector": selector, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
}
