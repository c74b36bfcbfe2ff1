package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/environment"
)

func controllers(t *testing.T, clustering string, n int) Plan {
	t.Helper()
	return changed(t, func(e *environment.Environment) {
		e.Controller.Clustering, e.Controller.Replicas = clustering, n
	})
}

// Whoever finds whom, of three controllers a majority takes away one that is
// lost; of two, neither.
func TestDowning(t *testing.T) {
	const resolver = "akka.cluster.sbr.SplitBrainResolverProvider"
	for _, clustering := range []string{"seeds", "kubernetes"} {
		for n, want := range map[int]string{1: "", 2: "", 3: resolver, 4: resolver} {
			p := controllers(t, clustering, n)
			for _, m := range find[configmaps.Spec](t, p, configmaps.Kind, "controller").ConfigMaps {
				if m.Name != "controller-env" {
					continue
				}
				got := ""
				for name, value := range m.Data {
					if strings.HasSuffix(name, "downingProviderClass") {
						got = value
					}
				}
				if got != want {
					t.Errorf("%d controllers by %s: downed by %q, want %q", n, clustering, got, want)
				}
			}
		}
	}
}

// The port of the bootstrap is there, open and reachable where controllers find
// each other by it, and nowhere else.
func TestBootstrapPort(t *testing.T) {
	for clustering, want := range map[string]bool{"seeds": false, "kubernetes": true} {
		p := controllers(t, clustering, 3)
		spec := find[workload.Spec](t, p, workload.Kind, "controller")
		policy := find[networkpolicies.Spec](t, p, networkpolicies.Kind, "controller")
		const port = 8558
		open := func(rules []networkpolicies.Rule) bool {
			return slices.ContainsFunc(rules, func(r networkpolicies.Rule) bool { return slices.Contains(r.Ports, port) })
		}
		got := map[string]bool{
			"container": slices.ContainsFunc(spec.Main.Ports, func(p workload.Port) bool { return p.Port == port }),
			"service":   slices.ContainsFunc(spec.Services[0].Ports, func(p workload.ServicePort) bool { return p.Port == port }),
			"ingress":   open(policy.Ingress),
			"egress":    open(policy.Egress),
		}
		if diff := cmp.Diff(map[string]bool{"container": want, "service": want, "ingress": want, "egress": want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", clustering, diff)
		}
		if strings.Contains(fmt.Sprintf("%+v", spec), "{{") {
			t.Errorf("%s: a condition is left in the workload", clustering)
		}
	}
}
