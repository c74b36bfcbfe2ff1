package workload

import "github.com/whiskops/whiskops/internal/krm"

// The kinds of workloads, which are also the kinds of the objects.
const (
	deployment  = "Deployment"
	statefulSet = "StatefulSet"
	daemonSet   = "DaemonSet"
	job         = "Job"
)

// oldRevisions are kept for a roll-back by hand. Git has the rest.
const oldRevisions = 3

// controller is the object that makes the pods.
func controller(s Spec) krm.M {
	group := "apps/v1"
	if s.Kind == job {
		group = "batch/v1"
	}
	o := s.Object(group, s.Kind, s.Component)
	o["spec"] = map[string]func(Spec) krm.M{
		deployment: deploymentSpec, statefulSet: statefulSetSpec, daemonSet: daemonSetSpec, job: jobSpec,
	}[s.Kind](s)
	return o
}

func deploymentSpec(s Spec) krm.M {
	return krm.M{
		"replicas":             s.Replicas,
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"strategy":             strategy(s),
		"template":             template(s),
	}
}

// strategy takes one pod away before it starts the next, unless it may surge,
// or has to take all away.
func strategy(s Spec) krm.M {
	if s.Recreate {
		return krm.M{"type": "Recreate"}
	}
	unavailable, surge := 1, 0
	if s.Surge {
		unavailable, surge = 0, 1
	}
	return krm.M{
		"type":          "RollingUpdate",
		"rollingUpdate": krm.M{"maxUnavailable": unavailable, "maxSurge": surge},
	}
}

// statefulSetSpec starts all pods at once: members of a quorum wait for each
// other. Updates still go one by one, from the last to the first.
func statefulSetSpec(s Spec) krm.M {
	return krm.M{
		"replicas":             s.Replicas,
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"serviceName":          headless(s),
		"podManagementPolicy":  "Parallel",
		"updateStrategy":       krm.M{"type": "RollingUpdate"},
		"template":             template(s),
	}
}

func daemonSetSpec(s Spec) krm.M {
	return krm.M{
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"updateStrategy":       krm.M{"type": "RollingUpdate", "rollingUpdate": krm.M{"maxUnavailable": 1}},
		"template":             template(s),
	}
}

// jobSpec sets no time to live: a reconciler would miss the Job that has
// gone, and run it again.
func jobSpec(s Spec) krm.M {
	return krm.M{"backoffLimit": s.BackoffLimit, "template": template(s)}
}
