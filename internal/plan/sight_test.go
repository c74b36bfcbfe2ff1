package plan

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// watched are environments that have, between them, all that can be watched.
var watched = map[string][]byte{"environments/e.cue": []byte(`package environments

a: {
	edge: {host: "a.example.com", tls: certManager: issuer: name: "ca"}
	apigateway: enabled: true
	kafka: tls: certManager: issuer: name: "brokers"
	redis: tls: certManager: {issuer: name: "ca", duration: "24h", renewBefore: "8h"}
	metrics: {namespace: "monitoring", userEvents: true, dashboard: {}}
}
b: {
	edge: {host: "b.example.com", tls: selfSigned: {}}
	kafka: mode: "separate"
	couchdb: {replicas: 3, backup: volume: claim: "copies"}
	apigateway: enabled: true
	redis: tls: secret: "routes.tls"
	kafka: tls: {}
	metrics: {namespace: "monitoring", dashboard: {}}
}
`)}

// rule is one of Prometheus' rules file.
type rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// Each alert as an environment has it, and each query of a panel, are kept in
// internal/alerts, whose tests hold them against series. That module has Prometheus'
// own library, and this one does not.
func TestAlertsForTheRuleTests(t *testing.T) {
	envs, found, err := environment.LoadBytes("environments", watched)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	var rules []rule
	var queries []string
	seen := map[string]bool{}
	for _, env := range envs {
		spec := find[monitors.Spec](t, planOf(t, env), monitors.Kind, "monitoring")
		for _, a := range spec.Alerts {
			if !seen[a.Name] {
				rules = append(rules, rule{a.Name, a.Expr, a.For, map[string]string{"severity": a.Severity, "namespace": spec.Namespace}, map[string]string{"summary": a.Summary, "description": a.Description}})
			}
			seen[a.Name] = true
		}
		for _, p := range spec.Dashboard.Panels {
			for _, s := range p.Series {
				if !seen[s.Expr] {
					queries = append(queries, s.Expr)
				}
				seen[s.Expr] = true
			}
		}
	}
	all, err := catalog.Load(envs[0].OpenWhisk)
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all.Alerts.Value() {
		if !bytes.Contains(document, []byte("| `"+a.Name+"` |")) {
			t.Errorf("docs/metrics.md does not have alert %s", a.Name)
		}
		if !seen[a.Name] {
			t.Errorf("no environment has alert %s: nobody tests it", a.Name)
		}
	}
	type group struct {
		Name  string `json:"name"`
		Rules []rule `json:"rules"`
	}
	kept(t, "../alerts/testdata/rules.yaml", map[string]any{"groups": []group{{"openwhisk", rules}}})
	kept(t, "../alerts/testdata/queries.yaml", queries)
}

// kept compares a file with what it should have, or with -update writes it.
func kept(t *testing.T, path string, value any) {
	t.Helper()
	want, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	want = append([]byte("# Made by `go test ./internal/plan -run AlertsForTheRuleTests -update`.\n"), want...)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is old; run with -update:\n%s", path, cmp.Diff(string(got), string(want)))
	}
}
