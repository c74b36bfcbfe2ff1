package derived

import (
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

func measured(t *testing.T, change func(*environment.Environment)) Values {
	t.Helper()
	env := environment.Base()
	env.Name = "e"
	change(&env)
	v, err := New(&env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A selector means the pods of one component, and not those of another whose name
// begins alike.
func TestSeries(t *testing.T) {
	for _, tt := range []struct {
		kind, component string
		matchers        []string
		want            string
	}{
		{"StatefulSet", "invoker", nil, `{namespace="openwhisk",pod=~"invoker-[0-9]+"}`},
		{"DaemonSet", "invoker", nil, `{namespace="openwhisk",pod=~"invoker-.+"}`},
		{"StatefulSet", "kafka", []string{`topic=~"a.+"`, `x="y"`}, `{namespace="openwhisk",pod=~"kafka-[0-9]+",topic=~"a.+",x="y"}`},
		{"StatefulSet", "nginx", nil, `{namespace="openwhisk",pod=~"nginx-.+"}`},
	} {
		v := measured(t, func(e *environment.Environment) { e.Invoker.Kind = tt.kind })
		if got := v.Series(tt.component, tt.matchers...); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.component, got, tt.want)
		}
	}
}

// Ports are those that somebody listens on: of the controller the one for bootstrap
// with Kubernetes alone, of the others those of metrics with metrics alone.
func TestPorts(t *testing.T) {
	for _, tt := range []struct {
		component string
		change    func(*environment.Environment)
		want      []Port
	}{
		{"controller", func(*environment.Environment) {}, []Port{{"http", 8080}, {"remoting", 25520}}},
		{"controller", func(e *environment.Environment) { e.Controller.Clustering = "kubernetes" }, []Port{{"http", 8080}, {"management", 8558}, {"remoting", 25520}}},
		{"nginx", func(e *environment.Environment) { e.Metrics = nil }, []Port{{"redirect", 8080}, {"internal", 8081}, {"https", 8443}}},
		{"nginx", func(e *environment.Environment) { e.Metrics = &environment.Metrics{} }, []Port{{"metrics", 4040}, {"redirect", 8080}, {"internal", 8081}, {"https", 8443}}},
		{"couchdb", func(*environment.Environment) {}, []Port{{"http", 5984}}},
		{"couchdb", func(e *environment.Environment) { e.Metrics = &environment.Metrics{} }, []Port{{"http", 5984}, {"metrics", 17986}}},
	} {
		v := measured(t, tt.change)
		if got := v.Ports(tt.component); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.component, got, tt.want)
		}
	}
}

// Without metrics nothing is measured and nobody is told; with them, what runs.
func TestMeasured(t *testing.T) {
	without := measured(t, func(*environment.Environment) {})
	if names, alerts := without.Measured(), without.Alerts(); len(names)+len(alerts) > 0 {
		t.Errorf("without metrics there are %v, and %d alerts", names, len(alerts))
	}
	for quiet, wants := range map[bool]bool{false: true, true: false} {
		v := measured(t, func(e *environment.Environment) {
			e.Metrics = &environment.Metrics{Alerts: !quiet}
			e.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "c.example.com", Port: 443}
		})
		if names := v.Measured(); !slices.Equal(names, []string{"controller", "invoker", "kafka-exporter", "nginx", "redis-exporter"}) {
			t.Errorf("measured are %v", names)
		}
		if got := len(v.Alerts()) > 0; got != wants {
			t.Errorf("alerts %v, want %v", got, wants)
		}
		for _, a := range v.Alerts() {
			if a.Component == "couchdb" {
				t.Errorf("alert %s is about a CouchDB outside", a.Name)
			}
		}
		for _, p := range v.Panels() {
			if p.Component == "couchdb" {
				t.Errorf("panel %q is about a CouchDB outside", p.Title)
			}
		}
	}
}
