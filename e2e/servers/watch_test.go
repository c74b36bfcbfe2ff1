package servers

import (
	"os/exec"
	"testing"
)

// watchedEnvironment has all that is watched, as small as it can be: a quorum, and
// one of all else.
const watchedEnvironment = `package environments

watched: {
	profile: "ci"
	cluster: nodes: {
		core: {count: 4, cpu: "4", memory: "7Gi"}
		invoker: {count: 1, cpu: "4", memory: "7Gi"}
	}
	edge: {host: "openwhisk.watched.example.com", replicas: 1}
	apigateway: {enabled: true, replicas: 1}
	controller: {replicas: 1, heap: "512Mi"}
	invoker: replicas: 1
	kafka: {replicas: 3, heap: "512Mi", volume: size: "20Gi"}
	couchdb: activations: keep: "24h"
	metrics: {namespace: "monitoring", dashboard: {}}
}
`

func TestWatch(t *testing.T) {
	t.Parallel()
	if err := try(t, generated(t, watchedEnvironment)["watched"], Watch); err != nil {
		t.Fatal(err)
	}
}

// The rules as they are generated, by promtool: that they load, and what they do on
// the series of internal/alerts.
func TestPromtool(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("promtool is not here")
	}
	for _, args := range [][]string{{"check", "rules", "rules.yaml"}, {"test", "rules", "promtool.yaml"}} {
		cmd := exec.Command("promtool", args...)
		cmd.Dir = "../../internal/alerts/testdata"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}
