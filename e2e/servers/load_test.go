package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// loaded is an environment as small as it can be, with a test under load of a minute.
// What a machine of a test needs is between its thresholds and those of a cluster.
const loaded = `package environments

loaded: {
	profile: "ci"
	cluster: nodes: {
		core: {count: 2, cpu: "4", memory: "7Gi"}
		invoker: {count: 1, cpu: "4", memory: "7Gi"}
	}
	edge: {host: "openwhisk.ci.example.com", replicas: 1}
	controller: {replicas: 1, heap: "512Mi"}
	invoker: replicas: 1
	kafka: {replicas: 1, heap: "512Mi", volume: size: "20Gi"}
	couchdb: activations: keep: "24h"
	limits: {invocationsPerMinute: 300, concurrentInvocations: 60}
	load: {
		stages: [
			{kind: "ramp", perMinute: 120, duration: "10s"},
			{perMinute: 120, duration: "40s"},
			{kind: "burst", perMinute: 180, duration: "10s"},
		]
		thresholds: {p50: "5s", p95: "20s", p99: "30s", coldP95: "30s", errors: 20, throughput: 60}
	}
}
`

func TestLoad(t *testing.T) {
	binary, err := ground.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", "loaded.cue"), []byte(loaded), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "generate", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	env, err := golden.Load(filepath.Join(dir, "golden"), "loaded")
	if err != nil {
		t.Fatal(err)
	}
	if err := try(t, env, Load); err != nil {
		t.Fatal(err)
	}
}
