package render

import (
	"fmt"
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/kustomize"
)

type service struct {
	Spec struct {
		Type      string            `json:"type"`
		ClusterIP string            `json:"clusterIP"`
		Selector  map[string]string `json:"selector"`
		Ports     []struct {
			Name       string `json:"name"`
			Port       int    `json:"port"`
			TargetPort any    `json:"targetPort"`
		} `json:"ports"`
	} `json:"spec"`
}

// TestSelectors: what selects pods selects some, in its own namespace, and a
// Service's ports are theirs.
func TestSelectors(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		workloads := s.workloads(t)
		selected := func(o kustomize.Object, namespace string, sel selector) []*workload {
			var all []*workload
			for _, w := range workloads {
				if w.Namespace == namespace && sel.matches(t, w.labels()) {
					all = append(all, w)
				}
			}
			if len(all) == 0 && !s.actionPods(sel, namespace) {
				t.Errorf("%s selects no pod of namespace %s by %v", o, namespace, sel.MatchLabels)
			}
			return all
		}
		for _, o := range s.of("Service") {
			svc := read[service](t, o.Value)
			for _, w := range selected(o, o.Namespace, selector{MatchLabels: svc.Spec.Selector}) {
				if len(svc.Spec.Selector) == 0 || w.Kind == "Job" {
					t.Errorf("%s sends requests to %s", o, w.Object)
				}
				for _, p := range svc.Spec.Ports {
					if !slices.ContainsFunc(w.pod().Containers, func(c container) bool { return hasPort(c, p.TargetPort) }) {
						t.Errorf("%s: port %s goes to %v, which %s does not have", o, p.Name, p.TargetPort, w.Object)
					}
				}
			}
		}
		for _, o := range s.of("PodDisruptionBudget") {
			budget := read[struct{ Spec struct{ Selector selector } }](t, o.Value)
			if n := len(selected(o, o.Namespace, budget.Spec.Selector)); n != 1 || len(budget.Spec.Selector.MatchLabels) == 0 {
				t.Errorf("%s is of %d workloads", o, n)
			}
		}
		for _, o := range s.of("NetworkPolicy") {
			p := read[policy](t, o.Value)
			if len(p.Spec.PodSelector.MatchLabels) > 0 {
				selected(o, o.Namespace, p.Spec.PodSelector)
			}
			for _, rule := range slices.Concat(p.Spec.Ingress, p.Spec.Egress) {
				for _, peer := range slices.Concat(rule.From, rule.To) {
					namespace := o.Namespace
					if peer.NamespaceSelector != nil {
						namespace = peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
					}
					if m := s.values.Env.Metrics; m != nil && namespace == m.Namespace {
						continue // TestMeasured looks at it
					}
					if peer.PodSelector != nil {
						selected(o, namespace, *peer.PodSelector)
					} else if peer.IPBlock == nil && !onPort(rule, 53, "UDP") {
						// The cluster's DNS is known by its namespace alone.
						t.Errorf("%s lets in or out a whole namespace", o)
					}
				}
			}
		}
	})
}

// actionPods are made by invokers, and are in no build.
func (s *sample) actionPods(sel selector, namespace string) bool {
	of, labels := s.values.Catalog.Actions, fmt.Sprint(sel.MatchLabels)
	return namespace == s.values.ActionNamespace && (labels == fmt.Sprint(of.Labels) || labels == fmt.Sprint(of.System.Labels))
}

// Every workload that serves has a budget, so that nodes can be drained one by
// one; DaemonSets are not drained, and what is made anew in one place is missed by
// nobody.
func TestDisruptionBudgets(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		for _, w := range s.workloads(t) {
			o, ok := s.find("PodDisruptionBudget", w.Namespace, w.component())
			if want := w.Kind == "Deployment" && w.Spec.Strategy.Type != "Recreate" || w.Kind == "StatefulSet"; ok != want {
				t.Errorf("%s: a disruption budget: %v", w.Object, ok)
			}
			// With one of three brokers away the quorum stands; a budget that
			// allows none would hold up a drain for ever. Of many alike a share
			// may go, which is rounded up.
			spec := read[struct {
				Spec struct{ MaxUnavailable, MinAvailable any }
			}](t, o.Value).Spec
			allowed := spec.MaxUnavailable == float64(1) || spec.MaxUnavailable == s.values.Env.Invoker.MaxUnavailable
			if s.values.Autoscale(w.component()) != nil {
				allowed = spec.MaxUnavailable == "10%"
			}
			if ok && (!allowed || spec.MinAvailable != nil) {
				t.Errorf("%s allows %v", o, spec)
			}
		}
	})
}

