package workload

import (
	"cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// The kinds of workloads, which are also the kinds of the objects.
const (
	deployment  = "Deployment"
	statefulSet = "StatefulSet"
	daemonSet   = "DaemonSet"
	job         = "Job"
	cronJob     = "CronJob"
)

// passes tells that pods of a kind end.
func passes(kind string) bool { return kind == job || kind == cronJob }

// oldRevisions are kept for a roll-back by hand. Git has the rest.
const oldRevisions = 3

// controller is the object that makes the pods.
func controller(s Spec) krm.M {
	group := "apps/v1"
	if passes(s.Kind) {
		group = "batch/v1"
	}
	o := s.Object(group, s.Kind, s.Component)
	made := map[string]func(Spec) krm.M{
		deployment: deploymentSpec, statefulSet: statefulSetSpec, daemonSet: daemonSetSpec, job: jobSpec, cronJob: cronJobSpec,
	}[s.Kind](s)
	if s.MinReadySeconds > 0 {
		made["minReadySeconds"] = s.MinReadySeconds
	}
	o["spec"] = made
	return krm.Annotate(o, krm.Judged(s.Judged))
}

// rollShare is how much of a Deployment rolls at once: one of up to ten pods,
// and of many not one by one.
const rollShare = "10%"

func deploymentSpec(s Spec) krm.M {
	return scaled(s, krm.M{
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"strategy":             strategy(s),
		"template":             template(s),
	})
}

// strategy takes pods away before it starts the next, unless it may surge, or has
// to take all away. Kubernetes rounds a surge up, and what is unavailable down,
// but to one where both would be none.
func strategy(s Spec) krm.M {
	if s.Recreate {
		return krm.M{"type": "Recreate"}
	}
	var unavailable, surge any = rollShare, 0
	if s.Surge {
		unavailable, surge = 0, rollShare
	}
	return krm.M{
		"type":          "RollingUpdate",
		"rollingUpdate": krm.M{"maxUnavailable": unavailable, "maxSurge": surge},
	}
}

// statefulSetSpec starts all pods at once: members of a quorum wait for each
// other. Updates still go one by one, from the last to the first: more at once
// (maxUnavailable) is off in all releases of Kubernetes but the first patches of
// 1.35, which took it back because a broken pod was then never replaced
// (kubernetes/kubernetes#137409, #137904).
func statefulSetSpec(s Spec) krm.M {
	return scaled(s, krm.M{
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"serviceName":          headless(s),
		"podManagementPolicy":  "Parallel",
		"updateStrategy":       krm.M{"type": "RollingUpdate"},
		"template":             template(s),
	})
}

func daemonSetSpec(s Spec) krm.M {
	unavailable := cmp.Or(s.MaxUnavailable, "1").value()
	return krm.M{
		"revisionHistoryLimit": oldRevisions,
		"selector":             krm.M{"matchLabels": s.Selector()},
		"updateStrategy":       krm.M{"type": "RollingUpdate", "rollingUpdate": krm.M{"maxUnavailable": unavailable}},
		"template":             template(s),
	}
}

// jobSpec sets no time to live: a reconciler would miss the Job that has
// gone, and run it again.
func jobSpec(s Spec) krm.M {
	return krm.M{"backoffLimit": s.BackoffLimit, "template": template(s)}
}

// cronJobSpec starts no run beside another one. One that the cluster had no time
// for within ten minutes is left to the next: a hundred of them that were missed
// would stop a CronJob without such a deadline for good.
func cronJobSpec(s Spec) krm.M {
	made := krm.M{
		"schedule":                   s.Schedule,
		"concurrencyPolicy":          "Forbid",
		"startingDeadlineSeconds":    600,
		"successfulJobsHistoryLimit": 1,
		"failedJobsHistoryLimit":     1,
		"jobTemplate":                krm.M{"metadata": krm.M{"labels": s.Labels()}, "spec": jobSpec(s)},
	}
	if s.Suspend {
		made["suspend"] = true
	}
	return made
}
