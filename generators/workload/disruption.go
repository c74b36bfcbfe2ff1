package workload

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// budget of the pods of the workload.
func budget(s Spec) krm.M {
	o := s.Object("policy/v1", "PodDisruptionBudget", s.Component)
	o["spec"] = pods.Budget("maxUnavailable", s.MaxUnavailable.value(), krm.M{"matchLabels": s.Selector()})
	return o
}
