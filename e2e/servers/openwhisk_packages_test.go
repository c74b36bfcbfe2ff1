package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// packaged is an environment with packages, and the same with fewer.
const packaged = `package environments

#with: {
	profile: "ci"
	cluster: nodes: {
		core: {count: 3, cpu: "8", memory: "16Gi"}
		invoker: {count: 2, cpu: "4", memory: "8Gi"}
	}
	edge: host: "openwhisk.ci.example.com"
	kafka: {replicas: 1, volume: size: "20Gi"}
	couchdb: activations: keep: "24h"
	...
}
with: #with & {packages: {}}
less: #with & {packages: catalogue: samples: false}
`

// made generates environments and loads them from golden.
func made(t *testing.T, text string, names ...string) []*golden.Env {
	t.Helper()
	whiskops, err := ground.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", "e.cue"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(whiskops, "generate")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var all []*golden.Env
	for _, name := range names {
		env, err := golden.Load(filepath.Join(dir, "golden"), name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, env)
	}
	return all
}

func TestPackages(t *testing.T) {
	if os.Getenv(OpenWhiskFolder) == "" {
		t.Skip(OpenWhiskFolder + " is not set")
	}
	envs := made(t, packaged, "with", "less")
	if err := try(t, envs[0], func(r *Run) error { return Packages(r, envs[1]) }); err != nil {
		t.Fatal(err)
	}
}
