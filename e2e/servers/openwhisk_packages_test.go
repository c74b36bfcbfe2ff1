package servers

import (
	"os"
	"testing"
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

func TestPackages(t *testing.T) {
	if os.Getenv(OpenWhiskFolder) == "" {
		t.Skip(OpenWhiskFolder + " is not set")
	}
	envs := generated(t, packaged)
	if err := try(t, envs["with"], func(r *Run) error { return Packages(r, envs["less"]) }); err != nil {
		t.Fatal(err)
	}
}
