package servers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// withTenants is an environment of a thousand tenants, and some of each kind.
func withTenants(t *testing.T) *golden.Env {
	t.Helper()
	var b strings.Builder
	b.WriteString(`package environments

tenants: {
	profile: "ci"
	edge: {host: "functions.example.com", tls: existing: secret: "edge"}
	placement: enabled: false
	invoker: {userMemory: "4Gi", replicas: 1}
	controller: replicas: 1
	kafka: {replicas: 1, replicationFactor: 1, minInSyncReplicas: 1}
	tenants: {
		limited: limits: {invocationsPerMinute: 3, firesPerMinute: 2, allowedKinds: ["nodejs:20"], maxActionMemory: "256Mi"}
		several: {
			limits: firesPerMinute: 2
			namespaces: {several: {}, "several-dev": {}, "several-none": limits: invocationsPerMinute: 0, "several-old": state: "removed"}
		}
		blocked: state: "blocked"
		later: {}
		removed: state: "removed"
`)
	for i := range 1000 {
		fmt.Fprintf(&b, "\t\t\"tenant-%04d\": limits: invocationsPerMinute: 60\n", i)
	}
	b.WriteString("\t}\n}\n")
	return generated(t, b.String())["tenants"]
}

func TestTenants(t *testing.T) {
	t.Parallel()
	if err := try(t, withTenants(t), Tenants); err != nil {
		t.Fatal(err)
	}
}

func TestTenantsOfOpenWhisk(t *testing.T) {
	t.Parallel()
	if err := try(t, withTenants(t), TenantsOfOpenWhisk); err != nil {
		t.Fatal(err)
	}
}
