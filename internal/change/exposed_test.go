package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
)

// A namespace that takes pods which it refused lets them in; one that refuses more, or
// is new, does not.
func TestLevels(t *testing.T) {
	namespace := func(level any) Object {
		labels := map[string]any{"a": "b"}
		if level != nil {
			labels[levelLabel] = level
		}
		return Object{ID: ID{Kind: "Namespace", Name: "x"}, Value: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "x", "labels": labels},
		}}
	}
	for _, tt := range []struct {
		was, is any
		want    []string
	}{
		{"restricted", "restricted", nil},
		{"restricted", "baseline", []string{"takes pods of the Pod Security level baseline"}},
		{"baseline", "privileged", []string{"takes pods of the Pod Security level privileged"}},
		{"restricted", "privileged", []string{"takes pods of the Pod Security level baseline, privileged"}},
		{"restricted", nil, []string{"takes pods of the Pod Security level baseline, privileged"}},
		{"privileged", "restricted", nil},
		{nil, "privileged", nil},
	} {
		var got []string
		for _, e := range Compare([]Object{namespace(tt.was)}, []Object{namespace(tt.is)}, Facts{}) {
			if e.Class != Exposed {
				continue
			}
			got = append(got, e.Message)
			if e.Before == e.After || e.Field != levelField {
				t.Errorf("%v -> %v: field %q, hashes %s and %s", tt.was, tt.is, e.Field, e.Before, e.After)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v -> %v (-want +got):\n%s", tt.was, tt.is, diff)
		}
	}
	for _, e := range Compare(nil, []Object{namespace("privileged")}, Facts{}) {
		if e.Class == Exposed {
			t.Errorf("a new namespace: %s", e.Message)
		}
	}
}

// Who reads metrics is said by another field than who calls.
func TestSaysWhoMeasures(t *testing.T) {
	policy := func(ports ...any) Object {
		var rules []any
		for _, port := range ports {
			rules = append(rules, map[string]any{
				"from":  []any{map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "monitoring"}}}},
				"ports": []any{map[string]any{"port": port, "protocol": "TCP"}},
			})
		}
		return Object{ID: ID{Kind: networkPolicy, Namespace: "x", Name: "edge"}, Value: map[string]any{
			"apiVersion": "networking.k8s.io/v1", "kind": networkPolicy,
			"metadata": map[string]any{"name": "edge", "namespace": "x", "labels": map[string]any{"app.kubernetes.io/name": "edge"}},
			"spec":     map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "edge"}}, "policyTypes": []any{"Ingress"}, "ingress": rules},
		}}
	}
	main := map[string]any{"ports": []any{map[string]any{"name": "metrics", "port": 4040}, map[string]any{"name": "https", "port": 8443}}}
	component := catalog.Component{
		Metrics: &catalog.Metrics{Port: "metrics"}, Public: []catalog.Public{{Port: "https"}}, Workload: map[string]any{"main": main},
	}
	facts := Facts{Catalog: &catalog.Catalog{
		Components: map[string]catalog.Component{"edge": component},
		Said:       catalog.Said{Scraped: "metrics.namespace", Exposed: map[string][]string{networkPolicy: {"edge.service"}}},
	}}
	for port, want := range map[any]string{4040: "metrics.namespace", 8443: "edge.service", 8080: "edge.service"} {
		for _, way := range [][2]Object{{policy(), policy(port)}, {policy(port), policy()}} {
			found := false
			for _, e := range Compare([]Object{way[0]}, []Object{way[1]}, facts) {
				if e.Class == Exposed || e.Class == Closed {
					found = true
					if len(e.Says) == 0 || e.Says[0] != want || want == "metrics.namespace" && len(e.Says) > 1 {
						t.Errorf("port %v: %v is said by %v, want %s", port, e.Message, e.Says, want)
					}
				}
			}
			if !found {
				t.Errorf("port %v: nothing is said", port)
			}
		}
	}
}
