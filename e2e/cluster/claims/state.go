// Package claims says what must be true of an installation that is up. Each
// claim is a function of a State, which is what the API server holds, and gives
// what contradicts it, one line each; nothing means that the claim holds.
package claims

import (
	"context"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// NameLabel tells a pod's component.
const NameLabel = "app.kubernetes.io/name"

// State of the cluster and of one namespace in it.
type State struct {
	Nodes        []corev1.Node
	Pods         []corev1.Pod
	Claims       []corev1.PersistentVolumeClaim
	Services     []corev1.Service
	Endpoints    []discoveryv1.EndpointSlice
	Deployments  []appsv1.Deployment
	StatefulSets []appsv1.StatefulSet
	DaemonSets   []appsv1.DaemonSet
	Jobs         []batchv1.Job
	Budgets      []policyv1.PodDisruptionBudget
}

// Look takes the state as it is.
func Look(ctx context.Context, set kubernetes.Interface, namespace string) (*State, error) {
	var all metav1.ListOptions
	s := &State{}
	var errs []error
	note := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("list %s: %w", what, err))
		}
	}
	if l, err := set.CoreV1().Nodes().List(ctx, all); err == nil {
		s.Nodes = l.Items
	} else {
		note("nodes", err)
	}
	if l, err := set.CoreV1().Pods(namespace).List(ctx, all); err == nil {
		s.Pods = l.Items
	} else {
		note("pods", err)
	}
	if l, err := set.CoreV1().PersistentVolumeClaims(namespace).List(ctx, all); err == nil {
		s.Claims = l.Items
	} else {
		note("claims", err)
	}
	if l, err := set.CoreV1().Services(namespace).List(ctx, all); err == nil {
		s.Services = l.Items
	} else {
		note("services", err)
	}
	if l, err := set.DiscoveryV1().EndpointSlices(namespace).List(ctx, all); err == nil {
		s.Endpoints = l.Items
	} else {
		note("endpoints", err)
	}
	if l, err := set.AppsV1().Deployments(namespace).List(ctx, all); err == nil {
		s.Deployments = l.Items
	} else {
		note("deployments", err)
	}
	if l, err := set.AppsV1().StatefulSets(namespace).List(ctx, all); err == nil {
		s.StatefulSets = l.Items
	} else {
		note("stateful sets", err)
	}
	if l, err := set.AppsV1().DaemonSets(namespace).List(ctx, all); err == nil {
		s.DaemonSets = l.Items
	} else {
		note("daemon sets", err)
	}
	if l, err := set.BatchV1().Jobs(namespace).List(ctx, all); err == nil {
		s.Jobs = l.Items
	} else {
		note("jobs", err)
	}
	if l, err := set.PolicyV1().PodDisruptionBudgets(namespace).List(ctx, all); err == nil {
		s.Budgets = l.Items
	} else {
		note("disruption budgets", err)
	}
	return s, errors.Join(errs...)
}

// Of gives the pods of a component that are not on their way out.
func (s *State) Of(component string) []*corev1.Pod {
	var some []*corev1.Pod
	for i := range s.Pods {
		if p := &s.Pods[i]; p.Labels[NameLabel] == component && p.DeletionTimestamp == nil {
			some = append(some, p)
		}
	}
	return some
}

// node of that name; nil if there is none.
func (s *State) node(name string) *corev1.Node {
	for i := range s.Nodes {
		if s.Nodes[i].Name == name {
			return &s.Nodes[i]
		}
	}
	return nil
}
