package servers

import (
	"os"
	"testing"
)

// ownKinds has what a manifest can say, as small as it can be; the runtime of the tests
// runs what has action-nodejs in its image's name.
const ownKinds = `package environments

kinds: {
	profile: "ci"
	cluster: nodes: {
		core: {count: 3, cpu: "4", memory: "7Gi"}
		invoker: {count: 1, cpu: "4", memory: "7Gi"}
	}
	edge: {host: "openwhisk.kinds.example.com", replicas: 1}
	controller: {replicas: 1, heap: "512Mi"}
	invoker: replicas: 1
	kafka: {replicas: 1, heap: "512Mi"}
	couchdb: activations: keep: "24h"
	runtimes: {
		registry: "registry.example.com/hub"
		kinds: {
			"acme:own": {image: {repository: "ghcr.io/acme/action-nodejs-own", tag: "1.0.0"}, default: true}
			"acme:main": {image: {repository: "acme/action-nodejs-main", tag: "1"}, main: "required"}
			"nodejs:22": {image: {repository: "acme/action-nodejs-v22", tag: "1"}, default: true}
			"nodejs:18": state: "deprecated"
			"python:3.11": state: "removed"
		}
		blackboxes: [{repository: "acme/action-nodejs-base", tag: "1"}]
		stemCells: "acme:own": {count: 1, reactive: {min: 0, max: 2, ttl: "10m"}}
	}
}
`

func TestRuntimes(t *testing.T) {
	if os.Getenv(OpenWhiskFolder) == "" {
		t.Skip(OpenWhiskFolder + " is not set")
	}
	if err := try(t, generated(t, ownKinds)["kinds"], Runtimes); err != nil {
		t.Fatal(err)
	}
}
