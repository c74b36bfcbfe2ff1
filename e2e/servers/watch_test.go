package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/servers/golden"
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

// generated is golden of an environment that is no example.
func generated(t *testing.T, name, source string) *golden.Env {
	t.Helper()
	binary, err := ground.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", name+".cue"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "generate", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	env, err := golden.Load(filepath.Join(dir, "golden"), name)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestWatch(t *testing.T) {
	t.Parallel()
	if err := try(t, generated(t, "watched", watchedEnvironment), Watch); err != nil {
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