// A workload has its number of pods, or an autoscaler that decides it: never both,
// which would undo each other, and never neither.
func TestAutoscalers(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		for _, w := range s.workloads(t) {
			number := read[struct{ Spec struct{ Replicas *int } }](t, w.Value).Spec.Replicas
			o, scaled := s.find("HorizontalPodAutoscaler", w.Namespace, w.component())
			switch a := s.values.Autoscale(w.component()); {
			case (a != nil) != scaled:
				t.Errorf("%s: an autoscaler: %v", w.Object, scaled)
			case scaled && number != nil:
				t.Errorf("%s: an autoscaler beside %d replicas", w.Object, *number)
			case scaled:
				spec := read[struct {
					Spec struct {
						ScaleTargetRef           struct{ Kind, Name string }
						MinReplicas, MaxReplicas int
					}
				}](t, o.Value).Spec
				if target := spec.ScaleTargetRef; target.Kind != w.Kind || target.Name != w.Name || spec.MinReplicas != a.Min || spec.MaxReplicas != a.Max {
					t.Errorf("%s: %+v, wanted %+v", o, spec, *a)
				}
			case number == nil && (w.Kind == "Deployment" || w.Kind == "StatefulSet"):
				t.Errorf("%s: nobody says how many pods it has", w.Object)
			}
		}
	})
}

// TestBindings: an Ingress and an HTTPRoute lead to a port of a Service, a role
// is bound to an account, and a static volume to a claim.
func TestBindings(t *testing.T) {
	type ref struct{ Kind, Name, Namespace string }
	eachSample(t, func(t *testing.T, s *sample) {
		hasService := func(o kustomize.Object, name string, port any) {
			t.Helper()
			svc, ok := s.find("Service", o.Namespace, name)
			for _, p := range read[service](t, svc.Value).Spec.Ports {
				if ok && (fmt.Sprint(p.Port) == fmt.Sprint(port) || p.Name == port) {
					return
				}
			}
			t.Errorf("%s leads to port %v of Service %s, which is none", o, port, name)
		}
		for _, o := range s.of("Ingress") {
			spec := read[struct {
				Spec struct {
					Rules []struct {
						HTTP struct {
							Paths []struct {
								Backend struct {
									Service struct {
										Name string
										Port struct {
											Name   string
											Number int
										}
									}
								}
							}
						}
					}
				}
			}](t, o.Value).Spec
			for _, r := range spec.Rules {
				for _, p := range r.HTTP.Paths {
					hasService(o, p.Backend.Service.Name, p.Backend.Service.Port.Name)
				}
			}
		}
		for _, o := range s.of("HTTPRoute") {
			spec := read[struct {
				Spec struct {
					Rules []struct {
						BackendRefs []struct {
							Name string
							Port int
						}
					}
				}
			}](t, o.Value).Spec
			for _, r := range spec.Rules {
				for _, b := range r.BackendRefs {
					hasService(o, b.Name, b.Port)
				}
			}
		}
		for _, o := range s.of("RoleBinding") {
			b := read[struct {
				RoleRef  ref
				Subjects []ref
			}](t, o.Value)
			if b.RoleRef.Kind == "ClusterRole" {
				// A platform's own, for everything in the namespace.
				roles := s.values.Catalog.ClusterRoles[s.values.Env.Cluster.Platform]
				known := slices.Contains(slices.Concat(roles.Installation, roles.Actions), b.RoleRef.Name)
				if !known || len(b.Subjects) != 1 || b.Subjects[0].Kind != "Group" || b.Subjects[0].Name != "system:serviceaccounts:"+o.Namespace {
					t.Errorf("%s binds ClusterRole %s to %v", o, b.RoleRef.Name, b.Subjects)
				}
				continue
			}
			if _, ok := s.find("Role", o.Namespace, b.RoleRef.Name); !ok {
				t.Errorf("%s binds Role %s, which is none", o, b.RoleRef.Name)
			}
			for _, sub := range b.Subjects {
				if _, ok := s.find(sub.Kind, sub.Namespace, sub.Name); !ok {
					t.Errorf("%s binds %s %s/%s, which is none", o, sub.Kind, sub.Namespace, sub.Name)
				}
			}
		}
		claims := map[string]bool{}
		for _, w := range s.workloads(t) {
			for _, c := range w.Spec.VolumeClaimTemplates {
				for i := range s.values.Replicas(w.component()) {
					claims[fmt.Sprintf("%s/%s-%s-%d", w.Namespace, read[struct{ Metadata metadata }](t, c).Metadata.Name, w.Name, i)] = true
				}
			}
		}
		for _, o := range s.of("PersistentVolume") {
			r := read[struct{ Spec struct{ ClaimRef ref } }](t, o.Value).Spec.ClaimRef
			if at := r.Namespace + "/" + r.Name; !claims[at] || r.Kind != "PersistentVolumeClaim" {
				t.Errorf("%s is bound to claim %s, which no StatefulSet makes", o, at)
			}
		}
	})
}
