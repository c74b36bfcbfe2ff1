package workload

import "github.com/whiskops/whiskops/internal/krm"

// budget lets a node drain take some pods. A pod that is not ready may always
// go: it would otherwise block the drain for ever and serves nobody.
func budget(s Spec) krm.M {
	o := s.Object("policy/v1", "PodDisruptionBudget", s.Component)
	o["spec"] = krm.M{
		"maxUnavailable":             s.MaxUnavailable.value(),
		"selector":                   krm.M{"matchLabels": s.Selector()},
		"unhealthyPodEvictionPolicy": "AlwaysAllow",
	}
	return o
}
