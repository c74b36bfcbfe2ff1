package claims

import (
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Up tells what is not as it should be once everything has come up: workloads
// available and up to date, claims bound, Jobs done, Services with endpoints,
// disruption budgets over pods.
func (s *State) Up() []string {
	var all []string
	for _, claim := range []func() []string{s.Available, s.Bound, s.Done, s.Reached, s.Guarded} {
		all = append(all, claim()...)
	}
	return all
}

// Available tells which workloads do not have all their pods ready and of the
// newest template, and what holds those up.
func (s *State) Available() []string {
	var all []string
	bad := func(kind, name, component string, ready, updated, want int32, seen bool) {
		// The pods themselves count too: a status may be of a moment ago.
		there := int32(0)
		for _, p := range s.Of(component) {
			if Ready(p) && owned(p, kind) {
				there++
			}
		}
		ready = min(ready, there)
		if seen && ready == want && there == want && updated == want {
			return
		}
		all = append(all, fmt.Sprintf("%s %s: %d of %d pods ready, %d up to date", kind, name, ready, want, updated))
		for _, p := range s.Of(component) {
			if why := Waiting(p); why != "" && owned(p, kind) {
				all = append(all, fmt.Sprintf("pod %s: %s", p.Name, why))
			}
		}
	}
	for _, d := range s.Deployments {
		bad("Deployment", d.Name, d.Labels[NameLabel], d.Status.AvailableReplicas, d.Status.UpdatedReplicas, *d.Spec.Replicas,
			d.Status.ObservedGeneration >= d.Generation && d.Status.Replicas == *d.Spec.Replicas)
	}
	for _, d := range s.StatefulSets {
		bad("StatefulSet", d.Name, d.Labels[NameLabel], d.Status.AvailableReplicas, d.Status.UpdatedReplicas, *d.Spec.Replicas,
			d.Status.ObservedGeneration >= d.Generation && d.Status.Replicas == *d.Spec.Replicas)
	}
	for _, d := range s.DaemonSets {
		bad("DaemonSet", d.Name, d.Labels[NameLabel], d.Status.NumberAvailable, d.Status.UpdatedNumberScheduled, d.Status.DesiredNumberScheduled,
			d.Status.ObservedGeneration >= d.Generation && d.Status.DesiredNumberScheduled > 0)
	}
	return all
}

// owned tells whether a pod is of a workload of that kind.
func owned(p *corev1.Pod, kind string) bool {
	owner := metav1.GetControllerOf(p)
	if kind == "Deployment" {
		kind = "ReplicaSet"
	}
	return owner != nil && owner.Kind == kind
}

// Waiting tells why a pod is not ready, or is nothing.
func Waiting(p *corev1.Pod) string {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return c.Reason + ": " + c.Message
		}
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return ""
		}
	}
	for _, c := range p.Status.ContainerStatuses {
		if c.State.Waiting != nil {
			return c.State.Waiting.Reason + ": " + c.State.Waiting.Message
		}
	}
	return string(p.Status.Phase)
}

// Ready tells whether a pod is ready and stays.
func Ready(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue && p.DeletionTimestamp == nil
		}
	}
	return false
}

// Bound tells which claims have no volume.
func (s *State) Bound() []string {
	var all []string
	for _, c := range s.Claims {
		if c.Status.Phase != corev1.ClaimBound {
			all = append(all, fmt.Sprintf("claim %s is %s", c.Name, c.Status.Phase))
		}
	}
	return all
}

// Done tells which Jobs are not complete.
func (s *State) Done() []string {
	var all []string
	for _, j := range s.Jobs {
		complete := false
		for _, c := range j.Status.Conditions {
			complete = complete || c.Type == batchv1.JobComplete && c.Status == corev1.ConditionTrue
		}
		if complete {
			continue
		}
		all = append(all, fmt.Sprintf("Job %s is not complete", j.Name))
		for _, p := range s.Of(j.Labels[NameLabel]) {
			if why := Waiting(p); why != "" && p.Status.Phase != corev1.PodSucceeded {
				all = append(all, fmt.Sprintf("pod %s: %s", p.Name, why))
			}
		}
	}
	return all
}

// Reached tells which Services lead to no pod, or have a port that leads to
// none: the selector is wrong, or the name of the port.
func (s *State) Reached() []string {
	var all []string
	for _, service := range s.Services {
		if len(service.Spec.Selector) == 0 {
			continue
		}
		ports := map[string]bool{}
		for _, e := range s.Endpoints {
			if e.Labels["kubernetes.io/service-name"] != service.Name || !s.leads(e) {
				continue
			}
			for _, p := range e.Ports {
				ports[*p.Name] = true
			}
			if len(e.Ports) == 0 {
				ports[""] = true
			}
		}
		if len(ports) == 0 {
			all = append(all, fmt.Sprintf("Service %s leads to no pod", service.Name))
			continue
		}
		for _, p := range service.Spec.Ports {
			if !ports[p.Name] {
				all = append(all, fmt.Sprintf("Service %s: port %s (%s) leads to no container's port", service.Name, p.Name, p.TargetPort.String()))
			}
		}
	}
	return all
}

// leads tells whether an endpoint is a ready pod that is there now.
func (s *State) leads(e discoveryv1.EndpointSlice) bool {
	for _, to := range e.Endpoints {
		for i := range s.Pods {
			if to.TargetRef != nil && to.TargetRef.UID == s.Pods[i].UID && Ready(&s.Pods[i]) {
				return true
			}
		}
	}
	return false
}

// Guarded tells which disruption budgets are over no pod, or would block an
// eviction now although all is well.
func (s *State) Guarded() []string {
	var all []string
	for _, b := range s.Budgets {
		switch {
		case b.Status.ObservedGeneration < b.Generation || b.Status.ExpectedPods == 0:
			all = append(all, fmt.Sprintf("PodDisruptionBudget %s is over no pod", b.Name))
		case b.Status.DisruptionsAllowed == 0:
			all = append(all, fmt.Sprintf("PodDisruptionBudget %s allows no eviction: %d of %d healthy, %d wanted",
				b.Name, b.Status.CurrentHealthy, b.Status.ExpectedPods, b.Status.DesiredHealthy))
		}
	}
	return all
}
