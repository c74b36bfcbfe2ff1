package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
)

// A process has the rights that its code uses, and no others. The calls were read
// in the sources; all of the invoker's were seen in an API server's audit log.
func TestRights(t *testing.T) {
	calls := map[string]map[string]string{
		"invoker": {
			"create pods":  "KubernetesClient.run",
			"get pods":     "KubernetesClient.waitForPod, until it is ready; addLabel, before the patch",
			"list events":  "KubernetesClient.run, when a pod does not become ready",
			"delete pods":  "KubernetesClient.rm by name",
			"list pods":    "KubernetesClient.rm by label, whose pods the client deletes one by one",
			"patch pods":   "KubernetesClient.addLabel",
			"get pods/log": "KubernetesRestLogSourceStage",
		},
		"controller": {"list pods": "KubernetesApiServiceDiscovery.lookup"},
		// configmaps.js, of the clean-up: what it lists is what may refer to a ConfigMap.
		"configmap-cleanup": {
			"list configmaps":          "generated",
			"delete configmaps":        "remove",
			"list deployments":         "refer, as all that follow",
			"list statefulsets":        "",
			"list daemonsets":          "",
			"list cronjobs":            "",
			"list replicasets":         "",
			"list controllerrevisions": "",
			"list jobs":                "",
			"list pods":                "",
		},
		// object.js, of a run under load: its one report. The API server asks for
		// create where an apply meets no object.
		"load": {
			"get configmaps/load-report":    "earlier",
			"patch configmaps/load-report":  "write",
			"create configmaps/load-report": "write, the first time",
		},
	}
	p := changed(t, func(e *environment.Environment) {
		e.Controller.Clustering, e.Controller.Replicas = "kubernetes", 3
		e.Load = &environment.LoadTest{Subject: "guest", Work: "10ms", Stages: []environment.LoadStage{{Kind: "steady", PerMinute: 60, Duration: "60s"}}}
	})
	given := map[string][]krm.M{}
	for _, f := range p.Functions {
		switch s := f.Spec.(type) {
		case workload.Spec:
			if len(s.Rules) > 0 {
				given[s.Component] = append(given[s.Component], s.Rules...)
			}
		case foundation.Spec:
			for _, r := range s.Roles {
				given[r.Account] = append(given[r.Account], r.Rules...)
			}
		}
	}
	got, want := map[string][]string{}, map[string][]string{}
	for who, rules := range given {
		got[who] = rights(rules)
	}
	for who, uses := range calls {
		for call := range uses {
			want[who] = append(want[who], call)
		}
		slices.Sort(want[who])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-used +given):\n%s", diff)
	}
}

// Nobody else deletes what Flux leaves, and nobody needs it without Flux.
func TestNoRightsWithoutFlux(t *testing.T) {
	p := changed(t, func(e *environment.Environment) { e.GitOps = environment.GitOps{} })
	for _, f := range p.Functions {
		if s, ok := f.Spec.(workload.Spec); ok && len(s.Rules) > 0 {
			t.Errorf("%s has %v", s.Component, s.Rules)
		}
	}
}

// With a list of seeds a controller has nothing to ask.
func TestNoRightsWithSeeds(t *testing.T) {
	s := find[workload.Spec](t, changed(t, func(*environment.Environment) {}), workload.Kind, "controller")
	if s.Token || len(s.Rules) > 0 {
		t.Errorf("token %v, rules %v", s.Token, s.Rules)
	}
}

// rights are the verbs of rules with their resources, and with the names that they
// are for, sorted.
func rights(rules []krm.M) []string {
	var all []string
	for _, r := range rules {
		for _, resource := range r["resources"].([]any) {
			for _, verb := range r["verbs"].([]any) {
				what := fmt.Sprint(verb, " ", resource)
				names, _ := r["resourceNames"].([]any)
				for _, name := range names {
					all = append(all, fmt.Sprint(what, "/", name))
				}
				if len(names) == 0 {
					all = append(all, what)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}
