package servers

import "testing"

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
	if err := try(t, generated(t, loaded)["loaded"], Load); err != nil {
		t.Fatal(err)
	}
}
