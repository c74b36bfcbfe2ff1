package workload

import "github.com/whiskops/whiskops/internal/krm"

// autoscaler decides how many pods there are. The workload says nothing of it: a
// reconciler would reset the number each time.
func autoscaler(s Spec) krm.M {
	o := s.Object("autoscaling/v2", "HorizontalPodAutoscaler", s.Component)
	o["spec"] = krm.M{
		"scaleTargetRef": krm.M{"apiVersion": "apps/v1", "kind": s.Kind, "name": s.Component},
		"minReplicas":    s.Autoscale.Min,
		"maxReplicas":    s.Autoscale.Max,
		"metrics": krm.L{krm.M{
			"type": "Resource",
			"resource": krm.M{
				"name":   "cpu",
				"target": krm.M{"type": "Utilization", "averageUtilization": s.Autoscale.CPU},
			},
		}},
	}
	return o
}

// scaled leaves the number of pods to the autoscaler, if there is one.
func scaled(s Spec, made krm.M) krm.M {
	if s.Autoscale == nil {
		made["replicas"] = s.Replicas
	}
	return made
}
