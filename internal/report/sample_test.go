package report

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

func setting(component, key, old, new string) change.Effect {
	return change.Effect{Class: change.Setting, Object: change.ID{Kind: "ConfigMap", Namespace: "openwhisk", Name: component},
		Component: component, Field: "data." + key, Old: old, New: new, Message: "the value differs"}
}

func restart(kind, name string, pods, away, drains, seconds int, because ...string) change.Effect {
	return change.Effect{Class: change.Restart, Object: change.ID{Kind: kind, Namespace: "openwhisk", Name: name}, Component: name,
		Message: "its pods are replaced", Rollout: &change.Rollout{Pods: pods, Away: away, Drains: drains, Seconds: seconds, Because: because}}
}

// sample has one of everything that a report shows.
func sample() Report {
	volume := change.Effect{Class: change.Refused, Object: change.ID{Kind: "StatefulSet", Namespace: "openwhisk", Name: "kafka"}, Component: "kafka",
		File: "bus.yaml", Field: "spec.volumeClaimTemplates[0].spec.resources.requests.storage", Old: "20Gi", New: "40Gi",
		Message: "the API server does not let this field change, and nothing of the set is applied",
		Help:    "make the claims larger, delete the StatefulSet with --cascade=orphan, and apply",
		Says:    []string{"kafka.volume.size"}}
	rerun := change.Effect{Class: change.Rerun, Object: change.ID{Kind: "Job", Namespace: "openwhisk", Name: "init-subjects"}, Component: "couchdb", Message: "it runs again"}
	exposed := change.Effect{Class: change.Exposed, Object: change.ID{Kind: "Service", Namespace: "openwhisk", Name: "nginx"}, Component: "nginx",
		Field: "spec.type", New: "LoadBalancer", Message: "the cloud gives it an address that everyone may reach", Says: []string{"edge.service.type"}}
	at := finding.Position{File: "/repo/environments/production.cue", Line: 2, Column: 9}
	production := Environment{Name: "production", State: Changed,
		Effects: []change.Effect{volume, restart("StatefulSet", "kafka", 3, 1, 240, 330, "spec.template.spec.containers[0].env.HEAP", "ConfigMap kafka"),
			restart("Deployment", "nginx", 5, 0, 150, 450), rerun, setting("kafka", "HEAP", "1g", "2g"), setting("nginx", "LOG", "", "warn"), setting("nginx", "OLD", "x", "")},
		Tool: []change.Effect{restart("DaemonSet", "prepull", 100, 10, 0, 50)},
		Findings: []finding.Finding{
			{Code: "WO401", Severity: finding.Error, Position: at, Path: "production.kafka.volume.size",
				Message: "StatefulSet openwhisk/kafka, " + volume.Field + ", was 20Gi and becomes 40Gi: " + volume.Message,
				Help:    volume.Help + "; if it is meant, generate with --accept WO401:production/StatefulSet/kafka"},
			{Code: "WO205", Severity: finding.Warning, Position: finding.Position{File: at.File, Line: 3, Column: 1}, Path: "production.kafka.replicas",
				Message: "4 brokers vote no better than 3", Help: "want an odd number"}},
	}
	return Report{Against: "main", Commit: "0123456789abcdef0123456789abcdef01234567", Since: "0.1.0", Same: 2, Environments: []Environment{
		{Name: "broken", State: Broken, Findings: []finding.Finding{{Code: "WO104", Severity: finding.Error,
			Position: finding.Position{File: "/repo/environments/broken.cue", Line: 1, Column: 10}, Message: `"profile" is "prod", which is not one of the values allowed`, Help: `did you mean "production"?`}}},
		{Name: "fresh", State: Added, Effects: []change.Effect{{Class: change.Added, Object: change.ID{Kind: "Namespace", Name: "openwhisk"}, Message: "it is made"}}},
		production,
		{Name: "staging", State: Changed, Effects: []change.Effect{exposed, setting("kafka", "HEAP", "1g", "2g")}, Accepted: []string{"WO406 Service openwhisk/nginx"}},
	}, Findings: []finding.Finding{{Code: "WO112", Severity: finding.Error, Message: "an environment vanished", Help: "say it"}}}
}

// fleet is a default that n environments share, changed: each says the same, in a
// namespace of its own.
func fleet(n int) Report {
	r := Report{Against: "golden/", Same: 1}
	for i := range n {
		e := Environment{Name: fmt.Sprintf("eu-%d", i+1), State: Changed, Effects: []change.Effect{
			restart("Deployment", "controller", 2+i%3, 1, 60, 100*(2+i%3), "ConfigMap controller"),
			restart("StatefulSet", "invoker", 4, 1, 1200, 1400, "ConfigMap invoker"),
			setting("controller", "LIMITS_MEMORY", "256m", "512m"), setting("invoker", "LIMITS_MEMORY", "256m", "512m"),
			setting("nginx", "HOST", fmt.Sprintf("old%d.example.com", i), fmt.Sprintf("new%d.example.com", i)),
		}}
		for j := range e.Effects {
			e.Effects[j].Object.Namespace = "openwhisk-" + e.Name
		}
		r.Environments = append(r.Environments, e)
	}
	return r
}

// options of tests: a repository with one file that has a wide character.
func options() Options {
	return Options{Dir: "/repo", Version: "0.2.0", Read: func(file string) ([]byte, error) {
		if !strings.HasSuffix(file, "production.cue") {
			return nil, fmt.Errorf("%s is gone", file)
		}
		return []byte("production: {\n\t/* ü */ size: 40Gi\n\treplicas: 4\n}\n"), nil
	}}
}
