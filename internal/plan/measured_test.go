package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/environment"
)

// How a reader finds pods is said in one way: by annotations or by objects.
func TestWaysToFindPods(t *testing.T) {
	for form, want := range map[string]struct {
		form    string
		targets bool
		found   map[string]string
	}{
		"operator":    {"operator", true, nil},
		"gke":         {"gke", true, nil},
		"annotations": {"plain", false, map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "17986", "prometheus.io/path": "/_node/_local/_prometheus"}},
		"none":        {"plain", false, nil},
	} {
		p := changed(t, func(e *environment.Environment) {
			e.Metrics = &environment.Metrics{Namespace: "monitoring", Monitors: form, Interval: "30s", Alerts: true}
		})
		spec := find[monitors.Spec](t, p, monitors.Kind, monitors.Component)
		if spec.Form != want.form || len(spec.Targets) > 0 != want.targets || len(spec.Alerts) == 0 || spec.Dashboard != nil {
			t.Errorf("%s: form %q, %d targets, %d alerts", form, spec.Form, len(spec.Targets), len(spec.Alerts))
		}
		if diff := cmp.Diff(want.found, find[workload.Spec](t, p, workload.Kind, "couchdb").Annotations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
		if got := find[workload.Spec](t, p, workload.Kind, "kafka-topics").Annotations; got != nil {
			t.Errorf("%s: what exports nothing has %v", form, got)
		}
	}
}

// With nothing to say there is no object.
func TestNothingToWatchWith(t *testing.T) {
	p := changed(t, func(e *environment.Environment) {
		e.Metrics = &environment.Metrics{Namespace: "monitoring", Monitors: "none", Interval: "30s"}
	})
	for _, f := range p.Functions {
		if f.Kind == monitors.Kind {
			t.Errorf("there is %v", f)
		}
	}
}

// The port of metrics is open to who reads, by his labels, and the others are not.
func TestReaderGetsIn(t *testing.T) {
	pods := map[string]string{"app.kubernetes.io/name": "prometheus"}
	p := changed(t, func(e *environment.Environment) {
		e.Metrics = &environment.Metrics{Namespace: "monitoring", Pods: pods, Monitors: "none", Interval: "30s"}
	})
	reader := networkpolicies.Peer{Namespace: "monitoring", Pods: pods}
	for component, want := range map[string][]int{"couchdb": {17986}, "nginx": {4040}, "controller": {8080}, "kafka-exporter": {9308}, "kafka": nil, "kafka-topics": nil} {
		var got []int
		for _, rule := range find[networkpolicies.Spec](t, p, networkpolicies.Kind, component).Ingress {
			if len(rule.Peers) == 1 && cmp.Equal(rule.Peers[0], reader) {
				got = append(got, rule.Ports...)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", component, diff)
		}
	}
}
