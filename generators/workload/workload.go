// Package workload makes one workload and what belongs to it: the Deployment,
// StatefulSet, DaemonSet, Job or CronJob, its service account and role, its Services
// and its disruption budget.
//
// Every pod passes the restricted Pod Security Standard; that is not for the
// functionConfig to say. Where a workload keeps data, on which nodes it runs
// and who may talk to it are added by other functions later: they put what
// they add before what stands here, so that a patch which replaces it for one
// environment leaves the rest in its order.
package workload

import (
	"github.com/whiskops/whiskops/internal/krm"
)

// Process adds the workload's objects to the list.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	objects := account(spec)
	objects = append(objects, services(spec)...)
	objects = append(objects, controller(spec))
	if spec.MaxUnavailable != "" && spec.Kind != daemonSet {
		objects = append(objects, budget(spec))
	}
	if spec.Autoscale != nil {
		objects = append(objects, autoscaler(spec))
	}
	return krm.Add(rl, objects...)
}
